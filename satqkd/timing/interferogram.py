"""Light of two frequency combs that sample each other: photons and quantum limit of its timing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.clicks.timing_gate import FWHM_PER_SIGMA
from satqkd.constants import PLANCK_J_S, SPEED_OF_LIGHT_M_S
from satqkd.units import FloatArray, transmittance


def received_power_w(tx_power_w: npt.ArrayLike, *, loss_db: npt.ArrayLike) -> FloatArray:
    """Power that is left of what was sent. [W]

    By definition of the decibel.

    Parameters
    ----------
    tx_power_w
        Power sent. [W]
    loss_db
        Loss. [dB]

    Examples
    --------
    >>> round(float(received_power_w(1.0, loss_db=89.0)) * 1e9, 2)
    1.26
    """
    return np.asarray(np.asarray(tx_power_w, dtype=np.float64) * transmittance(loss_db))


def effective_photons(
    power_w: npt.ArrayLike,
    *,
    wavelength_m: float,
    pulse_width_s: float,
    repetition_rate_hz: float,
    update_rate_hz: float,
) -> FloatArray:
    r"""Photons that interfere with a local pulse in the course of one interferogram.

    .. math:: N = \frac{P \lambda}{h c} \cdot \frac{1}{\Delta f} \cdot \tau_p f_r

    Derived here: photons per second, times the time of an interferogram, times the share of it that
    is sampled.

    Parameters
    ----------
    power_w
        Power received :math:`P`, any shape. [W]
    wavelength_m
        Vacuum wavelength :math:`\lambda`. [m]
    pulse_width_s
        Length of a pulse :math:`\tau_p`, full width at half maximum. [s]
    repetition_rate_hz, update_rate_hz
        Repetition rate :math:`f_r` and difference of the two rates :math:`\Delta f`. [Hz]

    Returns
    -------
    FloatArray
        Shaped like ``power_w``.

    Notes
    -----
    The local pulse samples the share :math:`\tau_p f_r` of the time; light between its pulses
    is lost.

    Examples
    --------
    1 W after 100 dB, pulses of 1 ps:

    >>> float(np.round(effective_photons(1e-10, wavelength_m=1550e-9, pulse_width_s=1e-12,
    ...                                  repetition_rate_hz=250e6, update_rate_hz=2.5e3)))
    78.0
    """
    photon_j = PLANCK_J_S * SPEED_OF_LIGHT_M_S / wavelength_m
    sampled = pulse_width_s * repetition_rate_hz / update_rate_hz
    return np.asarray(np.asarray(power_w, dtype=np.float64) / photon_j * sampled)


def timing_noise_s(photons: npt.ArrayLike, *, pulse_width_s: float) -> FloatArray:
    r"""Quantum limit of a Gaussian pulse's time of arrival, :math:`\tau_p / (2.355 \sqrt N)`.

    Parameters
    ----------
    photons
        Effective photons :math:`N`, any shape; infinite noise without any.
    pulse_width_s
        Full width of the intensity at half maximum :math:`\tau_p`. [s]

    Returns
    -------
    FloatArray
        1 σ, shaped like ``photons``. [s]

    Notes
    -----
    The Cramér–Rao bound of the envelope's centre; below some 20 photons no estimator attains it,
    as side peaks of the noise are taken for the signal.

    References
    ----------
    .. [1] V. Giovannetti, S. Lloyd and L. Maccone, *Nature* 412, 417 (2001), for unentangled
       photons.
    """
    n = np.asarray(photons, dtype=np.float64)
    inverse = np.full_like(n, np.inf)
    np.divide(1.0, n, out=inverse, where=n > 0.0)
    return np.asarray(pulse_width_s / FWHM_PER_SIGMA * np.sqrt(inverse))
