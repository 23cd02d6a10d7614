"""The packaged mission of fibres: each value sourced, each link with its key."""

from __future__ import annotations

import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset, find_preset
from satqkd.forecast.terrestrial import follow_link
from satqkd.report.tables.terrestrial import rate_text


@pytest.fixture(scope="module")
def mission():
    folder = find_preset("fibre-115mb-2023")
    return load_mission(folder / "mission.yaml", folder / "stations.yaml")


def test_the_links_reach_from_10_to_328_km(mission):
    """The ends are published."""
    assert [link.length_m for link in mission.links] == [10e3, 50e3, 100e3, 328e3]


def test_a_copy_loads(mission, tmp_path):
    """As a user has it; nothing flies."""
    files = copy_preset("fibre-115mb-2023", tmp_path)
    again = load_mission(*sorted(files))

    assert again.links == mission.links
    assert again.spacecraft == ()


def test_what_was_not_printed_is_assumed(mission):
    """Above all what decides the rates."""
    told = " ".join(one.where for one in mission.assumptions if "default" not in one.why)

    for key in ("intensities", "dark_rate", "dead_time", "attenuation", "sifted_rate"):
        assert key in told


def test_each_link_makes_key_less_the_longer(mission):
    """And the computers keep up with all of them."""
    followed = [
        follow_link(link, mission.protocol, mission.protocol_name) for link in mission.links
    ]
    rates = [fixed.key_rate_hz for fixed in followed]

    assert rates == sorted(rates, reverse=True)
    assert rates[-1] > 0.0
    assert [fixed.made_rate_hz for fixed in followed] == rates
    assert rate_text(followed[0]).endswith("Mbit/s, post-processing keeps up")
