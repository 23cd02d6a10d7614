"""A place on the ground with a telescope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import erfa
import numpy as np

from satqkd.errors import NonPhysicalError, require_between
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """An interval of time, open at an end that is not given."""

    from_: datetime | None = None
    """First instant."""
    to: datetime | None = None
    """First instant after it."""

    def __post_init__(self) -> None:
        _require_order(self.from_, self.to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """An interval of time in which a station or a satellite does not work."""

    from_: datetime
    """First instant."""
    to: datetime
    """First instant after it."""
    why: str = "no reason given"
    """Printed with every pass that is lost to it."""

    def __post_init__(self) -> None:
        _require_order(self.from_, self.to)


def _require_order(begin: datetime | None, end: datetime | None) -> None:
    for field, moment in (("from_", begin), ("to", end)):
        if moment is not None and moment.utcoffset() is None:
            raise NonPhysicalError(field, "must name its time zone")
    if begin is not None and end is not None and end <= begin:
        raise NonPhysicalError("to", f"must come after 'from', {begin:%Y-%m-%dT%H:%M:%SZ}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where a telescope stands, how low it can point, and when it is there."""

    name: str
    """Name, unique in a mission."""
    latitude_deg: float
    """Geodetic latitude on WGS84, north positive. [°]"""
    longitude_deg: float
    """Longitude, east positive, −180…360. [°]"""
    height_m: float
    """Height above the WGS84 ellipsoid. [m]"""
    min_elevation_deg: float = 10.0
    """Lowest geometric elevation at which a satellite counts as seen. [°]"""
    timezone: str | None = None
    """IANA name of the zone whose local time the staff keeps; None where not given."""
    horizon_deg: tuple[tuple[float, float], ...] = ()
    """What stands around: pairs of azimuth and geometric elevation, straight between them and
    closed over north; azimuths grow from 0 to 360. Where it is below ``min_elevation_deg`` that
    counts. Passes rise and set on it. [°]"""
    available: Period | None = None
    """When the station stands here; None where not given: always."""
    outages: tuple[Outage, ...] = ()
    """When it does not work."""

    def __post_init__(self) -> None:
        require_between("latitude_deg", self.latitude_deg, -90.0, 90.0)
        require_between("longitude_deg", self.longitude_deg, -180.0, 360.0)
        require_between("height_m", self.height_m, -1_000.0, 10_000.0)
        require_between("min_elevation_deg", self.min_elevation_deg, 0.0, 89.0)
        check_horizon(self.horizon_deg)

    @property
    def zone(self) -> ZoneInfo:
        """The same, UTC where it is not given."""
        return ZoneInfo(self.timezone or "UTC")

    def itrf_m(self) -> FloatArray:
        """Earth-fixed position, shape (3,). [m]

        By definition of geodetic coordinates on the WGS84 ellipsoid.
        """
        return np.asarray(
            erfa.gd2gc(
                1, np.radians(self.longitude_deg), np.radians(self.latitude_deg), self.height_m
            ),
            dtype=np.float64,
        )

    def east_north_up(self) -> FloatArray:
        """Unit vectors of the local horizon in the Earth-fixed frame, rows e, n, u; (3, 3).

        By definition of geodetic latitude and longitude on the WGS84 ellipsoid.
        """
        lat, lon = np.radians(self.latitude_deg), np.radians(self.longitude_deg)
        return np.array(
            [
                [-np.sin(lon), np.cos(lon), 0.0],
                [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)],
                [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)],
            ]
        )


def check_horizon(horizon_deg: tuple[tuple[float, float], ...]) -> None:
    """Raise :class:`NonPhysicalError` unless a horizon is ordered and within its limits."""
    for azimuth, elevation in horizon_deg:
        if not 0.0 <= azimuth <= 360.0:
            raise NonPhysicalError("horizon_deg", f"has an azimuth outside 0…360°: {azimuth:g}°")
        if not 0.0 <= elevation <= 90.0:
            raise NonPhysicalError(
                "horizon_deg",
                f"has an elevation outside 0…90°: {elevation:g}° at azimuth {azimuth:g}°",
            )
    for (azimuth, _), (following, _) in pairwise(horizon_deg):
        if following <= azimuth:
            raise NonPhysicalError(
                "horizon_deg",
                "must be ordered by azimuth, none twice (write a wall as two azimuths 0.1° "
                f"apart): {following:g}° follows {azimuth:g}°",
            )
    if horizon_deg and horizon_deg[-1][0] - horizon_deg[0][0] == 360.0:
        begin, end = horizon_deg[0][1], horizon_deg[-1][1]
        if begin != end:
            raise NonPhysicalError(
                "horizon_deg", f"must be one elevation at 0° and 360°, got {begin:g}°, {end:g}°"
            )
