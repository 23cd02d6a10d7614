"""Contacts flown before: members of blocks that occupy nothing, held against every choice."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from block_cases import best_worth, random_case

from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.contact_parts import clashes_of
from satqkd.schedule.solve import Effort, solve
from satqkd.schedule.verify import verify


def opened(case):
    """The case with two contacts in nobody's way, and the problem with them flown before.

    In the latter they last as long as everything, so that they would clash with all others.
    """
    flown = np.array([one.partner < 0 for one in case.contacts])
    flown[np.cumsum(flown) > 2] = False
    apart = tuple(
        replace(one, start_s=1e4 * (number + 1), end_s=1e4 * (number + 1)) if before else one
        for number, (one, before) in enumerate(zip(case.contacts, flown.tolist(), strict=True))
    )
    free = replace(case, contacts=apart)
    problem = free.problem()
    problem = replace(
        problem,
        start_s=np.where(flown, -10.0, problem.start_s),
        end_s=np.where(flown, 1e6, problem.end_s),
        ready_s=np.where(flown, 0.0, problem.end_s),
        opening=flown,
    )
    return free, problem


@pytest.mark.parametrize("shape", ["supermodular", "whole bits", "spoilers"])
@pytest.mark.parametrize("seed", range(12))
def test_plans_with_contacts_flown_before_are_the_best(shape, seed):
    """As good as every choice, of which no two are in each other's way for them."""
    case, problem = opened(random_case(shape, seed))
    best = best_worth(case)
    found = solve(problem, Effort(gap=1e-6))

    assert verify(problem, found) == ()
    assert found.bound >= best - 1e-6 * max(1.0, best)
    assert found.objective == pytest.approx(best, rel=1e-5, abs=case.splitting + 1.0)


def test_they_clash_with_nothing():
    """Nor are they cut, nor does a part of the problem forget what they are."""
    _, problem = opened(random_case("whole bits", 3))
    flown = np.flatnonzero(problem.opening)

    assert flown.size == 2
    assert not np.isin(clash_cliques(problem).members, flown).any()
    clashes = clashes_of(problem)
    assert not np.isin(np.concatenate((clashes.first, clashes.second)), flown).any()
    kept = np.arange(1, len(problem))
    assert problem.part(kept).opening.tolist() == problem.opening[kept].tolist()
    assert len(clash_cliques(replace(problem, opening=None))) > 0


@pytest.mark.parametrize("shape", ["supermodular", "whole bits", "spoilers"])
@pytest.mark.parametrize("seed", range(10))
def test_more_counts_from_before_never_make_a_plan_worse(shape, seed):
    """A plan may leave them out: one contact less flown before is worth no more."""
    case, problem = opened(random_case(shape, seed))
    best = solve(problem, Effort(gap=1e-6)).objective

    for number in np.flatnonzero(problem.opening).tolist():
        kept = np.flatnonzero(np.arange(len(problem)) != number)
        fewer = solve(problem.part(kept), Effort(gap=1e-6)).objective
        assert fewer <= best * (1.0 + 1e-5) + case.splitting
