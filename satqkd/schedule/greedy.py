"""The plan a person would make by hand: the richest contact first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from satqkd.schedule.amounts import amounts_of
from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.delivery import (
    dearest_worth,
    deliver,
    most_worth_bits,
    worth_bits,
)
from satqkd.schedule.effort import proven_status
from satqkd.schedule.greedy_amounts import served_and_worth, take_for_amounts
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem, Solution
from satqkd.units import BoolArray


def take_richest(problem: Problem, cliques: Groups, chosen: BoolArray) -> BoolArray:
    """Add contacts to ``chosen``, the dearest key first, as long as they clash with none.

    Parameters
    ----------
    problem
        Contacts to choose from; those without key are never taken.
    cliques
        Its clashes.
    chosen
        Contacts that are scheduled in any case.
    """
    taken = chosen.copy()
    clique = cliques.number
    order = np.argsort(cliques.members, kind="stable")
    cliques_of = np.split(
        clique[order], np.searchsorted(cliques.members[order], np.arange(1, len(problem)))
    )
    busy = np.zeros(len(cliques), dtype=np.bool_)
    busy[clique[chosen[cliques.members]]] = True
    worth = problem.key_bits * dearest_worth(problem)
    for contact in np.lexsort((problem.start_s, -problem.key_bits, -worth)).tolist():
        mine = cliques_of[contact]
        if problem.key_bits[contact] <= 0 or taken[contact] or busy[mine].any():
            continue
        taken[contact] = True
        if all(rule.keeps(taken) for rule in problem.rules):
            busy[mine] = True
        else:
            taken[contact] = False
    return taken


def solve_greedy(
    problem: Problem,
    *,
    relative_gap: float = 1e-6,
    time_limit_s: float = 60.0,  # noqa: ARG001 - every solver takes it; this one needs no time
) -> Solution:
    """Choose the contact whose key could be worth most and clashes with none chosen before.

    And again, until nothing is left. Where amounts are asked for, contacts are taken for these
    first, one amount after another (:mod:`satqkd.schedule.greedy_amounts`).

    Parameters
    ----------
    problem
        Contacts that could be scheduled.
    relative_gap
        Distance to the bound that is good enough.
    time_limit_s
        Not needed. [s]
    """
    bound = most_worth_bits(problem)
    chosen = problem.in_any_case.copy()
    if bound <= 0 and not chosen.any():
        return Solution(
            chosen=chosen,
            deliveries=(),
            objective=0.0,
            bound=0.0,
            status="nothing to schedule",
        )
    cliques, amounts = clash_cliques(problem), amounts_of(problem, bound)
    pinned, chosen = chosen, take_richest(problem, cliques, chosen)
    if amounts is not None:
        for_amounts = take_for_amounts(problem, cliques, pinned, amounts)
        beside = replace(
            problem,
            key_bits=np.where(
                np.isin(problem.block, problem.block[for_amounts]), 0.0, problem.key_bits
            ),
        )
        plans = (
            chosen,
            take_richest(problem, cliques, for_amounts),
            take_richest(beside, cliques, for_amounts),
        )
        chosen = max(plans, key=lambda one: served_and_worth(problem, one, amounts))
    deliveries, rounding = deliver(problem, chosen, amounts)
    objective = worth_bits(problem, chosen, deliveries)
    missing = bound - objective - rounding
    proven = None if amounts is not None else proven_status(missing, bound, relative_gap)
    return Solution(
        chosen=chosen,
        deliveries=deliveries,
        objective=objective,
        bound=max(bound, objective),
        status=proven or "not proven",
    )
