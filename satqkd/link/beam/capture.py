"""How much of a round beam an annular receiver catches, on average over where the beam points."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray

LEAST_CAPTURE: Final = 1e-30
"""Transmittance, 300 dB, that stands for anything smaller, so that losses stay finite."""

_SERIES_LIMIT: Final = 1.0
"""Numerical: the series holds up to here, the chi-square distribution beyond."""
_SERIES_ERROR: Final = 1e-8
"""Numerical: relative size of the terms that are left out."""


def gaussian_capture(
    radius_m: npt.ArrayLike,
    *,
    rx_aperture_m: float,
    obscuration: float = 0.0,
    offset_m: npt.ArrayLike = 0.0,
) -> FloatArray:
    r"""Share of a Gaussian beam that an annulus beside its axis catches.

    .. math:: T = \int_{\epsilon a}^{a} \frac{4 r}{w^2}
                  \exp\left(-\frac{2 (r^2 + d^2)}{w^2}\right)
                  I_0\left(\frac{4 r d}{w^2}\right) dr

    which for :math:`d = 0` is :math:`e^{-2 \epsilon^2 a^2 / w^2} - e^{-2 a^2 / w^2}`.

    Parameters
    ----------
    radius_m
        1/e² intensity radius at the receiver :math:`w`, see :func:`jittered_radius_m`. [m]
    rx_aperture_m
        Diameter of the receiver :math:`2 a`. [m]
    obscuration
        Inner diameter over outer :math:`\epsilon`, below 1.
    offset_m
        Distance between the axes of beam and receiver :math:`d`. [m]

    Returns
    -------
    FloatArray
        Transmittance, in the common shape of ``radius_m`` and ``offset_m``, to 1e-7 of itself; at
        least :data:`LEAST_CAPTURE`.

    References
    ----------
    .. [1] A. A. Farid and S. Hranilovic, *J. Lightwave Technol.* 25, 1702 (2007), eq. 8, for the
       integral; it is a difference of noncentral chi-square distributions (Rice's, Marcum's Q).

    Examples
    --------
    >>> gaussian_capture([6.0, 6.0], rx_aperture_m=1.0, offset_m=[0.0, 3.0]).round(5)
    array([0.01379, 0.00839])
    """
    radius = np.asarray(radius_m, dtype=np.float64)
    outer = 0.5 * (rx_aperture_m / radius) ** 2
    if not np.any(offset_m):
        centred = -np.expm1(-outer * (1.0 - obscuration**2)) * np.exp(-outer * obscuration**2)
        shape = np.broadcast_shapes(radius.shape, np.shape(offset_m))
        return np.broadcast_to(np.maximum(centred, LEAST_CAPTURE), shape)
    away = 2.0 * (np.asarray(offset_m, dtype=np.float64) / radius) ** 2
    outer, away = np.broadcast_arrays(outer, away)
    caught = _laguerre_series(outer, away, obscuration)
    large = outer * (1.0 + away) > _SERIES_LIMIT
    if np.any(large):
        caught = np.where(large, _chi_square(outer, away, obscuration), caught)
    return np.asarray(np.maximum(caught, LEAST_CAPTURE))


def _laguerre_series(outer: FloatArray, away: FloatArray, obscuration: float) -> FloatArray:
    """Integrate exp(−t − y) I₀(2√(ty)) over t by powers of t, whose factors are Laguerre's."""
    reach = min(float(np.max(outer * (1.0 + away), initial=0.0)), _SERIES_LIMIT)
    outer = np.minimum(outer, _SERIES_LIMIT / (1.0 + away))
    before, factor = np.zeros_like(away), np.ones_like(away)
    power, total, n = outer, outer * (1.0 - obscuration**2), 0
    while reach ** (n + 1) / math.factorial(n + 2) > _SERIES_ERROR:
        before, factor = factor, ((2 * n + 1 - away) * factor - n * before) / (n + 1)
        n += 1
        power = power * outer / -(n + 1.0)
        total = total + power * factor * (1.0 - obscuration ** (2 * n + 2))
    return np.asarray(np.exp(-away) * total)


def _chi_square(outer: FloatArray, away: FloatArray, obscuration: float) -> FloatArray:
    from scipy.special import chndtr  # noqa: PLC0415 -- only receivers as large as the beam pay

    inner = 2.0 * obscuration**2 * outer
    return np.asarray(chndtr(2.0 * outer, 2, 2.0 * away) - chndtr(inner, 2, 2.0 * away))


def jittered_radius_m(
    radius_m: npt.ArrayLike, *, range_m: npt.ArrayLike, jitter_rad: float
) -> FloatArray:
    r"""1/e² radius of the long-term mean of a Gaussian beam that jitters. [m]

    .. math:: w_e^2 = w^2 + 4 \sigma^2 L^2

    Parameters
    ----------
    radius_m
        1/e² intensity radius at the receiver :math:`w`. [m]
    range_m
        Distance :math:`L`. [m]
    jitter_rad
        1 σ per axis :math:`\sigma`. [rad]

    References
    ----------
    .. [1] Convolution of two Gaussians; a beam of 1/e² radius w has the variance w²/4 per axis.
    """
    if jitter_rad == 0.0:
        return np.asarray(radius_m, dtype=np.float64)
    return np.asarray(np.hypot(radius_m, 2.0 * jitter_rad * np.asarray(range_m)))


def fade_radius_m(
    radius_m: npt.ArrayLike, *, rx_aperture_m: float, obscuration: float = 0.0
) -> FloatArray:
    r"""Radius that a point receiver's beam would have to fade like this one at an annulus. [m]

    .. math:: T(d) \approx T(0) \exp\left(-\frac{2 d^2}{w_q^2}\right), \qquad
              w_q^2 = \frac{w^4\, T(0)}{2 a^2 \left(e^{-2 a^2/w^2}
                      - \epsilon^2 e^{-2 \epsilon^2 a^2/w^2}\right)}

    Parameters
    ----------
    radius_m
        1/e² intensity radius at the receiver :math:`w`. [m]
    rx_aperture_m
        Diameter of the receiver :math:`2 a`. [m]
    obscuration
        Inner diameter over outer :math:`\epsilon`, below 1.

    Returns
    -------
    FloatArray
        Shaped like ``radius_m``, at least that; infinite where small offsets lose nothing.

    Notes
    -----
    Exact to the second order in the offset, whose curvature fixes :math:`w_q`; Farid and
    Hranilovic (*J. Lightwave Technol.* 25, 1702, 2007) match another moment, with the same limit
    for a small receiver.
    """
    radius = np.asarray(radius_m, dtype=np.float64)
    x = 0.5 * (rx_aperture_m / radius) ** 2
    caught = gaussian_capture(radius, rx_aperture_m=rx_aperture_m, obscuration=obscuration)
    bend = x * (np.exp(-x) - obscuration**2 * np.exp(-x * obscuration**2))
    with np.errstate(divide="ignore"):
        stretch = np.where(bend > 0.0, caught / np.maximum(bend, 0.0), math.inf)
    return np.asarray(radius * np.sqrt(np.maximum(stretch, 1.0)))
