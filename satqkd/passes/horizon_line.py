"""The horizon of a station as a broken line over the azimuth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.passes.station import Station
from satqkd.units import FloatArray, IntArray

APART_DEG: Final = 4_096.0
"""Distance of the stations on the common axis of azimuths, more than a table is long. [°]"""


_ROUNDS: Final = 360.0 * np.arange(-2, 3)
"""Turns added to the corners, so that azimuths from −180 to 540 lie between two of them. [°]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Masks:
    """The horizons of all stations as one broken line, to be looked up together."""

    knot: FloatArray
    """Azimuth of each corner, five times round, plus the station's place on the axis. [°]"""
    elevation_deg: FloatArray
    """Elevation of each corner. [°]"""

    @staticmethod
    def of(stations: Sequence[Station]) -> Masks:
        """Collect the horizons; a station without one has a level horizon."""
        knots, elevations = [], []
        for index, station in enumerate(stations):
            azimuth, elevation = broken_line(station)
            knots.append((_ROUNDS[:, None] + azimuth).ravel() + index * APART_DEG)
            elevations.append(np.tile(elevation, _ROUNDS.size))
        return Masks(
            knot=np.concatenate(knots),
            elevation_deg=np.concatenate(elevations),
        )

    def piece(self, station: IntArray, azimuth_deg: FloatArray) -> IntArray:
        """Index of the corner before each azimuth, which may run from −180 to 540."""
        found = np.searchsorted(self.knot, station * APART_DEG + azimuth_deg, side="right") - 1
        return np.asarray(found, dtype=np.int64)

    def slope(self, piece: IntArray) -> FloatArray:
        """Rise of the horizon behind each corner, per degree of azimuth.

        By definition of a straight line through two points.
        """
        run = self.knot[piece + 1] - self.knot[piece]
        return np.asarray((self.elevation_deg[piece + 1] - self.elevation_deg[piece]) / run)

    def height_deg(self, station: IntArray, azimuth_deg: FloatArray) -> FloatArray:
        """Elevation of the horizon at azimuths from −180 to 540. [°]

        By definition of a straight line through two points.
        """
        piece = self.piece(station, azimuth_deg)
        beyond = station * APART_DEG + azimuth_deg - self.knot[piece]
        return np.asarray(self.elevation_deg[piece] + self.slope(piece) * beyond)


def broken_line(station: Station) -> tuple[FloatArray, FloatArray]:
    """Corners of what limits a station's view: its horizon or its lowest elevation.

    The higher of the two counts.

    Derived here: where straight lines cross a level one.

    Returns
    -------
    azimuth_deg, elevation_deg
        Azimuths increase within one turn; the line closes upon itself.

    Examples
    --------
    >>> hill = Station(
    ...     name="Hill", latitude_deg=47.0, longitude_deg=15.5, height_m=400.0,
    ...     min_elevation_deg=10.0, horizon_deg=((0.0, 5.0), (90.0, 25.0), (180.0, 5.0)),
    ... )
    >>> azimuth, elevation = broken_line(hill)
    >>> azimuth.tolist(), elevation.tolist()
    ([0.0, 22.5, 90.0, 157.5, 180.0], [10.0, 10.0, 25.0, 10.0, 10.0])
    """
    lowest = station.min_elevation_deg
    if not station.horizon_deg:
        return np.array([0.0]), np.array([lowest])
    azimuth, elevation = np.array(station.horizon_deg, dtype=np.float64).T
    if azimuth[-1] - azimuth[0] == 360.0:
        azimuth, elevation = azimuth[:-1], elevation[:-1]
    run = np.diff(azimuth, append=azimuth[0] + 360.0)
    climb = np.roll(elevation, -1) - elevation
    crosses = (elevation - lowest) * (elevation + climb - lowest) < 0.0
    where = azimuth[crosses] + run[crosses] * (lowest - elevation[crosses]) / climb[crosses]
    corner = np.concatenate([azimuth, where])
    height = np.concatenate([np.maximum(elevation, lowest), np.full(where.size, lowest)])
    order = np.argsort(corner, kind="stable")
    return corner[order], height[order]


def lowered(station: Station) -> Station:
    """Give a station with a horizon the lowest elevation at which it can see anything."""
    if not station.horizon_deg:
        return station
    _, elevation = broken_line(station)
    return replace(station, min_elevation_deg=float(elevation.min()))
