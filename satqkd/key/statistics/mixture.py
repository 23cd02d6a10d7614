"""What photon numbers a source of several intensities sends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mixture:
    """Intensities with their Poissonian weights; arrays of shape (k, 1) or (k, blocks)."""

    intensities: FloatArray
    """Mean photon numbers :math:`\\mu_k`."""
    weights: FloatArray
    """:math:`e^{\\mu_k} / p_k`, which undoes the sending probabilities."""
    vacuum: FloatArray
    """Probability that a pulse is empty :math:`\\tau_0`, shape (1,) or (blocks,)."""
    single: FloatArray
    """Probability that a pulse holds one photon :math:`\\tau_1`, shape (1,) or (blocks,)."""


def mixture(counts: Counts) -> Mixture:
    r"""Return the mixture behind ``counts``.

    .. math:: \tau_n = \sum_k p_k e^{-\mu_k} \mu_k^n / n!

    References
    ----------
    .. [1] C. C. W. Lim et al., *Phys. Rev. A* 89, 022307 (2014).
    """
    mu = np.atleast_2d(counts.intensities).T
    p = np.atleast_2d(counts.probabilities).T
    empty = p * np.exp(-mu)
    return Mixture(
        intensities=mu,
        weights=1.0 / empty,
        vacuum=empty.sum(axis=0),
        single=(empty * mu).sum(axis=0),
    )


def by_intensity(values: FloatArray) -> FloatArray:
    """Turn (blocks, k) into a contiguous (k, blocks)."""
    return np.ascontiguousarray(values.T)


def over_intensities(values: FloatArray) -> FloatArray:
    """Sum (blocks, k) over the intensities; numpy sums short rows one by one, long columns fast."""
    return np.asarray(by_intensity(values).sum(axis=0))
