"""Orbit ephemeris messages beside ccsds-ndm and sgp4, and read back into the same passes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from satqkd.elements.oem import parse_oem
from satqkd.elements.satellite import Satellite
from satqkd.forecast.stream import find_contacts
from satqkd.network.hand_over import hand_over
from satqkd.passes.states import states_itrf
from satqkd.report.export.handed import Issue
from satqkd.report.export.oem import oem_files

NDM = json.loads(
    Path(__file__).parents[2].joinpath("reference", "oem_by_ccsds_ndm.json").read_text("utf-8")
)


def text_of(given, ending, issue) -> str:
    files, left = oem_files(given, issue)
    assert left == ()
    (one,) = [file for file in files if file.name.endswith(f"-{ending}.oem")]
    return b"".join(one.content).decode("utf-8")


@pytest.fixture(scope="module", params=["itrf", "teme"])
def frame(request):
    return request.param


@pytest.fixture(scope="module")
def text(frame, night, issue):
    return text_of(night, frame, issue)


def sgp4_teme(source, times) -> np.ndarray:
    """Positions by the sgp4 package alone. [km]"""
    since_d = np.array([(one - source.epoch).total_seconds() / 86_400.0 for one in times])
    jd = np.full(len(times), source.satrec.jdsatepoch)
    error, position, _ = source.satrec.sgp4_array(jd, source.satrec.jdsatepochF + since_d)
    assert not error.any()
    return position


def test_ccsds_ndm_reads_our_states_within_a_millimetre(frame, night):
    """ITRF beside what the elements say, TEME beside the sgp4 package itself."""
    told = NDM[frame]
    source = night.mission.spacecraft[0].satellite.sources[night.contacts[0].source]
    times = [datetime.fromisoformat(f"{row[0]}Z") for row in told["states_km"]]
    theirs = np.array([row[1:4] for row in told["states_km"]])
    if frame == "teme":
        ours = sgp4_teme(source, times)
    else:
        seconds = np.array([night.timebase.seconds(one) for one in times])
        ours = states_itrf(source, night.timebase, seconds)[0].T * 1e-3
    assert len(times) > 70
    assert np.abs(ours - theirs).max() < 1e-6


def test_ccsds_ndm_reads_the_metadata_that_stand_there(frame, text):
    """What it read is what this message says, too."""
    told = NDM[frame]
    written = dict(re.findall(r"^([A-Z_]+) = (.*)$", text, re.MULTILINE))
    assert [written["USEABLE_START_TIME"], written["USEABLE_STOP_TIME"]] == told["useable"]
    assert [written["INTERPOLATION"], int(written["INTERPOLATION_DEGREE"])] == told["interpolation"]
    for key in ("object_name", "object_id", "center_name", "ref_frame", "time_system"):
        assert written[key.upper()] == told[key]
    states = [line for line in text.splitlines() if re.match(r"\d{4}-", line)]
    assert len(states) == told["states"]
    assert states[0].split()[0] == told["states_km"][0][0]


def test_a_comment_stands_only_behind_the_metadata(text):
    """Elsewhere readers refuse it."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if line.startswith("COMMENT"):
            assert lines[place - 1] == "META_STOP"


def flown_by(mission, message):
    """The mission with its satellite on an ephemeris in place of elements."""
    trajectories = parse_oem(message, file="a.oem")
    craft = mission.spacecraft[0]
    own = Satellite(
        name=craft.satellite.name, norad_id=41731, element_sets=(), trajectories=trajectories
    )
    return replace(mission, spacecraft=(replace(craft, satellite=own),))


def test_our_own_reader_finds_the_same_passes_within_a_millisecond(micius, text):
    """Of the whole day, over every station.

    The search follows a table to half a metre, which is more than a millisecond for a pass that
    hardly climbs above the mask.
    """
    ours, theirs = find_contacts(micius).arms[0], find_contacts(flown_by(micius, text)).arms[0]
    assert len(ours) == len(theirs) > 10
    high = ours.max_elevation_deg > 12.0
    assert high.sum() > 10
    for name in ("rise_s", "set_s"):
        apart = np.abs(getattr(ours, name) - getattr(theirs, name))
        assert apart[high].max() < 1e-3, name
        assert apart.max() < 5e-3, name


def test_where_elements_change_a_segment_ends_and_the_next_begins(micius):
    """Between two contacts, at the same instant; our reader joins them."""
    first = micius.start - timedelta(days=3)
    mission = replace(micius, start=first, duration_s=86_400.0)
    one = hand_over(mission, wanted="micius-jinan-1910")
    two = hand_over(mission, wanted="micius-lijiang-1918")
    given = replace(one, contacts=(*one.contacts, *two.contacts))
    message = text_of(given, "itrf", Issue(issued=first))
    assert message.count("META_START") == 2
    stops = re.findall(r"USEABLE_STOP_TIME = (\S+)", message)
    starts = re.findall(r"USEABLE_START_TIME = (\S+)", message)
    assert stops[0] == starts[1]
    (trajectory,) = parse_oem(message, file="a.oem")
    assert len(trajectory.segments) == 2


def test_what_came_as_a_table_goes_on_as_one(micius, text, issue):
    """An ephemeris that ends with the window is handed over to its last second."""
    mission = flown_by(micius, text)
    duration_s = 86_400.0
    found = find_contacts(mission)
    assert len(found)
    given = hand_over(mission, wanted="micius-lijiang-39")
    message = text_of(given, "itrf", issue)
    (trajectory,) = parse_oem(message, file="b.oem")
    between_s = np.array([0.0, 31.0, 43_210.5, duration_s - 29.0, duration_s])
    source = mission.spacecraft[0].satellite.sources[0]
    was, _ = states_itrf(source, given.timebase, between_s)
    now, _ = states_itrf(trajectory, given.timebase, between_s)
    assert np.abs(now - was).max() < 0.05
