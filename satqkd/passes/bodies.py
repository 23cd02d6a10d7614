"""Sun and Moon over a window, cheap to evaluate at many times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Final

import erfa
import numpy as np
from skyfield.errors import EphemerisRangeError
from skyfield.framelib import itrs
from skyfield.jpllib import SpiceKernel

from satqkd.constants import DAY_S
from satqkd.errors import CoverageError
from satqkd.passes.nutation import nutation_rad
from satqkd.passes.skyfield_time import skyfield_times
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray

EPHEMERIS = "JPL DE421 in skyfield-data"
"""Where the places of Sun and Moon come from."""

COVERED = datetime(1899, 7, 30, tzinfo=UTC), datetime(2053, 10, 8, 12, tzinfo=UTC)
"""Windows within these instants are covered, with what is taken from around them. DE421 itself
spans 1899-07-29 to 2053-10-09."""

_FIX = (
    "\n  fix: choose a window between 1972-01-01, when UTC began, and "
    f"{COVERED[1]:%Y-%m-%d}: 'start' and 'duration' of the mission, or --start and --days"
)

SLOW_GRID_S = 3_600.0
"""Spacing of the places taken from the ephemeris; in a frame that does not turn, the cubic
through four of them is within 0.1 arc second for the Moon. [s]"""

GRID_S = 60.0
"""Spacing of the places on the turning Earth; straight lines between them are within half an arc
second, and cost half of what a cubic does. [s]"""


GRIDS_BEGIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Numerical: where the steps of both grids are counted from, so that they are the same whatever
the window."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bodies:
    """Apparent geocentric places on the turning Earth."""

    grid_start_s: float
    sun_m: FloatArray
    """Shape (3, grid), every :data:`GRID_S`. [m]"""
    moon_m: FloatArray
    """Shape (3, grid). [m]"""

    @staticmethod
    def over(timebase: Timebase, *, start_s: float, end_s: float) -> Bodies:
        """Compute the places for a window.

        Raises
        ------
        CoverageError
            If the window lies outside the ephemeris (1900 to 2053).

        References
        ----------
        .. [1] W. M. Folkner, J. G. Williams and D. H. Boggs, *IPN Progress Report* 42-178 (2009):
           DE421 (recalled).
        .. [2] S. Aoki et al., *Astron. Astrophys.* 105, 359 (1982): the turn of the Earth between
           the places taken from it.
        """
        since_s = timebase.seconds(GRIDS_BEGIN)
        first = _steps(since_s, SLOW_GRID_S, start_s) - 2.0 * SLOW_GRID_S
        count = int(np.ceil((end_s - first) / SLOW_GRID_S)) + 4
        slow_s = np.asarray(first + SLOW_GRID_S * np.arange(count), dtype=np.float64)
        turn = erfa.gmst82(*timebase.ut1_jd(slow_s))
        grid_start_s = _steps(since_s, GRID_S, start_s) - 2.0 * GRID_S
        steps = int(np.ceil((end_s - grid_start_s) / GRID_S)) + 4
        grid_s = np.asarray(grid_start_s + GRID_S * np.arange(steps), dtype=np.float64)
        back = -erfa.gmst82(*timebase.ut1_jd(grid_s))

        def on_earth(fixed_m: FloatArray) -> FloatArray:
            still = _cubic(_spun(fixed_m, turn), (grid_s - first) / SLOW_GRID_S)
            return _spun(still, back)

        sun, moon = _from_kernel(timebase, slow_s)
        return Bodies(grid_start_s=grid_start_s, sun_m=on_earth(sun), moon_m=on_earth(moon))

    def sun_itrf_m(self, seconds: FloatArray) -> FloatArray:
        """Earth-fixed place of the Sun, shape (3, n). [m]

        By definition of linear interpolation; the places are those of DE421.
        """
        return _linear(self.sun_m, (seconds - self.grid_start_s) / GRID_S)

    def moon_itrf_m(self, seconds: FloatArray) -> FloatArray:
        """Earth-fixed place of the Moon, shape (3, n). [m]

        By definition of linear interpolation; the places are those of DE421.
        """
        return _linear(self.moon_m, (seconds - self.grid_start_s) / GRID_S)


def require_covered(start: datetime, *, duration_s: float) -> None:
    """Refuse a window for which the places of Sun and Moon are not known.

    Parameters
    ----------
    start
        Beginning of the window, UTC.
    duration_s
        Its length. [s]

    Raises
    ------
    CoverageError
        If any of it lies outside :data:`COVERED`.
    """
    if start < COVERED[0] or (COVERED[1] - start).total_seconds() < duration_s:
        raise CoverageError(
            f"the ephemeris of Sun and Moon ({EPHEMERIS}) does not cover the window of "
            f"{duration_s / DAY_S:g} days from {start:%Y-%m-%d}: it ends at {COVERED[1]:%Y-%m-%d}"
            + _FIX
        )


def _from_kernel(timebase: Timebase, seconds: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Apparent geocentric places of Sun and Moon in the Earth-fixed frame, (3, n) each. [m]"""
    kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
    times = skyfield_times(timebase, seconds)
    # Skyfield takes angles that are there already for its own, which cost most of the time.
    times._nutation_angles_radians = tuple(nutation_rad(timebase, seconds))  # noqa: SLF001
    try:
        earth = kernel["earth"].at(times)
        sun, moon = (
            np.asarray(earth.observe(kernel[name]).apparent().frame_xyz(itrs).m)
            for name in ("sun", "moon")
        )
    except EphemerisRangeError as error:
        raise CoverageError(
            f"the ephemeris of Sun and Moon ({EPHEMERIS}) does not cover the window: {error}" + _FIX
        ) from error
    finally:
        kernel.close()
    return sun, moon


def _steps(since_s: float, step_s: float, at_s: float) -> float:
    """Last of the even steps from one instant that is not after another. [s]"""
    return since_s + step_s * math.floor((at_s - since_s) / step_s)


def _cubic(grid: FloatArray, place: FloatArray) -> FloatArray:
    """Cubic through the four grid columns nearest to each place, counted in columns; (3, n)."""
    index = np.clip(place.astype(np.int64), 1, grid.shape[1] - 3)
    f = place - index
    g, h = f * (f - 1.0), (f + 1.0) * (f - 2.0)
    value = grid[:, index - 1] * (g * (f - 2.0) * (-1.0 / 6.0))
    value += grid[:, index] * (h * (f - 1.0) * 0.5)
    value += grid[:, index + 1] * (h * f * -0.5)
    value += grid[:, index + 2] * (g * (f + 1.0) * (1.0 / 6.0))
    return np.asarray(value)


def _linear(grid: FloatArray, place: FloatArray) -> FloatArray:
    """Straight line between the two grid columns beside each place, counted in columns; (3, n)."""
    index = np.clip(place.astype(np.int64), 0, grid.shape[1] - 2)
    value = grid[:, index]
    value += (grid[:, index + 1] - value) * (place - index)
    return np.asarray(value)


def _spun(vectors: FloatArray, angle_rad: FloatArray) -> FloatArray:
    """Rotate vectors (3, n) about the pole, eastward by positive angles."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    x, y, z = vectors
    return np.stack([cos * x - sin * y, sin * x + cos * y, z])
