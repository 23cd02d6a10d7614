"""Rounding whole columns to decimals exactly as Python rounds one number.

``round`` rounds the exact value of a float, ties to even; ``numpy.round`` scales first and so
errs in the last digit next to ties. Here the scaled value is used only where its own rounding
error cannot reach a tie; Python rounds the rest.
"""

from __future__ import annotations

import numpy as np

from satqkd.units import BoolArray, FloatArray

MOST_DIGITS = 18
"""10^18 fits in 64 bits; a float64 holds every power of ten up to 10^22 exactly."""
_LARGEST = 1e15
"""Below this a decimal number and its float64 name each other (15 digits, IEEE 754)."""
_SLACK = 2.0**-51
"""Relative error granted to one product, four times what IEEE 754 allows."""


def scaled(values: FloatArray, digits: int) -> tuple[FloatArray, BoolArray]:
    """Return whole numbers of 10^-digits, and where they are sure to be what Python rounds to.

    With x the float64 product and t the exact value times 10^digits, abs(x - t) is at most
    2^-53 abs(x). Where x lies farther than that from a tie, the whole number next to x is the
    one next to t.

    Parameters
    ----------
    values
        Finite numbers, shape (n,).
    digits
        Decimals.
    """
    if digits > MOST_DIGITS:
        return np.zeros(values.shape), np.zeros(values.shape, dtype=np.bool_)
    with np.errstate(over="ignore"):
        x = values * 10.0**digits
    size = np.abs(x)
    sure = size < _LARGEST
    if not sure.all():
        x, size = np.where(sure, x, 0.0), np.where(sure, size, 0.0)
    whole = np.rint(x)
    sure &= 0.5 - np.abs(x - whole) > size * _SLACK
    return whole, sure


def rounded(values: FloatArray, digits: int) -> FloatArray:
    """Return ``round(value, digits) + 0.0`` of every value: no zero keeps a minus.

    A whole number below 10^15 over an exact power of ten is the float64 next to the decimal, by
    the correct rounding of a division.
    """
    whole, sure = scaled(values, digits)
    near: FloatArray = whole / 10.0 ** min(digits, MOST_DIGITS) + 0.0
    rows = np.flatnonzero(~sure)
    if rows.size:
        near[rows] = by_python(values[rows], digits)
    return near


def by_python(values: FloatArray, digits: int) -> FloatArray:
    """Return the same, number by number; each distinct one once."""
    distinct, which = np.unique(values, return_inverse=True)
    numbers = [round(value, digits) + 0.0 for value in distinct.tolist()]
    return np.asarray(np.array(numbers)[which])
