"""Decoy analysis with two intensities."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.key.bb84.events import Events
from satqkd.key.statistics.concentration import Interval
from satqkd.key.statistics.mixture import Mixture, by_intensity, mixture
from satqkd.key.statistics.secrecy import Composition
from satqkd.units import FloatArray

COMPOSITION: Final = Composition(classical=11, published_parts=19, published_logs=6)
"""In either basis 2 bounds on clicks, 2 on errors, 1 on empty pulses; 1 more on errors. 19 parts:
Rusca et al. 2018, appendix."""


def one_decoy_events(counts: Counts, *, interval: Interval, log_term: float) -> Events:
    r"""Bound the events of a signal and one decoy, :math:`\mu_1 > \mu_2 > 0`.

    .. math::
        s_0 &\ge \tau_0 \frac{\mu_1 n^-_2 - \mu_2 n^+_1}{\mu_1 - \mu_2}, \qquad
        s_0 \le \min_k 2\left(\tau_0 m^+_k + \sqrt{\tfrac{1}{2} n \ln(1/\epsilon)}\right) \\
        s_1 &\ge \frac{\tau_1 \mu_1}{\mu_2 (\mu_1 - \mu_2)} \left[ n^-_2
                 - \frac{\mu_2^2}{\mu_1^2} n^+_1
                 - \frac{\mu_1^2 - \mu_2^2}{\mu_1^2} \frac{s_0^u}{\tau_0} \right] \\
        v_1 &\le \tau_1 \frac{m^+_1 - m^-_2}{\mu_1 - \mu_2}

    with :math:`n^\pm_k = e^{\mu_k} (n_k \pm \delta) / p_k` and likewise :math:`m^\pm_k` from
    the errors.

    Parameters
    ----------
    counts
        Clicks and errors of two intensities.
    interval
        What sets :math:`\delta`.
    log_term
        Natural logarithm of one over the failure probability of each use of ``interval``.

    Returns
    -------
    Events
        Bounds of every block.

    Notes
    -----
    Half of the clicks of empty pulses are wrong, so errors limit their number. The root in
    that limit is the scatter of a fair coin, for which Hoeffding's bound is the right one
    whatever ``interval`` is.

    References
    ----------
    .. [1] D. Rusca, A. Boaron, F. Grünenfelder, A. Martin and H. Zbinden, "Finite-key analysis
       for the 1-decoy state QKD protocol", *Appl. Phys. Lett.* 112, 171104 (2018), appendix A.
    """
    mix = mixture(counts)
    key_errors = by_intensity(counts.key_errors)
    errors = by_intensity(counts.check_errors)
    _, key_upper = interval(key_errors, log_term=log_term)
    lower, upper = interval(errors, log_term=log_term)
    vacuum, single = _photon_numbers(
        by_intensity(counts.key_clicks), key_upper, mix, interval, log_term
    )
    _, check = _photon_numbers(by_intensity(counts.check_clicks), upper, mix, interval, log_term)
    mu1, mu2 = mix.intensities
    w1, w2 = mix.weights
    wrong = mix.single / (mu1 - mu2) * (w1 * upper[0] - w2 * lower[1])
    return Events(
        vacuum=vacuum,
        single_photons=single,
        check_single_photons=check,
        check_single_photon_errors=np.minimum(np.maximum(wrong, 0.0), errors.sum(axis=0)),
    )


def _photon_numbers(
    clicks: FloatArray,
    errors_upper: FloatArray,
    mix: Mixture,
    interval: Interval,
    log_term: float,
) -> tuple[FloatArray, FloatArray]:
    lower, upper = interval(clicks, log_term=log_term)
    mu1, mu2 = mix.intensities
    w1, w2 = mix.weights
    empty = np.maximum((mu1 * w2 * lower[1] - mu2 * w1 * upper[0]) / (mu1 - mu2), 0.0)
    scatter = np.sqrt(0.5 * log_term * clicks.sum(axis=0))
    wrong = np.minimum(w1 * errors_upper[0], w2 * errors_upper[1])
    most_empty = 2.0 * (wrong + scatter / mix.vacuum)
    ratio = (mu2 / mu1) ** 2
    single = w2 * lower[1] - ratio * w1 * upper[0] - (1.0 - ratio) * most_empty
    single *= mix.single * mu1 / (mu2 * (mu1 - mu2))
    return mix.vacuum * empty, np.maximum(single, 0.0)
