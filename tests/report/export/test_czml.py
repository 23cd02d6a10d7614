"""Scenes for Cesium beside what czml3 read of one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import BarycentricInterpolator

from satqkd.network.hand_over import hand_over
from satqkd.passes.states import states_itrf
from satqkd.report.export.czml import scene

CZML3 = json.loads(
    Path(__file__).parents[2].joinpath("reference", "czml_by_czml3.json").read_text("utf-8")
)["packets"]


@pytest.fixture
def packets(micius):
    return json.loads(scene(hand_over(micius, wanted="micius-lijiang-1964")))


def test_czml3_understands_every_packet_as_it_is_written(packets):
    """Its model knows no property that it does not name; positions it shows are cut short."""
    theirs = {one["id"]: one for one in CZML3}
    ours = {one["id"]: one for one in packets}
    assert list(theirs) == list(ours)
    ours["document"] |= {"clock": theirs["document"]["clock"]}  # of the week, not of the day
    position = ours["satellite-micius"]["position"]
    kept = len(theirs["satellite-micius"]["position"]["cartesian"])
    short = {**position, "cartesian": pytest.approx(position["cartesian"][:kept], abs=1e-3)}
    ours["satellite-micius"] |= {"position": short}
    for name, packet in ours.items():
        assert theirs[name] == packet, name


def test_the_satellite_is_earth_fixed_and_where_the_elements_say(packets, micius):
    """Cesium's polynomial of fifth order is within 5 m between two minutes."""
    given = hand_over(micius, wanted="micius-lijiang-1964")
    (craft,) = [one for one in packets if one["id"] == "satellite-micius"]
    position = craft["position"]
    assert position["referenceFrame"] == "FIXED"
    rows = np.array(position["cartesian"]).reshape(-1, 4)
    epoch_s = given.timebase.seconds(datetime.fromisoformat(position["epoch"]))
    begin, end = map(datetime.fromisoformat, craft["availability"].split("/"))
    assert epoch_s + rows[0, 0] <= given.timebase.seconds(begin)
    assert epoch_s + rows[-1, 0] >= given.timebase.seconds(end)
    near = slice(700, 706)
    middle_s = float(rows[near, 0].mean())
    theirs = BarycentricInterpolator(rows[near, 0] - middle_s, rows[near, 1:])(0.0)
    source = micius.spacecraft[0].satellite.sources[given.contacts[0].source]
    ours, _ = states_itrf(source, given.timebase, np.array([epoch_s + middle_s]))
    assert np.abs(ours[:, 0] - theirs).max() < 5.0


def test_every_reference_is_to_something_and_no_icon_is_fetched(packets):
    """A viewer off line shows the same."""
    ids = {one["id"] for one in packets}
    lines = [one for one in packets if "polyline" in one]
    assert [one["id"].split("-")[0] for one in lines] == ["visible", "scheduled"]
    for line in lines:
        for reference in line["polyline"]["positions"]["references"]:
            assert reference.partition("#")[0] in ids
    assert "http" not in json.dumps(packets)


def test_a_line_shows_while_key_is_made(packets, micius):
    """From the first usable second to the last."""
    given = hand_over(micius, wanted="micius-lijiang-1964")
    (line,) = [one for one in packets if one["id"].startswith("scheduled")]
    (shown,) = line["polyline"]["show"]
    first, last = map(datetime.fromisoformat, shown["interval"].split("/"))
    key = given.timebase.utc_of(np.array(given.contacts[0].key_s))
    assert [first, last] == key
    assert last - first > timedelta(seconds=60)


def test_where_elements_change_positions_come_in_intervals(micius):
    """No polynomial runs from one element set into the next."""
    mission = replace(micius, start=micius.start - timedelta(days=3), duration_s=86_400.0)
    one = hand_over(mission, wanted="micius-jinan-1910")
    two = hand_over(mission, wanted="micius-lijiang-1918")
    packets = json.loads(scene(replace(one, contacts=(*one.contacts, *two.contacts))))
    (craft,) = [one for one in packets if one["id"] == "satellite-micius"]
    before, after = craft["position"]
    assert before["interval"].split("/")[1] == after["interval"].split("/")[0]
    assert {one["referenceFrame"] for one in (before, after)} == {"FIXED"}


def test_a_joint_contact_has_a_line_to_either_station(joint):
    """Both shown at the same time."""
    packets = json.loads(scene(joint))
    lines = [one for one in packets if one["id"].startswith("scheduled")]
    assert len(lines) == 2
    assert lines[0]["availability"] == lines[1]["availability"]
    assert lines[0]["id"] != lines[1]["id"]
