"""Ground tracks against Skyfield, and circles against where satellites really rise."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from skyfield.api import EarthSatellite, load, wgs84

from satqkd.config.load import load_mission
from satqkd.errors import SatqkdError
from satqkd.network.ground_track import ground_track

ROOT = Path(__file__).parents[2]
MIDDLE = datetime(2016, 12, 19, 16, 52, 13, tzinfo=UTC)


@pytest.fixture(scope="module")
def mission():
    return load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")


@pytest.fixture(scope="module")
def epoch(mission):
    """That of the elements of 18 December."""
    (own,) = [
        one
        for one in mission.spacecraft[0].satellite.sources
        if one.epoch.date() == datetime(2016, 12, 18, tzinfo=UTC).date()
    ]
    return own.epoch


@pytest.fixture(scope="module")
def track(mission, epoch):
    return ground_track(mission, satellite="Micius", middle=MIDDLE, epoch=epoch)


@pytest.fixture(scope="module")
def other():
    """The same satellite by Skyfield, from the lines of the file."""
    lines = (ROOT / "data/tle/micius.tle").read_text().splitlines()
    place = next(
        n for n, line in enumerate(lines) if line.startswith("1 ") and "16353.90152" in line
    )
    scale = load.timescale(builtin=True)
    return EarthSatellite(lines[place], lines[place + 1], "Micius", scale), scale


def test_points_are_those_of_skyfield(track, other):
    """Within 0.001°, some 100 m: polar motion is ours alone."""
    satellite, scale = other
    for n in range(0, len(track.utc), 20):
        found = wgs84.geographic_position_of(satellite.at(scale.from_datetime(track.utc[n])))
        assert track.latitude_deg[n] == pytest.approx(found.latitude.degrees, abs=1e-3)
        apart = (track.longitude_deg[n] - found.longitude.degrees + 180.0) % 360.0 - 180.0
        assert abs(apart) * math.cos(found.latitude.radians) < 1e-3
        assert track.height_m[n] == pytest.approx(found.elevation.m, abs=20.0)


def test_it_reaches_half_a_revolution_either_way(track):
    """Micius goes around 15.2 times a day: 94.6 min."""
    span = track.utc[-1] - track.utc[0]
    assert abs(span - timedelta(minutes=94.6)) < timedelta(minutes=1.5)
    assert abs(track.utc[track.middle] - MIDDLE) < timedelta(seconds=1)


def test_a_satellite_on_the_circle_stands_at_the_lowest_elevation(track, mission, other):
    """Circles are of a sphere: within 1.5° of elevation of the 10° that stations ask for."""
    satellite, scale = other
    for circle in track.circles:
        (ground,) = [one for one in mission.stations if one.site.name == circle.station]
        site = wgs84.latlon(
            ground.site.latitude_deg, ground.site.longitude_deg, ground.site.height_m
        )
        height_m = float(track.height_m[track.middle])
        when = scale.from_datetime(MIDDLE)
        for n in range(0, 72, 12):
            above = wgs84.latlon(circle.latitude_deg[n], circle.longitude_deg[n], height_m)
            elevation = (above - site).at(when).altaz()[0].degrees
            assert elevation == pytest.approx(ground.site.min_elevation_deg, abs=1.5)
    del satellite


def test_circles_are_closed(track):
    for circle in track.circles:
        assert circle.latitude_deg[0] == pytest.approx(circle.latitude_deg[-1])
        assert np.all(np.abs(circle.longitude_deg) <= 180.0)


def test_a_satellite_that_the_mission_lacks_is_named(mission):
    with pytest.raises(SatqkdError, match="Nobody: the mission has no such satellite"):
        ground_track(mission, satellite="Nobody", middle=MIDDLE)


def test_elements_that_the_mission_lacks_are_named(mission):
    with pytest.raises(SatqkdError, match="no elements of 2016-12-19T16:52:13Z any more"):
        ground_track(mission, satellite="Micius", middle=MIDDLE, epoch=MIDDLE)
