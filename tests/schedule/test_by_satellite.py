"""Satellites that are planned one after the other, however few their contacts."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.schedule import by_satellite
from satqkd.schedule.by_satellite import plan_by_satellite
from satqkd.schedule.core_model import core_model, relax
from satqkd.schedule.rules import Rule

sys.path.insert(0, str(Path(__file__).parent))
from block_cases import SHAPES, best_worth, clash, random_case

SLACK = 1e-8
"""What the solver's tolerances may take from a bound, relative to it."""
WORK = [1, 10_000]
"""Less than one search takes, and enough for every search of so few contacts."""


@pytest.fixture(autouse=True)
def _apart(monkeypatch):
    """Search each satellite alone, as where they have hundreds of contacts each."""
    monkeypatch.setattr(by_satellite, "CLUSTER", 0)


def cases(shape, count):
    """Random cases with two satellites."""
    every = (random_case(shape, seed) for seed in range(4 * count))
    return [case for case in every if case.satellites == 2][:count]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("scale", [0.0, 0.5, 1.0, 2.0])
def test_no_choice_is_worth_more_than_the_bound(shape, work, scale):
    """Of prices and the best of each satellite at them: any prices, whatever work there was."""
    for case in cases(shape, 12):
        best = best_worth(case)
        relaxed = relax(core_model(case.problem()))
        dearer = replace(relaxed, clique_price=scale * relaxed.clique_price)
        found = plan_by_satellite(dearer, work=work, relative_gap=1e-6)
        assert found.worth <= best * (1.0 + 1e-12)
        assert found.bound >= best * (1.0 - SLACK)
        assert agree(case, found.chosen)


@pytest.mark.parametrize("work", WORK)
def test_what_a_satellite_leaves_of_a_rule_bounds_the_others_no_plan(work):
    """A rule over both is used up by one: the bound is of plans in which the other uses it."""
    for seed, case in enumerate(cases("whole bits", 24)):
        random = np.random.default_rng(seed)
        count = len(case.contacts)
        use = random.integers(1, 4, count).astype(float)
        most = float(use.sum() // 3)
        rule = Rule(name="so much", contacts=np.arange(count), use=use, most=most)
        best = best_worth(case, lambda chosen, use=use, most=most: use[list(chosen)].sum() <= most)
        problem = replace(case.problem(), rules=(rule,))
        found = plan_by_satellite(relax(core_model(problem)), work=work, relative_gap=1e-6)
        assert rule.keeps(found.chosen)
        assert agree(case, found.chosen)
        assert found.worth <= best * (1.0 + 1e-12)
        assert found.bound >= best * (1.0 - SLACK)


def test_satellites_that_never_meet_are_proven_by_the_first_search_of_each():
    """Nothing is paid for, so that the bound of each is that of its own plan."""
    found = 0
    for meeting in cases("whole bits", 24):
        apart = [replace(one, station=one.satellite, partner=-1) for one in meeting.contacts]
        case = replace(meeting, contacts=tuple(apart))
        best = best_worth(case)
        plan = plan_by_satellite(relax(core_model(case.problem())), work=1, relative_gap=1e-6)
        assert plan.bound >= best * (1.0 - SLACK)
        found += plan.bound <= best * (1.0 + 1e-6) + case.splitting
    assert found == 24


def agree(case, chosen):
    """Whether no two chosen contacts clash."""
    some = [case.contacts[i] for i in np.flatnonzero(chosen)]
    return not any(clash(a, b, case.gaps) for n, a in enumerate(some) for b in some[:n])
