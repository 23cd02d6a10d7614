"""Plans of key blocks, held against every choice there is."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from block_cases import SHAPES, Case, Contact, best_worth, random_case

from satqkd.schedule import core_model as core_model_module
from satqkd.schedule import solve as solving
from satqkd.schedule import subset_keys as subset_keys_module
from satqkd.schedule.by_satellite import plan_by_satellite
from satqkd.schedule.core_model import core_model, relax
from satqkd.schedule.problem import Blocks
from satqkd.schedule.solve import Effort, solve
from satqkd.schedule.subset_keys import SubsetKeys
from satqkd.schedule.verify import verify

RELATIVE_GAP = 1e-6
SLACK = 1e-8
"""What the solver's tolerances may take from a bound, relative to it."""
SEEDS = range(54)
"""Cases of each shape."""
FEWER = range(24)
"""The same where one test goes through them."""
LIKE_KEYS = SHAPES[:3]
"""Shapes that keys of protocols have; the fourth has none, and is there for the bound."""


def plan_of(case):
    """The plan to the gap that is asked for."""
    return solve(case.problem(), Effort(gap=RELATIVE_GAP))


def is_best(plan, best, case):
    """Whether a plan is worth what enumeration finds, apart from the gap and split bits."""
    least = best * (1.0 - 2.0 * RELATIVE_GAP) - case.splitting
    return least <= plan.objective <= best * (1.0 + 1e-12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shape", LIKE_KEYS)
def test_no_choice_is_better_than_the_plan(shape, seed):
    """Enumeration finds nothing worth more, and the bound is proven."""
    case = random_case(shape, seed)
    best = best_worth(case)
    plan = plan_of(case)
    assert verify(case.problem(), plan) == ()
    assert is_best(plan, best, case)
    assert plan.bound >= best * (1.0 - SLACK)
    assert plan.status == "optimal" or best == 0.0


@pytest.mark.parametrize("seed", SEEDS)
def test_keys_without_any_shape_are_bounded_all_the_same(seed):
    """Where limits cannot close in on the keys the plan is sound, and says what is not proven."""
    case = random_case("no shape", seed)
    best = best_worth(case)
    plan = plan_of(case)
    assert verify(case.problem(), plan) == ()
    assert plan.bound >= best * (1.0 - SLACK)
    assert plan.objective <= best * (1.0 + 1e-12)
    assert is_best(plan, best, case) or plan.status == "not proven"


@pytest.mark.parametrize("shape", SHAPES)
def test_each_bound_holds_by_itself(shape):
    """That of contacts in part, and that of one satellite at a time, from the first limits on."""
    for seed in FEWER:
        case = random_case(shape, seed)
        best = best_worth(case) * (1.0 - SLACK)
        model = core_model(case.problem())
        assert relax(model, most_rounds=1).bound >= best
        relaxed = relax(model)
        assert relaxed.bound >= best
        for work in (1, 10_000):
            found = plan_by_satellite(relaxed, work=work, relative_gap=RELATIVE_GAP)
            assert found.bound >= best


def test_satellite_by_satellite_alone_is_honest(monkeypatch):
    """As large problems are planned: mostly the best; where not, the plan does not claim it."""
    monkeypatch.setattr(solving, "WHOLE_CONTACTS", 0)
    found = 0
    for seed in SEEDS:
        case = random_case("whole bits", seed)
        best = best_worth(case)
        plan = plan_of(case)
        assert verify(case.problem(), plan) == ()
        assert plan.bound >= best * (1.0 - SLACK)
        assert is_best(plan, best, case) or plan.status == "not proven"
        found += is_best(plan, best, case)
    assert found >= 0.9 * len(SEEDS)


class TestLargeBlocks:
    """Blocks of which only some subsets are known."""

    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch):
        monkeypatch.setattr(subset_keys_module, "EXHAUSTIVE", 3)
        monkeypatch.setattr(subset_keys_module, "SAMPLED", 16)

    @pytest.mark.parametrize("shape", ["supermodular", "whole bits"])
    def test_a_sample_is_enough_where_keys_are_nearly_supermodular(self, shape):
        """The same plans and bounds as of all subsets, to the bits that rounding takes."""
        for seed in FEWER:
            case = random_case(shape, seed)
            best = best_worth(case)
            plan = plan_of(case)
            rounding = len(case.contacts) * max([1.0, *(d[2] for d in case.demands)])
            assert verify(case.problem(), plan) == ()
            assert best * (1.0 - 2.0 * RELATIVE_GAP) - rounding <= plan.objective
            assert plan.bound >= best * (1.0 - SLACK) - rounding

    def test_with_spoilers_a_sample_proves_less(self):
        """Plans are sound and nearly always the best; that is all a sample can promise."""
        missed = 0
        for seed in FEWER:
            case = random_case("spoilers", seed)
            best = best_worth(case)
            plan = plan_of(case)
            assert verify(case.problem(), plan) == ()
            assert plan.objective <= best * (1.0 + 1e-12)
            missed += not is_best(plan, best, case) or plan.bound < best * (1.0 - SLACK)
        assert missed <= 2

    def test_keys_beyond_the_sample_are_kept_below_the_bound(self):
        """What a choice turns out to hold raises the limits it broke."""
        for seed in FEWER:
            plan = plan_of(random_case("no shape", seed))
            assert plan.objective <= plan.bound


