"""Counts collected before the window: members of the blocks that are open when it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.errors import SatqkdError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.systems import PassSystems
from satqkd.key.system import PreparedSystem, System
from satqkd.mission.blocks import BlockSpan
from satqkd.mission.mission import Mission
from satqkd.mission.opening import OpeningCounts
from satqkd.network.deadlines import Deadline, cut_at, distilling_s
from satqkd.network.pooled_keys import Collected, PooledKeys
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Blocks, Problem
from satqkd.units import FloatArray, IntArray

KIND = -1
"""In place of a forecast, of contacts that are flown already."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opening:
    """Contacts flown before the window."""

    contacts: tuple[OpeningCounts, ...]
    systems: tuple[System, ...]
    """What makes key of each."""
    counts: Counts
    """What each left, one row a contact."""
    start_s: FloatArray
    """First usable second of each. [s]"""
    end_s: FloatArray
    """Last one. [s]"""
    ready_s: FloatArray
    """When the counts of each can be key: as if they ended with the beginning of the window. [s]"""

    def __len__(self) -> int:
        return len(self.contacts)

    def behind(self, passes: Forecast) -> Forecast:
        """Return passes with these counts behind what was collected of them.

        What else passes have is not there for them.
        """
        yields = passes.yields
        systems = list(dict.fromkeys((*yields.systems, *self.systems)))
        own = np.array([systems.index(one) for one in self.systems], dtype=np.int64)
        extended = replace(
            yields,
            systems=tuple(systems),
            system=np.concatenate((yields.system, own)),
            collected=Counts.join([yields.collected, self.counts]),
        )
        return replace(passes, yields=extended)


def opening_of(passes: Forecast) -> Opening | None:
    """Gather the contacts that a mission says were flown before; None for none.

    Raises
    ------
    SatqkdError
        For counts of other intensities than the satellite sends now: they are not pooled; for a
        contact that the window begins before the end of.
    """
    mission, timebase = passes.mission, passes.timebase
    if not mission.opening:
        return None
    for one in mission.opening:
        if one.end > mission.start:
            end, begin = (at.astimezone(UTC) for at in (one.end, mission.start))
            raise SatqkdError(
                f"opening_counts: {one.contact_key} ends at {end:%Y-%m-%dT%H:%M:%SZ}, after the "
                f"window begins at {begin:%Y-%m-%dT%H:%M:%SZ}: it is not flown yet\n"
                "  fix: remove the contact, or begin the window later"
            )
    systems = [
        PassSystems(mission=mission)(one.satellite, [one.station]) for one in mission.opening
    ]
    begin_s = timebase.seconds(mission.start)
    delay_s = distilling_s(mission)
    return Opening(
        contacts=mission.opening,
        systems=tuple(systems),
        counts=Counts.join(
            [_counts(one, system) for one, system in zip(mission.opening, systems, strict=True)]
        ),
        start_s=np.array([timebase.seconds(one.start) for one in mission.opening]),
        end_s=np.array([timebase.seconds(one.end) for one in mission.opening]),
        ready_s=np.array([begin_s + delay_s[one.satellite] for one in mission.opening]),
    )


def flown_at(opening: Opening | None, satellite: int, stations: frozenset[int]) -> IntArray:
    """Those of a satellite and one station, in order of time; none of two stations."""
    if opening is None:
        return np.zeros(0, dtype=np.int64)
    own = [
        number
        for number, one in enumerate(opening.contacts)
        if one.satellite == satellite and stations == {one.station}
    ]
    return np.array(sorted(own, key=lambda number: opening.start_s[number]), dtype=np.int64)


def _counts(flown: OpeningCounts, system: PreparedSystem) -> Counts:
    """Return the counts of one contact, by the intensities of its source."""
    sent = system.source.intensities
    order = np.argsort(flown.intensities)[np.argsort(np.argsort(sent))]
    own = np.array(flown.intensities)[order] if len(flown.intensities) == len(sent) else None
    if own is None or not np.allclose(own, sent, rtol=1e-6, atol=1e-9):
        raise SatqkdError(
            f"opening_counts: {flown.contact_key} was sent with intensities "
            f"{_listed(flown.intensities)}, but the satellite sends {_listed(sent)}: such clicks "
            "are not pooled\n  fix: remove the contact, or correct its intensities"
        )
    few = system.source.multi_photon
    return Counts(
        intensities=np.array([sent]),
        probabilities=np.array([system.source.probabilities]),
        pulses=np.array([flown.pulses]),
        key_clicks=np.array([flown.key_clicks])[:, order],
        key_errors=np.array([flown.key_errors])[:, order],
        check_clicks=np.array([flown.check_clicks])[:, order],
        check_errors=np.array([flown.check_errors])[:, order],
        key_pulses=np.array([flown.key_pulses]),
        check_pulses=np.array([flown.check_pulses]),
        multi_photon=None if few is None else np.array([few]),
    )


