"""How likely the skies of two stations are clear at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.units import FloatArray

SPREAD_NODES: Final = 7
"""Numerical: nodes of the Gauss–Hermite rule for what is not known of each of two climates."""
ALIKE: Final = 1.0 - 1e-9
"""Numerical: correlation from which two skies are one."""
LEAST: Final = 1e-12
"""Numerical: thresholds nearer to the mean are taken to be so far from it."""


def both_clear(
    first: FloatArray, second: FloatArray, spreads: tuple[FloatArray, FloatArray], rho: float
) -> FloatArray:
    r"""Probability that two skies are clear at once.

    .. math:: P = \Phi_2\bigl(\Phi^{-1}(p_1), \Phi^{-1}(p_2); \varrho\bigr)

    the orthant of two normal numbers, each below its threshold; with stated spreads of the climates
    the mean of that over thresholds :math:`p_i + s_i u_i`, whose :math:`u_i` from −1 to 1 are
    correlated alike. These are the skies that :mod:`satqkd.weather.skies` draws (derived here), but
    for thresholds that a spread takes below 0 or above 1.

    Parameters
    ----------
    first, second
        Probability of a clear sky over either station, shape (n,).
    spreads
        Half the range of each, shape (n,).
    rho
        Correlation of the normal numbers, see :func:`satqkd.weather.skies.sky_correlation`.

    Returns
    -------
    FloatArray
        Never above the smaller of the two, nor below what two skies have in common at least.
    """
    from scipy.special import ndtr  # noqa: PLC0415 -- only joint contacts pay for the import

    if rho <= 0.0:
        return first * second
    if rho >= ALIKE:
        return np.minimum(first, second)
    if not any(spread.any() for spread in spreads):
        return _orthant(first, second, rho)
    nodes, weights = np.polynomial.hermite_e.hermegauss(SPREAD_NODES)
    weights = weights / weights.sum()
    mean = np.zeros(first.shape)
    for own, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
        for other, share in zip(nodes.tolist(), weights.tolist(), strict=True):
            beside = rho * own + np.sqrt(1.0 - rho**2) * other
            shifted = [
                np.clip(chance + spread * (2.0 * ndtr(normal) - 1.0), 0.0, 1.0)
                for chance, spread, normal in zip(
                    (first, second), spreads, (own, beside), strict=True
                )
            ]
            mean += weight * share * _orthant(shifted[0], shifted[1], rho)
    return np.clip(mean, np.maximum(0.0, first + second - 1.0), np.minimum(first, second))


def _orthant(first: FloatArray, second: FloatArray, rho: float) -> FloatArray:
    r"""Probability that two normal numbers are both below their thresholds.

    .. math:: \Phi_2(h, k) = \tfrac 1 2 (\Phi(h) + \Phi(k)) - T(h, a_h) - T(k, a_k) - \beta,
       \quad a_h = \frac{k/h - \varrho}{\sqrt{1 - \varrho^2}}

    with Owen's function T, and β ½ where h and k lie on different sides of 0 [1]_.

    References
    ----------
    .. [1] D. B. Owen, *Ann. Math. Stat.* 27, 1075 (1956), eq. 2.1 (recalled).
    """
    from scipy.special import ndtri, owens_t  # noqa: PLC0415

    inside = (first > 0.0) & (first < 1.0) & (second > 0.0) & (second < 1.0)
    h, k = (ndtri(np.where(inside, chance, 0.5)) for chance in (first, second))
    h, k = (np.where(np.abs(one) < LEAST, LEAST, one) for one in (h, k))
    root = np.sqrt(1.0 - rho**2)
    parts = owens_t(h, (k / h - rho) / root) + owens_t(k, (h / k - rho) / root)
    apart = np.where((h < 0.0) != (k < 0.0), 0.5, 0.0)
    some = 0.5 * (first + second) - parts - apart
    # a sky that is never or always clear decides nothing, or leaves it to the other
    return np.where(inside, some, np.minimum(first, second))
