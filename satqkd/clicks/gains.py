"""Click and error probabilities of one pulse."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.clicks.fading import faded_click_probability
from satqkd.units import FloatArray


def gain(
    transmittance: npt.ArrayLike,
    *,
    intensity: npt.ArrayLike,
    background_probability: npt.ArrayLike,
    variance: npt.ArrayLike = 0.0,
) -> FloatArray:
    r"""Probability that a pulse makes a detector click.

    .. math:: Q_\mu = 1 - (1 - Y_0)\, e^{-\eta\mu}

    Parameters
    ----------
    transmittance
        Power ratio from the transmitter to a click :math:`\eta`, detectors included.
    intensity
        Mean photon number :math:`\mu` leaving the transmitter.
    background_probability
        Probability of a click without any signal :math:`Y_0`.
    variance
        Variance of the transmittance over its mean; the gain is then the mean gain, see
        :func:`~satqkd.clicks.fading.faded_click_probability`.

    Returns
    -------
    FloatArray
        Probability, shaped as the arguments broadcast.

    Notes
    -----
    Signal and background unite as probabilities, so the gain stays below 1 in daylight. Dead
    time and after-pulses are the business of :func:`~satqkd.clicks.count.click_rates`. Written
    without a difference of nearly equal numbers: at 200 dB the digits are still there.

    References
    ----------
    .. [1] X. Ma, B. Qi, Y. Zhao and H.-K. Lo, *Phys. Rev. A* 72, 012326 (2005), eqs. 7-10; the
       sum printed there is its limit of small probabilities.

    Examples
    --------
    In the dark only background clicks:

    >>> float(gain(0.0, intensity=0.8, background_probability=1e-6))
    1e-06
    """
    background = np.asarray(background_probability, dtype=np.float64)
    return np.asarray(background + (1.0 - background) * _signal(transmittance, intensity, variance))


def error_gain(
    transmittance: npt.ArrayLike,
    *,
    intensity: npt.ArrayLike,
    background_probability: npt.ArrayLike,
    intrinsic_error: float,
    variance: npt.ArrayLike = 0.0,
) -> FloatArray:
    r"""Probability that a pulse makes a click with the wrong bit.

    .. math:: E_\mu Q_\mu = \min\left(\tfrac{1}{2} Y_0 + e_d (1 - e^{-\eta\mu}),
              \tfrac{1}{2} Q_\mu\right)

    Parameters
    ----------
    transmittance, intensity, background_probability, variance
        As in :func:`gain`.
    intrinsic_error
        Error fraction :math:`e_d` of clicks caused by signal.

    Returns
    -------
    FloatArray
        Probability, at most half of the gain.

    Notes
    -----
    A gate with both a signal and a background photon counts in both terms, a surplus of at most
    :math:`Y_0 (1 - e^{-\eta\mu}) / 2`; the cap keeps it at or below half of the gain.

    References
    ----------
    .. [1] X. Ma, B. Qi, Y. Zhao and H.-K. Lo, *Phys. Rev. A* 72, 012326 (2005), eq. 11.

    Examples
    --------
    Background is wrong half of the time, whatever the intensity:

    >>> float(error_gain(0.0, intensity=0.8, background_probability=1e-6, intrinsic_error=0.01))
    5e-07
    """
    return click_and_error(
        transmittance,
        intensity=intensity,
        background_probability=background_probability,
        intrinsic_error=intrinsic_error,
        variance=variance,
    )[1]


def click_and_error(
    transmittance: npt.ArrayLike,
    *,
    intensity: npt.ArrayLike,
    background_probability: npt.ArrayLike,
    intrinsic_error: float,
    variance: npt.ArrayLike = 0.0,
    multi_photon: npt.ArrayLike | None = None,
) -> tuple[FloatArray, FloatArray]:
    r""":func:`gain` and :func:`error_gain` together, for the price of one.

    Parameters
    ----------
    transmittance, intensity, background_probability, intrinsic_error, variance
        As in :func:`error_gain`.
    multi_photon
        Probability :math:`p_2` that a pulse holds two photons (and never more) in place of laser
        light: signal then clicks with :math:`\eta\mu - p_2 \langle\eta^2\rangle`.

    References
    ----------
    .. [1] X. Ma, B. Qi, Y. Zhao and H.-K. Lo, *Phys. Rev. A* 72, 012326 (2005), eqs. 7 to 11;
       photons one or two at a time: derived here, as each is detected by itself.
    """
    background = np.asarray(background_probability, dtype=np.float64)
    if multi_photon is None:
        signal = _signal(transmittance, intensity, variance)
    else:
        eta = np.asarray(transmittance, dtype=np.float64)
        pair = np.asarray(multi_photon) * (1.0 + np.asarray(variance)) * eta**2
        signal = np.asarray(eta * np.asarray(intensity) - pair)
    click = np.asarray((1.0 - background) * signal)
    click += background
    error = np.asarray(intrinsic_error * signal + 0.5 * background)
    return click, np.minimum(error, 0.5 * click)


def _signal(
    transmittance: npt.ArrayLike, intensity: npt.ArrayLike, variance: npt.ArrayLike
) -> FloatArray:
    photons = np.asarray(
        np.asarray(transmittance, dtype=np.float64) * np.asarray(intensity, dtype=np.float64)
    )
    if np.any(variance):
        return faded_click_probability(photons, variance=variance)
    np.negative(photons, out=photons)
    np.expm1(photons, out=photons)
    return np.negative(photons, out=photons)


def stray_clicks(rate_hz: npt.ArrayLike, *, gate_s: float) -> FloatArray:
    """Mean number of stray clicks of one detector in one gate.

    By definition: rate times time.

    Parameters
    ----------
    rate_hz
        Dark and background clicks per second. [Hz]
    gate_s
        Length of the gate. [s]

    Returns
    -------
    FloatArray
        Mean number; also the probability of a click in the limit of few, which is how papers
        quote "extraneous count probability". :func:`background_probability` has no such limit.

    Examples
    --------
    500 clicks per second in gates of a nanosecond:

    >>> f"{float(stray_clicks(500.0, gate_s=1e-9)):.12g}"
    '5e-07'
    """
    return np.asarray(np.asarray(rate_hz, dtype=np.float64) * gate_s)


def background_probability(
    *, dark_rate_hz: float, background_rate_hz: npt.ArrayLike, gate_s: float, detectors: int
) -> FloatArray:
    r"""Probability that any detector clicks in a gate without signal.

    .. math:: Y_0 = 1 - e^{-n (r_{dark} + r_{sky})\, t_{gate}}

    Derived here: one minus the Poissonian probability of no click.

    Parameters
    ----------
    dark_rate_hz
        Dark clicks per second and detector. [Hz]
    background_rate_hz
        Clicks per second and detector from stray light, efficiency included. [Hz]
    gate_s
        Length of the gate. [s]
    detectors
        How many detectors could click :math:`n`.

    Returns
    -------
    FloatArray
        Probability, shaped like ``background_rate_hz``.

    Notes
    -----
    Poissonian arrivals at independent detectors. For few clicks it is the product
    :math:`n r t`, which exceeds it by the fraction :math:`n r t / 2`.

    Examples
    --------
    Four detectors of 25 Hz and a gate of 2 ns:

    >>> y0 = background_probability(
    ...     dark_rate_hz=25.0, background_rate_hz=0.0, gate_s=2e-9, detectors=4)
    >>> f"{float(y0):.3g}"
    '2e-07'
    """
    rate_hz = dark_rate_hz + np.asarray(background_rate_hz, dtype=np.float64)
    return np.asarray(-np.expm1(-detectors * stray_clicks(rate_hz, gate_s=gate_s)))


def intrinsic_error_from_contrast(contrast: float) -> float:
    """Error fraction of an analyser with a polarisation contrast of ``contrast`` to 1.

    By definition: the contrast is right over wrong light.

    Examples
    --------
    >>> intrinsic_error_from_contrast(280.0) == 1 / 281
    True
    """
    return 1.0 / (contrast + 1.0)
