"""Tables of the Earth's orientation: pole, UT1, and for how long they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import astropy_iers_data
import numpy as np

from satqkd.constants import DAY_S
from satqkd.errors import CoverageError
from satqkd.units import FloatArray, IntArray

MJD_ZERO = date(1858, 11, 17)
"""Calendar date of modified Julian date zero."""


ARCSEC_RAD = np.pi / 648_000.0
"""One arc second. [rad]"""


_FINALS = {"mjd": (6, 9), "pole_x": (18, 9), "pole_y": (37, 9), "ut1_utc": (58, 10)}
"""Where what is needed begins in a row of ``finals2000A``, and how long it is. [characters]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EarthTables:
    """Leap seconds and Earth orientation as the ``astropy-iers-data`` package ships them."""

    leap_mjd: IntArray
    """UTC dates from which each value of TAI−UTC holds, as modified Julian dates. [d]"""
    leap_tai_utc_s: FloatArray
    """TAI−UTC from that date on. [s]"""
    mjd_tai: FloatArray
    """Instants of the Earth-orientation table, TAI. [d]"""
    mjd_utc: FloatArray
    """The same instants, UTC. [d]"""
    tai_minus_ut1_s: FloatArray
    """TAI−UT1, free of leap-second jumps. [s]"""
    pole_x_rad: FloatArray
    """Polar motion x. [rad]"""
    pole_y_rad: FloatArray
    """Polar motion y. [rad]"""
    version: str
    """Version of the package."""

    @staticmethod
    @cache
    def shipped() -> EarthTables:
        """Read the tables of the installed ``astropy-iers-data``, once; nothing is downloaded."""
        leap = np.loadtxt(astropy_iers_data.IERS_LEAP_SECOND_FILE, usecols=(0, 4))
        mjd, x_arcsec, y_arcsec, dut1_s = _finals(Path(astropy_iers_data.IERS_A_FILE).read_bytes())
        tai_utc = leap[np.searchsorted(leap[:, 0], mjd, side="right") - 1, 1]
        columns = {
            "leap_mjd": leap[:, 0].astype(np.int64),
            "leap_tai_utc_s": leap[:, 1],
            "mjd_utc": mjd,
            "mjd_tai": mjd + tai_utc / DAY_S,
            "tai_minus_ut1_s": tai_utc - dut1_s,
            "pole_x_rad": x_arcsec * ARCSEC_RAD,
            "pole_y_rad": y_arcsec * ARCSEC_RAD,
        }
        for column in columns.values():
            column.flags.writeable = False
        return EarthTables(**columns, version=str(astropy_iers_data.__version__))

    @property
    def last_date(self) -> date:
        """Last date the Earth-orientation table covers, predictions included."""
        return MJD_ZERO + timedelta(days=int(self.mjd_utc[-1]))

    def tai_minus_utc_s(self, mjd_utc: int) -> float:
        """TAI−UTC on a UTC date. [s]

        Raises
        ------
        CoverageError
            Before 1972, when UTC had no leap seconds yet.
        """
        index = int(np.searchsorted(self.leap_mjd, mjd_utc, side="right")) - 1
        if index < 0:
            raise CoverageError(
                "times before 1972-01-01 are not supported: UTC began then\n"
                "  fix: choose a later 'start' (or --start), and elements of a later epoch"
            )
        return float(self.leap_tai_utc_s[index])


def _finals(text: bytes) -> list[FloatArray]:
    """Dates UTC [d], x and y of the pole [″] and UT1−UTC [s] of the rows that have them.

    References
    ----------
    .. [1] IERS, ``readme.finals2000A``: rows of one length, Bulletin A first, blank from where
       nothing is predicted yet.
    """
    rows = np.frombuffer(
        text,
        np.dtype(
            {
                "names": list(_FINALS),
                "formats": [f"S{length}" for _, length in _FINALS.values()],
                "offsets": [first for first, _ in _FINALS.values()],
                "itemsize": text.index(b"\n") + 1,
            }
        ),
    )
    given = rows[rows["ut1_utc"] != b" " * _FINALS["ut1_utc"][1]]
    return [given[name].astype(np.float64) for name in _FINALS]
