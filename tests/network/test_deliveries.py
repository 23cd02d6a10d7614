"""Deliveries over time: all of the plan's, never before their blocks are key, never too late."""

import math
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


@pytest.mark.parametrize("seed", range(0, CASES, 3))
def test_nothing_waits_that_could_be_delivered(seed):
    """As when every delivery is tried again after each block, against every other one."""
    _, problem = asked_case(seed)
    plan = solve(problem)
    relayed = [one for one in timed_deliveries(problem, plan) if one.relayed]

    assert {(one.at_s, one.satellite, one.demand): one.bits for one in relayed} == plainly(
        problem, plan
    )


def plainly(problem, plan):
    """Bits of each instant, satellite and demand, by the rule alone."""
    bits, first = problem.block_bits(plan.chosen), problem.first_of_block
    filled = sorted(
        (
            float(problem.end_s[plan.chosen & (problem.block == block)].max()),
            block,
            (int(problem.satellite[first[block]]), int(problem.station[first[block]])),
            math.floor(bits[block]),
        )
        for block in np.flatnonzero(bits > 0).tolist()
        if problem.partner[first[block]] < 0
    )
    begin_s = min([0.0, *(at_s for at_s, *_ in filled)])
    begin_s = min(begin_s, float(problem.start_s[problem.occupies].min(initial=0.0)))
    held = Counter()
    if problem.stock_bits is not None:
        for index, stock in enumerate(problem.stock_bits.tolist()):
            held[divmod(index, STATIONS)] = math.floor(stock)
    waiting = [
        [min(one.by_s, problem.demands[one.demand].by_s), -one.bits, one.bits, one]
        for one in plan.deliveries
    ]
    waiting.sort(key=lambda entry: entry[:2])

    def pools(one):
        demand = problem.demands[one.demand]
        return {(one.satellite, demand.station_a), (one.satellite, demand.station_b)}

    def free(place, by_s, number):
        return min(
            held[place],
            *(
                held[place]
                + sum(
                    count
                    for when_s, _, to, count in filled[number:]
                    if to == place and when_s <= early_s
                )
                - sum(
                    left
                    for due_s, _, left, one in waiting
                    if due_s <= early_s and place in pools(one)
                )
                for early_s in {due_s for due_s, *_ in waiting if due_s < by_s}
            ),
            math.inf,
        )

    found = Counter()
    for number, at_s in enumerate([begin_s, *(at_s for at_s, *_ in filled)]):
        if number:
            held[filled[number - 1][2]] += filled[number - 1][3]
        for entry in waiting:
            by_s, _, left, one = entry
            given = min(left, *(free(place, by_s, number) for place in pools(one)))
            if given > 0:
                entry[2] -= given
                found[at_s, one.satellite, one.demand] += given
                for place in pools(one):
                    held[place] -= given
    return dict(found)


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


def test_what_an_earlier_deadline_needs_is_kept_for_it():
    """Of 100 bit that lie there 50 are for the pair that its other station's key comes late for."""
    day = [(0, 10.0, 100.0), (2, 12.0, 100.0), (1, 30.0, 50.0), (0, 50.0, 50.0)]
    end_s = np.array([at_s for _, at_s, _ in day])
    problem = Problem(
        satellite=np.zeros(4, dtype=np.int64),
        station=np.array([station for station, *_ in day]),
        partner=np.full(4, -1),
        start_s=end_s - 1.0,
        end_s=end_s,
        key_bits=np.array([bits for *_, bits in day]),
        satellite_gap_s=np.zeros(1),
        station_gap_s=np.zeros(3),
        demands=(
            Demand(station_a=0, station_b=1, by_s=40.0),
            Demand(station_a=0, station_b=2),
        ),
        spare_weight=0.0,
    )
    deliveries = (
        Delivery(satellite=0, demand=1, bits=100),
        Delivery(satellite=0, demand=0, bits=50, by_s=40.0),
    )
    plan = replace(solve(problem), chosen=np.ones(4, dtype=np.bool_), deliveries=deliveries)
    found = timed_deliveries(problem, plan)

    assert [(one.at_s, one.demand, one.bits) for one in found] == [
        (12.0, 1, 50),
        (30.0, 0, 50),
        (50.0, 1, 50),
    ]
