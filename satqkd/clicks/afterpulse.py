"""Clicks that an earlier click leaves behind."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray


def with_afterpulses(
    click: npt.ArrayLike, error: npt.ArrayLike, *, probability: float
) -> tuple[FloatArray, FloatArray]:
    r"""Click and error probability of a pulse, after-pulses included.

    .. math:: D = (1 + p_{ap})\, Q, \qquad
              E' = \min\left(E + \tfrac{1}{2} p_{ap} D, \tfrac{1}{2} D\right)

    Parameters
    ----------
    click, error
        Without after-pulses, :math:`Q` and :math:`E`.
    probability
        That a click is followed by another in a later gate :math:`p_{ap}`.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        :math:`D`, at most 1, and :math:`E'`, at most half of it.

    Notes
    -----
    An after-pulse is wrong half of the time, and is given to the intensity that caused it. The
    after-pulses of an after-pulse are in the errors only, as in the reference.

    References
    ----------
    .. [1] J. S. Sidhu et al., *npj Quantum Inf.* 8, 18 (2022); SatQuMA v2.0.0.

    Examples
    --------
    >>> click, error = with_afterpulses(0.01, 1e-4, probability=0.02)
    >>> f"{float(click):.4f} {float(error):.6f}"
    '0.0102 0.000202'
    """
    made = np.minimum((1.0 + probability) * np.asarray(click, dtype=np.float64), 1.0)
    wrong = np.asarray(error, dtype=np.float64) + 0.5 * probability * made
    return np.asarray(made), np.minimum(wrong, 0.5 * made)
