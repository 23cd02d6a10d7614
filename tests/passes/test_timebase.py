"""Mission seconds against UTC, UT1 and TT."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from astropy.time import Time, TimeDelta
from astropy.utils import iers
from astropy_iers_data import IERS_A_FILE
from hypothesis import given
from hypothesis import strategies as st
from skyfield.data.iers import parse_x_y_dut1_from_finals_all

from satqkd.errors import CoverageError, EarthOrientationWarning
from satqkd.passes.earth_tables import ARCSEC_RAD, EarthTables
from satqkd.passes.timebase import Timebase

EPOCH = datetime(2016, 12, 31, 12, tzinfo=UTC)
TIMEBASE = Timebase.starting(EPOCH)


class TestLeapSecond:
    def test_a_day_with_a_leap_second_lasts_86401_seconds(self):
        """Durations are SI seconds."""
        assert TIMEBASE.seconds(datetime(2017, 1, 1, 12, tzinfo=UTC)) == 86_401.0

    def test_the_leap_second_itself_reads_60(self):
        """23:59:60 is a time of its own, half way through it too."""
        assert TIMEBASE.iso(np.array([43_200.5]), digits=1) == ["2016-12-31T23:59:60.5Z"]

    def test_rounding_up_to_the_leap_second_reads_60(self):
        """A rounded time never shows 61 seconds or a wrong day."""
        texts = TIMEBASE.iso(np.array([43_199.9996, 43_200.9996]))

        assert texts == ["2016-12-31T23:59:60.000Z", "2017-01-01T00:00:00.000Z"]


@pytest.mark.parametrize(
    "epoch",
    [
        datetime(2016, 12, 19, tzinfo=UTC),
        datetime(2026, 7, 20, tzinfo=UTC),
        datetime(2014, 3, 1, 17, 13, 7, 123456, tzinfo=UTC),
    ],
)
def test_only_leap_seconds_read_60(epoch):
    """Of ten years of midnights 60 is printed before the two or three real ones only."""
    timebase = Timebase.starting(epoch)
    first = datetime(epoch.year, epoch.month, epoch.day, tzinfo=UTC) + timedelta(days=1)
    midnights = np.array([timebase.seconds(first + timedelta(days=n)) for n in range(3650)])

    for off in (0.0, -1e-9, 1e-9, -1e-5):
        texts = timebase.iso(midnights + off)
        assert all(text.endswith("T00:00:00.000Z") for text in texts)
    assert timebase.utc(float(midnights[7])) == first + timedelta(days=7)


@given(st.integers(0, 40 * 365 * 86_400))
def test_datetime_round_trip(offset):
    """Seconds and datetimes are each other's inverse from 1985 to 2025."""
    when = datetime(1985, 1, 1, tzinfo=UTC) + timedelta(seconds=offset)

    assert TIMEBASE.utc(TIMEBASE.seconds(when)) == when


def test_ut1_and_pole_agree_with_astropy():
    """UT1−UTC and polar motion are astropy's, read from the same file by its own reader.

    Astropy takes Bulletin B's column where there is one, we take A: up to 50 µs, 2 cm in orbit.
    """

    seconds = np.array([0.0, 43_199.0, 60_000.0, 1e6, 9e7])
    when = Time("2016-12-31T12:00:00", scale="utc") + TimeDelta(seconds, format="sec")
    table = iers.IERS_A.open(IERS_A_FILE)
    theirs = table.ut1_utc(when).value
    pole_x, pole_y = (value.to_value("rad") for value in table.pm_xy(when))

    whole, fraction = TIMEBASE.ut1_jd(seconds)
    utc_jd = when.utc
    ours = ((whole - utc_jd.jd1) + (fraction - utc_jd.jd2)) * 86_400.0
    # On the day of the leap second astropy's UTC day is 86,401 s long; compare away from it.
    away = np.array([False, False, True, True, True])
    assert ours[away] == pytest.approx(theirs[away], abs=5e-5)  # Bulletin A, B
    assert TIMEBASE.polar_motion_rad(seconds)[0] == pytest.approx(pole_x, abs=2e-9)
    assert TIMEBASE.polar_motion_rad(seconds)[1] == pytest.approx(pole_y, abs=2e-9)


def test_times_before_1972_are_refused():
    """There were no leap seconds to count by."""
    with pytest.raises(CoverageError, match="1972"):
        Timebase.starting(datetime(1971, 6, 1, tzinfo=UTC))


def test_beyond_the_tables_is_said():
    """The last value is held, and the user is told."""
    with pytest.warns(EarthOrientationWarning, match="astropy-iers-data"):
        TIMEBASE.warn_beyond_tables(40 * 365 * 86_400.0)


class TestTables:
    def test_the_rows_are_those_that_skyfield_reads(self):
        """Another reader of the same file, to the last bit."""
        with Path(IERS_A_FILE).open("rb") as file:
            theirs = parse_x_y_dut1_from_finals_all(file)
        tables = EarthTables.shipped()
        tai_utc_s = tables.leap_tai_utc_s[
            np.searchsorted(tables.leap_mjd, theirs["utc_mjd"], side="right") - 1
        ]

        assert np.array_equal(tables.mjd_utc, theirs["utc_mjd"])
        assert np.array_equal(tables.tai_minus_ut1_s, tai_utc_s - theirs["dut1"])
        assert np.array_equal(tables.pole_x_rad, theirs["x_arcseconds"] * ARCSEC_RAD)
        assert np.array_equal(tables.pole_y_rad, theirs["y_arcseconds"] * ARCSEC_RAD)

    def test_they_are_read_once_and_nobody_can_change_them(self):
        tables = Timebase.starting(EPOCH).tables

        assert Timebase.starting(EPOCH + timedelta(days=1)).tables is tables
        with pytest.raises(ValueError, match="read-only"):
            tables.pole_x_rad[0] = 0.0
