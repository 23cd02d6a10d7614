"""Where a satellite stands over the ground around a contact, and from where stations see it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import erfa
import numpy as np

from satqkd.constants import EARTH_GM_M3_S2, EARTH_ROTATION_RAD_S
from satqkd.errors import SatqkdError
from satqkd.mission.mission import Mission
from satqkd.passes.states import reach_s, states_itrf
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray

WGS84: Final = 1
"""How ERFA calls the ellipsoid."""
STEP_S: Final = 30.0
"""Between two points of a track. [s]"""
SAME_EPOCH: Final = timedelta(milliseconds=2)
"""Numerical: tables round an epoch to a millisecond."""
CORNERS: Final = 72
"""Of a circle of visibility."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Circle:
    """From where a station sees a satellite at one height above its lowest elevation."""

    station: str
    latitude_deg: FloatArray
    longitude_deg: FloatArray
    """Corners below the satellite, closed, shape (n,). [°]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroundTrack:
    """Half a revolution before and after the middle of a contact."""

    satellite: str
    utc: tuple[datetime, ...]
    latitude_deg: FloatArray
    """Geodetic, shape (n,). [°]"""
    longitude_deg: FloatArray
    """From −180 to 180, shape (n,). [°]"""
    height_m: FloatArray
    """Above the ellipsoid, shape (n,). [m]"""
    middle: int
    """Place of the point nearest to the middle of the contact."""
    circles: tuple[Circle, ...]


def ground_track(
    mission: Mission, *, satellite: str, middle: datetime, epoch: datetime | None = None
) -> GroundTrack:
    """Follow a satellite over the ground around a contact.

    Parameters
    ----------
    mission
        Holds it, and the stations.
    satellite
        Its name.
    middle
        When it culminates.
    epoch
        Of the elements that the contact is of, as ``elements_epoch_utc`` of passes.csv has it;
        without it those whose epoch is nearest.

    Raises
    ------
    SatqkdError
        If the mission has no such satellite or elements, or nothing says where it is then.

    Notes
    -----
    The period is that of the ellipse through the state at the middle. Circles are those of a
    sphere, around each station at the height of the satellite there: some tenths of a degree off,
    of a width of tens of degrees.

    References
    ----------
    .. [1] ERFA ``gc2gd``, after T. Fukushima, *J. Geod.* 79, 689 (2006); the period by Kepler's
       third law.
    """
    craft = next((one for one in mission.spacecraft if one.satellite.name == satellite), None)
    if craft is None:
        raise SatqkdError(
            f"{satellite}: the mission has no such satellite\n  fix: plan again with this mission"
        )
    timebase = Timebase.starting(mission.start)
    middle_s = timebase.seconds(middle)
    sources = craft.satellite.sources
    same = [one for one in sources if epoch is None or abs(one.epoch - epoch) <= SAME_EPOCH]
    if not same:
        raise SatqkdError(
            f"{satellite}: the mission has no elements of {epoch:%Y-%m-%dT%H:%M:%SZ} any more\n"
            "  fix: plan again with the elements of now"
        )
    used = min(same, key=lambda one: abs((one.epoch - middle).total_seconds()))
    half_s = 0.5 * _period_s(*states_itrf(used, timebase, np.array([middle_s])))
    begin_s, end_s = reach_s(used, timebase, start_s=middle_s - half_s, end_s=middle_s + half_s)
    before = np.arange(middle_s, begin_s, -STEP_S)[::-1]
    after = np.arange(middle_s + STEP_S, end_s, STEP_S)
    seconds: FloatArray = np.concatenate([before, after])
    position_m, _ = states_itrf(used, timebase, seconds)
    longitude, latitude, height_m = erfa.gc2gd(WGS84, position_m.T)
    place = before.size - 1
    return GroundTrack(
        satellite=satellite,
        utc=tuple(timebase.utc_of(seconds)),
        latitude_deg=np.degrees(latitude),
        longitude_deg=np.degrees(longitude),
        height_m=np.asarray(height_m),
        middle=place,
        circles=tuple(_circles(mission, float(height_m[place]))),
    )


def _period_s(position_m: FloatArray, velocity_m_s: FloatArray) -> float:
    """Period of the ellipse through an Earth-fixed state, shapes (3, 1). [s]"""
    x, y, _ = position_m[:, 0]
    speed = velocity_m_s[:, 0] + EARTH_ROTATION_RAD_S * np.array([-y, x, 0.0])
    away_m = float(np.linalg.norm(position_m))
    axis_m = 1.0 / (2.0 / away_m - float(speed @ speed) / EARTH_GM_M3_S2)
    return 2.0 * math.pi * math.sqrt(axis_m**3 / EARTH_GM_M3_S2)


def _circles(mission: Mission, height_m: float) -> Sequence[Circle]:
    turn = np.linspace(0.0, 2.0 * math.pi, CORNERS + 1)
    found = []
    for ground in mission.stations:
        site = ground.site
        here_m = np.linalg.norm(
            erfa.gd2gc(
                WGS84, math.radians(site.longitude_deg), math.radians(site.latitude_deg), 0.0
            )
        )
        low = math.radians(site.min_elevation_deg)
        share = float(here_m) / (float(here_m) + height_m)
        width = math.acos(share * math.cos(low)) - low
        north, east = math.radians(site.latitude_deg), math.radians(site.longitude_deg)
        latitude = np.arcsin(
            np.sin(north) * np.cos(width) + np.cos(north) * np.sin(width) * np.cos(turn)
        )
        longitude = east + np.arctan2(
            np.sin(turn) * np.sin(width) * np.cos(north),
            np.cos(width) - np.sin(north) * np.sin(latitude),
        )
        found.append(
            Circle(
                station=site.name,
                latitude_deg=np.degrees(latitude),
                longitude_deg=(np.degrees(longitude) + 180.0) % 360.0 - 180.0,
            )
        )
    return found
