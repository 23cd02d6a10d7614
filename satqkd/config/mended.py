"""A file as it would be with its misspelt keys mended, to look for the mistakes that remain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from satqkd.config.mistake import NO_SUCH_KEY, meant
from satqkd.config.yaml_nodes import Document, Place
from satqkd.errors import Finding


def mended(document: Document, findings: Iterable[Finding]) -> Document:
    """Return the document with misspelt keys mended, as ``findings`` propose.

    A key that nothing is like, or that stands beside the one it was meant to be, is left out.
    """
    fixes = {
        _place(finding): meant(finding.fix)
        for finding in findings
        if finding.message == NO_SUCH_KEY
    }
    if not fixes:
        return document
    places = {
        place: _place(document.finding(place, NO_SUCH_KEY, "", at_key=True))
        for place in document.keys
    }
    names = {place: fixes[at] for place, at in places.items() if at in fixes}
    if not names:
        return document
    for place, name in names.items():
        if (*place[:-1], name) in document.keys:
            names[place] = ""
    kept = {old: new for old in document.values if "" not in (new := _renamed(old, names))}
    return replace(
        document,
        value=_value(document.value, names),
        values={new: document.values[old] for old, new in kept.items()},
        keys={kept[old]: mark for old, mark in document.keys.items() if old in kept},
        set_at={kept[old]: at for old, at in document.set_at.items() if old in kept},
    )


def _place(finding: Finding) -> tuple[str, int, int, str]:
    return finding.file, finding.line, finding.column, finding.where


def _renamed(place: Place, names: Mapping[Place, str]) -> Place:
    """Return a place by the keys as they were meant; empty text stands for a key to leave out."""
    return tuple(names.get(place[: end + 1], part) for end, part in enumerate(place))


def _value(value: Any, names: Mapping[Place, str], place: Place = ()) -> Any:
    if isinstance(value, list):
        return [_value(item, names, (*place, index)) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    renamed = {key: names.get((*place, key), key) for key in value}
    return {name: _value(value[key], names, (*place, key)) for key, name in renamed.items() if name}
