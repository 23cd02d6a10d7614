"""How old elements are when they are used, and what that does to the time of a pass."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.constants import DAY_S, EARTH_GM_M3_S2, WGS84_RADIUS_M
from satqkd.elements.satellite import ElementSet
from satqkd.elements.trajectory import Trajectory
from satqkd.errors import NonPhysicalError, StaleElementsWarning
from satqkd.units import FloatArray

EPOCH_ERROR_M: Final = 1_000.0
"""Error of an element set near its epoch: of order 1 km within a few days in low orbit, T. S.
Kelso, AAS 07-127 (2007), recalled. [m]"""

ALONG_TRACK_GROWTH_M_D2: Final = 200.0
"""Growth of the along-track error with age squared, set from ``data/tle/micius.tle``. [m/d²]"""

DRAG_BELOW_M: Final = 2_000e3
"""Assumed: perigees above this, the upper end of low orbits, feel no drag to speak of. [m]"""


def age_s(element_set: ElementSet | Trajectory, used_at: datetime) -> float:
    """Return the age of elements when they are used; negative before their epoch. [s]"""
    return (used_at - element_set.epoch).total_seconds()


def timing_uncertainty_s(
    age_s: npt.ArrayLike, *, period_s: npt.ArrayLike, eccentricity: npt.ArrayLike
) -> FloatArray:
    r"""Estimate how early or late a satellite may be for elements of some age.

    .. math:: \sigma_t = \sqrt{s_0^2 + (g\,t^2)^2} / v, \quad v = 2 \pi a / T

    Drag that differs from what the elements assume shifts the mean motion, so that the satellite
    runs ahead or behind with the square of the time; where perigee lies above
    :data:`DRAG_BELOW_M` :math:`g` is 0. The speed is that of a circular orbit of the same period.

    Parameters
    ----------
    age_s
        Time between the epoch of the elements and their use, either sign. [s]
    period_s
        Period of the orbit. [s]
    eccentricity
        Of the orbit.

    Returns
    -------
    FloatArray
        Rough standard deviation of the time of passage, of the shape of all three together. [s]

    Notes
    -----
    :math:`g` = 200 m/d² is no published value. It was set so that the along-track differences
    between the element sets of Micius (500 km, September 2016 to May 2017, a quiet Sun) are
    covered: of 54 predictions up to 31 days ahead, 44 lie within one :math:`\sigma_t` and all
    within 2.1. The sets are one provider's and share its errors. Near solar maximum, in a
    magnetic storm, below 500 km or after a manoeuvre expect several times more; from there up to
    2000 km, and with a perigee there only, less. High orbits are given the 1 km of low ones, which
    nothing here was fitted to; old elements of satellites that keep their station are as good as
    useless after its next manoeuvre.

    References
    ----------
    .. [1] T. S. Kelso, "Validation of SGP4 and IS-GPS-200D against GPS precision ephemerides",
       AAS 07-127 (2007), for the error near the epoch; recalled.

    Examples
    --------
    >>> def low(days):
    ...     return timing_uncertainty_s(days * 86_400.0, period_s=5_670.0, eccentricity=0.001)
    >>> [round(float(low(days)), 2) for days in (0, 7, 14, 30)]
    [0.13, 1.29, 5.15, 23.64]
    >>> round(float(timing_uncertainty_s(30 * 86_400.0, period_s=86_164.0, eccentricity=0.0)), 2)
    0.33
    """
    age_d = np.asarray(age_s, dtype=np.float64) / DAY_S
    if not np.isfinite(age_d).all():
        raise NonPhysicalError("age_s", "must be finite")
    rate_rad_s = 2.0 * np.pi / np.asarray(period_s, dtype=np.float64)
    axis_m = np.cbrt(EARTH_GM_M3_S2 / rate_rad_s**2)
    perigee_m = axis_m * (1.0 - np.asarray(eccentricity)) - WGS84_RADIUS_M
    growth_m_d2 = np.where(perigee_m < DRAG_BELOW_M, ALONG_TRACK_GROWTH_M_D2, 0.0)
    return np.asarray(np.hypot(EPOCH_ERROR_M, growth_m_d2 * age_d**2) / (axis_m * rate_rad_s))


def timing_uncertainties_s(
    sources: Sequence[ElementSet | Trajectory], age_s: FloatArray
) -> FloatArray:
    """Estimate the same for many uses of elements; NaN where none of a real object age.

    Parameters
    ----------
    sources
        What each use rests on.
    age_s
        Age at each use, shape (n,). [s]
    """
    each = {key: one.aging_orbit for key, one in {id(one): one for one in sources}.items()}
    orbits = np.array([each[id(source)] for source in sources]).reshape(-1, 2)
    return timing_uncertainty_s(age_s, period_s=orbits[:, 0], eccentricity=orbits[:, 1])


def warn_if_stale(
    element_set: ElementSet | Trajectory, used_at: datetime, *, limit_s: float, stacklevel: int = 2
) -> None:
    """Issue :class:`StaleElementsWarning` for elements used too far from their epoch.

    Parameters
    ----------
    element_set
        Elements that are used; designs do not age, nor do ephemerides.
    used_at
        When; UTC.
    limit_s
        Largest age, before or after the epoch, that goes without a warning. [s]
    stacklevel
        As for :func:`warnings.warn`.
    """
    age = age_s(element_set, used_at)
    if abs(age) <= limit_s or not element_set.ages:
        return
    period_s, eccentricity = element_set.aging_orbit
    identity = element_set.norad_id or element_set.cospar_id
    side = "after their epoch" if age > 0 else "before their epoch, which lies after the use"
    error_s = float(timing_uncertainty_s(age, period_s=period_s, eccentricity=eccentricity))
    rough = f"{error_s:.0f}" if error_s > 10.0 else f"{error_s:.1f}"
    effect = f"passes may come about {rough} s early or late (rough)"
    if error_s > 0.25 * period_s:
        effect = "the satellite may be anywhere in its orbit: pass times mean nothing"
    warnings.warn(
        f"elements of {element_set.name} ({identity}) from {element_set.source}, "
        f"epoch {element_set.epoch:%Y-%m-%dT%H:%M:%SZ}, are used {abs(age) / DAY_S:.1f} days "
        f"{side}: more than the limit of {limit_s / DAY_S:g} days; {effect}. "
        "Get elements nearer to the pass, or raise limits.max_element_age of the mission",
        StaleElementsWarning,
        stacklevel=stacklevel,
    )
