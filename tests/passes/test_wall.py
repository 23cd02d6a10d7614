"""A horizon that reaches the zenith: a house on one side, held against samples every second."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from satqkd.elements.library import group, read_elements
from satqkd.passes.find import find_passes
from satqkd.passes.horizon import horizontal
from satqkd.passes.station import Station
from satqkd.passes.timebase import Timebase

DATA = Path(__file__).parents[2] / "data" / "tle"
WALL = ((0.0, 10.0), (90.0, 10.0), (90.1, 90.0), (269.9, 90.0), (270.0, 10.0))
TWO_DAYS_S = 2 * 86_400.0


def test_nothing_is_seen_through_a_wall_and_all_beside_it():
    """Each second of two days is in a pass or not, as straight lines through the mask say."""
    site = Station(
        name="House",
        latitude_deg=40.4,
        longitude_deg=117.6,
        height_m=900.0,
        min_elevation_deg=10.0,
        horizon_deg=WALL,
    )
    timebase = Timebase.starting(datetime(2016, 12, 19, tzinfo=UTC))
    satellites = group(read_elements(DATA))
    found = find_passes(satellites, [site], timebase, duration_s=TWO_DAYS_S)

    seconds = np.arange(0.0, TWO_DAYS_S)
    middle = [s.epoch for s in satellites[0].element_sets]
    seen = np.zeros(seconds.size, dtype=bool)
    epochs = np.array([timebase.seconds(epoch) for epoch in middle])
    for (_, number), chain in found.chains.items():
        mine = np.abs(epochs - seconds[:, None]).argmin(axis=1) == number
        place = chain.position_m(*chain.locate(seconds[mine]))
        sky = horizontal(place - site.itrf_m()[:, None], site.east_north_up())
        azimuths, heights = zip(*WALL, (360.0, 10.0), strict=True)
        seen[mine] = sky.elevation_deg >= np.interp(sky.azimuth_deg, azimuths, heights)
    listed = np.zeros(seconds.size, dtype=bool)
    for rise_s, set_s in zip(found.table.rise_s, found.table.set_s, strict=True):
        listed |= (seconds >= rise_s) & (seconds <= set_s)

    assert len(found.table) == 4
    assert (seen != listed).sum() <= 2 * len(found.table)  # a second at each end, at most