def _listed(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def require_open(
    mission: Mission, opening: Opening | None, own: IntArray, gathers: BlockSpan
) -> None:
    """Refuse counts of a satellite and station whose blocks are of one pass.

    Raises
    ------
    SatqkdError
        With the name of the contact.
    """
    if opening is not None and own.size and gathers == "pass":
        flown = opening.contacts[int(own[0])]
        craft = mission.spacecraft[flown.satellite].satellite.name
        raise SatqkdError(
            f"opening_counts: {flown.contact_key}: each contact of {craft} over "
            f"{mission.stations[flown.station].site.name} is a block of its own, none is open\n"
            "  fix: remove the contact, or gather longer with 'blocks'"
        )


def cut_open(
    deadlines: Sequence[Deadline],
    passes: Forecast,
    groups: Sequence[IntArray],
    opening: Opening | None,
) -> Iterator[tuple[IntArray, IntArray]]:
    """Divide blocks at deadlines; yield contacts of each, and which of those before are in it.

    Parameters
    ----------
    deadlines
        Of all demands.
    passes
        Contacts.
    groups
        Blocks; numbers from the number of contacts on are those flown before.
    opening
        The latter.
    """
    for group in groups:
        before, own = group[group >= len(passes)] - len(passes), group[group < len(passes)]
        parts = list(cut_at(deadlines, passes, [own])) if own.size else []
        if opening is not None and before.size:
            flown = opening.contacts[int(before[0])]
            by_s = [one.by_s for one in deadlines if one.concerns(frozenset((flown.station,)))]
            late = [float(opening.ready_s[before[0]])]
            if parts:
                delay_s = distilling_s(passes.mission)[flown.satellite]
                late.append(float(passes.yields.usable_end_s[parts[0][0]] + delay_s))
            if len(set(np.searchsorted(np.unique(by_s), late).tolist())) > 1 or not parts:
                parts = [np.zeros(0, dtype=np.int64), *parts]
        for number, part in enumerate(parts):
            yield part, before if number == 0 else before[:0]


def pooled_keys(
    forecasts: Sequence[Forecast],
    kind: IntArray,
    row: IntArray,
    bits: FloatArray,
    opening: Opening | None,
) -> PooledKeys:
    """Return what makes key of contacts, those flown before among them.

    Parameters
    ----------
    forecasts
        Passes, then joint contacts pair by pair.
    kind, row, bits
        Forecast, row, and key by itself of each contact; those of :data:`KIND` are rows of what
        was flown before. [bit]
    opening
        The latter; None for none.
    """
    if opening is None:
        collected = tuple(Collected.of(one.yields) for one in forecasts)
        return PooledKeys(collected=collected, kind=kind, row=row, bits=bits)
    before = kind == KIND
    first, *others = forecasts
    return PooledKeys(
        collected=tuple(Collected.of(one.yields) for one in (opening.behind(first), *others)),
        kind=np.where(before, 0, kind),
        row=np.where(before, len(first) + row, row),
        bits=bits,
    )


def with_opening(
    problem: Problem,
    forecasts: Sequence[Forecast],
    places: tuple[IntArray, IntArray],
    opening: Opening,
    block: IntArray,
) -> Problem:
    """Put contacts flown before behind those of a problem: members of blocks, and nothing else.

    Parameters
    ----------
    problem
        Contacts of the window, in blocks of several.
    forecasts
        Passes, then joint contacts pair by pair.
    places
        Forecast and row of each contact of the problem.
    opening
        What was flown before.
    block
        Block of each of these; numbers that the problem does not have come last.
    """
    count = len(opening)
    kind = np.concatenate((places[0], np.full(count, KIND)))
    row = np.concatenate((places[1], np.arange(count)))
    bits = np.concatenate((problem.key_bits, np.zeros(count)))
    new = np.arange(len(problem), len(problem) + count)
    keys = pooled_keys(forecasts, kind, row, bits, opening)
    bits[new] = keys.together(Groups.by(np.arange(count), new))
    number = np.concatenate((problem.block, block))
    blocks = Blocks(number=number, key_of=keys, dear=_dear(problem, int(number.max()) + 1))
    labels = problem.part_of
    return replace(
        problem,
        satellite=np.append(problem.satellite, [one.satellite for one in opening.contacts]),
        station=np.append(problem.station, [one.station for one in opening.contacts]),
        partner=np.append(problem.partner, np.full(count, -1)),
        start_s=np.append(problem.start_s, opening.start_s),
        end_s=np.append(problem.end_s, opening.end_s),
        key_bits=bits,
        blocks=blocks,
        ready_s=np.append(
            problem.end_s if problem.ready_s is None else problem.ready_s, opening.ready_s
        ),
        pinned=np.append(problem.in_any_case, np.zeros(count, dtype=np.bool_)),
        part_of=None if labels is None else np.append(labels, new),
        kept_bits=None
        if problem.kept_bits is None
        else np.append(problem.kept_bits, np.zeros(count)),
        opening=np.append(np.zeros(len(problem), dtype=np.bool_), np.ones(count, dtype=np.bool_)),
    )


def _dear(problem: Problem, count: int) -> np.ndarray:
    """Which blocks take long to make key of; those of contacts flown before do not."""
    found = np.zeros(count, dtype=np.bool_)
    if problem.blocks is not None and problem.blocks.dear is not None:
        found[: problem.blocks.dear.size] = problem.blocks.dear
    return found
