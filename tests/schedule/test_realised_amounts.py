"""Amounts by several instants in realisations, against every outcome counted by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from satqkd.schedule.demand import Milestone
from satqkd.schedule.realised import realise
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify


def floors(bits, instants):
    """So much by each instant beyond what is asked for by the one before."""
    return tuple(Milestone(bits=bits * (n + 1), by_s=t) for n, t in enumerate(instants))


def nights(problem_of, satellites=1):
    """Three nights, with a contact of either station each; keys differ."""
    rows = [
        (craft, station, 100.0 * night + 10.0 * station + 30.0 * craft,
         100.0 * night + 10.0 * station + 30.0 * craft + 5.0, 60 + 7 * night + 11 * station)
        for craft in range(satellites)
        for night in range(3)
        for station in (0, 1)
    ]  # fmt: skip
    return problem_of(rows, satellites=satellites)


@pytest.mark.parametrize("satellites", [1, 2])
def test_the_chance_of_every_night_is_that_of_all_outcomes(problem_of, satellites):
    """One pair: by each night a satellite can have relayed the smaller of two sums, no more."""
    problem = nights(problem_of, satellites)
    demand = replace(problem.demands[0], milestones=floors(55.0, (100.0, 200.0, 300.0)))
    problem = replace(problem, demands=(demand,))
    count = len(problem)
    every = np.array(list(product([False, True], repeat=count)))
    found = realise(problem, np.ones(count, dtype=np.bool_), every)

    rows = list(
        zip(problem.satellite, problem.station, problem.end_s, problem.key_bits, strict=True)
    )
    for outcome, reached in zip(every.tolist(), found.reached.tolist(), strict=True):
        by_hand = []
        for one in demand.milestones:
            held = [
                sum(
                    bits
                    for clear, (s, g, end_s, bits) in zip(outcome, rows, strict=True)
                    if clear and s == craft and g == station and end_s <= one.by_s
                )
                for craft in range(satellites)
                for station in (0, 1)
            ]
            by_hand.append(sum(min(pair) for pair in zip(held[::2], held[1::2], strict=True)))
        # of more than is asked for by all, some may be counted as relayed at the end alone
        for got, can, one in zip(reached, by_hand, demand.milestones, strict=True):
            assert min(got, one.bits) == min(can, one.bits)


def test_turns_take_the_highest_priority_first_and_then_the_earliest(problem_of):
    """100 bits of the shared pool on the first night, 100 on the second."""
    problem = problem_of(
        [(0, 0, 0, 5, 100), (0, 1, 10, 15, 300), (0, 2, 20, 25, 300), (0, 0, 100, 105, 100)],
        demands=((0, 1, 1.0), (0, 2, 5.0)),
    )
    first, second = problem.demands
    every, all_clear = np.ones(4, dtype=np.bool_), np.ones((1, 4), dtype=np.bool_)

    def delivered(priority):
        demands = (
            replace(first, milestones=floors(70.0, (50.0, 150.0))),
            replace(second, milestones=floors(90.0, (50.0, 150.0)), priority=priority),
        )
        return realise(replace(problem, demands=demands), every, all_clear).reached.tolist()

    # by night: at once the pairs share 100 bits, the dearer one has what it asks for
    assert delivered(1) == [[10.0, 20.0, 90.0, 180.0]]
    assert delivered(3) == [[10.0, 20.0, 90.0, 180.0]]
    cheap = (replace(first, milestones=floors(70.0, (50.0, 150.0)), priority=2), second)
    assert realise(replace(problem, demands=cheap), every, all_clear).reached.tolist() == [
        [70.0, 140.0]
    ]


def test_a_late_amount_of_a_higher_priority_comes_before_an_early_one(problem_of):
    """Key of the first night is kept for it, whatever the other pair misses."""
    problem = problem_of(
        [(0, 0, 0, 5, 100), (0, 1, 10, 15, 300), (0, 2, 20, 25, 300), (0, 0, 100, 105, 20)],
        demands=((0, 1, 1.0), (0, 2, 1.0)),
    )
    first, second = problem.demands
    every, all_clear = np.ones(4, dtype=np.bool_), np.ones((1, 4), dtype=np.bool_)

    def reached(priority):
        demands = (
            replace(first, milestones=(Milestone(bits=70.0, by_s=50.0),)),
            replace(second, milestones=(Milestone(bits=110.0),), priority=priority),
        )
        return realise(replace(problem, demands=demands), every, all_clear).reached.tolist()

    assert reached(1) == [[70.0, 50.0]]
    assert reached(2) == [[10.0, 110.0]]


def test_key_of_later_nights_makes_up_for_what_was_missed(problem_of):
    """A cloudy first night: the second amount is still there."""
    problem = nights(problem_of)
    demand = replace(problem.demands[0], milestones=floors(40.0, (100.0, 200.0, 300.0)))
    problem = replace(problem, demands=(demand,), spare_weight=0.6)  # spare bits are worth more
    clear = np.ones((1, 6), dtype=np.bool_)
    clear[0, :2] = False
    found = realise(problem, np.ones(6, dtype=np.bool_), clear)

    assert found.reached.tolist() == [[0.0, 67.0, 120.0]]
    assert found.delivered.tolist() == [[120.0]]


@pytest.mark.parametrize("seed", range(12))
def test_what_is_relayed_is_there(crowded, seed):
    """Whatever fails: pools bear what demands get by each instant, as a linear program says."""
    random = np.random.default_rng(seed)
    instants = (300.0, 600.0, math.inf)
    problem = replace(
        crowded,
        demands=tuple(
            replace(
                one,
                milestones=floors(float(random.integers(1, 400_000)), instants),
                priority=int(random.integers(1, 4)),
            )
            for one in crowded.demands
        ),
        stock_bits=random.integers(0, 300_000, 15).astype(float),
    )
    plan = solve(problem)
    assert verify(problem, plan) == ()
    clear = random.random((8, len(problem))) < 0.7
    found = realise(problem, plan.chosen, clear)
    columns = [
        (s, d, k)
        for s in range(3)
        for d in range(len(problem.demands))
        for k in range(len(instants))
    ]
    for outcome, reached in zip(clear & plan.chosen, found.reached, strict=True):
        rows, right = [], []
        for s, g, k in product(range(3), range(5), range(len(instants))):
            rows.append([
                float(
                    c == s
                    and g in (problem.demands[d].station_a, problem.demands[d].station_b)
                    and j <= k
                )
                for c, d, j in columns
            ])  # fmt: skip
            own = (problem.satellite == s) & (problem.station == g) & outcome
            right.append(
                problem.stock_bits[5 * s + g]
                + problem.key_bits[own & (problem.end_s <= instants[k])].sum()
            )
        for d, k in product(range(len(problem.demands)), range(len(instants))):
            rows.append([-float(e == d and j <= k) for _, e, j in columns])
            right.append(-reached[3 * d + k])
        answer = linprog(np.zeros(len(columns)), A_ub=np.array(rows), b_ub=right, bounds=(0, None))
        assert answer.status == 0


@pytest.mark.parametrize("seed", range(6))
def test_deadlines_with_no_key_between_are_one(crowded, seed):
    """The same plan is proven, with fewer relays to choose from."""
    random = np.random.default_rng(seed)
    few = crowded.part(np.arange(14))
    last = float(few.end_s.max())
    instants = (last + 10.0, last + 20.0, last + 30.0, math.inf)
    problem = replace(
        few,
        demands=tuple(
            replace(one, milestones=floors(float(random.integers(1, 90_000)), instants))
            for one in few.demands
        ),
    )
    merged = problem.with_few_deadlines()
    one, other = solve(problem), solve(merged)

    assert problem.deadlines_s.size == 4
    assert merged.deadlines_s.tolist() == [last + 10.0]
    assert verify(problem, other) == verify(merged, other) == ()
    assert other.objective == pytest.approx(one.objective, rel=1e-6, abs=4.0)
