"""Greedy plans take contacts for what is asked for first."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.schedule.amounts import amounts_of
from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.delivery import delivered_bits, most_worth_bits
from satqkd.schedule.demand import Demand, Milestone
from satqkd.schedule.effort import Effort
from satqkd.schedule.greedy import take_richest
from satqkd.schedule.greedy_amounts import served_and_worth
from satqkd.schedule.problem import Problem
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify

sys.path.insert(0, str(Path(__file__).parent))
from test_asked import CASES, asked_case

GREEDY = Effort(method="greedy")


def met_by(problem, plan):
    """How many demands get all that they ask for."""
    bits = delivered_bits(problem, problem.block_bits(plan.chosen), plan.deliveries)
    return sum(
        bits[number] >= demand.milestones[-1].bits
        for number, demand in enumerate(problem.demands)
        if demand.milestones
    )


@pytest.fixture(scope="module")
def cases():
    """Random problems, their greedy plans, and those that are best."""
    found = []
    for seed in range(CASES):
        problem = asked_case(seed)[1]
        if any(demand.milestones for demand in problem.demands):
            found.append((problem, solve(problem, GREEDY), solve(problem)))
    return found


def test_plans_are_sound_and_no_better_than_the_best(cases):
    """By rules, pins, pools, and by how many amounts are met."""
    for problem, greedy, best in cases:
        assert verify(problem, greedy) == ()
        assert met_by(problem, greedy) <= met_by(problem, best)
        assert greedy.status in {"not proven", "nothing to schedule"}


def test_amounts_come_before_riches(cases):
    """Never fewer than by taking the richest contact first, more in some, nearly all in all."""
    better = 0
    for problem, greedy, _ in cases:
        amounts = amounts_of(problem, most_worth_bits(problem))
        richest = take_richest(problem, clash_cliques(problem), problem.in_any_case)
        before, after = (
            served_and_worth(problem, chosen, amounts) for chosen in (richest, greedy.chosen)
        )
        assert after >= before
        better += after[0] > before[0]
    assert better >= 5
    reached = sum(met_by(problem, greedy) for problem, greedy, _ in cases)
    possible = sum(met_by(problem, best) for problem, _, best in cases)
    assert reached >= 0.9 * possible


def problem_of(demands, station, bits, start_s):
    """One satellite whose contacts are blocks of their own."""
    count = len(station)
    return Problem(
        satellite=np.zeros(count, dtype=np.int64),
        station=np.array(station),
        partner=np.full(count, -1),
        start_s=np.array(start_s, dtype=float),
        end_s=np.array(start_s, dtype=float) + 10.0,
        key_bits=np.array(bits, dtype=float),
        satellite_gap_s=np.zeros(1),
        station_gap_s=np.zeros(3),
        demands=demands,
        spare_weight=0.0,
    )


def asking(priority=1, bits=50.0, by_s=math.inf):
    """A poor pair that asks for an amount, beside a rich one that does not."""
    return (
        Demand(station_a=0, station_b=1, weight=5.0),
        Demand(
            station_a=0,
            station_b=2,
            priority=priority,
            milestones=(Milestone(bits=bits, by_s=by_s),),
            by_s=by_s,
        ),
    )


def test_a_poor_contact_is_flown_for_an_amount():
    """Contacts of the rich pair clash with it, and give way."""
    rich = problem_of(asking(), station=[0, 1, 2], bits=[900, 900, 60], start_s=[0, 100, 105])
    plan = solve(rich, GREEDY)

    assert plan.chosen.tolist() == [True, False, True]
    assert {d.demand: d.bits for d in plan.deliveries} == {1: 60}


def test_an_amount_out_of_reach_takes_no_contact_but_for_a_share():
    """Half of it is more than nothing, and comes before weights, as in plans of the solver."""
    rich = problem_of(
        asking(bits=120.0), station=[0, 1, 2], bits=[900, 900, 60], start_s=[0, 100, 105]
    )
    greedy, best = solve(rich, GREEDY), solve(rich)

    assert greedy.chosen.tolist() == best.chosen.tolist() == [True, False, True]


def test_what_comes_too_late_is_not_taken_for_an_amount():
    """The contact at the second station ends after the deadline."""
    rich = problem_of(
        asking(by_s=110.0), station=[0, 1, 2], bits=[900, 900, 60], start_s=[0, 100, 105]
    )
    plan = solve(rich, GREEDY)

    assert plan.chosen.tolist() == [True, True, False]


def test_the_higher_priority_is_served_first():
    """Two amounts want the same instant."""
    demands = (
        replace(asking()[1], station_a=0, station_b=1, priority=1),
        replace(asking()[1], priority=2),
    )
    for order in ((0, 1), (1, 0)):
        own = tuple(replace(one, priority=1 + n) for one, n in zip(demands, order, strict=True))
        rich = problem_of(own, station=[0, 1, 2], bits=[900, 90, 60], start_s=[0, 100, 105])
        plan = solve(rich, GREEDY)
        assert [d.demand for d in plan.deliveries] == [order.index(1)]
