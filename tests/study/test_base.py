"""``[*]`` stands for each item of a list, in the paths that ``--set`` takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satqkd.config.yaml_nodes import read_text
from satqkd.errors import InputError
from satqkd.study.base import expanded
from satqkd.study.variable import Setting

MISSION = read_text("satellites: [{name: S, outages: [{}, {}]}, {name: T}]", file="mission.yaml")
STATIONS = replace(
    read_text("[{name: Graz}, {name: St. B, masks: [{}, {}, {}]}]", file="stations.yaml"),
    items="stations",
)


def paths(path):
    setting = Setting(path=path, value="1 h", by="study.yaml:4")
    return [one.path for one in expanded(setting, (MISSION, STATIONS))]


def test_each_item_is_set():
    assert paths("satellites[*].x") == ["satellites[0].x", "satellites[1].x"]
    assert paths("limits.x") == ["limits.x"]


@pytest.mark.parametrize("item", ["[1]", '["St. B"]'])
def test_a_list_within_an_item_is_found_by_its_number_and_its_name(item):
    assert paths(f"stations{item}.masks[*].x") == [f"stations{item}.masks[{n}].x" for n in range(3)]


def test_an_item_of_the_mission_is_found_by_its_name():
    assert paths("satellites.S.outages[*].start") == [
        f"satellites.S.outages[{n}].start" for n in range(2)
    ]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("satellites.U.outages[*].x", r"'U' is none of the 2 satellites"),
        ("satellites[7].outages[*].x", r"'7' is none of the 2 satellites"),
        ("satelites[*].x", r"there is nothing called 'satelites'\n  fix: write 'satellites'"),
        ("stations.Graz.name[*].x", r"'stations.Graz.name' is no list\n  fix: leave out"),
    ],
)
def test_what_is_no_list_is_told_with_its_line(path, told):
    with pytest.raises(InputError, match=told) as error:
        paths(path)
    assert str(error.value).startswith("study.yaml:4")
