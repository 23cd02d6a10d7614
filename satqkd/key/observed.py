"""How far a count may fall from its known expectation."""

from __future__ import annotations

import numpy as np

from satqkd.units import FloatArray


def observed_bounds(expected: FloatArray, *, log_term: float) -> tuple[FloatArray, FloatArray]:
    r"""Bounds on the count of independent events whose expectation is known.

    .. math:: E - \sqrt{2 \beta E}, \qquad
              E + \tfrac{\beta}{2} + \sqrt{2 \beta E + \tfrac{\beta^2}{4}}

    Parameters
    ----------
    expected
        Expectation :math:`E`, or a bound on it from the side that is asked for.
    log_term
        :math:`\beta`, the natural logarithm of one over the probability that a bound fails.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Lower bound, not below 0, and upper bound.

    References
    ----------
    .. [1] H.-L. Yin et al., "Tight security bounds for decoy-state quantum key distribution",
       *Sci. Rep.* 10, 14312 (2020), eqs. 3 and 4 (recalled); the multiplicative Chernoff bound
       of Z. Zhang et al., *Phys. Rev. A* 95, 012333 (2017), loosened into a closed form.
    """
    lower = expected - np.sqrt(2.0 * log_term * expected)
    upper = expected + 0.5 * log_term + np.sqrt(2.0 * log_term * expected + 0.25 * log_term**2)
    return np.maximum(lower, 0.0), upper
