r"""Which pulse of the transmitter is the receiver's first? Bits agree at one answer alone.

::

    sent        0 1 1 0 1 0 0 1 1 0 1 ...
    read              0 . 0 . 1 1          '.' no click
    shifted by      0 . 0 . 1 1            agree: half, as chance has it
    by                0 . 0 . 1 1          all but the errors: here it is
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.distil.sent import Labels, Sent, Signs
from satqkd.units import IntArray

BUNCHES: Final = 8
"""Numerical: bits are compared at so many times along a stretch."""
BUNCH: Final = 120
"""Numerical: bits of each; a sum of so many signs fits a byte."""
MOST_SHARE: Final = 0.25
"""Of a stretch's clicks that are compared at most (a convention), for they are lost to the key."""
CERTAIN: Final = 1e-9
"""Probability that chance alone gives a number that is taken (a convention)."""
RIVAL: Final = 1e-3
"""An answer that chance would not give once in a thousand searches is a rival of the best one."""
SLIP: Final = 5.0
"""Deviations by which a bunch speaks for a neighbouring number before a count has slipped (a
convention)."""

_BLOCK: Final = 1 << 22
"""Numerical: answers tried at a time; bounds memory."""
_TILE: Final = 1 << 17
"""Numerical: of them, as many as a processor's cache holds."""
_NEAR: Final = (-2, -1, 1, 2)
"""By so many pulses a count may slip."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bunch:
    """Clicks that follow each other, whose bits are told to find their numbers."""

    number: IntArray
    """Of their pulses but for the offset; shape (n,) like the others."""
    bit: Labels
    basis: Labels

    def __repr__(self) -> str:
        return f"Bunch({self.number.size} clicks)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """The whole number between two counts, and what speaks for it."""

    offset: int
    """To add to the receiver's count."""
    tried: int
    """How many were."""
    compared: int
    """Bits read in the basis in which they were sent, by this answer."""
    agreeing: int
    """Of them, how many are the same."""
    rival: int | None
    """Another answer that chance does not explain; None where there is none."""
    slipped: int
    """Bunches that speak for a neighbouring number."""

    @property
    def log10_chance(self) -> float:
        """Logarithm of the probability that chance alone lets as many agree, at most."""
        return min(_log_chance(2 * self.agreeing - self.compared, self.compared, self.tried), 0.0)

    @property
    def certain(self) -> bool:
        """Whether it may be taken."""
        sure = self.log10_chance <= math.log10(CERTAIN)
        return sure and self.rival is None and not self.slipped

    @property
    def why_not(self) -> str:
        """What speaks against it."""
        agree = f"{self.agreeing} of {self.compared} bits agree at the best of {self.tried} numbers"
        if self.log10_chance > math.log10(CERTAIN):
            return f"{agree}, which chance does too"
        if self.slipped:
            return f"the count slips: {self.slipped} of {BUNCHES} samples speak for another number"
        return f"{agree} ({self.offset}), and chance does not explain {self.rival} either"


