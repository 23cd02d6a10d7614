"""From SGP4's frame to the turning Earth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.constants import DAY_S, EARTH_ROTATION_RAD_S
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray

J2000_JD = 2_451_545.0
"""Epoch J2000 as a Julian date. [d]"""

CENTURY_D = 36_525.0
"""Julian century. [d]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EarthTurn:
    """How the Earth is turned against TEME (true equator, mean equinox) at some instants."""

    cos: FloatArray
    """Cosine of Greenwich mean sidereal time."""
    sin: FloatArray
    """Sine of it."""
    pole_x_rad: FloatArray
    """Polar motion. [rad]"""
    pole_y_rad: FloatArray

    @staticmethod
    def at(timebase: Timebase, seconds: FloatArray) -> EarthTurn:
        """Look up mission seconds, shape (n,). [s]

        References
        ----------
        .. [1] S. Aoki et al., *Astron. Astrophys.* 105, 359 (1982).
        """
        sidereal_rad = mean_sidereal_rad(*timebase.ut1_jd(seconds))
        pole_x_rad, pole_y_rad = timebase.polar_motion_rad(seconds)
        return EarthTurn(
            cos=np.cos(sidereal_rad),
            sin=np.sin(sidereal_rad),
            pole_x_rad=pole_x_rad,
            pole_y_rad=pole_y_rad,
        )

    def itrf(self, teme: FloatArray) -> FloatArray:
        """Turn vectors, shape (3, n), into the Earth-fixed frame.

        References
        ----------
        .. [1] D. A. Vallado et al., AIAA 2006-6753, appendix C; polar motion to first order in its
           angles.
        """
        x, y, z = teme
        turned = np.empty_like(teme)
        pef_x, pef_y = self.cos * x + self.sin * y, self.cos * y - self.sin * x
        np.add(pef_x, self.pole_x_rad * z, out=turned[0])
        np.subtract(pef_y, self.pole_y_rad * z, out=turned[1])
        np.subtract(z, self.pole_x_rad * pef_x, out=turned[2])
        turned[2] += self.pole_y_rad * pef_y
        return turned

    def teme(self, itrf: FloatArray) -> FloatArray:
        """Turn Earth-fixed vectors, shape (3, n), back.

        The pole's angles to first order, as in :meth:`itrf`: there and back is within 0.1 mm in low
        orbit.

        References
        ----------
        .. [1] D. A. Vallado et al., AIAA 2006-6753, appendix C; the transpose of :meth:`itrf`.
        """
        x, y, z = itrf
        pef_x, pef_y = x - self.pole_x_rad * z, y + self.pole_y_rad * z
        return np.stack(
            [
                self.cos * pef_x - self.sin * pef_y,
                self.sin * pef_x + self.cos * pef_y,
                z + self.pole_x_rad * x - self.pole_y_rad * y,
            ]
        )


def mean_sidereal_rad(day: float, fraction: FloatArray) -> FloatArray:
    """Greenwich mean sidereal time of 1982, not reduced to one turn.

    Parameters
    ----------
    day, fraction
        Julian date in UT1 as midnight (a half) and the rest. [d]

    Returns
    -------
    FloatArray
        Shape (n,). [rad]

    References
    ----------
    .. [1] S. Aoki et al., "The new definition of universal time", Astron. Astrophys. 105 (1982)
       359; as ``gmst82`` of ERFA, to 1e-11 rad.
    """
    t = (fraction + (day - J2000_JD)) / CENTURY_D
    seconds = 24_110.54841 + t * (8_640_184.812866 + t * (0.093104 - 6.2e-6 * t))
    return np.asarray((seconds + DAY_S * fraction) * (2.0 * np.pi / DAY_S))


def to_itrf(timebase: Timebase, seconds: FloatArray, position_m: FloatArray) -> FloatArray:
    """Turn vectors from TEME (true equator, mean equinox) into the Earth-fixed frame.

    Parameters
    ----------
    timebase
        Gives UT1 and polar motion.
    seconds
        Mission seconds, shape (n,). [s]
    position_m
        Vectors in TEME, shape (3, n).

    Returns
    -------
    FloatArray
        The same vectors in ITRF, shape (3, n).

    References
    ----------
    .. [1] D. A. Vallado et al., AIAA 2006-6753, appendix C: rotation by GMST 1982 of UT1, then
       polar motion. Within 0.01 mm of astropy's TEME → ITRS.
    """
    return EarthTurn.at(timebase, seconds).itrf(position_m)


def state_to_itrf(
    timebase: Timebase, seconds: FloatArray, position_m: FloatArray, velocity_m_s: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Turn states into the Earth-fixed frame; velocity is that against the turning Earth.

    Parameters
    ----------
    timebase, seconds, position_m
        As in :func:`to_itrf`.
    velocity_m_s
        Velocity in TEME, shape (3, n). [m/s]

    Returns
    -------
    tuple of FloatArray
        Position [m] and velocity [m/s] in ITRF, shapes (3, n).

    References
    ----------
    .. [1] D. A. Vallado et al., AIAA 2006-6753, appendix C (recalled for the velocity).
    """
    turn = EarthTurn.at(timebase, seconds)
    position, velocity = turn.itrf(position_m), turn.itrf(velocity_m_s)
    velocity[0] += EARTH_ROTATION_RAD_S * position[1]
    velocity[1] -= EARTH_ROTATION_RAD_S * position[0]
    return position, velocity


def state_to_teme(
    timebase: Timebase, seconds: FloatArray, position_m: FloatArray, velocity_m_s: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Turn Earth-fixed states into TEME (true equator, mean equinox), as seen from space.

    Parameters
    ----------
    timebase, seconds
        As in :func:`to_itrf`.
    position_m, velocity_m_s
        Position and velocity against the turning Earth in ITRF, shapes (3, n). [m], [m/s]

    Returns
    -------
    tuple of FloatArray
        Position [m] and velocity [m/s] in TEME, shapes (3, n).

    References
    ----------
    .. [1] D. A. Vallado et al., AIAA 2006-6753, appendix C (recalled for the velocity); what
       :func:`state_to_itrf` does, backwards.
    """
    turn = EarthTurn.at(timebase, seconds)
    inertial = velocity_m_s.copy()
    inertial[0] -= EARTH_ROTATION_RAD_S * position_m[1]
    inertial[1] += EARTH_ROTATION_RAD_S * position_m[0]
    return turn.teme(position_m), turn.teme(inertial)
