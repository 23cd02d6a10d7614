"""Deliveries over time against laws that hold under every sky, and against small sums by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.network.arrivals import arrivals
from satqkd.network.stock_ahead import over_time
from satqkd.schedule.problem import Demand, Problem
from satqkd.schedule.realised import realise

STATIONS = 4
rows = st.lists(
    st.tuples(
        st.integers(0, 1),  # satellite
        st.integers(0, STATIONS - 1),
        st.integers(0, 1000),  # end
        st.integers(1, 500),  # key
    ),
    min_size=1,
    max_size=9,
)
pairs = st.lists(
    st.sampled_from([(a, b) for a in range(STATIONS) for b in range(a)]),
    min_size=1,
    max_size=3,
    unique=True,
)


def problem_of(contacts, demands, stock=()) -> Problem:
    """Contacts of no length that fill pools; each is a block."""
    columns = np.array(contacts, dtype=np.float64).reshape(-1, 4).T
    held = np.zeros(2 * STATIONS)
    for place, bits in stock:
        held[place] = bits
    return Problem(
        satellite=columns[0].astype(np.int64),
        station=columns[1].astype(np.int64),
        partner=np.full(columns.shape[1], -1),
        start_s=columns[2],
        end_s=columns[2],
        key_bits=columns[3],
        satellite_gap_s=np.zeros(2),
        station_gap_s=np.zeros(STATIONS),
        demands=tuple(
            Demand(station_a=a, station_b=b, weight=1.0 + number)
            for number, (a, b) in enumerate(demands)
        ),
        spare_weight=0.0,
        stock_bits=held if stock else None,
    )


@settings(max_examples=80, deadline=None)
@given(
    rows,
    pairs,
    st.integers(0, 2**32),
    st.lists(st.tuples(st.integers(0, 2 * STATIONS - 1), st.integers(1, 300)), max_size=3),
)
def test_no_bit_comes_before_it_is_made_and_all_come(contacts, demands, seed, stock):
    """Under each sky: in all what is relayed; from a pool never more than it has by then."""
    problem = problem_of(contacts, demands, stock)
    rng = np.random.default_rng(seed)
    succeeds = rng.random((7, len(contacts))) < 0.6
    chosen = rng.random(len(contacts)) < 0.8
    coming = arrivals(problem, chosen, succeeds, begin_s=-1.0)
    whole = realise(problem, chosen, succeeds)
    for number in range(len(demands)):
        bits = sum((one.bits for one in coming if one.demand == number), np.zeros(7))
        np.testing.assert_array_equal(bits, whole.delivered[:, number])
    assert [one.at_s for one in coming] == sorted(one.at_s for one in coming)
    for sky in range(7):
        for at_s in {one.at_s for one in coming}:
            for station in range(STATIONS):
                made = sum(
                    key
                    for row, (_, here, end_s, key) in enumerate(contacts)
                    if here == station and end_s <= at_s and chosen[row] and succeeds[sky, row]
                )
                made += sum(
                    bits for place, bits in dict(stock).items() if place % STATIONS == station
                )
                given_away = sum(
                    one.bits[sky]
                    for one in coming
                    if one.at_s <= at_s and station in demands[one.demand]
                )
                assert given_away <= made


@settings(max_examples=60, deadline=None)
@given(rows, st.integers(0, 2**32))
def test_of_one_pair_and_one_satellite_each_bit_comes_as_early_as_can_be(contacts, seed):
    """By any instant the smaller of what both pools have got by then."""
    contacts = [(0, station % 2, end_s, key) for _, station, end_s, key in contacts]
    problem = problem_of(contacts, [(1, 0)])
    succeeds = np.random.default_rng(seed).random((5, len(contacts))) < 0.6
    coming = arrivals(problem, np.ones(len(contacts), dtype=bool), succeeds, begin_s=-1.0)
    for at_s in range(0, 1001, 50):
        got = sum((one.bits for one in coming if one.at_s <= at_s), np.zeros(5))
        made = np.zeros((2, 5))
        for row, (_, station, end_s, key) in enumerate(contacts):
            if end_s <= at_s:
                made[station] += key * succeeds[:, row]
        np.testing.assert_array_equal(got, made.min(axis=0))


def test_what_came_before_is_left_out_and_what_pools_hold_is_relayed_at_once():
    """Block of 100 at 10 s and 80 at 20 s; 50 more at 30 s. From 25 s on: what is still to come."""
    contacts = [(0, 0, 10, 100), (0, 1, 20, 80), (0, 1, 30, 50)]
    problem = problem_of(contacts, [(1, 0)])
    every = np.ones((1, 3), dtype=bool)

    def after(begin_s, pools=None):
        coming = arrivals(problem, every[0], every, begin_s=begin_s, pools=pools)
        return [(one.at_s, one.bits.tolist()) for one in coming]

    assert after(0.0) == [(20.0, [80.0]), (30.0, [20.0])]
    assert after(25.0) == [(30.0, [20.0])]
    assert after(99.0) == []
    # 20 bit of the plan are still to be relayed; the ledger says that both pools hold 15 of them
    assert after(25.0, {(0, 0): 15.0, (0, 1): 15.0}) == [(25.0, [15.0])]
    # the second pool fills up at 30 s, the first holds no more
    assert after(25.0, {(0, 0): 17.0}) == [(30.0, [17.0])]


def test_nobody_gets_early_what_the_plan_keeps_for_another():
    """Both pairs want the first station's key; the second is worth twice, and its is later."""
    problem = problem_of([(0, 0, 5, 100), (0, 1, 10, 100), (0, 2, 20, 80)], [(1, 0), (2, 0)])
    every = np.ones((1, 3), dtype=bool)
    coming = arrivals(problem, every[0], every, begin_s=0.0)
    assert [(one.at_s, one.demand, one.bits.tolist()) for one in coming] == [
        (10.0, 0, [20.0]),
        (20.0, 1, [80.0]),
    ]


