"""How much a telescope evens out the scintillation of one layer."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import j1

from satqkd.units import FloatArray

_POINT_INTEGRAL = 0.864_401_155_4
"""Integral of u^(-8/3) (1 − cos u²): −Γ(−5/6) cos(75°) / 2."""
_SIZES = np.geomspace(0.05, 2000.0, 80)
_LAST_PHASE = 40.0 * np.pi


def averaging_factor(size: FloatArray, *, obscuration: float) -> FloatArray:
    r"""Variance of the power in a telescope over that of the irradiance at a point.

    .. math:: A(x) = \frac{\int u^{-8/3} (1 - \cos u^2)\, F^2(ux/2)\, du}
                          {\int u^{-8/3} (1 - \cos u^2)\, du}, \qquad
              F(s) = \frac{2}{1 - \epsilon^2}
                     \left[\frac{J_1(s)}{s} - \epsilon^2 \frac{J_1(\epsilon s)}{\epsilon s}\right]

    Parameters
    ----------
    size
        Diameter of the telescope in units of the layer's Fresnel length,
        :math:`x = D \sqrt{k/z}`, any shape.
    obscuration
        Diameter of the secondary over that of the primary :math:`\epsilon`.

    Returns
    -------
    FloatArray
        Shaped like ``size``; 1 for points, falling as :math:`x^{-7/3}` for large telescopes.

    Notes
    -----
    A plane wave, Kolmogorov's spectrum, weak turbulence. Interpolated to 1e-4.

    References
    ----------
    .. [1] L. C. Andrews and R. L. Phillips, *Laser Beam Propagation through Random Media*, 2nd
       ed., SPIE, 2005, sec. 10.3 (recalled), with the annulus itself in place of the soft
       aperture that makes their result closed.
    .. [2] F. Roddier, *Progress in Optics* 19, 281 (1981), sec. 8, for the telescope's filter.

    Examples
    --------
    >>> averaging_factor(np.array([0.01, 1.0, 10.0]), obscuration=0.0).round(3)
    array([1.   , 0.807, 0.029])
    """
    log_size = np.log(np.asarray(size, dtype=np.float64))
    start, end = np.log(_SIZES[0]), np.log(_SIZES[-1])
    inside = np.exp(_spline(obscuration)(np.clip(log_size, start, end)))
    beyond = np.exp(-7.0 / 3.0 * np.maximum(log_size - end, 0.0))
    return np.asarray(np.minimum(np.where(log_size < start, 1.0, inside * beyond), 1.0))


@lru_cache(maxsize=32)
def _spline(obscuration: float) -> CubicSpline:
    factors = [_resolved(x, obscuration) + _tail(x, obscuration) for x in _SIZES]
    return CubicSpline(np.log(_SIZES), np.log(np.array(factors) / _POINT_INTEGRAL))


def _resolved(size: float, obscuration: float) -> float:
    """Integral up to where cos u² has turned 20 times, every oscillation resolved."""
    last = np.sqrt(_LAST_PHASE)
    u, du = _panels(np.linspace(0.0, last, 90 + int(0.2 * last * size)))
    return float(
        u ** (-8.0 / 3.0)
        * 2.0
        * np.sin(0.5 * u * u) ** 2
        * _filter(0.5 * u * size, obscuration) ** 2
        @ du
    )


def _tail(size: float, obscuration: float) -> float:
    """Integral from there on, where cos u² averages out."""
    start = 0.5 * size * np.sqrt(_LAST_PHASE)
    edges = np.concatenate([np.geomspace(start, start + 2.0, 24), start + np.arange(4.0, 200.0, 2)])
    s, ds = _panels(edges)
    return float(
        (0.5 * size) ** (5.0 / 3.0) * (s ** (-8.0 / 3.0) * _filter(s, obscuration) ** 2) @ ds
    )


def _panels(edges: FloatArray) -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.legendre.leggauss(8)
    half = 0.5 * np.diff(edges)[:, None]
    return (edges[:-1, None] + half * (1.0 + nodes)).ravel(), (half * weights).ravel()


def _filter(s: FloatArray, obscuration: float) -> FloatArray:
    disc = j1(s) / s
    if obscuration == 0.0:
        return np.asarray(2.0 * disc)
    hole = obscuration * j1(obscuration * s) / s
    return np.asarray(2.0 * (disc - hole) / (1.0 - obscuration**2))
