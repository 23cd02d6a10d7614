"""Key that waits on board no longer than a pair takes it, and no more than there is room for.

Held against every choice of small random cases, each shared out by a linear program over time: in
it key may be relayed at any later instant, and what a memory holds is followed from one to the
next.
"""

import math
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.core_model import core_model
from satqkd.schedule.demand import Demand, Milestone
from satqkd.schedule.losses import lost_bits
from satqkd.schedule.polish import polished, without_spoilers
from satqkd.schedule.problem import Blocks, Problem
from satqkd.schedule.realised import realise
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify

sys.path.insert(0, str(Path(__file__).parent))
from block_cases import STATIONS, choices, key_of, random_case

CASES = 80
WHOLE_BITS = 20.0
"""What whole bits may cost against split ones: one a relay and weight, at the most. [bit]"""


def waiting_case(seed):
    """A random case with ages, memories, stock and some worth of spare bits now and then."""
    case = random_case("whole bits" if seed % 3 else "supermodular", seed)
    case = replace(case, contacts=case.contacts[:7], spare=case.spare if seed % 2 else 0.0)
    random = np.random.default_rng([78, seed])
    problem = case.problem()
    last_s = max(one.end_s for one in case.contacts)
    ages = random.choice([math.inf, 0.05, 0.2, 0.5], len(problem.demands)) * last_s
    demands = tuple(
        replace(demand, max_age_s=float(age))
        for demand, age in zip(problem.demands, ages, strict=True)
    )
    scale = max(problem.block_bits(np.ones(len(problem), dtype=bool)).max(initial=0.0), 100.0)
    memory = None
    if random.random() < 0.6:
        memory = np.ceil(random.choice([0.1, 0.4, 1.0, math.inf], case.satellites) * scale)
    stock = None
    if random.random() < 0.4:
        stock = np.floor(random.random(case.satellites * STATIONS) * 0.3 * scale / STATIONS)
        if memory is not None:
            stock = np.floor(np.minimum(stock, np.repeat(memory, STATIONS) / STATIONS))
    return case, replace(
        problem,
        demands=demands,
        memory_bits=memory,
        stock_bits=stock,
        window_s=(0.0, float(last_s * random.choice([1.0, 1.3]))),
    )


@cache
def planned(seed):
    """The plan of a case, which several tests look at."""
    return solve(waiting_case(seed)[1])


