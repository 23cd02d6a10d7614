"""A mission's files with a part of their satellites or stations, and of what names them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from satqkd.config.mistake import Mistake, did_you_mean, quoted
from satqkd.config.yaml_nodes import Document, Place
from satqkd.study.variable import Keep


def kept_satellites(mission: Document, keep: Keep) -> Document:
    """Return the mission's file with some of its satellites.

    Raises
    ------
    Mistake
        If there are not so many, or a name is of none.
    """
    entries = _entries(mission.value, "satellites")
    chosen = _chosen(entries, keep)
    gone = _names(entries) - _names([entries[index] for index in chosen])
    mission = only_items(mission, ("satellites",), chosen)
    for key in ("together", "clocks"):
        mission = _without(mission, key, lambda one: one.get("satellite") in gone)
    return _without(mission, "stock", lambda one: _of_any(str(one.get("satellite")), gone))


def kept_stations(mission: Document, stations: Document, keep: Keep) -> tuple[Document, Document]:
    """Return both files with some of the stations.

    Raises
    ------
    Mistake
        If there are not so many, or a name is of none.
    """
    entries = stations.value if isinstance(stations.value, list) else []
    chosen = _chosen(entries, keep)
    gone = _names(entries) - _names([entries[index] for index in chosen])
    stations = only_items(stations, (), chosen)
    mission = _without(mission, "demands", lambda one: _any_of(one.get("between"), gone))
    mission = _without(mission, "together", lambda one: _any_of(one.get("stations"), gone))
    for key in ("stock", "clocks"):
        mission = _without(mission, key, lambda one: one.get("station") in gone)
    return mission, stations


def only_items(document: Document, at: Place, chosen: Sequence[int]) -> Document:
    """Return a document with some items of a list, each where it stands in the file."""
    new_index = {old: new for new, old in enumerate(chosen)}
    depth = len(at)

    def moved(places: dict[Place, Any]) -> dict[Place, Any]:
        found: dict[Place, Any] = {}
        for place, mark in places.items():
            if place[:depth] != at or len(place) == depth:
                found[place] = mark
            elif place[depth] in new_index:
                found[(*at, new_index[int(place[depth])], *place[depth + 1 :])] = mark
        return found

    return replace(
        document,
        value=_with_items(document.value, at, chosen),
        values=moved(document.values),
        keys=moved(document.keys),
    )


def _with_items(value: Any, at: Place, chosen: Sequence[int]) -> Any:
    if not at:
        return [value[index] for index in chosen]
    return {**value, at[0]: _with_items(value[at[0]], at[1:], chosen)}


def _without(document: Document, key: str, gone: Callable[[dict[str, Any]], bool]) -> Document:
    """Return a document without the items of a list that something says."""
    entries = _entries(document.value, key)
    chosen = [n for n, one in enumerate(entries) if not (isinstance(one, dict) and gone(one))]
    return document if len(chosen) == len(entries) else only_items(document, (key,), chosen)


def _entries(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _names(entries: Sequence[Any]) -> set[str]:
    return {one["name"] for one in entries if isinstance(one, dict) and "name" in one}


def _any_of(names: Any, gone: Collection[str]) -> bool:
    return isinstance(names, list) and any(name in gone for name in names)


def _of_any(name: str, gone: Collection[str]) -> bool:
    """Whether it is one of some satellites, or of a constellation among them: Shell-12."""
    return name in gone or name.rpartition("-")[0] in gone


def _chosen(entries: Sequence[Any], keep: Keep) -> list[int]:
    if keep.first is not None:
        if not 1 <= keep.first <= len(entries):
            count, what = len(entries), keep.list
            there_are = f"there is 1 {what[:-1]}" if count == 1 else f"there are {count} {what}"
            raise Mistake(
                f"{there_are}, of which {keep.first} cannot be kept",
                f"write {'1' if count == 1 else f'1 to {count}'}, or more {what} into the file",
            )
        return list(range(keep.first))
    known = {one["name"]: n for n, one in enumerate(entries) if isinstance(one, dict)}
    for name in keep.names:
        if name not in known:
            raise Mistake(f"none of the {keep.list} is {quoted(name)}", did_you_mean(name, known))
    return sorted(known[name] for name in keep.names)
