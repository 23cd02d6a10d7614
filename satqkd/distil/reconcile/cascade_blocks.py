"""Cascade's blocks: how long they are, and where a bit lies in each pass.

::

    base    word w ────────── row of a tile ─turn[w]─▶ transposed: a column is a word ─shift─▶ place
            64 bits           of 64 words                                        in another tile

    pass 1  as they come     pass 2  word w is a row of tile w mod T     pass 3  of tile ⌊w / 64⌋
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

import numpy as np

from satqkd.distil.stream import stream
from satqkd.units import IntArray

PASSES: Final = 3
TILE_BITS: Final = 64 * 64
"""A tile is the smallest frame that is shuffled, and the longest block. [bit]"""
MOST_FRAME_BITS: Final = 1 << 16
_LONGEST: Final = 12
_WORDS: Final = MOST_FRAME_BITS // 64
_DRAWS: Final = 1 << 12

Levels = tuple[int, int, int]
"""Block lengths of the three passes, each the exponent of a power of two."""


class LevelRule(Protocol):
    """How long blocks are."""

    def __call__(self, qber: float, *, frame_bits: int) -> Levels:
        """Return the lengths for an expected error fraction and a frame with its zeros."""
        ...


def careful_levels(qber: float, *, frame_bits: int) -> Levels:
    """Return the block lengths that tell least.

    Parameters
    ----------
    qber
        Expected error fraction, 0 to 0.5.
    frame_bits
        Length of the frame with its zeros, as of :func:`padded_bits`.

    References
    ----------
    Derived here, by trials: k₁ = ⌈log₂(1/Q) - 1/2⌉, k₂ = ⌈(log₂(1/Q) + 11.5) / 2⌉ and k₃ = 12, or
    a quarter of the frame if that is less, with k₁ ≤ k₂ < k₃ where there is room. They are worked
    out by products of Q, which are the same on every machine.

    Examples
    --------
    >>> careful_levels(0.02, frame_bits=65536), careful_levels(0.005, frame_bits=4096)
    ((6, 9, 12), (8, 9, 10))
    """
    third = _longest(frame_bits)
    first = _least(third, lambda k: 2.0 ** (2 * k + 1) * qber * qber)
    second = _least(third - 1, lambda k: 2.0 ** (4 * k - 23) * qber * qber)
    return first, max(first, second), third


def fast_levels(qber: float, *, frame_bits: int) -> Levels:
    """Return block lengths that take a sixth of the rounds, and tell some 2 % more.

    Parameters
    ----------
    qber
        Expected error fraction, 0 to 0.5.
    frame_bits
        Length of the frame with its zeros, as of :func:`padded_bits`.

    References
    ----------
    Derived here, by trials: k₁ = ⌈log₂(1/Q) - 1⌉, k₂ = k₁ + 2, k₃ = k₁ + 5; none is longer than
    12, or a quarter of the frame.

    Examples
    --------
    >>> fast_levels(0.02, frame_bits=65536), fast_levels(0.05, frame_bits=65536)
    ((5, 7, 10), (4, 6, 9))
    """
    most = _longest(frame_bits)
    first = _least(most, lambda k: 2.0 ** (k + 1) * qber)
    return first, min(first + 2, most), min(first + 5, most)


def _longest(frame_bits: int) -> int:
    return min(_LONGEST, frame_bits.bit_length() - 3)


def _least(most: int, rising: Callable[[int], float]) -> int:
    """Return the first k from 1 on at which something reaches 1, or ``most``."""
    return next(k for k in range(1, most + 1) if k == most or rising(k) >= 1)


def padded_bits(size: int) -> int:
    """Return the length of a frame with the zeros behind it that both ends know: 4096·2ⁱ. [bit]

    Examples
    --------
    >>> padded_bits(1), padded_bits(4097)
    (4096, 8192)
    """
    return max(TILE_BITS, 1 << (size - 1).bit_length())


@cache
def _tiles_and_rows(words: int, number: int) -> tuple[IntArray, IntArray]:
    word = np.arange(words)
    tiles = words // 64
    return (word % tiles, word // tiles) if number == 1 else (word // 64, word % 64)


def places(bits: int, *, seed: int) -> IntArray:
    """Return where each bit of a frame lies in each pass.

    Parameters
    ----------
    bits
        Length of the frame with its zeros, as of :func:`padded_bits`.
    seed
        64 public bits.

    Returns
    -------
    Shape (3, bits): places, 0 to ``bits`` - 1; a permutation a row.
    """
    words, tiles = bits // 64, bits // TILE_BITS
    result = np.empty((PASSES, bits), dtype=np.int64)
    result[0] = np.arange(bits)
    for number in range(1, PASSES):
        drawn = stream(seed, count=_WORDS + 64, first=number * _DRAWS)
        turn = (drawn[:words] % 64).astype(np.int64)
        shift = (drawn[_WORDS:] % tiles).astype(np.int64)
        tile, row = _tiles_and_rows(words, number)
        column = (np.arange(64) + turn[:, None]) % 64
        moved = (tile[:, None] + shift[column]) % tiles
        result[number] = (moved * TILE_BITS + column * 64 + row[:, None]).ravel()
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How a block is cut into frames: all of one length but the last, which holds what is left."""

    size: int
    """Of the block. [bit]"""
    frame_bits: int
    """Of a frame. [bit]"""

    @property
    def frames(self) -> int:
        """How many there are."""
        return -(-self.size // self.frame_bits)

    def frame(self, index: int) -> int:
        """Length of a frame. [bit]"""
        return min(self.frame_bits, self.size - index * self.frame_bits)

    def told_blocks(self, index: int, number: int, *, level: int) -> int:
        """How many parities open a pass.

        Those of the blocks that hold bits; of a later pass all but the last, which follows.
        """
        if number == 0:
            return -(-self.frame(index) // (1 << level))
        return (padded_bits(self.frame(index)) >> level) - 1
