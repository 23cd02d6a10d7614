"""After which dates of UTC a leap second comes."""

from __future__ import annotations

from functools import cache

import astropy_iers_data
import numpy as np

from satqkd.units import IntArray


@cache
def leap_mjd() -> IntArray:
    """Dates, as modified Julian dates, that begin with the end of a leap second. [d]

    References
    ----------
    .. [1] IERS, ``Leap_Second.dat``, as the ``astropy-iers-data`` package ships it. Its first
       row is the beginning of today's UTC in 1972, at which no second was put in.
    """
    table = np.loadtxt(astropy_iers_data.IERS_LEAP_SECOND_FILE, usecols=(0, 4))
    return np.asarray(table[1:, 0][np.diff(table[:, 1]) > 0.0], dtype=np.int64)
