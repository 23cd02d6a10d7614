"""The noise that leaves least key, in closed form."""

from __future__ import annotations

import numpy as np

from satqkd.key.entropy import binary_entropy
from satqkd.key.mdi_decoys import SinglePhotonPairs
from satqkd.units import FloatArray

_HALVINGS = 60
"""Steps to the error fraction of the least key, which lies below 0.5."""


def least_private(
    expected: SinglePhotonPairs, *, log_term: float
) -> tuple[FloatArray, FloatArray]:
    r"""Single-photon pairs and phase errors of the noise that leaves least key.

    .. math:: \min_{\mathcal{H}}\; n\,[1 - h(m / n)], \qquad
              n = \bar n - \sqrt{2 \beta \bar n}, \quad
              m = \bar m + \tfrac{\beta}{2} + \sqrt{2 \beta \bar m + \tfrac{\beta^2}{4}}

    Parameters
    ----------
    expected
        :math:`\bar n = n_0 - c\mathcal{H}` and :math:`\bar m = m_0 - d\mathcal{H}`.
    log_term
        :math:`\beta`, for the two steps from expectations to what happened.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        :math:`n`, at least 0, and :math:`m`; the key of :math:`n > 2m` is sound, else there is
        none.

    Notes
    -----
    :math:`n [1 - h(m/n)]` is convex in both. :math:`n` is convex in :math:`\mathcal{H}` and
    :math:`m` concave, so that tangents bound them on the safe side and the least value on these
    lies where the error fraction solves :math:`\kappa\,[1 + \log_2(1-e)] = \log_2[(1-e)/e]`,
    :math:`\kappa` the ratio of the slopes. The tangents touch where the round before ended.

    References
    ----------
    .. [1] H.-L. Yin et al., *Sci. Rep.* 10, 14312 (2020): from expectations to observed values.
    """
    low = expected.noise_low
    error_free = expected.errors / expected.errors_slope
    high = np.maximum(np.minimum(expected.noise_high, error_free), low)
    pairs, slope = expected.pairs, np.full_like(low, expected.pairs_slope)
    errors, error_slope = expected.errors, np.full_like(low, expected.errors_slope)
    for _ in range(3):
        at = _worst(pairs, slope, errors, error_slope, low, high)
        pairs, slope, errors, error_slope = _tangents(expected, at, log_term)
    at = _worst(pairs, slope, errors, error_slope, low, high)
    return np.maximum(pairs - slope * at, 0.0), np.maximum(errors - error_slope * at, 0.0)


def private_bits(pairs: FloatArray, phase_error: FloatArray) -> FloatArray:
    """Bits of single-photon pairs that nobody else knows, 0 from errors of 50 % on. [bit]"""
    return np.where(phase_error < 0.5, pairs * (1.0 - binary_entropy(phase_error)), 0.0)


def _tangents(
    expected: SinglePhotonPairs, at: FloatArray, beta: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    n = np.maximum(expected.pairs - expected.pairs_slope * at, 2.0 * beta)
    m = np.maximum(expected.errors - expected.errors_slope * at, 0.0)
    root_n, root_m = np.sqrt(2.0 * beta * n), np.sqrt(2.0 * beta * m + 0.25 * beta**2)
    rise_n, rise_m = 1.0 - beta / root_n, 1.0 + beta / root_m
    return (
        n - root_n + rise_n * (expected.pairs - n),
        rise_n * expected.pairs_slope,
        m + 0.5 * beta + root_m + rise_m * (expected.errors - m),
        rise_m * expected.errors_slope,
    )


def _worst(
    pairs: FloatArray,
    slope: FloatArray,
    errors: FloatArray,
    error_slope: FloatArray,
    low: FloatArray,
    high: FloatArray,
) -> FloatArray:
    """Return the noise of least key on straight lines; more always hurts less if κ ≤ 2."""
    ratio = slope / error_slope
    e = _error_of_least_key(ratio)
    lean = np.where(ratio > 2.0, error_slope - e * slope, 1.0)
    inner = np.clip((errors - e * pairs) / lean, low, high)
    return np.where(ratio > 2.0, inner, low)


def _error_of_least_key(ratio: FloatArray) -> FloatArray:
    low, high = np.zeros_like(ratio), np.full_like(ratio, 0.5)
    for _ in range(_HALVINGS):
        e = 0.5 * (low + high)
        below = ratio * (1.0 + np.log1p(-e) / np.log(2.0)) < np.log2((1.0 - e) / e)
        low, high = np.where(below, e, low), np.where(below, high, e)
    return 0.5 * (low + high)
