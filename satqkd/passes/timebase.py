"""The one place that turns mission seconds into UTC, UT1 and TT."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from satqkd.constants import DAY_S, MJD_ZERO_JD
from satqkd.errors import EarthOrientationWarning
from satqkd.passes.earth_tables import MJD_ZERO, EarthTables
from satqkd.passes.instants import Instants
from satqkd.units import FloatArray, IntArray

TT_MINUS_TAI_S = 32.184
"""Terrestrial Time minus TAI, exact by definition (IAU 1991). [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timebase:
    """SI seconds from one epoch, and what they mean in other time scales.

    Durations are SI seconds, also across a leap second. A float64 keeps a microsecond over
    centuries.
    """

    epoch: datetime
    """Second 0, UTC."""
    tables: EarthTables
    _epoch_tai: tuple[int, float] = field(init=False, repr=False)
    """Date and second of the day of the epoch, TAI."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_epoch_tai", self._tai_day_s(self.epoch))

    @staticmethod
    def starting(epoch: datetime) -> Timebase:
        """Return a time base with the tables that ship with satqkd's dependencies.

        Examples
        --------
        >>> timebase = Timebase.starting(datetime(2016, 12, 31, tzinfo=UTC))
        >>> timebase.iso(np.array([86_399.0, 86_400.0, 86_401.0]), digits=0)
        ['2016-12-31T23:59:59Z', '2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z']
        """
        return Timebase(epoch=epoch.astimezone(UTC), tables=EarthTables.shipped())

    def _tai_day_s(self, utc: datetime) -> tuple[int, float]:
        """Date and second of the day in TAI; the second may exceed 86,400.

        ``fold`` marks the second time that a clock without a second 60 shows the same.
        """
        utc = utc.astimezone(UTC)
        mjd = (utc.date() - MJD_ZERO).days
        midnight = datetime(utc.year, utc.month, utc.day, tzinfo=UTC)
        second = (utc - midnight).total_seconds() + utc.fold
        return mjd, second + self.tables.tai_minus_utc_s(mjd)

    def seconds(self, utc: datetime) -> float:
        """Seconds from the epoch to an aware datetime. [s]

        In UTC, 23:59:59 with ``fold=1`` is the leap second after it.

        By definition of UTC, TAI less whole seconds (ITU-R TF.460; recalled).
        """
        day, second = self._tai_day_s(utc)
        day_0, second_0 = self._epoch_tai
        return (day - day_0) * DAY_S + (second - second_0)

    def seconds_of(
        self, mjd: IntArray, second_s: FloatArray, *, ahead_of_tai_s: float | None
    ) -> FloatArray:
        """Seconds from the epoch to what a clock shows. [s]

        By definition of UTC, TAI less whole seconds (ITU-R TF.460; recalled).

        Parameters
        ----------
        mjd, second_s
            Modified Julian dates [d] and seconds of those days [s], shape (n,).
        ahead_of_tai_s
            What the clock shows when TAI shows 0 [s]; None for UTC.
        """
        if ahead_of_tai_s is None:
            self.tables.tai_minus_utc_s(int(mjd.min()))
            index = np.searchsorted(self.tables.leap_mjd, mjd, side="right") - 1
            ahead_s = -self.tables.leap_tai_utc_s[index]
        else:
            ahead_s = np.asarray(ahead_of_tai_s)
        day_0, second_0 = self._epoch_tai
        return np.asarray((mjd - day_0) * DAY_S + (second_s - ahead_s - second_0))

    def _mjd_tai(self, seconds: FloatArray) -> tuple[int, FloatArray]:
        """Modified Julian date in TAI, split into the epoch's day and the rest. [d]"""
        day, second = self._epoch_tai
        return day, (second + np.asarray(seconds, dtype=np.float64)) / DAY_S

    def tt_jd(self, seconds: FloatArray) -> tuple[float, FloatArray]:
        """Julian date in Terrestrial Time as whole part and fraction. [d]

        By definition TT is TAI + 32.184 s (IAU 1991).
        """
        day, fraction = self._mjd_tai(seconds)
        return day + MJD_ZERO_JD, fraction + TT_MINUS_TAI_S / DAY_S

    def ut1_jd(self, seconds: FloatArray) -> tuple[float, FloatArray]:
        """Julian date in UT1 as whole part and fraction. [d]

        Beyond the tables UT1−UTC is held at its last value.

        References
        ----------
        .. [1] G. Petit and B. Luzum (eds.), *IERS Conventions (2010)*, IERS Technical Note 36, ch.
           5 (recalled): UT1 from the tabulated UT1−UTC.
        """
        day, fraction = self._mjd_tai(seconds)
        (lag_s,) = self._tabulated(day, fraction, self.tables.tai_minus_ut1_s)
        return day + MJD_ZERO_JD, fraction - lag_s / DAY_S

    def polar_motion_rad(self, seconds: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Coordinates of the pole, x and y; held at the last value beyond the tables. [rad]"""
        day, fraction = self._mjd_tai(seconds)
        x, y = self._tabulated(day, fraction, self.tables.pole_x_rad, self.tables.pole_y_rad)
        return x, y

    def _tabulated(self, day: int, fraction: FloatArray, *columns: FloatArray) -> list[FloatArray]:
        """Columns of the Earth-orientation table at days after ``day``, straight between rows."""
        if fraction.size == 0:
            return [np.zeros(fraction.shape) for _ in columns]
        ends = day + np.array([fraction.min(), fraction.max()])
        first, last = np.searchsorted(self.tables.mjd_tai, ends).tolist()
        rows = slice(max(first - 2, 0), last + 2)
        days = self.tables.mjd_tai[rows] - day
        return [np.interp(fraction, days, column[rows]) for column in columns]

    def warn_beyond_tables(self, seconds: float) -> None:
        """Issue :class:`EarthOrientationWarning` if a time lies outside the tables."""
        day, fraction = self._mjd_tai(np.array(seconds))
        mjd = day + float(fraction)
        first, last = float(self.tables.mjd_tai[0]), float(self.tables.mjd_tai[-1])
        if first <= mjd <= last:
            return
        warnings.warn(
            f"the Earth-orientation tables (astropy-iers-data {self.tables.version}) run from "
            f"{MJD_ZERO + timedelta(days=int(first))} to {self.tables.last_date}; UT1−UTC is held "
            "at its last value. A drift of 0.1 s, seen within a year, moves a low satellite by "
            "50 m; install a newer astropy-iers-data",
            EarthOrientationWarning,
            stacklevel=2,
        )

    def _utc_ticks(self, seconds: FloatArray, per_second: int) -> tuple[IntArray, IntArray]:
        """UTC date (MJD) and whole ticks of the day; only a leap second goes beyond 86,400 s.

        Rounded to ticks first and split in whole numbers, so that midnight is midnight.
        """
        day_0, second_0 = self._epoch_tai
        elapsed = second_0 + np.asarray(seconds, dtype=np.float64)
        tai = np.round(elapsed * per_second).astype(np.int64)
        day_ticks = int(DAY_S) * per_second
        offset = np.round(self.tables.leap_tai_utc_s * per_second).astype(np.int64)
        starts = (self.tables.leap_mjd - day_0) * day_ticks + offset
        index = np.searchsorted(starts, tai, side="right") - 1
        utc = tai - offset[index]
        following = np.minimum(index + 1, starts.size - 1)
        days_left = self.tables.leap_mjd[following] - day_0 - 1
        day = utc // day_ticks
        day = np.where(following > index, np.minimum(day, days_left), day)
        return (day + day_0).astype(np.int64), (utc - day * day_ticks).astype(np.int64)

    def iso(self, seconds: FloatArray, *, digits: int = 3) -> list[str]:
        """ISO 8601 in UTC with ``Z``, rounded to ``digits`` decimals of a second.

        By definition of UTC, TAI less whole seconds (ITU-R TF.460; recalled).

        Parameters
        ----------
        seconds
            Seconds from the epoch, shape (n,). [s]
        digits
            Decimals of the second.
        """
        return self.instants(seconds, digits=digits).tolist()

    def instants(self, seconds: FloatArray, *, digits: int = 3) -> Instants:
        """Return the same as whole numbers, for tables that are written a column at a time.

        By definition of UTC: SI seconds, of which a day has 86,400 or one more.
        """
        day, tick = self._utc_ticks(seconds, 10**digits)
        return Instants(day=day, tick=tick, digits=digits)

    def utc(self, seconds: float) -> datetime:
        """Aware datetime in UTC, to the microsecond; a leap second becomes the next midnight."""
        return self.utc_of(np.array([seconds], dtype=np.float64), digits=6)[0]

    def utc_of(self, seconds: FloatArray, *, digits: int = 3) -> list[datetime]:
        """Aware datetimes of many instants, rounded as :meth:`iso` rounds them.

        By definition of UTC, as :meth:`instants`.
        """
        days, ticks = self._utc_ticks(seconds, 10**digits)
        midnights = {
            day: datetime.combine(MJD_ZERO + timedelta(days=day), datetime.min.time(), tzinfo=UTC)
            for day in np.unique(days).tolist()
        }
        micros = (ticks * 10 ** (6 - digits)).tolist()
        return [
            midnights[day] + timedelta(microseconds=micro)
            for day, micro in zip(days.tolist(), micros, strict=True)
        ]

    @property
    def provenance(self) -> Mapping[str, str]:
        """Where leap seconds and Earth orientation come from."""
        return {
            "earth_orientation": f"IERS finals2000A in astropy-iers-data {self.tables.version}",
            "earth_orientation_last_date": str(self.tables.last_date),
            "leap_seconds": f"IERS Leap_Second.dat in astropy-iers-data {self.tables.version}",
        }
