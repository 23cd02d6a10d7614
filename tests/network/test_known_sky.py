"""What knowing the sky is worth, against every plan of every realisation of small cases."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from satqkd.network.known_sky import known_sky, realisations_for
from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.effort import Effort
from satqkd.schedule.realised import realise
from satqkd.schedule.rules import Rule
from satqkd.schedule.solve import solve

sys.path.insert(0, str(Path(__file__).parents[1] / "schedule"))
from block_cases import SHAPES, random_case


def feasible(problem):
    """Every choice without a clash, within the rules and with what is pinned."""
    cliques = [clique.tolist() for clique in clash_cliques(problem).parts()]
    for bits in product((False, True), repeat=len(problem)):
        chosen = np.array(bits)
        if any(chosen[clique].sum() > 1 for clique in cliques):
            continue
        if (problem.in_any_case & ~chosen).any():
            continue
        if all(rule.keeps(chosen) for rule in problem.rules):
            yield chosen


def most_worth(problem, clear):
    """Most that any plan is worth in each realisation."""
    return np.max([realise(problem, one, clear).worth for one in feasible(problem)], axis=0)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("asked", [False, True], ids=["free", "pinned and ruled"])
def test_no_plan_is_worth_more_in_any_realisation(shape, seed, asked):
    """Nor on average; and the plan that knows the sky is one, as good as what is there for it."""
    case = random_case(shape, seed)
    problem = case.problem()
    count = len(problem)
    if asked:
        free = np.flatnonzero(solve(problem).chosen)
        pinned = np.isin(np.arange(count), free[:1])
        half = Rule(name="half", contacts=np.arange(count), use=np.ones(count), most=count // 2)
        problem = replace(problem, pinned=pinned, rules=(half,))
    clear = np.random.default_rng(seed).random((15, count)) < 0.6
    taken = solve(problem).chosen
    worth = realise(problem, taken, clear).worth

    found = known_sky(problem, taken, worth, clear, Effort())

    best = most_worth(problem, clear)
    # a pinned contact is not flown, and takes no room of a rule, where it is known to be cloudy
    knowing = most_worth(replace(problem, pinned=None), clear)
    slack = 1e-6 * np.maximum(best, 1.0)
    assert len(found) == len(clear)
    assert np.all(found.bound_bits >= best - slack)
    assert np.all(found.planned_bits <= knowing + case.splitting + slack)
    assert np.all(found.planned_bits >= worth)
    if shape == "supermodular":
        assert np.all(found.planned_bits >= 0.98 * best - case.splitting)
        assert np.all(found.bound_bits <= 1.02 * best + case.splitting + 1.0)
    assert found.bound[0] == pytest.approx(worth.mean() + (found.bound_bits - worth).mean())


def test_errors_are_those_of_the_sample():
    """The bound lies within two of its errors of the mean of what no plan exceeds, most often."""
    problem = random_case("supermodular", 5).problem()
    taken = solve(problem).chosen
    off = []
    for seed in range(12):
        clear = np.random.default_rng(seed).random((4000, len(problem))) < 0.5
        worth = realise(problem, taken, clear).worth
        found = known_sky(problem, taken, worth, clear, Effort())
        if seed == 0:
            truth = float(most_worth(problem, clear).mean())
        off.append((found.bound[0] - truth) / max(found.bound[1], 1e-9))

    assert len(found) == realisations_for(problem) == 80
    assert np.mean(np.abs(off) < 2.0) >= 0.8
    assert np.std(off) > 0.3


def test_stopped_before_two_realisations_says_nothing():
    """One realisation has no error."""
    problem = random_case("supermodular", 3).problem()
    taken = solve(problem).chosen
    clear = np.ones((40, len(problem)), dtype=np.bool_)
    worth = realise(problem, taken, clear).worth

    def stop(_worth, _bound):
        raise KeyboardInterrupt

    assert known_sky(problem, taken, worth, clear, Effort(), told=stop) is None
