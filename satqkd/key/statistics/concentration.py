"""How far an observed count may lie from its expectation.

Each bound is a function of counts and ``log_term``, the natural logarithm of one over the
probability that one side of it fails, giving a lower and an upper bound: on the expectation of
what was observed, or (``..._observed``) on what will be observed of an expectation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

import numpy as np

from satqkd.units import FloatArray

_NO_CLICK: Final = 1e-80
"""Counts up to here are none; dividing by fewer overflows."""
_SERIES_IS_EXACT: Final = 1e-14
"""Below this the next term of the series is beyond sixteen digits of 1 + y."""
_LOWEST: Final = -1.0 + 1e-15
"""An observed number over its expectation less 1, when next to nothing is observed."""
_STEPS: Final = 4
"""Newton steps that reach fourteen digits from every start, for what was expected."""
_STEPS_OBSERVED: Final = 14
"""The same for what is observed, where the start is farther off."""


class Interval(Protocol):
    """A lower and an upper bound on expectations."""

    def __call__(self, counts: FloatArray, *, log_term: float) -> tuple[FloatArray, FloatArray]:
        """Return the bounds, each shaped like ``counts``; intensities lie along axis 0."""
        ...


def hoeffding(counts: FloatArray, *, log_term: float) -> tuple[FloatArray, FloatArray]:
    r"""Bounds that treat each click of the block as a toss for its intensity.

    .. math:: n_k \pm \sqrt{\tfrac{1}{2}\, n \ln(1/\epsilon)}, \qquad n = \sum_k n_k

    References
    ----------
    .. [1] C. C. W. Lim et al., *Phys. Rev. A* 89, 022307 (2014), after eq. 2.
    """
    reach = np.sqrt(0.5 * log_term * counts.sum(axis=0))
    return counts - reach, counts + reach


def chernoff(counts: FloatArray, *, log_term: float | FloatArray) -> tuple[FloatArray, FloatArray]:
    r"""Bounds that are tighter for intensities with few clicks.

    .. math:: n_k - \tfrac{\beta}{2} - \sqrt{2\beta n_k + \tfrac{\beta^2}{4}}, \qquad
              n_k + \beta + \sqrt{2\beta n_k + \beta^2}, \qquad \beta = \ln(1/\epsilon)

    References
    ----------
    .. [1] H.-L. Yin et al., "Tight security bounds for decoy-state quantum key distribution",
       *Sci. Rep.* 10, 14312 (2020), eqs. 5 and 6.
    """
    upper = 2.0 * log_term * counts
    lower = np.sqrt(upper + 0.25 * log_term**2)
    np.subtract(counts, lower, out=lower)
    lower -= 0.5 * log_term
    upper += log_term**2
    np.sqrt(upper, out=upper)
    upper += counts
    upper += log_term
    return lower, upper


def exact_chernoff(counts: FloatArray, *, log_term: float) -> tuple[FloatArray, FloatArray]:
    r"""Bounds that solve the multiplicative Chernoff bound instead of approximating it.

    .. math:: \left[\frac{e^{\delta}}{(1+\delta)^{1+\delta}}\right]^{n/(1+\delta)} = \epsilon
              \quad\text{at}\quad E^- = \frac{n}{1+\delta}, \qquad
              \left[\frac{e^{-\delta}}{(1-\delta)^{1-\delta}}\right]^{n/(1-\delta)} = \epsilon
              \quad\text{at}\quad E^+ = \frac{n}{1-\delta}

    Notes
    -----
    Both say :math:`x - 1 - \ln x = \ln(1/\epsilon) / n` of :math:`x = E/n`, below and above 1.
    No clicks leave an expectation of up to :math:`\ln(1/\epsilon)`.

    References
    ----------
    .. [1] Z. Zhang, Q. Zhao, M. Razavi and X. Ma, "Improved key-rate bounds for practical
       decoy-state quantum-key-distribution systems", *Phys. Rev. A* 95, 012333 (2017), eqs.
       (15)-(18) (equation numbers recalled).
    """
    n = np.maximum(counts, _NO_CLICK)
    below, above = _log_ratios(log_term / n)
    return np.where(counts > _NO_CLICK, n * np.exp(below), 0.0), np.where(
        counts > _NO_CLICK, n * np.exp(above), log_term
    )


def large_count_chernoff(counts: FloatArray, *, log_term: float) -> tuple[FloatArray, FloatArray]:
    r"""Bounds that approximate :func:`exact_chernoff` for many clicks.

    .. math:: E^\pm = \frac{n}{1 \mp \delta}, \qquad
              \delta = \frac{3\beta + \sqrt{8\beta n + \beta^2}}{2(n - \beta)}, \qquad
              \beta = \ln(1/\epsilon)

    Notes
    -----
    Up to :math:`6\beta` clicks :math:`\delta` reaches 1; there the bounds are those of
    :func:`chernoff`, which hold for any number.

    References
    ----------
    .. [1] Z. Zhang et al., *Phys. Rev. A* 95, 012333 (2017), appendix (recalled).
    """
    many = counts > 6.0 * log_term
    n = np.where(many, counts, 12.0 * log_term)
    delta = (3.0 * log_term + np.sqrt(8.0 * log_term * n + log_term**2)) / (2.0 * (n - log_term))
    few_lower, few_upper = chernoff(counts, log_term=log_term)
    return np.where(many, n / (1.0 + delta), few_lower), np.where(
        many, n / (1.0 - delta), few_upper
    )


def chernoff_observed(
    expected: FloatArray, *, log_term: float | FloatArray
) -> tuple[FloatArray, FloatArray]:
    r"""Bounds on what is observed of an expectation, the lower one at least 0.

    .. math:: E - \sqrt{2\beta E}, \qquad
              E + \tfrac{\beta}{2} + \sqrt{2\beta E + \tfrac{\beta^2}{4}}

    References
    ----------
    .. [1] H.-L. Yin et al., *Sci. Rep.* 10, 14312 (2020), eqs. 3 and 4 (numbers recalled).
    """
    square = 2.0 * log_term * expected
    lower = np.maximum(expected - np.sqrt(square), 0.0)
    return lower, expected + 0.5 * log_term + np.sqrt(square + 0.25 * log_term**2)


def exact_chernoff_observed(
    expected: FloatArray, *, log_term: float
) -> tuple[FloatArray, FloatArray]:
    r"""Bounds on what is observed of an expectation, from the Chernoff bound as it is.

    .. math:: z \ln z - z + 1 = \frac{\ln(1/\epsilon)}{E}, \qquad z = \frac{O}{E}

    Notes
    -----
    Below :math:`\ln(1/\epsilon)` the observed number may be 0; an expectation of 0 is never
    observed.

    References
    ----------
    .. [1] Z. Zhang et al., *Phys. Rev. A* 95, 012333 (2017), eq. (12) (number recalled).
    """
    E = np.maximum(expected, _NO_CLICK)
    below, above = _ratios_observed(log_term / E)
    seen = expected > _NO_CLICK
    return np.where(seen, E * below, 0.0), np.where(seen, E * above, 0.0)


def _log_ratios(t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Solve expm1(y) - y = t for y below and above 0."""
    s = np.sqrt(2.0 * t)
    below = np.where(t < 1.0, -s - s * s / 6.0, -1.0 - t)
    above = np.where(t < 1.0, s - s * s / 6.0 + s**3 / 36.0, np.log1p(t + s))
    return _newton(below, t), _newton(above, t)


