"""Contacts of a satellite with two stations at once, beside those with one."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from satqkd.errors import NonPhysicalError
from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.greedy import solve_greedy
from satqkd.schedule.problem import Solution
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify

PAIRS = [(0, 1), (0, 2), (1, 2)]
TIMES = st.tuples(st.integers(0, 12), st.integers(0, 4)).map(lambda t: (t[0], t[0] + t[1]))
ALONE = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 2), TIMES, st.integers(0, 99)).map(
        lambda c: (c[0], c[1], *c[2], c[3])
    ),
    max_size=4,
)
JOINT = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(PAIRS), TIMES, st.integers(0, 99)).map(
        lambda c: (c[0], *c[1], *c[2], c[3])
    ),
    max_size=3,
)
DEMANDS = st.lists(
    st.tuples(st.sampled_from(PAIRS), st.sampled_from([0.5, 1.0, 3.0]), st.booleans()),
    max_size=3,
    unique_by=lambda demand: demand[0],
).map(lambda found: tuple((a, b, weight, untrusted) for (a, b), weight, untrusted in found))

SETTINGS = st.fixed_dictionaries(
    {
        "demands": DEMANDS,
        "spare": st.sampled_from([0.0, 0.01, 0.3]),
        "gaps": st.tuples(st.sampled_from([0.0, 2.5]), st.sampled_from([0.0, 3.0])),
    }
)


def best_worth(alone, joint, *, demands, spare, gaps):
    """Worth of the best plan when bits may be split, by trying every set of contacts."""
    contacts = [(k, {s}, *rest) for k, s, *rest in alone]
    contacts += [(k, {a, b}, *rest) for k, a, b, *rest in joint]

    def clash(one, other):
        early, late = sorted((one, other), key=lambda c: c[2:4])
        return any(
            shared and (late[2] < early[3] + gap or late[2] == early[2])
            for shared, gap in ((one[0] == other[0], gaps[0]), (one[1] & other[1], gaps[1]))
        )

    best = 0.0
    for size in range(len(contacts) + 1):
        for chosen in combinations(contacts, size):
            if not any(clash(*two) for two in combinations(chosen, 2)):
                best = max(best, worth_of(chosen, demands, spare))
    return best


def worth_of(chosen, demands, spare):
    """Worth of contacts, their keys spent best."""
    weight = {frozenset((a, b)): w for a, b, w, _ in demands}
    relayed = [(a, b, w) for a, b, w, untrusted in demands if not untrusted]
    pools = np.zeros((2, 3))
    worth = 0.0
    for satellite, stations, _, _, key in chosen:
        if len(stations) == 2:
            worth += weight.get(frozenset(stations), spare) * key
        else:
            pools[satellite, min(stations)] += key
            worth += spare * key
    for own in pools if relayed else ():
        rows = [[float(s in (a, b)) for a, b, _ in relayed] for s in range(3)]
        gains = [w - 2.0 * spare for _, _, w in relayed]
        worth -= linprog(-np.array(gains), A_ub=rows, b_ub=own).fun
    return worth


@settings(max_examples=80, deadline=None)
@given(alone=ALONE, joint=JOINT, given_settings=SETTINGS)
def test_no_set_of_contacts_is_worth_more(problem_of, alone, joint, given_settings):
    """Enumeration finds nothing better; three demands can leave half a bit a satellite over."""
    demands = given_settings["demands"]
    problem = problem_of(alone, joint=joint, **given_settings)
    best = best_worth(alone, joint, **given_settings)

    plan = solve(problem)

    assert verify(problem, plan) == ()
    room = 1e-6 * max(best, 1.0) + (3.0 if len(demands) == 3 else 0.0)
    assert best - room <= plan.objective <= best * (1.0 + 1e-9) + 1e-9
    assert plan.bound >= best * (1.0 - 1e-9)


def test_a_pair_that_trusts_no_satellite_gets_joint_keys_only(problem_of):
    """A relay of ten times the bits is no substitute."""
    rows = [(0, 0, 0.0, 100.0, 1000.0), (0, 1, 110.0, 200.0, 1000.0)]
    both = [(0, 0, 1, 50.0, 150.0, 100.0)]
    trusted, untrusted = (
        solve(problem_of(rows, joint=both, demands=((0, 1, 1.0, refused),)))
        for refused in (False, True)
    )

    assert trusted.chosen.tolist() == [True, True, False]
    assert trusted.objective == 1000.0
    assert untrusted.chosen.tolist() == [False, False, True]
    assert untrusted.objective == 100.0
    assert untrusted.deliveries == ()


def test_a_joint_contact_fills_no_pool(problem_of):
    """Its key cannot be relayed to a third station."""
    plan = solve(
        problem_of(
            [(0, 2, 200.0, 300.0, 50.0)],
            joint=[(0, 0, 1, 0.0, 100.0, 80.0)],
            demands=((1, 2, 1.0),),
            spare=0.1,
        )
    )

    assert plan.deliveries == ()
    assert plan.objective == pytest.approx(0.1 * 130.0)


def test_both_stations_are_busy(problem_of):
    """A joint contact clashes with another satellite's at either of its stations."""
    problem = problem_of(
        [(1, 0, 50.0, 90.0, 1.0), (1, 1, 10.0, 40.0, 1.0), (1, 2, 0.0, 5.0, 1.0)],
        joint=[(0, 0, 1, 0.0, 100.0, 1.0)],
    )

    assert set(clash_cliques(problem).as_tuples()) == {(0, 3), (1, 3)}


@pytest.mark.parametrize("busy", [0, 1])
def test_the_check_sees_a_station_used_twice(problem_of, busy):
    """Whichever of the two it is."""
    problem = problem_of(
        [(1, busy, 50.0, 90.0, 1.0)], joint=[(0, 0, 1, 0.0, 100.0, 1.0)], demands=()
    )
    greedy = solve_greedy(problem)
    wrong = Solution(
        chosen=np.array([True, True]), deliveries=(), objective=greedy.objective,
        bound=greedy.bound, status="not proven",
    )  # fmt: skip

    assert f"clash on station {busy}" in verify(problem, wrong)[0]


def test_two_different_stations_are_needed(problem_of):
    """Nobody shares key with oneself."""
    with pytest.raises(NonPhysicalError, match="another station"):
        problem_of([], joint=[(0, 1, 1, 0.0, 1.0, 1.0)])
