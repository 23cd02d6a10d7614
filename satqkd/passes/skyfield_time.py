"""Mission seconds as skyfield takes them."""

from __future__ import annotations

from typing import Any

from skyfield.timelib import Timescale

from satqkd.constants import DAY_S, MJD_ZERO_JD
from satqkd.passes.earth_tables import ARCSEC_RAD
from satqkd.passes.timebase import TT_MINUS_TAI_S, Timebase
from satqkd.units import FloatArray


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
