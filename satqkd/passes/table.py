"""Passes as columns, and their series as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PassTable:
    """Every pass as one row of equally long columns, ordered by link, then by rise.

    Times are SI seconds from the mission epoch; angles are geometric (no refraction).
    """

    satellite: IntArray
    """Index of the satellite."""
    station: IntArray
    """Index of the station."""
    element_set: IntArray
    """Index of the element set used, within the satellite's own."""
    rise_s: FloatArray
    """When the satellite climbs above the mask, or the window or element set begins. [s]"""
    culmination_s: FloatArray
    """When it stands highest. [s]"""
    set_s: FloatArray
    """When it sinks below the mask, or the window or element set ends. [s]"""
    max_elevation_deg: FloatArray
    """Elevation at culmination. [°]"""
    rise_azimuth_deg: FloatArray
    """Azimuth at rise, north through east, 0…360. [°]"""
    culmination_azimuth_deg: FloatArray
    """Azimuth at culmination. [°]"""
    set_azimuth_deg: FloatArray
    """Azimuth at set. [°]"""
    culmination_range_m: FloatArray
    """Slant range at culmination. [m]"""
    clipped_start: BoolArray
    """Already up when the window begins: ``rise_s`` is no rise."""
    clipped_end: BoolArray
    """Still up when the window ends: ``set_s`` is no set."""
    element_age_s: FloatArray
    """Culmination minus the epoch of the elements used; negative before it. [s]"""

    def __len__(self) -> int:
        return int(self.rise_s.size)

    def take(self, index: IntArray | BoolArray) -> PassTable:
        """Return the passes at ``index``, in that order."""
        return PassTable(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    @staticmethod
    def none() -> PassTable:
        """Return a table without rows."""
        whole, real, yes = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_)
        return PassTable(
            satellite=whole, station=whole, element_set=whole, rise_s=real, culmination_s=real,
            set_s=real, max_elevation_deg=real, rise_azimuth_deg=real,
            culmination_azimuth_deg=real, set_azimuth_deg=real, culmination_range_m=real,
            clipped_start=yes, clipped_end=yes, element_age_s=real,
        )  # fmt: skip

    @staticmethod
    def join(tables: list[PassTable]) -> PassTable:
        """Put the rows of several tables below each other."""
        return PassTable(
            **{
                f.name: np.concatenate([getattr(t, f.name) for t in tables])
                for f in fields(PassTable)
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tracks:
    """The series of all passes in flat arrays; pass i is ``starts[i]:starts[i + 1]``.

    A series holds the rise, every whole step between, and the set. Angles are geometric.
    """

    starts: IntArray
    """Offsets of the passes, one more than there are passes."""
    time_s: FloatArray
    """SI seconds from the mission epoch. [s]"""
    weight_s: FloatArray
    """Share of the pass a sample stands for (trapezoid rule); sums to the duration. [s]"""
    elevation_deg: FloatArray
    azimuth_deg: FloatArray
    range_m: FloatArray
    range_rate_m_s: FloatArray
    """Positive when the satellite recedes. [m/s]"""
    angular_rate_rad_s: FloatArray
    """Turn of the line of sight at the station. [rad/s]"""
    sun_elevation_deg: FloatArray
    """Elevation of the Sun at the station. [°]"""
    sun_separation_deg: FloatArray
    """Angle between satellite and Sun at the station. [°]"""
    moon_elevation_deg: FloatArray
    """Elevation of the Moon at the station. [°]"""
    moon_separation_deg: FloatArray
    """Angle between satellite and Moon at the station. [°]"""
    sunlit: FloatArray
    """Fraction of the Sun's disc the satellite sees, 0 in umbra, 1 in full light."""

    def __len__(self) -> int:
        return int(self.starts.size - 1)

    def pass_slice(self, index: int) -> slice:
        """Samples of pass ``index``."""
        return slice(int(self.starts[index]), int(self.starts[index + 1]))

    def take(self, passes: IntArray) -> Tracks:
        """Return the series of some passes, in that order."""
        length = np.diff(self.starts)[passes]
        starts = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        samples = np.arange(starts[-1]) + np.repeat(self.starts[passes] - starts[:-1], length)
        columns = {
            f.name: getattr(self, f.name)[samples] for f in fields(self) if f.name != "starts"
        }
        return Tracks(starts=starts, **columns)

    def per_pass(self, values: FloatArray) -> FloatArray:
        """Sum ``values`` over each pass; a series is never empty."""
        if len(self) == 0:
            return np.zeros(0)
        return np.asarray(np.add.reduceat(values, self.starts[:-1]), dtype=np.float64)
