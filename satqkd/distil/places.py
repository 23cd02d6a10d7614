"""Which pulses clicked, as a message."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from satqkd.distil.native import native
from satqkd.distil.packing import Reader
from satqkd.errors import ProtocolError
from satqkd.units import IntArray

_TYPES: Final = {1: "<u1", 2: "<u2", 4: "<u4"}
_OTHERS: Final = "the gaps of a message are not those of as many clicks"
MOST_PULSES: Final = 1 << 62
"""Places beyond are refused."""


def written(place: IntArray) -> bytes:
    """Return the gaps between clicks.

    ::

        width (1 byte) · clicks (8) · units (8) · units of `width` bytes
        a unit that is all ones adds itself to the gap and says that it goes on

    Parameters
    ----------
    place
        Numbers of the pulses, rising from 0 on.
    """
    width = _width(place)
    fast = native()
    units = plain_units(place, width) if fast is None else fast.places_written(place, width)
    head = width.to_bytes(1, "little") + place.size.to_bytes(8, "little")
    return b"".join([head, (len(units) // width).to_bytes(8, "little"), units])


def _width(place: IntArray) -> int:
    """Bytes of a unit with which gaps of one chance are shortest, nearly.

    Gaps of a mean m go on with the chance exp(-full / m): half of them with m = full / ln 2, from
    where on units of twice the width take no more.
    """
    mean = (int(place[-1]) + 1) / place.size if place.size else 1.0
    return next((width for width in (1, 2) if mean < _full(width) / math.log(2.0)), 4)


def plain_units(place: IntArray, width: int) -> bytes:
    """Return the units without C."""
    gaps = np.diff(place, prepend=-1) - 1
    full = _full(width)
    long = np.flatnonzero(gaps >= full)
    times = gaps[long] // full
    extra = np.zeros(gaps.size, dtype=np.int64)
    extra[long] = times
    gaps[long] -= times * full
    units = np.full(gaps.size + int(times.sum()), full, dtype=_TYPES[width])
    units[np.arange(gaps.size) + np.cumsum(extra)] = gaps
    return units.tobytes()


def read(reader: Reader, *, like: IntArray | None = None) -> IntArray:
    """Return what :func:`written` wrote; a :class:`ProtocolError` if it did not.

    Parameters
    ----------
    reader
        Of the message.
    like
        Places that may be the same: then they are returned themselves, and no memory is taken.
    """
    width = reader.raw(1)[0]
    clicks, many = reader.number(), reader.number()
    if width not in _TYPES:
        raise ProtocolError(f"gaps of {width} bytes are not among {', '.join(map(str, _TYPES))}")
    raw = reader.raw(width * many)
    if clicks > many:
        raise ProtocolError(_OTHERS)
    fast = native()
    if fast is None:
        return plainly_read(raw, width, clicks)
    if like is not None and like.size == clicks and fast.places_same(raw, width, like):
        return like
    place = np.empty(clicks, dtype=np.int64)
    if not fast.places_read(raw, width, place):
        raise ProtocolError(_OTHERS)
    return place


def plainly_read(raw: bytes, width: int, clicks: int) -> IntArray:
    """Return the same without C."""
    units = np.frombuffer(raw, dtype=_TYPES[width]).astype(np.int64)
    ends = np.flatnonzero(units != _full(width))
    if ends.size != clicks or (units.size and (not ends.size or ends[-1] != units.size - 1)):
        raise ProtocolError(_OTHERS)
    if units.size and float(units.astype(np.float64).sum()) + clicks > MOST_PULSES:
        raise ProtocolError(_OTHERS)
    return np.asarray(np.cumsum(units)[ends] + np.arange(ends.size), dtype=np.int64)


def _full(width: int) -> int:
    return (1 << 8 * width) - 1
