"""Decibels, shares, and the array types everything else is written in."""

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


def share_of(part: FloatArray, whole: FloatArray, *, otherwise: float = 0.0) -> FloatArray:
    """Part over whole; ``otherwise`` where there is no whole.

    Parameters
    ----------
    part, whole
        Of one shape, none negative.
    otherwise
        The answer where ``whole`` is 0.

    Examples
    --------
    >>> share_of(np.array([1.0, 0.0]), np.array([4.0, 0.0]), otherwise=0.5)
    array([0.25, 0.5 ])
    """
    shape = np.broadcast_shapes(np.shape(part), np.shape(whole))
    share = np.full(shape, otherwise)
    np.divide(part, whole, out=share, where=np.asarray(whole) > 0.0)
    return share
