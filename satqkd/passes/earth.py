"""From SGP4's frame to the turning Earth."""

from __future__ import annotations

import erfa
import numpy as np

from satqkd.constants import EARTH_ROTATION_RAD_S
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray


def to_itrf(timebase: Timebase, seconds: FloatArray, position_m: FloatArray) -> FloatArray:
    """Turn vectors from TEME (true equator, mean equinox) into the Earth-fixed frame.

    Parameters
    ----------
    timebase
        Gives UT1 and polar motion.
    seconds
        Mission seconds, shape (n,). [s]
    position_m
        Vectors in TEME, shape (3, n); velocities may be passed as well, see
        :func:`velocity_to_itrf`.

    Returns
    -------
    FloatArray
        The same vectors in ITRF, shape (3, n).

    References
    ----------
    .. [1] D. A. Vallado et al., AIAA 2006-6753, appendix C: rotation by GMST 1982 of UT1, then
       polar motion. Within 0.01 mm of astropy's TEME → ITRS.
    """
    sidereal_rad = erfa.gmst82(*timebase.ut1_jd(seconds))
    pole_x_rad, pole_y_rad = timebase.polar_motion_rad(seconds)
    cos, sin = np.cos(sidereal_rad), np.sin(sidereal_rad)
    x, y, z = position_m
    pef_x, pef_y = cos * x + sin * y, cos * y - sin * x
    return np.stack(
        [
            pef_x + pole_x_rad * z,
            pef_y - pole_y_rad * z,
            z - pole_x_rad * pef_x + pole_y_rad * pef_y,
        ]
    )


def velocity_to_itrf(
    timebase: Timebase, seconds: FloatArray, velocity_m_s: FloatArray, itrf_m: FloatArray
) -> FloatArray:
    """Velocity against the turning Earth.

    Parameters
    ----------
    timebase, seconds
        As in :func:`to_itrf`.
    velocity_m_s
        Velocity in TEME, shape (3, n). [m/s]
    itrf_m
        Earth-fixed position at the same times, shape (3, n). [m]

    Returns
    -------
    FloatArray
        Velocity in ITRF, shape (3, n). [m/s]
    """
    turned = to_itrf(timebase, seconds, velocity_m_s)
    turned[0] += EARTH_ROTATION_RAD_S * itrf_m[1]
    turned[1] -= EARTH_ROTATION_RAD_S * itrf_m[0]
    return turned
