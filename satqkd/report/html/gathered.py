"""Assumptions of many places that say the same, put together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_PLACE: Final = re.compile(r"(?P<head>.*?)\[(?P<at>\d+)\](?: \((?P<name>.*)\))?(?P<rest>\..*)?")
"""A place in a list, such as ``stations.yaml: stations[0] (Graz).sky.albedo``."""


def places_together(places: Iterable[str]) -> str:
    """Write places one after another; those of one list that differ in their entry alone as one.

    Examples
    --------
    >>> places_together(["s: stations[0] (Graz).height", "s: stations[4] (Bern).height", "m: step"])
    's: stations (Graz, Bern).height; m: step'
    >>> places_together(["m: demands[0].weight", "m: demands[2].weight"])
    'm: demands[0, 2].weight'
    """
    found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for place in places:
        own = _PLACE.fullmatch(place)
        if own is None:
            found.setdefault((place,), []).append((place, ""))
            continue
        name = own["name"]
        alike = (own["head"], own["rest"] or "", "" if name is None else "named")
        found.setdefault(alike, []).append((place, own["at"] if name is None else name))
    return "; ".join(_written(alike, entries) for alike, entries in found.items())


def _written(alike: tuple[str, ...], entries: list[tuple[str, str]]) -> str:
    if len(entries) == 1 or len(alike) == 1:
        return entries[0][0]
    head, rest, named = alike
    inside = ", ".join(entry for _, entry in entries)
    return f"{head} ({inside}){rest}" if named else f"{head}[{inside}]{rest}"
