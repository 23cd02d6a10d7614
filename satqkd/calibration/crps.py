"""How well a distribution foresaw a number, and how well a share is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from scipy.special import betaincinv

from satqkd.units import FloatArray

CONFIDENCE: Final = 0.95
"""Of the interval of a share; a convention."""

QUANTILES: Final[Mapping[float, float]] = {0.1: 0.3, 0.5: 0.4, 0.9: 0.3}
"""The levels that tables of forecasts hold, and the part of all levels that each stands for: as
far as half way to the next."""


def crps_of_members(members: FloatArray, flown: float) -> float:
    """Continuous ranked probability score of an ensemble, in the unit of its members.

    The integral of the squared difference between the ensemble's distribution function, a
    staircase, and the step at what was flown: exact, E|X - y| - E|X - X'|/2 [1]_. Of one member it
    is the absolute error.

    Parameters
    ----------
    members
        Realisations, all as likely, shape (n,).
    flown
        What came of it.

    .. [1] T. Gneiting, A. E. Raftery, *J. Am. Stat. Assoc.* 102, 359 (2007), eq. 21.

    Examples
    --------
    >>> crps_of_members(np.array([1.0, 3.0]), 2.0)
    0.5
    """
    ordered = np.sort(members)
    count = ordered.size
    weight = 2.0 * np.arange(count) - (count - 1)
    spread = float((weight / count) @ (ordered / count))
    return float(np.abs(ordered - flown).mean()) - spread


def crps_of_quantiles(p10: float, p50: float, p90: float, flown: float) -> float:
    """Approximate the same score from three quantiles, where nothing else was kept.

    The score is twice the mean pinball loss over all levels [1]_; each of the three stands for the
    levels nearest to it (:data:`QUANTILES`). Of a normal distribution it is a third too small where
    just the median is flown, within 11 % from half a standard deviation on, and 7 % too small in
    the mean: not to be compared with :func:`crps_of_members` of other contacts.

    .. [1] F. Laio, S. Tamea, *Hydrol. Earth Syst. Sci.* 11, 1267 (2007).

    Examples
    --------
    >>> round(crps_of_quantiles(4.0, 5.0, 6.0, 5.0), 9)
    0.12
    """
    total = 0.0
    for (level, weight), quantile in zip(QUANTILES.items(), (p10, p50, p90), strict=True):
        below = flown - quantile
        total += 2.0 * weight * max(level * below, (level - 1.0) * below)
    return total


def share_interval(inside: int, count: int) -> tuple[float, float]:
    """Interval that holds a share with 95 % confidence, from so many of so many [1]_.

    .. [1] C. J. Clopper, E. S. Pearson, *Biometrika* 26, 404 (1934).

    Examples
    --------
    >>> low, high = share_interval(8, 10)
    >>> round(low, 4), round(high, 4)
    (0.4439, 0.9748)
    """
    tail = 0.5 * (1.0 - CONFIDENCE)
    outside = count - inside
    low = 0.0 if inside == 0 else float(betaincinv(inside, outside + 1, tail))
    high = 1.0 if outside == 0 else float(betaincinv(inside + 1, outside, 1.0 - tail))
    return low, high
