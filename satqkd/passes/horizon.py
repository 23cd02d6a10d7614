"""A satellite's place in the sky of a station."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Horizontal:
    """Place in the sky, geometric: no refraction, no light time."""

    elevation_deg: FloatArray
    azimuth_deg: FloatArray
    """North through east, 0…360. [°]"""
    range_m: FloatArray


def horizontal(line_m: FloatArray, east_north_up: FloatArray) -> Horizontal:
    """Elevation, azimuth and range of vectors from a station.

    Parameters
    ----------
    line_m
        Target minus station in the Earth-fixed frame, shape (3, n). [m]
    east_north_up
        Rows of the station's local frame, shape (3, 3), or one a target, shape (3, 3, n).

    Returns
    -------
    Horizontal
        Arrays of shape (n,).
    """
    x, y, z = line_m
    east, north, up = (row[0] * x + row[1] * y + row[2] * z for row in east_north_up)
    level = np.hypot(east, north)
    azimuth = np.degrees(np.arctan2(east, north)) % 360.0
    return Horizontal(
        elevation_deg=np.degrees(np.arctan2(up, level)),
        azimuth_deg=np.where(azimuth >= 360.0, 0.0, azimuth),
        range_m=np.hypot(level, up),
    )


def elevation_deg(line_m: FloatArray, up: FloatArray) -> FloatArray:
    """Elevation alone.

    Parameters
    ----------
    line_m
        Target minus station in the Earth-fixed frame, shape (3, n). [m]
    up
        Local verticals, shape (3,) or (3, n).

    Returns
    -------
    FloatArray
        Shape (n,). [°]
    """
    x, y, z = line_m
    sine = (x * up[0] + y * up[1] + z * up[2]) / np.sqrt(x * x + y * y + z * z)
    return np.asarray(np.degrees(np.arcsin(sine)))
