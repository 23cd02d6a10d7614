"""Floors, what a pair spends, reserves, priority and stock in the shipped week of Micius."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from asked import between, planned, with_demands

from satqkd.config.load import load_mission
from satqkd.constants import DAY_S
from satqkd.errors import NonPhysicalError, SatqkdError
from satqkd.forecast.stream import forecast
from satqkd.mission.demand import Demand, Floor
from satqkd.mission.stock import Stock
from satqkd.network.candidates import candidates_of
from satqkd.network.deliveries import timed_deliveries
from satqkd.network.milestones import milestones_of
from satqkd.network.outlook import drawn_weather
from satqkd.network.served import served
from satqkd.schedule.groups import Groups
from satqkd.schedule.verify import verify
from satqkd.weather.clear_sky import Draws

ROOT = Path(__file__).parents[2]
XINGLONG, NANSHAN, LIJIANG = 0, 1, 3


@pytest.fixture(scope="module")
def week():
    return forecast(load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml"))


@pytest.fixture(scope="module")
def mission(week):
    return week.mission


def milestones(week, mission, number=0):
    """Bits and instants of a demand, from the beginning of the window."""
    begin_s = week.timebase.seconds(mission.start)
    return [(one.bits, one.by_s - begin_s) for one in milestones_of(mission, week.timebase)[number]]


class TestWhatIsAskedFor:
    def test_nights_end_at_noon_half_way_between_the_stations(self, week, mission):
        """Of local mean solar time: 117.58° and 87.18° east are 102.38°, 6.825 h ahead of UTC."""
        asked = between(mission, "Xinglong", "Nanshan", floor=Floor(10e3, "night"))
        found = milestones(week, with_demands(mission, asked))
        east = [mission.stations[one].site.longitude_deg for one in (XINGLONG, NANSHAN)]
        noon_s = (12.0 - sum(east) / 2.0 / 15.0) * 3600.0

        assert [bits for bits, _ in found] == [10e3 * n for n in range(1, 8)]
        assert [by_s for _, by_s in found] == pytest.approx(
            [noon_s + DAY_S * n for n in range(1, 8)], abs=1e-3
        )

    def test_a_night_counts_if_its_midnight_lies_in_the_window(self, week, mission):
        """From 17:00 to 17:20 UTC, local midnight at 17:10: one night; a little earlier none."""
        asked = between(mission, "Xinglong", "Nanshan", floor=Floor(10e3, "night"))
        short = replace(
            with_demands(mission, asked),
            start=mission.start + timedelta(hours=17),
            duration_s=1200.0,
        )
        assert len(milestones(week, short)) == 1
        with pytest.raises(SatqkdError, match="but no night of the window ends by their deadline"):
            milestones(week, replace(short, duration_s=600.0))

    def test_days_and_weeks_begin_with_the_window_and_are_whole(self, week, mission):
        """Of seven days and a half seven days and one week."""
        longer = replace(mission, duration_s=7.5 * DAY_S)
        by_day, by_week = (
            milestones(
                week,
                with_demands(
                    longer, between(mission, "Xinglong", "Nanshan", floor=Floor(10e3, per))
                ),
            )
            for per in ("d", "week")
        )

        assert by_day == [(10e3 * n, DAY_S * n) for n in range(1, 8)]
        assert by_week == [(10e3, 7 * DAY_S)]

    def test_what_is_spent_has_to_last_for_the_reserve(self, week, mission):
        """Less what is held, at the end of each day and of the window."""
        spent = replace(mission, duration_s=2.5 * DAY_S)
        asked = between(
            mission, "Xinglong", "Nanshan", use_bit_s=0.5, reserve_s=DAY_S, held_bits=50e3
        )
        found = milestones(week, with_demands(spent, asked))

        assert found == [
            (0.5 * 2.0 * DAY_S - 50e3, DAY_S),
            (0.5 * 3.0 * DAY_S - 50e3, 2.0 * DAY_S),
            (0.5 * 3.5 * DAY_S - 50e3, 2.5 * DAY_S),
        ]
        rich = replace(asked, held_bits=100e3)
        assert len(milestones(week, with_demands(spent, rich))) == 2

    def test_the_largest_counts_at_each_instant(self, week, mission):
        """A floor, an amount and what is spent together never fall, and none of them is lost."""
        asked = between(
            mission,
            "Xinglong",
            "Nanshan",
            floor=Floor(10e3, "d"),
            at_least_bits=35e3,
            by=mission.start + timedelta(days=3.2),
        )
        found = milestones(week, with_demands(mission, asked))

        assert found == [
            (10e3, DAY_S), (20e3, 2 * DAY_S), (30e3, 3 * DAY_S), (35e3, 3.2 * DAY_S)
        ]  # fmt: skip

    def test_instants_are_limited(self, week, mission):
        """A year of nights is too much for a plan."""
        asked = between(mission, "Xinglong", "Nanshan", floor=Floor(10e3, "night"))
        year = replace(with_demands(mission, asked), duration_s=365 * DAY_S)
        with pytest.raises(SatqkdError, match=r"by 365 instants, more than the 100 .*\n  fix: "):
            milestones(week, year)

    def test_values_that_mean_nothing_are_refused(self):
        """A reserve of nothing that is spent, a floor of nothing, a priority below 1."""
        for wrong in (
            {"reserve_s": 60.0},
            {"floor": Floor(0.0, "d")},
            {"priority": 0},
            {"use_bit_s": -1.0},
        ):
            with pytest.raises(NonPhysicalError):
                Demand(station_a=0, station_b=1, **wrong)


class TestPlans:
    def test_a_floor_is_delivered_night_by_night(self, week, mission):
        """As the deliveries of the plan say, each when its blocks are key."""
        asked = between(mission, "Xinglong", "Nanshan", floor=Floor(60e3, "night"))
        plan = planned([week], with_demands(mission, asked))
        found = served(plan)[0]
        given = [one for one in timed_deliveries(plan.problem, plan.solution) if one.demand == 0]

        assert verify(plan.problem, plan.solution) == ()
        assert found.amounts == 7
        for one in found.milestones:
            there = sum(d.bits for d in given if d.at_s <= one.by_s)
            assert there >= one.delivered_bits
            assert one.met == (one.delivered_bits >= one.asked_bits)
        assert found.amounts_met >= 6

    def test_a_floor_moves_the_plan_and_costs_the_others(self, week, mission):
        """The key is there earlier; bits by their weights are fewer."""
        free = planned([week], mission)
        asked = between(mission, "Nanshan", "Lijiang", floor=Floor(100e3, "night"))
        plan = planned([week], with_demands(mission, asked))
        by_then = served(plan)[2].milestones[3]

        def there(one):
            return sum(
                d.bits
                for d in timed_deliveries(one.problem, one.solution)
                if d.demand == 2 and d.at_s <= by_then.by_s
            )

        assert there(plan) > there(free)
        assert plan.solution.objective < free.solution.objective

    def test_blocks_of_these_stations_alone_are_divided(self, week, mission):
        """No block of Nanshan or Lijiang reaches over a noon; those of others do."""
        asked = between(mission, "Nanshan", "Lijiang", floor=Floor(10e3, "night"))
        plan = planned([week], with_demands(mission, asked))
        noons = [one.by_s for one in served(plan)[2].milestones]
        blocks = plan.blocks
        crossing = {
            int(blocks.station[b])
            for b in blocks.planned.tolist()
            if any(blocks.start_s[b] < noon < blocks.end_s[b] for noon in noons)
        }

        assert crossing
        assert crossing.isdisjoint({NANSHAN, LIJIANG})

    def test_a_higher_priority_comes_first(self, week, mission):
        """Two pairs of one station: each has its amount when it comes first."""
        met = []
        for priority in (1, 2):
            plan = planned(
                [week],
                with_demands(
                    mission,
                    between(mission, "Xinglong", "Nanshan", at_least_bits=2.4e6, priority=priority),
                    between(
                        mission, "Xinglong", "Delingha", at_least_bits=2.4e6, priority=3 - priority
                    ),
                ),
            )
            met.append([one.met for one in served(plan)[:2]])

        assert met == [[False, True], [True, False]]

    def test_stock_is_relayed_and_told(self, week, mission):
        """More than without, and all of it in the pools' sum; of a plan that flies nothing too."""
        stock = tuple(
            Stock(spacecraft=0, station=one, bits=200_000.5) for one in (XINGLONG, NANSHAN)
        )
        free, plan = planned([week], mission), planned([week], replace(mission, stock=stock))
        grounded = planned([week], replace(mission, stock=stock, banned=week.contact_key))

        assert verify(plan.problem, plan.solution) == ()
        assert plan.solution.objective > free.solution.objective + 150_000.0
        assert not grounded.empty
        assert [(d.bits, d.demand) for d in grounded.solution.deliveries] == [(200_000, 0)]
        (at_once,) = timed_deliveries(grounded.problem, grounded.solution)
        assert at_once.bits == 200_000

    def test_one_pool_has_one_stock(self, mission):
        """In code as in files."""
        twice = (Stock(spacecraft=0, station=1, bits=1.0),) * 2
        with pytest.raises(NonPhysicalError, match="must not name a pool twice"):
            replace(mission, stock=twice)

    def test_a_smaller_floor_is_never_worse(self, week, mission):
        """As many nights, and where all are met as much by weights."""
        found = []
        for bits in (20e3, 60e3, 120e3):
            asked = between(mission, "Xinglong", "Nanshan", floor=Floor(bits, "night"))
            plan = planned([week], with_demands(mission, asked))
            found.append((served(plan)[0].amounts_met, plan.solution.objective))

        for (more, worth), (fewer, less) in pairwise(found):
            assert more >= fewer
            if more == fewer == 7:
                assert worth >= less * (1.0 - 1e-5)


