"""Privacy amplification by a Toeplitz matrix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from satqkd.distil.bits import Bits
from satqkd.distil.hash_family import require_fit
from satqkd.distil.native import native
from satqkd.distil.stream import stream

PART: Final = 1 << 20
"""Most rows, and most columns, that are transformed at once. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toeplitz:
    r"""A matrix of bits with equal diagonals.

    .. math:: y_i = \sum_j s_{i - j + n - 1}\, x_j \bmod 2

    Notes
    -----
    Two strings meet under exactly :math:`2^{-l}` of the seeds. The same function as
    :func:`satqkd.key.bit_shares.toeplitz_hash`, on packed bits.

    References
    ----------
    .. [1] H. Krawczyk, "LFSR-based hashing and authentication", *CRYPTO '94*, 129 (1994).
    """

    @property
    def name(self) -> str:
        """As in the record of a block."""
        return "toeplitz"

    @property
    def cost_bits(self) -> int:
        """How much shorter the key must be than with a universal family: this is one. [bit]"""
        return 0

    def seed_bits(self, n: int, length: int) -> int:
        """Return how many public random bits choose a function: one a diagonal. [bit]"""
        return n + length - 1 if length else 0

    def hashed(self, bits: Bits, *, seed: Bits, length: int) -> Bits:
        """Shorten a string, in C where it was built and by Fourier transforms where not.

        Parameters
        ----------
        bits
            The string, n bits.
        seed
            n + length - 1 public random bits; none where length is 0.
        length
            Bits of the result, at most n. [bit]
        """
        require_fit(self, bits, seed=seed, length=length)
        if length == 0:
            return Bits.pack([])
        built = native()
        if built is None:
            return by_fourier(bits, seed=seed, length=length)
        return by_path(built, _fastest(built), bits, seed=seed, length=length)


def by_fourier(bits: Bits, *, seed: Bits, length: int) -> Bits:
    """Multiply by Fourier transforms of parts of the matrix.

    ::

        columns ─▶      a part of R rows and C columns has R + C - 1 diagonals; a cyclic
        ┌────┬────┬─┐   convolution of that length with C bits is right from C - 1 on, and that is
        │ d0 │ d1 │…│   its R rows; the next row of parts has the same diagonals, one part on
        ├────┼────┼─┤
        │ d' │ d0 │…│

    Notes
    -----
    It takes some 32 bytes a bit where there are several parts. The sums come out of double
    precision within 1e-9 of whole numbers (measured at 1e6 to 3e7 bits, random and all ones); from
    0.5 on they would be wrong.

    References
    ----------
    As of :class:`Toeplitz`.
    """
    n, x = len(bits), bits.unpacked()
    rows, columns = min(PART, length), min(PART, n)
    size = 1 << (rows + columns - 2).bit_length()
    # beyond both ends stand the zeros that parts at the edge reach out to
    diagonals = np.concatenate([np.zeros(columns), seed.unpacked(), np.zeros(rows)])
    waves = [np.fft.rfft(x[begin : begin + columns], size) for begin in range(0, n, columns)]
    firsts = [n - part * columns for part in range(len(waves))]
    found = []
    matrix: list[npt.NDArray[np.complex128]] = []
    for row in range(0, length, rows):
        fresh = [
            np.fft.rfft(diagonals[first + row : first + row + rows + columns - 1], size)
            for first in (firsts[:1] if matrix else firsts)
        ]
        matrix = [*fresh, *matrix[:-1]]
        total = np.zeros(size // 2 + 1, dtype=np.complex128)
        for diagonal, wave in zip(matrix, waves, strict=True):
            total += diagonal * wave
        sums = np.fft.irfft(total, size)[columns - 1 : columns - 1 + rows]
        found.append((np.rint(sums).astype(np.int64) & 1).astype(np.bool_))
    return Bits.pack(np.concatenate(found)[:length])


def by_path(built: Any, path: str, bits: Bits, *, seed: Bits, length: int) -> Bits:
    """Multiply in C, in one of the ways that ``toeplitz_paths`` of the built module names."""
    out = np.zeros(-(-length // 64), dtype=np.uint64)
    built.toeplitz(seed.words, bits.words, out, len(bits), length, path)
    return Bits(words=out, size=length)


@cache
def _fastest(built: Any) -> str:
    """Return the first way whose bits are those of plain C, the last, on public samples.

    A processor or a compiler that errs would otherwise give the two ends different keys.
    """
    paths: list[str] = built.toeplitz_paths()
    *faster, last = paths
    expected = _samples(built, last)
    return next((path for path in faster if _samples(built, path) == expected), last)


def _samples(built: Any, path: str) -> list[bytes]:
    """Hash a short string, multiplied word by word in C, and one that is multiplied at points."""
    hashes = []
    for words, rows in ((96, 70), (2100, 2050)):
        numbers = stream(0, count=words + words + rows)
        bits = Bits(words=numbers[:words], size=64 * words)
        length = 64 * rows + 1
        seed = Bits(words=numbers[words:], size=bits.size + length - 1)
        hashes.append(by_path(built, path, bits, seed=seed, length=length).to_bytes())
    return hashes
