"""What a plan could be worth if it changed whatever it likes of the one in force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from satqkd.network.keeping import Keeping
from satqkd.network.plan import Plan, plan_of
from satqkd.schedule.by_satellite import Told
from satqkd.schedule.solve import solve


def keeping_costs_bits(plan: Plan, keeping: Keeping, *, told: Told) -> float | None:
    """Return what keeping costs against a plan that is free to change. [bit]

    What is too near to be changed stays there too. None where all that lies ahead is too near, and
    where Ctrl-C ended either search.

    Parameters
    ----------
    plan
        The one that was made.
    keeping
        What it kept.
    told
        Called with worth and bound, as a plan does.
    """
    if all(one.frozen for one in keeping.contacts) or plan.solution.status == "stopped":
        return None
    try:
        free_bits = _free_bits(plan, keeping, told)
    except KeyboardInterrupt:
        return None
    return None if free_bits is None else free_bits - _worth_bits(plan)


def _free_bits(plan: Plan, keeping: Keeping, told: Told) -> float | None:
    """Worth of the plan that is free; None where its search was stopped. [bit]

    Where nothing divides blocks and nothing but worth counts, candidates and keys are those that
    the plan knows already.
    """
    plain = plan.value == "clear" and plan.fair is None
    if plain and not any(one.asks or one.by is not None for one in plan.mission.demands):
        problem = replace(plan.problem, kept_bits=None)
        found = solve(problem, plan.mission.solver, start=plan.solution.chosen, told=told)
        return None if found.status == "stopped" else found.objective
    frozen = tuple(one for one in keeping.contacts if one.frozen)
    free = plan_of(
        plan.forecasts,
        value=plan.value,
        keeping=replace(keeping, contacts=frozen),
        told=told,
        stakes=False,
    )
    return None if free.solution.status == "stopped" else _worth_bits(free)


def _worth_bits(plan: Plan) -> float:
    """Worth of a plan as it is planned, without that of keeping contacts. [bit]"""
    if plan.judged is not None:
        return plan.judged.mean_worth_bits[plan.judged.best]
    kept = float(np.asarray(plan.problem.keeping_bits)[plan.solution.chosen].sum())
    return plan.solution.objective - kept
