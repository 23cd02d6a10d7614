"""Decoy analysis with three intensities."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.key.bb84.events import Events
from satqkd.key.statistics.concentration import Interval
from satqkd.key.statistics.mixture import Mixture, by_intensity, mixture
from satqkd.key.statistics.secrecy import Composition
from satqkd.units import FloatArray

COMPOSITION: Final = Composition(classical=12, published_parts=21, published_logs=6)
"""In either basis 5 bounds on clicks; 2 on errors. 21 parts and 6 logarithms: Lim et al. 2014,
appendix B."""


def two_decoy_events(counts: Counts, *, interval: Interval, log_term: float) -> Events:
    r"""Bound the events of a signal and two decoys, :math:`\mu_1 > \mu_2 + \mu_3`.

    .. math::
        s_0 &\ge \tau_0 \frac{\mu_2 n^-_3 - \mu_3 n^+_2}{\mu_2 - \mu_3} \\
        s_1 &\ge \frac{\tau_1 \mu_1 \left[ n^-_2 - n^+_3 - \frac{\mu_2^2 - \mu_3^2}{\mu_1^2}
                 \left( n^+_1 - s_0/\tau_0 \right) \right]}
                 {\mu_1 (\mu_2 - \mu_3) - \mu_2^2 + \mu_3^2} \\
        v_1 &\le \tau_1 \frac{m^+_2 - m^-_3}{\mu_2 - \mu_3}

    with :math:`n^\pm_k = e^{\mu_k} (n_k \pm \delta) / p_k` from the clicks and likewise
    :math:`m^\pm_k` from the errors of that very intensity.

    Parameters
    ----------
    counts
        Clicks and errors of three intensities.
    interval
        What sets :math:`\delta`.
    log_term
        Natural logarithm of one over the failure probability of each use of ``interval``.

    Returns
    -------
    Events
        Bounds of every block. The :math:`m^-, n^-` inside are left as printed, also below 0;
        what comes out is not.

    References
    ----------
    .. [1] C. C. W. Lim, M. Curty, N. Walenta, F. Xu and H. Zbinden, "Concise security bounds
       for practical decoy-state quantum key distribution", *Phys. Rev. A* 89, 022307 (2014),
       eqs. 2-4.
    """
    mix = mixture(counts)
    vacuum, single = _photon_numbers(by_intensity(counts.key_clicks), mix, interval, log_term)
    _, check = _photon_numbers(by_intensity(counts.check_clicks), mix, interval, log_term)
    errors = by_intensity(counts.check_errors)
    lower, upper = interval(errors, log_term=log_term)
    _, mu2, mu3 = mix.intensities
    _, w2, w3 = mix.weights
    wrong = mix.single / (mu2 - mu3) * (w2 * upper[1] - w3 * lower[2])
    return Events(
        vacuum=vacuum,
        single_photons=single,
        check_single_photons=check,
        check_single_photon_errors=np.minimum(np.maximum(wrong, 0.0), errors.sum(axis=0)),
    )


def _photon_numbers(
    clicks: FloatArray, mix: Mixture, interval: Interval, log_term: float
) -> tuple[FloatArray, FloatArray]:
    lower, upper = interval(clicks, log_term=log_term)
    mu1, mu2, mu3 = mix.intensities
    w1, w2, w3 = mix.weights
    empty = np.maximum((mu2 * w3 * lower[2] - mu3 * w2 * upper[1]) / (mu2 - mu3), 0.0)
    squares = mu2**2 - mu3**2
    single = w2 * lower[1] - w3 * upper[2] - squares / mu1**2 * (w1 * upper[0] - empty)
    single *= mix.single * mu1 / (mu1 * (mu2 - mu3) - squares)
    return mix.vacuum * empty, np.maximum(single, 0.0)
