"""What a telescope measured of satellites: instants, angles and ranges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured at one instant."""

    line: int
    utc: datetime
    """As the message tags it."""
    azimuth_deg: float | None = None
    elevation_deg: float | None = None
    range_m: float | None = None
    """As it is written: one way, or there and back. [m]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One segment: measurements of one satellite from one station."""

    line: int
    """Where it begins."""
    participants: tuple[str, ...]
    """Station and satellite, in whichever order."""
    there_and_back: bool
    """Whether the signal goes out and returns."""
    sent: bool
    """Whether instants are those of sending, in place of receiving."""
    measured: tuple[Measured, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingMessage:
    """A tracking data message."""

    file: str
    sha256: str
    """Hash of its bytes."""
    tracks: tuple[Track, ...]
    left_aside: tuple[str, ...]
    """What it holds besides, in words."""
