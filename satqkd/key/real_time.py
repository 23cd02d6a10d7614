"""Key of a contact in the blocks it is distilled in, under more light than expected or less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.clicks.light import Light
from satqkd.key.dividing import Filling, blocks_of
from satqkd.key.system import System
from satqkd.passes.quadrature import Panels
from satqkd.units import FloatArray, IntArray, share_of

AT_QUANTILES = tuple(np.linspace(0.0, 1.0, 17).tolist())
"""Quantiles of the light of all realisations at which the key is worked out; cubics between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InBlocks:
    """The key of one contact, block by block and added up. [bit]"""

    bits: int
    """With the light expected."""
    blocks: int
    """How many of its blocks leave key."""
    low_bits: int
    """With every stated range at its worst end."""
    high_bits: int
    """The same at its best end."""
    expected_bits: int | None
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
    drawn: Sequence[FloatArray] | None
    """Light of each realisation over that expected, 0 under clouds; None where not drawn."""


def in_blocks(system: System, light: Light, how: Divided) -> list[InBlocks]:
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
    seen = [_seen(how, place) for place in range(len(light))]
    amounts = [
        np.unique(np.concatenate([[1.0], how.ends[:, place], _nodes(seen[place])]))
        for place in range(len(light))
    ]
    number = np.array([own.size for own in amounts], dtype=np.int64)
    place, amount = np.repeat(np.arange(number.size), number), np.concatenate(amounts)
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
    bounds = np.cumsum(number)[:-1]
    every = zip(amounts, np.split(bits, bounds), np.split(many, bounds), seen, strict=True)
    return [
        _told(own, made, count, drawn, how=how, place=number)
        for number, (own, made, count, drawn) in enumerate(every)
    ]


def _seen(how: Divided, place: int) -> FloatArray:
    """Light of the realisations in which a contact is seen."""
    if how.drawn is None:
        return np.zeros(0)
    return how.drawn[place][how.drawn[place] > 0.0]


def _nodes(seen: FloatArray) -> FloatArray:
    return np.quantile(seen, AT_QUANTILES) if seen.size else seen


def _told(
    amounts: FloatArray,
    bits: IntArray,
    blocks: IntArray,
    seen: FloatArray,
    *,
    how: Divided,
    place: int,
) -> InBlocks:
    """Read the key off at the light expected, at both ends, and of every realisation."""

    def at(amount: float) -> int:
        return int(np.searchsorted(amounts, amount))

    expected = None
    if how.drawn is not None:
        expected = int(_between(amounts, bits, seen).sum() / how.drawn[place].size)
    worst, best = how.ends[:, place].tolist()
    return InBlocks(
        bits=int(bits[at(1.0)]),
        blocks=int(blocks[at(1.0)]),
        low_bits=int(bits[at(worst)]),
        high_bits=int(bits[at(best)]),
        expected_bits=expected,
    )


def _between(amounts: FloatArray, bits: IntArray, seen: FloatArray) -> FloatArray:
    """Key at other amounts of light than were worked out. [bit]"""
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 -- only ensembles pay

    if amounts.size == 1:
        return np.full(seen.size, float(bits[0]))
    if not bits.any():
        return np.zeros(seen.size)
    between = PchipInterpolator(amounts, bits.astype(np.float64))(seen)
    return np.asarray(np.maximum(between, 0.0))


def end_shares(low: FloatArray, nominal: FloatArray, high: FloatArray) -> FloatArray:
    """Sifted bits at both ends of stated ranges over those expected, shape (2, n)."""
    return np.stack([share_of(end, nominal, otherwise=1.0) for end in (low, high)])
