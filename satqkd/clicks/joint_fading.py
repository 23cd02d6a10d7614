"""Two transmittances that fluctuate independently, and slots kept only where they are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.errors import NonPhysicalError
from satqkd.units import FloatArray

_FARTHEST: Final = 6.0
"""Numerical: the normal distribution is cut off here, 2e-9 lie beyond. [σ]"""
_CUT_POINTS: Final = 16
"""Numerical: Gauss–Legendre points across what the cut keeps."""
_STEADY: Final = 1e-12
"""Numerical: least σ of the logarithm, so that steady light divides by something."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointFading:
    """Two fluctuating transmittances as a few pairs of values with their share of the time."""

    transmittance_a: FloatArray
    """Of the first arm, shape (m, ...): behind m that of the means."""
    transmittance_b: FloatArray
    """Of the second arm."""
    weight: FloatArray
    """Share of the time, same shape; adds up to the share of slots kept."""


def joint_fading(
    mean_a: npt.ArrayLike,
    mean_b: npt.ArrayLike,
    *,
    variance_a: npt.ArrayLike = 0.0,
    variance_b: npt.ArrayLike = 0.0,
    least_balance: float = 0.0,
    points: int = 6,
) -> JointFading:
    r"""Quadrature over two independent log-normal transmittances.

    Derived here, see the notes.

    Parameters
    ----------
    mean_a, mean_b
        Mean transmittances.
    variance_a, variance_b
        Variances over the squared means.
    least_balance
        Slots are kept where the smaller transmittance is at least this share of the larger; 0
        keeps all.
    points
        Nodes of the logarithm of the ratio (16 when slots are dropped) and of what the two
        have in common.

    Returns
    -------
    JointFading
        Pairs of values; a single one where nothing fluctuates and nothing is dropped.

    Notes
    -----
    The logarithm of the ratio is normal with the sum of both logarithmic variances,
    :math:`\sigma_D^2 = \sigma_a^2 + \sigma_b^2`; given it, what remains is common to both arms
    and normal with :math:`\sigma_a^2 \sigma_b^2 / \sigma_D^2`. So the edge of the kept slots is
    an end of the quadrature, not a step within.
    """
    a, b, va, vb = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in (mean_a, mean_b, variance_a, variance_b))
    )
    if not (np.all(va >= 0.0) and np.all(vb >= 0.0)):
        raise NonPhysicalError("variance", "must not be negative")
    if least_balance <= 0.0 and not (va.any() or vb.any()):
        return JointFading(
            transmittance_a=a[np.newaxis],
            transmittance_b=b[np.newaxis],
            weight=np.ones((1, *a.shape)),
        )
    log_a, log_b = np.log1p(va), np.log1p(vb)
    total = log_a + log_b
    share_a = np.divide(log_a, total, out=np.full_like(total, 0.5), where=total > 0.0)
    z, weight = _ratio_nodes(_log_ratio(a, b) - 0.5 * (log_a - log_b), total, least_balance, points)
    common, normal = _hermite(points, a.ndim)
    both = common * np.sqrt(log_a * (1.0 - share_a))
    apart = (np.sqrt(total) * z)[:, np.newaxis]
    factor_a = np.exp(share_a * apart + both - 0.5 * log_a)
    factor_b = np.exp(-(1.0 - share_a) * apart + both - 0.5 * log_b)
    return JointFading(
        transmittance_a=_as_pairs(a * factor_a),
        transmittance_b=_as_pairs(b * factor_b),
        weight=_as_pairs(weight[:, np.newaxis] * normal),
    )


def _as_pairs(values: FloatArray) -> FloatArray:
    """Make the nodes of ratio and common part one axis; there may be no means behind them."""
    return values.reshape(values.shape[0] * values.shape[1], *values.shape[2:])


def _log_ratio(a: FloatArray, b: FloatArray) -> FloatArray:
    """Logarithm of a/b; an arm without light is as far from balance as can be."""
    smallest = np.finfo(np.float64).tiny
    return np.asarray(np.log(np.maximum(a, smallest)) - np.log(np.maximum(b, smallest)))


def _hermite(points: int, ndim: int) -> tuple[FloatArray, FloatArray]:
    z, weight = np.polynomial.hermite_e.hermegauss(points)
    shape = (-1, *[1] * ndim)
    return z.reshape(shape), (weight / weight.sum()).reshape(shape)


def _ratio_nodes(
    middle: FloatArray, variance: FloatArray, least_balance: float, points: int
) -> tuple[FloatArray, FloatArray]:
    """Standard-normal nodes of the logarithm of the ratio, between the edges of balance."""
    if least_balance <= 0.0:
        z, weight = _hermite(points, middle.ndim)
        return np.broadcast_arrays(z + 0.0 * middle, weight)[0], weight + 0.0 * middle
    from scipy.special import ndtr  # noqa: PLC0415 -- only where slots are dropped

    edge = -np.log(least_balance)
    sigma = np.maximum(np.sqrt(variance), _STEADY)
    low = np.clip((-edge - middle) / sigma, -_FARTHEST, _FARTHEST)
    high = np.clip((edge - middle) / sigma, -_FARTHEST, _FARTHEST)
    node, legendre = np.polynomial.legendre.leggauss(_CUT_POINTS)
    shape = (-1, *[1] * middle.ndim)
    z = 0.5 * (high - low) * node.reshape(shape) + 0.5 * (high + low)
    weight = legendre.reshape(shape) * np.exp(-0.5 * z**2)
    weight *= (ndtr(high) - ndtr(low)) / weight.sum(axis=0)
    return z, weight
