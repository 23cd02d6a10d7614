"""How much key settings leave: what optimisers maximise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, TypeVar

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.pass_clicks import PassClicks
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.settings import Settings
from satqkd.key.statistics.newton import Objective
from satqkd.units import FloatArray, IntArray

LEAST_CHECK_CLICKS: Final = 100.0
"""Fewer expected clicks than these to test the phase with, and a setting is not considered."""
PASSES_AT_ONCE: Final = 1 << 9
"""Passes worked on together, some twenty settings of each, so that all stays in the cache."""


class Search(Protocol):
    """What is sought, and what it means."""

    @property
    def protocol(self) -> DecoyBB84:
        """Turns counts into key. A pass is a block."""
        ...

    @property
    def unknowns(self) -> int:
        """How many unknowns there are."""
        ...

    def settings(self, x: FloatArray) -> Settings:
        """From unknowns without bounds, shape (unknowns, ...), to settings."""
        ...

    def counts(self, passes: PassClicks, settings: Settings) -> Counts:
        """Sifted clicks of passes, each with a setting."""
        ...


Unknowns = TypeVar("Unknowns", bound=Search)


def score_of(search: Search, passes: PassClicks, group: IntArray) -> Objective:
    """Key of groups for unknowns of shape (unknowns, trials, groups); negative without a key.

    Parameters
    ----------
    search
        What the unknowns mean.
    passes
        Of all groups.
    group
        For each pass the number of its group, rising from 0.
    """
    alone = group.size == int(group[-1]) + 1
    edges = np.searchsorted(group, np.arange(int(group[-1]) + 1))

    def score(x: FloatArray) -> FloatArray:
        trials = x.shape[1]
        spread = x if alone else x[:, :, group]
        flat = np.ascontiguousarray(spread).reshape(x.shape[0], -1)
        many = _repeated(passes, trials)
        each = _scores(search.protocol, search.counts(many, search.settings(flat)))
        each = each.reshape(trials, -1)
        if alone:
            return each
        some = np.add.reduceat(np.maximum(each, 0.0), edges, axis=1)
        return np.where(some > 0.0, some, np.maximum.reduceat(each, edges, axis=1))

    return score


def _repeated(passes: PassClicks, times: int) -> PassClicks:
    def tile(values: FloatArray) -> FloatArray:
        return np.tile(values, times)

    return PassClicks(
        coefficients=tile(passes.coefficients),
        errors_dark=tile(passes.errors_dark),
        errors_per_click=tile(passes.errors_per_click),
        pulses=tile(passes.pulses),
        most_intensity=passes.most_intensity,
    )


def _scores(protocol: DecoyBB84, counts: Counts) -> FloatArray:
    """Key before rounding, the sum over bases; the least negative one where there is none."""
    bits, nearest = np.zeros(len(counts)), np.full(len(counts), -np.inf)
    for basis in protocol.bases(counts):
        tested = (basis.phase_error < 0.5) & (basis.check_clicks >= LEAST_CHECK_CLICKS)
        length = basis.length_bits
        bits += np.where(tested, np.maximum(length, 0.0), 0.0)
        hopeless = -basis.leak_ec_bits - basis.cost_bits - basis.sifted_bits
        nearest = np.maximum(nearest, np.where(tested, np.minimum(length, 0.0), hopeless))
    dear = bits - protocol.authentication.cost_bits
    return np.where(bits > 0.0, dear, nearest - protocol.authentication.cost_bits)


def secure_bits(search: Search, passes: PassClicks, settings: Settings) -> IntArray:
    """Key of every pass with a setting each. [bit]"""
    bits = np.zeros(len(passes), dtype=np.int64)
    for first in range(0, len(passes), 16 * PASSES_AT_ONCE):
        part = slice(first, first + 16 * PASSES_AT_ONCE)
        index = np.arange(len(passes))[part]
        counts = search.counts(passes.take(part), settings.of(index))
        bits[part] = search.protocol.secure_bits(counts)
    return bits


def in_pieces(
    find: Callable[[Unknowns, PassClicks, IntArray], tuple[FloatArray, FloatArray]],
    search: Unknowns,
    passes: PassClicks,
    group: IntArray,
) -> tuple[FloatArray, FloatArray]:
    """Unknowns and scores of all groups, found for runs of them that fit the cache."""
    count = int(group[-1]) + 1 if group.size else 0
    edges = np.searchsorted(group, np.arange(count + 1))
    x, score, first = np.zeros((search.unknowns, count)), np.zeros(count), 0
    while first < count:
        reach = np.searchsorted(edges, edges[first] + PASSES_AT_ONCE, side="right") - 1
        last = max(int(reach), first + 1)
        part = slice(int(edges[first]), int(edges[last]))
        x[:, first:last], score[first:last] = find(search, passes.take(part), group[part] - first)
        first = last
    return x, score


def of_groups(passes: PassClicks, group: IntArray, chosen: IntArray) -> tuple[PassClicks, IntArray]:
    """Passes of some groups, which are numbered anew."""
    mine = np.isin(group, chosen)
    return passes.take(np.flatnonzero(mine)), np.searchsorted(chosen, group[mine])
