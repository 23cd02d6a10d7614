"""Clicks drawn from what is expected, one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from satqkd.distil.bits import Bits, Words
from satqkd.distil.expected import Expected
from satqkd.distil.places import Places
from satqkd.distil.records import Received, Transmitted
from satqkd.units import FloatArray, IntArray

PRECISION: Final = 32
"""Numerical: binary digits of a probability, which is met within 2⁻³³."""

MOST_AT_ONCE: Final = 1 << 20
"""Numerical: so many clicks are held as whole numbers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulated:
    """Both ends' records of a block that nobody flew."""

    alice: Transmitted
    bob: Received
    pulses: int
    """How many were sent."""


def simulated(expected: Expected, nature: np.random.Generator) -> Simulated:
    """Draw the clicks of a block.

    Parameters
    ----------
    expected
        What they are drawn from; each pulse of a stretch clicks for itself, with the same
        probability.
    nature
        Draws all that happens: what is sent, what arrives, what is read.

    Returns
    -------
    Simulated
        Bits are even; those read in the other basis are chance. Alice's record is of the pulses
        that clicked, as if she had looked them up already.

    References
    ----------
    .. [1] C. H. Bennett and G. Brassard, *Proc. IEEE Int. Conf. Computers, Systems and Signal
       Processing* (1984), 175 (recalled): what is read in another basis than it was prepared in
       is chance.
    """
    passed_s = np.cumsum(np.concatenate([np.zeros(1), expected.seconds]))
    bounds = np.rint(passed_s * expected.pulse_rate_hz).astype(np.int64)
    begins, ends = bounds[:-1], bounds[1:]
    share = expected.probability[:, np.newaxis] * expected.click
    total = np.minimum(share.sum(axis=0), 1.0)
    spans = zip(begins.tolist(), ends.tolist(), total.tolist(), strict=True)
    sizes = np.zeros(total.size, dtype=np.int64)

    def parts() -> Iterator[IntArray]:
        for stretch, (begin, end, chance) in enumerate(spans):
            for part in _places(begin, end, chance, nature):
                sizes[stretch] += part.size
                yield part

    mean = float((total * (ends - begins)).sum())
    places = Places.joined(parts(), mean_gap=float(bounds[-1]) / max(mean, 1.0))
    draw = _Draw(sizes, nature)
    every = np.ones(total.size)
    sent, read = (
        draw.ones(every * own) for own in (expected.sent_in_key_basis, expected.read_in_key_basis)
    )
    intensity = draw.one_of(_ratio(share, total))
    wrong = reduce(
        np.bitwise_or,
        [
            own & draw.ones(chance)
            for own, chance in zip(intensity, _ratio(expected.error, expected.click), strict=True)
        ],
    )
    bit, other = draw.even(), draw.even()
    got = bit ^ wrong ^ ((sent ^ read) & other)
    return Simulated(
        alice=Transmitted(
            places=places,
            bit=draw.closed_up(bit),
            key_basis=draw.closed_up(sent),
            intensity=tuple(draw.closed_up(own) for own in intensity),
        ),
        bob=Received(places=places, bit=draw.closed_up(got), key_basis=draw.closed_up(read)),
        pulses=int(bounds[-1]),
    )


def _places(begin: int, end: int, chance: float, nature: np.random.Generator) -> Iterator[IntArray]:
    """Pulses of a stretch that click: gaps between chances of one kind are geometric."""
    if chance <= 0.0 or end <= begin:
        return
    mean = (end - begin) * chance
    many = min(math.ceil(mean + 8.0 * math.sqrt(mean) + 16.0), MOST_AT_ONCE)
    last = begin - 1
    while last < end:
        found = np.cumsum(nature.geometric(chance, many)) + last
        last = int(found[-1])
        yield np.asarray(found[: np.searchsorted(found, end)], dtype=np.int64)


class _Draw:
    """Labels of clicks, whole words for each stretch.

    ::

        stretch   0              1         2
        clicks    ####......     ######..  ##......      '.' is drawn too, and closed up at the end
    """

    __slots__ = ("_many", "_nature", "_owner", "_valid")

    def __init__(self, clicks: IntArray, nature: np.random.Generator) -> None:
        words = -(-clicks // 64)
        self._nature = nature
        self._many = int(words.sum())
        self._owner = np.repeat(np.arange(clicks.size), words)
        valid = np.full(self._many, ~np.uint64(0))
        some = clicks > 0
        last = (np.cumsum(words) - 1)[some]
        spare = (64 * words - clicks)[some].astype(np.uint64)
        valid[last] >>= spare
        self._valid = Bits(words=valid, size=64 * self._many)

    def even(self) -> Words:
        """Bits that are 1 half the time."""
        drawn: Words = self._nature.bit_generator.random_raw(self._many)
        return drawn

    def ones(self, chance: FloatArray) -> Words:
        """Bits that are 1 with the chance of their stretch.

        A random number of :data:`PRECISION` digits is compared with the chance, lowest digit
        first, 64 of them at a time: a 1 in the chance lets the digit drawn win or ties go on.
        """
        limit = np.rint(np.clip(chance, 0.0, 1.0) * 2.0**PRECISION).astype(np.uint64)
        below = np.zeros(self._many, dtype=np.uint64)
        used = int(np.bitwise_or.reduce(limit, initial=0))
        lowest = (used & -used).bit_length() - 1 if used else PRECISION
        for digit in range(lowest, PRECISION):
            one = (np.uint64(0) - ((limit >> np.uint64(digit)) & np.uint64(1)))[self._owner]
            drawn = self.even()
            below = (one & ~drawn) | (below & (one | ~drawn))
        certain = (np.uint64(0) - (limit >> np.uint64(PRECISION)))[self._owner]
        return np.asarray(below | certain)

    def one_of(self, shares: FloatArray) -> list[Words]:
        """Masks of which each bit is 1 in just one, by shares of shape (k, stretches)."""
        left = np.full(self._many, ~np.uint64(0))
        rest = np.ones(shares.shape[1])
        masks: list[Words] = []
        for share in shares[:-1]:
            own = left & self.ones(_ratio(share, rest))
            masks.append(own)
            left, rest = left & ~own, rest - share
        return [*masks, left]

    def closed_up(self, words: Words) -> Bits:
        """The labels of clicks alone."""
        return Bits(words=words, size=64 * self._many).where(self._valid)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Part over whole, at most 1; 0 where there is nothing."""
    shape = np.broadcast_shapes(part.shape, whole.shape)
    safe = np.broadcast_to(np.maximum(whole, 1e-300), shape)
    return np.asarray(np.clip(part / safe, 0.0, 1.0))