def _newton(y: FloatArray, t: FloatArray) -> FloatArray:
    """Polish; where the root is so small that its start is exact, leave it."""
    fixed = t < _SERIES_IS_EXACT
    for _ in range(_STEPS):
        slope = np.expm1(y)
        step = (slope - y - t) / np.where(fixed, 1.0, slope)
        y = np.where(fixed, y, y - step)
    return y


def _ratios_observed(t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Solve (1 + u) ln(1 + u) - u = t for 1 + u below and above 1; 0 where none lies below."""
    s = np.sqrt(2.0 * t)
    below = np.clip(-s + s * s / 6.0, -0.999, 0.0)
    above = s + s * s / 6.0
    under = 1.0 + _newton_observed(below, np.where(t < 1.0, t, 0.5))
    return np.where(t < 1.0, under, 0.0), 1.0 + _newton_observed(above, t)


def _newton_observed(u: FloatArray, t: FloatArray) -> FloatArray:
    fixed = t < _SERIES_IS_EXACT
    for _ in range(_STEPS_OBSERVED):
        slope = np.log1p(u)
        step = ((1.0 + u) * slope - u - t) / np.where(fixed | (slope == 0.0), 1.0, slope)
        u = np.where(fixed, u, np.maximum(u - step, _LOWEST))
    return u


INTERVALS: Final[Mapping[str, Interval]] = {
    "hoeffding": hoeffding,
    "chernoff": chernoff,
    "exact-chernoff": exact_chernoff,
}
"""Bounds by the name they have in a mission file."""
