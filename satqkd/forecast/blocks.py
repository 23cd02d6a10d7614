"""Key of blocks that gather several passes of one satellite over one station."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.constants import DAY_S
from satqkd.errors import NonPhysicalError
from satqkd.forecast.forecast import Forecast
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.result import KeyResult
from satqkd.key.statistics.epsilon import EpsilonBudget
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray

Span = Literal["pass", "night", "week"]
"""How long a block gathers: one pass, those from noon to noon of local mean solar time, or those
of seven days counted from the beginning of the mission's window."""

WEEK_S: Final = 7.0 * DAY_S
"""Seven days. [s]"""
DEGREES_AN_HOUR: Final = 15.0
"""The mean Sun's motion: 360° in 24 h. [°/h]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blocks:
    """Blocks of passes; ordered by satellite, station, time. Arrays of shape (blocks,)."""

    forecast: Forecast
    members: tuple[IntArray, ...]
    """For each block its passes, in the order they are flown."""
    complete: tuple[bool, ...]
    """False for the last block of a pair that never reached its size."""
    counts: Counts
    """Clicks of all passes of each block; absent intensities are zeros."""
    keys: KeyResult
    """Key of each block as one; none of one that is not complete."""
    budgets: tuple[EpsilonBudget, ...]
    """What one block of each kind risks."""

    def __len__(self) -> int:
        return len(self.members)

    @property
    def satellite(self) -> IntArray:
        """Index of the satellite of each block."""
        return self.forecast.passes.satellite[self._first]

    @property
    def station(self) -> IntArray:
        """Index of the station of each block."""
        return self.forecast.passes.station[self._first]

    @property
    def _first(self) -> IntArray:
        return np.array([own[0] for own in self.members], dtype=np.int64)

    @property
    def separate_bits(self) -> IntArray:
        """Sum of the keys of the passes, each a block of its own. [bit]"""
        bits = self.forecast.keys.secure_bits
        return np.array([bits[own].sum() for own in self.members], dtype=np.int64)

    @property
    def separate_blocks(self) -> IntArray:
        """How many of those passes leave key."""
        bits = self.forecast.keys.secure_bits
        return np.array([np.count_nonzero(bits[own]) for own in self.members], dtype=np.int64)

    @property
    def start_s(self) -> FloatArray:
        """When the first sample of each block is taken. [s]"""
        return self._of_members(self.forecast.usable_start_s, place=0)

    @property
    def first_end_s(self) -> FloatArray:
        """End of the first pass, when key of it alone could be made. [s]"""
        return self._of_members(self.forecast.usable_end_s, place=0)

    @property
    def end_s(self) -> FloatArray:
        """When the last sample is taken: before, there is no key of the block. [s]"""
        return self._of_members(self.forecast.usable_end_s, place=-1)

    def _of_members(self, values: FloatArray, *, place: int) -> FloatArray:
        return np.array([values[own[place]] for own in self.members], dtype=np.float64)

    @property
    def composed(self) -> FloatArray:
        """What all keys of a satellite and station up to each block risk together."""
        total = np.zeros(len(self))
        pair, made = (-1, -1), 0
        for block, own in enumerate(zip(self.satellite, self.station, strict=True)):
            made = (made if own == pair else 0) + int(self.keys.secure_bits[block] > 0)
            pair = own
            total[block] = self.budgets[block].over(made).total
        return total


def blocks(forecast: Forecast, span: Span | float) -> Blocks:
    """Pool the counts of passes and make one key of each pool.

    Parameters
    ----------
    forecast
        Passes, their counts, and the key of each alone.
    span
        How long a block gathers, or how many sifted bits it has to reach. [bit]

    Returns
    -------
    Blocks
        Of passes with any usable time. A pass is never divided, and neither chance nor choice
        leaves one out: the sky is clear, and a poor pass can spoil a block.

    Notes
    -----
    Finite-key yields do not add up: a larger block pays the statistics of its bounds once, and
    is charged its failure probability once, but there is no key before its last pass.
    """
    check_span(span)
    members: list[IntArray] = []
    complete: list[bool] = []
    counts: list[Counts] = []
    keys: list[KeyResult] = []
    budgets: list[EpsilonBudget] = []
    for own in _pairs(forecast):
        groups, whole = _groups(forecast, own, span)
        pooled = _pooled(forecast, groups)
        members += groups
        complete += whole
        counts.append(pooled)
        keys.append(without_unfinished(forecast.mission.protocol.key(pooled), whole, span))
        budgets += [_budget(forecast, pooled)] * len(groups)
    return Blocks(
        forecast=forecast,
        members=tuple(members),
        complete=tuple(complete),
        counts=Counts.join(counts),
        keys=KeyResult.join(keys),
        budgets=tuple(budgets),
    )


def _pairs(forecast: Forecast) -> Iterator[IntArray]:
    """Yield the usable passes of each satellite and station, in order of time."""
    passes = forecast.passes
    some = np.flatnonzero(forecast.usable_s > 0.0)
    order = some[
        np.lexsort((passes.culmination_s[some], passes.station[some], passes.satellite[some]))
    ]
    if order.size == 0:
        return
    changed = (np.diff(passes.satellite[order]) != 0) | (np.diff(passes.station[order]) != 0)
    yield from np.split(order, np.flatnonzero(changed) + 1)


def _groups(
    forecast: Forecast, own: IntArray, span: Span | float
) -> tuple[list[IntArray], list[bool]]:
    """Divide the passes of a pair into blocks, and tell which are complete."""
    station = forecast.mission.stations[int(forecast.passes.station[own[0]])]
    return groups_of(
        own,
        span,
        time_s=forecast.passes.culmination_s[own]
        - forecast.timebase.seconds(forecast.mission.start),
        sifted_bits=forecast.keys.sifted_bits[own],
        since_noon_s=since_noon_s(
            forecast.timebase, forecast.mission.start, longitude_deg=station.site.longitude_deg
        ),
    )


def check_span(span: Span | float) -> None:
    """Refuse a size that is none."""
    if not isinstance(span, str) and not span > 0.0:
        raise NonPhysicalError("block", f"must be above 0 sifted bits, got {span:g}")


def since_noon_s(timebase: Timebase, start: datetime, *, longitude_deg: float) -> float:
    """From a noon of local mean solar time to the beginning of the mission's window. [s]"""
    noon = start.astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    ahead_s = 3600.0 * longitude_deg / DEGREES_AN_HOUR
    return timebase.seconds(start) - timebase.seconds(noon) + ahead_s


