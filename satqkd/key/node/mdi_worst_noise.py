"""The noise that leaves least key, found without a scan."""

from __future__ import annotations

import numpy as np

from satqkd.key.node.mdi_decoys import SinglePhotonPairs
from satqkd.key.statistics.concentration import chernoff_observed
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.units import FloatArray

_HALVINGS = 56
"""Steps that narrow the noise down to rounding."""


def least_private(
    expected: SinglePhotonPairs, *, sifted_bits: FloatArray, log_term: float, errors_log_term: float
) -> tuple[FloatArray, FloatArray]:
    r"""Single-photon pairs and phase errors at the noise that leaves least key.

    .. math:: \min_{\mathcal{H}}\; n\,[1 - h(m / n)], \qquad
              n = \bar n - \sqrt{2 \beta \bar n}, \quad
              m = \bar m + \tfrac{\gamma}{2} + \sqrt{2 \gamma \bar m + \tfrac{\gamma^2}{4}}

    Parameters
    ----------
    expected
        :math:`\bar n = n_0 - c\mathcal{H}` and :math:`\bar m = m_0 - d\mathcal{H}`.
    sifted_bits
        All pairs of the key basis: noise so low that it leaves more is none. [bit]
    log_term
        :math:`\beta`, for the step from the expectation of pairs to what happened.
    errors_log_term
        :math:`\gamma`, for that of their phase errors.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        :math:`n` and :math:`m`; there is no key where :math:`2m \ge n`. Together they bound the
        key; less noise may leave more pairs with more errors, so that neither bounds its own.

    Notes
    -----
    :math:`n [1 - h(m/n)]` is convex in both, rises with :math:`n` and falls with :math:`m`, and
    :math:`n` is convex in :math:`\mathcal{H}`, :math:`m` concave. Tangents to both at a noise where
    the key is level are lines along which it is convex and no larger than itself: it is nowhere
    less. So the derivative alone, halved towards its zero, finds the least key.

    References
    ----------
    .. [1] H.-L. Yin et al., *Sci. Rep.* 10, 14312 (2020): from expectations to observed values.
    .. [2] Y.-H. Zhou, Z.-W. Yu and X.-B. Wang, *Phys. Rev. A* 93, 042324 (2016), who scan.
    """
    most = 0.25 * (np.sqrt(2.0 * log_term) + np.sqrt(2.0 * log_term + 4.0 * sifted_bits)) ** 2
    low = np.maximum(expected.noise_low, (expected.pairs - most) / expected.pairs_slope)
    error_free = expected.errors / expected.errors_slope
    high = np.maximum(np.minimum(expected.noise_high, error_free), low)
    for _ in range(_HALVINGS):
        at = 0.5 * (low + high)
        rise = _rise(expected, at, log_term, errors_log_term)
        low, high = np.where(rise <= 0.0, at, low), np.where(rise >= 0.0, at, high)
    return _happened(expected, 0.5 * (low + high), log_term, errors_log_term)


def private_bits(pairs: FloatArray, phase_error: FloatArray) -> FloatArray:
    """Private bits of single-photon pairs, 0 from errors of 50 % on. [bit]

    The privacy amplification term of Zhou, Yu and Wang 2016.
    """
    return np.where(phase_error < 0.5, pairs * (1.0 - binary_entropy(phase_error)), 0.0)


def _happened(
    expected: SinglePhotonPairs, noise: FloatArray, beta: float, gamma: float
) -> tuple[FloatArray, FloatArray]:
    pairs, errors = expected.at(noise)
    least, _ = chernoff_observed(pairs, log_term=beta)
    _, most = chernoff_observed(errors, log_term=gamma)
    return least, most


def _rise(expected: SinglePhotonPairs, noise: FloatArray, beta: float, gamma: float) -> FloatArray:
    """Return the change of key with noise; 0 where there is none to lose."""
    n, m = expected.at(noise)
    pairs, errors = _happened(expected, noise, beta, gamma)
    some = 2.0 * errors < pairs
    e = np.divide(errors, pairs, out=np.full_like(pairs, 0.5), where=some)
    square = np.where(some, 2.0 * beta * n, beta**2)
    fewer = expected.pairs_slope * (1.0 - beta / np.sqrt(square))
    better = expected.errors_slope * (1.0 + gamma / np.sqrt(2.0 * gamma * m + 0.25 * gamma**2))
    rise = better * np.log2((1.0 - e) / e) - fewer * (1.0 + np.log1p(-e) / np.log(2.0))
    return np.where(some, rise, 0.0)
