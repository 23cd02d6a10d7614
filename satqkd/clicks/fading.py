"""Clicks and margins when the transmittance fluctuates about its mean."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from satqkd.errors import NonPhysicalError
from satqkd.units import FloatArray

SMALLEST_VARIANCE = 1e-100
"""Below this the fading is none, and its formula would divide 0 by 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FadingNodes:
    """A fluctuating transmittance as a few values with their share of the time."""

    factor: FloatArray
    """Transmittance over its mean, shape (m, ...): behind m that of the variance."""
    weight: FloatArray
    """Share of the time, adds up to 1, shape (m,)."""


def faded_click_probability(photons: npt.ArrayLike, *, variance: npt.ArrayLike) -> FloatArray:
    r"""Mean of the probability that a pulse clicks, over a fluctuating transmittance.

    .. math:: \langle 1 - e^{-x f} \rangle \approx 1 - (1 + v x)^{-1/v}

    Parameters
    ----------
    photons
        Mean number of photons detected :math:`x`.
    variance
        Variance :math:`v` of the transmittance over its mean, :math:`f`.

    Returns
    -------
    FloatArray
        Probability, shaped as the arguments broadcast.

    Notes
    -----
    Exact for gamma-distributed :math:`f`, which has the first two moments of any other. From the
    third on they differ: against a log-normal :math:`f` by the fraction
    :math:`x^2 v^2 / 6`. Checked against quadrature over log-normal scintillation times the power
    law of a jittering beam: within 1e-4 for :math:`x \le 0.1` and :math:`v \le 0.25` (2e-4 when
    most of it is a jitter of 0.4 half angles), 1e-3 for :math:`v \le 0.8`. At :math:`x = 1`,
    which no satellite reaches, within 0.4 % (0.9 %) and 2 %.

    References
    ----------
    .. [1] Laplace transform of the gamma distribution.

    Examples
    --------
    Steady light clicks more often than light that comes and goes:

    >>> for variance in (0.0, 0.5):
    ...     print(f"{float(faded_click_probability(0.1, variance=variance)):.5f}")
    0.09516
    0.09297
    """
    v = np.maximum(np.asarray(variance, dtype=np.float64), SMALLEST_VARIANCE)
    exponent = np.asarray(v * np.asarray(photons, dtype=np.float64))
    np.log1p(exponent, out=exponent)
    exponent /= -v
    np.expm1(exponent, out=exponent)
    return np.asarray(np.negative(exponent, out=exponent))


def fading_nodes(
    scintillation_variance: npt.ArrayLike,
    *,
    pointing_exponent: npt.ArrayLike = np.inf,
    points: int = 8,
) -> FadingNodes:
    r"""Quadrature over log-normal scintillation times the power law of a jittering beam.

    Parameters
    ----------
    scintillation_variance
        Variance of the power over its mean, any shape.
    pointing_exponent
        :math:`\gamma^2 = \theta_h^2 / 4 \sigma^2` of the density
        :math:`\gamma^2 h^{\gamma^2 - 1}` of a beam of half angle :math:`\theta_h` (1/e²) and
        jitter :math:`\sigma` per axis; infinity for none; broadcast with the variance.
    points
        Nodes of each of the two.

    Returns
    -------
    FadingNodes
        ``points``² of them, or ``points`` when nothing jitters; their mean is exactly 1.

    Notes
    -----
    Gauss-Hermite in the logarithm of the scintillation. :math:`\gamma^2` times the logarithm of
    the pointing is exponentially distributed, so that Gauss-Laguerre serves every
    :math:`\gamma^2` from some 0.5 on, where Gauss-Jacobi overflows beyond 1000.

    References
    ----------
    .. [1] A. A. Farid and S. Hranilovic, *J. Lightwave Technol.* 25, 1702 (2007), eq. 11.
    """
    _check_exponent(pointing_exponent)
    sigma, exponent = np.broadcast_arrays(
        _log_sigma(scintillation_variance), np.asarray(pointing_exponent, dtype=np.float64)
    )
    z, normal = np.polynomial.hermite_e.hermegauss(points)
    weight = normal / normal.sum()
    log = z.reshape(-1, *[1] * sigma.ndim) * sigma - 0.5 * sigma**2
    if np.any(np.isfinite(exponent)):
        drop, exponential = np.polynomial.laguerre.laggauss(points)
        fall = drop.reshape(-1, *[1] * sigma.ndim) / exponent
        log = (log[:, np.newaxis] - fall).reshape(-1, *sigma.shape)
        weight = np.outer(weight, exponential / exponential.sum()).ravel()
    factor = np.exp(log)
    return FadingNodes(factor=factor / np.tensordot(weight, factor, axes=1), weight=weight)


