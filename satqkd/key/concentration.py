"""How far an observed count may lie from its expectation.

Each bound is a function of counts and ``log_term``, the natural logarithm of one over the
probability that it fails, giving a lower and an upper bound on the expectation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

import numpy as np

from satqkd.units import FloatArray


class Interval(Protocol):
    """A lower and an upper bound on expectations."""

    def __call__(self, counts: FloatArray, *, log_term: float) -> tuple[FloatArray, FloatArray]:
        """Return the bounds, each shaped like ``counts``; intensities lie along axis 0."""
        ...


def hoeffding(counts: FloatArray, *, log_term: float) -> tuple[FloatArray, FloatArray]:
    r"""Bounds that treat each click of the block as a toss for its intensity.

    .. math:: n_k \pm \sqrt{\tfrac{1}{2}\, n \ln(1/\epsilon)}, \qquad n = \sum_k n_k

    References
    ----------
    .. [1] C. C. W. Lim et al., *Phys. Rev. A* 89, 022307 (2014), after eq. 2.
    """
    reach = np.sqrt(0.5 * log_term * counts.sum(axis=0))
    return counts - reach, counts + reach


def chernoff(counts: FloatArray, *, log_term: float) -> tuple[FloatArray, FloatArray]:
    r"""Bounds that are tighter for intensities with few clicks.

    .. math:: n_k - \tfrac{\beta}{2} - \sqrt{2\beta n_k + \tfrac{\beta^2}{4}}, \qquad
              n_k + \beta + \sqrt{2\beta n_k + \beta^2}, \qquad \beta = \ln(1/\epsilon)

    References
    ----------
    .. [1] H.-L. Yin et al., "Tight security bounds for decoy-state quantum key distribution",
       *Sci. Rep.* 10, 14312 (2020), eqs. 5 and 6.
    """
    upper = 2.0 * log_term * counts
    lower = np.sqrt(upper + 0.25 * log_term**2)
    np.subtract(counts, lower, out=lower)
    lower -= 0.5 * log_term
    upper += log_term**2
    np.sqrt(upper, out=upper)
    upper += counts
    upper += log_term
    return lower, upper


INTERVALS: Final[Mapping[str, Interval]] = {"hoeffding": hoeffding, "chernoff": chernoff}
"""Bounds by the name they have in a mission file."""
