"""Key of a contact in the blocks it is distilled in, under more light than expected or less."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.clicks.light import Light
from satqkd.errors import NonPhysicalError
from satqkd.key.system import System
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


def in_blocks(
    system: System,
    light: Light,
    *,
    until: int,
    size: float | None,
    sifted_bits: float,
    ends: tuple[float, float],
    drawn: FloatArray | None,
) -> InBlocks:
    """Work out the key of one contact in the blocks in which it is distilled.

    Parameters
    ----------
    system
        Makes the key.
    light
        Of the usable samples, one interval.
    until
        Samples after so many make a block of their own.
    size
        Sifted bits of a block; None for one block. [bit]
    sifted_bits
        Of the whole contact, with the light expected. [bit]
    ends
        Sifted bits at the worst and best end of every stated range, over those expected.
    drawn
        Light of each realisation over that expected, 0 under clouds; None where not drawn.

    Notes
    -----
    With more light a contact has more blocks, not larger ones. The worst and best ends of stated
    ranges count as the light that makes as many sifted bits. The key of each realisation lies on
    a monotone cubic through that of :data:`AT_QUANTILES`, which cuts the small teeth where one
    more block begins: the mean of a contact is within 1 %, at worst 3.
    """
    seen = np.zeros(0) if drawn is None else drawn[drawn > 0.0]
    nodes = np.quantile(seen, AT_QUANTILES) if seen.size else seen
    amounts = np.unique(np.concatenate([[1.0, *ends], nodes]))
    bits, blocks = _at_amounts(
        system, light, amounts, until=until, size=size, sifted_bits=sifted_bits
    )

    def at(amount: float) -> int:
        return int(np.searchsorted(amounts, amount))

    expected = None
    if drawn is not None:
        expected = int(_between(amounts, bits, seen).sum() / drawn.size)
    return InBlocks(
        bits=int(bits[at(1.0)]),
        blocks=int(blocks[at(1.0)]),
        low_bits=int(bits[at(ends[0])]),
        high_bits=int(bits[at(ends[1])]),
        expected_bits=expected,
    )


def _between(amounts: FloatArray, bits: IntArray, seen: FloatArray) -> FloatArray:
    """Key at other amounts of light than were worked out. [bit]"""
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 -- only ensembles pay

    if amounts.size == 1:
        return np.full(seen.size, float(bits[0]))
    between = PchipInterpolator(amounts, bits.astype(np.float64))(seen)
    return np.asarray(np.maximum(between, 0.0))


def _at_amounts(
    system: System,
    light: Light,
    amounts: FloatArray,
    *,
    until: int,
    size: float | None,
    sifted_bits: float,
) -> tuple[IntArray, IntArray]:
    """Key of a contact, and blocks that leave any, for amounts of light. [bit]"""
    clicks, dark = (system.sifting_rate_hz(one) * light.weight_s for one in (light, light.dark()))
    whole = float(clicks.sum()) or 1.0
    starts = []
    for amount in amounts.tolist():
        mixed = dark + (clicks - dark) * amount
        sifted = sifted_bits * float(mixed.sum()) / whole
        starts.append(block_starts(mixed, sifted_bits=sifted, size=size, until=until))
    keys = system.divided_bits(light, amounts, starts)
    return (
        np.array([own.sum() for own in keys], dtype=np.int64),
        np.array([np.count_nonzero(own) for own in keys], dtype=np.int64),
    )


def end_shares(low: FloatArray, nominal: FloatArray, high: FloatArray) -> FloatArray:
    """Sifted bits at both ends of stated ranges over those expected, shape (2, n)."""
    return np.stack([share_of(end, nominal, otherwise=1.0) for end in (low, high)])


def block_starts(
    clicks: FloatArray, *, sifted_bits: float, size: float | None, until: int | None = None
) -> IntArray:
    """Offsets of blocks in the samples of a contact, one more than there are.

    Parameters
    ----------
    clicks
        Of each sample, shape (n,).
    sifted_bits
        What is left of all of them after sifting. [bit]
    size
        Of a block; None for one block. [bit]
    until
        Samples after so many make a block of their own; None for none.

    Examples
    --------
    >>> block_starts(np.ones(10), sifted_bits=10.0, size=3.0)
    array([ 0,  3,  6, 10])
    >>> block_starts(np.ones(10), sifted_bits=10.0, size=3.0, until=9)
    array([ 0,  3,  6,  9, 10])
    """
    if size is not None and not size > 0.0:
        raise NonPhysicalError("block_sifted_bits", f"must be above 0, got {size:g}")
    if until is not None and 0 < until < clicks.size:
        share = float(clicks[:until].sum()) / (float(clicks.sum()) or 1.0)
        early = block_starts(clicks[:until], sifted_bits=share * sifted_bits, size=size)
        return np.append(early, clicks.size)
    whole = float(clicks.sum())
    number = 1 if size is None or whole <= 0.0 else max(1, int(sifted_bits / size))
    if size is None or number == 1:
        return np.array([0, clicks.size], dtype=np.int64)
    before = (np.cumsum(clicks) - clicks) * (sifted_bits / whole)
    edges = np.searchsorted(before, size * np.arange(1, number) * (1.0 - 1e-12))
    return np.unique(np.concatenate([[0], edges, [clicks.size]])).astype(np.int64)
