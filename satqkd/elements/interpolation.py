"""Polynomials through the states of a table, as orbit ephemeris messages ask for them."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.units import FloatArray, IntArray

METHODS: Final = ("HERMITE", "LAGRANGE")
"""What ``INTERPOLATION`` may name: a polynomial through positions and velocities, or through
positions alone."""


def states_needed(method: str, degree: int) -> int:
    """Return how many states a polynomial of some degree goes through.

    A Hermite polynomial uses two numbers of each state; an even degree is rounded up.

    Examples
    --------
    >>> states_needed("HERMITE", 7), states_needed("LAGRANGE", 9)
    (4, 10)
    """
    return degree + 1 if method == "LAGRANGE" else degree // 2 + 1


def interpolate(
    time_s: FloatArray,
    position_m: FloatArray,
    velocity_m_s: FloatArray,
    at_s: FloatArray,
    *,
    method: str,
    degree: int,
) -> tuple[FloatArray, FloatArray]:
    """Position and its rate of change between the states of a table.

    Parameters
    ----------
    time_s
        Times of the states, increasing, shape (n,). [s]
    position_m, velocity_m_s
        The states, shape (3, n). [m], [m/s]
    at_s
        When, shape (k,), within the table. [s]
    method
        One of :data:`METHODS`.
    degree
        Of the polynomial.

    Returns
    -------
    tuple of FloatArray
        Position [m] and slope of the position [m/s], shapes (3, k). Each polynomial goes through
        the states around its time, as many before as after it where the table has them.

    References
    ----------
    .. [1] CCSDS 502.0-B-3, *Orbit Data Messages* (2023), section 5: ``INTERPOLATION`` and
       ``INTERPOLATION_DEGREE``.
    .. [2] J. Stoer and R. Bulirsch, *Introduction to Numerical Analysis*, 3rd ed., 2002,
       sections 2.1.3 and 2.1.5, for divided differences with repeated nodes; recalled.
    """
    at_s = np.asarray(at_s, dtype=np.float64)
    chosen = _around(time_s, at_s, states_needed(method, degree))
    nodes = time_s[chosen] - at_s
    values = np.moveaxis(position_m[:, chosen], 0, 1)
    if method == "LAGRANGE":
        return _newton(nodes, _differences(nodes, values))
    twice = np.repeat(nodes, 2, axis=0)
    slopes = np.moveaxis(velocity_m_s[:, chosen], 0, 1)
    return _newton(twice, _differences(twice, np.repeat(values, 2, axis=0), slopes))


def _around(time_s: FloatArray, at_s: FloatArray, count: int) -> IntArray:
    """Indices of the states around each time, shape (count, k)."""
    before = np.searchsorted(time_s, at_s, side="right") - 1
    first = np.clip(before - (count - 1) // 2, 0, time_s.size - count)
    return np.asarray(first + np.arange(count)[:, None], dtype=np.int64)


def _differences(
    nodes: FloatArray, values: FloatArray, slopes: FloatArray | None = None
) -> FloatArray:
    """Divided differences; with ``slopes`` every node is there twice. Shape (m, 3, k)."""
    table = values.copy()
    for order in range(1, len(nodes)):
        span = nodes[order:] - nodes[:-order]
        if order == 1 and slopes is not None:
            rise = slopes[np.arange(len(span)) // 2]
            rise[1::2] = (table[2::2] - table[1:-1:2]) / span[1::2, None]
        else:
            rise = (table[order:] - table[order - 1 : -1]) / span[:, None]
        table[order:] = rise
    return table


def _newton(nodes: FloatArray, differences: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Value and slope at 0 of Newton's polynomials, shapes (3, k)."""
    value = differences[-1].copy()
    slope = np.zeros_like(value)
    for node, difference in zip(nodes[-2::-1], differences[-2::-1], strict=True):
        slope = value - node * slope
        value = difference - node * value
    return value, slope
