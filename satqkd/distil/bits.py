"""Strings of bits, packed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satqkd.distil.native import native
from satqkd.errors import NonPhysicalError
from satqkd.units import BoolArray

Words = npt.NDArray[np.uint64]
"""64 bits each, the first bit lowest."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Bits:
    """A string of bits, 64 to a word.

    ::

        words   [0]               [1]
        bit     63 ... 2 1 0      127 ... 65 64      what lies beyond ``size`` is 0

    It may be secret, so its ``repr`` tells its length alone.
    """

    words: Words
    """Shape (⌈size / 64⌉,)."""
    size: int
    """How many bits there are."""

    def __post_init__(self) -> None:
        words = -(-self.size // 64)
        if self.words.dtype != np.uint64 or self.words.shape != (words,):
            raise NonPhysicalError("words", f"must be {words} of 64 bits for {self.size} bits")
        if self.size % 64 and int(self.words[-1]) >> (self.size % 64):
            raise NonPhysicalError("words", f"must be 0 beyond bit {self.size}")

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"Bits({self.size})"

    def equals(self, other: Bits) -> bool:
        """Whether every bit is the same."""
        return self.size == other.size and bool(np.array_equal(self.words, other.words))

    def __and__(self, other: Bits) -> Bits:
        return Bits(words=self.words & other.words, size=self.size)

    def __or__(self, other: Bits) -> Bits:
        return Bits(words=self.words | other.words, size=self.size)

    def __xor__(self, other: Bits) -> Bits:
        return Bits(words=self.words ^ other.words, size=self.size)

    def __invert__(self) -> Bits:
        words = ~self.words
        if self.size % 64:
            words[-1] &= np.uint64((1 << self.size % 64) - 1)
        return Bits(words=words, size=self.size)

    @property
    def ones(self) -> int:
        """How many bits are 1."""
        return int(np.bitwise_count(self.words).sum())

    def where(self, mask: Bits) -> Bits:
        """Return the bits at which ``mask`` is 1, closed up."""
        return closed_up((self,), mask)[0]

    def first(self, size: int) -> Bits:
        """Return the first bits."""
        words = self.words[: -(-size // 64)].copy()
        if size % 64:
            words[-1] &= np.uint64((1 << size % 64) - 1)
        return Bits(words=words, size=size)

    def beyond(self, size: int) -> Bits:
        """Return the bits after the first ``size``."""
        whole = size // 64
        rest = Bits(words=self.words[whole:], size=self.size - 64 * whole)
        return Bits.pack(rest.unpacked()[size - 64 * whole :])

    def unpacked(self) -> BoolArray:
        """Return a Boolean a bit."""
        return np.unpackbits(self.words.view(np.uint8), bitorder="little", count=self.size).astype(
            np.bool_
        )

    def to_bytes(self) -> bytes:
        """Return ⌈size / 8⌉ bytes, the first bit lowest in the first."""
        return bytes(self.view())

    def view(self) -> memoryview:
        """Return the same bytes where they lie: they change with the words."""
        words = self.words.astype("<u8", copy=False)
        return words.data.cast("B")[: -(-self.size // 8)]

    def wipe(self) -> None:
        """Overwrite it with zeros, as well as Python can: copies made before are not found."""
        if self.words.flags.writeable:
            self.words[:] = 0

    @staticmethod
    def zeros(size: int) -> Bits:
        """Return bits that are all 0."""
        return Bits(words=np.zeros(-(-size // 64), dtype=np.uint64), size=size)

    @staticmethod
    def pack(values: npt.ArrayLike) -> Bits:
        """Pack Booleans, or zeros and ones.

        Examples
        --------
        >>> Bits.pack([1, 0, 1, 1]).to_bytes().hex()
        '0d'
        """
        flat = np.asarray(values).astype(np.bool_).ravel()
        return Bits.from_bytes(np.packbits(flat, bitorder="little").tobytes(), size=flat.size)

    @staticmethod
    def from_bytes(content: bytes | bytearray | memoryview, *, size: int) -> Bits:
        """Return what :meth:`to_bytes` wrote."""
        if len(content) != -(-size // 8):
            raise NonPhysicalError("content", f"must be {-(-size // 8)} bytes for {size} bits")
        words = np.zeros(-(-size // 64), dtype="<u8")
        words.view(np.uint8)[: len(content)] = np.frombuffer(content, dtype=np.uint8)
        return Bits(words=words.astype(np.uint64, copy=False), size=size)


def closed_up(strings: Sequence[Bits], mask: Bits) -> list[Bits]:
    """Return of each string the bits at which ``mask`` is 1, closed up."""
    for own in strings:
        if mask.size != own.size:
            raise NonPhysicalError("mask", f"must be {own.size} bits, got {mask.size}")
    fast = native()
    if fast is None:
        places = np.flatnonzero(mask.unpacked())
        return [Bits.pack(own.unpacked()[places]) for own in strings]
    ones = mask.ones
    found = [Bits.zeros(ones) for _ in strings]
    for own, kept in zip(strings, found, strict=True):
        fast.closed_up(own.words, mask.words, kept.words)
    return found
