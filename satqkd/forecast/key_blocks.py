"""Key blocks: which contacts are distilled together, and the key each block makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce
from typing import Final, get_args

import numpy as np

from satqkd.constants import DAY_S
from satqkd.errors import NonPhysicalError, SatqkdError, WrongTypeError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.yields import Yields
from satqkd.key.result import KeyResult
from satqkd.key.statistics.epsilon import EpsilonBudget
from satqkd.mission.blocks import BlockSpan, Days, Span, Until
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray

WEEK_S: Final = 7.0 * DAY_S
"""Seven days. [s]"""
AHEAD: Final = 16
"""Numerical: contacts whose keys are worked out together to see which one closes a block."""
DEGREES_AN_HOUR: Final = 15.0
"""The mean Sun's motion: 360° in 24 h. [°/h]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyBlocks:
    """Blocks of contacts; ordered by satellite, stations, time. Arrays of shape (blocks,)."""

    forecast: Forecast
    """The contacts, and the key of each alone."""
    members: tuple[IntArray, ...]
    """For each block its contacts, in order of time."""
    complete: tuple[bool, ...]
    """False for the last block of a satellite and its stations that never reached its size in
    sifted bits."""
    keys: KeyResult
    """Key of each block as one; none of one that is not complete."""
    keys_low: KeyResult
    """The same with every stated range at its worst end."""
    keys_high: KeyResult
    """The same with every stated range at its best end."""
    budgets: tuple[EpsilonBudget | None, ...]
    """What each risks; None where not applicable: in the asymptotic limit."""

    def __len__(self) -> int:
        return len(self.members)

    @property
    def first(self) -> IntArray:
        """First contact of each block."""
        return np.array([own[0] for own in self.members], dtype=np.int64)

    @property
    def satellite(self) -> IntArray:
        """Index of the satellite of each block."""
        return self.forecast.contacts.satellite[self.first]

    @property
    def stations(self) -> tuple[IntArray, ...]:
        """Index of the station of each arm."""
        return tuple(own[self.first] for own in self.forecast.contacts.stations)

    @property
    def ranged(self) -> BoolArray:
        """Blocks with a contact of stated ranges; low and high mean nothing for the others."""
        return np.array([self.forecast.yields.ranged[own].any() for own in self.members], np.bool_)

    @property
    def separate_bits(self) -> IntArray:
        """Sum of the keys of the contacts, each a block of its own. [bit]"""
        bits = self.forecast.yields.keys.secure_bits
        return np.array([bits[own].sum() for own in self.members], dtype=np.int64)

    @property
    def separate_blocks(self) -> IntArray:
        """How many of those contacts leave key."""
        bits = self.forecast.yields.keys.secure_bits
        return np.array([np.count_nonzero(bits[own]) for own in self.members], dtype=np.int64)

    @property
    def start_s(self) -> FloatArray:
        """When the first sample of each block is taken. [s]"""
        return self._of_members(self.forecast.yields.usable_start_s, place=0)

    @property
    def first_end_s(self) -> FloatArray:
        """End of the first contact, when key of it alone could be made. [s]"""
        return self._of_members(self.forecast.yields.usable_end_s, place=0)

    @property
    def end_s(self) -> FloatArray:
        """When the last sample is taken: before, there is no key of the block. [s]"""
        return self._of_members(self.forecast.yields.usable_end_s, place=-1)

    def _of_members(self, values: FloatArray, *, place: int) -> FloatArray:
        return np.array([values[own[place]] for own in self.members], dtype=np.float64)

    @property
    def keyed_so_far(self) -> IntArray:
        """Blocks of the same satellite and stations up to each, itself included, with key."""
        total = np.zeros(len(self), dtype=np.int64)
        ends: tuple[int, ...] = ()
        made = 0
        every = zip(*(own.tolist() for own in (self.satellite, *self.stations)), strict=True)
        for block, own in enumerate(every):
            made = (made if own == ends else 0) + int(self.keys.secure_bits[block] > 0)
            ends = own
            total[block] = made
        return total


