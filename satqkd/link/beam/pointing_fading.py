"""How the transmittance is spread when a Gaussian beam wanders about its target."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray


def pointing_spread(half_angle_rad: npt.ArrayLike, *, jitter_rad: float) -> FloatArray:
    r"""Inverse of the power law's exponent, :math:`s = 4\sigma^2/\theta_h^2`; 0 without jitter.

    Parameters are those of :func:`pointing_moment`; shaped like ``half_angle_rad``.

    References
    ----------
    .. [1] A. A. Farid and S. Hranilovic, *J. Lightwave Technol.* 25, 1702 (2007), eq. 11, whose
       exponent :math:`\gamma^2` is :math:`1/s`.
    """
    half = np.asarray(half_angle_rad, dtype=np.float64)
    if jitter_rad == 0.0:
        return np.zeros(())
    return np.asarray((2.0 * jitter_rad / half) ** 2)


def pointing_moment(
    order: float,
    *,
    half_angle_rad: npt.ArrayLike,
    jitter_rad: float,
    bias_rad: npt.ArrayLike = 0.0,
) -> FloatArray:
    r"""Mean of a power of the transmittance over that of a perfectly pointed beam.

    .. math:: \langle h^k \rangle = \frac{1}{1 + k s}
              \exp\left(-\frac{2 k\, b^2 / \theta_h^2}{1 + k s}\right), \qquad
              h = e^{-2 \theta^2 / \theta_h^2}, \quad s = \frac{4 \sigma^2}{\theta_h^2}

    for an error :math:`\theta` of two Gaussian axes :math:`\sigma` about the bias :math:`b`
    (Rice's distribution).

    Parameters
    ----------
    order
        Power :math:`k`, at least 0.
    half_angle_rad
        Angle at which the transmittance falls to 1/e² :math:`\theta_h`. [rad]
    jitter_rad
        1 σ per axis :math:`\sigma`. [rad]
    bias_rad
        Constant error :math:`b`. [rad]

    Returns
    -------
    FloatArray
        In the common shape of ``half_angle_rad`` and ``bias_rad``.

    References
    ----------
    .. [1] Moment-generating function of the noncentral chi-square distribution of two degrees
       of freedom; for the distribution without bias A. A. Farid and S. Hranilovic,
       *J. Lightwave Technol.* 25, 1702 (2007), eq. 11.
    """
    half = np.asarray(half_angle_rad, dtype=np.float64)
    widening = 1.0 + order * (2.0 * jitter_rad / half) ** 2
    missed = 2.0 * order * (np.asarray(bias_rad, dtype=np.float64) / half) ** 2
    return np.asarray(np.exp(-missed / widening) / widening)


def pointing_variance(
    *, half_angle_rad: npt.ArrayLike, jitter_rad: float, bias_rad: npt.ArrayLike = 0.0
) -> FloatArray:
    r"""Variance of the transmittance over its mean squared.

    .. math:: v = \frac{(1 + s)^2}{1 + 2 s}
              \exp\left(\frac{4 s\, b^2 / \theta_h^2}{(1 + s)(1 + 2 s)}\right) - 1

    Parameters and symbols are those of :func:`pointing_moment`.

    Derived here: the second :func:`pointing_moment` over the square of the first.

    Returns
    -------
    FloatArray
        In the common shape of ``half_angle_rad`` and ``bias_rad``.

    Examples
    --------
    >>> round(float(pointing_variance(half_angle_rad=5e-6, jitter_rad=1.2e-6)), 4)
    0.0363
    """
    half = np.asarray(half_angle_rad, dtype=np.float64)
    s = (2.0 * jitter_rad / half) ** 2
    missed = 4.0 * s * (np.asarray(bias_rad, dtype=np.float64) / half) ** 2
    uneven = missed / ((1.0 + s) * (1.0 + 2.0 * s))
    return np.asarray(np.expm1(uneven + np.log1p(s**2 / (1.0 + 2.0 * s))))


def pointing_quantile(
    p: npt.ArrayLike,
    *,
    half_angle_rad: npt.ArrayLike,
    jitter_rad: float,
    bias_rad: npt.ArrayLike = 0.0,
) -> FloatArray:
    r"""Transmittance over its mean that is not reached for a share of the time.

    Without bias the distribution is a power law, :math:`P(h \le x) = x^{\gamma^2}` with
    :math:`\gamma = \theta_h / 2 \sigma`, so that :math:`h_p = p^{1/\gamma^2}`; with a bias the
    error squared is noncentral chi-square.

    Parameters
    ----------
    p
        Share of the time, between 0 and 1.
    half_angle_rad, jitter_rad, bias_rad
        See :func:`pointing_moment`.

    Returns
    -------
    FloatArray
        :math:`h_p / \langle h \rangle`, in the common shape of the arguments.

    References
    ----------
    .. [1] A. A. Farid and S. Hranilovic, *J. Lightwave Technol.* 25, 1702 (2007), eq. 11.

    Examples
    --------
    One hundredth of the time the transmittance is below 0.43 of its mean:

    >>> float(pointing_quantile(0.01, half_angle_rad=5e-6, jitter_rad=1.2e-6).round(3))
    0.426
    """
    half = np.asarray(half_angle_rad, dtype=np.float64)
    share = np.asarray(p, dtype=np.float64)
    mean = pointing_moment(1.0, half_angle_rad=half, jitter_rad=jitter_rad, bias_rad=bias_rad)
    if jitter_rad == 0.0:
        return np.ones(np.broadcast_shapes(share.shape, mean.shape))
    if not np.any(bias_rad):
        return np.asarray(share ** ((2.0 * jitter_rad / half) ** 2) / mean)
    from scipy.special import chndtrix  # noqa: PLC0415 -- only a bias pays for the import

    off = (np.asarray(bias_rad, dtype=np.float64) / jitter_rad) ** 2
    squared = chndtrix(1.0 - share, 2, off)
    return np.asarray(np.exp(-2.0 * squared * (jitter_rad / half) ** 2) / mean)


def pointing_density(
    relative: npt.ArrayLike, *, half_angle_rad: float, jitter_rad: float
) -> FloatArray:
    r"""Probability density of the transmittance over its mean, without bias.

    .. math:: p(f) = \gamma^2\, \langle h \rangle\, (\langle h \rangle f)^{\gamma^2 - 1},
              \qquad 0 < f \le 1 / \langle h \rangle

    Parameters
    ----------
    relative
        Transmittance over its mean :math:`f`, any shape.
    half_angle_rad, jitter_rad
        See :func:`pointing_moment`; the jitter above 0. [rad]

    Returns
    -------
    FloatArray
        Shaped like ``relative``, 0 outside the limits.

    References
    ----------
    .. [1] A. A. Farid and S. Hranilovic, *J. Lightwave Technol.* 25, 1702 (2007), eq. 11.
    """
    exponent = (0.5 * half_angle_rad / jitter_rad) ** 2
    mean = exponent / (exponent + 1.0)
    of_peak = mean * np.asarray(relative, dtype=np.float64)
    inside = (of_peak > 0.0) & (of_peak <= 1.0)
    density = exponent * mean * np.where(inside, of_peak, 1.0) ** (exponent - 1.0)
    return np.asarray(np.where(inside, density, 0.0))
