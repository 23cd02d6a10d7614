"""Contacts in part: where they are cut, that plans are the best, that longer is no worse."""

import sys
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from block_cases import Case, Contact, best_worth, random_case

from satqkd.schedule import contact_parts
from satqkd.schedule.contact_parts import (
    MARGIN_S,
    Meetings,
    cheapest,
    clashes_of,
    parts_of,
)
from satqkd.schedule.solve import Effort, solve
from satqkd.schedule.verify import verify

GAP = 1e-6
"""The relative gap plans are asked for."""


def contact(satellite, station, start_s, end_s, *, rate=1.0, name=0):
    """One that collects clicks at a steady rate."""
    return Contact(
        satellite=satellite,
        station=station,
        partner=-1,
        start_s=float(start_s),
        end_s=float(end_s),
        period=0,
        clicks=rate * (end_s - start_s),
        errors=0,
        name=name,
    )


def case_of(contacts, *, gaps=(0.0, 0.0), demands=(), spare=1.0, shape="supermodular"):
    return Case(
        contacts=tuple(contacts),
        shape=shape,
        demands=demands,
        spare=spare,
        gaps=gaps,
        satellites=2,
    )


def with_parts(case):
    """The same case with the parts of its contacts, which collect as long as they last."""
    problem = case.problem()
    parts = parts_of(problem, clashes_of(problem), Meetings.none())
    cut = [
        replace(
            whole := case.contacts[of],
            start_s=start_s,
            end_s=end_s,
            clicks=whole.clicks * (end_s - start_s) / (whole.end_s - whole.start_s),
            errors=whole.errors * (end_s - start_s) / (whole.end_s - whole.start_s),
            name=100 + number,
            part_of=of,
        )
        for number, (of, start_s, end_s) in enumerate(
            zip(parts.contact.tolist(), parts.start_s.tolist(), parts.end_s.tolist(), strict=True)
        )
    ]
    whole = [replace(one, part_of=number) for number, one in enumerate(case.contacts)]
    return replace(case, contacts=(*whole, *cut))


def spans(case):
    """Beginning and end of each part, by the contact it is of."""
    found = {}
    for one in with_parts(case).contacts[len(case.contacts) :]:
        found.setdefault(one.part_of, set()).add((round(one.start_s), round(one.end_s)))
    return found


class TestWhereContactsAreCut:
    def test_one_ends_before_the_other_or_that_begins_later(self):
        """By the slew between them."""
        case = case_of([contact(0, 0, 0, 100), contact(0, 1, 80, 200)], gaps=(10.0, 0.0))
        assert spans(case) == {0: {(0, 70)}, 1: {(110, 200)}}

    def test_a_contact_between_two_may_be_cut_at_both_ends(self):
        """And at either alone."""
        case = case_of([contact(0, 0, 0, 100), contact(0, 1, 80, 200), contact(0, 2, 170, 300)])
        assert spans(case)[1] == {(100, 200), (80, 170), (100, 170)}

    def test_a_station_is_shared_like_a_satellite(self):
        """Two satellites over one station, with its set-up time between."""
        case = case_of([contact(0, 0, 0, 100), contact(1, 0, 80, 200)], gaps=(0.0, 5.0))
        assert spans(case) == {0: {(0, 75)}, 1: {(105, 200)}}

    def test_what_touches_is_left_whole(self):
        """Touching is no clash."""
        assert spans(case_of([contact(0, 0, 0, 100), contact(0, 1, 100, 200)])) == {}

    def test_short_rests_are_no_parts(self):
        """Of the second one 20 s would be left."""
        case = case_of([contact(0, 0, 0, 100), contact(0, 1, 50, 120)])
        assert spans(case) == {0: {(0, 50)}}

    def test_parts_keep_the_gap_and_the_margin(self):
        """So much room is left for what is rounded in sums of instants, and no more."""
        random = np.random.default_rng(5)
        for _ in range(200):
            start_s, gap_s = random.uniform(5e5, 6e5), random.uniform(10.0, 60.0)
            one = contact(0, 0, start_s, start_s + 300.3)
            other = contact(0, 1, start_s + random.uniform(150.0, 250.0), start_s + 500.9)
            case = with_parts(case_of([one, other], gaps=(gap_s, 0.0)))
            for part in case.contacts[2:]:
                if part.part_of == 0:
                    between_s = other.start_s - (part.end_s + gap_s)
                else:
                    between_s = part.start_s - (one.end_s + gap_s)
                assert 0.5 * MARGIN_S < between_s < 1.5 * MARGIN_S
            assert len(case.contacts) == 4

    def test_of_many_clashes_those_that_cost_least_are_cut(self):
        """The longest common time is left out."""
        case = case_of([contact(0, 0, 0, 100), contact(0, 1, 90, 200), contact(0, 2, 150, 300)])
        problem = case.problem()
        with (
            patch.object(contact_parts, "POOLED_FEW", 2),
            patch.object(contact_parts, "POOLED_AT_MOST", 1),
        ):
            kept = cheapest(problem, clashes_of(problem))
        assert (kept.first.tolist(), kept.second.tolist()) == ([0], [1])
        assert len(cheapest(problem, clashes_of(problem))) == 2
        with (
            patch.object(contact_parts, "POOLED_FEW", 2),
            patch.object(contact_parts, "POOLED_CONTACTS", 2),
        ):
            assert len(cheapest(problem, clashes_of(problem))) == 0

    def test_a_pinned_contact_is_not_cut(self):
        """It is scheduled whole."""
        problem = case_of([contact(0, 0, 0, 100), contact(0, 1, 80, 200)]).problem()
        pinned = replace(problem, pinned=np.array([True, False]))
        parts = parts_of(pinned, clashes_of(pinned), Meetings.none())
        assert parts.contact.tolist() == [1]