def test_the_chance_of_all_nights_is_that_of_an_independent_count(mission):
    """One pair alone, keys of what is clear in each realisation, added up night by night."""
    asked = between(mission, "Xinglong", "Nanshan", floor=Floor(50e3, "night"))
    alone = replace(
        mission,
        demands=(asked,),
        stock=(
            Stock(spacecraft=0, station=XINGLONG, bits=70e3),
            Stock(spacecraft=0, station=NANSHAN, bits=60e3),
        ),
    )
    found = forecast(mission, draws=Draws(samples=20, seed=1))
    plan = planned([found], alone)
    candidates = candidates_of([replace(found, mission=alone)])
    problem, chosen = plan.problem, plan.solution.chosen
    clear = drawn_weather(candidates, chosen, plan.outlook.draws).clear
    instants = [one.by_s for one in milestones_of(alone, found.timebase)[0]]
    held = {one: np.zeros((len(clear), len(instants))) for one in (XINGLONG, NANSHAN)}
    for one in alone.stock:
        held[one.station] += one.bits
    known = {}
    for block in np.unique(problem.block[chosen]).tolist():
        own = np.flatnonzero(chosen & (problem.block == block))
        station = int(problem.station[own[0]])
        ready_s = float(problem.ready_s[problem.block == block].max())
        for case, left in enumerate(clear[:, own]):
            members = tuple(own[left].tolist())
            if members and members not in known:
                known[members] = float(problem.key_of(Groups.of([list(members)]))[0])
            if station in held:
                held[station][case, [ready_s <= by_s for by_s in instants]] += known.get(
                    members, 0.0
                )
    there = np.minimum(held[XINGLONG], held[NANSHAN])
    enough = there >= 50e3 * np.arange(1, 8)
    told = served(plan)[0]

    assert len(clear) >= 4000
    assert [one.chance for one in told.milestones] == pytest.approx(enough.mean(axis=0).tolist())
    assert told.chance_met == pytest.approx(enough.all(axis=1).mean())
    assert 0.05 < told.chance_met < 0.95
    assert math.isclose(plan.outlook.demands[0].mean_bits, there[:, -1].mean(), rel_tol=0.2)
