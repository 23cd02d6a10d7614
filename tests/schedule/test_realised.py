"""What realisations leave of small plans, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from satqkd.schedule.delivery import deliver, worth_bits
from satqkd.schedule.demand import Milestone
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Blocks
from satqkd.schedule.realised import _first_reached, realise
from satqkd.schedule.sample_average import better_on_average, mean_worth
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify


def squared(groups: Groups) -> np.ndarray:
    """Key of so many contacts together: two make four times the key of one."""
    return groups.sizes.astype(float) ** 2 * 100.0


@pytest.fixture
def pooled(problem_of):
    """Two contacts a station, in one block each, and a joint contact of both."""
    problem = problem_of(
        [(0, 0, 0, 10, 100), (0, 0, 100, 110, 100), (0, 1, 50, 60, 100), (0, 1, 150, 160, 100)],
        joint=[(0, 0, 1, 200, 210, 70)],
        spare=0.25,
    )

    def key_of(groups):
        joint = np.array([4 in own for own in groups.parts()])
        return np.where(joint, 70.0, squared(groups))

    return replace(problem, blocks=Blocks(number=np.array([0, 0, 1, 1, 2]), key_of=key_of))


@pytest.mark.parametrize("seed", range(40))
def test_pools_that_are_linked_are_those_of_scipys_graphs(seed):
    """Chains and lone pools among them; the first pool of each part stands for it."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 60))
    a, b = rng.integers(0, count, (2, int(rng.integers(0, count + 1))))
    if seed % 4 == 0:
        a, b = rng.permutation(count)[:-1], rng.permutation(count)[1:]
    graph = coo_array((np.ones(a.size), (a, b)), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    first = np.array([np.flatnonzero(part == one)[0] for one in part])

    assert _first_reached(a, b, count).tolist() == first.tolist()


def test_blocks_pools_and_relays_of_what_is_left(pooled):
    """All clear; one contact of either pool; one station alone; the joint contact alone; none."""
    every = np.ones(5, dtype=np.bool_)
    left = np.array(
        [
            [1, 1, 1, 1, 1],
            [1, 0, 1, 1, 0],
            [1, 1, 0, 0, 0],
            [0, 0, 0, 0, 1],
            [0, 0, 0, 0, 0],
        ],
        dtype=np.bool_,
    )
    found = realise(pooled, every, left)

    assert found.delivered[:, 0].tolist() == [470.0, 100.0, 0.0, 70.0, 0.0]
    assert found.made.tolist() == [870.0, 500.0, 400.0, 70.0, 0.0]
    assert found.worth.tolist() == [470.0, 175.0, 100.0, 70.0, 0.0]


def test_contacts_not_scheduled_bring_nothing(pooled):
    """Whatever their sky."""
    chosen = np.array([True, False, True, False, False])
    found = realise(pooled, chosen, np.ones((1, 5), dtype=np.bool_))

    assert found.delivered.tolist() == [[100.0]]
    assert realise(pooled, ~chosen & False, np.ones((2, 5), dtype=np.bool_)).made.tolist() == [0, 0]


def test_without_clouds_a_plan_is_worth_what_the_planner_says(crowded):
    """Apart from halves of bits; and on any part of it, what the planner makes of that part."""
    chosen = solve(crowded).chosen
    rng = np.random.default_rng(3)
    left = np.vstack((np.ones((1, 60), dtype=np.bool_), rng.random((5, 60)) < 0.7))
    found = realise(crowded, chosen, left)
    planned = [worth_bits(crowded, chosen & own, deliver(crowded, chosen & own)[0]) for own in left]

    assert found.worth == pytest.approx(planned, abs=30.0)


def test_stock_and_deadlines_count(pooled):
    """A demand that wants its key before its station's block is ready lives on stock."""
    (demand,) = pooled.demands
    late = replace(
        pooled,
        demands=(replace(demand, by_s=130.0),),
        stock_bits=np.array([0.0, 30.0, 0.0, 0.0, 0.0, 0.0]),
    )
    chosen = np.array([True, True, True, True, False])
    found = realise(late, chosen, np.ones((1, 5), dtype=np.bool_))

    assert found.delivered.tolist() == [[30.0]]
    assert found.made.tolist() == [800.0]


def test_a_plan_is_improved_for_clouds_without_clashes(problem_of):
    """Of two contacts that clash the one over the clearer station is flown at last."""
    problem = problem_of(
        [(0, 0, 0, 10, 100), (0, 1, 5, 15, 110), (0, 2, 100, 110, 120)],
        demands=((0, 2, 1.0), (1, 2, 1.0)),
    )
    clear = np.array([[1, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]], dtype=np.bool_)
    start = solve(problem).chosen
    better = better_on_average(problem, start, clear, tries=100)

    assert start.tolist() == [False, True, True]
    assert better.tolist() == [True, False, True]
    assert mean_worth(problem, better, clear) == 75.0
    assert better_on_average(problem, start, clear, tries=0).tolist() == start.tolist()


def test_an_improved_plan_passes_the_check(crowded):
    """Contacts give way to those they clash with."""
    clear = np.random.default_rng(8).random((50, 60)) < 0.5
    start = solve(crowded)
    better = better_on_average(crowded, start.chosen, clear, tries=200)
    deliveries, _ = deliver(crowded, better)
    plan = replace(
        start,
        chosen=better,
        deliveries=deliveries,
        objective=worth_bits(crowded, better, deliveries),
    )

    assert verify(crowded, plan) == ()
    assert mean_worth(crowded, better, clear) >= mean_worth(crowded, start.chosen, clear)


def test_what_is_asked_for_outranks_the_weights(problem_of):
    """The first satellite gives all it can, the second what is left and then shares by weight."""
    problem = problem_of(
        [
            (0, 0, 0, 10, 100), (0, 1, 20, 30, 300), (0, 2, 40, 50, 300),
            (1, 0, 0, 10, 100), (1, 1, 60, 70, 300), (1, 2, 90, 95, 300),
        ],
        demands=((0, 1, 1.0), (1, 2, 5.0), (0, 2, 5.0)),
    )  # fmt: skip
    first, *others = problem.demands
    asking = replace(
        problem, demands=(replace(first, milestones=(Milestone(bits=120.0),)), *others)
    )
    clear = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0]], dtype=np.bool_)
    every = np.ones(6, dtype=np.bool_)

    assert realise(problem, every, clear).delivered.tolist() == [[100, 500, 100], [50, 250, 50]]
    assert realise(asking, every, clear).delivered.tolist() == [[150, 450, 50], [100, 200, 0]]