def fading_margin_db(
    scintillation_variance: npt.ArrayLike,
    *,
    pointing_exponent: npt.ArrayLike = np.inf,
    share: float = 0.99,
) -> FloatArray:
    r"""How far below its mean the transmittance falls, but for a share of the time.

    Parameters
    ----------
    scintillation_variance, pointing_exponent
        See :func:`fading_nodes`; they broadcast.
    share
        Share of the time in which the transmittance is above.

    Returns
    -------
    FloatArray
        Mean over that transmittance. [dB]

    Notes
    -----
    Closed forms for scintillation or jitter alone; for both Newton's method on the distribution,
    some microseconds a value.

    References
    ----------
    .. [1] A. A. Farid and S. Hranilovic, *J. Lightwave Technol.* 25, 1702 (2007), eq. 14 without
       path loss, integrated: the sum of a normal and an exponential loss in nepers.

    Examples
    --------
    >>> round(float(fading_margin_db(0.1)), 2), round(float(fading_margin_db(0.0)), 2)
    (3.33, 0.0)
    """
    if not 0.0 < share < 1.0:
        raise NonPhysicalError("share", f"must lie in (0, 1), got {share:g}")
    _check_exponent(pointing_exponent)
    sigma, exponent = np.broadcast_arrays(
        _log_sigma(scintillation_variance), np.asarray(pointing_exponent, dtype=np.float64)
    )
    beyond = 1.0 - share
    product = sigma * np.minimum(exponent, 1e300)
    both = (sigma > 0) & (product > 1e-12) & (product < 1e12)
    loss = np.array(-NormalDist().inv_cdf(beyond) * sigma - np.log(beyond) / exponent)
    if both.any():  # what it needs takes a fifth of a second to load
        loss[both] = sigma[both] * _loss_quantile(product[both], beyond)
    return np.asarray((loss + 0.5 * sigma**2 - np.log1p(1.0 / exponent)) * (10.0 / np.log(10.0)))


def _loss_quantile(rate: FloatArray, beyond: float) -> FloatArray:
    """Quantile of a standard normal plus an exponential number, by Newton from the right.

    The logarithm of the survival function is concave: no step leaves that side.
    """
    from scipy.special import ndtr, ndtri  # noqa: PLC0415

    z = ndtri(1.0 - 0.5 * beyond) + np.log(2.0 / beyond) / rate
    for _ in range(50):
        tail = np.exp(_log_tail(z, rate))
        survival = ndtr(-z) + tail
        step = np.log(survival / beyond) * survival / (rate * tail)
        z += step
        if np.all(np.abs(step) <= 1e-9 * z):
            break
    return np.asarray(z)


def _log_tail(z: FloatArray, rate: FloatArray) -> FloatArray:
    """Logarithm of the density over the rate, without differences of large squares."""
    from scipy.special import erfcx, log_ndtr  # noqa: PLC0415

    left = -0.5 * z**2 + np.log(0.5 * erfcx(np.maximum(rate - z, 0.0) / np.sqrt(2.0)))
    right = rate * (0.5 * rate - z) + log_ndtr(z - rate)
    return np.asarray(np.where(z < rate, left, right))


def _log_sigma(variance: npt.ArrayLike) -> FloatArray:
    """Standard deviation of the logarithm of a log-normal number of mean 1."""
    v = np.asarray(variance, dtype=np.float64)
    if not np.all(v >= 0.0):
        raise NonPhysicalError("scintillation_variance", "must not be negative")
    return np.asarray(np.sqrt(np.log1p(v)))


def _check_exponent(exponent: npt.ArrayLike) -> None:
    if not np.all(np.asarray(exponent) > 0.0):
        raise NonPhysicalError("pointing_exponent", "must be above 0")
