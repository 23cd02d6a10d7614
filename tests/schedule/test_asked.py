"""Amounts, deadlines, stock, rules and pins against every choice of small random cases."""

import math
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from satqkd.schedule.demand import Demand, Milestone
from satqkd.schedule.problem import Blocks, Problem
from satqkd.schedule.rules import Rule
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify

sys.path.insert(0, str(Path(__file__).parent))
from block_cases import STATIONS, choices, key_of, random_case

CASES = 60


def asked_case(seed):
    """A random case whose demands ask for something, with a rule, a pin and stock now and then."""
    case = random_case("whole bits", seed)
    case = replace(case, contacts=case.contacts[:7])
    random = np.random.default_rng([77, seed])
    problem = case.problem()
    contacts, count = case.contacts, len(case.contacts)
    number = problem.blocks.number
    # a deadline lies between blocks: each is key in time or not as a whole
    ends = sorted(max(contacts[i].end_s for i in np.flatnonzero(number == b)) for b in set(number))
    demands = []
    for demand in problem.demands:
        bits = float(random.choice([0, 60, 150, 400]))
        by_s = float(random.choice([math.inf, math.inf, ends[len(ends) // 2]]))
        asked = (Milestone(bits=bits, by_s=by_s),) if bits else ()
        demands.append(replace(demand, milestones=asked, by_s=by_s))
    rules = ()
    if random.random() < 0.6:
        about = np.sort(random.permutation(count)[: max(2, count // 2)])
        use = random.integers(1, 4, about.size).astype(float)
        rules = (Rule(name="so much", contacts=about, use=use, most=float(use.sum() // 2)),)
    stock = None
    if random.random() < 0.5:
        stock = random.integers(0, 120, case.satellites * STATIONS).astype(float)
    pinned = np.zeros(count, dtype=np.bool_)
    if random.random() < 0.5:
        pinned[int(random.integers(0, count))] = True
        if not all(rule.keeps(pinned) for rule in rules):
            pinned[:] = False
    return case, replace(
        problem, demands=tuple(demands), rules=rules, stock_bits=stock, pinned=pinned
    )


def ready(case, problem):
    """When each block is key, with whichever of its contacts."""
    number = problem.blocks.number
    return {
        case.contacts[np.flatnonzero(number == block)[0]].of_block: max(
            case.contacts[i].end_s for i in np.flatnonzero(number == block)
        )
        for block in set(number.tolist())
    }


def outcomes(case, problem):  # noqa: C901, PLR0912 - one choice after another
    """For each choice the most amounts that can be met, and the best worth with all of them.

    Choices that leave the same are looked at once.
    """
    ready_s = ready(case, problem)
    relayed = [d for d, demand in enumerate(problem.demands) if demand.trusted_relay]
    asked = [d for d, demand in enumerate(problem.demands) if demand.milestones]
    columns = [(s, d) for s in range(case.satellites) for d in relayed]
    stock = np.zeros(case.satellites * STATIONS) if problem.stock_bits is None else (
        problem.stock_bits
    )  # fmt: skip
    found, known_already = [], set()
    for chosen in choices(case):
        picked = np.zeros(len(case.contacts), dtype=np.bool_)
        picked[list(chosen)] = True
        if (problem.pinned & ~picked).any():
            continue
        if any(float(r.use[picked[r.contacts]].sum()) > r.most for r in problem.rules):
            continue
        blocks = {}
        for i in chosen:
            blocks.setdefault(case.contacts[i].of_block, []).append(case.contacts[i])
        worth, joint, held = 0.0, np.zeros(len(problem.demands)), []
        for (satellite, station, partner, period), own in blocks.items():
            bits = key_of(case.shape, own)
            when = ready_s[satellite, station, partner, period]
            if partner < 0:
                held.append((satellite, station, when, bits))
                worth += case.spare * bits
                continue
            serving = [
                d
                for d, demand in enumerate(problem.demands)
                if {demand.station_a, demand.station_b} == {station, partner}
                and when <= demand.by_s
            ]
            worth += (problem.demands[serving[0]].weight if serving else case.spare) * bits
            for d in serving:
                joint[d] += bits
        rows, right = [], []
        for satellite in range(case.satellites):
            for station in range(STATIONS):
                for by_s in {problem.demands[d].by_s for d in relayed}:
                    rows.append([
                        float(
                            s == satellite
                            and station
                            in (problem.demands[d].station_a, problem.demands[d].station_b)
                            and problem.demands[d].by_s <= by_s
                        )
                        for s, d in columns
                    ])  # fmt: skip
                    right.append(
                        stock[satellite * STATIONS + station]
                        + sum(
                            bits
                            for s, g, when, bits in held
                            if (s, g) == (satellite, station) and when <= by_s
                        )
                    )
        if (left := (worth, *joint.tolist(), *right)) in known_already:
            continue
        known_already.add(left)
        gain = [problem.demands[d].weight - 2.0 * case.spare for _, d in columns]
        for size in range(len(asked), -1, -1):
            values = [
                _relayed(problem, (columns, gain), (rows, right), joint, met)
                for met in combinations(asked, size)
            ]
            known = [value for value in values if value is not None]
            if known:
                found.append((size, worth + max(known)))
                break
    return found


def _relayed(problem, relays, limits, joint, met):
    """Worth of the best deliveries that meet some amounts; None if they cannot be met."""
    columns, gain = relays
    rows, right = list(limits[0]), list(limits[1])
    for d in met:
        rows.append([-float(other == d) for _, other in columns])
        right.append(joint[d] - problem.demands[d].milestones[0].bits)
    if not columns:
        return 0.0 if all(value >= 0 for value in right) else None
    answer = linprog(-np.array(gain), A_ub=np.array(rows), b_ub=right, bounds=(0, None))
    return -float(answer.fun) if answer.status == 0 else None


@pytest.mark.parametrize("seed", range(CASES))
def test_what_is_asked_for_is_served_first_and_best(seed):
    """As many amounts as any choice meets; with all of them, worth as much as the best of these.

    Whole bits may cost half a bit a satellite and demand; an amount that only half bits would
    reach is left out of the comparison.
    """
    case, problem = asked_case(seed)
    plan = solve(problem)
    assert verify(problem, plan) == ()
    every = outcomes(case, problem)
    bits = np.zeros(len(problem.demands))
    for delivery in plan.deliveries:
        bits[delivery.demand] += delivery.bits
    for block, key in enumerate(problem.block_bits(plan.chosen)):
        first = case.contacts[int(np.flatnonzero(problem.blocks.number == block)[0])]
        for d, demand in enumerate(problem.demands):
            in_time = ready(case, problem)[first.of_block] <= demand.by_s
            if {demand.station_a, demand.station_b} == {first.station, first.partner} and in_time:
                bits[d] += key
    asked = [d for d, demand in enumerate(problem.demands) if demand.milestones]
    met = sum(bits[d] >= problem.demands[d].milestones[0].bits for d in asked)
    most = max(count for count, _ in every)
    assert met == most
    best = max(worth for count, worth in every if count == most)
    slack = case.satellites * max(d.weight for d in problem.demands)
    assert plan.objective <= best * (1.0 + 1e-9) + 1e-6
    if met == len(asked):
        assert plan.objective >= best * (1.0 - 1e-6) - slack
        assert plan.bound >= best * (1.0 - 1e-6) - slack


@pytest.mark.parametrize("contacts", [0, 1, 4])
@pytest.mark.parametrize("pooled", [False, True])
def test_stock_is_relayed_by_satellites_that_fly_nothing(contacts, pooled):
    """70 bits of both pools of the second satellite, whatever the first one does."""
    number = np.arange(contacts) % 2
    bits = np.full(contacts, 50.0)
    problem = Problem(
        satellite=np.zeros(contacts, dtype=np.int64),
        station=number,
        partner=np.full(contacts, -1),
        start_s=100.0 * np.arange(contacts),
        end_s=100.0 * np.arange(contacts) + 9.0,
        key_bits=bits,
        satellite_gap_s=np.ones(2),
        station_gap_s=np.ones(2),
        demands=(Demand(station_a=0, station_b=1),),
        spare_weight=0.0,
        blocks=Blocks(number=number, key_of=lambda groups: groups.sums(bits))
        if pooled and contacts
        else None,
        stock_bits=np.array([0.0, 0.0, 70.0, 90.0]),
    )
    plan = solve(problem)
    own = 50 * (contacts // 2)
    assert verify(problem, plan) == ()
    assert plan.status == "optimal"
    assert plan.objective == 70.0 + own
    assert 70.0 + own <= plan.bound <= (70.0 + own) * (1.0 + 1e-6)
    assert {(d.satellite, d.bits) for d in plan.deliveries} >= {(1, 70)}