def cut_case(shape, seed):
    """A random case with its parts, few enough to try every choice."""
    case = random_case(shape, seed)
    contacts = [replace(one, end_s=one.end_s + 4.0) for one in case.contacts[:5]]
    with (
        patch.object(contact_parts, "LEAST_S", 0.5),
        patch.object(contact_parts, "PARTS_AT_MOST", 2),
    ):
        return with_parts(replace(case, contacts=tuple(contacts)))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("shape", ["supermodular", "whole bits", "spoilers"])
def test_no_choice_of_parts_is_better_than_the_plan(shape, seed):
    """Enumeration finds nothing worth more, and the bound holds."""
    case = cut_case(shape, seed)
    best = best_worth(case)
    plan = solve(case.problem(), Effort(gap=GAP))
    assert verify(case.problem(), plan) == ()
    assert plan.bound >= best * (1.0 - 1e-8)
    assert best * (1.0 - 2.0 * GAP) - case.splitting <= plan.objective <= best * (1.0 + 1e-12)


def test_parts_without_any_shape_of_key_are_bounded():
    """As far as limits close in on them."""
    for seed in range(40):
        case = cut_case("no shape", seed)
        plan = solve(case.problem(), Effort(gap=GAP))
        assert verify(case.problem(), plan) == ()
        assert plan.bound >= best_worth(case) * (1.0 - 1e-8)


def test_two_parts_of_one_contact_are_refused():
    """By the check that shares nothing with the planner, though they do not overlap."""
    case = case_of([contact(0, 1, 0, 200), contact(0, 0, 80, 120)])
    problem = with_parts(case).problem()
    plan = solve(problem)
    chosen = np.isin(np.arange(len(problem)), [2, 3])
    said = verify(problem, replace(plan, chosen=chosen, deliveries=()))
    assert said[0] == "2 parts of contact 0 are chosen, not one."


starts = st.integers(0, 400)
lengths = st.integers(40, 400)
rates = st.floats(1.0, 10.0)


@settings(deadline=None, max_examples=60)
@given(
    drawn=st.lists(st.tuples(starts, lengths, rates), min_size=2, max_size=3),
    longer=st.integers(1, 300),
    which=st.integers(0, 2),
    before=st.booleans(),
    slew_s=st.sampled_from([0.0, 20.0]),
)
def test_a_longer_contact_never_makes_a_plan_worse(drawn, longer, which, before, slew_s):
    """Where key grows faster than time and stations' keys add up: within the gap, the margins, and
    what a part too short to be offered would bring."""
    contacts = [
        contact(0, station, start_s, start_s + length_s, rate=rate, name=station)
        for station, (start_s, length_s, rate) in enumerate(drawn)
    ]
    which %= len(contacts)
    one = contacts[which]
    start_s, end_s = one.start_s - longer * before, one.end_s + longer * (not before)
    rate = drawn[which][2]
    grown = list(contacts)
    grown[which] = contact(0, which, start_s, end_s, rate=rate, name=which)
    with (
        patch.object(contact_parts, "PARTS_AT_MOST", 99),
        patch.object(contact_parts, "LEAST_S", 0.01),
    ):
        plans = [
            solve(with_parts(case_of(own, gaps=(slew_s, 0.0))).problem(), Effort(gap=GAP))
            for own in (contacts, grown)
        ]
    room = 1e-5 * plans[0].objective + 1.0
    assert plans[1].objective >= plans[0].objective - room
