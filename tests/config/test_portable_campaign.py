"""The packaged campaign over portable stations is what validation case K-6 runs."""

from __future__ import annotations

from importlib.resources import files

import pytest
from ruamel.yaml import YAML

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset

SAFE = YAML(typ="safe")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portable")
    copy_preset("micius-portable-campaign", folder)
    return folder


@pytest.fixture(scope="module")
def given():
    case = files("satqkd").joinpath("validation", "cases", "k-6.yaml").read_text(encoding="utf-8")
    return SAFE.load(case)["runs"][0]["given"]


def test_places_are_those_of_the_case(shipped, given):
    """Every station, with its height and lowest elevation."""
    stations = SAFE.load((shipped / "stations.yaml").read_text(encoding="utf-8"))
    keys = ("name", "latitude", "longitude", "height", "min_elevation", "timezone")

    assert [{key: one[key] for key in keys} for one in stations] == given["stations"]
    assert {one["terminal"] for one in stations} == {given["terminal"]}
    assert {one["sky"]["night_radiance"] for one in stations} == {given["night_radiance"]}


def test_window_payload_and_range_are_those_of_the_case(shipped, given):
    """So that the mean key is the one held against the paper."""
    mission = SAFE.load((shipped / "mission.yaml").read_text(encoding="utf-8"))

    assert mission["start"] == given["start"]
    assert mission["duration"] == given["duration"]
    assert mission["limits"]["max_range"] == given["max_range"]
    assert mission["satellites"][0]["payload"] == given["payload"]


def test_protocol_and_elements_are_those_of_the_large_campaign(shipped, tmp_path):
    """Copied, not a second truth."""
    copy_preset("micius-2016-campaign", tmp_path)
    names = ("mission.yaml", "stations.yaml")
    small, large = (
        load_mission(*(folder / name for name in names)) for folder in (shipped, tmp_path)
    )

    assert small.protocol == large.protocol
    for name in ("micius.tle", "README.md"):
        copies = [(folder / "data" / "tle" / name).read_bytes() for folder in (shipped, tmp_path)]
        assert copies[0] == copies[1]
