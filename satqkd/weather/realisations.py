"""Realisations of clear and cloudy sky, correlated from pass to pass."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from satqkd.units import BoolArray, FloatArray, IntArray
from satqkd.weather.normal import chance_below

STEPS_A_MEMORY = 24
"""Grid points of a realisation in one correlation time: a pass takes the state of the nearest, no
more than a fiftieth of the correlation time away."""
NUMBERS_AT_ONCE = 1 << 16
"""Numerical: random numbers drawn together, half a megabyte, so that they stay in the cache."""


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

    Notes
    -----
    Takes the memory of what it returns, however long the process is followed.

    References
    ----------
    .. [1] G. E. Uhlenbeck and L. S. Ornstein, *Phys. Rev.* 36, 823 (1930): the stationary
       Gaussian process with this correlation, here on a grid, where it is autoregressive.
    """
    if seconds.size == 0:
        return np.zeros((realisations, 0))
    steps, place = np.unique(nearest_steps(seconds, memory_s), return_inverse=True)
    found = np.empty((steps.size, realisations))
    begin = 0
    for first, path in walked(rng, int(steps[-1]) + 1, realisations=realisations):
        end = int(np.searchsorted(steps, first + len(path)))
        found[begin:end] = path[steps[begin:end] - first]
        begin = end
    return np.asarray(found[place].T)


def nearest_steps(seconds: FloatArray, memory_s: float) -> IntArray:
    """Point of the grid that lies nearest to each instant, shape (n,)."""
    return np.rint(np.asarray(seconds) / (memory_s / STEPS_A_MEMORY)).astype(np.int64)


def walked(
    rng: np.random.Generator, steps: int, *, realisations: int
) -> Iterator[tuple[int, FloatArray]]:
    """Follow a Gauss–Markov process along the first points of its grid, some at a time.

    Yields
    ------
    tuple
        The next point, and the process from there on, shape (points, realisations): the same
        numbers however many points follow.
    """
    keep = np.exp(-1.0 / STEPS_A_MEMORY)
    at_once = max(1, NUMBERS_AT_ONCE // realisations)
    last: FloatArray | None = None
    kept = np.empty(realisations)
    for first in range(0, steps, at_once):
        path = rng.standard_normal((min(at_once, steps - first), realisations))
        fresh = path if last is not None else path[1:]
        fresh *= np.sqrt(1.0 - keep**2)
        if last is not None:
            path[0] += np.multiply(last, keep, out=kept)
        for step in range(1, len(path)):
            path[step] += np.multiply(path[step - 1], keep, out=kept)
        last = path[-1].copy()
        yield first, path


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
