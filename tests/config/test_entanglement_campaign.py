"""The packaged mission with entangled pairs is that of Nature 582, 501 (2020) as far as known."""

from __future__ import annotations

import numpy as np
import pytest
from skyfield.api import wgs84

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.stream import Chosen, stream


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("pairs")
    copy_preset("micius-entanglement-campaign", target)
    return target


@pytest.fixture(scope="module")
def mission(folder):
    return load_mission(folder / "mission.yaml", folder / "stations.yaml", duration_s=5 * 86_400.0)


def test_the_stations_are_as_far_apart_as_published(mission):
    """1120 km, the physical distance the paper gives, within what its rounding leaves."""
    first, second = (
        wgs84.latlon(
            ground.site.latitude_deg, ground.site.longitude_deg, elevation_m=ground.site.height_m
        ).itrs_xyz.km
        for ground in mission.stations
    )

    assert np.linalg.norm(first - second) == pytest.approx(1120.0, abs=5.0)


def test_elements_are_those_of_the_large_campaign(folder, tmp_path):
    """Copied, not a second truth."""
    copy_preset("micius-2016-campaign", tmp_path)
    for name in ("micius.tle", "README.md"):
        copies = [(each / "data" / "tle" / name).read_bytes() for each in (folder, tmp_path)]
        assert copies[0] == copies[1]


def test_a_window_comes_each_night_and_is_too_short_for_key(mission):
    """Around two in the morning at Beijing's clock; a few hundred bits pay for no finite block."""
    (found,) = stream(mission, Chosen(satellites=(0,), stations=(), pairs=mission.together))
    yields = found.yields
    used = yields.usable_s > 0.0
    hours = [float(text[11:13]) for text in found.timebase.iso(found.contacts.start_s[used])]

    assert used.sum() == 5
    assert {(hour + 8.0) % 24.0 for hour in hours} <= {1.0, 2.0}
    assert yields.keys.secure_bits.max() == 0
    assert all(yields.why_zero)
