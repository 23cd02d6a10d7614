"""Analysis without decoys: every pulse of several photons counts as known to an eavesdropper."""

from __future__ import annotations

from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.photon_numbers import poissonian_multi_photon
from satqkd.key.bb84.events import Events
from satqkd.key.statistics.concentration import Interval, exact_chernoff_observed
from satqkd.key.statistics.mixture import over_intensities
from satqkd.key.statistics.secrecy import Composition
from satqkd.units import FloatArray

COMPOSITION: Final = Composition(classical=2, published_parts=21, published_logs=6)
"""Pulses of several photons in either basis; as published as many parts as two decoys need."""


def no_decoy_events(
    counts: Counts,
    *,
    interval: Interval,  # noqa: ARG001 -- nothing observed is turned into an expectation
    log_term: float,
) -> Events:
    r"""Bound the events of one intensity, all pulses of several photons tagged.

    .. math:: s \ge n - O^+(N p_m), \qquad e_s \le \frac{m}{s}

    Parameters
    ----------
    counts
        Clicks, errors and pulses of one intensity. Where it is not given how many pulses
        :math:`N` had both sides in one basis, all of them count.
    interval
        Not used.
    log_term
        Natural logarithm of one over the probability that more pulses hold several photons than
        :math:`O^+`.

    Returns
    -------
    Events
        Bounds of every block. Clicks of empty pulses count as those of single photons.

    Notes
    -----
    An eavesdropper may let every pulse of several photons through and know its bit. What is left
    carries all of the errors.

    References
    ----------
    .. [1] D. Gottesman, H.-K. Lo, N. Lütkenhaus and J. Preskill, *Quantum Inf. Comput.* 4, 325
       (2004).
    .. [2] E. Waks, C. Santori and Y. Yamamoto, *Phys. Rev. A* 66, 042315 (2002).
    """
    several = multi_photon_probability(counts)
    check_errors = over_intensities(counts.check_errors)
    key = _untagged(counts.key_clicks, counts.key_pulses, counts, several, log_term)
    check = _untagged(counts.check_clicks, counts.check_pulses, counts, several, log_term)
    return Events(
        vacuum=np.zeros_like(key),
        single_photons=key,
        check_single_photons=check,
        check_single_photon_errors=check_errors,
    )


def multi_photon_probability(counts: Counts) -> FloatArray:
    r"""Probability that a pulse of a block holds several photons, shape (1,) or (blocks,).

    Laser light has :math:`1 - (1+\mu) e^{-\mu}`, written so that its digits survive small
    :math:`\mu`.

    By definition of the Poisson distribution.
    """
    mu = np.atleast_2d(counts.intensities)
    p = np.atleast_2d(counts.probabilities)
    if counts.multi_photon is not None:
        return np.asarray((p * np.atleast_2d(counts.multi_photon)).sum(axis=-1))
    return np.asarray((p * poissonian_multi_photon(mu)).sum(axis=-1))


def _untagged(
    clicks: FloatArray,
    pulses: FloatArray | None,
    counts: Counts,
    several: FloatArray,
    log_term: float,
) -> FloatArray:
    sent = counts.pulses if pulses is None else pulses
    _, tagged = exact_chernoff_observed(sent * several, log_term=log_term)
    return np.maximum(over_intensities(clicks) - tagged, 0.0)
