"""Limits on the keys of blocks hold for every subset, and are no wider than that needs."""

import sys
from dataclasses import replace
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from block_cases import SHAPES, Contact, key_of, problem_of_blocks, random_case

from satqkd.schedule import subset_keys as subset_keys_module
from satqkd.schedule.choose import choose
from satqkd.schedule.core_cuts import cuts_along, violated_cuts
from satqkd.schedule.core_model import core_model
from satqkd.schedule.groups import Groups
from satqkd.schedule.subset_keys import subset_keys

HALF_A_BIT = 0.5
"""Keys are whole bits here, so that less than half of one is rounding."""

SIZES = st.integers(2, 6)
SEEDS = st.integers(0, 2**32 - 1)
each_shape = pytest.mark.parametrize("shape", SHAPES)


def one_block(shape, seed, size):
    """Contacts of one satellite and station that do not clash, and their keys."""
    random = np.random.default_rng(seed)
    clicks = random.integers(20, 400, size).tolist()
    shares = random.choice([0.01, 0.03, 0.07, 0.12], size).tolist()
    contacts = [
        Contact(
            satellite=0,
            station=0,
            partner=-1,
            start_s=100.0 * name,
            end_s=100.0 * name + 1.0,
            period=0,
            clicks=clicks[name],
            errors=round(shares[name] * clicks[name]),
            name=name,
        )
        for name in range(size)
    ]
    problem = problem_of_blocks(contacts, shape=shape, spare=1.0)
    return contacts, problem, subset_keys(problem, Groups.of([range(size)]))


def subsets(size):
    """Every subset of so many, as tuples."""
    return [own for count in range(size + 1) for own in combinations(range(size), count)]


def uncovered(shape, contacts, worth):
    """Subsets of which the key is more than their contacts are worth."""
    return [
        own
        for own in subsets(len(contacts))
        if key_of(shape, [contacts[i] for i in own]) > sum(worth[i] for i in own) + 1e-6
    ]


def worths_along(keys, order):
    """Coefficients by contact, not by place in the order."""
    worth = np.zeros(order.size)
    worth[order] = keys.coefficients(0, order)
    return worth


@each_shape
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, size=SIZES)
def test_every_subset_is_covered_along_any_order(shape, seed, size):
    """Whatever the shape of the key: each subset has a last contact along the order."""
    contacts, _, keys = one_block(shape, seed, size)
    order = np.random.default_rng(seed).permutation(size)
    assert uncovered(shape, contacts, worths_along(keys, order)) == []


@each_shape
@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, size=SIZES)
def test_a_coefficient_five_per_cent_lower_leaves_a_subset_out(shape, seed, size):
    """Each is as low as those before it allow, so that this test would see one that is not."""
    contacts, _, keys = one_block(shape, seed, size)
    order = np.random.default_rng(seed).permutation(size)
    worth = worths_along(keys, order)
    for place, contact in enumerate(order.tolist()):
        if worth[contact] > 0:
            lowered = worth.copy()
            lowered[contact] *= 0.95
            lowered[order[place + 1 :]] = 0.0
            before = [contacts[i] for i in order[: place + 1].tolist()]
            own = lowered[order[: place + 1]]
            assert uncovered(shape, before, own)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, size=SIZES)
def test_supermodular_keys_are_limited_by_what_each_contact_adds(seed, size):
    """The marginal keys along the order: nothing has to be raised, and beginnings are exact."""
    contacts, _, keys = one_block("supermodular", seed, size)
    order = np.random.default_rng(seed).permutation(size)
    so_far = [key_of("supermodular", [contacts[i] for i in order[:n]]) for n in range(size + 1)]
    assert keys.coefficients(0, order) == pytest.approx(np.diff(so_far), abs=HALF_A_BIT)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, size=st.integers(2, 5))
def test_sorting_finds_the_tightest_limit_of_a_supermodular_key(seed, size):
    """Of all orders, the one by how much of each contact is scheduled allows least."""
    _, problem, keys = one_block("supermodular", seed, size)
    x = np.random.default_rng(seed).uniform(0.0, 1.0, size)
    orders = Groups.of(list(permutations(range(size))))
    least = cuts_along(problem, orders, keys).limits(x).min()
    found = violated_cuts(
        problem,
        Groups.of([range(size)]),
        keys,
        x=x,
        bits=np.array([1e12]),
        slack=np.array([0.0]),
    )
    assert found.limits(x) == pytest.approx([least], rel=1e-9, abs=1e-6)


