"""One door to every planner: a problem in, a plan with its bound out."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from satqkd.schedule.amounts import Amounts, amounts_of
from satqkd.schedule.by_satellite import Told, plan_by_satellite
from satqkd.schedule.choose import choose, rounded
from satqkd.schedule.core_model import core_model, relax
from satqkd.schedule.delivery import deliver, most_worth_bits, worth_bits
from satqkd.schedule.effort import WITHIN_THE_GAP, Effort, proven_status
from satqkd.schedule.greedy import solve_greedy
from satqkd.schedule.polish import polished
from satqkd.schedule.problem import Problem, Solution
from satqkd.units import BoolArray

SOLVER_SLACK: Final = 1e-8
"""Relative error of a bound that HiGHS proves with tolerances of 1e-9 (assumed)."""
TOLERANCE: Final = 1e-9
"""Numerical: that of HiGHS, relative to its objective, in which amounts outweigh all else: by so
much of them a bound on what is left may be too low."""
WHOLE_CONTACTS: Final = 600
"""Numerical: contacts, each a block of its own, up to which what is left of the work goes into one
search over all."""
WHOLE_POOLED: Final = 400
"""Numerical: as WHOLE_CONTACTS, where blocks hold several."""
LOOK_CONTACTS: Final = 50_000
"""Numerical: as WHOLE_CONTACTS, up to which all are at least looked at together, without a tree."""
WHOLE_SHARE: Final = 0.5
"""Numerical: share of the work left for that."""


def solve(
    problem: Problem,
    effort: Effort | None = None,
    *,
    start: BoolArray | None = None,
    told: Told | None = None,
) -> Solution:
    """Choose the contacts and route the keys that are worth most, and say how sure that is.

    Parameters
    ----------
    problem
        Contacts that could be scheduled, and the blocks they make.
    effort
        How long to try; None for the defaults.
    start
        Contacts of a plan to start from, those that clash left out, shape (n,); None for none. The
        answer is worth no less.
    told
        Called with the worth of the plan so far and the bound, now and then.

    Returns
    -------
    Solution
        The same input gives the same plan. Ctrl-C ends the search with the best plan so far.

    Raises
    ------
    SolverError
        HiGHS cannot be loaded or fails.
    """
    effort = Effort() if effort is None else effort
    if effort.method == "greedy":
        return solve_greedy(problem, relative_gap=effort.gap)
    if problem.blocks is None and start is None:
        by_hand = solve_greedy(problem, relative_gap=effort.gap)
        if by_hand.status in {"nothing to schedule", "optimal", WITHIN_THE_GAP}:
            return by_hand
    model = core_model(problem)
    if not model.active.any():
        nothing = problem.in_any_case
        amounts = amounts_of(problem, most_worth_bits(problem))
        plan = _judged(problem, nothing, 0.0, effort.gap, amounts=amounts, stopped=False)
        return plan if plan.deliveries else replace(plan, status="nothing to schedule")
    relaxed = relax(model)
    amounts = amounts_of(problem, relaxed.bound)
    work = effort.work_for(len(problem))
    lone = problem.blocks is None
    small = len(problem) <= (WHOLE_CONTACTS if lone else WHOLE_POOLED)
    found = plan_by_satellite(
        relaxed,
        work=int(work * (1.0 - WHOLE_SHARE)) if small else work,
        relative_gap=effort.gap,
        amounts=amounts,
        start=None if start is None else rounded(problem, model.cliques, start.astype(np.float64)),
        told=told,
    )
    chosen, bound, stopped = found.chosen, found.bound, found.stopped
    open_still = not stopped and (amounts or bound > found.worth * (1.0 + effort.gap))
    if open_still and (small or (lone and len(problem) <= LOOK_CONTACTS)):
        try:
            whole = choose(
                replace(relaxed.model, amounts=amounts),
                active=relaxed.model.active,
                start=chosen,
                work=max(0, work - found.iterations - relaxed.iterations) if small else 0,
                relative_gap=effort.gap if amounts is None else effort.gap / amounts.scale,
            )
            chosen = whole.chosen
            served = whole.model.worths(chosen)[1]
            bound = min(bound + whole.missed, whole.bound - served * (1.0 - TOLERANCE))
        except KeyboardInterrupt:
            stopped = True
    try:
        chosen = polished(problem, model.cliques, chosen, replace(model, amounts=amounts).worth)
    except KeyboardInterrupt:
        stopped = True
    found_plan = _judged(problem, chosen, bound, effort.gap, amounts=amounts, stopped=stopped)
    return replace(found_plan, sampled=not model.keys.proven)


def _judged(
    problem: Problem,
    chosen: BoolArray,
    bound: float,
    relative_gap: float,
    *,
    amounts: Amounts | None,
    stopped: bool,
) -> Solution:
    """Recompute what the chosen contacts are worth, and hold it against the bound."""
    deliveries, rounding = deliver(problem, chosen, amounts)
    objective = worth_bits(problem, chosen, deliveries)
    bound = max(bound, objective)
    missing = bound - objective - rounding
    proven = proven_status(missing, bound, relative_gap, slack=SOLVER_SLACK)
    return Solution(
        chosen=chosen,
        deliveries=deliveries,
        objective=objective,
        bound=bound,
        status=proven or ("stopped" if stopped else "not proven"),
    )