class TestOfTheTests:
    """Enumeration sees what is wrong."""

    @pytest.mark.parametrize("shape", LIKE_KEYS)
    def test_coefficients_five_per_cent_too_low(self, shape, monkeypatch):
        """The bound falls below the best plan in many cases."""
        true = SubsetKeys.coefficients
        monkeypatch.setattr(
            SubsetKeys, "coefficients", lambda self, block, order: 0.95 * true(self, block, order)
        )
        assert self.too_low(shape) >= 5

    def test_marginal_keys_that_are_not_raised(self, monkeypatch):
        """They are limits of supermodular keys only."""

        def marginal(self, block, order):
            chosen = np.tri(order.size, dtype=np.bool_)
            place = np.searchsorted(self.members[block], order)
            number = (chosen * (1 << place)).sum(axis=1)
            return np.diff(self.bits[block][number], prepend=0.0)

        monkeypatch.setattr(SubsetKeys, "coefficients", marginal)
        assert self.too_low("supermodular") == 0
        assert self.too_low("no shape") >= 5

    def test_a_clash_that_is_forgotten(self, monkeypatch):
        """The check of plans says so."""
        true = core_model_module.clash_cliques

        def but_one(problem):
            cliques = true(problem)
            return cliques.take(np.arange(max(0, len(cliques) - 1)))

        monkeypatch.setattr(core_model_module, "clash_cliques", but_one)
        cases = [random_case("whole bits", seed) for seed in FEWER]
        unsound = [said for case in cases if (said := verify(case.problem(), plan_of(case)))]
        assert len(unsound) >= 5
        assert all("clash on" in said[0] for said in unsound)

    @staticmethod
    def too_low(shape):
        """In how many cases the relaxation's bound is below the best choice."""
        cases = [random_case(shape, seed) for seed in FEWER]
        return sum(
            relax(core_model(case.problem())).bound < best_worth(case) * (1.0 - 1e-6)
            for case in cases
        )


CASES = st.builds(random_case, st.sampled_from(LIKE_KEYS), st.integers(0, 10**6))


def never_worse(before, after, case):
    """More freedom is worth at least as much, within the gap and what whole bits cost."""
    room = 2.0 * RELATIVE_GAP * max(before.objective, after.objective) + case.splitting
    return after.objective >= before.objective - room and after.bound >= before.objective - room


@settings(max_examples=25, deadline=None)
@given(case=CASES, clicks=st.integers(20, 400), share=st.sampled_from([0.0, 0.1, 0.4]))
def test_one_more_contact_never_makes_a_plan_worse(case, clicks, share):
    """Not even a poor one that would spoil its block: the plan is free to leave it out."""
    like = case.contacts[0]
    more = replace(
        like, start_s=30.0, end_s=34.0, clicks=clicks, errors=round(share * clicks), name=99
    )
    richer = replace(case, contacts=(*case.contacts, more))
    assert never_worse(plan_of(case), plan_of(richer), case)


