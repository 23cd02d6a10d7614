"""What a satellite's motion does to a carrier and to the lines of a comb."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.constants import EARTH_GM_M3_S2, EARTH_ROTATION_RAD_S, SPEED_OF_LIGHT_M_S
from satqkd.timing.relativity import clock_rate
from satqkd.units import FloatArray


def fractional_shift(range_rate_m_s: npt.ArrayLike) -> FloatArray:
    r"""Doppler shift over frequency, :math:`-v_r / c`, to first order.

    By definition of the Doppler effect to first order (Einstein 1905).

    Parameters
    ----------
    range_rate_m_s
        How fast the distance grows :math:`v_r`, any shape. [m/s]
    """
    return np.asarray(-np.asarray(range_rate_m_s, dtype=np.float64) / SPEED_OF_LIGHT_M_S)


def carrier_shift_hz(range_rate_m_s: npt.ArrayLike, *, wavelength_m: float) -> FloatArray:
    r"""Doppler shift of a carrier, :math:`-v_r/\lambda`, to first order. [Hz]

    By definition of the Doppler effect to first order (Einstein 1905).

    Parameters
    ----------
    range_rate_m_s
        How fast the distance grows :math:`v_r`, any shape. [m/s]
    wavelength_m
        Vacuum wavelength :math:`\lambda`. [m]

    Examples
    --------
    >>> round(float(carrier_shift_hz(-7e3, wavelength_m=1550e-9)) / 1e9, 3)
    4.516
    """
    return np.asarray(-np.asarray(range_rate_m_s, dtype=np.float64) / wavelength_m)


def carrier_chirp_hz_s(
    range_acceleration_m_s2: npt.ArrayLike, *, wavelength_m: float
) -> FloatArray:
    """How fast the carrier's shift changes; see :func:`carrier_shift_hz`. [Hz/s]"""
    return carrier_shift_hz(range_acceleration_m_s2, wavelength_m=wavelength_m)


def interferogram_rate_hz(
    update_rate_hz: float, *, repetition_rate_hz: float, range_rate_m_s: npt.ArrayLike
) -> FloatArray:
    r"""How often an arriving comb and a local one run through each other.

    .. math:: \Delta f + f_r \frac{-v_r}{c}

    Derived here: the difference of the two repetition rates as they arrive.

    Parameters
    ----------
    update_rate_hz
        Difference of the two repetition rates at rest :math:`\Delta f`. [Hz]
    repetition_rate_hz
        Of the arriving comb at rest :math:`f_r`. [Hz]
    range_rate_m_s
        How fast the distance grows :math:`v_r`, any shape. [m/s]

    Returns
    -------
    FloatArray
        Negative where the order of the two combs is reversed. [Hz]

    Notes
    -----
    In low orbit the shift of the repetition rate (6 kHz at 250 MHz) is larger than the difference
    used on the ground (2.5 kHz): the local comb has to be steered along the pass.
    """
    shift_hz = repetition_rate_hz * fractional_shift(range_rate_m_s)
    return np.asarray(update_rate_hz + shift_hz)


def range_acceleration_m_s2(
    station_m: FloatArray, *, satellite_m: FloatArray, velocity_m_s: FloatArray
) -> FloatArray:
    r"""How fast the range rate grows.

    .. math:: \ddot R = \frac{|\vec v|^2 - \dot R^2}{R} + \hat n \cdot \vec a

    Derived here: the second derivative of a distance; in the turning frame with centrifugal and
    Coriolis acceleration.

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
        Shape (n,); the Earth taken for a point, which is 1e-3 of its pull. [m/s²]
    """
    line_m = satellite_m - np.reshape(station_m, (3, -1))
    range_m = np.linalg.norm(line_m, axis=0)
    rate_m_s = np.sum(line_m * velocity_m_s, axis=0) / range_m
    x, y, _ = satellite_m
    vx, vy, _ = velocity_m_s
    omega = EARTH_ROTATION_RAD_S
    pull = -EARTH_GM_M3_S2 * satellite_m / np.linalg.norm(satellite_m, axis=0) ** 3
    pull[0] += omega**2 * x + 2.0 * omega * vy
    pull[1] += omega**2 * y - 2.0 * omega * vx
    across = np.sum(velocity_m_s**2, axis=0) - rate_m_s**2
    return np.asarray((across + np.sum(line_m * pull, axis=0)) / range_m)


def frequency_ratio(
    transmitter_m: FloatArray,
    *,
    transmitter_velocity_m_s: FloatArray,
    receiver_m: FloatArray,
    receiver_velocity_m_s: FloatArray,
) -> FloatArray:
    r"""Received over sent frequency, each by the clock beside it.

    .. math:: \frac{\nu_r}{\nu_s} = \frac{1 - \hat n \cdot v_r / c}{1 - \hat n \cdot v_s / c}
              \cdot \frac{1 + y_s}{1 + y_r}

    Parameters
    ----------
    transmitter_m
        Where the light leaves, shape (3, n), z along the Earth's axis. [m]
    receiver_m
        Where it arrives a time of flight later, same axes and shape. [m]
    transmitter_velocity_m_s, receiver_velocity_m_s
        Velocities among the stars then. [m/s]

    Returns
    -------
    FloatArray
        Minus 1, so that no digit is lost; shape (n,). :math:`y` is
        :func:`satqkd.timing.relativity.clock_rate`, of order 1e-10.

    References
    ----------
    .. [1] N. Ashby, *Living Rev. Relativ.* 6, 1 (2003), sec. 7; L. Blanchet et al., *Astron.
       Astrophys.* 370, 320 (2001), whose terms of order c⁻³ are left out: 1e-14.
    """
    line_m = receiver_m - transmitter_m
    line_m = line_m / np.linalg.norm(line_m, axis=0)
    to_receiver = np.sum(line_m * receiver_velocity_m_s, axis=0) / SPEED_OF_LIGHT_M_S
    to_transmitter = np.sum(line_m * transmitter_velocity_m_s, axis=0) / SPEED_OF_LIGHT_M_S
    y_transmitter = clock_rate(transmitter_m, velocity_m_s=transmitter_velocity_m_s)
    y_receiver = clock_rate(receiver_m, velocity_m_s=receiver_velocity_m_s)
    moved = (to_transmitter - to_receiver) / (1.0 - to_transmitter)
    ticked = (y_transmitter - y_receiver) / (1.0 + y_receiver)
    return np.asarray(moved + ticked + moved * ticked)


def residual_shift_hz(
    range_acceleration_m_s2: npt.ArrayLike,
    *,
    timing_error_s: npt.ArrayLike,
    range_rate_error_m_s: npt.ArrayLike = 0.0,
    wavelength_m: float,
) -> FloatArray:
    r"""Doppler shift that a prediction from an uncertain orbit leaves.

    .. math:: \frac{1}{\lambda} \sqrt{(\ddot R\,\delta t)^2 + \delta v_r^2}

    Derived here: propagation of two independent errors to first order.

    Parameters
    ----------
    range_acceleration_m_s2
        See :func:`range_acceleration_m_s2`. [m/s²]
    timing_error_s
        1 σ of the satellite being early or late :math:`\delta t`. [s]
    range_rate_error_m_s
        1 σ of the range rate beyond that :math:`\delta v_r`. [m/s]
    wavelength_m
        Vacuum wavelength. [m]

    Returns
    -------
    FloatArray
        1 σ, broadcast shape. [Hz]
    """
    late = np.asarray(range_acceleration_m_s2, dtype=np.float64) * np.asarray(timing_error_s)
    return np.asarray(np.hypot(late, np.asarray(range_rate_error_m_s)) / wavelength_m)
