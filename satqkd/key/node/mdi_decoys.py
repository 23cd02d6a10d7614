"""Single-photon pairs between two transmitters of four intensities, and their errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from satqkd.clicks.four_intensity import FourIntensityTransmitter, PairCounts
from satqkd.key.statistics.concentration import chernoff
from satqkd.units import FloatArray

BOUNDS_OF_YIELD = 11
"""Bounds on counts behind the single-photon yield: 3 + 2, and 3 at either end of the noise."""
BOUNDS_OF_ERRORS = 1
"""One more behind its errors."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SinglePhotonPairs:
    r"""Expected key-basis single-photon pairs as functions of the unknown noise.

    With :math:`\mathcal{H}` between its bounds there are at least
    :math:`n_0 - c \mathcal{H}` pairs, with at most :math:`m_0 - d \mathcal{H}` phase errors.
    """

    pairs: FloatArray
    """:math:`n_0`, shape (blocks,)."""
    pairs_slope: FloatArray
    """:math:`c`, above 0."""
    errors: FloatArray
    """:math:`m_0`, shape (blocks,)."""
    errors_slope: FloatArray
    """:math:`d`, above 0."""
    noise_low: FloatArray
    """Least :math:`\\mathcal{H}`: events of xx with vacuum from a transmitter, over the probability
    that xx is sent; shape (blocks,)."""
    noise_high: FloatArray
    """Largest :math:`\\mathcal{H}`."""

    @staticmethod
    def join(parts: Sequence[SinglePhotonPairs]) -> SinglePhotonPairs:
        """Put blocks below each other; at least one part is needed."""
        return SinglePhotonPairs(
            **{
                f.name: np.concatenate([getattr(part, f.name) for part in parts])
                for f in fields(SinglePhotonPairs)
            }
        )

    def at(self, noise: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return pairs and errors at a noise, none below 0."""
        return (
            np.maximum(self.pairs - self.pairs_slope * noise, 0.0),
            np.maximum(self.errors - self.errors_slope * noise, 0.0),
        )


def single_photon_pairs(
    counts: PairCounts,
    *,
    transmitter_a: FourIntensityTransmitter,
    transmitter_b: FourIntensityTransmitter,
    log_term: float,
    errors_log_term: float,
) -> SinglePhotonPairs:
    r"""Bound the single-photon pairs behind the announcements.

    .. math::
        s_{11} &\ge \frac{S_+ - S_- - a'_1 b'_2 \mathcal{H}}{a_1 a'_1 (b_1 b'_2 - b'_1 b_2)} \\
        S_+ &= a'_1 b'_2 S_{xx} + a_1 b_2 a'_0 S_{oy} + a_1 b_2 b'_0 S_{yo} \\
        S_- &= a_1 b_2 S_{yy} + a_1 b_2 a'_0 b'_0 S_{oo} \\
        \mathcal{H} &= a_0 S_{ox} + b_0 S_{xo} - a_0 b_0 S_{oo} \\
        a_1 b_1 e_{11} s_{11} &\le T_{xx} - \mathcal{H} / 2

    :math:`a_k, a'_k` are the Poissonian weights of the first transmitter's x and y,
    :math:`b_k, b'_k` of the second's; the transmitters change places where the first has the
    smaller ratio of y to x.

    Parameters
    ----------
    counts
        Announced Bell states.
    transmitter_a, transmitter_b
        Who sent.
    log_term
        Natural logarithm of one over the probability that one bound fails.
    errors_log_term
        The same of the bound on :math:`T_{xx}`.

    Returns
    -------
    SinglePhotonPairs
        Not yet at the worst noise.

    Notes
    -----
    :math:`S_+`, :math:`S_-` and the positive part of :math:`\mathcal{H}` are bounded jointly:
    counts that appear in a sum are added before they fluctuate.

    References
    ----------
    .. [1] Y.-H. Zhou, Z.-W. Yu and X.-B. Wang, "Making the decoy-state measurement-device-
       independent quantum key distribution practically useful", *Phys. Rev. A* 93, 042324 (2016).
    .. [2] Z.-W. Yu, Y.-H. Zhou and X.-B. Wang, *Phys. Rev. A* 91, 032318 (2015): joint bounds.
    """
    first, second, swap = transmitter_a, transmitter_b, False
    if (
        transmitter_a.intensity_y * transmitter_b.intensity_x
        < transmitter_b.intensity_y * transmitter_a.intensity_x
    ):
        first, second, swap = transmitter_b, transmitter_a, True
    (a0, a1, _), (c0, c1, _) = (_poisson(first.intensity(k)) for k in "xy")
    (b0, b1, b2), (d0, d1, d2) = (_poisson(second.intensity(k)) for k in "xy")

    def bound(weights: dict[str, float], side: int) -> FloatArray:
        pairs = {pair[::-1] if swap else pair: weight for pair, weight in weights.items()}
        each = [w / _sent(pair, transmitter_a, transmitter_b) for pair, w in pairs.items()]
        seen = np.array([counts.of(pair) for pair in pairs])
        return joint_bounds(each, counts=seen, log_term=log_term)[side]

    low, high = 0, 1
    plus = bound({"xx": c1 * d2, "oy": a1 * b2 * c0, "yo": a1 * b2 * d0}, low)
    minus = bound({"yy": a1 * b2, "oo": a1 * b2 * c0 * d0}, high)
    noise, dark = {"ox": a0, "xo": b0}, {"oo": a0 * b0}
    _, check_errors = chernoff(counts.check_errors, log_term=errors_log_term)
    scale = a1 * c1 * (b1 * d2 - d1 * b2)
    key = math.prod(s.p_z * _poisson(s.intensity_z)[1] for s in (transmitter_a, transmitter_b))
    return SinglePhotonPairs(
        pairs=key / scale * (plus - minus),
        pairs_slope=np.full_like(plus, key / scale * c1 * d2),
        errors=key / (a1 * b1) * check_errors / _sent("xx", transmitter_a, transmitter_b),
        errors_slope=np.full_like(plus, 0.5 * key / (a1 * b1)),
        noise_low=np.maximum(bound(noise, low) - bound(dark, high), 0.0),
        noise_high=bound(noise, high) - bound(dark, low),
    )


def joint_bounds(
    weights: npt.ArrayLike, *, counts: FloatArray, log_term: float
) -> tuple[FloatArray, FloatArray]:
    r"""Bounds on a weighted sum of expectations, tighter than the sum of the bounds.

    .. math:: \sum_i w_i \langle n_i \rangle = \sum_j (w_{(j)} - w_{(j-1)})
              \Big\langle \sum_{i \ge j} n_{(i)} \Big\rangle

    Summation by parts; derived here, after the reference.

    Parameters
    ----------
    weights
        :math:`w_i`, not negative, shape (k,).
    counts
        :math:`n_i`, independent, shape (k, blocks).
    log_term
        Natural logarithm of one over the probability that one of the k bounds fails.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Lower and upper bound, shape (blocks,).

    References
    ----------
    .. [1] Z.-W. Yu, Y.-H. Zhou and X.-B. Wang, *Phys. Rev. A* 91, 032318 (2015): joint bounds.
    """
    w = np.asarray(weights, dtype=np.float64)
    order = np.argsort(w)
    steps = np.diff(w[order], prepend=0.0)[:, np.newaxis]
    sums = np.cumsum(counts[order[::-1]], axis=0)[::-1]
    lower, upper = chernoff(sums, log_term=log_term)
    return (steps * np.maximum(lower, 0.0)).sum(axis=0), (steps * upper).sum(axis=0)


def _poisson(mean: float) -> tuple[float, float, float]:
    empty = math.exp(-mean)
    return empty, empty * mean, 0.5 * empty * mean**2


def _sent(
    pair: str, transmitter_a: FourIntensityTransmitter, transmitter_b: FourIntensityTransmitter
) -> float:
    return transmitter_a.probability(pair[0]) * transmitter_b.probability(pair[1])