def test_a_joint_block_is_the_pairs_at_once():
    """Without any pool."""
    problem = replace(
        problem_of([(0, 0, 10, 100), (0, 1, 20, 80)], [(1, 0)]), partner=np.array([1, -1])
    )
    every = np.ones((2, 2), dtype=bool)
    every[1, 0] = False
    coming = arrivals(problem, every[0], every, begin_s=0.0)
    assert [(one.at_s, one.bits.tolist()) for one in coming] == [(10.0, [100.0, 0.0])]


@pytest.mark.parametrize("seed", range(20))
def test_a_stock_second_by_second(seed):
    """Use and arrivals once more, in steps of a second: what is held, and when it is first dry."""
    rng = np.random.default_rng(seed)
    use, held = int(rng.integers(1, 9)), int(rng.integers(0, 400))
    comes = {int(at): int(rng.integers(1, 500)) for at in rng.integers(1, 200, 4)}
    looks = sorted({int(at) for at in rng.integers(1, 220, 5)})
    problem = problem_of(
        [row for at, bits in comes.items() for row in ((0, 0, at, bits), (0, 1, at, bits))],
        [(1, 0)],
    )
    every = np.ones((1, 2 * len(comes)), dtype=bool)
    ahead = over_time(
        0,
        arrivals(problem, every[0], every, begin_s=0.0),
        begin_s=0.0,
        at_s=np.array(looks, dtype=float),
        held_bits=np.array([float(held)]),
        use_bit_s=float(use),
    )
    stock, dry, seen = held, None, {}
    for second in range(1, 221):
        if stock < use and dry is None:
            dry = second - 1 + stock / use
        stock = max(stock - use, 0) + comes.get(second, 0)
        seen[second] = stock
    assert ahead.bits[0].tolist() == [seen[at] for at in looks]
    if dry is None or dry > max(looks[-1], *comes):
        assert np.isinf(ahead.dry_s[0])
    else:
        assert ahead.dry_s[0] == pytest.approx(dry)
