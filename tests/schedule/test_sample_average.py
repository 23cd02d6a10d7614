"""Rules, pins and amounts hold also beside the main search: on a sample, and pass by pass."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.schedule.demand import Demand, Milestone
from satqkd.schedule.effort import Effort
from satqkd.schedule.problem import Problem
from satqkd.schedule.rules import Rule
from satqkd.schedule.sample_average import better_on_average, mean_worth
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify

sys.path.insert(0, str(Path(__file__).parent))
from block_cases import random_case


@pytest.mark.parametrize("seed", range(12))
def test_rules_and_pins_are_kept_while_the_mean_rises(seed):
    """Half of the contacts may be flown at most; the first one has to be."""
    problem = random_case("whole bits", seed).problem()
    count = len(problem)
    pinned = np.arange(count) == 0
    rule = Rule(name="half", contacts=np.arange(count), use=np.ones(count), most=float(count // 2))
    asked = replace(problem, pinned=pinned, rules=(rule,))
    start = solve(asked).chosen
    clear = np.random.default_rng(seed).random((60, count)) < 0.6

    found = better_on_average(asked, start, clear, tries=400)

    assert found[0]
    assert rule.keeps(found)
    assert mean_worth(asked, found, clear) >= mean_worth(asked, start, clear)


def test_what_is_kept_of_a_plan_in_force_stays_for_its_price():
    """Free to change, some of twelve plans lose contacts in bad weather; at a high price none."""
    lost = {0.0: 0, 1e9: 0}
    for seed in range(12):
        problem = random_case("whole bits", seed).problem()
        start = solve(problem).chosen
        clear = np.random.default_rng(seed).random((60, len(problem))) < 0.3
        for price_bits in lost:
            priced = replace(problem, kept_bits=np.where(start, price_bits, 0.0))
            found = better_on_average(priced, start, clear, tries=400)
            lost[price_bits] += int(np.count_nonzero(start & ~found))
    assert lost[0.0] > 0
    assert lost[1e9] == 0


@pytest.mark.parametrize("method", ["greedy", "best"])
def test_amounts_come_first_where_each_contact_is_a_block(method):
    """Three pools of 100 bits: the pair of little weight gets the 60 that it asks for."""
    problem = Problem(
        satellite=np.zeros(3, dtype=np.int64),
        station=np.arange(3),
        partner=np.full(3, -1),
        start_s=np.array([0.0, 100.0, 200.0]),
        end_s=np.array([10.0, 110.0, 210.0]),
        key_bits=np.full(3, 100.0),
        satellite_gap_s=np.ones(1),
        station_gap_s=np.ones(3),
        demands=(
            Demand(station_a=0, station_b=1),
            Demand(station_a=0, station_b=2, weight=0.1, milestones=(Milestone(bits=60.0),)),
        ),
        spare_weight=0.01,
    )
    found = solve(problem, Effort(method=method))

    assert {one.demand: one.bits for one in found.deliveries} == {0: 40, 1: 60}
    assert verify(problem, found) == ()
