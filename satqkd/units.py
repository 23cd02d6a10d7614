"""Decibels, and the array types everything else is written in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def loss_db(transmittance: npt.ArrayLike) -> FloatArray:
    """Loss of a transmittance in decibels, positive when light is lost.

    Parameters
    ----------
    transmittance
        Power ratio out over in, any shape, above 0.

    Returns
    -------
    FloatArray
        Loss, same shape. [dB]

    Examples
    --------
    >>> float(loss_db(0.01))
    20.0
    """
    return np.asarray(-10.0 * np.log10(transmittance), dtype=np.float64)


def transmittance(loss: npt.ArrayLike) -> FloatArray:
    """Transmittance of a loss in decibels.

    Parameters
    ----------
    loss
        Loss, positive when light is lost, any shape. [dB]

    Returns
    -------
    FloatArray
        Power ratio out over in, same shape.

    Examples
    --------
    >>> float(transmittance(20.0))
    0.01
    """
    return np.asarray(10.0 ** (-0.1 * np.asarray(loss, dtype=np.float64)), dtype=np.float64)
