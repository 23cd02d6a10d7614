"""Which pulses clicked, as a message."""

from __future__ import annotations

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
    """Return the gaps between clicks, each in as few bytes as make the whole shortest.

    ::

        width (1 byte) · clicks (8) · units (8) · units of `width` bytes
        a unit that is all ones adds itself to the gap and says that it goes on

    Parameters
    ----------
    place
        Numbers of the pulses, rising from 0 on.
    """
    fast = native()
    if fast is not None:
        content: bytes = fast.places_written(place)
        return content
    return plainly_written(place)


def plainly_written(place: IntArray) -> bytes:
    """Return the same without C."""
    gaps = np.diff(place, prepend=-1) - 1
    more = {width: _more(gaps, width) for width in _TYPES}
    width = min(_TYPES, key=lambda own: own * (gaps.size + int(more[own][1].sum())))
    full, (long, times) = _full(width), more[width]
    ends = np.arange(gaps.size)
    if long.size:
        extra = np.zeros(gaps.size, dtype=np.int64)
        extra[long] = times
        ends += np.cumsum(extra)
        gaps[long] -= times * full
    units = np.full(gaps.size + int(times.sum()), full, dtype=_TYPES[width])
    units[ends] = gaps
    head = width.to_bytes(1, "little") + gaps.size.to_bytes(8, "little")
    return head + units.size.to_bytes(8, "little") + units.tobytes()


def _more(gaps: IntArray, width: int) -> tuple[IntArray, IntArray]:
    """Which gaps take more than one unit, and how many more."""
    long = np.flatnonzero(gaps >= _full(width))
    return long, gaps[long] // _full(width)


def read(reader: Reader) -> IntArray:
    """Return what :func:`written` wrote; a :class:`ProtocolError` if it did not."""
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
