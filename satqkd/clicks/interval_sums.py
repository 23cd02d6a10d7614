"""Sums over intervals of time that lie one after the other in a series."""

from __future__ import annotations

import numpy as np

from satqkd.units import FloatArray, IntArray


def per_interval(values: FloatArray, starts: IntArray) -> FloatArray:
    """Sum along the last axis between offsets; an empty interval sums to 0.

    Parameters
    ----------
    values
        Series, shape (..., n).
    starts
        Offsets of the intervals, one more than there are. Only their differences count, so a part
        of the offsets of a longer series will do.

    Examples
    --------
    >>> per_interval(np.array([1.0, 2.0, 3.0]), np.array([0, 2, 2, 3]))
    array([3., 0., 3.])
    """
    filled = np.diff(starts) > 0
    sums = np.zeros((*values.shape[:-1], filled.size))
    if filled.any():
        sums[..., filled] = np.add.reduceat(values, starts[:-1][filled] - starts[0], axis=-1)
    return sums
