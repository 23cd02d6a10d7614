"""The noise that leaves least key, in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from satqkd.key.entropy import binary_entropy
from satqkd.key.mdi_decoys import SinglePhotonPairs
from satqkd.units import FloatArray

_HALVINGS = 60
"""Steps to the error fraction of the least key, which lies below 0.5."""


def least_private(expected: SinglePhotonPairs, *, log_term: float) -> tuple[FloatArray, FloatArray]:
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
    lines = _bounded(expected)
    for _ in range(3):
        lines = _tangents(_bounded(expected), at=_worst(lines), beta=log_term)
    return lines.at(_worst(lines))


def private_bits(pairs: FloatArray, phase_error: FloatArray) -> FloatArray:
    """Bits of single-photon pairs that nobody else knows, 0 from errors of 50 % on. [bit]"""
    return np.where(phase_error < 0.5, pairs * (1.0 - binary_entropy(phase_error)), 0.0)


def _bounded(expected: SinglePhotonPairs) -> SinglePhotonPairs:
    """Leave out the noise that would explain more errors than were seen."""
    error_free = expected.errors / expected.errors_slope
    high = np.maximum(np.minimum(expected.noise_high, error_free), expected.noise_low)
    return replace(expected, noise_high=high)


def _tangents(expected: SinglePhotonPairs, *, at: FloatArray, beta: float) -> SinglePhotonPairs:
    n, m = expected.at(at)
    n = np.maximum(n, 2.0 * beta)
    root_n, root_m = np.sqrt(2.0 * beta * n), np.sqrt(2.0 * beta * m + 0.25 * beta**2)
    rise_n, rise_m = 1.0 - beta / root_n, 1.0 + beta / root_m
    return replace(
        expected,
        pairs=n - root_n + rise_n * (expected.pairs - n),
        pairs_slope=rise_n * expected.pairs_slope,
        errors=m + 0.5 * beta + root_m + rise_m * (expected.errors - m),
        errors_slope=rise_m * expected.errors_slope,
    )


def _worst(lines: SinglePhotonPairs) -> FloatArray:
    """Return the noise of least key; where κ ≤ 2 less noise always hurts more."""
    ratio = lines.pairs_slope / lines.errors_slope
    e = _error_of_least_key(ratio)
    lean = np.where(ratio > 2.0, lines.errors_slope - e * lines.pairs_slope, 1.0)
    inner = np.clip((lines.errors - e * lines.pairs) / lean, lines.noise_low, lines.noise_high)
    return np.where(ratio > 2.0, inner, lines.noise_low)


def _error_of_least_key(ratio: FloatArray) -> FloatArray:
    low, high = np.zeros_like(ratio), np.full_like(ratio, 0.5)
    for _ in range(_HALVINGS):
        e = 0.5 * (low + high)
        below = ratio * (1.0 + np.log1p(-e) / np.log(2.0)) < np.log2((1.0 - e) / e)
        low, high = np.where(below, e, low), np.where(below, high, e)
    return 0.5 * (low + high)