@settings(max_examples=25, deadline=None)
@given(case=CASES, data=st.data())
def test_a_contact_freed_of_its_clashes_never_makes_a_plan_worse(case, data):
    """Moved to where nothing else is."""
    index = data.draw(st.integers(0, len(case.contacts) - 1))
    contacts = list(case.contacts)
    contacts[index] = replace(contacts[index], start_s=1000.0, end_s=1001.0)
    assert never_worse(plan_of(case), plan_of(replace(case, contacts=tuple(contacts))), case)


@settings(max_examples=25, deadline=None)
@given(case=CASES, data=st.data())
def test_the_order_of_contacts_does_not_matter(case, data):
    """A table sorted another way is the same problem."""
    mixed = replace(case, contacts=tuple(data.draw(st.permutations(case.contacts))))
    one, other = plan_of(case), plan_of(mixed)
    assert one.objective == pytest.approx(
        other.objective, rel=2.0 * RELATIVE_GAP, abs=case.splitting + 1e-6
    )
    assert one.bound >= other.objective * (1.0 - SLACK)


@settings(max_examples=25, deadline=None)
@given(case=CASES)
def test_blocks_of_one_contact_are_contacts_by_themselves(case):
    """The special case in which keys add up, as without blocks."""
    problem = case.problem()
    lone = replace(problem, blocks=None)
    ones = replace(
        problem,
        blocks=Blocks(
            number=np.arange(len(problem)), key_of=lambda groups: groups.sums(problem.key_bits)
        ),
    )
    without, with_blocks = solve(lone), solve(ones)
    assert verify(ones, with_blocks) == ()
    assert with_blocks.objective == pytest.approx(
        without.objective, rel=2.0 * RELATIVE_GAP, abs=case.splitting + 1e-6
    )
    assert with_blocks.bound >= without.objective * (1.0 - SLACK)


@settings(max_examples=20, deadline=None)
@given(case=CASES)
def test_pooling_is_worth_more_than_the_sum(case):
    """With supermodular keys: whatever lone contacts hold, one block of them holds as well."""
    pooled = replace(case, shape="supermodular")
    alone = replace(pooled.problem(), blocks=None)
    assert never_worse(solve(alone), plan_of(pooled), case)


def five_contacts():
    """One satellite and two stations, three and two contacts without a clash."""
    contacts = tuple(
        Contact(
            satellite=0,
            station=station,
            partner=-1,
            start_s=100.0 * name,
            end_s=100.0 * name + 10.0,
            period=0,
            clicks=300,
            errors=3,
            name=name,
        )
        for name, station in enumerate((0, 1, 0, 1, 0))
    )
    return Case(
        contacts=contacts,
        shape="whole bits",
        demands=((0, 1, 1.0, True),),
        spare=0.1,
        gaps=(0.0, 0.0),
        satellites=1,
    )


class TestVerify:
    """The second opinion asks for the keys of blocks itself."""

    def test_a_sound_plan_passes(self):
        """Both blocks are flown whole."""
        case = five_contacts()
        plan = plan_of(case)
        assert verify(case.problem(), plan) == ()
        assert plan.chosen.all()
        assert len(plan.deliveries) == 1

    def test_an_overdrawn_pool_is_found(self):
        """One bit more than the block of the poorer station holds."""
        case = five_contacts()
        plan = plan_of(case)
        (made,) = plan.deliveries
        more = replace(plan, deliveries=(replace(made, bits=made.bits + 1),))
        said = verify(case.problem(), more)
        assert any("pool of satellite 0 and station 1" in one for one in said)

    def test_keys_added_up_contact_by_contact_are_found(self):
        """A plan that is worth the sum of its passes is not worth what its blocks hold."""
        case = five_contacts()
        problem, plan = case.problem(), plan_of(case)
        lone = solve(replace(problem, blocks=None))
        said = verify(problem, replace(lone, bound=plan.bound))
        assert any("but is worth" in one for one in said)

    def test_keys_of_more_members_than_are_scheduled_are_found(self):
        """A member taken out takes its share of the key with it."""
        case = five_contacts()
        problem, plan = case.problem(), plan_of(case)
        fewer = plan.chosen.copy()
        fewer[3] = False
        said = verify(problem, replace(plan, chosen=fewer))
        assert any("pool of satellite 0 and station 1" in one for one in said)
        assert any("but is worth" in one for one in said)
