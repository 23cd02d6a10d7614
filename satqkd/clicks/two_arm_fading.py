"""Two links that fluctuate independently, and the instants at which they are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.units import FloatArray

_REACH = 6.0
"""Standard deviations of the ratio that are looked at; 2e-9 lies beyond."""
_SMALLEST_SIGMA = 1e-12
"""Spread of a steady ratio, so that it has a distribution."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoArmNodes:
    """Quadrature over two fluctuating transmittances: arrays of shape (m, n)."""

    transmittance_a: FloatArray
    """Of the first arm, at most 1."""
    transmittance_b: FloatArray
    """Of the second arm, at most 1."""
    share: FloatArray
    """Share of the time; adds up over m to the share that is kept."""


def two_arm_nodes(
    transmittance_a: FloatArray,
    transmittance_b: FloatArray,
    *,
    variance_a: FloatArray,
    variance_b: FloatArray,
    max_imbalance_db: float = np.inf,
    ratio_points: int = 16,
    common_points: int = 6,
) -> TwoArmNodes:
    r"""Quadrature over two log-normal transmittances whose ratio is near enough to 1.

    Parameters
    ----------
    transmittance_a, transmittance_b
        Mean transmittances, shape (n,).
    variance_a, variance_b
        Variances over the squared means, shape (n,).
    max_imbalance_db
        Instants with :math:`|10 \log_{10}(\eta_a / \eta_b)|` above are thrown away; infinity keeps
        all. [dB]
    ratio_points, common_points
        Nodes over the ratio, and over what moves both arms.

    Returns
    -------
    TwoArmNodes
        ``ratio_points`` times ``common_points`` of them.

    Notes
    -----
    The logarithms :math:`l_a, l_b` are normal. Their difference :math:`r` is cut sharply where the
    selection cuts it, which Gauss-Legendre nodes between the cuts follow exactly; given :math:`r`,
    both arms move by the same normal amount of standard deviation
    :math:`\sigma_a \sigma_b / \sqrt{\sigma_a^2 + \sigma_b^2}`, left to Gauss-Hermite nodes.
    """
    from scipy.special import ndtr  # noqa: PLC0415 -- only two-arm protocols pay for the import

    square_a, square_b = np.log1p(variance_a), np.log1p(variance_b)
    log_a, log_b = np.log(transmittance_a), np.log(transmittance_b)
    sigma = np.maximum(np.sqrt(square_a + square_b), _SMALLEST_SIGMA)
    middle = (log_a - 0.5 * square_a) - (log_b - 0.5 * square_b)
    edge = max_imbalance_db * np.log(10.0) / 10.0
    low = np.clip((-edge - middle) / sigma, -_REACH, _REACH)
    high = np.clip((edge - middle) / sigma, -_REACH, _REACH)
    kept = ndtr(high) - ndtr(low)
    z, legendre = np.polynomial.legendre.leggauss(ratio_points)
    ratio = 0.5 * (low + high + np.multiply.outer(z, high - low))
    density = legendre[:, np.newaxis] * np.exp(-0.5 * ratio**2)
    density *= kept / density.sum(axis=0)
    c, hermite = np.polynomial.hermite_e.hermegauss(common_points)
    common = np.multiply.outer(c, np.sqrt(square_a * square_b) / sigma)
    shape = (ratio_points * common_points, -1)

    def arm(log: FloatArray, square: FloatArray, sign: float) -> FloatArray:
        own = log - 0.5 * square + sign * square / sigma * ratio
        both = (own[:, np.newaxis] + common).reshape(shape)
        return np.asarray(np.minimum(np.exp(both), 1.0))

    share = np.multiply.outer(density, hermite / hermite.sum())
    return TwoArmNodes(
        transmittance_a=arm(log_a, square_a, 1.0),
        transmittance_b=arm(log_b, square_b, -1.0),
        share=np.moveaxis(share, -1, 1).reshape(shape),
    )
