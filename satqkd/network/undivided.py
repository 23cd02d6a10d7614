"""Blocks that no deadline need divide: those of pairs that get nothing by it in any case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.mission.blocks import BlockSpan
from satqkd.network.candidates import Candidates, candidates_of
from satqkd.network.keeping import Keeping
from satqkd.schedule.amounts import amounts_of
from satqkd.schedule.by_satellite import Told
from satqkd.schedule.delivery import delivered_bits, reached_bits
from satqkd.schedule.effort import WITHIN_THE_GAP, Effort, proven_status
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.solve import SOLVER_SLACK, solve


def chosen_from(
    forecasts: Sequence[Forecast],
    effort: Effort,
    *,
    period: BlockSpan | None = None,
    keeping: Keeping | None = None,
    told: Told | None = None,
) -> tuple[Candidates, Solution]:
    """Choose contacts, with blocks divided at deadlines, and again without those for nothing.

    Where blocks are divided at deadlines of pairs that get no key all the same, contacts are chosen
    once more with blocks that these deadlines leave whole, and the better plan is taken: first by
    amounts that are met, then by worth. Its bound is then that of both ways to divide.

    Parameters
    ----------
    forecasts, period, keeping
        As for :func:`satqkd.network.candidates.candidates_of`.
    effort, told
        As for :func:`satqkd.schedule.solve.solve`, for each of the two.
    """
    candidates = candidates_of(forecasts, period=period, keeping=keeping)
    solution = solve(candidates.problem, effort, start=candidates.in_force, told=told)
    idle = _divide_for_nothing(candidates, solution)
    if not idle or solution.status == "stopped":
        return candidates, solution
    other = candidates_of(forecasts, period=period, undivided=idle, keeping=keeping)
    again = solve(other.problem, effort, start=other.in_force, told=told)
    best, found = candidates, solution
    if _rank(other.problem, again) >= _rank(candidates.problem, solution):
        best, found = other, again
    bound, status = max(solution.bound, again.bound), found.status
    if bound > found.bound and status in {"optimal", WITHIN_THE_GAP}:
        missing = bound - found.objective
        status = proven_status(missing, bound, effort.gap, slack=SOLVER_SLACK) or "not proven"
    if "stopped" in {solution.status, again.status}:
        status = "stopped"
    sampled = solution.sampled or again.sampled
    return best, replace(found, bound=bound, status=status, sampled=sampled)


def _divide_for_nothing(candidates: Candidates, solution: Solution) -> frozenset[frozenset[int]]:
    """Pairs of stations at whose deadlines blocks are divided, and that get nothing."""
    problem = candidates.problem
    keys = problem.block_bits(solution.chosen)
    bits = delivered_bits(problem, keys, solution.deliveries)
    idle = {
        frozenset((demand.station_a, demand.station_b))
        for demand, got in zip(problem.demands, bits.tolist(), strict=True)
        if got < 1.0
    }
    return frozenset(idle & {pair for pairs in candidates.divided_for for pair in pairs})


def _rank(problem: Problem, solution: Solution) -> tuple[int, float, float]:
    """How many amounts are met, the sum of shares that are served, and the worth."""
    amounts = amounts_of(problem, 0.0)
    if amounts is None:
        return 0, 0.0, solution.objective
    keys = problem.block_bits(solution.chosen)
    bits = reached_bits(problem, amounts, keys, solution.deliveries)
    share = np.minimum(bits / amounts.needed_bits, 1.0)
    return int(amounts.met[share >= 1.0].sum()), float(share.sum()), solution.objective
