"""A short number that two different contents hardly ever share: what tags are made of.

::

    content, n bits ─▶ a polynomial at two points, modulo 2^61 - 1 ─▶ 122 bits
                                                 a Toeplitz matrix ─▶ tag, t bits
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.distil.native import native
from satqkd.distil.toeplitz import Toeplitz
from satqkd.errors import NonPhysicalError

PRIME: Final = (1 << 61) - 1
POINT_BITS: Final = 61
LONGEST_TAG: Final = 2 * POINT_BITS
"""What the two values fill. [bit]"""
SYMBOL_BYTES: Final = 7
"""A symbol must be below the prime. [byte]"""
_SHORTENED: Final = Toeplitz()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TagHash:
    r"""One function of an almost universal family.

    The content is cut into k symbols :math:`m_i` of 56 bits, the last one filled up with zeros:

    .. math:: P(r) = n\,r^k + m_1 r^{k-1} + \dots + m_k \bmod 2^{61} - 1

    at two points; the 122 bits are multiplied by a Toeplitz matrix where a tag is to be shorter.

    Notes
    -----
    See :func:`most_collisions`. What chooses the function may be public, drawn after the content is
    fixed, or secret; a secret one may serve again if each tag is hidden by key of its own. The
    points are Python's numbers and cannot be wiped.

    References
    ----------
    .. [1] J. L. Carter and M. N. Wegman, *J. Comput. Syst. Sci.* 18, 143 (1979); polynomials: B.
       den Boer, *J. Comput. Secur.* 2, 65 (1993) (recalled).
    .. [2] H. Krawczyk, "LFSR-based hashing and authentication", *CRYPTO '94*, 129 (1994): Toeplitz.
    """

    points: tuple[int, int]
    """61 bits each."""
    matrix: Bits
    """Diagonals of the Toeplitz matrix."""
    length: int
    """Of a tag. [bit]"""

    @staticmethod
    def key_bits(length: int) -> int:
        """Return how many random bits choose a function with tags of such a length. [bit]

        By definition: the two points and the diagonals.
        """
        return LONGEST_TAG + _SHORTENED.seed_bits(LONGEST_TAG, length)

    @staticmethod
    def chosen(key: Bits, *, length: int) -> TagHash:
        """Return the function that :meth:`key_bits` random bits choose."""
        if not 1 <= length <= LONGEST_TAG:
            raise NonPhysicalError("length", f"must be 1 to {LONGEST_TAG} bits, got {length}")
        if len(key) != TagHash.key_bits(length):
            raise NonPhysicalError("key", f"must be {TagHash.key_bits(length)} bits")
        number = int.from_bytes(key.to_bytes(), "little")
        mask = (1 << POINT_BITS) - 1
        diagonals = len(key) - LONGEST_TAG
        return TagHash(
            points=(number & mask, number >> POINT_BITS & mask),
            matrix=_bits(number >> LONGEST_TAG, size=diagonals),
            length=length,
        )

    def tag(self, content: bytes, *, bits: int) -> Bits:
        """Return the tag of a content.

        Parameters
        ----------
        content
            ⌈bits / 8⌉ bytes, zeros beyond the last bit.
        bits
            Its length. [bit]
        """
        if len(content) != -(-bits // 8):
            raise NonPhysicalError("content", f"must be {-(-bits // 8)} bytes for {bits} bits")
        low, high = values(content, bits=bits, points=self.points)
        both = _bits(high << POINT_BITS | low, size=LONGEST_TAG)
        return _SHORTENED.hashed(both, seed=self.matrix, length=self.length)


def values(content: bytes, *, bits: int, points: tuple[int, int]) -> tuple[int, int]:
    """Return the polynomial of a content at two points, in C where it was built.

    References
    ----------
    As of :class:`TagHash`.
    """
    built = native()
    if built is not None:
        low, high = built.polynomial(content, bits, *points)
        return int(low), int(high)
    symbols = _symbols(content)
    first, second = points
    return (
        polynomial(symbols, bits=bits, point=first),
        polynomial(symbols, bits=bits, point=second),
    )


def polynomial(symbols: Iterable[int], *, bits: int, point: int, prime: int = PRIME) -> int:
    """Return the polynomial of some symbols at a point, by Horner's rule.

    References
    ----------
    As of :class:`TagHash`.

    Examples
    --------
    2 · 10² + 3 · 10 + 4:

    >>> polynomial([3, 4], bits=2, point=10)
    234
    """
    value = bits % prime
    for symbol in symbols:
        value = (value * point + symbol) % prime
    return value


def most_collisions(bits: int, *, length: int) -> float:
    r"""Return at most which share of the functions give two contents tags that differ as told.

    .. math:: \left(\frac{k}{2^{60}}\right)^2 + 2^{-t}, \quad k = \lceil n / 56 \rceil

    For any two contents of up to n bits, and any difference of their tags, such as none.

    Parameters
    ----------
    bits
        Length of the longer content. [bit]
    length
        Of the tags. [bit]

    Notes
    -----
    Derived here. The difference of two polynomials is not zero (of equally long contents some
    symbol differs; else the leading term does, since n is not 0 modulo the prime) and of degree k
    at most, so it has k roots at most. A point is drawn from 2^61 numbers, two of which are 0
    modulo the prime: k + 1 of them at most are roots, at most 2k. Both points are, by chance, with
    the square of that. Else the 122 bits differ, and a Toeplitz matrix takes a difference that is
    not zero to each result equally often.
    """
    symbols = -(-bits // (8 * SYMBOL_BYTES))
    return float((max(symbols, 1) * 2.0**-60) ** 2 + 2.0**-length)


def _bits(number: int, *, size: int) -> Bits:
    return Bits.from_bytes(number.to_bytes(-(-size // 8), "little"), size=size)


def _symbols(content: bytes) -> list[int]:
    """Cut into numbers of 7 bytes, the first byte lowest."""
    count = -(-len(content) // SYMBOL_BYTES)
    filled = content.ljust(count * SYMBOL_BYTES, b"\0")
    eight = np.zeros((count, 8), dtype=np.uint8)
    eight[:, :SYMBOL_BYTES] = np.frombuffer(filled, dtype=np.uint8).reshape(count, SYMBOL_BYTES)
    return [int(number) for number in eight.view("<u8").ravel().tolist()]
