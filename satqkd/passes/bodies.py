"""Sun and Moon over a window, cheap to ask at many times."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import erfa
import numpy as np
from skyfield.errors import EphemerisRangeError
from skyfield.framelib import itrs
from skyfield.jpllib import SpiceKernel
from skyfield.timelib import Timescale

from satqkd.constants import DAY_S, MJD_ZERO_JD
from satqkd.errors import CoverageError
from satqkd.passes.timebase import ARCSEC_RAD, TT_MINUS_TAI_S, Timebase
from satqkd.units import FloatArray

EPHEMERIS = "JPL DE421 in skyfield-data"
"""Where the places of Sun and Moon come from."""

GRID_S = 3_600.0
"""Spacing of the exact places between which is interpolated; at an hour the cubic through four
of them is within 0.1 arc second for the Moon. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bodies:
    """Apparent geocentric places in a frame that does not turn with the Earth."""

    timebase: Timebase
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
        """
        first = start_s - 2.0 * GRID_S
        count = int(np.ceil((end_s - first) / GRID_S)) + 4
        grid_s = np.asarray(first + GRID_S * np.arange(count), dtype=np.float64)
        turn = erfa.gmst82(*timebase.ut1_jd(grid_s))
        kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
        try:
            earth = kernel["earth"].at(skyfield_times(timebase, grid_s))
            sun, moon = (
                _spun(earth.observe(kernel[name]).apparent().frame_xyz(itrs).m, turn)
                for name in ("sun", "moon")
            )
        except EphemerisRangeError as error:
            raise CoverageError(
                f"the ephemeris of Sun and Moon ({EPHEMERIS}) does not cover the window: {error}"
            ) from error
        finally:
            kernel.close()
        return Bodies(timebase=timebase, grid_start_s=first, sun_m=sun, moon_m=moon)

    def sun_itrf_m(self, seconds: FloatArray) -> FloatArray:
        """Earth-fixed place of the Sun, shape (3, n). [m]"""
        return self._at(self.sun_m, seconds)

    def moon_itrf_m(self, seconds: FloatArray) -> FloatArray:
        """Earth-fixed place of the Moon, shape (3, n). [m]"""
        return self._at(self.moon_m, seconds)

    def _at(self, grid_m: FloatArray, seconds: FloatArray) -> FloatArray:
        """Cubic through the four nearest grid places, turned to the Earth."""
        x = (np.asarray(seconds) - self.grid_start_s) / GRID_S
        index = np.clip(np.floor(x).astype(np.int64), 1, grid_m.shape[1] - 3)
        f = x - index
        still = (
            grid_m[:, index - 1] * (-f * (f - 1.0) * (f - 2.0) / 6.0)
            + grid_m[:, index] * ((f + 1.0) * (f - 1.0) * (f - 2.0) / 2.0)
            + grid_m[:, index + 1] * (-(f + 1.0) * f * (f - 2.0) / 2.0)
            + grid_m[:, index + 2] * ((f + 1.0) * f * (f - 1.0) / 6.0)
        )
        return _spun(still, -erfa.gmst82(*self.timebase.ut1_jd(seconds)))


def _spun(vectors: FloatArray, angle_rad: FloatArray) -> FloatArray:
    """Rotate vectors (3, n) about the pole, eastward by positive angles."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    x, y, z = vectors
    return np.stack([cos * x - sin * y, sin * x + cos * y, z])


def skyfield_times(timebase: Timebase, seconds: FloatArray) -> Any:
    """Skyfield's own time object, on satqkd's leap seconds and Earth orientation."""
    tables = timebase.tables
    tt = tables.mjd_tai + MJD_ZERO_JD + TT_MINUS_TAI_S / DAY_S
    scale = Timescale(
        (tt, tables.tai_minus_ut1_s + TT_MINUS_TAI_S),
        tables.leap_mjd[1:] + MJD_ZERO_JD,
        tables.leap_tai_utc_s[1:],
    )
    scale.polar_motion_table = (
        tt,
        tables.pole_x_rad / ARCSEC_RAD,
        tables.pole_y_rad / ARCSEC_RAD,
    )
    return scale.tt_jd(*timebase.tt_jd(seconds))
