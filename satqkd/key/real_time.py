"""Key of a contact in the blocks it is distilled in, under more light than expected or less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.clicks.interval_sums import per_interval
from satqkd.clicks.light import Light
from satqkd.key.dividing import Filling, blocks_of
from satqkd.key.monotone_cubic import between
from satqkd.key.system import System
from satqkd.passes.quadrature import Panels
from satqkd.units import FloatArray, IntArray, share_of

AT_QUANTILES = tuple(np.linspace(0.0, 1.0, 17).tolist())
"""Quantiles of the light of all realisations at which the key is worked out; cubics between."""


ROWS_AT_ONCE: Final = 1 << 20
"""Numerical: realisations of all contacts that are put in order together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InBlocks:
    """The key of contacts, their blocks added up; shape (n,). [bit]"""

    bits: IntArray
    """With the light expected."""
    blocks: IntArray
    """How many of their blocks leave key."""
    low_bits: IntArray
    """With every stated range at its worst end."""
    high_bits: IntArray
    """The same at its best end."""
    expected_bits: IntArray | None
    """Mean over weather, air and pointing; None where not computed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Divided:
    """How some contacts are distilled; one entry a contact."""

    panels: Panels
    """How the nodes of the light make integrals."""
    until_s: FloatArray
    """Clicks after it make a block of their own. [s]"""
    size: Sequence[float | None]
    """Sifted bits of a block; None for one block. [bit]"""
    sifted_bits: FloatArray
    """Of the whole contact, with the light expected. [bit]"""
    ends: FloatArray
    """Sifted bits at the worst and best end of every stated range, over those expected, shape
    (2, n)."""
    drawn: FloatArray | None
    """Light of each realisation over that expected, 0 under clouds, shape (n, realisations); None
    where not drawn."""


def in_blocks(system: System, light: Light, how: Divided) -> InBlocks:
    """Work out the key of contacts in the blocks in which they are distilled.

    Parameters
    ----------
    system
        Makes the key.
    light
        Of the nodes, one interval a contact.
    how
        Says how each is divided.

    Notes
    -----
    With more light a contact has more blocks, not larger ones. The worst and best ends of stated
    ranges count as the light that makes as many sifted bits. The key of each realisation lies on
    a monotone cubic through that of :data:`AT_QUANTILES`, which cuts the small teeth where one
    more block begins: the mean of a contact is within 1 %, at worst 3.
    """
    clicks_hz, dark_hz = (system.sifting_rate_hz(one) for one in (light, light.dark()))
    nominal = np.ones((len(light), 1))
    place, amount = _once(np.concatenate([nominal, how.ends.T, _quantiles(how)], axis=1))
    blocks = blocks_of(
        how.panels,
        Filling(
            place=place,
            amount=amount,
            clicks_hz=clicks_hz,
            dark_hz=dark_hz,
            sifted_bits=how.sifted_bits[place],
            size=np.array([np.inf if one is None else one for one in how.size])[place],
            until_s=how.until_s[place],
        ),
    )
    keys = system.divided_bits(light, amount, blocks)
    bits = np.add.reduceat(keys, blocks.starts[:-1])
    many = np.add.reduceat((keys > 0).astype(np.int64), blocks.starts[:-1])
    starts = np.searchsorted(place, np.arange(len(light) + 1)).astype(np.int64)

    def at(wanted: FloatArray) -> IntArray:
        """Where the divisions of contacts by one amount of light each are."""
        less = amount < wanted[place]
        return np.asarray(starts[:-1] + np.add.reduceat(less.astype(np.int64), starts[:-1]))

    expected = at(nominal[:, 0])
    low, high = (at(end) for end in how.ends)
    return InBlocks(
        bits=bits[expected],
        blocks=many[expected],
        low_bits=bits[low],
        high_bits=bits[high],
        expected_bits=None if how.drawn is None else _means(starts, amount, bits, how.drawn),
    )


def _once(amounts: FloatArray) -> tuple[IntArray, FloatArray]:
    """Put the amounts of each contact in order, each once, without what is not a number."""
    rising = np.sort(amounts, axis=1)
    new = np.isfinite(rising)
    new[:, 1:] &= rising[:, 1:] != rising[:, :-1]
    return np.nonzero(new)[0], rising[new]


def _quantiles(how: Divided) -> FloatArray:
    """Light at :data:`AT_QUANTILES` of the realisations in which each contact is seen.

    Linear between two realisations, and no number for a contact that is never seen; shape (n,
    quantiles), without quantiles where nothing was drawn.
    """
    if how.drawn is None:
        return np.zeros((how.sifted_bits.size, 0))
    found = np.full((len(how.drawn), len(AT_QUANTILES)), np.nan)
    step = max(1, ROWS_AT_ONCE // how.drawn.shape[1])
    for first in range(0, len(how.drawn), step):
        rows = how.drawn[first : first + step]
        rising = np.sort(np.where(rows > 0.0, rows, np.inf), axis=1)
        seen = np.count_nonzero(rows > 0.0, axis=1)
        some = np.flatnonzero(seen)
        rank = (seen[some, np.newaxis] - 1) * np.array(AT_QUANTILES)
        low = np.floor(rank).astype(np.int64)
        high = np.minimum(low + 1, seen[some, np.newaxis] - 1)
        share = rank - low
        begin, end = rising[some[:, np.newaxis], low], rising[some[:, np.newaxis], high]
        further = end - begin
        near_end = end - further * (1.0 - share)
        found[first + some] = np.where(share < 0.5, begin + further * share, near_end)
    return found


def _means(starts: IntArray, amounts: FloatArray, bits: IntArray, drawn: FloatArray) -> IntArray:
    """Mean key of each contact over its realisations. [bit]"""
    seen = drawn > 0.0
    bounds = np.concatenate([[0], np.cumsum(np.count_nonzero(seen, axis=1))]).astype(np.int64)
    keys = between(starts, amounts, bits.astype(np.float64), bounds=bounds, at=drawn[seen])
    sums = per_interval(np.maximum(keys, 0.0), bounds)
    return np.asarray(sums / drawn.shape[1], dtype=np.int64)


def end_shares(low: FloatArray, nominal: FloatArray, high: FloatArray) -> FloatArray:
    """Sifted bits at both ends of stated ranges over those expected, shape (2, n)."""
    return np.stack([share_of(end, nominal, otherwise=1.0) for end in (low, high)])
