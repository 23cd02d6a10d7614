"""Sunset, dark and moonrise against skyfield's own almanac of the same ephemeris."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from skyfield import almanac
from skyfield.api import load, wgs84
from skyfield.jpllib import SpiceKernel

from satqkd.config.load import load_mission
from satqkd.forecast.stream import forecast
from satqkd.network import nights
from satqkd.network.nights import sky_events

ROOT = Path(__file__).parents[2]
RISE_DEG = -0.8333
CLOSE_S = 2.0
"""Straight lines over 2 min, and half an arc second in the places of the bodies."""


@pytest.fixture(scope="module")
def shipped():
    return forecast(load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml"))


def crossings(kernel, body, site, start, *, horizon_deg, days=7):
    """Rises and sets by skyfield's search, as seconds from the start."""
    scale = load.timescale(builtin=True)
    place = kernel["earth"] + wgs84.latlon(
        site.latitude_deg, site.longitude_deg, elevation_m=site.height_m
    )
    span = scale.from_datetime(start), scale.from_datetime(start + timedelta(days=days))
    out = []
    for find in (almanac.find_risings, almanac.find_settings):
        times, real = find(place, kernel[body], *span, horizon_degrees=horizon_deg)
        found = [when.utc_datetime() for when in times[np.asarray(real, dtype=bool)]]
        out.append([(when - start).total_seconds() for when in found])
    return out


@pytest.mark.parametrize(
    ("body", "rise", "set_", "horizon_deg"),
    [
        ("sun", "sunrise", "sunset", RISE_DEG),
        ("sun", "light", "dark", -12.0),
        ("moon", "moonrise", "moonset", RISE_DEG),
    ],
)
def test_events_are_those_of_an_almanac(shipped, body, rise, set_, horizon_deg):
    kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
    start = datetime(2016, 12, 19, tzinfo=UTC)
    events = sky_events(shipped)
    for index, ground in enumerate(shipped.mission.stations):
        expected = crossings(kernel, body, ground.site, start, horizon_deg=horizon_deg)
        for name, own in zip((rise, set_), expected, strict=True):
            at_s = [e.at_s for e in events if e.station == index and e.event == name]
            at_s = at_s[1:] if at_s and at_s[0] == 0.0 else at_s  # what holds at the begin
            assert len(at_s) == len(own)
            assert np.abs(np.array(at_s) - own).max() < CLOSE_S
    kernel.close()


def test_nothing_ends_that_did_not_begin(shipped):
    """Per station each opening is followed by its closing, and the other way round."""
    pairs = (("sunset", "sunrise"), ("dark", "light"), ("moonrise", "moonset"))
    events = sky_events(shipped)
    for index in range(len(shipped.mission.stations)):
        for pair in pairs:
            names = [e.event for e in events if e.station == index and e.event in pair]
            assert names == [pair[place % 2] for place in range(len(names))]


def test_the_window_in_pieces_gives_the_same(shipped, monkeypatch):
    whole = sky_events(shipped)
    monkeypatch.setattr(nights, "CHUNK", 700)
    in_pieces = sky_events(shipped)
    assert [(e.station, e.event) for e in in_pieces] == [(e.station, e.event) for e in whole]
    moved = [abs(a.at_s - b.at_s) for a, b in zip(in_pieces, whole, strict=True)]
    assert max(moved) < 0.1
