"""Amounts by several instants in realisations, against every outcome counted by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from satqkd.schedule.amounts import amounts_of
from satqkd.schedule.delivery import deliver, most_worth_bits, reached_bits
from satqkd.schedule.demand import Demand, Milestone
from satqkd.schedule.effort import Effort
from satqkd.schedule.realised import realise
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify
from satqkd.schedule.whole_amounts import whole_amounts


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

    # by night: of the two one can have what it asks for, the smaller amount; weights come later
    assert delivered(1) == [[70.0, 140.0, 30.0, 60.0]]
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
    """Whatever fails: pools bear what demands get by each instant, as a linear program says.

    Of every fourth problem the plan is the proven one; of the others any will do.
    """
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
    plan = solve(problem, Effort(method="greedy") if seed % 4 else None)
    assert verify(problem, plan) == ()
    assert plan.chosen.any()
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
    few = crowded.part(np.arange(10))
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


def asking(problem_of, seed):
    """Up to six pairs of four stations that ask a satellite with stock for amounts, no more."""
    random = np.random.default_rng(seed)
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    some = random.permutation(6)[: int(random.integers(2, 7))].tolist()
    demands = tuple(
        Demand(
            station_a=pairs[one][0],
            station_b=pairs[one][1],
            weight=float(random.integers(1, 4)),
            milestones=(Milestone(bits=float(random.integers(1, 100) ** 2)),),
            priority=int(random.integers(1, 3)),
        )
        for one in some
    )
    problem = problem_of([(0, g, 10.0 * g, 10.0 * g + 5.0, 0) for g in range(4)], satellites=1,
                         stations=4)  # fmt: skip
    stock = random.integers(0, 9000, 4).astype(float)
    return replace(problem, demands=demands, stock_bits=stock)


@pytest.mark.parametrize("seed", range(60))
def test_as_many_amounts_are_met_as_the_plan_would_meet(problem_of, seed):
    """Of one satellite and one deadline, by priority; and as any choice of amounts can be."""
    problem = asking(problem_of, seed)
    chosen = np.ones(4, dtype=np.bool_)
    amounts = amounts_of(problem, most_worth_bits(problem))
    deliveries, _ = deliver(problem, chosen, amounts)
    planned = reached_bits(problem, amounts, problem.block_bits(chosen), deliveries)
    found = realise(problem, chosen, np.ones((1, 4), dtype=np.bool_)).reached[0]
    asked = np.array([one.milestones[0].bits for one in problem.demands])
    high = np.array([one.priority for one in problem.demands]) == 2

    def met(reached):
        whole = reached >= asked
        return int(whole[high].sum()), int(whole[~high].sum())

    assert met(found) == met(planned)
    best = (0, 0)
    for some in product([0.0, 1.0], repeat=asked.size):
        spent = np.zeros(4)
        for takes, bits, one in zip(some, asked, problem.demands, strict=True):
            spent[[one.station_a, one.station_b]] += takes * bits
        if (spent <= problem.stock_bits).all():
            best = max(best, met(np.array(some) * asked))
    assert met(found) == best


@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_demands_makes_no_difference(problem_of, crowded, seed):
    """Neither among amounts of one instant nor among equal weights; alike are what pairs get."""
    random = np.random.default_rng(seed)
    one = asking(problem_of, seed)
    equal = tuple(
        replace(demand, weight=1.0, milestones=floors(2e5, (500.0, math.inf)))
        for demand in (*crowded.demands, Demand(station_a=0, station_b=2))
    )
    for problem in (one, replace(crowded, demands=equal)):
        order = random.permutation(len(problem.demands))
        other = replace(problem, demands=tuple(problem.demands[n] for n in order.tolist()))
        clear = random.random((40, len(problem))) < 0.8
        every = np.ones(len(problem), dtype=np.bool_)
        found, permuted = (realise(it, every, clear) for it in (problem, other))
        asked = len(problem.demands[0].milestones)
        reached = found.reached.reshape(40, -1, asked)[:, order]

        assert (permuted.delivered == found.delivered[:, order]).all()
        assert (permuted.reached.reshape(40, -1, asked) == reached).all()


def test_a_small_amount_is_met_beside_one_out_of_reach(problem_of):
    """Whatever the order: 5 Gbit that nobody can bring take nothing of 300 bit."""
    problem = problem_of([(0, 0, 0, 5, 0)], satellites=1, demands=((0, 1, 2.0), (1, 2, 1.0)))
    problem = replace(problem, stock_bits=np.array([900.0, 350.0, 900.0]))
    none, sky = np.ones(1, dtype=np.bool_), np.ones((1, 1), dtype=np.bool_)
    large, small = problem.demands
    demands = (
        replace(large, milestones=(Milestone(bits=5e9),)),
        replace(small, milestones=(Milestone(bits=300.0),)),
    )

    assert realise(replace(problem, demands=demands), none, sky).reached.tolist() == [[50, 300]]
    other = replace(problem, demands=demands[::-1])
    assert realise(other, none, sky).reached.tolist() == [[300, 50]]
    # both out of reach: the larger share is that of the smaller amount
    out = (demands[0], replace(small, milestones=(Milestone(bits=1e6),)))
    assert realise(replace(problem, demands=out), none, sky).reached.tolist() == [[0, 350]]


@pytest.mark.parametrize("seed", range(10))
def test_beyond_eight_amounts_the_smallest_come_first(seed):
    """Of one shared pool that is as many as can be; each other pool bears its own amount."""
    random = np.random.default_rng(seed)
    lacking = random.integers(1, 60, (20, 11)).astype(float)
    taken = np.concatenate((np.ones((1, 11)), np.eye(11)))
    held = np.column_stack((random.integers(0, 300, 20), np.full((20, 11), 100.0)))
    found = whole_amounts(held, taken, lacking, random.random(11) + 1.0)

    assert ((found == 0) | (found == lacking)).all()
    for row, served in enumerate(found):
        most = int((np.cumsum(np.sort(lacking[row])) <= held[row, 0]).sum())
        assert served.sum() <= held[row, 0]
        assert int((served > 0).sum()) == most
