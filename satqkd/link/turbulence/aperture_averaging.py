"""How much a telescope evens out the scintillation of one layer."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from satqkd.units import FloatArray

_POINT_INTEGRAL = 0.864_401_155_4
"""Integral of u^(-8/3) (1 − cos u²): −Γ(−5/6) cos(75°) / 2."""
_SIZES = np.geomspace(0.05, 2000.0, 80)
"""Numerical: apertures of the table, over the square root of path over wavenumber."""
_LAST_PHASE = 40.0 * np.pi
"""Numerical: up to where every oscillation of the integrand is resolved. [rad]"""
_LOG_FACTORS_OF_A_DISC = (
    -0.002149, -0.002660, -0.003291, -0.004070, -0.005030, -0.006213, -0.007669, -0.009459,
    -0.011660, -0.014361, -0.017675, -0.021737, -0.026712, -0.032798, -0.040239, -0.049329,
    -0.060423, -0.073956, -0.090453, -0.110556, -0.135045, -0.164873, -0.201211, -0.245492,
    -0.299484, -0.365362, -0.445801, -0.544054, -0.663998, -0.810013, -0.986493, -1.196507,
    -1.439101, -1.705734, -1.980789, -2.254116, -2.532112, -2.816402, -3.102900, -3.392612,
    -3.684899, -3.979364, -4.275707, -4.573735, -4.873254, -5.174091, -5.476101, -5.779159,
    -6.083155, -6.387992, -6.693584, -6.999857, -7.306744, -7.614185, -7.922127, -8.230523,
    -8.539329, -8.848508, -9.158025, -9.467849, -9.777951, -10.088307, -10.398894, -10.709690,
    -11.020677, -11.331839, -11.643159, -11.954623, -12.266219, -12.577935, -12.889761, -13.201687,
    -13.513704, -13.825804, -14.137981, -14.450226, -14.762535, -15.074902, -15.387322, -15.699790,
)  # fmt: skip


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
    place = (np.clip(log_size, start, end) - start) * ((_SIZES.size - 1) / (end - start))
    inside = np.exp(_cubic(_log_factors(obscuration), place))
    beyond = np.exp(-7.0 / 3.0 * np.maximum(log_size - end, 0.0))
    return np.asarray(np.minimum(np.where(log_size < start, 1.0, inside * beyond), 1.0))


@lru_cache(maxsize=32)
def _log_factors(obscuration: float) -> FloatArray:
    """Logarithm of the factor at the tabulated sizes."""
    if obscuration == 0.0:
        return np.array(_LOG_FACTORS_OF_A_DISC)
    return integrated_log_factors(obscuration)


def integrated_log_factors(obscuration: float) -> FloatArray:
    """Work the table out; a test holds the one of a plain disc against this."""
    factors = [_resolved(x, obscuration) + _tail(x, obscuration) for x in _SIZES]
    return np.asarray(np.log(np.array(factors) / _POINT_INTEGRAL))


def _cubic(values: FloatArray, place: FloatArray) -> FloatArray:
    """Cubic through the four nearest of evenly spaced values."""
    first = np.clip(np.floor(place).astype(np.int64) - 1, 0, values.size - 4)
    t = place - first
    a, b, c, d = (values[first + k] for k in range(4))
    return np.asarray(
        -a * (t - 1.0) * (t - 2.0) * (t - 3.0) / 6.0
        + b * t * (t - 2.0) * (t - 3.0) / 2.0
        - c * t * (t - 1.0) * (t - 3.0) / 2.0
        + d * t * (t - 1.0) * (t - 2.0) / 6.0
    )


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
    from scipy.special import j1  # noqa: PLC0415 -- SciPy takes 0.2 s and more to load

    disc = j1(s) / s
    if obscuration == 0.0:
        return np.asarray(2.0 * disc)
    hole = obscuration * j1(obscuration * s) / s
    return np.asarray(2.0 * (disc - hole) / (1.0 - obscuration**2))
