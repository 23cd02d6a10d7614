"""What a later deadline does to the whole plan, and whom it costs what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.stream import forecast
from satqkd.network import undivided
from satqkd.network.candidates import candidates_of
from satqkd.network.plan import plan_of
from satqkd.report.summary import plan_summary
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify

ROOT = Path(__file__).parents[2]
MATERA = 1
"""Place of the pair Oberpfaffenhofen and Matera among the demands, which gets no key."""


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    folder = tmp_path_factory.mktemp("week")
    copy_preset("microsatellite-week", folder)
    path = folder / "mission.yaml"
    text = path.read_text(encoding="utf-8").replace("max_element_age: 5 d", "max_element_age: 30 d")
    path.write_text(text, encoding="utf-8")
    return forecast(load_mission(path))


def worth(week, *, which=MATERA, days=None, **changes):
    """Worth of the plan with one deadline so many days after the window begins, and its gap."""
    solution = planned(week, which=which, days=days, **changes).solution
    assert solution.status == "optimal"
    return solution.objective


@cache
def planned(week, *, which=MATERA, days=None, **changes):
    """The plan with that deadline, contacts whole."""
    mission = week.mission
    by = None if days is None else mission.start + timedelta(days=days)
    demands = tuple(
        replace(one, by=by) if number == which else one
        for number, one in enumerate(mission.demands)
    )
    own = replace(mission, demands=demands, in_part=False, **changes)
    return plan_of([replace(week, mission=own)], stakes=False)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_with_blocks_of_one_pass_a_later_deadline_is_never_worse(week, which):
    """No block is divided: what is in time for an earlier one is in time for a later one."""
    worths = [worth(week, which=which, days=days, blocks="pass") for days in (1.6, 4.6, 7.4)]
    worths.append(worth(week, which=which, blocks="pass"))

    assert worths == sorted(worths)
    if which == 0:
        assert worths[0] < worths[-1]


def test_no_deadline_is_never_worse_than_any(week):
    """Its blocks are those of all deadlines put together."""
    free = worth(week)

    assert all(worth(week, days=days) <= free for days in (2.0, 6.6))


def test_between_two_contacts_a_deadline_may_move_without_effect(week):
    """Where no contact of its stations becomes key, blocks are the same."""
    assert worth(week, days=2.0) == worth(week, days=2.6)


@pytest.mark.parametrize("which", [MATERA, 2])
def test_the_deadline_of_a_pair_that_gets_nothing_costs_nobody(week, which):
    """Blocks are left whole for it: were they divided, others would lose up to a quarter."""
    free = worth(week)

    assert {worth(week, which=which, days=days) for days in (3.6, 7.4)} == {free}
    assert not any(planned(week, which=which, days=3.6).blocks.divided_for)


def test_what_dividing_for_nothing_would_cost(week):
    """With blocks divided all the same a quarter is lost, to a pair that gets nothing."""
    mission = week.mission
    by = mission.start + timedelta(days=3.6)
    demands = tuple(
        replace(one, by=by) if number == MATERA else one
        for number, one in enumerate(mission.demands)
    )
    own = replace(week, mission=replace(mission, demands=demands, in_part=False))
    divided = solve(candidates_of([own]).problem)

    assert divided.status == "optimal"
    assert divided.objective < 0.8 * worth(week, days=3.6)


@pytest.mark.parametrize("days", [None, 3.6, 6.6])
def test_who_pays_for_a_deadline_is_told(week, days):
    """Stations that have more blocks with it than without, and the pair it is of."""
    made, free = planned(week, which=0, days=days), planned(week)
    names = [ground.site.name for ground in week.mission.stations]
    more = [
        name
        for place, name in enumerate(names)
        if np.count_nonzero(made.blocks.station == place)
        > np.count_nonzero(free.blocks.station == place)
    ]
    told = [line for line in plan_summary(made) if line.startswith("blocks of")]

    assert bool(more) == (days == 6.6)
    assert told == [
        f"blocks of {', '.join(more)} are divided at the deadlines of Oberpfaffenhofen and Calern: "
        "each is key in time or not as a whole"
        for _ in more[:1]
    ]


def test_a_deadline_of_others_divides_nothing_of_a_station(week):
    """Matera is of no pair with one."""
    blocks = planned(week, which=0, days=6.6).blocks
    matera = [ground.site.name for ground in week.mission.stations].index("Matera")
    mine = [pairs for own, pairs in zip(blocks.station, blocks.divided_for, strict=True)
            if own == matera]  # fmt: skip

    assert mine == [()]
    assert {pair for pairs in blocks.divided_for for pair in pairs} == {
        frozenset(range(3)) - {matera}
    }


def test_a_bound_of_both_ways_to_divide_decides_the_status(week, monkeypatch):
    """Where the other way could be worth more, the plan that was taken is not proven."""
    true, found = undivided.solve, []

    def first_is_loose(problem, effort, **how):
        found.append(true(problem, effort, **how))
        return replace(found[0], bound=9e9, status="not proven") if len(found) == 1 else found[-1]

    monkeypatch.setattr(undivided, "solve", first_is_loose)
    plan = planned.__wrapped__(week, days=3.6).solution

    assert [one.status for one in found] == ["optimal", "optimal"]
    assert (plan.bound, plan.status) == (9e9, "not proven")
    assert plan.objective == found[1].objective


@pytest.fixture(scope="module")
def rich():
    """The week of Micius, whose pairs get key by most deadlines."""
    return forecast(load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml"))


def test_a_later_deadline_is_never_worse_where_the_pair_gets_key(rich, monkeypatch):
    """Blocks are tried divided sooner too; divided at the deadline alone one is worse."""
    days = (2.0, 3.0, 4.0, 5.0)
    worths = [worth(rich, which=0, days=one) for one in days]
    monkeypatch.setattr(undivided, "SOONER_CONTACTS", 0)
    alone = [planned.__wrapped__(rich, which=0, days=one).solution.objective for one in days]

    assert worths == sorted(worths)
    assert alone != sorted(alone)
    assert all(own >= other for own, other in zip(worths, alone, strict=True))


def test_what_is_divided_sooner_is_in_time(rich):
    """The pair gets no key of contacts that are key after its deadline."""
    plan = planned(rich, which=0, days=3.0)
    by_s = plan.problem.demands[0].by_s
    ready_s = plan.problem.ready_s

    assert verify(plan.problem, plan.solution) == ()
    in_time = [
        float(bits)
        for block, bits in enumerate(plan.problem.block_bits(plan.solution.chosen))
        if ready_s[plan.solution.chosen & (plan.problem.block == block)].max(initial=0.0) <= by_s
    ]
    given = sum(one.bits for one in plan.solution.deliveries if one.demand == 0)
    assert 0 < 2 * given <= sum(in_time)
