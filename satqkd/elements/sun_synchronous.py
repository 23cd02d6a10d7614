"""Orbits that keep their local time."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Final

import erfa

from satqkd.constants import DAY_S, WGS84_RADIUS_M
from satqkd.elements.mean_elements import (
    DAY_ZERO,
    SGP4_GM_M3_S2,
    SGP4_J2,
    SGP4_RADIUS_M,
    circular,
    satrec_of,
)
from satqkd.errors import NonPhysicalError

MEAN_SUN_RAD_S: Final = 2.0 * math.pi / (365.242_189_7 * DAY_S)
"""Rate of the mean Sun among the stars, once in a tropical year. [rad/s]"""


def sun_synchronous_inclination_deg(altitude_m: float) -> float:
    r"""Inclination at which the node of a circular orbit follows the mean Sun.

    .. math:: \dot\Omega = -\tfrac{3}{2} J_2 (R/a)^2 n \cos i

    gives the first guess; what SGP4 adds to it (:math:`J_2^2`, :math:`J_4`: 0.3 % of the rate, or
    5 min of local time a year, at 500 km) is then taken in.

    Parameters
    ----------
    altitude_m
        Mean semi-major axis less the Earth's equatorial radius. [m]

    Returns
    -------
    float
        Inclination. [°]

    Raises
    ------
    NonPhysicalError
        If no inclination turns the node that fast: from about 5970 km on.

    References
    ----------
    .. [1] D. A. Vallado, *Fundamentals of Astrodynamics and Applications*, 4th ed., 2013,
       section 11.4.1, eq. 11-13 to 11-15; recalled.

    Examples
    --------
    >>> round(sun_synchronous_inclination_deg(500e3), 2)
    97.43
    """
    axis_m = WGS84_RADIUS_M + altitude_m
    motion_rad_s = math.sqrt(SGP4_GM_M3_S2 / axis_m**3)
    node_rad_s = -1.5 * SGP4_J2 * (SGP4_RADIUS_M / axis_m) ** 2 * motion_rad_s
    cosine = MEAN_SUN_RAD_S / node_rad_s
    for _ in range(8):
        if cosine < -1.0:
            raise NonPhysicalError(
                "altitude_m",
                f"is too high for a sun-synchronous orbit: {altitude_m / 1e3:g} km; the highest is "
                "at some 5970 km",
            )
        inclination_deg = math.degrees(math.acos(cosine))
        satrec = satrec_of(circular(altitude_m, inclination_deg, 0.0, 0.0), DAY_ZERO)
        cosine *= MEAN_SUN_RAD_S / (satrec.nodedot / 60.0)
    return inclination_deg


def node_at_local_time_deg(local_time_h: float, when: datetime) -> float:
    r"""Right ascension of the meridian at which it is some local mean solar time.

    .. math:: \Omega = \theta_{GMST} + 15° (t_{local} - t_{UT})

    Parameters
    ----------
    local_time_h
        Local mean solar time; the true Sun is up to 16 min ahead of or behind the mean one. [h]
    when
        UTC, taken for UT1: a difference of 1 s moves the answer by 0.00001°.

    Returns
    -------
    float
        From the mean equinox of date, as SGP4 has it, 0…360. [°]

    References
    ----------
    .. [1] D. A. Vallado, *Fundamentals of Astrodynamics and Applications*, 4th ed., 2013,
       section 3.5; sidereal time as in AIAA 2006-6753, appendix C.
    """
    since_s = (when - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds()
    sidereal_deg = math.degrees(erfa.gmst82(erfa.DJ00, since_s / DAY_S))
    hour = (since_s / 3600.0 + 12.0) % 24.0
    return (sidereal_deg + 15.0 * (local_time_h - hour)) % 360.0
