"""Bounds on single photons from the decoys of a twin-field session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.clicks.twin_field_counts import EMPTY, WEAK, TwinFieldCounts
from satqkd.key.statistics.concentration import Interval
from satqkd.units import FloatArray

_Y = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwinFieldSinglePhotons:
    """Bounds on single photons: arrays of shape (blocks,)."""

    yield_a: FloatArray
    """Lower bound on the probability that a photon of the first transmitter clicks."""
    yield_b: FloatArray
    """The same of the second transmitter."""
    phase_error: FloatArray
    """Upper bound on the phase error fraction of their clicks, at most 0.5."""


def twin_field_single_photons(
    counts: TwinFieldCounts,
    *,
    interval: Interval | None,
    log_term: float,
    errors_log_term: float,
) -> TwinFieldSinglePhotons:
    r"""Bound yields and phase errors of single photons from three intensities.

    .. math::
        s_{10} &\ge \frac{\mu_y^2 e^{\mu_x} S_{x0} - \mu_x^2 e^{\mu_y} S_{y0}
                    - (\mu_y^2 - \mu_x^2) S_{00}}{\mu_x \mu_y (\mu_y - \mu_x)}, \qquad
        s_1 = \tfrac{1}{2} (s_{10} + s_{01}) \\
        e_1 &\le \frac{T_{xx} - e^{-2\mu_x} S_{00} / 2}{2 \mu_x e^{-2\mu_x} s_1}

    Each :math:`S` is a bound on the expectation of clicks per pair sent, :math:`T_{xx}` on that of
    clicks in the wrong port within the phase slice.

    Parameters
    ----------
    counts
        Clicks of all intensities.
    interval
        Bounds from counts to expectations; None takes the counts for the expectations.
    log_term
        Natural logarithm of one over the failure probability of each bound on clicks, of which
        there are 6.
    errors_log_term
        The same of the bound on errors :math:`T_{xx}`.

    References
    ----------
    .. [1] Z.-W. Yu, X.-L. Hu, C. Jiang, H. Xu and X.-B. Wang, "Sending-or-not-sending twin-field
       quantum key distribution in practice", *Sci. Rep.* 9, 3080 (2019) (recalled).
    """
    empty_low, empty_high = _rate(counts, EMPTY, EMPTY, interval, log_term)
    yields = []
    for weak, strong in (((WEAK, EMPTY), (_Y, EMPTY)), ((EMPTY, WEAK), (EMPTY, _Y))):
        low, _ = _rate(counts, *weak, interval, log_term)
        _, high = _rate(counts, *strong, interval, log_term)
        yields.append(_single_photon_yield(counts, low, high, empty_high))
    _, wrong = _bounds(counts.slice_errors, counts.slice_pairs, interval, errors_log_term)
    mu = counts.intensities[WEAK]
    numerator = np.maximum(wrong * np.exp(2.0 * mu) - 0.5 * empty_low, 0.0)
    denominator = mu * (yields[0] + yields[1])
    error = np.divide(
        numerator, denominator, out=np.full_like(numerator, 0.5), where=denominator > 0.0
    )
    return TwinFieldSinglePhotons(
        yield_a=yields[0], yield_b=yields[1], phase_error=np.minimum(error, 0.5)
    )


def _single_photon_yield(
    counts: TwinFieldCounts, weak: FloatArray, strong: FloatArray, empty: FloatArray
) -> FloatArray:
    x, y = counts.intensities[WEAK], counts.intensities[_Y]
    bound = y**2 * np.exp(x) * weak - x**2 * np.exp(y) * strong - (y**2 - x**2) * empty
    return np.asarray(np.clip(bound / (x * y * (y - x)), 0.0, 1.0))


def _rate(
    counts: TwinFieldCounts, i: int, j: int, interval: Interval | None, log_term: float
) -> tuple[FloatArray, FloatArray]:
    pairs = counts.pulses * counts.probabilities[i] * counts.probabilities[j]
    return _bounds(counts.clicks[i, j], pairs, interval, log_term)


def _bounds(
    clicks: FloatArray, pairs: FloatArray, interval: Interval | None, log_term: float
) -> tuple[FloatArray, FloatArray]:
    """Bounds on the expectation per pair; 0 and 1 where nothing was sent."""
    low, high = (clicks, clicks) if interval is None else interval(clicks, log_term=log_term)
    sent = pairs > 0.0
    least = np.divide(np.maximum(low, 0.0), pairs, out=np.zeros_like(pairs), where=sent)
    most = np.divide(high, pairs, out=np.ones_like(pairs), where=sent)
    return least, np.minimum(most, 1.0)
