"""Deliveries over time: all of the plan's, never before their blocks are key, never too late."""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.network.deliveries import timed_deliveries
from satqkd.schedule.demand import Demand
from satqkd.schedule.problem import Delivery, Problem
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
    instants = Counter((one.at_s, one.satellite, one.demand, one.relayed) for one in found)
    assert set(instants.values()) <= {1}
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


def test_a_pair_gets_once_what_a_satellite_gives_it_at_an_instant():
    """However many amounts it serves: stock of the beginning, then a contact's key."""
    problem = Problem(
        satellite=np.zeros(1, dtype=np.int64),
        station=np.zeros(1, dtype=np.int64),
        partner=np.full(1, -1),
        start_s=np.array([10.0]),
        end_s=np.array([20.0]),
        key_bits=np.array([100.0]),
        satellite_gap_s=np.zeros(1),
        station_gap_s=np.zeros(2),
        demands=(Demand(station_a=0, station_b=1),),
        spare_weight=0.0,
        stock_bits=np.array([200.0, 300.0]),
    )
    deliveries = tuple(
        Delivery(satellite=0, demand=0, bits=bits, by_s=by_s)
        for bits, by_s in ((50, 30.0), (180, 40.0), (70, 50.0))
    )
    plan = replace(solve(problem), deliveries=deliveries)
    found = timed_deliveries(problem, plan)

    assert [(one.at_s, one.bits) for one in found] == [(0.0, 200), (20.0, 100)]