def key_blocks(forecast: Forecast, span: BlockSpan | float) -> KeyBlocks:
    """Pool contacts of one satellite and the same stations, and make one key of each pool.

    Parameters
    ----------
    forecast
        Contacts, what was collected of them, and the key of each alone.
    span
        How long a block gathers, or how many sifted bits it has to reach. [bit]

    Returns
    -------
    KeyBlocks
        Of contacts with any usable time. A contact is never divided, and neither weather nor
        choice leaves one out: the sky is clear, and a poor contact can spoil a block.

    Raises
    ------
    WrongTypeError
        If it is given no forecast.

    Notes
    -----
    Finite-key yields do not add up: a larger block pays the statistics of its bounds once, and
    is charged its failure probability once, but there is no key before its last contact. A night
    of two stations reaches from noon to noon half-way between their meridians; that of a link
    over the ground, whose place is not given, from noon to noon UTC.
    """
    if not isinstance(forecast, Forecast):
        raise WrongTypeError(
            f"key_blocks takes a forecast, not a {type(forecast).__name__}\n"
            "  fix: forecast first: satqkd.forecast(mission)"
        )
    check_span(span)
    yields = forecast.yields
    members: list[IntArray] = []
    complete: list[bool] = []
    keys: tuple[list[KeyResult], ...] = ([], [], [])
    budgets: list[EpsilonBudget | None] = []
    for own in same_ends(forecast, np.flatnonzero(yields.usable_s > 0.0)):
        groups, whole = divided(forecast, own, span)
        system = yields.systems[int(yields.system[own[0]])]
        members += groups
        complete += whole
        for made, collected in zip(keys, (yields.collected, *yields.at_ends), strict=True):
            same = collected is yields.collected and made is not keys[0]
            pooled = keys[0][-1] if same else system.key_of(system.pooled(collected, groups))
            made.append(_without_unfinished(pooled, forecast, groups, whole, span))
        budgets += [system.epsilon_budget()] * len(groups)
    return KeyBlocks(
        forecast=forecast,
        members=tuple(members),
        complete=tuple(complete),
        keys=KeyResult.join(keys[0]),
        keys_low=KeyResult.join(keys[1]),
        keys_high=KeyResult.join(keys[2]),
        budgets=tuple(budgets),
    )


def pooled_by_satellite(forecast: Forecast) -> dict[int, KeyResult]:
    """For each satellite, the key of all contacts of one system as one block.

    Parameters
    ----------
    forecast
        Contacts of one pair of stations.
    """
    yields, satellites = forecast.yields, forecast.contacts.satellite
    found: dict[int, KeyResult] = {}
    for craft in np.unique(satellites).tolist():
        own = np.flatnonzero(satellites == craft)
        system = yields.systems[int(yields.system[own[0]])]
        found[craft] = system.key_of(system.pooled(yields.collected, [own]))
    return found


def same_ends(forecast: Forecast, some: IntArray) -> Iterator[IntArray]:
    """Yield those of some contacts of each satellite and its stations, in order of time."""
    contacts = forecast.contacts
    ends = [own[some] for own in (contacts.satellite, *contacts.stations)]
    order = np.lexsort((contacts.listed_s[some], *reversed(ends)))
    if order.size == 0:
        return
    changed = reduce(np.logical_or, (np.diff(own[order]) != 0 for own in ends))
    yield from np.split(some[order], np.flatnonzero(changed) + 1)


def divided(
    forecast: Forecast,
    own: IntArray,
    span: BlockSpan | float,
    *,
    before: IntArray | None = None,
) -> tuple[list[IntArray], list[bool]]:
    """Divide the contacts of a satellite and its stations into blocks; also which are complete.

    Parameters
    ----------
    forecast
        Contacts.
    own
        Those of one satellite and its stations, in order of time, at least one.
    span
        How long a block gathers, or how many sifted bits it has to reach. [bit]
    before
        Further rows of what was collected, of contacts before the window, in the order of the
        mission's opening counts: they are in the block of their time, but those from before
        periods are counted in the first.
    """
    early = np.zeros(0, dtype=np.int64) if before is None else before
    every = np.concatenate((early, own))
    if isinstance(span, Until):
        groups = _until_key(forecast.yields, every, span.bits)
        return groups, [True] * len(groups)
    mission, timebase = forecast.mission, forecast.timebase
    east = [
        mission.stations[int(stations[own[0]])].site.longitude_deg
        for stations in forecast.contacts.stations
    ]
    origin = mission.counted_from or mission.start
    begin_s = timebase.seconds(origin)
    flown = [mission.opening[row].start for row in (early - len(forecast)).tolist()]
    early_s = np.array([timebase.seconds(at) - begin_s for at in flown], dtype=np.float64)
    time_s = forecast.contacts.listed_s[own] - begin_s
    return groups_of(
        every,
        span,
        time_s=np.concatenate((np.maximum(early_s, 0.0), time_s)),
        sifted_bits=np.concatenate((np.zeros(early.size), forecast.yields.keys.sifted_bits[own])),
        since_noon_s=since_noon_s(
            timebase, origin, longitude_deg=reduce(half_way_deg, east) if east else 0.0
        ),
    )


