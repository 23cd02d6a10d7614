"""Thin cloud that light still gets through."""

from __future__ import annotations

import math
from typing import Final

from satqkd.units import FloatArray

DECIBEL: Final = 10.0 / math.log(10.0)
"""Decibels of an optical depth of 1. [dB]"""


def cloud_loss_db(airmass: FloatArray, *, optical_depth: float) -> FloatArray:
    """Loss in an even sheet of thin cloud.

    Parameters
    ----------
    airmass
        Airmass along the path.
    optical_depth
        Of the cloud at the zenith: hardly visible cirrus has 0.03 to 0.3 (K. Sassen and
        B. S. Cho, *J. Appl. Meteorol.* 31, 1275 (1992)). Cloud is grey: the same at every
        wavelength.

    Returns
    -------
    FloatArray
        Loss, shaped like ``airmass``. [dB]

    Notes
    -----
    Light scattered forward, which a telescope of narrow field does not receive, is all lost. A
    depth above 3 or so is not thin; such a sky is no link.

    Examples
    --------
    >>> import numpy as np
    >>> cloud_loss_db(np.array([1.0, 2.0]), optical_depth=0.1).round(2).tolist()
    [0.43, 0.87]
    """
    return airmass * (DECIBEL * optical_depth)