@each_shape
@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, size=SIZES)
def test_contacts_that_help_no_subset_can_be_left_out(shape, seed, size):
    """Without them every choice of the others still holds the most key it can."""
    contacts, _, keys = one_block(shape, seed, size)
    helps = keys.helpful(0)
    kept = np.flatnonzero(helps).tolist()

    def most(allowed):
        inside = [own for own in subsets(size) if set(own) <= set(allowed)]
        return max(key_of(shape, [contacts[i] for i in own]) for own in inside)

    for allowed in subsets(size):
        assert most(allowed) == most([i for i in allowed if i in kept])
    for contact in kept:
        without = [[i for i in own if i != contact] for own in subsets(size)]
        assert any(most([*own, contact]) > most(own) for own in without)


def test_dear_keys_are_looked_up_less_often():
    """A block whose keys take long is sampled where another is known whole."""
    _, problem, keys = one_block("whole bits", 1, 8)
    assert keys.every(0)
    asked = []

    def counted(groups):
        asked.append(len(groups))
        return problem.blocks.key_of(groups)

    blocks = replace(problem.blocks, key_of=counted, dear=np.array([True]))
    known = subset_keys(replace(problem, blocks=blocks), Groups.of([range(8)]))
    assert not known.every(0)
    assert sum(asked) < 100 < 2**8


class TestLargeBlocks:
    """Blocks of which only some subsets are known."""

    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch):
        monkeypatch.setattr(subset_keys_module, "EXHAUSTIVE", 3)
        monkeypatch.setattr(subset_keys_module, "SAMPLED", 4)

    @each_shape
    def test_known_subsets_and_beginnings_are_covered(self, shape):
        """Those that were drawn, and those along the order itself."""
        for seed in range(10):
            contacts, _, keys = one_block(shape, seed, 6)
            order = np.random.default_rng(seed).permutation(6)
            worth = worths_along(keys, order)
            left_out = {frozenset(own) for own in uncovered(shape, contacts, worth)}
            drawn = {frozenset(np.flatnonzero(own).tolist()) for own in keys.listed[0]}
            beginnings = {frozenset(order[:n].tolist()) for n in range(7)}
            assert not keys.every(0)
            assert not keys.proven
            assert not left_out & (drawn | beginnings)

    def test_supermodular_keys_need_no_sample(self):
        """Their limits follow from the order alone."""
        for seed in range(10):
            contacts, _, keys = one_block("supermodular", seed, 6)
            order = np.random.default_rng(seed).permutation(6)
            assert uncovered("supermodular", contacts, worths_along(keys, order)) == []

    def test_a_subset_that_was_not_drawn_is_learned(self):
        """Once a choice shows more key than the limits allow, they are raised to it."""
        learned = 0
        for seed in range(20):
            contacts, problem, _ = one_block("no shape", seed, 6)
            model = core_model(problem)
            for own in subsets(6):
                chosen = np.isin(np.arange(6), own)
                bits = key_of("no shape", [contacts[i] for i in own])
                allowed = model.cuts.limits(chosen.astype(float)).min()
                after, missed = model.learned(chosen)
                assert (missed > 0.0) == (after is not model)
                learned += after is not model
                allowed = min(allowed, model.most_bits[0])
                assert (after is not model) == (bits > allowed + 1.0)
                assert after.cuts.limits(chosen.astype(float)).min() >= min(bits, allowed) - 1e-6
                if after is not model:
                    assert after.cuts.limits(chosen.astype(float)).min() >= bits - 1e-6
                    assert after.most_bits[0] >= bits
        assert learned > 20


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_limits_found_while_contacts_are_left_out_hold_with_them(shape):
    """A search over some contacts leaves limits that are true of all, for the next search."""
    for seed in range(20):
        problem = random_case(shape, seed).problem()
        model = core_model(problem)
        random = np.random.default_rng(seed)
        some = model.active & (random.random(len(problem)) < 0.6)
        nothing = np.zeros(len(problem), dtype=np.bool_)
        found = choose(model, active=some, start=nothing, work=10_000).model
        for _ in range(20):
            chosen = model.active & (random.random(len(problem)) < 0.6)
            bits = problem.block_bits(chosen)[found.cuts.block]
            assert np.all(bits <= found.cuts.limits(chosen.astype(float)) + 1e-6)


def test_no_limit_is_written_down_twice():
    """Each round of a search adds the limits that its point breaks once."""
    written = 0
    for seed in range(4):
        problem = random_case("supermodular", seed).problem()
        nothing = np.zeros(len(problem), dtype=np.bool_)
        model = core_model(problem)
        found = choose(model, active=model.active, start=nothing, work=0, look=False).model
        limits = [
            (block, tuple(order), tuple(worth))
            for block, order, worth in zip(
                found.cuts.block[len(model.cuts) :].tolist(),
                found.cuts.orders.as_tuples()[len(model.cuts) :],
                np.split(found.cuts.worth, found.cuts.orders.starts[1:-1])[len(model.cuts) :],
                strict=True,
            )
        ]
        assert len(set(limits)) == len(limits)
        written += len(limits)
    assert written > 0
