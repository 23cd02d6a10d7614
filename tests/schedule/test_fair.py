"""Fair plans against every choice of small random cases."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from satqkd.schedule.demand import Milestone
from satqkd.schedule.fair import asking, solve_fair
from satqkd.schedule.problem import Problem
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify

sys.path.insert(0, str(Path(__file__).parent))
from block_cases import STATIONS, Case, Contact, choices, key_of

CASES = 10


def case_of(seed):
    """Up to two satellites, three stations, eight contacts that clash now and then; relays alone.

    Key is supermodular, or nearly.
    """
    random = np.random.default_rng([11, seed])
    satellites = int(random.integers(1, 3))
    contacts = []
    for name in range(8):
        start_s = float(random.integers(0, 50))
        contacts.append(
            Contact(
                satellite=int(random.integers(0, satellites)),
                station=name % STATIONS,
                partner=-1,
                start_s=start_s,
                end_s=start_s + float(random.integers(0, 8)),
                period=0,
                clicks=int(random.integers(300, 700)),
                errors=0,
                name=name,
            )
        )
    pairs = [(0, 1), (0, 2), (1, 2)][: int(random.integers(2, 4))]
    return Case(
        contacts=tuple(contacts),
        shape=("supermodular", "whole bits")[seed % 2],
        demands=tuple((*pair, float(random.choice([0.5, 1.0, 3.0])), True) for pair in pairs),
        spare=float(random.choice([0.0, 0.05])),
        gaps=(0.0, float(random.choice([0.0, 3.0]))),
        satellites=satellites,
    )


def pools_of(case, chosen):
    """What every satellite holds of each station, and what demands get of joint contacts."""
    blocks = {}
    for i in chosen:
        blocks.setdefault(case.contacts[i].of_block, []).append(case.contacts[i])
    held, joint = np.zeros((case.satellites, STATIONS)), np.zeros(len(case.demands))
    for (satellite, station, partner, _), own in blocks.items():
        bits = key_of(case.shape, own)
        if partner < 0:
            held[satellite, station] += bits
            continue
        for number, (a, b, _, _) in enumerate(case.demands):
            if {a, b} == {station, partner}:
                joint[number] += bits
    return held, joint


def level_of(case, held, joint, some):
    """Largest share that some demands can get at once, in bits that can be split."""
    relays = [(s, d) for s in range(case.satellites) for d in some if case.demands[d][3]]
    count = len(relays)
    rows, right = [], []
    for satellite in range(case.satellites):
        for station in range(STATIONS):
            rows.append(
                [float(s == satellite and station in case.demands[d][:2]) for s, d in relays]
                + [0.0]
            )
            right.append(held[satellite, station])
    for d in some:
        rows.append([-float(other == d) for _, other in relays] + [case.demands[d][2]])
        right.append(joint[d])
    answer = linprog([0.0] * count + [-1.0], A_ub=np.array(rows), b_ub=right, bounds=(0, None))
    return -float(answer.fun)


def fairest(case):
    """Most demands that can be served, and the largest smallest share of so many."""
    known = {}
    for chosen in choices(case):
        held, joint = pools_of(case, chosen)
        known[*held.ravel(), *joint] = (held, joint)
    rows = np.array(list(known))
    # less of every pool serves nobody better
    kept = [not np.any(np.all(rows >= row, axis=1) & np.any(rows > row, axis=1)) for row in rows]
    known = {row: both for (row, both), keep in zip(known.items(), kept, strict=True) if keep}
    for size in range(len(case.demands), 0, -1):
        level = max(
            level_of(case, held, joint, some)
            for held, joint in known.values()
            for some in combinations(range(len(case.demands)), size)
        )
        # a share of less than two bits may be one that whole bits cannot bring
        if level * min(weight for _, _, weight, _ in case.demands) >= 2.0:
            return size, level
    return 0, 0.0


@pytest.fixture(scope="module")
def every():
    """Of each case what the best choice gives, and what the plan does."""
    found = []
    for seed in range(CASES):
        case = case_of(seed)
        problem = case.problem()
        fair = solve_fair(problem)
        assert verify(problem, fair.solution) == ()
        found.append((case, problem, fair, *fairest(case)))
    return found


def test_no_plan_is_fairer_than_the_fairest(every):
    """Nor are demands served that no choice serves, to whole bits."""
    for case, _, fair, served, level in every:
        assert np.count_nonzero(fair.shares_bits * weights(case) >= 2.0) <= served
        assert np.all(fair.possible[fair.served])
        if np.count_nonzero(fair.served) == served:
            assert fair.smallest_bits <= level * (1.0 + 1e-9) + 1e-6


def test_most_small_cases_are_served_as_fairly_as_can_be(every):
    """As many demands in all of them; in nine of ten the smallest share is within 1 %.

    Of thirty such cases, tried once, all are.
    """
    several = [one for one in every if one[3] > 1]
    whole = [case.satellites / weights(case).min() for case, *_ in several]
    near = [
        fair.smallest_bits >= 0.99 * level - slack
        for (_, _, fair, _, level), slack in zip(several, whole, strict=True)
    ]

    assert len(several) > CASES // 3
    assert all(np.count_nonzero(fair.served) >= served for _, _, fair, served, _ in every)
    assert np.mean(near) >= 0.9


def test_some_are_fairer_than_the_plan_by_weights(every):
    """And none less fair: demands served first, then the smallest share."""
    more = 0
    for _, problem, fair, _, _ in every:
        by_weights = solve(problem)
        plain = solve_fair_of(problem, by_weights)
        assert (np.count_nonzero(fair.served), fair.smallest_bits) >= plain
        more += (np.count_nonzero(fair.served), fair.smallest_bits) > plain
        assert fair.solution.objective <= by_weights.bound * (1.0 + 1e-9)
        assert fair.solution.bound >= fair.solution.objective

    assert more > CASES // 4


def solve_fair_of(problem, solution):
    """Demands that a plan serves, and the smallest share of them."""
    bits = np.zeros(len(problem.demands))
    for delivery in solution.deliveries:
        bits[delivery.demand] += delivery.bits
    keys = problem.block_bits(solution.chosen)
    for block, first in enumerate(problem.first_of_block.tolist()):
        ends = {int(problem.station[first]), int(problem.partner[first])}
        for number, demand in enumerate(problem.demands):
            if ends == {demand.station_a, demand.station_b}:
                bits[number] += keys[block]
    shares = bits / np.array([demand.weight for demand in problem.demands])
    served = shares[shares > 0]
    return served.size, float(served.min()) if served.size else 0.0


def weights(case):
    return np.array([weight for _, _, weight, _ in case.demands])


def test_a_level_is_asked_for_a_unit_of_weight():
    """Where more is asked for already that stays."""
    problem = case_of(0).problem()
    first = replace(problem.demands[0], milestones=(Milestone(bits=1e6),))
    given = replace(problem, demands=(first, *problem.demands[1:]))
    asked = asking(given, 10.0, np.ones(len(problem.demands), dtype=np.bool_))

    assert [one.bits for one in asked.demands[0].milestones] == [1e6]
    assert [[one.bits for one in demand.milestones] for demand in asked.demands[1:]] == [
        [10.0 * demand.weight] for demand in problem.demands[1:]
    ]


def test_a_level_comes_after_what_is_asked_for_earlier():
    """Of two amounts the first stays, and the level is the last where it is more."""
    problem = case_of(0).problem()
    early = Milestone(bits=5.0, by_s=1.0)
    first = replace(problem.demands[0], milestones=(early,))
    given = replace(problem, demands=(first, *problem.demands[1:]))
    every = np.ones(len(problem.demands), dtype=np.bool_)
    last = Milestone(bits=1e9 * first.weight)

    assert asking(given, 1e9, every).demands[0].milestones == (early, last)
    assert asking(given, 1e-9, every).demands[0].milestones == (early,)


def test_amounts_come_before_fairness(problem_of):
    """The first pair asks for all of the pool that the second one wants too."""
    problem: Problem = problem_of(
        [(0, 0, 0, 10, 100), (0, 1, 50, 60, 100), (0, 2, 100, 110, 100)],
        demands=[(0, 1, 1.0), (0, 2, 1.0)],
    )
    free = solve_fair(problem)
    first = replace(problem.demands[0], milestones=(Milestone(bits=90.0),))
    asked = solve_fair(replace(problem, demands=(first, *problem.demands[1:])))

    assert free.shares_bits.tolist() == [50.0, 50.0]
    assert asked.shares_bits.tolist() == [90.0, 10.0]


@pytest.mark.parametrize("demands", [(), ((0, 1, 1.0),), ((0, 1, 5.0),)])
@pytest.mark.parametrize("contacts", [(), ((0, 0, 0, 10, 1), (0, 1, 50, 60, 1))])
def test_nothing_to_share_is_no_mistake(problem_of, demands, contacts):
    """No contact, no demand, or a level that is higher than what there is."""
    problem = problem_of(list(contacts), demands=demands)
    fair = solve_fair(problem)

    assert verify(problem, fair.solution) == ()
    assert fair.served.sum() == (len(demands) if contacts else 0)
