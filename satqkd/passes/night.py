"""When it is dark at a station."""

from __future__ import annotations

import numpy as np

from satqkd.passes.bodies import Bodies
from satqkd.passes.horizon import elevation_deg
from satqkd.passes.station import Station
from satqkd.units import FloatArray


def sun_elevation_deg(station: Station, bodies: Bodies, seconds: FloatArray) -> FloatArray:
    """Geometric elevation of the Sun's centre, shaped like ``seconds``. [°]"""
    line = bodies.sun_itrf_m(seconds) - station.itrf_m()[:, None]
    return elevation_deg(line, station.east_north_up()[2])


def moon_elevation_deg(station: Station, bodies: Bodies, seconds: FloatArray) -> FloatArray:
    """Geometric elevation of the Moon's centre as the station sees it, shaped likewise. [°]"""
    line = bodies.moon_itrf_m(seconds) - station.itrf_m()[:, None]
    return elevation_deg(line, station.east_north_up()[2])


SUNRISE_DEG = -0.8333
"""Where the Sun's centre stands when its upper edge rises or sets: 34' of refraction and 16' of its
radius (*Explanatory Supplement to the Astronomical Almanac*, ch. 9; recalled). [°]"""


def next_sunrise_s(station: Station, bodies: Bodies, *, duration_s: float) -> float | None:
    """When the Sun next rises, mission seconds from 0 on; None where it does not that soon. [s]"""
    dark = nights(station, bodies, duration_s=duration_s, max_sun_elevation_deg=SUNRISE_DEG)
    return next((end_s for _, end_s in dark if end_s < duration_s), None)


def nights(
    station: Station,
    bodies: Bodies,
    *,
    duration_s: float,
    max_sun_elevation_deg: float,
    grid_s: float = 120.0,
) -> list[tuple[float, float]]:
    """Intervals of the window in which the Sun is low enough.

    Derived here: where straight lines between samples cross the limit.

    Parameters
    ----------
    station
        Where.
    bodies
        The Sun over the window.
    duration_s
        The window runs from mission second 0 to this. [s]
    max_sun_elevation_deg
        Dark is below this. [°]
    grid_s
        The Sun is looked at this often and followed by straight lines between: 2 min err by
        less than 1 s, except within a minute of a grazing twilight at high latitude. [s]

    Returns
    -------
    list of (start_s, end_s)
        In order; empty where it never gets dark.
    """
    times = np.append(np.arange(0.0, duration_s, grid_s), duration_s)
    return below(times, sun_elevation_deg(station, bodies, times) - max_sun_elevation_deg)


def below(times: FloatArray, height: FloatArray) -> list[tuple[float, float]]:
    """Intervals in which a sampled height is below 0, by straight lines between its samples.

    Parameters
    ----------
    times
        Increasing, at least two. [s]
    height
        Shaped likewise.

    Returns
    -------
    list of (start_s, end_s)
        In order; one that is open at an end of the samples ends there.

    Examples
    --------
    >>> import numpy as np
    >>> below(np.array([0.0, 10.0, 20.0]), np.array([1.0, -1.0, -1.0]))
    [(5.0, 20.0)]
    """
    low = height < 0.0
    change = np.flatnonzero(low[1:] != low[:-1])
    share = height[change] / (height[change] - height[change + 1])
    edges = list(times[change] + share * (times[change + 1] - times[change]))
    if low[0]:
        edges.insert(0, float(times[0]))
    if low[-1]:
        edges.append(float(times[-1]))
    return [(float(a), float(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
