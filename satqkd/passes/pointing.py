"""What a telescope has to do to follow a satellite."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.constants import EARTH_ROTATION_RAD_S, SPEED_OF_LIGHT_M_S
from satqkd.units import FloatArray

NEAREST_TO_ZENITH = 1e-9
"""Smallest cosine of the elevation that rates are divided by: at the zenith itself azimuth has no
rate."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Local:
    """A satellite seen from a station, along the axes east, north and up, each shape (3, n)."""

    line_m: FloatArray
    """Satellite minus station. [m]"""
    rate_m_s: FloatArray
    """Its change as seen from the turning Earth. [m/s]"""
    relative_m_s: FloatArray
    """Velocity of the satellite against the station, seen from space. [m/s]"""
    velocity_m_s: FloatArray
    """Velocity of the satellite, seen from space. [m/s]"""

    @property
    def range_m(self) -> FloatArray:
        """Slant range, shape (n,). [m]

        By definition of the length of a vector.
        """
        return _length(self.line_m)

    @property
    def level_m(self) -> FloatArray:
        """Horizontal part of the range, kept off zero, shape (n,). [m]

        By definition: the length of the east and north parts.
        """
        flat = np.hypot(self.line_m[0], self.line_m[1])
        return np.asarray(np.maximum(flat, NEAREST_TO_ZENITH * self.range_m))


def local(
    line_m: FloatArray, position_m: FloatArray, velocity_m_s: FloatArray, frame: FloatArray
) -> Local:
    """Turn an Earth-fixed state into a station's axes.

    Derived here: in an inertial frame Ω × r adds to the velocity.

    Parameters
    ----------
    line_m
        Satellite minus station, Earth-fixed, shape (3, n). [m]
    position_m, velocity_m_s
        Earth-fixed state of the satellite, shapes (3, n). [m], [m/s]
    frame
        Unit vectors east, north and up of each sample, shape (3, 3, n).
    """
    inertial = velocity_m_s + _spin(position_m)
    relative = velocity_m_s + _spin(line_m)
    return Local(
        line_m=_turned(frame, line_m),
        rate_m_s=_turned(frame, velocity_m_s),
        relative_m_s=_turned(frame, relative),
        velocity_m_s=_turned(frame, inertial),
    )


def azimuth_rate_deg_s(seen: Local) -> FloatArray:
    """Rate of the geometric azimuth; grows without limit towards the zenith. [°/s]

    Derived here: the derivative of the arc tangent of east over north.
    """
    east, north, _ = seen.line_m
    east_rate, north_rate, _ = seen.rate_m_s
    return np.asarray(np.degrees((north * east_rate - east * north_rate) / seen.level_m**2))


def elevation_rate_deg_s(seen: Local) -> FloatArray:
    """Rate of the geometric elevation. [°/s]

    Derived here: the derivative of the arc tangent of up over level.
    """
    east, north, up = seen.line_m
    east_rate, north_rate, up_rate = seen.rate_m_s
    level = seen.level_m
    level_rate = (east * east_rate + north * north_rate) / level
    return np.asarray(np.degrees((up_rate * level - up * level_rate) / seen.range_m**2))


def angular_rate_deg_s(seen: Local) -> FloatArray:
    """Rate at which the satellite moves over the sky of the station. [°/s]

    By definition: the part of the velocity across the line of sight, over the range.
    """
    return np.degrees(_across(seen.line_m, seen.rate_m_s) / seen.range_m)


def flight_rate_deg_s(seen: Local) -> FloatArray:
    """Rate over the sky of a satellite that flies on above an Earth that stands still. [°/s]

    What a satellite that is late is off by is its own flight, also where it flies with the Earth.

    By definition: the part of the velocity across the line of sight, over the range.
    """
    return np.degrees(_across(seen.line_m, seen.velocity_m_s) / seen.range_m)


def point_ahead_arcsec(seen: Local) -> FloatArray:
    r"""Angle between where the satellite's light comes from and where to aim light at it.

    .. math:: \alpha = 2 v_\perp / c

    with the part across the line of sight of the satellite's velocity against the station, both
    seen from space: :math:`\dot{r} + \omega \times r` for the Earth-fixed line of sight
    :math:`r`. In a frame that moves with the station light takes :math:`r / c` down and as long up
    again, while the satellite moves on; that frame does not turn with the Earth meanwhile. [″]

    References
    ----------
    .. [1] H. Hemmati (ed.), *Near-Earth Laser Communications*, CRC Press, 2009, ch. 2; recalled.
    """
    across = _across(seen.line_m, seen.relative_m_s)
    return np.asarray(3600.0 * np.degrees(2.0 * across / SPEED_OF_LIGHT_M_S))


