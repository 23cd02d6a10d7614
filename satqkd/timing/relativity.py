"""Clocks that move and stand high: how fast they run, and what gravity does to light."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.constants import (
    EARTH_GM_M3_S2,
    EARTH_J2,
    EARTH_ROTATION_RAD_S,
    SPEED_OF_LIGHT_M_S,
    WGS84_RADIUS_M,
)
from satqkd.units import FloatArray, IntArray

GEOID_RATE: Final = 6.969_290_134e-10
"""How much faster a clock far away ticks than one on the geoid, exact by definition of terrestrial
time (IAU 2000, resolution B1.9)."""


def inertial_velocity_m_s(position_m: FloatArray, *, velocity_m_s: FloatArray) -> FloatArray:
    r"""Velocity among the stars of what moves in the Earth-fixed frame, in that frame's axes.

    Derived here: the velocity of a rotating frame adds.

    Parameters
    ----------
    position_m
        Earth-fixed place :math:`r`, shape (3, n) or (3,). [m]
    velocity_m_s
        Velocity against the turning Earth, same shape; zeros for a station. [m/s]

    Returns
    -------
    FloatArray
        :math:`v + \Omega \times r`, same shape. [m/s]
    """
    x, y, _ = position_m
    turning = np.stack([-y, x, np.zeros_like(x)]) * EARTH_ROTATION_RAD_S
    return np.asarray(velocity_m_s + turning)


def clock_rate(position_m: FloatArray, *, velocity_m_s: FloatArray) -> FloatArray:
    r"""How much faster a clock runs than one on the geoid: gravity and velocity together.

    .. math:: y = L_G - \frac{1}{c^2} \left(\frac{v^2}{2} + \frac{GM}{r}
              \left[1 - \frac{J_2 a^2}{2 r^2} (3 \sin^2\phi - 1)\right]\right)

    Parameters
    ----------
    position_m
        Place from the centre of the Earth, z along its axis, shape (3, n). [m]
    velocity_m_s
        Velocity among the stars, see :func:`inertial_velocity_m_s`. [m/s]

    Returns
    -------
    FloatArray
        Fractional frequency against terrestrial time, shape (n,).

    Notes
    -----
    Tides and harmonics beyond the second are left out: 1e-15 in orbit; on the ground the geoid's
    undulation, up to 1e-14. A comparison at 1e-18 needs the two clocks' levelled heights.

    References
    ----------
    .. [1] N. Ashby, "Relativity in the Global Positioning System", *Living Rev. Relativ.* 6, 1
       (2003), eqs. 18 and 35.

    Examples
    --------
    GPS satellites tick 4.465e-10 too fast, and are built that much slow:

    >>> a = 26_561.75e3
    >>> place, speed = np.array([[a], [0.0], [0.0]]), np.sqrt(EARTH_GM_M3_S2 / a)
    >>> y = clock_rate(place, velocity_m_s=np.array([[0.0], [speed], [0.0]]))
    >>> round(float(y[0]) * 1e10, 3)
    4.465
    """
    radius_m = np.linalg.norm(position_m, axis=0)
    flat = 1.5 * (position_m[2] / radius_m) ** 2 - 0.5
    potential = 1.0 - EARTH_J2 * (WGS84_RADIUS_M / radius_m) ** 2 * flat
    energy = 0.5 * np.sum(velocity_m_s**2, axis=0) + EARTH_GM_M3_S2 / radius_m * potential
    return np.asarray(GEOID_RATE - energy / SPEED_OF_LIGHT_M_S**2)


def accumulated_s(time_s: FloatArray, *, rate: FloatArray, starts: IntArray) -> FloatArray:
    """Time error that a rate adds up to from the beginning of each pass, by trapezoids.

    By definition of the integral of a rate, by the trapezoidal rule.

    Parameters
    ----------
    time_s
        When, shape (n,). [s]
    rate
        Fractional frequency then, shape (n,).
    starts
        Offsets of the passes, one more than there are.

    Returns
    -------
    FloatArray
        0 at the first sample of each pass, shape (n,). [s]
    """
    if time_s.size == 0:
        return np.zeros(0)
    step_s = 0.5 * (rate[1:] + rate[:-1]) * np.diff(time_s)
    begins = starts[:-1][np.diff(starts) > 0]
    step_s[begins[1:] - 1] = 0.0
    total_s = np.concatenate([[0.0], np.cumsum(step_s)])
    owner = np.searchsorted(begins, np.arange(time_s.size), side="right") - 1
    return np.asarray(total_s - total_s[begins][owner])


def shapiro_delay_s(
    range_m: FloatArray, *, radius_m: FloatArray, other_radius_m: FloatArray
) -> FloatArray:
    r"""Time that the Earth's gravity adds to one way of the light.

    .. math:: \frac{2 GM}{c^3} \ln\frac{r_1 + r_2 + R}{r_1 + r_2 - R}

    Parameters
    ----------
    range_m
        Distance between the ends :math:`R`. [m]
    radius_m, other_radius_m
        Of the two from the centre of the Earth. [m]

    Returns
    -------
    FloatArray
        Shaped like ``range_m``. [s]

    Notes
    -----
    5 ps for a low orbit, 40 ps for a geostationary one. It is the same both ways to 1e-4 of
    itself, so that it lengthens a two-way delay and leaves the offset alone.

    References
    ----------
    .. [1] G. Petit and B. Luzum (eds.), *IERS Conventions (2010)*, IERS TN 36, eq. 11.17.

    Examples
    --------
    >>> delay = shapiro_delay_s(np.array([1e6]), radius_m=np.array([6.378e6]),
    ...                         other_radius_m=np.array([6.878e6]))
    >>> round(float(delay[0]) * 1e12, 1)
    4.5
    """
    both = radius_m + other_radius_m
    log = np.log((both + range_m) / (both - range_m))
    return np.asarray(2.0 * EARTH_GM_M3_S2 / SPEED_OF_LIGHT_M_S**3 * log)
