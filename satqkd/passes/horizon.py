"""A satellite's place in the sky of a station."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.units import FloatArray

DEGREE: Final = 180.0 / np.pi
"""Of a radian; a product is quicker than ``np.degrees``. [°]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Horizontal:
    """Place in the sky, geometric: no refraction, no light time."""

    elevation_deg: FloatArray
    azimuth_deg: FloatArray
    """North through east, 0…360. [°]"""
    range_m: FloatArray


def horizontal(line_m: FloatArray, east_north_up: FloatArray) -> Horizontal:
    """Elevation, azimuth and range of vectors from a station.

    By definition of the local axes: dot products with east, north and up.

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
    return in_sky(east, north, up)


def in_sky(east_m: FloatArray, north_m: FloatArray, up_m: FloatArray) -> Horizontal:
    """Elevation, azimuth and range of vectors along a station's own axes, shape (n,) each.

    By definition of elevation and azimuth, north through east.
    """
    level2 = east_m * east_m + north_m * north_m
    azimuth = np.arctan2(-east_m, -north_m)
    azimuth *= DEGREE
    azimuth += 180.0
    azimuth[azimuth >= 360.0] = 0.0
    elevation = np.arctan2(up_m, np.sqrt(level2))
    elevation *= DEGREE
    return Horizontal(
        elevation_deg=elevation,
        azimuth_deg=azimuth,
        range_m=np.sqrt(level2 + up_m * up_m),
    )


def azimuth_deg(line_m: FloatArray, east_north_up: FloatArray) -> FloatArray:
    """Azimuth alone.

    By definition of the azimuth, north through east.

    Parameters
    ----------
    line_m, east_north_up
        As in :func:`horizontal`.

    Returns
    -------
    FloatArray
        North through east, 0…360, shape (n,). [°]
    """
    x, y, z = line_m
    east, north = (row[0] * x + row[1] * y + row[2] * z for row in east_north_up[:2])
    azimuth = np.degrees(np.arctan2(east, north))
    azimuth += 360.0 * (azimuth < 0.0)
    return np.where(azimuth >= 360.0, 0.0, azimuth)


def elevation_deg(line_m: FloatArray, up: FloatArray) -> FloatArray:
    """Elevation alone.

    By definition: its sine is the vertical part of the line over its length.

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