def groups_of(
    own: IntArray,
    span: Span | float,
    *,
    time_s: FloatArray,
    sifted_bits: FloatArray,
    since_noon_s: float,
) -> tuple[list[IntArray], list[bool]]:
    """Divide passes, or windows, into blocks, and tell which are complete.

    Parameters
    ----------
    own
        Indices of one pair, in order of time, at least one; shape (n,) like the next two.
    span
        How long a block gathers, or how many sifted bits it has to reach. [bit]
    time_s
        When each is, from the beginning of the mission's window. [s]
    sifted_bits
        What each brings. [bit]
    since_noon_s
        As :func:`since_noon_s` says. [s]
    """
    if not isinstance(span, str):
        return _until(sifted_bits, own, span)
    number = {
        "pass": np.arange(own.size, dtype=np.float64),
        "night": np.floor((time_s + since_noon_s) / DAY_S),
        "week": np.floor(time_s / WEEK_S),
    }[span]
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


def _pooled(forecast: Forecast, groups: list[IntArray]) -> Counts:
    """Add the counts of passes with the same intensities up."""
    order = np.concatenate(groups)
    starts = np.cumsum([0, *(own.size for own in groups[:-1])])
    each = forecast.counts.take(order)
    first = int(order[0])
    ends = forecast.mission.ends(
        int(forecast.passes.satellite[first]), int(forecast.passes.station[first])
    )
    width = len(ends.source.intensities)

    def rows(values: FloatArray) -> FloatArray:
        return np.asarray(np.add.reduceat(values, starts, axis=0)[..., :width])

    def pulses(values: FloatArray | None) -> FloatArray | None:
        return None if values is None else np.asarray(np.add.reduceat(values, starts))

    few = ends.source.multi_photon
    return Counts(
        intensities=np.array(ends.source.intensities),
        probabilities=np.array(ends.source.probabilities),
        pulses=np.asarray(np.add.reduceat(each.pulses, starts)),
        key_clicks=rows(each.key_clicks),
        key_errors=rows(each.key_errors),
        check_clicks=rows(each.check_clicks),
        check_errors=rows(each.check_errors),
        key_pulses=pulses(each.key_pulses),
        check_pulses=pulses(each.check_pulses),
        multi_photon=None if few is None else np.array(few),
    )


def without_unfinished(keys: KeyResult, complete: list[bool], span: Span | float) -> KeyResult:
    """Take the key from blocks that never reach their size."""
    if isinstance(span, str) or all(complete):
        return keys
    sifted = keys.sifted_bits.tolist()
    why = tuple(
        reason if done else f"{bits:,.0f} of {span:,.0f} sifted bits when the window ends"
        for reason, done, bits in zip(keys.why_zero, complete, sifted, strict=True)
    )
    return replace(keys, secure_bits=np.where(complete, keys.secure_bits, 0), why_zero=why)


def _budget(forecast: Forecast, counts: Counts) -> EpsilonBudget:
    """What one block risks."""
    protocol = forecast.mission.protocol
    if not isinstance(protocol, DecoyBB84):
        raise NonPhysicalError("protocol", "tells no failure probabilities to add up over blocks")
    return protocol.epsilon_budget(counts.key_clicks.shape[1])
