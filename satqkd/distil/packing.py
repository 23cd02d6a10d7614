"""Messages taken apart and put together: numbers and strings of bits behind each other."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.errors import ProtocolError
from satqkd.units import IntArray

NUMBER_BITS: Final = 64
"""A whole number in a message, lowest byte first. [bit]"""


class Reader:
    """Takes a message apart from its beginning; what is not there is refused."""

    __slots__ = ("_at", "_content", "_size")

    def __init__(self, message: Bits) -> None:
        self._content = message.view()
        self._size = message.size
        self._at = 0

    def number(self) -> int:
        """Return the next number."""
        return int.from_bytes(self._bytes(NUMBER_BITS // 8), "little")

    def numbers(self, count: int) -> IntArray:
        """Return the next numbers, each below 2⁶³."""
        found = np.frombuffer(self._bytes(8 * count), dtype="<i8").astype(np.int64)
        if np.any(found < 0):
            raise ProtocolError("a number of a message is out of range")
        return found

    def bits(self, size: int) -> Bits:
        """Return the next bits; they begin at a whole byte, and what fills the last is 0."""
        content = self._bytes(-(-size // 8))
        if size % 8 and content[-1] >> size % 8:
            raise ProtocolError("a message holds bits where there are none")
        return Bits.from_bytes(content, size=size)

    def raw(self, size: int) -> memoryview:
        """Return the next bytes, as they lie in the message."""
        return self._bytes(size)

    def end(self) -> None:
        """Refuse what is left over."""
        if self._at != len(self._content) or self._size != 8 * self._at:
            raise ProtocolError("a message is longer than what it holds")

    def _bytes(self, size: int) -> memoryview:
        if size < 0 or self._at + size > len(self._content):
            raise ProtocolError("a message is cut short")
        self._at += size
        return self._content[self._at - size : self._at]


def message(*parts: bytes | memoryview) -> Bits:
    """Put parts behind each other, each from a whole byte on."""
    content = b"".join(parts)
    return Bits.from_bytes(content, size=8 * len(content))


def number(value: int) -> bytes:
    """Return a whole number as :meth:`Reader.number` takes it."""
    return value.to_bytes(NUMBER_BITS // 8, "little")


def numbers(values: IntArray) -> bytes:
    """Return whole numbers as :meth:`Reader.numbers` takes them."""
    return values.astype("<i8").tobytes()
