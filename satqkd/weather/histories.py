"""Histories of clear and cloudy sky, drawn so that neighbouring passes share their fate."""

from __future__ import annotations

import numpy as np

from satqkd.units import BoolArray, FloatArray

STEPS_A_MEMORY = 24
"""Grid points of a history in the time its memory lasts: a pass takes the state of the nearest, no
more than a fiftieth of the memory away."""


def moods(
    rng: np.random.Generator, seconds: FloatArray, *, memory_s: float, histories: int
) -> FloatArray:
    r"""Standard normal numbers that fade into each other with time.

    .. math:: \langle z(t)\,z(t')\rangle = e^{-|t - t'| / \tau}

    Parameters
    ----------
    rng
        Where chance comes from; histories depend on it and on the memory alone, not on the
        instants asked for.
    seconds
        Instants, shape (n,), from 0. [s]
    memory_s
        Correlation time :math:`\tau`. [s]
    histories
        How many histories.

    Returns
    -------
    FloatArray
        Shape (histories, n).

    References
    ----------
    .. [1] G. E. Uhlenbeck and L. S. Ornstein, *Phys. Rev.* 36, 823 (1930): the stationary
       Gaussian process with this correlation, here on a grid, where it is autoregressive.
    """
    if seconds.size == 0:
        return np.zeros((histories, 0))
    step_s = memory_s / STEPS_A_MEMORY
    place = np.rint(np.asarray(seconds) / step_s).astype(np.int64)
    keep = np.exp(-1.0 / STEPS_A_MEMORY)
    mood = rng.standard_normal((int(place.max()) + 1, histories))
    mood[1:] *= np.sqrt(1.0 - keep**2)
    for step in range(1, len(mood)):
        mood[step] += keep * mood[step - 1]
    return np.asarray(mood[place].T)


def clear_skies(mood: FloatArray, probability: FloatArray) -> BoolArray:
    """Whether the sky is clear: as often as ``probability`` says, and together as moods are.

    Parameters
    ----------
    mood
        Standard normal numbers, shape (histories, n).
    probability
        Of a clear sky, broadcastable to that.

    Notes
    -----
    A Gaussian copula: how clear spells group follows from the correlation of the moods.
    """
    from scipy.special import ndtr  # noqa: PLC0415 -- only histories pay for the import

    return np.asarray(ndtr(mood) < probability)
