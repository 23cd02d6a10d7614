"""Deliveries over time: all of the plan's, never before their blocks are key, never too late."""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from satqkd.network.deliveries import timed_deliveries
from satqkd.schedule.solve import solve

sys.path.insert(0, str(Path(__file__).parents[1] / "schedule"))
from test_asked import CASES, asked_case

STATIONS = 3


@pytest.mark.parametrize("seed", range(CASES))
def test_all_is_delivered_in_time_from_what_is_there(seed):
    """Sums are the plan's; at no instant has a pool given more than it held."""
    _, problem = asked_case(seed)
    plan = solve(problem)
    found = timed_deliveries(problem, plan)
    relayed = Counter()
    for one in found:
        if one.relayed:
            relayed[one.satellite, one.demand] += one.bits
        assert one.at_s <= problem.demands[one.demand].by_s
    assert relayed == {(d.satellite, d.demand): d.bits for d in plan.deliveries}

    stock = problem.stock_bits
    bits = problem.block_bits(plan.chosen)
    for satellite in range(problem.satellite_gap_s.size):
        for station in range(STATIONS):
            held = 0.0 if stock is None else float(stock[satellite * STATIONS + station])
            filled = [
                (float(problem.end_s[plan.chosen & (problem.block == block)].max()), bits[block])
                for block in np.flatnonzero(bits > 0).tolist()
                if problem.partner[problem.first_of_block[block]] < 0
                and problem.satellite[problem.first_of_block[block]] == satellite
                and problem.station[problem.first_of_block[block]] == station
            ]
            taken = [
                (one.at_s, one.bits)
                for one in found
                if one.relayed
                and one.satellite == satellite
                and station
                in (problem.demands[one.demand].station_a, problem.demands[one.demand].station_b)
            ]
            for at_s, _ in taken:
                there = held + sum(count for when, count in filled if when <= at_s)
                assert sum(count for when, count in taken if when <= at_s) <= there
