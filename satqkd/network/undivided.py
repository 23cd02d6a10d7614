"""Other ways to divide blocks than at each deadline: not at all, and sooner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.mission.blocks import BlockSpan
from satqkd.network.candidates import Candidates, candidates_of
from satqkd.network.deadlines import deadlines_of
from satqkd.network.keeping import Keeping
from satqkd.schedule.amounts import amounts_of
from satqkd.schedule.by_satellite import Told
from satqkd.schedule.delivery import delivered_bits, reached_bits
from satqkd.schedule.effort import WITHIN_THE_GAP, Effort, proven_status
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.solve import SOLVER_SLACK, solve

SOONER_CONTACTS: Final = 150
"""Numerical: contacts, parts too, up to which blocks are tried divided sooner than at a deadline:
each instant is a plan."""
SOONER_AT_MOST: Final = 16
"""Numerical: instants at which they are, the last ones before the deadline."""


def chosen_from(
    forecasts: Sequence[Forecast],
    effort: Effort,
    *,
    period: BlockSpan | None = None,
    keeping: Keeping | None = None,
    told: Told | None = None,
) -> tuple[Candidates, Solution]:
    """Choose contacts, with blocks divided at deadlines, and again with them divided otherwise.

    Where blocks are divided at deadlines of pairs that get no key all the same, contacts are chosen
    once more with blocks that these deadlines leave whole. Where a pair has one deadline, which
    divides blocks and brings it key, they are chosen with blocks divided sooner, between each two
    contacts of its stations, up to :data:`SOONER_CONTACTS` contacts: what is in time for a sooner
    deadline is in time for this one, so that a later deadline makes no plan worse. The best plan is
    taken: first by amounts that are met, then by worth. Its bound is that of all ways to divide.

    Parameters
    ----------
    forecasts, period, keeping
        As for :func:`satqkd.network.candidates.candidates_of`.
    effort, told
        As for :func:`satqkd.schedule.solve.solve`, for each of them.
    """

    def tried_with(**how: Any) -> tuple[Candidates, Solution]:
        found = candidates_of(forecasts, period=period, keeping=keeping, **how)
        return found, solve(found.problem, effort, start=found.in_force, told=told)

    best = tried_with()
    tried = [best[1]]
    idle = _divide_for_nothing(*best)
    if idle and tried[-1].status != "stopped":
        other = tried_with(undivided=idle)
        tried.append(other[1])
        if _rank(other[0].problem, other[1]) >= _rank(best[0].problem, best[1]):
            best = other
    for pair, at_s in _sooner(*best):
        if tried[-1].status == "stopped":
            break
        other = tried_with(undivided=idle, sooner={pair: at_s})
        tried.append(other[1])
        if _rank(other[0].problem, other[1]) > _rank(best[0].problem, best[1]):
            best = other
    if len(tried) == 1:
        return best
    found = best[1]
    bound, status = max(one.bound for one in tried), found.status
    if bound > found.bound and status in {"optimal", WITHIN_THE_GAP}:
        missing = bound - found.objective
        status = proven_status(missing, bound, effort.gap, slack=SOLVER_SLACK) or "not proven"
    if any(one.status == "stopped" for one in tried):
        status = "stopped"
    sampled = any(one.sampled for one in tried)
    return best[0], replace(found, bound=bound, status=status, sampled=sampled)


def _sooner(candidates: Candidates, solution: Solution) -> Iterator[tuple[frozenset[int], float]]:
    """Yield pairs with one deadline that divides blocks, and instants before it to divide at.

    Between each two contacts of its stations that are key in turn, the last ones first. [s]
    """
    problem = candidates.problem
    if len(problem) > SOONER_CONTACTS or solution.status == "stopped":
        return
    dividing = {pair for pairs in candidates.divided_for for pair in pairs}
    by_s: dict[frozenset[int], list[float]] = {}
    for one in deadlines_of(candidates.forecasts[0]):
        by_s.setdefault(one.stations, []).append(one.by_s)
    for pair in sorted(dividing, key=sorted):
        if len(by_s[pair]) > 1:
            continue
        here = np.isin(problem.station, list(pair)) & np.isin(problem.partner, [-1, *pair])
        ready_s = np.unique(problem.key_s[here & ~candidates.in_part])
        instants = ready_s[ready_s <= by_s[pair][0]]
        for at_s in instants[-2 : -2 - SOONER_AT_MOST : -1].tolist():
            yield pair, at_s


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
