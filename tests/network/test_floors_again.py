"""Floors of plans that are made again: they go on where the first plan began."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from asked import between, with_demands

from satqkd.config.load import load_mission
from satqkd.constants import DAY_S
from satqkd.errors import SatqkdError
from satqkd.mission.demand import Floor
from satqkd.network.last_plan import LastDelivery, LastPlan
from satqkd.network.ledger import KeyDelivered, KeyMade, KeyRelayed, Ledger, Pair
from satqkd.network.milestones import milestones_of
from satqkd.network.remembered import past_of
from satqkd.network.rolling import rolled
from satqkd.passes.timebase import Timebase
from satqkd.report.last_plan import taken_facts, taken_of

ROOT = Path(__file__).parents[2]
NOW = datetime(2016, 12, 22, 12, 0, tzinfo=UTC)
PAIR = ("Xinglong", "Nanshan")
FLOOR = 10_000


@pytest.fixture(scope="module")
def mission():
    """Return the shipped week, of which one pair wants key each night."""
    week = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    return with_demands(week, between(week, *PAIR, floor=Floor(FLOOR, "night")))


def asked(mission):
    """What the pair asks for in all, by instant, to the second."""
    timebase = Timebase.starting(mission.start)
    number = next(n for n, one in enumerate(mission.demands) if one.floor is not None)
    found = milestones_of(mission, timebase)[number]
    return {timebase.utc(one.by_s).replace(microsecond=0): one.bits for one in found}


def in_force(mission, *deliveries, taken=None, start=None):
    """Return a plan that delivers so much at some instants."""
    return LastPlan(
        start=start or mission.start,
        end=mission.start + timedelta(days=7),
        contacts=(),
        blocks=(),
        deliveries=tuple(
            LastDelivery(at=at, satellite="Micius", stations=PAIR, bits=bits, relayed=True)
            for at, bits in deliveries
        ),
        taken=taken,
    )


def test_what_came_before_counts_and_nights_go_on(mission):
    """The same instants as at first, less those behind; so much less as was delivered."""
    first = asked(mission)
    last = in_force(mission, (NOW - timedelta(days=2), 25_000), (NOW + timedelta(days=1), 99_000))
    again = asked(rolled(mission, last, NOW).mission)

    assert [bits for at, bits in first.items() if at > NOW] == [40e3, 50e3, 60e3, 70e3]
    assert again == {at: bits - 25_000 for at, bits in first.items() if at > NOW}


def test_what_is_there_already_is_not_asked_for_again(mission):
    """50,000 bit serve the first five nights."""
    last = in_force(mission, (NOW - timedelta(hours=20), 50_000))
    assert list(asked(rolled(mission, last, NOW).mission).values()) == [10e3, 20e3]


def test_a_second_replan_remembers_through_plan_json(mission):
    """What the plan before it took over, and what that one delivers itself."""
    last = in_force(mission, (NOW - timedelta(days=2), 25_000))
    taken = taken_of(taken_facts(rolled(mission, last, NOW).taken))
    later = NOW + timedelta(days=1)
    next_last = in_force(mission, (later - timedelta(hours=3), 7_000), taken=taken, start=NOW)
    again = asked(rolled(mission, next_last, later).mission)

    assert list(again.values()) == [50e3 - 32e3, 60e3 - 32e3, 70e3 - 32e3]


def test_a_night_that_is_running_is_still_asked_for(mission):
    """At two in the morning, local time: its midnight is behind, its noon is not."""
    night = NOW + timedelta(hours=7)
    assert next(iter(asked(rolled(mission, in_force(mission), night).mission).values())) == 40e3


@pytest.mark.parametrize(("per", "left"), [("d", [40e3, 50e3, 60e3, 70e3]), ("week", [10e3])])
def test_days_and_weeks_are_those_of_the_files_window(mission, per, left):
    """The fourth day ends twelve hours after now."""
    other = with_demands(mission, between(mission, *PAIR, floor=Floor(FLOOR, per)))
    found = asked(rolled(other, in_force(mission), NOW).mission)
    assert list(found.values()) == left
    assert min(found) == mission.start + timedelta(days=7 if per == "week" else 4)


def test_when_every_day_is_behind_nothing_is_asked_for(mission):
    """No mistake of the mission; that a first plan has no night at all is one."""
    daily = with_demands(mission, between(mission, *PAIR, floor=Floor(FLOOR, "d")))
    daily = replace(daily, duration_s=6.5 * DAY_S)
    late = mission.start + timedelta(days=6, hours=6)
    assert asked(rolled(daily, in_force(daily), late).mission) == {}
    with pytest.raises(SatqkdError, match="no night of the window ends"):
        asked(replace(mission, duration_s=600.0))


def test_a_ledger_says_what_was_delivered_since_the_window_began(mission, tmp_path):
    """And not what came before it, which the pair may hold."""
    pair = Pair(station_a=PAIR[0], station_b=PAIR[1])
    path = tmp_path / "ledger.sqlite"
    for at, bits in ((mission.start - timedelta(days=1), 4_000), (NOW, 25_000)):
        with Ledger.open(path, author="test", now=at) as ledger:
            for station in PAIR:
                ledger.append(
                    KeyMade(
                        block=f"{station} {bits}", maker="Micius", station=station, bits=bits,
                        epsilon=1e-10, made_at=at, contacts=(),
                    )
                )  # fmt: skip
            ledger.append(KeyRelayed(satellite="Micius", pair=pair, bits=bits))
            ledger.append(KeyDelivered(pair=pair, bits=bits))
            past = past_of(ledger.book, mission, ledger.events())
    planned = in_force(mission, (NOW - timedelta(days=2), 70_000))  # of which less was delivered
    window = rolled(mission, planned, NOW, past=past).mission
    (demand,) = [one for one in window.demands if one.floor is not None]

    assert demand.delivered_bits == 25_000.0
    assert demand.held_bits == 29_000.0
    assert list(asked(window).values()) == [15e3, 25e3, 35e3, 45e3]
