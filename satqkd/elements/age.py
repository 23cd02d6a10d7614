"""How old elements are when they are used, and what that does to the time of a pass."""

from __future__ import annotations

import warnings
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.constants import DAY_S
from satqkd.elements.satellite import ElementSet
from satqkd.errors import NonPhysicalError, StaleElementsWarning
from satqkd.units import FloatArray

EPOCH_ERROR_M: Final = 1_000.0
"""Error of an element set near its epoch: of order 1 km within a few days in low orbit, T. S.
Kelso, AAS 07-127 (2007), recalled. [m]"""

ALONG_TRACK_GROWTH_M_D2: Final = 200.0
"""Growth of the along-track error with age squared, set from ``data/tle/micius.tle``. [m/d²]"""

SPEED_M_S: Final = 7_600.0
"""Speed on a circular orbit 500 km up. [m/s]"""


def age_s(element_set: ElementSet, used_at: datetime) -> float:
    """Return the age of elements when they are used; negative before their epoch. [s]"""
    return (used_at - element_set.epoch).total_seconds()


def timing_uncertainty_s(age_s: npt.ArrayLike) -> FloatArray:
    r"""Estimate how early or late a satellite in low orbit may be for elements of some age.

    .. math:: \sigma_t = \sqrt{s_0^2 + (g\,t^2)^2} / v

    Drag that differs from what the elements assume shifts the mean motion, so that the satellite
    runs ahead or behind with the square of the time.

    Parameters
    ----------
    age_s
        Time between the epoch of the elements and their use, either sign, any shape. [s]

    Returns
    -------
    FloatArray
        Rough standard deviation of the time of passage. [s]

    Notes
    -----
    :math:`g` = 200 m/d² is no published value. It was set so that the along-track differences
    between the element sets of Micius (500 km, September 2016 to May 2017, a quiet Sun) are
    covered: of 54 predictions up to 31 days ahead, 44 lie within one :math:`\sigma_t` and all
    within 2.1. The sets are one provider's and share its errors. Near solar maximum, in a
    magnetic storm, below 500 km or after a manoeuvre expect several times more; higher orbits do
    better.

    References
    ----------
    .. [1] T. S. Kelso, "Validation of SGP4 and IS-GPS-200D against GPS precision ephemerides",
       AAS 07-127 (2007), for the error near the epoch; recalled.

    Examples
    --------
    >>> [round(float(timing_uncertainty_s(days * 86_400.0)), 2) for days in (0, 7, 14, 30)]
    [0.13, 1.3, 5.16, 23.68]
    """
    age_d = np.asarray(age_s, dtype=np.float64) / DAY_S
    if not np.isfinite(age_d).all():
        raise NonPhysicalError("age_s", "must be finite")
    return np.asarray(np.hypot(EPOCH_ERROR_M, ALONG_TRACK_GROWTH_M_D2 * age_d**2) / SPEED_M_S)


def warn_if_stale(
    element_set: ElementSet, used_at: datetime, *, limit_s: float, stacklevel: int = 2
) -> None:
    """Issue :class:`StaleElementsWarning` for elements used too far from their epoch.

    Parameters
    ----------
    element_set
        Elements that are used.
    used_at
        When; UTC.
    limit_s
        Largest age, before or after the epoch, that goes without a warning. [s]
    stacklevel
        As for :func:`warnings.warn`.
    """
    age = age_s(element_set, used_at)
    if abs(age) <= limit_s:
        return
    side = "after their epoch" if age > 0 else "before their epoch, which lies after the use"
    error_s = float(timing_uncertainty_s(age))
    rough = f"{error_s:.0f}" if error_s > 10.0 else f"{error_s:.1f}"
    effect = f"passes may come about {rough} s early or late (rough, for low orbit)"
    if error_s > 0.25 * element_set.period_s:
        effect = "the satellite may be anywhere in its orbit: pass times mean nothing"
    warnings.warn(
        f"elements of {element_set.name} ({element_set.norad_id}) from {element_set.source}, "
        f"epoch {element_set.epoch:%Y-%m-%dT%H:%M:%SZ}, are used {abs(age) / DAY_S:.1f} days "
        f"{side}: more than the limit of {limit_s / DAY_S:g} days; {effect}. "
        "Get elements nearer to the pass, or raise limits.max_element_age in mission.yaml",
        StaleElementsWarning,
        stacklevel=stacklevel,
    )
