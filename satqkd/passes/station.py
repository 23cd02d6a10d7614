"""A place on the ground that looks up."""

from __future__ import annotations

from dataclasses import dataclass

import erfa
import numpy as np

from satqkd.errors import require_between
from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where a telescope stands and how low it can look."""

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
    timezone: str = "UTC"
    """IANA name of the zone whose local time the staff keeps."""

    def __post_init__(self) -> None:
        require_between("latitude_deg", self.latitude_deg, -90.0, 90.0)
        require_between("longitude_deg", self.longitude_deg, -180.0, 360.0)
        require_between("height_m", self.height_m, -1_000.0, 10_000.0)
        require_between("min_elevation_deg", self.min_elevation_deg, 0.0, 89.0)

    def itrf_m(self) -> FloatArray:
        """Earth-fixed position, shape (3,). [m]"""
        return np.asarray(
            erfa.gd2gc(
                1, np.radians(self.longitude_deg), np.radians(self.latitude_deg), self.height_m
            ),
            dtype=np.float64,
        )

    def east_north_up(self) -> FloatArray:
        """Unit vectors of the local horizon in the Earth-fixed frame, rows e, n, u; (3, 3)."""
        lat, lon = np.radians(self.latitude_deg), np.radians(self.longitude_deg)
        return np.array(
            [
                [-np.sin(lon), np.cos(lon), 0.0],
                [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)],
                [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)],
            ]
        )
