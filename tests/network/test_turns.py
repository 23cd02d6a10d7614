"""Turns of a telescope by the angle between two contacts."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.elements.synthetic import WalkerOrbit, WalkerPattern, synthetic_satellites
from satqkd.forecast.arms import see
from satqkd.forecast.stream import forecast
from satqkd.network.plan import plan_of
from satqkd.passes.mount import Mount
from satqkd.schedule.verify import verify

ROOT = Path(__file__).parents[2]
START = datetime(2016, 12, 19, tzinfo=UTC)


class TestAngle:
    def test_without_a_cable_the_azimuth_turns_the_shorter_way(self):
        """Over north from 350° to 20°: 30°."""
        mount = Mount(turn_rate_deg_s=2.0)

        assert mount.turn_deg((350.0, 40.0), (20.0, 35.0)) == pytest.approx(30.0)
        assert mount.turn_deg((20.0, 40.0), (350.0, 35.0)) == pytest.approx(30.0)
        assert mount.turn_deg((-700.0, 40.0), (20.0, 35.0)) == pytest.approx(5.0)

    def test_both_axes_turn_at_once(self):
        """The larger angle counts."""
        assert Mount().turn_deg((10.0, 80.0), (30.0, 15.0)) == pytest.approx(65.0)

    def test_a_cable_says_which_way(self):
        """From 350° to 20° of a cable that begins at north: back by 330°."""
        mount = Mount(azimuth_range_deg=(0.0, 360.0))

        assert mount.turn_deg((350.0, 40.0), (20.0, 35.0)) == pytest.approx(330.0)

    @pytest.mark.parametrize(
        ("mount", "expected"),
        [
            (Mount(turn_rate_deg_s=2.0), 90.0),
            (Mount(turn_rate_deg_s=2.0, azimuth_range_deg=(-270.0, 270.0)), 270.0),
            (Mount(turn_rate_deg_s=2.0, azimuth_range_deg=(-20.0, 20.0)), 45.0),
            (Mount(turn_rate_deg_s=2.0, azimuth_range_deg=(-20.0, 20.0), flip=True), 90.0),
            (Mount(), 0.0),
        ],
    )
    def test_the_longest_turn(self, mount, expected):
        """Half a turn, all of the cable, or an axis in elevation."""
        assert mount.longest_turn_s == pytest.approx(expected)


@pytest.fixture(scope="module")
def busy():
    """A day of 52 satellites, 13 behind each other, over a station with a mount and two without."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    shell = WalkerOrbit(altitude_m=500e3, pattern=WalkerPattern(97.4, 52, 4, 1))
    satellites = synthetic_satellites(shell, name="Shell", epoch=START)
    (craft,) = mission.spacecraft
    grounds = [replace(one, climate=None, clouds=None) for one in mission.stations[:3]]
    terminal = replace(grounds[0].terminal, setup_s=20.0, mount=Mount(acquisition_s=5.0))
    return replace(
        mission,
        duration_s=86_400.0,
        step_s=2.0,
        spacecraft=tuple(replace(craft, satellite=one) for one in satellites),
        stations=(replace(grounds[0], terminal=terminal), *grounds[1:]),
        demands=tuple(one for one in mission.demands if max(one.station_a, one.station_b) < 3),
        blocks="pass",
        spare_weight=0.1,
    )


@pytest.fixture(scope="module")
def found(busy):
    return forecast(busy)


def turning(mission, rate):
    first, *others = mission.stations
    mount = replace(first.terminal.mount, turn_rate_deg_s=rate)
    first = replace(first, terminal=replace(first.terminal, mount=mount))
    return replace(mission, stations=(first, *others))


@pytest.fixture(scope="module")
def directions(found):
    """Azimuth and elevation along each pass of the first station, by its row."""
    (arm,) = see(found.mission, found.contacts, found.sky())
    return {
        row: (arm.tracks.time_s[a:b], arm.tracks.azimuth_deg[a:b], arm.tracks.elevation_deg[a:b])
        for row, (a, b) in enumerate(zip(arm.tracks.starts, arm.tracks.starts[1:], strict=False))
    }


def slack_s(plan, directions, rate):
    """Time beyond what each turn of the first station needs, from the tracks. [s]"""
    own = np.flatnonzero(plan.passes.scheduled & (plan.forecast.passes.station == 0))
    own = own[np.argsort(plan.passes.start_s[own])]
    found = []
    for earlier, later in itertools.pairwise(own):
        end, start = plan.passes.end_s[earlier], plan.passes.start_s[later]
        sides = []
        for row, at in ((earlier, end), (later, start)):
            time, azimuth, elevation = directions[row]
            turn = np.degrees(np.unwrap(np.radians(azimuth)))
            sides.append((np.interp(at, time, turn), np.interp(at, time, elevation)))
        east = abs((sides[1][0] - sides[0][0] + 180.0) % 360.0 - 180.0)
        angle = max(east, abs(sides[1][1] - sides[0][1]))
        found.append(start - end - 25.0 - angle / rate)
    return np.array(found)


def planned(found, mission):
    return plan_of([replace(found, mission=mission)], stakes=False)


@pytest.mark.parametrize("in_part", [False, True])
def test_a_plan_leaves_time_for_each_turn(busy, found, directions, in_part):
    """At 1°/s; that of a mount which turns at once leaves too little."""
    mission = replace(busy, in_part=in_part)
    free, slow = planned(found, mission), planned(found, turning(mission, 1.0))

    assert slack_s(free, directions, 1.0).min() < -30.0
    assert slack_s(slow, directions, 1.0).min() > -0.1
    assert slow.solution.objective < free.solution.objective
    assert verify(slow.problem, slow.solution) == ()


def test_what_finds_no_time_says_so_and_names_the_contact(busy, found):
    """The reason has the angle, clashes_with the key of the other contact."""
    slow = planned(found, turning(replace(busy, in_part=False), 0.5))
    told = [
        (why, others)
        for why, others in zip(slow.passes.reason, slow.passes.clashes_with, strict=True)
        if why.startswith("rule: Xinglong has")
    ]

    assert told
    for why, others in told:
        words = why.split()
        has, angle, needs = float(words[3]), float(words[8].rstrip("°")), float(words[12])
        assert needs == pytest.approx(25.0 + angle / 0.5, abs=2.1)
        assert has < needs
        assert others


def test_a_faster_mount_makes_no_plan_worse(busy, found):
    """Of whole contacts, all plans proven."""
    mission = replace(busy, in_part=False)
    plans = [planned(found, turning(mission, rate)) for rate in (0.3, 0.5, 1.0, 50.0, None)]
    worth = [one.solution.objective for one in plans]

    assert all(one.solution.status == "optimal" for one in plans)
    assert all(a <= b * (1.0 + 1e-3) for a, b in itertools.pairwise(worth))
    assert worth[0] < worth[-1]


def test_contacts_are_cut_so_that_there_is_time_to_turn(busy):
    """One station alone, whose satellites only a turn keeps apart: parts serve more of them."""
    mission = replace(busy, stations=busy.stations[:1], demands=())
    found = forecast(mission)
    free = planned(found, mission)
    whole = planned(found, turning(replace(mission, in_part=False), 1.0))
    parts = planned(found, turning(mission, 1.0))

    assert not free.passes.in_part.any()
    assert parts.passes.in_part.any()
    assert parts.solution.objective > 1.05 * whole.solution.objective
    assert parts.solution.objective < free.solution.objective
    assert {
        why.split(" serves ")[0]
        for why, cut in zip(parts.passes.reason, parts.passes.in_part, strict=True)
        if cut
    } == {"cut: station"}
