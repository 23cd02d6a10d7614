"""Plans whose worst served pair gets most: a common level is asked for, as high as it can be."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.schedule.amounts import amounts_of
from satqkd.schedule.by_satellite import Told
from satqkd.schedule.core_model import core_model
from satqkd.schedule.delivery import (
    deliver,
    delivered_bits,
    demand_of_block,
    most_worth_bits,
    reached_bits,
    worth_bits,
)
from satqkd.schedule.demand import Demand, Milestone
from satqkd.schedule.effort import Effort
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.relays import pools_bits, relays
from satqkd.schedule.solve import solve
from satqkd.units import BoolArray, FloatArray

PLANS: Final = 6
"""Numerical: plans that the work is divided among: one as without fairness, one for a level that
costs next to nothing, and four that halve the range of levels, by their logarithm."""
LOWEST: Final = 1.0 / 4096.0
"""Numerical: lowest level that is asked for, relative to what the worst pair could get alone."""
HALVINGS: Final = 12
"""Numerical: halvings of the level that the contacts of a plan are shared out for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fair:
    """A plan that was made for the pair that gets least; of how good it is nothing is proven."""

    solution: Solution
    """Its worth and its bound are those of the weights alone."""
    shares_bits: FloatArray
    """What each demand gets, relayed or by joint contacts, a unit of weight; (demands,). [bit]"""
    possible: BoolArray
    """Demands that some choice of contacts could give key, were all others left out."""
    asked: Problem
    """The problem with the common level as amounts of its demands."""

    @property
    def served(self) -> BoolArray:
        """Demands that get any key."""
        return np.asarray(self.shares_bits > 0.0)

    @property
    def smallest_bits(self) -> float:
        """Smallest share of those that get any; 0 where none does. [bit]"""
        shares = self.shares_bits[self.served]
        return float(shares.min()) if shares.size else 0.0

    def reached(self, level_bits: float) -> int:
        """How many demands get so much a unit of weight. [bit]"""
        return int(np.count_nonzero(self.shares_bits >= level_bits * (1.0 - 1e-9)))


def asking(problem: Problem, level_bits: float, some: BoolArray) -> Problem:
    """Return the problem in which some demands ask for a level, a unit of weight. [bit]

    Amounts that they ask for already stay where they are larger.
    """
    demands = tuple(
        replace(demand, milestones=_with_last(demand, level_bits * demand.weight))
        if wanted
        else demand
        for demand, wanted in zip(problem.demands, some.tolist(), strict=True)
    )
    return replace(problem, demands=demands)


def _with_last(demand: Demand, bits: float) -> tuple[Milestone, ...]:
    """Milestones of a demand that wants so much in the end, more where it asks for more. [bit]"""
    before = tuple(one for one in demand.milestones if one.by_s < demand.by_s)
    bits = max([bits, *(one.bits for one in demand.milestones)])
    if before and before[-1].bits >= bits:
        return before
    return (*before, Milestone(bits=bits, by_s=demand.by_s))


