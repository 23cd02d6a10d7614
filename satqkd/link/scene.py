"""What the two ends of a link see of each other and of the sky, sample by sample."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np

from satqkd.link.background.satellite_body import Body
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """Series that the terms of a link are functions of, each of shape (n,).

    Angles are those at the ground station, geometric; links without one have the satellite in
    its zenith.
    """

    range_m: FloatArray
    """Distance between the ends. [m]"""
    elevation_deg: FloatArray
    """Elevation of the satellite. [°]"""
    angular_rate_rad_s: FloatArray
    """How fast the line of sight turns as seen from the turning Earth. [rad/s]"""
    sun_elevation_deg: FloatArray
    """Elevation of the Sun at the station. [°]"""
    sun_separation_deg: FloatArray
    """Angle between satellite and Sun. [°]"""
    moon_elevation_deg: FloatArray
    """Elevation of the Moon at the station. [°]"""
    moon_separation_deg: FloatArray
    """Angle between satellite and Moon. [°]"""
    moon_phase_deg: FloatArray
    """Angle Sun, Moon, Earth: 0 for full Moon, 180 for new. [°]"""
    sunlit: FloatArray
    """Share of the Sun's disc the satellite sees, 0…1."""
    month: IntArray
    """Month of the year, 1…12, UTC."""
    timing_error_s: FloatArray
    """1 σ of the satellite being early or late, for the age of its elements. [s]"""
    site_height_m: float
    """Height of the station above the ellipsoid. [m]"""
    body: Body = field(default_factory=Body)
    """The satellite as a source of reflected sunlight."""

    @staticmethod
    def dark(
        range_m: FloatArray, elevation_deg: FloatArray, *, site_height_m: float = 0.0
    ) -> Scene:
        """Describe a moonless winter night with nothing that moves: ends at some distances."""
        still = np.zeros_like(range_m)
        return Scene(
            range_m=range_m,
            elevation_deg=elevation_deg,
            angular_rate_rad_s=still,
            sun_elevation_deg=still - 90.0,
            sun_separation_deg=elevation_deg + 90.0,
            moon_elevation_deg=still - 90.0,
            moon_separation_deg=still + 180.0,
            moon_phase_deg=still + 180.0,
            sunlit=still,
            month=np.ones(range_m.shape, dtype=np.int64),
            timing_error_s=still,
            site_height_m=site_height_m,
        )

    def take(self, samples: IntArray) -> Scene:
        """Return some of the samples."""
        series = {
            each.name: getattr(self, each.name)[samples]
            for each in fields(self)
            if each.name not in {"site_height_m", "body"}
        }
        return replace(self, **series)

    def __len__(self) -> int:
        return int(self.range_m.size)
