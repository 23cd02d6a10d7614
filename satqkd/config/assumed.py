"""Values that a file itself says nobody printed: dotted path to the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from satqkd.config.mistake import NO_SUCH_KEY, did_you_mean, meant
from satqkd.config.yaml_nodes import Document, Place, dotted
from satqkd.errors import Finding
from satqkd.mission.mission import Assumption

KEY = "assumed"

_STEP = re.compile(r"[^.\[\]]+")


def check_assumed(
    document: Document, told: Iterable[Finding], *, at: Place = (), root: Place = ()
) -> Iterator[Finding]:
    """Yield the paths below ``at`` in ``assumed:`` that name no value below ``root``.

    Keys that the findings ``told`` already call misspelt count as mended.
    """
    assumed = _below(document.value, (*at, KEY))
    value = _mended(document.value, _misspelt(document, told))
    for path in assumed if isinstance(assumed, dict) else ():
        if _find(value, root, path) is None:
            written = _find(document.value, root, path) is not None
            known = [dotted(place) for place in _leaves(_below(value, root))]
            yield document.finding(
                (*at, KEY, path),
                "names a value by a key that does not exist"
                if written
                else "names no value that is written here",
                did_you_mean(path, [name for name in known if not name.startswith(KEY)]),
                at_key=True,
            )


def assumptions(
    document: Document, assumed: Mapping[str, str], *, name: str = "", root: Place = ()
) -> Iterator[Assumption]:
    """Yield the assumed values as they are written; ``name`` is told instead of the file's."""
    for path, why in assumed.items():
        place = _find(document.value, root, path) or ()
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
    return str(value)


def _misspelt(document: Document, told: Iterable[Finding]) -> dict[Place, str]:
    """Return the keys that do not exist, each with the one that was meant, or with nothing."""
    fixes = {
        (finding.line, finding.column): meant(finding.fix)
        for finding in told
        if finding.file == document.file and finding.message == NO_SUCH_KEY
    }
    return {place: fixes[mark] for place, mark in document.keys.items() if mark in fixes}


def _mended(value: Any, misspelt: Mapping[Place, str], place: Place = ()) -> Any:
    """Return the values with every misspelt key as it was meant; without it if nobody knows."""
    if isinstance(value, list):
        return [_mended(item, misspelt, (*place, index)) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    named = [(misspelt.get((*place, key), key), key) for key in value]
    return {
        name: _mended(value[key], misspelt, (*place, key))
        for name, key in named
        if name == key or (name and name not in value)
    }


def _find(value: Any, root: Place, path: str) -> Place | None:
    """Return the place a dotted path names; None when nothing is written there."""
    value, place = _below(value, root), root
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
