"""Polynomials through nodes of an orbit: their coefficients, values and slopes."""

from __future__ import annotations

import numpy as np

from satqkd.constants import EARTH_GM_M3_S2, EARTH_J2, EARTH_ROTATION_RAD_S, WGS84_RADIUS_M
from satqkd.units import FloatArray


def polynomial(coefficients: FloatArray, fraction: FloatArray) -> FloatArray:
    """Evaluate quintics, coefficients (6, 3, n) at fractions (n,); shape (3, n). [m]

    By definition of a polynomial, by Horner's rule.
    """
    value: FloatArray = coefficients[5] * fraction
    for power in (4, 3, 2, 1):
        value += coefficients[power]
        value *= fraction
    value += coefficients[0]
    return value


def polynomial_and_slope(
    coefficients: FloatArray, fraction: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Evaluate quintics and their derivative by the fraction; shapes (3, n). [m]

    By definition of a polynomial and its derivative, by Horner's rule.
    """
    value = coefficients[5] * fraction + coefficients[4]
    slope = coefficients[5].copy()
    for power in (3, 2, 1, 0):
        slope *= fraction
        slope += value
        value *= fraction
        value += coefficients[power]
    return value, slope


def acceleration(position_m: FloatArray, velocity_m_s: FloatArray) -> FloatArray:
    """Two-body and J2 acceleration seen from the turning Earth. [m/s²].

    References
    ----------
    .. [1] D. A. Vallado, *Fundamentals of Astrodynamics and Applications*, 4th ed., 2013,
       eq. 8-30 for J2.
    """
    x, y, z = position_m
    u, v, _ = velocity_m_s
    z2 = z * z
    r2 = x * x + y * y + z2
    oblate = (1.5 * EARTH_J2 * WGS84_RADIUS_M**2) / r2
    pull = -EARTH_GM_M3_S2 / (r2 * np.sqrt(r2))
    spin = EARTH_ROTATION_RAD_S
    axial = pull * (1.0 + oblate * (3.0 - 5.0 * z2 / r2))
    level = axial - 2.0 * pull * oblate + spin**2
    acceleration = np.empty_like(position_m)
    np.add(level * x, (2.0 * spin) * v, out=acceleration[0])
    np.subtract(level * y, (2.0 * spin) * u, out=acceleration[1])
    np.multiply(axial, z, out=acceleration[2])
    return acceleration


def hermite(
    node_s: FloatArray, position: FloatArray, velocity: FloatArray, acceleration: FloatArray
) -> FloatArray:
    """Coefficients of the quintics that match position, velocity, acceleration at both ends.

    Derived here: six conditions fix the six coefficients of a quintic.
    """
    h = np.diff(node_s)
    coefficients = np.empty((6, 3, h.size))
    start, speed, bend = coefficients[:3]
    start[:] = position[:, :-1]
    np.multiply(velocity[:, :-1], h, out=speed)
    np.multiply(acceleration[:, :-1], 0.5 * h * h, out=bend)
    off = position[:, 1:] - start - speed - bend
    off_speed = velocity[:, 1:] * h - speed - 2.0 * bend
    off_bend = acceleration[:, 1:] * (0.5 * h * h) - bend
    coefficients[3] = 10.0 * off - 4.0 * off_speed + off_bend
    coefficients[4] = -15.0 * off + 7.0 * off_speed - 2.0 * off_bend
    coefficients[5] = 6.0 * off - 3.0 * off_speed + off_bend
    return coefficients


def shifted(coefficients: FloatArray, begin: float, end: float) -> FloatArray:
    """Coefficients of a quintic of the fraction of a part of its interval, shape (6, n).

    By definition of a polynomial of ``begin + (end - begin) x``.
    """
    found = np.zeros_like(coefficients)
    for power in range(coefficients.shape[0] - 1, -1, -1):
        found[1:] = found[1:] * begin + found[:-1] * (end - begin)
        found[0] = found[0] * begin + coefficients[power]
    return found
