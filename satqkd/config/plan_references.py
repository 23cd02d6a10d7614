"""Names and dates of what a plan is asked for: demands, rules, pins and bans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from satqkd.config.instant import parse_instant
from satqkd.config.mistake import Mistake, quoted
from satqkd.config.references import all_named, items_at, listed, one_of, text_of, texts_at
from satqkd.config.yaml_nodes import Document, Place
from satqkd.elements.satellite import SYNTHETIC_MARK
from satqkd.errors import Finding, NonPhysicalError
from satqkd.mission.blocks import BlockSpan, period_of
from satqkd.schedule.demand import MOST_PRIORITIES


def check_plan_references(mission: Document, stations: Document) -> Iterator[Finding]:
    """Yield what is wrong with the names and dates of what a plan is asked for."""
    sites = list(texts_at(stations, (), "name"))
    yield from _satellites(mission, "rules")
    yield from _satellites(mission, "stock")
    yield from _pools_twice(mission)
    yield from _priorities(mission)
    if all_named(stations, sites):
        yield from _stations(mission, [name for _, name in sites])
    yield from _both_ways(mission)
    yield from _deadlines(mission)
    yield from _blocks_of_demands(mission)


def _satellites(mission: Document, of: str) -> Iterator[Finding]:
    """Yield satellites that entries name and are not there; those of a constellation are."""
    known, members = [], []
    for _, item in items_at(mission, ("satellites",)):
        name = text_of(item, "name")
        known.append(name)
        if "orbit" in item:
            members.append(rf"{re.escape(name)}(-\d+)?( \(synthetic\))?")
    for place, name in texts_at(mission, (of,), "satellite"):
        if name not in known and not any(re.fullmatch(one, name) for one in members):
            message = f"there is no satellite {quoted(name)}"
            yield mission.finding(place, message, one_of(name, known))


def _stations(mission: Document, sites: list[str]) -> Iterator[Finding]:
    """Yield stations that rules and stock name and are not there."""
    named: list[tuple[Place, str]] = [
        *texts_at(mission, ("rules",), "station"),
        *texts_at(mission, ("stock",), "station"),
    ]
    for place, item in items_at(mission, ("rules",)):
        named += [
            ((*place, "stations", number), name)
            for number, name in enumerate(listed(item, "stations"))
            if name
        ]
    for place, name in named:
        if name not in sites:
            message = f"there is no station {quoted(name)}"
            yield mission.finding(place, message, one_of(name, sites))


def _pools_twice(mission: Document) -> Iterator[Finding]:
    """Yield stock of a pool that has some already."""
    first: dict[tuple[str, str], Place] = {}
    for place, item in items_at(mission, ("stock",)):
        pool = text_of(item, "satellite").removesuffix(SYNTHETIC_MARK), text_of(item, "station")
        before = first.setdefault(pool, place)
        if all(pool) and before != place:
            line = mission.values[before].line
            message = f"this pool is there twice; first in line {line}"
            yield mission.finding(place, message, "add both up in one entry")


def _priorities(mission: Document) -> Iterator[Finding]:
    """Yield the first priority that is one too many."""
    found: dict[int, Place] = {}
    for place, item in items_at(mission, ("demands",)):
        text = text_of(item, "priority") or "1"
        if text.isdecimal() and not {"at_least", "floor", "use"}.isdisjoint(item):
            found.setdefault(int(text), (*place, "priority") if "priority" in item else ())
    if len(found) > MOST_PRIORITIES:
        place = [one for one in found.values() if one][-1]
        yield mission.finding(
            place,
            f"is one of {len(found)} different priorities; a plan tells {MOST_PRIORITIES} apart",
            f"use no more than {MOST_PRIORITIES}, 1 where none is written included",
        )


def _both_ways(mission: Document) -> Iterator[Finding]:
    """Yield contacts that are pinned and banned at once."""
    written = mission.value if isinstance(mission.value, dict) else {}
    pinned = listed(written, "pinned")
    for number, key in enumerate(listed(written, "banned")):
        if key and key in pinned:
            yield mission.finding(
                ("banned", number),
                f"{quoted(key)} is pinned too",
                "take it from 'pinned' or from 'banned'",
            )


def _deadlines(mission: Document) -> Iterator[Finding]:
    """Yield deadlines by which the window has not begun."""
    written = mission.value if isinstance(mission.value, dict) else {}
    start = text_of(written, "start")
    for place, text in texts_at(mission, ("demands",), "by"):
        with suppress(Mistake):
            if parse_instant(text) <= parse_instant(start):
                message = f"lies before the window, which begins at {start}"
                yield mission.finding(place, message, "write a later one, or remove the demand")


def _blocks_of_demands(mission: Document) -> Iterator[Finding]:
    """Yield blocks of a demand that gather otherwise than those of another at its station.

    A pair without trusted relay has blocks of its own.
    """
    first: dict[str, tuple[Place, BlockSpan]] = {}
    for place, item in items_at(mission, ("demands",)):
        text = text_of(item, "blocks")
        if not text or text_of(item, "trusted_relay") == "false":
            continue
        with suppress(NonPhysicalError):
            span = period_of(text)
            for name in listed(item, "between"):
                before, other = first.setdefault(name, (place, span))
                if name and other != span:
                    yield mission.finding(
                        (*place, "blocks"),
                        f"{name} is gathered '{other}' by the demand in line "
                        f"{mission.values[before].line}, and a block is that of a station",
                        "write the same, or remove one of the two",
                    )
                    break
