"""A series put together from pieces, without paying for one that never changes."""

from __future__ import annotations

import numpy as np

from satqkd.units import FloatArray, IntArray


class Gathered:
    """Grows from pieces; one number in disguise as long as all pieces are the same number.

    Samples that no piece writes are 0 once the pieces differ; they cost no memory.

    Examples
    --------
    >>> series = Gathered(4)
    >>> series.put(slice(0, 2), np.broadcast_to(1.5, (2,)))
    >>> series.put(slice(2, 4), np.broadcast_to(1.5, (2,)))
    >>> series.values, series.values.strides
    (array([1.5, 1.5, 1.5, 1.5]), (0,))
    """

    __slots__ = ("_number", "_series", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._number: float | None = None
        self._series: FloatArray | None = None

    def put(self, where: IntArray | slice, piece: FloatArray) -> None:
        """Write a piece to its samples; each sample is written once."""
        if self._series is None:
            if piece.size == 0:
                return
            if piece.strides == (0,) and self._number in {None, float(piece[0])}:
                self._number = float(piece[0])
                return
            self._series = self._begun()
        self._series[where] = piece

    def _begun(self) -> FloatArray:
        if self._number is None or self._number == 0.0:
            return np.zeros(self._size)
        return np.full(self._size, self._number)

    @property
    def values(self) -> FloatArray:
        """The whole series."""
        if self._series is not None:
            return self._series
        return np.broadcast_to(np.float64(self._number or 0.0), (self._size,))
