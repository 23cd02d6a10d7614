"""When the Sun and the Moon rise and set over the stations of a mission."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.mission.mission import GroundStation
from satqkd.passes.bodies import Bodies
from satqkd.passes.night import SUNRISE_DEG, below, moon_elevation_deg, sun_elevation_deg
from satqkd.units import FloatArray

Event = Literal["sunset", "dark", "light", "sunrise", "moonrise", "moonset"]
"""``dark`` and ``light``: the Sun sinks below, and climbs above, the limit of the mission."""

GRID_S: Final = 120.0
"""Numerical: straight lines between err by less than 1 s, as of
:func:`satqkd.passes.night.nights`. [s]"""
CHUNK: Final = 15_000
"""Numerical: so many instants are looked at at a time, some three weeks. [B]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkyEvent:
    """The Sun or the Moon crosses a height over a station."""

    station: int
    """Index of the station."""
    event: Event
    at_s: float
    """Mission seconds; the begin of the window for what holds there already. [s]"""


def sky_events(forecast: Forecast) -> tuple[SkyEvent, ...]:
    """List when it gets dark and light, and when the Moon is up, station by station in order.

    The upper edge counts for rise and set, as in almanacs. What holds at the begin of the window,
    such as a night that has begun before, stands there; what holds at its end has no end. A station
    over which the Sun stays up has no event of it.
    """
    found = list(_found(forecast))
    return tuple(sorted(found, key=lambda one: (one.station, one.at_s)))


def _found(forecast: Forecast) -> Iterator[SkyEvent]:
    mission = forecast.mission
    end_s, limit_deg = mission.duration_s, mission.limits.max_sun_elevation_deg
    times = np.append(np.arange(0.0, end_s, GRID_S), end_s)
    sun, moon = _heights(forecast, times)
    kinds: tuple[tuple[Event, Event, FloatArray], ...] = (
        ("sunset", "sunrise", sun - SUNRISE_DEG),
        ("dark", "light", sun - limit_deg),
        ("moonrise", "moonset", SUNRISE_DEG - moon),
    )
    for station in range(len(mission.stations)):
        for opens, closes, heights in kinds:
            for begin_s, until_s in below(times, heights[station]):
                yield SkyEvent(station=station, event=opens, at_s=begin_s)
                if until_s < end_s:
                    yield SkyEvent(station=station, event=closes, at_s=until_s)


def _heights(forecast: Forecast, times: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Elevation of Sun and Moon, shape (stations, times). [°]"""
    stations = forecast.mission.stations
    sun = np.empty((len(stations), times.size))
    moon = np.empty_like(sun)
    for begin in range(0, times.size, CHUNK):
        here = slice(begin, begin + CHUNK)
        own = times[here]
        bodies = Bodies.over(forecast.timebase, start_s=float(own[0]), end_s=float(own[-1]))
        _fill(sun[:, here], moon[:, here], stations, bodies, own)
    return sun, moon


def _fill(
    sun: FloatArray,
    moon: FloatArray,
    stations: tuple[GroundStation, ...],
    bodies: Bodies,
    times: FloatArray,
) -> None:
    for row, ground in enumerate(stations):
        sun[row] = sun_elevation_deg(ground.site, bodies, times)
        moon[row] = moon_elevation_deg(ground.site, bodies, times)
