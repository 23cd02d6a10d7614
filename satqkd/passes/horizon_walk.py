"""Samples along sightings, with their height above the horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.passes import pointing
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.horizon import horizontal
from satqkd.passes.horizon_line import Masks
from satqkd.units import FloatArray, IntArray

CLOSE_DEG: Final = 0.5
"""A part comes close to the horizon if its height is below this plus the change of elevation in
it: twice what the elevation of a 300 km orbit bends within a part. [°]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """One satellite over some stations."""

    chain: Ephemeris
    place_m: FloatArray
    frame: FloatArray
    masks: Masks

    def sky(self, station: IntArray, time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Azimuth and elevation. [°]"""
        seen = horizontal(self._line_m(station, time_s), self.frame[:, :, station])
        return seen.azimuth_deg, seen.elevation_deg

    def range_m(self, station: IntArray, time_s: FloatArray) -> FloatArray:
        """Slant range. [m]"""
        return np.asarray(np.linalg.norm(self._line_m(station, time_s), axis=0))

    def _line_m(self, station: IntArray, time_s: FloatArray) -> FloatArray:
        """Satellite minus station, shape (3, n). [m]"""
        return self.chain.position_m(*self.chain.locate(time_s)) - self.place_m[:, station]

    def height_deg(self, station: IntArray, time_s: FloatArray) -> FloatArray:
        """Height above the horizon. [°]

        By definition of a difference of elevations.
        """
        azimuth, elevation = self.sky(station, time_s)
        return np.asarray(elevation - self.masks.height_deg(station, azimuth))

    def climb_deg_s(
        self, station: IntArray, time_s: FloatArray, slope: FloatArray | float = 0.0
    ) -> FloatArray:
        """Rate of the elevation above a line that rises by ``slope`` per degree. [°/s]

        By definition of a rate of change along the line.
        """
        position, velocity = self.chain.state(*self.chain.locate(time_s))
        line = position - self.place_m[:, station]
        seen = pointing.local(line, position, velocity, self.frame[:, :, station])
        return np.asarray(
            pointing.elevation_rate_deg_s(seen) - slope * pointing.azimuth_rate_deg_s(seen)
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walk:
    """Samples along some sightings, one sighting after the other."""

    view: View
    owner: IntArray
    """Which sighting."""
    station: IntArray
    time_s: FloatArray
    azimuth_deg: FloatArray
    elevation_deg: FloatArray
    height_deg: FloatArray
    """Above the horizon. [°]"""

    @staticmethod
    def of(view: View, owner: IntArray, station: IntArray, time_s: FloatArray) -> Walk:
        """Return samples at some instants."""
        azimuth, elevation = view.sky(station, time_s)
        return Walk(
            view=view,
            owner=owner,
            station=station,
            time_s=time_s,
            azimuth_deg=azimuth,
            elevation_deg=elevation,
            height_deg=elevation - view.masks.height_deg(station, azimuth),
        )

    def cells(self) -> IntArray:
        """Index of each sample that another of the same sighting follows."""
        return np.flatnonzero(self.owner[1:] == self.owner[:-1])

    def turned_deg(self, cell: IntArray) -> FloatArray:
        """Change of azimuth over a cell, the short way round. [°]"""
        return wrapped(self.azimuth_deg[cell + 1] - self.azimuth_deg[cell])

    def reach_deg(self, cell: IntArray) -> FloatArray:
        """How far the height may stray, within a cell, from those at its ends and corners. [°]"""
        climbed = np.abs(self.elevation_deg[cell + 1] - self.elevation_deg[cell])
        return np.asarray(climbed + CLOSE_DEG)

    def with_samples(self, behind: IntArray, time_s: FloatArray) -> Walk:
        """Put more samples behind the ones with these indices."""
        more = Walk.of(self.view, self.owner[behind], self.station[behind], time_s)
        owner = np.concatenate([self.owner, more.owner])
        order = np.lexsort((np.concatenate([self.time_s, time_s]), owner))
        columns = {
            name: np.concatenate([getattr(self, name), getattr(more, name)])[order]
            for name in ("station", "time_s", "azimuth_deg", "elevation_deg", "height_deg")
        }
        return Walk(view=self.view, owner=owner[order], **columns)


def wrapped(angle_deg: FloatArray) -> FloatArray:
    """Bring angles to −180…180. [°]

    By definition of an angle, which counts modulo 360°.
    """
    return np.asarray((angle_deg + 180.0) % 360.0 - 180.0)
