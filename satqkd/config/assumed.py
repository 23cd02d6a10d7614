"""Values that a file itself marks as assumed: dotted path to the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from satqkd.config.mistake import did_you_mean, meant, quoted
from satqkd.config.yaml_nodes import Document, Place, dotted
from satqkd.errors import Finding
from satqkd.mission.mission import Assumption

KEY = "assumed"

_STEP = re.compile(r"[^.\[\]]+")


def check_assumed(document: Document, *, at: Place = (), root: Place = ()) -> Iterator[Finding]:
    """Yield the paths below ``at`` in ``assumed:`` that name no value below ``root``."""
    assumed = _below(document.value, (*at, KEY))
    for path in assumed if isinstance(assumed, dict) else ():
        if find_place(document, root, path) is None:
            yield document.finding(
                (*at, KEY, path),
                "names no value that is written here",
                _fix(document, root, path),
                at_key=True,
            )


def assumptions(
    document: Document, assumed: Mapping[str, str], *, name: str = "", root: Place = ()
) -> Iterator[Assumption]:
    """Yield the assumed values as they are written; ``name`` stands in place of the file's."""
    for path, why in assumed.items():
        place = find_place(document, root, path) or ()
        where = document.where(place) if document.items else path
        yield Assumption(
            where=f"{name or document.name}: {where}",
            value=one_line(_below(document.value, place)),
            why=why,
        )


def one_line(value: object) -> str:
    """Write a plain value as YAML does in one line.

    Examples
    --------
    >>> one_line({"model": "stated", "loss_range": ["0 dB", "3 dB"]})
    '{model: stated, loss_range: [0 dB, 3 dB]}'
    """
    if isinstance(value, list):
        return f"[{', '.join(one_line(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {one_line(item)}' for key, item in value.items())}}}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fix(document: Document, root: Place, path: str) -> str:
    """Return what to write in place of a path to nothing."""
    steps = _STEP.findall(path)
    for end in range(1, len(steps)):
        above = find_place(document, root, ".".join(steps[:end]))
        value = _below(document.value, above or ())
        if above and isinstance(value, str):
            return (
                f"remove it: '{dotted(above[len(root) :])}' is {quoted(value)}, below which "
                "nothing is written"
            )
    known = [dotted(place) for place in _leaves(_below(document.value, root))]
    fix = did_you_mean(path, [name for name in known if not name.startswith(KEY)])
    near = meant(fix)
    if near and len(_STEP.findall(near)) != len(steps):
        return f"remove it, or write '{near}' if that is meant"
    return fix


def find_place(document: Document, root: Place, path: str) -> Place | None:
    """Return the place a dotted path names; None when nothing is written there."""
    value, place = _below(document.value, root), root
    for step in _STEP.findall(path):
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            place, value = (*place, int(step)), value[int(step)]
        elif isinstance(value, dict) and step in value:
            place, value = (*place, step), value[step]
        else:
            return None
    return place if place != root else None


def _below(value: Any, place: Place) -> Any:
    for part in place:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part]
        else:
            return None
    return value


def _leaves(value: Any, place: Place = ()) -> Iterator[Place]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*place, key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, (*place, index))
    else:
        yield place
