"""Which pulses clicked, held and told as the gaps between them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.distil.native import native
from satqkd.distil.packing import Reader
from satqkd.errors import NonPhysicalError, ProtocolError
from satqkd.units import IntArray

_TYPES: Final = {1: "<u1", 2: "<u2", 4: "<u4", 8: "<u8"}
_OTHERS: Final = "the gaps of a message are not those of as many clicks"
MOST_PULSES: Final = 1 << 62
"""Places beyond are refused."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Numbers of the pulses that clicked, rising from 0 on.

    ::

        place   3   11   612                  width of a unit 1 byte
        gap     3    7   600
        units  03   07   ff ff 5a             a unit that is all ones adds itself to the gap and
                                              says that it goes on
    """

    width: int
    """Bytes of a unit: 1, 2, 4 or 8."""
    size: int
    """How many clicks there are."""
    units: bytes
    """Of ``width`` bytes each, lowest byte first."""

    @staticmethod
    def of(place: IntArray) -> Places:
        """Hold numbers of pulses, shape (n,)."""
        return Places.joined([place], mean_gap=_mean_gap(place))

    @staticmethod
    def joined(parts: Iterable[IntArray], *, mean_gap: float) -> Places:
        """Hold numbers that come part by part; no more than a part is held as numbers.

        Parameters
        ----------
        parts
            Each rising, and from beyond the one before on.
        mean_gap
            About how many pulses there are to a click, which says how wide a unit is.
        """
        width = _width(mean_gap)
        units, size, end = list[bytes](), 0, 0
        for part in parts:
            if not part.size:
                continue
            if part[0] < end or np.any(part[1:] <= part[:-1]):
                raise NonPhysicalError("place", "must rise from pulse to pulse, from 0 on")
            units.append(_units(part - end if end else part, width))
            size, end = size + part.size, int(part[-1]) + 1
        return Places(
            width=width, size=size, units=units[0] if len(units) == 1 else b"".join(units)
        )

    def numbers(self) -> IntArray:
        """Return the numbers of the pulses."""
        return _read(self.units, self.width, self.size)

    def same(self, other: Places) -> bool:
        """Whether the pulses are the same, however wide the units are."""
        if self is other:
            return True
        if self.size != other.size or self.width == other.width:
            return self.size == other.size and self.units == other.units
        return np.array_equal(self.numbers(), other.numbers())

    def written(self) -> tuple[bytes, bytes]:
        """Return what tells them: width (1 byte), clicks (8), units (8), and the units."""
        many = len(self.units) // self.width
        head = self.width.to_bytes(1, "little") + self.size.to_bytes(8, "little")
        return head + many.to_bytes(8, "little"), self.units


def read(reader: Reader, *, like: Places) -> Places:
    """Return what :meth:`Places.written` told; a :class:`ProtocolError` if it is no such thing.

    Parameters
    ----------
    reader
        Of the message.
    like
        Places that may be the same: then they are returned themselves, and nothing is decoded.
    """
    width = reader.raw(1)[0]
    size, many = reader.number(), reader.number()
    if width not in _TYPES:
        raise ProtocolError(f"gaps of {width} bytes are not among {', '.join(map(str, _TYPES))}")
    units = bytes(reader.raw(width * many))
    if (width, size) == (like.width, like.size) and units == like.units:
        return like
    if size > many:
        raise ProtocolError(_OTHERS)
    _read(units, width, size)
    return Places(width=width, size=size, units=units)


def _mean_gap(place: IntArray) -> float:
    return (int(place[-1]) + 1) / place.size if place.size else 1.0


def _width(mean_gap: float) -> int:
    """Bytes of a unit with which gaps of one chance are shortest, nearly.

    Gaps of a mean m go on with the chance exp(-full / m): half of them with m = full / ln 2, from
    where on units of twice the width take no more. So there are never 2.5 units to a click.
    """
    return next((width for width in (1, 2, 4) if mean_gap < _full(width) / math.log(2.0)), 8)


def _units(place: IntArray, width: int) -> bytes:
    fast = native()
    return plain_units(place, width) if fast is None else fast.places_written(place, width)


def plain_units(place: IntArray, width: int) -> bytes:
    """Return the units without C."""
    gaps = (np.diff(place, prepend=-1) - 1).astype(np.uint64)
    full = np.uint64(_full(width))
    long = np.flatnonzero(gaps >= full)
    times = gaps[long] // full
    extra = np.zeros(gaps.size, dtype=np.int64)
    extra[long] = times.astype(np.int64)
    gaps[long] -= times * full
    units = np.full(gaps.size + int(times.sum()), full, dtype=_TYPES[width])
    units[np.arange(gaps.size) + np.cumsum(extra)] = gaps
    return units.tobytes()


def _read(units: bytes, width: int, size: int) -> IntArray:
    """Decode units; a :class:`ProtocolError` where they are not of so many clicks."""
    fast = native()
    if fast is None:
        return plainly_read(units, width, size)
    place = np.empty(size, dtype=np.int64)
    if not fast.places_read(units, width, place):
        raise ProtocolError(_OTHERS)
    return place


def plainly_read(raw: bytes, width: int, clicks: int) -> IntArray:
    """Return the same without C."""
    units = np.frombuffer(raw, dtype=_TYPES[width])
    ends = np.flatnonzero(units != _full(width))
    if ends.size != clicks or (units.size and (not ends.size or ends[-1] != units.size - 1)):
        raise ProtocolError(_OTHERS)
    if units.size and float(units.astype(np.float64).sum()) + clicks > MOST_PULSES:
        raise ProtocolError(_OTHERS)
    passed = np.cumsum(units.astype(np.int64))
    return np.asarray(passed[ends] + np.arange(ends.size), dtype=np.int64)


def _full(width: int) -> int:
    return (1 << 8 * width) - 1
