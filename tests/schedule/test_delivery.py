import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.schedule.delivery import deliver, most_worth_bits, worth_bits
from satqkd.schedule.relays import pools_bits

ALL_PAIRS = ((0, 1, 1.0), (0, 2, 1.0), (1, 2, 1.0))


def all_chosen(problem):
    return np.ones(len(problem), dtype=np.bool_)


def bits_by_demand(problem):
    return {d.demand: d.bits for d in deliver(problem, all_chosen(problem))[0]}


def test_a_delivery_is_bounded_by_the_smaller_pool(problem_of):
    """The XOR of two pools is as long as the shorter one."""
    problem = problem_of([(0, 0, 0, 1, 300), (0, 1, 2, 3, 70), (0, 1, 4, 5, 50)])
    assert bits_by_demand(problem) == {0: 120}


def test_pools_of_different_satellites_do_not_mix(problem_of):
    """Each satellite relays its own keys only."""
    problem = problem_of([(0, 0, 0, 1, 300), (1, 1, 2, 3, 300)])
    assert bits_by_demand(problem) == {}


def test_a_dearer_pair_is_served_first(problem_of):
    """A scarce pool goes where a bit is worth more."""
    rows = [(0, 0, 0, 1, 100), (0, 1, 2, 3, 80), (0, 2, 4, 5, 80)]
    problem = problem_of(rows, demands=((0, 1, 1.0), (0, 2, 2.0)))
    assert bits_by_demand(problem) == {0: 20, 1: 80}


def test_a_bit_is_not_delivered_at_a_loss(problem_of):
    """Two spare bits of weight 0.6 are worth more than one delivered of weight 1."""
    problem = problem_of([(0, 0, 0, 1, 10), (0, 1, 2, 3, 10)], spare=0.6)
    assert bits_by_demand(problem) == {}
    assert worth_bits(problem, all_chosen(problem), ()) == pytest.approx(12.0, rel=1e-15)


def test_half_bits_become_whole_ones(problem_of):
    """Three pools of one bit serve three pairs with half a bit each, or one with a whole one."""
    problem = problem_of([(0, s, 2 * s, 2 * s + 1, 1) for s in range(3)], demands=ALL_PAIRS)
    deliveries, rounding = deliver(problem, all_chosen(problem))
    assert [d.bits for d in deliveries] == [1]
    assert rounding == pytest.approx(0.5, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(keys=st.lists(st.integers(1, 10**9), min_size=3, max_size=3))
def test_three_equal_pairs_share_all_that_can_be_shared(problem_of, keys):
    """With equal weights the most is half of everything, or all that the two smaller hold."""
    problem = problem_of(
        [(0, s, 2 * s, 2 * s + 1, k) for s, k in enumerate(keys)], demands=ALL_PAIRS
    )
    delivered = sum(bits_by_demand(problem).values())
    assert delivered == min(sum(keys) // 2, sum(keys) - max(keys))


def test_deliveries_come_largest_first(problem_of):
    """The order does not depend on that of the contacts."""
    rows = [(s, g, 9 * s + 2 * g, 9 * s + 2 * g + 1, 10 * (s + 1)) for s in (0, 1) for g in (0, 1)]
    deliveries, _ = deliver(problem_of(rows), all_chosen(problem_of(rows)))
    assert [(d.satellite, d.bits) for d in deliveries] == [(1, 20), (0, 10)]


def test_pools_add_the_chosen_keys_only(problem_of):
    """A contact that is not flown fills no pool."""
    problem = problem_of([(0, 0, 0, 1, 3), (0, 0, 2, 3, 4), (1, 2, 0, 1, 5)])
    bits = problem.block_bits(np.array([True, False, True]))
    assert pools_bits(problem, bits)[-1].tolist() == [3, 0, 0, 0, 0, 5]


def test_pools_do_not_depend_on_the_order_of_contacts(problem_of):
    """Sums are exactly rounded."""
    rows = [(0, 0, 2 * i, 2 * i + 1, 0.1 * 10**i) for i in range(10)]
    forward, backward = problem_of(rows), problem_of(rows[::-1])
    expected = math.fsum(row[4] for row in rows)
    for problem in (forward, backward):
        assert pools_bits(problem, problem.block_bits(all_chosen(problem)))[-1, 0] == expected


def test_parts_of_a_bit_are_not_delivered(problem_of):
    """A pool of 2.9 bits bears a delivery of two."""
    problem = problem_of([(0, 0, 0, 1, 2.9), (0, 1, 2, 3, 7.0)])
    assert bits_by_demand(problem) == {0: 2}


def test_nothing_is_worth_more_than_every_contact_spent_the_dearest_way(problem_of):
    """Half the weight for each bit of a pool that can be delivered, else the spare weight."""
    problem = problem_of(
        [(0, 0, 0, 1, 10), (0, 1, 2, 3, 20), (0, 2, 4, 5, 40)], demands=((0, 1, 3.0),), spare=0.25
    )
    assert most_worth_bits(problem) == pytest.approx(1.5 * 30 + 0.25 * 40, rel=1e-15)