def half_way_deg(first_deg: float, second_deg: float) -> float:
    """Meridian half-way between two, along the shorter arc. [°]

    Examples
    --------
    >>> half_way_deg(170.0, -160.0) % 360.0, half_way_deg(10.0, 20.0)
    (185.0, 15.0)
    """
    return first_deg + 0.5 * ((second_deg - first_deg + 180.0) % 360.0 - 180.0)


def check_span(span: BlockSpan | float) -> None:
    """Refuse a size that is none."""
    if isinstance(span, (Days, Until)):
        return
    if isinstance(span, str) and span not in get_args(Span):
        raise SatqkdError(
            f"no block gathers by {span!r}\n  fix: write one of {', '.join(get_args(Span))}, or a "
            "number of sifted bits"
        )
    if not isinstance(span, str) and not span > 0.0:
        raise NonPhysicalError("block", f"must be above 0 sifted bits, got {span:g}")


def since_noon_s(timebase: Timebase, start: datetime, *, longitude_deg: float) -> float:
    """From a noon of local mean solar time to an instant. [s]"""
    noon = start.astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    ahead_s = 3600.0 * longitude_deg / DEGREES_AN_HOUR
    return timebase.seconds(start) - timebase.seconds(noon) + ahead_s


def groups_of(
    own: IntArray,
    span: Span | Days | float,
    *,
    time_s: FloatArray,
    sifted_bits: FloatArray,
    since_noon_s: float,
) -> tuple[list[IntArray], list[bool]]:
    """Divide passes, or windows, into blocks; also which are complete.

    Parameters
    ----------
    own
        Indices of one pair, in order of time, at least one; shape (n,) like the next two.
    span
        How long a block gathers, or how many sifted bits it has to reach. [bit]
    time_s
        When each is, from when periods are counted. [s]
    sifted_bits
        What each brings. [bit]
    since_noon_s
        As :func:`since_noon_s` says. [s]
    """
    if isinstance(span, Days):
        number = np.floor(time_s / (span.days * DAY_S))
    elif isinstance(span, str):
        number = {
            "pass": np.arange(own.size, dtype=np.float64),
            "night": np.floor((time_s + since_noon_s) / DAY_S),
            "week": np.floor(time_s / WEEK_S),
        }[span]
    else:
        return _until(sifted_bits, own, span)
    groups = np.split(own, np.flatnonzero(np.diff(number)) + 1)
    return groups, [True] * len(groups)


def _until(sifted: FloatArray, own: IntArray, wanted: float) -> tuple[list[IntArray], list[bool]]:
    """Close a block with the pass that brings it to its size."""
    ends: list[int] = []
    gathered = 0.0
    for place, bits in enumerate(sifted.tolist(), start=1):
        gathered += bits
        if gathered >= wanted:
            ends.append(place)
            gathered = 0.0
    groups = [part for part in np.split(own, ends) if part.size]
    return groups, [index < len(ends) for index in range(len(groups))]


def _until_key(yields: Yields, own: IntArray, bits: float) -> list[IntArray]:
    """Close a block with the contact with which the key of all of them as one reaches an amount.

    The last one holds what is left, with however much key.
    """
    system = yields.systems[int(yields.system[own[0]])]
    ends: list[int] = []
    begin, seen = 0, 0
    while seen < own.size:
        ahead = min(seen + AHEAD, own.size)
        members = [own[begin : place + 1] for place in range(seen, ahead)]
        reached = np.flatnonzero(system.bits_of(system.pooled(yields.collected, members)) >= bits)
        seen = ahead
        if reached.size:
            begin = seen = ahead - len(members) + int(reached[0]) + 1
            ends.append(begin)
    return [part for part in np.split(own, ends) if part.size]


def _without_unfinished(
    keys: KeyResult,
    forecast: Forecast,
    groups: Sequence[IntArray],
    complete: Sequence[bool],
    span: BlockSpan | float,
) -> KeyResult:
    """Take the key from blocks that never reach their size; tell the bits that were counted."""
    if isinstance(span, (str, Days, Until)) or all(complete):
        return keys
    sifted = forecast.yields.keys.sifted_bits
    why = tuple(
        reason
        if done
        else f"{sifted[own].sum():,.0f} of {span:,.0f} sifted bits when the window ends"
        for reason, done, own in zip(keys.why_zero, complete, groups, strict=True)
    )
    return replace(keys, secure_bits=np.where(complete, keys.secure_bits, 0), why_zero=why)
