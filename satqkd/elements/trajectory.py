"""A satellite's motion as a table of states, the way an operator's ephemeris gives it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import numpy as np

from satqkd.constants import DAY_S, EARTH_GM_M3_S2, EARTH_ROTATION_RAD_S
from satqkd.units import FloatArray, IntArray

Frame = Literal["ITRF", "GCRF", "EME2000", "TEME", "TOD"]
"""Frames whose tables can be used."""

TimeSystem = Literal["UTC", "TAI", "TT", "GPS"]
"""Clocks whose tables can be used."""

FURTHEST_M: Final = 1.0e9
"""Nothing that belongs to the Earth is further from it: two thirds of its Hill sphere. [m]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instants:
    """Clock readings as they are written, in the time system of their table."""

    mjd: IntArray
    """Dates as modified Julian dates. [d]"""
    second_s: FloatArray
    """Seconds of those days; 86,400 and more within a leap second of UTC. [s]"""

    def since(self, mjd: int) -> FloatArray:
        """Seconds since midnight of a date, counted without leap seconds. [s]"""
        return np.asarray((self.mjd - mjd) * DAY_S + self.second_s)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segment:
    """A stretch of states that one polynomial after the other may go through."""

    frame: Frame
    """What the states refer to."""
    frame_as_written: str
    """Such as ``ITRF2000``."""
    method: str
    """One of :data:`satqkd.elements.interpolation.METHODS`."""
    degree: int
    """Of the interpolating polynomial."""
    times: Instants
    """Of the states, increasing; shape (n,)."""
    position_m: FloatArray
    """Shape (3, n). [m]"""
    velocity_m_s: FloatArray
    """Shape (3, n). [m/s]"""
    usable: Instants
    """First and last instant at which the table may be used; shape (2,)."""

    @property
    def spin_rad_s(self) -> float:
        """Rate at which the frame turns. [rad/s]"""
        return EARTH_ROTATION_RAD_S if self.frame == "ITRF" else 0.0

    @property
    def period_s(self) -> float:
        """Period of the orbit through the middle state, of a very long one if unbound. [s]"""
        middle = self.times.mjd.size // 2
        x, y, z = self.position_m[:, middle]
        u, v, w = self.velocity_m_s[:, middle]
        speed = math.hypot(u - self.spin_rad_s * y, v + self.spin_rad_s * x, w)
        energy = 0.5 * speed**2 - EARTH_GM_M3_S2 / math.hypot(x, y, z)
        axis_m = min(FURTHEST_M, -0.5 * EARTH_GM_M3_S2 / energy) if energy < 0 else FURTHEST_M
        return 2.0 * math.pi * math.sqrt(axis_m**3 / EARTH_GM_M3_S2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trajectory:
    """Motion of one object from a table, without a gap."""

    name: str
    """Name in the file."""
    norad_id: int
    """Catalogue number where the file gives it, else 0."""
    cospar_id: str
    """International designator such as ``2016-051A``, or what the file calls the object."""
    epoch: datetime
    """When the table was made, UTC."""
    source: str
    """Where it was read: ``file:line``."""
    time_system: TimeSystem
    """What its clock shows."""
    segments: tuple[Segment, ...]
    """In order of time; each begins where the one before ends."""

    @property
    def period_s(self) -> float:
        """Orbital period. [s]"""
        return self.segments[0].period_s

    def revolution(self, age_s: FloatArray, *, ahead: FloatArray) -> IntArray:
        """Whole orbital periods since so many turns before the table was made; ``age_s`` in s."""
        turns = np.asarray(age_s, dtype=np.float64) / self.period_s + ahead
        return np.asarray(np.floor(turns), dtype=np.int64)

    @property
    def ages(self) -> bool:
        """No: a table is used only where its makers say that it holds."""
        return False

    @property
    def aging_orbit(self) -> tuple[float, float]:
        """NaN and 0: nothing ages."""
        return math.nan, 0.0

    @property
    def motion(self) -> str:
        """How the positions come about."""
        first = self.segments[0]
        return (
            f"ephemeris in {first.frame_as_written} and {self.time_system}, "
            f"{first.method} of degree {first.degree}"
        )
