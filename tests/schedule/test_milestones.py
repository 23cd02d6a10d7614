"""Amounts by several instants, with priorities and stock, against every choice of small cases."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from satqkd.errors import NonPhysicalError
from satqkd.schedule.demand import Demand, Milestone
from satqkd.schedule.problem import Blocks, Delivery
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify

sys.path.insert(0, str(Path(__file__).parent))
from block_cases import STATIONS, choices, key_of, random_case

CASES = 72
LEVELS = (1, 2, 5)
ALL_PAIRS = tuple(
    Demand(station_a=a, station_b=b, weight=weight)
    for a, b, weight in ((0, 1, 1.0), (0, 2, 3.0), (1, 2, 0.5))
)


def even_keys(case):
    """Key of contacts of one block, in an even number of bits: no best relay needs half of one."""

    def keys(groups):
        parts = ([case.contacts[i] for i in part] for part in groups.as_tuples())
        return np.array([2.0 * key_of(case.shape, part) for part in parts])

    return keys


def milestones_case(seed):
    """A random case whose pairs ask for up to three amounts each; stock now and then.

    In every third case all three pairs ask for about as much as their pools hold at first.
    """
    case = random_case("whole bits", seed)
    case = replace(case, contacts=case.contacts[:7])
    random = np.random.default_rng([78, seed])
    problem = case.problem()
    number = problem.blocks.number
    contested = seed % 3 == 0
    if contested:
        problem = replace(problem, demands=ALL_PAIRS)
    ends = sorted({
        max(case.contacts[i].end_s for i in np.flatnonzero(number == b)) for b in set(number)
    })  # fmt: skip
    demands = []
    for demand in problem.demands:
        count = int(random.integers(contested, 4))
        instants = sorted(random.choice([*ends, math.inf], size=count).tolist())
        last = float(random.choice([math.inf, ends[-1], ends[len(ends) // 2]]))
        instants = sorted({one for one in instants if one <= last})
        most = 50 if contested else 160
        bits = np.cumsum(2.0 * random.integers(10, most, len(instants))).tolist()
        demands.append(
            replace(
                demand,
                milestones=tuple(
                    Milestone(bits=amount, by_s=by_s)
                    for amount, by_s in zip(bits, instants, strict=True)
                ),
                by_s=last,
                priority=int(random.choice(LEVELS)),
            )
        )
    stock = None
    if contested or random.random() < 0.6:
        stock = 2.0 * random.integers(0, 50 if contested else 100, case.satellites * STATIONS)
    return case, replace(
        problem,
        key_bits=2.0 * problem.key_bits,
        demands=tuple(demands),
        stock_bits=stock,
        blocks=Blocks(number=number, key_of=even_keys(case)),
    )


def ready(case):
    """When each block is key, with whichever of its contacts."""
    found = {}
    for one in case.contacts:
        found[one.of_block] = max(found.get(one.of_block, 0.0), one.end_s)
    return found


class Ways:
    """Relays, shares and whether amounts are met, of one choice, as rows over columns."""

    def __init__(self, case, problem, chosen):
        self.demands = problem.demands
        self.asked = [(d, one) for d, own in enumerate(self.demands) for one in own.milestones]
        instants = sorted({math.inf, *(one.by_s for _, one in self.asked)})
        self.columns = [
            (s, d, by_s)
            for s in range(case.satellites)
            for d, demand in enumerate(self.demands)
            for by_s in sorted({min(one, demand.by_s) for one in instants})
            if demand.trusted_relay
        ]
        blocks = {}
        for i in chosen:
            blocks.setdefault(case.contacts[i].of_block, []).append(case.contacts[i])
        when = ready(case)
        stock = problem.stock_bits
        stock = np.zeros(case.satellites * STATIONS) if stock is None else stock
        self.worth, held, self.joint = 0.0, [], []
        for place, own in blocks.items():
            bits = 2.0 * key_of(case.shape, own)
            if place[2] < 0:
                held.append((place[0], place[1], when[place], bits))
                self.worth += case.spare * bits
                continue
            serving = [
                d
                for d, demand in enumerate(self.demands)
                if {demand.station_a, demand.station_b} == {place[1], place[2]}
                and when[place] <= demand.by_s
            ]
            self.worth += bits * (self.demands[serving[0]].weight if serving else case.spare)
            self.joint += [(d, when[place], bits) for d in serving]
        self.rows, self.right = [], []
        for s in range(case.satellites):
            for g in range(STATIONS):
                for until in {by_s for _, _, by_s in self.columns}:
                    self.add(
                        [
                            s == c and g in self.ends(d) and by_s <= until
                            for c, d, by_s in self.columns
                        ],
                        stock[s * STATIONS + g]
                        + sum(k for a, b, at, k in held if (a, b) == (s, g) and at <= until),
                    )
        for number, (d, one) in enumerate(self.asked):
            met = np.zeros(len(self.asked))
            met[number] = one.bits
            self.add(
                [-(c == d and by_s <= one.by_s) for _, c, by_s in self.columns],
                sum(k for c, at, k in self.joint if c == d and at <= one.by_s),
                met,
            )
        self.gain = [self.demands[d].weight - 2.0 * case.spare for _, d, _ in self.columns]

    def ends(self, d):
        return self.demands[d].station_a, self.demands[d].station_b

    def add(self, relayed, right, met=None):
        more = np.zeros(len(self.asked)) if met is None else met
        self.rows.append(np.concatenate((np.array(relayed, dtype=float), more)))
        self.right.append(right)

    def best(self, worth, least=()):
        """Largest worth of columns, with at least so many amounts met of each priority."""
        rows, right = list(self.rows), list(self.right)
        relayed = len(self.columns)
        for level, count in least:
            own = [-(self.demands[d].priority == level) for d, _ in self.asked]
            rows.append(np.concatenate((np.zeros(relayed), np.array(own, dtype=float))))
            right.append(-count)
        size = relayed + len(self.asked)
        if size == 0:
            return np.zeros(0), 0.0
        answer = milp(
            -np.array(worth, dtype=float),
            constraints=LinearConstraint(np.array(rows), ub=np.array(right)),
            integrality=np.repeat([0, 1], [relayed, len(self.asked)]),
            bounds=None
            if not self.asked
            else ([0.0] * size, [np.inf] * relayed + [1.0] * len(self.asked)),
        ) if rows else None  # fmt: skip
        return (answer.x, -float(answer.fun)) if answer.status == 0 else (None, -math.inf)

    def counts(self, met):
        """How many are met of each priority, the highest first."""
        return tuple(
            sum(
                bool(yes)
                for yes, (d, _) in zip(met, self.asked, strict=True)
                if self.demands[d].priority == level
            )
            for level in sorted(LEVELS, reverse=True)
        )

    def most_met(self):
        """The best counts of this choice: a higher priority before all lower ones."""
        worth = {1: 1.0, 2: 10.0, 5: 100.0}
        x, _ = self.best([
            *np.zeros(len(self.columns)),
            *(worth[self.demands[d].priority] for d, _ in self.asked),
        ])  # fmt: skip
        return self.counts(x[len(self.columns) :] > 0.5)

    def worth_with(self, counts):
        """The best worth with so many amounts met."""
        least = list(zip(sorted(LEVELS, reverse=True), counts, strict=True))
        return self.worth + self.best([*self.gain, *np.zeros(len(self.asked))], least)[1]


def best_of_all(case, problem):
    """The most amounts that any choice meets, and the best worth with as many.

    Choices that leave the same are looked at once. No more than everything can be met: once a
    choice does, the rest are asked for their worth with everything met, endlessly small where they
    do not meet it.
    """
    every = list({
        (one.worth, *one.right): one for one in (Ways(case, problem, own) for own in choices(case))
    }.values())[::-1]  # fmt: skip
    everything, counts = every[0].counts([True] * len(every[0].asked)), []
    for one in every:
        counts.append(one.most_met())
        if counts[-1] == everything:
            break
    most = max(counts)
    fitting = [one for one, met in zip(every, counts, strict=False) if met == most]
    return most, max(one.worth_with(most) for one in (*fitting, *every[len(counts) :]))


def met_by(case, problem, plan):
    """Which amounts a plan meets, told by its deliveries and the keys of joint blocks."""
    when, made = ready(case), []
    for block, key in enumerate(problem.block_bits(plan.chosen)):
        place = case.contacts[int(np.flatnonzero(problem.blocks.number == block)[0])].of_block
        made += [
            (d, when[place], key)
            for d, demand in enumerate(problem.demands)
            if {demand.station_a, demand.station_b} == {place[1], place[2]}
        ]
    made += [(one.demand, one.by_s, one.bits) for one in plan.deliveries]
    return [
        sum(bits for c, at, bits in made if c == d and at <= one.by_s) >= one.bits
        for d, own in enumerate(problem.demands)
        for one in own.milestones
    ]


@pytest.mark.parametrize("seed", range(CASES))
def test_amounts_by_several_instants_are_met_in_the_order_of_their_priority(seed):
    """As many of the highest priority as any choice meets, then of the next; then worth most."""
    case, problem = milestones_case(seed)
    plan = solve(problem)
    assert verify(problem, plan) == ()
    most, best = best_of_all(case, problem)
    met = met_by(case, problem, plan)
    assert Ways(case, problem, ()).counts(met) == most
    assert plan.objective <= best * (1.0 + 1e-9) + 1e-6
    if all(met):
        slack = 2.0 * case.satellites * max(d.weight for d in problem.demands)
        assert plan.objective >= best * (1.0 - 1e-6) - slack
        assert plan.bound >= best * (1.0 - 1e-6) - slack


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), share=st.floats(0.1, 0.95))
def test_a_smaller_floor_never_makes_a_plan_worse(seed, share):
    """As many amounts are met, and where all were, the plan is worth as much."""
    case, problem = milestones_case(seed)
    smaller = replace(
        problem,
        demands=tuple(
            replace(
                demand,
                milestones=tuple(
                    replace(one, bits=2.0 * math.ceil(0.5 * share * one.bits))
                    for one in demand.milestones
                )
                if _still_rising(demand, share)
                else demand.milestones,
            )
            for demand in problem.demands
        ),
    )
    _never_worse(case, problem, smaller)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), pool=st.integers(0, STATIONS - 1))
def test_more_stock_never_makes_a_plan_worse(seed, pool):
    """In whichever pool of the first satellite."""
    case, problem = milestones_case(seed)
    size = case.satellites * STATIONS
    more = np.zeros(size) if problem.stock_bits is None else problem.stock_bits.copy()
    more[pool] += 50.0
    _never_worse(case, problem, replace(problem, stock_bits=more))


def _still_rising(demand, share):
    bits = [math.ceil(0.5 * share * one.bits) for one in demand.milestones]
    return all(one < other for one, other in pairwise(bits))


def _never_worse(case, problem, easier):
    before, after = solve(problem), solve(easier)
    met, still = (met_by(case, one, plan) for one, plan in ((problem, before), (easier, after)))
    counts = Ways(case, problem, ()).counts
    assert counts(still) >= counts(met)
    if all(met):
        slack = 2.0 * case.satellites * max([d.weight for d in problem.demands], default=0.0)
        assert after.objective >= before.objective * (1.0 - 1e-6) - slack


def test_key_delivered_early_counts_for_what_is_asked_later(problem_of):
    """All of the week on the first night serves every night."""
    problem = problem_of([(0, 0, 0, 10, 300), (0, 1, 20, 30, 300)])
    nights = tuple(Milestone(bits=100.0 * n, by_s=50.0 * n) for n in (1, 2, 3))
    demand = replace(problem.demands[0], milestones=nights)
    plan = solve(replace(problem, demands=(demand,)))

    assert sum(one.bits for one in plan.deliveries if one.by_s <= 50.0) >= 100
    assert sum(one.bits for one in plan.deliveries) == 300


def test_an_early_amount_takes_the_pool_from_a_dearer_pair(problem_of):
    """What is there on the first day goes to the pair that asks for it then."""
    problem = problem_of(
        [(0, 0, 0, 1, 90), (0, 1, 2, 3, 90), (0, 2, 4, 5, 90), (0, 0, 200, 201, 40)],
        demands=((0, 1, 1.0), (0, 2, 5.0)),
    )
    first, dear = problem.demands
    asking = replace(first, milestones=(Milestone(bits=60.0, by_s=100.0),))
    plan = solve(replace(problem, demands=(asking, dear)))

    assert [(d.demand, d.bits, d.by_s) for d in plan.deliveries] == [
        (1, 70, math.inf),
        (0, 60, 100.0),
    ]


def test_one_amount_of_a_higher_priority_outranks_all_lower_ones(problem_of):
    """100 bits of one pool: for one amount, or for three."""
    problem = problem_of(
        [(0, 0, 0, 1, 100), (0, 1, 2, 3, 100), (0, 2, 4, 5, 100)],
        demands=((0, 1, 9.0), (0, 2, 1.0)),
    )
    first, other = problem.demands
    three = tuple(Milestone(bits=30.0 * n, by_s=10.0 * n) for n in (1, 2, 3))
    asking = replace(first, milestones=three)
    more = replace(other, milestones=(Milestone(bits=100.0),))

    def served(priority):
        demands = (asking, replace(more, priority=priority))
        plan = solve(replace(problem, demands=demands))
        return [sum(d.bits for d in plan.deliveries if d.demand == one) for one in (0, 1)]

    assert served(1) == [90, 10]  # a share outranks weights
    assert served(2) == [0, 100]


def test_a_delivery_before_its_blocks_are_key_does_not_pass_the_check(problem_of):
    """Twice in time, once too early, and once after the deadline of the demand."""
    problem = problem_of([(0, 0, 0, 10, 300), (0, 1, 20, 30, 300)])
    demand = replace(problem.demands[0], milestones=(Milestone(bits=5.0, by_s=25.0),))
    problem = replace(problem, demands=(demand,))
    plan = solve(problem)
    early = replace(plan, deliveries=(Delivery(satellite=0, demand=0, bits=300, by_s=25.0),))

    assert verify(problem, plan) == ()
    (told,) = verify(problem, early)
    assert told.endswith("of satellite 0 and station 1 by 25.000 s, which holds 0 bit.")


def test_four_priorities_are_one_too_many(problem_of):
    """Each is worth more than all below together; tolerances leave room for three."""
    problem = problem_of([], stations=5)
    amount = (Milestone(bits=1.0),)
    demands = tuple(
        Demand(station_a=0, station_b=number, milestones=amount, priority=number)
        for number in range(1, 5)
    )

    assert len(replace(problem, demands=demands[:3]).demands) == 3
    with pytest.raises(NonPhysicalError, match=r"no more than 3 different values .* takes 4"):
        replace(problem, demands=demands)


@pytest.mark.parametrize(
    "milestones",
    [
        ((10.0, 5.0), (9.0, 6.0)),
        ((10.0, 5.0), (12.0, 5.0)),
        ((10.0, 5.0), (12.0, 200.0)),
    ],
)
def test_milestones_rise_and_end_with_the_deadline(milestones):
    """In bits and in time."""
    with pytest.raises(NonPhysicalError, match="milestones"):
        Demand(
            station_a=0,
            station_b=1,
            by_s=100.0,
            milestones=tuple(Milestone(bits=bits, by_s=by_s) for bits, by_s in milestones),
        )