def point_ahead_parts_arcsec(seen: Local) -> tuple[FloatArray, FloatArray]:
    """Return :func:`point_ahead_arcsec` along the satellite's track over the sky, and across it.

    The track is that over the sky of the station, which turns with the Earth; along it is ahead of
    the satellite, across is positive a quarter turn clockwise from there, as one sees the sky. The
    two squared add up to the square of the whole. [″]

    Derived here: components of 2 v/c, v across the line of sight, along the rate over the sky.
    """
    line = seen.line_m / seen.range_m
    rate = seen.rate_m_s - line * np.einsum("ij,ij->j", line, seen.rate_m_s)
    along = rate / np.maximum(_length(rate), np.finfo(np.float64).tiny)
    clockwise = np.cross(line, along, axis=0)
    scale = 3600.0 * np.degrees(2.0 / SPEED_OF_LIGHT_M_S)
    return (
        np.asarray(scale * np.einsum("ij,ij->j", along, seen.relative_m_s)),
        np.asarray(scale * np.einsum("ij,ij->j", clockwise, seen.relative_m_s)),
    )


def polarisation_angle_deg(seen: Local) -> FloatArray:
    """Angle at which the satellite's polarisation frame stands in the telescope's, −180…180.

    Satellite's axis: the direction of its flight (its velocity seen from space), as it looks
    across the line of sight. Telescope's axis: the direction of growing elevation in its field of
    view. The angle runs from the telescope's axis to the satellite's, positive towards growing
    azimuth (clockwise for who looks at the satellite). A light wave that is polarised along the
    satellite's axis arrives polarised at this angle; 180° more is the same polarisation. [°]

    Derived here: the direction of flight along the unit vectors of growing elevation and azimuth.
    """
    east, north, up = seen.line_m / seen.range_m
    level = seen.level_m / seen.range_m
    v_east, v_north, v_up = seen.velocity_m_s
    towards_azimuth = (north * v_east - east * v_north) / level
    outwards = (east * v_east + north * v_north) / level
    towards_zenith = level * v_up - up * outwards
    return np.asarray(np.degrees(np.arctan2(towards_azimuth, towards_zenith)))


def arriving_m(seen: Local) -> FloatArray:
    r"""Where the satellite's light comes from, along east, north and up, shape (3, n). [m]

    .. math:: r - v\, |r| / c

    with the satellite's velocity :math:`v` against the station, seen from space: in a frame that
    moves with the station the satellite was there when the light left it. The light sent back is
    aimed as far ahead on the other side, see :func:`point_ahead_arcsec`.

    Derived here: first order in the light time; what is left out is below 0.01″.
    """
    return np.asarray(seen.line_m - seen.relative_m_s * light_time_s(seen.range_m))


def light_time_s(range_m: FloatArray) -> FloatArray:
    """Time light takes over the geometric range, straight and in vacuum. [s]

    By definition: length over the speed of light.
    """
    return np.asarray(range_m / SPEED_OF_LIGHT_M_S)


def doppler_shift(range_rate_m_s: FloatArray) -> FloatArray:
    r"""Relative change of frequency on the way between satellite and station, either way.

    .. math:: f_r / f_s - 1 = \sqrt{(1 - \beta) / (1 + \beta)} - 1, \quad \beta = \dot{r} / c

    Positive while the satellite comes nearer. Motion across the line of sight (3e-10 in low orbit)
    and the height in the Earth's field (−1e-10) are left out: 0.1 MHz at 850 nm, where the shift
    itself reaches 8 GHz.

    References
    ----------
    .. [1] A. Einstein, *Ann. Phys.* 322, 891 (1905), § 7.
    """
    beta = range_rate_m_s / SPEED_OF_LIGHT_M_S
    # expm1 and log1p keep the digits that 1 + β would lose
    return np.asarray(np.expm1(0.5 * (np.log1p(-beta) - np.log1p(beta))))


def doppler_hz(range_rate_m_s: FloatArray, *, wavelength_m: float | FloatArray) -> FloatArray:
    """Change of the optical frequency c/λ, see :func:`doppler_shift`. [Hz]

    By definition: frequency times the relative shift (Einstein 1905).
    """
    return np.asarray(SPEED_OF_LIGHT_M_S / wavelength_m * doppler_shift(range_rate_m_s))


def _spin(vectors_m: FloatArray) -> FloatArray:
    """Velocity the turning Earth gives to places fixed to it, shape (3, n). [m/s]"""
    x, y, z = vectors_m
    return EARTH_ROTATION_RAD_S * np.stack([-y, x, np.zeros_like(z)])


def _turned(frame: FloatArray, vectors: FloatArray) -> FloatArray:
    """Components of vectors (3, n) along the rows of each frame (3, 3, n)."""
    return np.asarray(np.einsum("ijn,jn->in", frame, vectors))


def _length(vectors: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.einsum("ij,ij->j", vectors, vectors)))


def _across(line: FloatArray, velocity: FloatArray) -> FloatArray:
    """Length of the part of a velocity that is across a line, shape (n,)."""
    return _length(np.cross(line, velocity, axis=0)) / _length(line)