def keys_made(case, problem, chosen):
    """Satellite, station, instant and bits of every key, and what joint contacts make."""
    blocks = {}
    for index in chosen:
        blocks.setdefault(case.contacts[index].of_block, []).append(case.contacts[index])
    keys, joint = [], 0.0
    for (satellite, station, partner, _), own in blocks.items():
        bits = key_of(case.shape, own)
        if partner < 0:
            keys.append((satellite, station, max(one.end_s for one in own), bits))
            continue
        pairs = {frozenset((d.station_a, d.station_b)): d.weight for d in problem.demands}
        joint += bits * pairs.get(frozenset((station, partner)), problem.spare_weight)
    if problem.stock_bits is not None:
        for place, bits in enumerate(problem.stock_bits.tolist()):
            keys.append((place // STATIONS, place % STATIONS, problem.window_s[0], bits))
    return keys, joint


def oldest(problem):
    """How old key of each station may be for some pair."""
    ages = {}
    for demand in problem.demands:
        for end in (demand.station_a, demand.station_b):
            if demand.trusted_relay:
                ages[end] = max(ages.get(end, 0.0), demand.max_age_s)
    return ages


def relays_over_time(problem, keys, instants):
    """Demand, both keys and instant of everything that could be relayed."""
    return [
        (d, a, b, t)
        for d, demand in enumerate(problem.demands)
        for a, (satellite, station, made_a, _) in enumerate(keys)
        for b, (other, end, made_b, _) in enumerate(keys)
        for t, now in enumerate(instants)
        if demand.trusted_relay
        and satellite == other
        and (station, end) == (demand.station_a, demand.station_b)
        and max(made_a, made_b) <= now <= min(made_a, made_b) + demand.max_age_s
    ]


def best_worth(problem, keys):
    """Best worth of keys that wait, by a linear program over time. [bit]"""
    instants = sorted({made for _, _, made, _ in keys})
    steps = len(instants)
    if not keys:
        return 0.0
    relayed = relays_over_time(problem, keys, instants)
    stay = len(relayed)  # then what is left of each key after each instant
    size = stay + len(keys) * steps
    worth = np.zeros(size)
    worth[:stay] = [problem.demands[d].weight for d, _, _, _ in relayed]
    end_s = max(problem.window_s[1], instants[-1])
    for k, (_, station, made, _) in enumerate(keys):
        if made + oldest(problem).get(station, math.inf) >= end_s:
            worth[stay + k * steps + steps - 1] = problem.spare_weight
    rows, limits = [], []
    for k, (_, _, made, bits) in enumerate(keys):
        for t, now in enumerate(instants):
            row = np.zeros(size)
            row[stay + k * steps + t] = 1.0
            row[stay + k * steps + t - 1] -= t > 0
            for column, (_, a, b, at) in enumerate(relayed):
                row[column] += (at == t) * ((a == k) + (b == k))
            rows.append(row)
            limits.append(bits if made == now else 0.0)
    for satellite, room in enumerate([] if problem.memory_bits is None else problem.memory_bits):
        for t in range(steps if math.isfinite(room) else 0):
            row = np.zeros(size)
            for k, key in enumerate(keys):
                row[stay + k * steps + t] = key[0] == satellite
            rows.append(row)
            limits.append(room)
    answer = linprog(-worth, A_ub=np.array(rows), b_ub=np.array(limits), method="highs")
    assert answer.status == 0
    stock = 0.0 if problem.stock_bits is None else float(problem.stock_bits.sum())
    return -answer.fun - problem.spare_weight * stock  # what is left of stock counts from nothing


@pytest.mark.parametrize("seed", range(CASES))
def test_plans_and_bounds_hold_against_every_choice(seed):
    """Where spare bits are worth nothing every plan that says so is the best one."""
    case, problem = waiting_case(seed)
    most = {}  # of joint contacts, beside the same keys
    for keys, joint in (keys_made(case, problem, chosen) for chosen in choices(case)):
        most[tuple(keys)] = max(most.get(tuple(keys), -math.inf), joint)
    best = max(best_worth(problem, list(keys)) + joint for keys, joint in most.items())
    plan = planned(seed)

    assert verify(problem, plan) == ()
    room = 1e-6 * max(1.0, abs(best))
    assert plan.bound >= best - room
    assert plan.objective <= best + room
    if problem.spare_weight == 0.0:
        assert plan.status in {"optimal", "nothing to schedule"}
        assert plan.objective >= best - WHOLE_BITS - room


def test_the_cases_are_not_idle():
    """In many of them age or room costs key, and in some of these spare bits are worth some."""
    cases = [waiting_case(seed)[1] for seed in range(CASES)]
    bites = [
        problem.spare_weight
        for seed, problem in enumerate(cases)
        if planned(seed).objective < solve(problem.waiting_freely()).objective - WHOLE_BITS
    ]

    assert sum(1 for spare in bites if spare == 0.0) >= 8
    assert sum(1 for spare in bites if spare > 0.0) >= 5


@pytest.mark.parametrize("seed", range(0, CASES, 4))
def test_what_the_weather_leaves_is_relayed_as_well_as_can_be(seed):
    """A block is key when its last member is planned, whether that succeeds or not."""
    case, problem = waiting_case(seed)
    plan = planned(seed)
    random = np.random.default_rng([79, seed])
    succeeds = random.random((6, len(problem))) < 0.7
    found = realise(problem, plan.chosen, succeeds)
    chosen = np.flatnonzero(plan.chosen).tolist()
    made, _ = keys_made(case, problem, chosen)
    for row, own in enumerate(succeeds):
        blocks = {}
        for index in chosen:
            blocks.setdefault(case.contacts[index].of_block, []).append(index)
        keys, joint = [], 0.0
        for members in blocks.values():
            made_s = max(case.contacts[index].end_s for index in members)
            left = [index for index in members if own[index]]
            some, shared = keys_made(case, replace(problem, stock_bits=None), left)
            keys += [(craft, station, made_s, bits) for craft, station, _, bits in some]
            joint += shared
        if problem.stock_bits is not None:
            keys += made[-problem.stock_bits.size :]
        best = best_worth(problem, keys) + joint
        assert found.worth[row] <= best + 1e-6 * max(1.0, abs(best))
        if problem.spare_weight == 0.0:
            assert found.worth[row] >= best - WHOLE_BITS


def problem_of(
    *,
    made_s,
    bits,
    station,
    demands,
    memory_bits=None,
    spare_weight=0.0,
    stock_bits=None,
    window_s=(0.0, 1e6),
):
    """Contacts of one satellite, each a block, key as soon as they end."""
    made_s = np.array(made_s, dtype=float)
    return Problem(
        satellite=np.zeros(made_s.size, dtype=np.int64),
        station=np.array(station, dtype=np.int64),
        partner=np.full(made_s.size, -1),
        start_s=made_s - 10.0,
        end_s=made_s,
        key_bits=np.array(bits, dtype=float),
        satellite_gap_s=np.zeros(1),
        station_gap_s=np.zeros(3),
        demands=demands,
        spare_weight=spare_weight,
        memory_bits=memory_bits,
        stock_bits=stock_bits,
        window_s=window_s,
    )


def test_of_key_too_old_for_one_pair_another_makes_use():
    """The first pair takes what is made within 100 s of the other, the second takes the rest."""
    demands = (
        Demand(station_a=0, station_b=1, weight=3.0, max_age_s=100.0),
        Demand(station_a=0, station_b=2, weight=1.0),
    )
    problem = problem_of(
        made_s=[100.0, 150.0, 1000.0, 2000.0],
        bits=[50.0, 30.0, 500.0, 400.0],
        station=[0, 1, 1, 2],
        demands=demands,
    )
    plan = solve(problem)

    assert [(d.demand, d.bits, d.block_a, d.block_b) for d in plan.deliveries] == [
        (0, 30, 0, 1),
        (1, 20, 0, 3),
    ]
    assert plan.status == "optimal"


def test_age_is_counted_to_the_second():
    """As old as is allowed is not too old."""
    for age_s, expected in ((50.0, 30), (49.999, 0)):
        demands = (Demand(station_a=0, station_b=1, max_age_s=age_s),)
        problem = problem_of(
            made_s=[100.0, 150.0], bits=[50.0, 30.0], station=[0, 1], demands=demands
        )
        assert sum(d.bits for d in solve(problem).deliveries) == expected


def test_what_finds_no_room_is_lost_and_makes_room_when_relayed():
    """Of 50 bit 20 can wait; with 20 of the next 30 they leave, and 10 of these wait.

    So 10 of the third go at once, 20 wait, and go with the last.
    """
    demands = (Demand(station_a=0, station_b=1),)
    problem = problem_of(
        made_s=[100.0, 200.0, 300.0, 400.0],
        bits=[50.0, 30.0, 50.0, 30.0],
        station=[0, 1, 0, 1],
        demands=demands,
        memory_bits=np.array([20.0]),
        spare_weight=0.01,
    )
    plan = solve(problem)
    lost = lost_bits(problem, plan.chosen, problem.block_bits(plan.chosen), plan.deliveries)

    assert sum(d.bits for d in plan.deliveries) == 50
    assert lost.overflow_bits.sum() == 160 - 2 * 50 - 10  # 10 bit of the last wait on
    assert verify(problem, plan) == ()


def test_spare_key_older_than_any_pair_takes_it_is_lost():
    """At the end of the window; younger key is spare."""
    demands = (Demand(station_a=0, station_b=1, max_age_s=100.0),)
    problem = problem_of(
        made_s=[100.0, 950.0],
        bits=[50.0, 30.0],
        station=[0, 1],
        demands=demands,
        spare_weight=0.1,
        window_s=(0.0, 1000.0),
    )
    plan = solve(problem)
    lost = lost_bits(problem, plan.chosen, problem.block_bits(plan.chosen), plan.deliveries)

    assert plan.deliveries == ()
    assert lost.expired_bits.tolist()[:2] == ([50.0, 0.0] if plan.chosen[0] else [0.0, 0.0])
    assert plan.objective == pytest.approx(3.0)
    assert verify(problem, plan) == ()


def test_stock_is_as_old_as_the_window():
    """It goes to who takes key of that age."""
    for age_s, expected in ((150.0, 30), (149.0, 0)):
        demands = (Demand(station_a=0, station_b=1, max_age_s=age_s),)
        problem = problem_of(
            made_s=[150.0],
            bits=[30.0],
            station=[1],
            demands=demands,
            stock_bits=np.array([40.0, 0.0, 0.0]),
        )
        plan = solve(problem)
        assert sum(d.bits for d in plan.deliveries) == expected
        assert all(d.block_a == -1 for d in plan.deliveries)


def test_amounts_come_first_of_key_that_ages():
    """The poor pair's amount takes the key that both could have."""
    demands = (
        Demand(station_a=0, station_b=1, weight=3.0, max_age_s=100.0),
        Demand(
            station_a=0,
            station_b=2,
            max_age_s=100.0,
            milestones=(Milestone(bits=15.0, by_s=500.0),),
            by_s=500.0,
        ),
    )
    problem = problem_of(
        made_s=[100.0, 150.0, 190.0],
        bits=[50.0, 50.0, 40.0],
        station=[0, 1, 2],
        demands=demands,
    )
    plan = solve(problem)

    assert {d.demand: d.bits for d in plan.deliveries} == {0: 35, 1: 15}


def told(problem, plan, **change):
    """What is said of a plan whose first delivery is another."""
    first, *others = plan.deliveries
    wrong = replace(plan, deliveries=(replace(first, **change), *others))
    return " ".join(verify(problem, wrong))


def test_slips_in_what_is_kept_are_found():
    """Of keys too far apart, of more than a memory holds, and of keys nobody made."""
    demands = (Demand(station_a=0, station_b=1, max_age_s=100.0),)
    problem = problem_of(
        made_s=[100.0, 150.0, 1000.0],
        bits=[50.0, 30.0, 40.0],
        station=[0, 1, 1],
        demands=demands,
        memory_bits=np.array([35.0]),
    )
    plan = replace(solve(problem), chosen=np.ones(3, dtype=bool))

    assert verify(problem, plan) == ()
    assert "made 900.000 s apart" in told(problem, plan, block_b=2)
    assert "names no key" in told(problem, plan, block_b=None)
    assert "names no key" in told(problem, plan, block_a=1)
    assert "holds no more than 35 bit" in told(problem, plan, bits=36)
    assert "of 30 bit made at one time" in told(problem, plan, bits=31)


def test_with_room_and_time_enough_plans_are_those_of_key_that_waits():
    """Pools of blocks are worth what pools of stations are."""
    for seed in range(12):
        case = random_case("whole bits", seed)
        free = case.problem()
        demands = tuple(replace(one, max_age_s=1e9) for one in free.demands)
        kept = replace(free, demands=demands, memory_bits=np.full(case.satellites, 1e9))
        room = 1e-6 * max(1.0, solve(free).objective)
        assert solve(kept).objective == pytest.approx(solve(free).objective, abs=room + WHOLE_BITS)


def test_a_contact_without_clicks_is_flown_only_for_when_its_block_is_key():
    """Of two that add nothing the one stays with which the block closes late enough."""
    problem = problem_of(
        made_s=[100.0, 200.0, 400.0, 450.0],
        bits=[50.0, 0.0, 0.0, 30.0],
        station=[0, 0, 0, 1],
        demands=(Demand(station_a=0, station_b=1, max_age_s=100.0),),
    )
    number = np.array([0, 0, 0, 1])
    blocks = Blocks(number=number, key_of=lambda groups: groups.sums(problem.key_bits))
    problem = replace(problem, blocks=blocks)
    every = np.ones(4, dtype=bool)
    kept = polished(problem, clash_cliques(problem), every, core_model(problem).worth)

    assert kept.tolist() == [True, False, True, True]
    assert without_spoilers(problem, every).tolist() == [True, False, False, True]
