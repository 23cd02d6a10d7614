"""Key of blocks that gather several windows of two stations and a satellite between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from satqkd.forecast.blocks import (
    Span,
    check_span,
    groups_of,
    since_noon_s,
    without_unfinished,
)
from satqkd.forecast.together import JointKeys
from satqkd.key.result import KeyResult
from satqkd.key.statistics.epsilon import EpsilonBudget
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointBlocks:
    """Blocks of windows of one pair; ordered by satellite, then time. Arrays of shape (blocks,)."""

    found: JointKeys
    """The windows, and the key of each alone."""
    members: tuple[IntArray, ...]
    """For each block its windows, in the order they are flown."""
    complete: tuple[bool, ...]
    """False for the last block of a satellite that never reached its size."""
    keys: KeyResult
    """Key of each block as one; none of one that is not complete."""
    budget: EpsilonBudget | None
    """What one block risks; None for a protocol of endless blocks."""

    def __len__(self) -> int:
        return len(self.members)

    @property
    def satellite(self) -> IntArray:
        """Index of the satellite of each block."""
        first = np.array([own[0] for own in self.members], dtype=np.int64)
        return self.found.windows.satellite[first]

    @property
    def separate_bits(self) -> IntArray:
        """Sum of the keys of the windows, each a block of its own. [bit]"""
        bits = self.found.keys.secure_bits
        return np.array([bits[own].sum() for own in self.members], dtype=np.int64)

    @property
    def separate_blocks(self) -> IntArray:
        """How many of those windows leave key."""
        bits = self.found.keys.secure_bits
        return np.array([np.count_nonzero(bits[own]) for own in self.members], dtype=np.int64)

    @property
    def start_s(self) -> FloatArray:
        """When the first sample of each block is taken. [s]"""
        return self._of_members(self.found.usable_span_s[0], place=0)

    @property
    def first_end_s(self) -> FloatArray:
        """End of the first window, when key of it alone could be made. [s]"""
        return self._of_members(self.found.usable_span_s[1], place=0)

    @property
    def end_s(self) -> FloatArray:
        """When the last sample is taken: before, there is no key of the block. [s]"""
        return self._of_members(self.found.usable_span_s[1], place=-1)

    def _of_members(self, values: FloatArray, *, place: int) -> FloatArray:
        return np.array([values[own[place]] for own in self.members], dtype=np.float64)

    @property
    def keyed_so_far(self) -> IntArray:
        """Blocks of the satellite up to each block, itself included, that leave key."""
        total = np.zeros(len(self), dtype=np.int64)
        craft, made = -1, 0
        for block, own in enumerate(self.satellite.tolist()):
            made = (made if own == craft else 0) + int(self.keys.secure_bits[block] > 0)
            craft = own
            total[block] = made
        return total


def joint_blocks(found: JointKeys, span: Span | float) -> JointBlocks:
    """Make one key of all usable windows of a satellite that a block gathers.

    Parameters
    ----------
    found
        Windows of a pair, and the key of each alone.
    span
        How long a block gathers (``pass``: one window), or how many sifted bits it has to
        reach. [bit]

    Returns
    -------
    JointBlocks
        Of windows with any usable time, under a clear sky. A window is never divided, and
        neither chance nor choice leaves one out.

    Notes
    -----
    A night reaches from noon to noon of local mean solar time half-way between the meridians of
    both stations.
    """
    check_span(span)
    members: list[IntArray] = []
    complete: list[bool] = []
    for own in _satellites(found):
        groups, whole = _groups(found, own, span)
        members += groups
        complete += whole
    keys = _keys(found, members)
    return JointBlocks(
        found=found,
        members=tuple(members),
        complete=tuple(complete),
        keys=without_unfinished(keys, complete, span),
        budget=found.pair.protocol.epsilon_budget,
    )


def _satellites(found: JointKeys) -> Iterator[IntArray]:
    """Yield the usable windows of each satellite, in order of time."""
    some = np.flatnonzero(found.usable_s > 0.0)
    if some.size:
        changed = np.diff(found.windows.satellite[some]) != 0
        yield from np.split(some, np.flatnonzero(changed) + 1)


def _groups(
    found: JointKeys, own: IntArray, span: Span | float
) -> tuple[list[IntArray], list[bool]]:
    """Divide the windows of a satellite into blocks, and tell which are complete."""
    mission, timebase = found.mission, found.timebase
    east = [mission.stations[index].site.longitude_deg for index in found.pair.stations]
    return groups_of(
        own,
        span,
        time_s=found.windows.start_s[own] - timebase.seconds(mission.start),
        sifted_bits=found.keys.sifted_bits[own],
        since_noon_s=since_noon_s(timebase, mission.start, longitude_deg=half_way_deg(*east)),
    )


def half_way_deg(first_deg: float, second_deg: float) -> float:
    """Meridian half-way between two, along the shorter arc. [°]

    Examples
    --------
    >>> half_way_deg(170.0, -160.0) % 360.0, half_way_deg(10.0, 20.0)
    (185.0, 15.0)
    """
    return first_deg + 0.5 * ((second_deg - first_deg + 180.0) % 360.0 - 180.0)


def _keys(found: JointKeys, members: list[IntArray]) -> KeyResult:
    """Key of each block; windows without a sample between two of a block change nothing."""
    if not members:
        return KeyResult.join([])
    links, first = found.links, np.array([own[0] for own in members])
    pooled = replace(links, starts=np.append(links.starts[first], links.starts[-1]))
    return found.pair.protocol.key(pooled)
