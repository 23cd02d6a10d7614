"""How well pulses of two independent lasers interfere."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.clicks.timing_gate import FWHM_PER_SIGMA
from satqkd.units import FloatArray


def mode_overlap(
    *,
    pulse_width_s: float,
    timing_mismatch_s: npt.ArrayLike = 0.0,
    jitter_s: float = 0.0,
    frequency_difference_hz: npt.ArrayLike = 0.0,
    polarisation_angle_rad: npt.ArrayLike = 0.0,
) -> FloatArray:
    r"""Overlap of the modes of two Gaussian pulses, :math:`M = |\langle a | b \rangle|^2`.

    .. math:: M = \frac{1}{\sqrt{1 + s^2 / 2\sigma^2}}
              \exp\left(-\frac{\tau^2}{4\sigma^2 + 2s^2}\right)
              \exp\left(-(2\pi\,\Delta\nu\,\sigma)^2\right) \cos^2\theta

    Parameters
    ----------
    pulse_width_s
        Duration of both pulses, full width at half maximum of the power,
        :math:`2\sqrt{2 \ln 2}\,\sigma`; they have no chirp. [s]
    timing_mismatch_s
        Mean time between the two :math:`\tau`. [s]
    jitter_s
        Its fluctuation from pulse to pulse :math:`s`, 1 σ. [s]
    frequency_difference_hz
        Of the carriers :math:`\Delta\nu`, Doppler shift included. [Hz]
    polarisation_angle_rad
        Between the polarisations that should be equal :math:`\theta`. [rad]

    Returns
    -------
    FloatArray
        0…1.

    References
    ----------
    .. [1] H.-K. Lo, M. Curty and B. Qi, *Phys. Rev. Lett.* 108, 130503 (2012), for the need;
       the overlap is the integral of two Gaussian amplitudes.

    Examples
    --------
    Pulses of 300 ps, 50 ps and 200 MHz apart:

    >>> round(float(mode_overlap(
    ...     pulse_width_s=300e-12, timing_mismatch_s=50e-12, frequency_difference_hz=200e6)), 3)
    0.938
    """
    sigma = pulse_width_s / FWHM_PER_SIGMA
    spread = 4.0 * sigma**2 + 2.0 * jitter_s**2
    together = 2.0 * sigma / np.sqrt(spread)
    late = np.square(np.asarray(timing_mismatch_s, dtype=np.float64)) / spread
    apart = np.square(2.0 * np.pi * sigma * np.asarray(frequency_difference_hz, dtype=np.float64))
    return np.asarray(together * np.exp(-late - apart) * np.square(np.cos(polarisation_angle_rad)))


def visibility(
    overlap: npt.ArrayLike,
    *,
    photons_a: npt.ArrayLike = 1.0,
    photons_b: npt.ArrayLike = 1.0,
    g2_a: float = 1.0,
    g2_b: float = 1.0,
    splitter_transmission: float = 0.5,
) -> FloatArray:
    r"""Depth of the Hong-Ou-Mandel dip of weak light.

    .. math:: V = \frac{2 T R\, a b M}{T R (g_a a^2 + g_b b^2) + (T^2 + R^2) a b}

    Parameters
    ----------
    overlap
        :math:`M` of :func:`mode_overlap`.
    photons_a, photons_b
        Mean photon numbers at the beam splitter :math:`a, b`; only their ratio matters.
    g2_a, g2_b
        Second-order correlation: 1 for lasers, 0 for single photons, 2 for thermal light.
    splitter_transmission
        :math:`T = 1 - R`.

    Returns
    -------
    FloatArray
        At most 0.5 for lasers, 1 for single photons.

    References
    ----------
    .. [1] J. G. Rarity, P. R. Tapster and R. Loudon, *J. Opt. B* 7, S171 (2005): interference of
       single photons and weak light.

    Examples
    --------
    >>> float(visibility(1.0)), float(visibility(1.0, g2_a=0.0, g2_b=0.0))
    (0.5, 1.0)
    """
    a, b = np.asarray(photons_a, dtype=np.float64), np.asarray(photons_b, dtype=np.float64)
    T, R = splitter_transmission, 1.0 - splitter_transmission
    cross = a * b
    alone = T * R * (g2_a * a**2 + g2_b * b**2) + (T**2 + R**2) * cross
    return np.asarray(2.0 * T * R * cross * np.asarray(overlap, dtype=np.float64) / alone)


def interference_error(visibility: npt.ArrayLike) -> FloatArray:
    r"""Error fraction of weak light in the basis that interferes, :math:`(1 - V) / 2`.

    By definition: the visibility is the difference of right and wrong over their sum.

    Examples
    --------
    Half of the pairs of two equal lasers come from one of them:

    >>> float(interference_error(0.5))
    0.25
    """
    return np.asarray(0.5 * (1.0 - np.asarray(visibility, dtype=np.float64)))
