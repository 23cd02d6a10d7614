"""Two clocks compared by light that goes both ways between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.constants import EARTH_GM_M3_S2, EARTH_ROTATION_RAD_S, SPEED_OF_LIGHT_M_S
from satqkd.units import FloatArray


def offset_s(
    t1_s: npt.ArrayLike,
    *,
    t2_s: npt.ArrayLike,
    t3_s: npt.ArrayLike,
    t4_s: npt.ArrayLike,
    asymmetry_s: npt.ArrayLike = 0.0,
) -> FloatArray:
    r"""How far the satellite's clock is ahead of the ground's.

    .. math:: \theta = \tfrac12 [(t_2 - t_1) - (t_4 - t_3)] - \tfrac12 (\tau_\uparrow -
              \tau_\downarrow)

    Parameters
    ----------
    t1_s, t4_s
        When light leaves and arrives on the ground, by the ground's clock. [s]
    t2_s, t3_s
        When light arrives at and leaves the satellite, by the satellite's clock. [s]
    asymmetry_s
        By how much the way up takes longer :math:`\tau_\uparrow - \tau_\downarrow`; see
        :func:`path_asymmetry_s`. [s]

    Returns
    -------
    FloatArray
        Broadcast shape. [s]

    References
    ----------
    .. [1] H. Dai et al., "Towards satellite-based quantum-secure time transfer", *Nature Physics*
       16, 848 (2020); ITU-R TF.1153-4 for the same with microwaves.

    Examples
    --------
    >>> round(float(offset_s(0.0, t2_s=5.5, t3_s=6.5, t4_s=9.0)), 12)
    1.5
    """
    forth = np.asarray(t2_s, dtype=np.float64) - np.asarray(t1_s, dtype=np.float64)
    back = np.asarray(t4_s, dtype=np.float64) - np.asarray(t3_s, dtype=np.float64)
    return np.asarray(0.5 * (forth - back) - 0.5 * np.asarray(asymmetry_s))


def delay_s(
    t1_s: npt.ArrayLike, *, t2_s: npt.ArrayLike, t3_s: npt.ArrayLike, t4_s: npt.ArrayLike
) -> FloatArray:
    r"""Mean time of flight, :math:`\tfrac12 [(t_2 - t_1) + (t_4 - t_3)]`. [s]

    Derived here: half the sum of the ways, in which the offset of the clocks cancels.

    Parameters
    ----------
    t1_s, t2_s, t3_s, t4_s
        As for :func:`offset_s`, which drops out. [s]
    """
    forth = np.asarray(t2_s, dtype=np.float64) - np.asarray(t1_s, dtype=np.float64)
    back = np.asarray(t4_s, dtype=np.float64) - np.asarray(t3_s, dtype=np.float64)
    return np.asarray(0.5 * (forth + back))


def motion_asymmetry_s(
    range_m: npt.ArrayLike, *, range_rate_m_s: npt.ArrayLike, gap_s: npt.ArrayLike = 0.0
) -> FloatArray:
    r"""By how much light to a moving satellite takes longer than light from it.

    .. math:: \frac{v_r R}{c^2} - \frac{v_r \delta}{c}

    Derived here: by how much the range changes while light is on its way.

    Parameters
    ----------
    range_m
        Distance when the ground sends :math:`R`. [m]
    range_rate_m_s
        How fast it grows :math:`v_r`. [m/s]
    gap_s
        How much later the satellite sends :math:`\delta`; 0 when both send at once. [s]

    Returns
    -------
    FloatArray
        First order in v/c, without the turning of the Earth. [s]

    Examples
    --------
    >>> round(float(motion_asymmetry_s(1e6, range_rate_m_s=7e3)) * 1e9, 2)
    77.89
    """
    flight_s = np.asarray(range_m, dtype=np.float64) / SPEED_OF_LIGHT_M_S - np.asarray(gap_s)
    return np.asarray(flight_s * np.asarray(range_rate_m_s) / SPEED_OF_LIGHT_M_S)


def sagnac_s(station_m: FloatArray, *, satellite_m: FloatArray) -> FloatArray:
    r"""Extra time of one way up because the Earth turns, :math:`2 \Omega_E A / c^2`.

    Parameters
    ----------
    station_m
        Earth-fixed place, shape (3,) or (3, n). [m]
    satellite_m
        Earth-fixed place, shape (3, n). [m]

    Returns
    -------
    FloatArray
        Positive for satellites in the east, shape (n,); the way down takes that much less. [s]

    Notes
    -----
    :math:`A` is the triangle of both places and the Earth's axis, seen along the axis.

    References
    ----------
    .. [1] N. Ashby, *Living Rev. Relativ.* 6, 1 (2003), eq. 10; ITU-R TF.1153-4.
    """
    twice_area = station_m[0] * satellite_m[1] - station_m[1] * satellite_m[0]
    return np.asarray(EARTH_ROTATION_RAD_S * twice_area / SPEED_OF_LIGHT_M_S**2)


def path_asymmetry_s(
    station_m: FloatArray, *, satellite_m: FloatArray, velocity_m_s: FloatArray
) -> FloatArray:
    r"""By how much light up takes longer than light down sent at the same instant.

    .. math:: \tau_\uparrow - \tau_\downarrow \approx \frac{v_r R}{c^2} + \frac{4 \Omega_E A}{c^2}

    Parameters
    ----------
    station_m
        Earth-fixed place of the station, shape (3,). [m]
    satellite_m
        Earth-fixed place of the satellite, shape (3, n). [m]
    velocity_m_s
        Its velocity against the turning Earth, shape (3, n). [m/s]

    Returns
    -------
    FloatArray
        First order in v/c, shape (n,); :func:`flight_times_s` has the rest, 2 ps in low orbit. [s]

    References
    ----------
    .. [1] N. Ashby, *Living Rev. Relativ.* 6, 1 (2003), eq. 10, for the second term; the first
       derived here.
    """
    line_m = satellite_m - np.reshape(station_m, (3, -1))
    closing = np.sum(line_m * velocity_m_s, axis=0) / SPEED_OF_LIGHT_M_S**2
    return np.asarray(closing + 2.0 * sagnac_s(station_m, satellite_m=satellite_m))


def flight_times_s(
    station_m: FloatArray,
    *,
    station_velocity_m_s: FloatArray,
    satellite_m: FloatArray,
    velocity_m_s: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """How long light takes up and down when both ends send at the same instant.

    Derived here: the equation of the light time, solved in an inertial frame.

    Parameters
    ----------
    station_m, satellite_m
        Where both are at that instant, shapes (3, n); axes of any orientation about the Earth's
        centre, z along the Earth's axis. [m]
    station_velocity_m_s, velocity_m_s
        Their velocities among the stars, in the same axes; see
        :func:`satqkd.timing.relativity.inertial_velocity_m_s`. [m/s]

    Returns
    -------
    tuple of FloatArray
        Up and down, shapes (n,): all orders in v/c, the receiver's fall during the flight
        included, gravity's delay of light not
        (:func:`satqkd.timing.relativity.shapiro_delay_s`). [s]
    """
    line_m = satellite_m - station_m
    radius_m = np.linalg.norm(satellite_m, axis=0)
    falling = -EARTH_GM_M3_S2 * satellite_m / radius_m**3
    axis = np.array([1.0, 1.0, 0.0]).reshape(3, *[1] * (station_m.ndim - 1))
    turning = -(EARTH_ROTATION_RAD_S**2) * axis * station_m
    return (
        _flight_s(line_m, velocity_m_s, falling),
        _flight_s(-line_m, station_velocity_m_s, turning),
    )


def _flight_s(line_m: FloatArray, velocity_m_s: FloatArray, bend_m_s2: FloatArray) -> FloatArray:
    """Root of |line + velocity τ + bend τ²/2| = c τ; the bend to first order. [s]"""
    along = np.sum(line_m * velocity_m_s, axis=0)
    length2 = np.sum(line_m**2, axis=0)
    slack = SPEED_OF_LIGHT_M_S**2 - np.sum(velocity_m_s**2, axis=0)
    straight_s = (along + np.sqrt(along**2 + slack * length2)) / slack
    bent_m = 0.5 * np.sum(line_m * bend_m_s2, axis=0) / np.sqrt(length2) * straight_s**2
    return np.asarray(straight_s + bent_m / SPEED_OF_LIGHT_M_S)


def asymmetry_error_s(
    range_m: npt.ArrayLike,
    *,
    range_rate_m_s: npt.ArrayLike,
    range_error_m: npt.ArrayLike,
    range_rate_error_m_s: npt.ArrayLike,
) -> FloatArray:
    r"""What an uncertain orbit leaves of :func:`motion_asymmetry_s`.

    .. math:: \frac{1}{c^2} \sqrt{(v_r\,\delta R)^2 + (R\,\delta v_r)^2}

    Derived here: propagation of two independent errors to first order.

    Parameters
    ----------
    range_m, range_rate_m_s
        Along the pass. [m], [m/s]
    range_error_m, range_rate_error_m_s
        1 σ of both, taken for independent. [m], [m/s]

    Returns
    -------
    FloatArray
        1 σ, broadcast shape; half of it gets into the offset. [s]
    """
    moved = np.asarray(range_rate_m_s, dtype=np.float64) * np.asarray(range_error_m)
    changed = np.asarray(range_m, dtype=np.float64) * np.asarray(range_rate_error_m_s)
    return np.asarray(np.hypot(moved, changed) / SPEED_OF_LIGHT_M_S**2)
