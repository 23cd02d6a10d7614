"""Darkness at a station against skyfield's twilight."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

import numpy as np
import pytest
from skyfield import almanac
from skyfield.api import wgs84
from skyfield.jpllib import SpiceKernel

from satqkd.passes.bodies import Bodies
from satqkd.passes.night import nights
from satqkd.passes.skyfield_time import skyfield_times
from satqkd.passes.station import Station
from satqkd.passes.timebase import Timebase

DAY_S = 86_400.0
TIMEBASE = Timebase.starting(datetime(2016, 12, 19, tzinfo=UTC))


def test_nights_begin_and_end_with_nautical_twilight(xinglong):
    """Skyfield's almanac gives the same instants within 2 s."""
    bodies = Bodies.over(TIMEBASE, start_s=0.0, end_s=3 * DAY_S)
    ours = nights(xinglong, bodies, duration_s=3 * DAY_S, max_sun_elevation_deg=-12.0)

    kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
    place = wgs84.latlon(xinglong.latitude_deg, xinglong.longitude_deg, xinglong.height_m)
    ends = skyfield_times(TIMEBASE, np.array([0.0, 3 * DAY_S]))
    twilight = almanac.dark_twilight_day(kernel, place)
    times, phase = almanac.find_discrete(ends[0], ends[1], twilight)
    kernel.close()
    # Phase 2 begins in the morning, 1 (between −18° and −12°) in the evening.
    before = np.concatenate([[int(phase[0]) - 1], phase[:-1]])
    dark_edge = ((phase == 2) & (before == 1)) | ((phase == 1) & (before == 2))
    epoch = skyfield_times(TIMEBASE, np.array([0.0]))[0]
    theirs = (times[dark_edge].tt - epoch.tt) * DAY_S
    edges = [edge for night in ours for edge in night if 0.0 < edge < 3 * DAY_S]

    assert edges == pytest.approx(list(theirs), abs=2.0)


def test_polar_night_and_midnight_sun():
    """In December it is always dark at 85° N and never at 85° S."""
    bodies = Bodies.over(TIMEBASE, start_s=0.0, end_s=DAY_S)
    north = Station(name="N", latitude_deg=85.0, longitude_deg=0.0, height_m=0.0)
    south = Station(name="S", latitude_deg=-85.0, longitude_deg=0.0, height_m=0.0)

    assert nights(north, bodies, duration_s=DAY_S, max_sun_elevation_deg=-12.0) == [(0.0, DAY_S)]
    assert nights(south, bodies, duration_s=DAY_S, max_sun_elevation_deg=-12.0) == []
