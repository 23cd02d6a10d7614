import numpy as np
import pytest

from satqkd.schedule.greedy import solve_greedy
from satqkd.schedule.verify import verify


def test_the_richest_contact_comes_first(problem_of):
    """A rich contact displaces two poorer ones that are worth more together."""
    rows = [(0, 0, 0, 4, 60), (0, 0, 3, 8, 100), (0, 0, 7, 9, 60)]
    plan = solve_greedy(problem_of(rows, demands=(), spare=1.0))
    assert plan.chosen.tolist() == [False, True, False]
    assert plan.objective == 100.0


def test_equally_rich_contacts_are_taken_in_order_of_time(problem_of):
    """A tie goes to the earlier one."""
    rows = [(0, 0, 3, 8, 60), (0, 0, 0, 4, 60)]
    plan = solve_greedy(problem_of(rows, demands=(), spare=1.0))
    assert plan.chosen.tolist() == [False, True]


def test_without_clashes_and_demands_the_plan_is_optimal(problem_of):
    """Everything flown is the bound itself."""
    plan = solve_greedy(problem_of([(0, 0, 0, 4, 60), (1, 1, 0, 4, 60)], demands=(), spare=1.0))
    assert plan.status == "optimal"
    assert plan.objective == plan.bound == 120.0


def test_a_plan_without_proof_says_so(crowded):
    """A rule of thumb does not claim to be the best, and keeps every rule."""
    plan = solve_greedy(crowded)
    assert plan.status == "not proven"
    assert plan.gap > 0
    assert verify(crowded, plan) == ()


@pytest.mark.parametrize("rows", [[], [(0, 0, 0, 4, 0)]])
def test_nothing_to_schedule_is_said(problem_of, rows):
    """No contacts, or none with key, make an empty plan."""
    plan = solve_greedy(problem_of(rows, spare=1.0))
    assert plan.status == "nothing to schedule"
    assert not np.any(plan.chosen)
    assert plan.objective == plan.bound == plan.gap == 0.0
