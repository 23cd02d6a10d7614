"""Contacts that are worth keeping, and plans that start from another: held against every choice."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from block_cases import best_worth, choices, random_case

from satqkd.errors import NonPhysicalError
from satqkd.schedule.core_model import core_model, relax
from satqkd.schedule.solve import Effort, solve
from satqkd.schedule.verify import verify

SHAPES = ("supermodular", "whole bits", "spoilers")
RELATIVE_GAP = 1e-6
SLACK = 1e-8
SEEDS = range(8)


def kept_problem(case, seed):
    """A case some of whose contacts are worth keeping, and what each is."""
    random = np.random.default_rng([7, seed])
    count = len(case.contacts)
    kept = np.where(random.random(count) < 0.5, random.choice([10.0, 200.0, 3_000.0], count), 0.0)
    return replace(case.problem(), kept_bits=kept), kept.tolist()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_choice_is_worth_more_with_what_is_kept(shape, seed):
    """Enumeration finds nothing better, and the bounds hold."""
    case = random_case(shape, seed)
    problem, kept = kept_problem(case, seed)
    best = best_worth(case, kept=kept)
    plan = solve(problem, Effort(gap=RELATIVE_GAP))

    assert verify(problem, plan) == ()
    least = best * (1.0 - 2.0 * RELATIVE_GAP) - case.splitting
    spoilt = shape == "spoilers" and plan.status == "not proven"  # kept, though its block loses
    assert plan.objective >= (0.9 * best if spoilt else least)
    assert plan.objective <= best * (1.0 + 1e-12)
    assert plan.bound >= best * (1.0 - SLACK)
    assert relax(core_model(problem)).bound >= best * (1.0 - SLACK)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_plan_that_is_worth_enough_to_keep_stays(shape):
    """Where changing a contact costs more than all key is worth nothing else is chosen."""
    for seed in SEEDS:
        case = random_case(shape, seed)
        every = list(choices(case))
        start = every[int(np.random.default_rng(seed).integers(len(every)))]
        chosen = np.zeros(len(case.contacts), dtype=np.bool_)
        chosen[list(start)] = True
        problem = replace(case.problem(), kept_bits=np.where(chosen, 1e9, 0.0))
        assert np.all(solve(problem, start=chosen).chosen[chosen])


@pytest.mark.parametrize("shape", SHAPES)
def test_a_plan_is_worth_no_less_than_the_one_it_starts_from(shape):
    """Nor less than without, where it is proven; what clashes in it is left out."""
    for seed in SEEDS:
        case = random_case(shape, seed)
        problem = case.problem()
        without = solve(problem, Effort(gap=RELATIVE_GAP))
        again = solve(problem, Effort(gap=RELATIVE_GAP), start=without.chosen)
        everything = np.ones(len(problem), dtype=np.bool_)
        clashing = solve(problem, Effort(gap=RELATIVE_GAP), start=everything)

        assert again.objective >= without.objective
        assert verify(problem, clashing) == ()
        if without.status == "optimal":
            room = 2.0 * RELATIVE_GAP * without.bound + case.splitting
            assert clashing.objective == pytest.approx(without.objective, abs=room)


def test_the_check_counts_what_is_kept():
    """A plan that leaves it out is found."""
    case = random_case("whole bits", 3)
    problem, _ = kept_problem(case, 3)
    plan = solve(problem)
    assert problem.keeping_bits[plan.chosen].sum() > 0.0
    assert verify(replace(problem, kept_bits=None), plan) != ()


def test_changing_cannot_be_worth_something():
    """What a change costs is no gain."""
    case = random_case("whole bits", 3)
    with pytest.raises(NonPhysicalError, match="kept_bits"):
        replace(case.problem(), kept_bits=np.full(len(case.contacts), -1.0))
