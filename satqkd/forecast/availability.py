"""When the key of a pass can be used: over a classical link during it, or after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.errors import NonPhysicalError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.lit import Lit, lit_pieces
from satqkd.key.result import KeyResult
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.mission.distillation import Distillation
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Availability:
    """Blocks along passes and when each is key; by pass, then in order of time."""

    forecast: Forecast
    passes: IntArray
    """Passes with any usable time whose satellite says how it distils, shape (passes,)."""
    starts: IntArray
    """Offsets of the passes in the blocks, shape (passes + 1,)."""
    filled_s: FloatArray
    """When the last click of each block is there, shape (blocks,). [s]"""
    usable_s: FloatArray
    """When its key can be used at both ends. [s]"""
    during: BoolArray
    """Whether that is before the satellite sets."""
    keys: KeyResult
    """Key of each block."""
    up_bits: FloatArray
    """Bits of its messages from the ground. [bit]"""
    down_bits: FloatArray
    """Bits of its messages to the ground. [bit]"""

    def per_pass(self, values: FloatArray | IntArray) -> FloatArray:
        """Add values of blocks up, shape (passes,)."""
        reached = np.concatenate([[0.0], np.cumsum(values)])
        return np.asarray(reached[self.starts[1:]] - reached[self.starts[:-1]])

    def blocks_of(self, index: int) -> slice:
        """Blocks of a pass, by its index in the forecast."""
        (place,) = np.flatnonzero(self.passes == index)
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Along:
    """Blocks of one pass."""

    index: int
    filled_s: FloatArray
    usable_s: FloatArray
    during: BoolArray
    keys: KeyResult
    up_bits: FloatArray
    down_bits: FloatArray


def availability(forecast: Forecast, *, wanted: BoolArray | None = None) -> Availability:
    """Divide passes into blocks and follow each until both ends hold its key.

    Parameters
    ----------
    forecast
        A forecast that was followed.
    wanted
        Which passes; None for all.

    Returns
    -------
    Availability
        Under a clear sky.

    Notes
    -----
    A block closes with the sample that brings it to its size; the last one of a pass takes what
    is left, so that it is between one and two sizes long. Where key making stops before the
    satellite sets, what clicks after that is one more block. Whoever receives tells for each click
    its place among the pulses (the entropy of rare clicks) and its basis; the other side answers
    with basis and intensity of each, the error correction, and the seed of a Toeplitz hash,
    :math:`n + l` bits. Each way is a queue that serves blocks in order.
    """
    found: list[_Along] = []
    for lit in lit_pieces(forecast, wanted=wanted):
        found += [
            _along(forecast, lit.alone(place), how)
            for place, index in enumerate(lit.piece.passes.tolist())
            if (how := forecast.mission.distilled(int(forecast.passes.satellite[index])))
        ]
    found.sort(key=lambda one: one.index)
    nothing = np.zeros(0)
    return Availability(
        forecast=forecast,
        passes=np.array([one.index for one in found], dtype=np.int64),
        starts=np.cumsum([0, *(one.filled_s.size for one in found)]).astype(np.int64),
        filled_s=np.concatenate([nothing, *(one.filled_s for one in found)]),
        usable_s=np.concatenate([nothing, *(one.usable_s for one in found)]),
        during=np.concatenate([nothing.astype(np.bool_), *(one.during for one in found)]),
        keys=KeyResult.join([one.keys for one in found]),
        up_bits=np.concatenate([nothing, *(one.up_bits for one in found)]),
        down_bits=np.concatenate([nothing, *(one.down_bits for one in found)]),
    )


def _along(forecast: Forecast, lit: Lit, how: Distillation) -> _Along:
    """Follow the blocks of one pass."""
    index = int(lit.piece.passes[0])
    rates = lit.rates()
    clicks = rates.click_rate_hz * lit.piece.weight_s
    set_s = float(forecast.passes.set_s[index])
    starts = block_starts(
        clicks,
        sifted_bits=float(forecast.keys.sifted_bits[index]),
        size=how.block_sifted_bits,
        until=int(np.count_nonzero(lit.time_s <= set_s - how.stop_before_set_s)),
    )
    counts = lit.counts(starts=starts)
    keys = forecast.mission.protocol.key(counts)
    total = np.add.reduceat(clicks, starts[:-1])
    first, second = _messages(total, counts, keys)
    downlink = lit.piece.ends.link.direction == "downlink"
    up, down = (first, second) if downlink else (second, first)
    last = starts[1:] - 1
    filled_s = lit.time_s[last] + 0.5 * lit.piece.weight_s[last]
    usable_s = np.full(filled_s.size, np.inf)
    if how.uplink_rate_bit_s is not None and how.downlink_rate_bit_s is not None:
        up_s, down_s = up / how.uplink_rate_bit_s, down / how.downlink_rate_bit_s
        told, answered = (up_s, down_s) if downlink else (down_s, up_s)
        there_s = served_s(served_s(filled_s, told), answered)
        usable_s = there_s + how.rounds * how.round_latency_s
    during = usable_s <= set_s
    return _Along(
        index=index,
        filled_s=filled_s,
        usable_s=np.where(during, usable_s, set_s + how.after_contact_s),
        during=during,
        keys=keys,
        up_bits=up,
        down_bits=down,
    )


def block_starts(
    clicks: FloatArray, *, sifted_bits: float, size: float | None, until: int | None = None
) -> IntArray:
    """Offsets of blocks in the samples of a pass, one more than there are.

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


def served_s(ready_s: FloatArray, takes_s: FloatArray) -> FloatArray:
    r"""When a queue has served each of its customers, in order. [s]

    .. math:: t_j = \max(r_j, t_{j-1}) + s_j

    Examples
    --------
    >>> served_s(np.array([0.0, 1.0, 9.0]), np.array([2.0, 2.0, 2.0]))
    array([ 2.,  4., 11.])
    """
    done = np.cumsum(takes_s)
    return np.asarray(done + np.maximum.accumulate(ready_s - done + takes_s))


def _messages(clicks: FloatArray, counts: Counts, keys: KeyResult) -> tuple[FloatArray, FloatArray]:
    """Bits of whoever received, and of the answers. [bit]"""
    share = np.clip(clicks / np.maximum(counts.pulses, 1.0), 1e-15, 0.5)
    kinds = max(counts.key_clicks.shape[1], 1)
    told = clicks * (binary_entropy(share) / share + 1.0)
    seed = keys.sifted_bits + keys.secure_bits
    answered = clicks * (1.0 + np.log2(kinds)) + keys.leak_ec_bits + seed
    return np.asarray(told), np.asarray(answered)
