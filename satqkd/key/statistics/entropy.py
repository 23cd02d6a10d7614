"""Binary entropy."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray

_SMALLEST: Final = float(np.finfo(np.float64).tiny)
_BELOW_ONE: Final = 1.0 - float(np.finfo(np.float64).epsneg)


def binary_entropy(probability: npt.ArrayLike) -> FloatArray:
    r"""Binary entropy: Shannon's information of one biased bit.

    .. math:: h(x) = -x \log_2 x - (1-x) \log_2 (1-x)

    Parameters
    ----------
    probability
        :math:`x`, 0…1, any shape.

    Returns
    -------
    FloatArray
        0…1, and 0 at both ends. [bit]

    References
    ----------
    .. [1] C. E. Shannon, "A mathematical theory of communication", *Bell Syst. Tech. J.* 27, 379
       (1948) (recalled).

    Examples
    --------
    >>> [float(bits) for bits in binary_entropy([0.0, 0.5, 1.0])]
    [0.0, 1.0, 0.0]
    """
    x = np.asarray(probability, dtype=np.float64)
    nats = x * np.log(np.maximum(x, _SMALLEST))
    nats += (1.0 - x) * np.log1p(-np.minimum(x, _BELOW_ONE))
    return np.asarray(np.abs(nats) / np.log(2.0))