def told(clicks: int) -> list[slice]:
    """Return which clicks of a stretch are compared: bunches at even distances, or none."""
    size = min(BUNCH, int(MOST_SHARE * clicks) // BUNCHES)
    middles = ((np.arange(BUNCHES) + 0.5) * (clicks / BUNCHES)).astype(np.int64).tolist()
    return [slice(at - size // 2, at - size // 2 + size) for at in middles] if size else []


def best_offset(bunches: list[Bunch], sent: Sent, *, low: int, high: int) -> Offset:
    r"""Try every whole number of a range.

    Parameters
    ----------
    bunches
        At least one; none is empty.
    sent
        The transmitter's record.
    low, high
        The range, both ends in it.

    Returns
    -------
    Offset
        That at which most bits agree beyond half. With a wrong one each agrees by the toss of a
        coin: of n bits, those that agree less those that do not exceed s with a probability below
        :math:`e^{-s^2 / 2 n}`, times the numbers tried.

    References
    ----------
    .. [1] L. Calderaro, A. Stanco, C. Agnesi et al., *Phys. Rev. Applied* 13, 054041 (2020),
       arXiv:1909.12050: the offset by the cross-correlation of qubits sent and read.
    .. [2] W. Hoeffding, *J. Am. Stat. Assoc.* 58, 13 (1963), theorem 2 (recalled).
    """
    tried = high + 1 - low
    number = np.concatenate([bunch.number for bunch in bunches])
    some = sent.promising(number, low=low, high=high)
    top = _of_all(bunches, sent, low, high) if some is None else _of_some(bunches, sent, some)
    top = top or [(0, low)]
    offset = top[0][1]
    each = [_compare(bunch, sent, offset) for bunch in bunches]
    compared = sum(own.size for own in each)
    rival = None
    if len(top) > 1:
        many = sum(_compare(bunch, sent, top[1][1]).size for bunch in bunches)
        if _log_chance(top[1][0], many, tried) < math.log10(RIVAL):
            rival = top[1][1]
    return Offset(
        offset=offset,
        tried=tried,
        compared=compared,
        agreeing=(compared + top[0][0]) // 2,
        rival=rival,
        slipped=sum(
            _slipped(bunch, sent, offset, int(own.sum()))
            for bunch, own in zip(bunches, each, strict=True)
        ),
    )


def _of_all(bunches: list[Bunch], sent: Sent, low: int, high: int) -> list[tuple[int, int]]:
    """Return the two offsets of a range at which most bits agree, and by how many."""
    top: list[tuple[int, int]] = []
    for begin in range(low, high + 1, _BLOCK):
        many = min(_BLOCK, high + 1 - begin)
        total = np.zeros(many, dtype=np.int16)
        for bunch in bunches:
            _add_agreement(total, bunch, sent, begin)
        most = np.argpartition(total, max(many - 2, 0))[-2:].tolist()
        top = sorted([*top, *((int(total[at]), begin + at) for at in most)], reverse=True)[:2]
    return top


def _of_some(bunches: list[Bunch], sent: Sent, offsets: IntArray) -> list[tuple[int, int]]:
    """Return the two of some offsets at which most bits agree, and by how many."""
    found = (
        (sum(int(_compare(bunch, sent, offset).sum()) for bunch in bunches), offset)
        for offset in offsets.tolist()
    )
    return heapq.nlargest(2, found)


def _add_agreement(total: npt.NDArray[np.int16], bunch: Bunch, sent: Sent, begin: int) -> None:
    """Add bits that agree less those that do not, for numbers from ``begin`` on."""
    first = int(bunch.number.min())
    where = (bunch.number - first).tolist()
    planes = sent.signs(first + begin, first + begin + max(where) + total.size)
    clicks = list(zip(where, bunch.basis.tolist(), bunch.bit.tolist(), strict=True))
    for tile in range(0, total.size, _TILE):
        many = min(_TILE, total.size - tile)
        sums = np.zeros(many, dtype=np.int8)
        for at, basis, bit in clicks:
            own = planes[basis][at + tile : at + tile + many]
            (np.subtract if bit else np.add)(sums, own, out=sums)
        total[tile : tile + many] += sums


def _compare(bunch: Bunch, sent: Sent, offset: int) -> Signs:
    """Return +1 where a bit agrees, −1 where it does not, for what was read in its basis."""
    place = bunch.number + offset
    row, known = sent.row(np.maximum(place, 0))
    alike = known & (place >= 0)
    row, bit, basis = row[alike], bunch.bit[alike], bunch.basis[alike]
    same = sent.basis[row] == basis
    return np.where(sent.bit[row[same]] == bit[same], 1, -1).astype(np.int8)


def _slipped(bunch: Bunch, sent: Sent, offset: int, agreement: int) -> bool:
    """Whether a bunch speaks for a neighbouring number."""
    near = [_compare(bunch, sent, offset + by) for by in _NEAR]
    return any(int(own.sum()) - agreement > SLIP * math.sqrt(own.size) for own in near)


def _log_chance(excess: int, compared: int, tried: int) -> float:
    """Logarithm to base 10 of Hoeffding's bound, times the numbers tried."""
    if excess <= 0:
        return 0.0
    return math.log10(tried) - math.log10(math.e) * excess**2 / (2.0 * compared)
