"""A satellite's motion as a table of states, the way an operator's ephemeris gives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from satqkd.units import FloatArray, IntArray

Frame = Literal["ITRF", "GCRF", "EME2000", "TEME", "TOD"]
"""Frames whose tables can be used."""

TimeSystem = Literal["UTC", "TAI", "TT", "GPS"]
"""Clocks whose tables can be used."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instants:
    """Clock readings as they are written, in the time system of their table."""

    mjd: IntArray
    """Dates as modified Julian dates. [d]"""
    second_s: FloatArray
    """Seconds of those days; 86,400 and more within a leap second of UTC. [s]"""


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
    period_s: float
    """Orbital period of one of the states. [s]"""

    @property
    def motion(self) -> str:
        """How the positions come about."""
        first = self.segments[0]
        return (
            f"ephemeris in {first.frame_as_written} and {self.time_system}, "
            f"{first.method} of degree {first.degree}"
        )
