"""Realisations of clear and cloudy sky, correlated from pass to pass."""

from __future__ import annotations

import numpy as np

from satqkd.units import BoolArray, FloatArray
from satqkd.weather.normal import chance_below

STEPS_A_MEMORY = 24
"""Grid points of a realisation in one correlation time: a pass takes the state of the nearest, no
more than a fiftieth of the correlation time away."""


def gauss_markov(
    rng: np.random.Generator, seconds: FloatArray, *, memory_s: float, realisations: int
) -> FloatArray:
    r"""Draw realisations of the stationary Gauss–Markov process of mean 0 and variance 1.

    .. math:: \langle z(t)\,z(t')\rangle = e^{-|t - t'| / \tau}

    Parameters
    ----------
    rng
        Random generator; realisations depend on it and on the correlation time alone, not on the
        instants.
    seconds
        Instants, shape (n,), from 0. [s]
    memory_s
        Correlation time :math:`\tau`. [s]
    realisations
        How many.

    Returns
    -------
    FloatArray
        Shape (realisations, n).

    References
    ----------
    .. [1] G. E. Uhlenbeck and L. S. Ornstein, *Phys. Rev.* 36, 823 (1930): the stationary
       Gaussian process with this correlation, here on a grid, where it is autoregressive.
    """
    if seconds.size == 0:
        return np.zeros((realisations, 0))
    step_s = memory_s / STEPS_A_MEMORY
    place = np.rint(np.asarray(seconds) / step_s).astype(np.int64)
    keep = np.exp(-1.0 / STEPS_A_MEMORY)
    path = rng.standard_normal((int(place.max()) + 1, realisations))
    path[1:] *= np.sqrt(1.0 - keep**2)
    for step in range(1, len(path)):
        path[step] += keep * path[step - 1]
    return np.asarray(path[place].T)


def clear_skies(normal: FloatArray, probability: FloatArray) -> BoolArray:
    """Whether the sky is clear: with ``probability``, correlated as the normal numbers are.

    Parameters
    ----------
    normal
        Standard normal numbers, shape (realisations, n), see :func:`gauss_markov`.
    probability
        Of a clear sky, broadcastable to that.

    Notes
    -----
    A Gaussian copula: how clear instants group follows from the correlation of the normal numbers.
    """
    return np.asarray(chance_below(normal) < probability)
