"""Nutation of the Earth's axis at many instants, from few that are worked out in full."""

from __future__ import annotations

import erfa
import numpy as np

from satqkd.elements.interpolation import interpolate
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray

GRID_S = 21_600.0
"""Spacing of the angles that are worked out in full. [s]"""

_DEGREE = 5
"""Of the polynomial through the six angles around an instant: at a spacing h it is off by up to
5/1024 h⁶ A ω⁶, 3e-9 arc second for the fortnightly term, the worst (A = 0.23 arc second, ω = 0.46
rad a day)."""


def nutation_rad(timebase: Timebase, seconds: FloatArray) -> FloatArray:
    """Nutation in longitude and in obliquity of IAU 2000A, shape (2, n). [rad]

    Parameters
    ----------
    timebase
        Gives Terrestrial Time.
    seconds
        Mission seconds, increasing, shape (n,). [s]

    Notes
    -----
    Within 1e-7 arc second of the full series, which moves the Moon's place by 0.2 mm.

    References
    ----------
    .. [1] P. M. Mathews, T. A. Herring and B. A. Buffett, *J. Geophys. Res.* 107 (2002), B4,
       as ``nut00a`` of ERFA.
    """
    first = seconds[0] - 2.0 * GRID_S
    steps = int((seconds[-1] - first) / GRID_S) + 4
    grid_s = np.asarray(first + GRID_S * np.arange(steps), dtype=np.float64)
    angles = np.stack(erfa.nut00a(*timebase.tt_jd(grid_s)))
    value, _ = interpolate(grid_s, angles, np.empty(0), seconds, method="LAGRANGE", degree=_DEGREE)
    return value
