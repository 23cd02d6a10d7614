from dataclasses import replace

import numpy as np
import pytest

from satqkd.schedule.problem import Delivery
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify


@pytest.fixture(name="problem")
def two_stations(problem_of):
    """Two good contacts, one that clashes with the first by its gap, one without key."""
    return problem_of(
        [(0, 0, 0, 100, 500), (0, 1, 200, 300, 400), (0, 1, 105, 150, 10), (1, 2, 0, 9, 0)],
        gaps=(10.0, 0.0),
    )


@pytest.fixture(name="plan")
def best_plan(problem):
    return solve(problem)


def with_delivery(plan, **changes):
    return replace(plan, deliveries=(replace(plan.deliveries[0], **changes),))


def test_a_sound_plan_passes(problem, plan):
    """The solver's own plan has no violations."""
    assert plan.chosen.tolist() == [True, True, False, False]
    assert verify(problem, plan) == ()


def test_a_clash_is_found(problem, plan):
    """A contact five seconds after another ignores a slew of ten."""
    said = verify(problem, replace(plan, chosen=np.array([True, True, True, False])))
    assert len(said) == 1
    assert said[0] == (
        "Contacts 0 and 2 clash on satellite 0: it is free again at 110.000 s but needed at "
        "105.000 s."
    )


def test_a_clash_at_a_station_is_found(problem_of):
    """Two satellites cannot be received at once."""
    problem = problem_of([(0, 0, 0, 9, 5), (1, 0, 5, 12, 5)], demands=(), spare=1.0)
    plan = replace(solve(problem), chosen=np.array([True, True]), objective=10.0, bound=10.0)
    (said,) = verify(problem, plan)
    assert "clash on station 0" in said


def test_contacts_without_length_at_one_instant_clash(problem_of):
    """A satellite does not serve two stations in the same instant."""
    problem = problem_of([(0, 0, 5, 5, 5), (0, 1, 5, 5, 5)], demands=(), spare=1.0)
    plan = replace(solve(problem), chosen=np.array([True, True]), objective=10.0, bound=10.0)
    (said,) = verify(problem, plan)
    assert "Contacts 0 and 1 clash on satellite 0" in said


def test_touching_contacts_pass(problem_of):
    """Neighbours that just keep the gap are sound."""
    problem = problem_of(
        [(0, 0, 0, 5, 5), (0, 1, 7, 9, 5), (1, 1, 9, 9, 5)], gaps=(2.0, 0.0), spare=1.0
    )
    plan = solve(problem)
    assert plan.chosen.all()
    assert verify(problem, plan) == ()


def test_key_out_of_nothing_is_found(problem, plan):
    """One bit more than the smaller pool holds does not exist."""
    said = verify(problem, replace(with_delivery(plan, bits=401), objective=401.0, bound=401.0))
    assert said == (
        "Deliveries take 401 bit from the pool of satellite 0 and station 1, which holds 400 bit.",
    )


def test_key_of_a_contact_that_is_not_flown_is_found(problem, plan):
    """Dropping a contact drops its key."""
    said = verify(problem, replace(plan, chosen=np.array([False, True, False, False])))
    assert any("station 0, which holds 0 bit" in sentence for sentence in said)


def test_key_of_another_satellite_is_found(problem, plan):
    """Pools belong to one satellite."""
    said = verify(problem, with_delivery(plan, satellite=1))
    assert len(said) == 2
    assert all("pool of satellite 1" in sentence for sentence in said)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"demand": 1}, "serves a demand that is not among the 1"),
        ({"demand": -1}, "serves a demand that is not among the 1"),
        ({"satellite": 2}, "names a satellite that is not among the 2"),
        ({"bits": 0}, "delivers no key"),
        ({"bits": -5}, "delivers no key"),
    ],
)
def test_a_delivery_to_nowhere_is_found(problem, plan, changes, words):
    """Indices that mean nothing and deliveries of nothing are violations."""
    (said,) = verify(problem, with_delivery(plan, **changes))
    assert words in said


def test_a_repeated_delivery_is_found(problem, plan):
    """One satellite serves one demand in one delivery."""
    halves = (Delivery(satellite=0, demand=0, bits=200),) * 2
    (said,) = verify(problem, replace(plan, deliveries=halves))
    assert said == "Satellite 0 serves demand 0 in 2 deliveries, not one."


@pytest.mark.parametrize("objective", [399.0, 400.1, np.nan])
def test_a_wrong_objective_is_found(problem, plan, objective):
    """The worth is recomputed, not believed."""
    said = verify(problem, replace(plan, objective=objective))
    assert any("but is worth 400" in sentence for sentence in said)


@pytest.mark.parametrize("bound", [399.0, np.nan])
def test_a_bound_below_the_plan_is_found(problem, plan, bound):
    """A plan cannot be worth more than the best one."""
    (said,) = verify(problem, replace(plan, bound=bound))
    assert "above its own bound" in said


def test_a_contact_without_key_is_found(problem, plan):
    """Flying for nothing wastes spacecraft time."""
    said = verify(problem, replace(plan, chosen=np.array([True, True, False, True])))
    assert said == ("Contact 3 is chosen but brings no key.",)


@pytest.mark.parametrize("chosen", [np.ones(3, dtype=np.bool_), np.array([0, 1, 0, 0])])
def test_a_choice_of_the_wrong_shape_is_found(problem, plan, chosen):
    """A choice is one yes or no per contact, not a list of indices."""
    (said,) = verify(problem, replace(plan, chosen=chosen))
    assert "yes or no for each of 4 contacts" in said