def solve_fair(problem: Problem, effort: Effort | None = None, *, told: Told | None = None) -> Fair:
    """Choose the contacts for as many demands served as can be, then for the smallest share.

    Parameters
    ----------
    problem, effort, told
        As for :func:`satqkd.schedule.solve.solve`; the work is divided among :data:`PLANS` plans.

    Returns
    -------
    Fair
        Of the plans made the best by, in this order: amounts that are asked for, demands served,
        the smallest share of these, weights. Never worse by that than the plan without fairness
        of a share of the work.
    """
    effort = Effort() if effort is None else effort
    each = replace(effort, work=max(1, effort.work_for(len(problem)) // PLANS))
    most = _most_bits(problem)
    possible = most >= 1.0
    plain = found = solve(problem, each, told=told)
    best = _shared_out(problem, plain, possible)
    if plain.status == "stopped" or not possible.any():
        return best
    weight = np.array([demand.weight for demand in problem.demands])
    low, high = 0.0, float((most / weight)[possible].min())
    level = max(LOWEST * high, 1.0 / float(weight[possible].min()))
    for _ in range(PLANS - 1):
        if level > high:
            break
        found = solve(asking(problem, level, possible), each, told=told)
        fair = _shared_out(problem, found, possible)
        if _holds(problem, fair, best, level):
            low = max(level, fair.smallest_bits)
        else:
            high = level
        if _rank(problem, fair) > _rank(problem, best):
            best = fair
        if found.status == "stopped" or low == 0.0:
            break
        level = math.sqrt(low * high)
    bound = max(plain.bound, best.solution.objective)
    stopped = best.solution.status == "stopped" or found.status == "stopped"
    return replace(
        best,
        solution=replace(
            best.solution,
            bound=bound,
            status="stopped" if stopped else "fair",
            sampled=plain.sampled,
        ),
    )


def _holds(problem: Problem, fair: Fair, best: Fair, level: float) -> bool:
    """Whether a level is reached by as many as the best plan serves, amounts met as there."""
    enough = fair.reached(level) >= int(np.count_nonzero(best.served))
    return enough and _rank(problem, fair)[0] >= _rank(problem, best)[0]


def _rank(problem: Problem, fair: Fair) -> tuple[float, int, float, float]:
    amounts = amounts_of(problem, most_worth_bits(problem))
    met = 0.0
    if amounts is not None:
        keys = problem.block_bits(fair.solution.chosen)
        met = amounts.worth(reached_bits(problem, amounts, keys, fair.solution.deliveries))
    served = int(np.count_nonzero(fair.served))
    return met, served, fair.smallest_bits, fair.solution.objective


def _most_bits(problem: Problem) -> FloatArray:
    """What each demand could get if no other got anything and nothing clashed. [bit]"""
    if len(problem) == 0 and problem.stock_bits is None:
        return np.zeros(len(problem.demands))
    most = core_model(problem).most_bits
    every = asking(problem, 1.0, np.ones(len(problem.demands), dtype=np.bool_))
    options = relays(every, pools_bits(problem, most))
    options = options.take(np.flatnonzero(options.phase == every.phase_of_demand[options.demand]))
    bits = np.bincount(
        options.demand, weights=options.most_bits, minlength=len(problem.demands)
    ).astype(np.float64)
    served = demand_of_block(problem)
    np.add.at(bits, served[served >= 0], most[served >= 0])
    return bits


def _shared_out(problem: Problem, found: Solution, possible: BoolArray) -> Fair:
    """Share the keys of chosen contacts out for the highest level that all of them can get."""
    chosen = found.chosen
    keys = problem.block_bits(chosen)
    weight = np.array([demand.weight for demand in problem.demands])

    def at(level: float) -> Fair:
        asked = asking(problem, level, possible) if level > 0.0 else problem
        deliveries, _ = deliver(asked, chosen, amounts_of(asked, most_worth_bits(problem)))
        objective = worth_bits(problem, chosen, deliveries)
        return Fair(
            solution=replace(
                found,
                deliveries=deliveries,
                objective=objective,
                bound=max(found.bound, objective),
            ),
            shares_bits=delivered_bits(problem, keys, deliveries) / weight,
            possible=possible,
            asked=asked,
        )

    best = at(0.0)
    if not possible.any():
        return best
    low, high = 0.0, float(keys.sum() / weight[possible].min())
    level = 1.0 / float(weight[possible].min())
    for _ in range(HALVINGS):
        if level > high:
            break
        fair = at(level)
        holds = _holds(problem, fair, best, level)
        if _rank(problem, fair)[:3] > _rank(problem, best)[:3]:
            best = fair
        if holds:
            low = max(level, best.smallest_bits)
        else:
            high = level
        if low == 0.0:
            break
        level = math.sqrt(low * high)
    return best
