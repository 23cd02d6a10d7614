"""Two terminals at a station, against every choice of small random cases."""

import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from satqkd.network.second_terminal import contested, with_second_terminal
from satqkd.schedule.delivery import deliver, worth_bits
from satqkd.schedule.solve import solve
from satqkd.schedule.verify import verify

sys.path.insert(0, str(Path(__file__).parents[1] / "schedule"))
from block_cases import clash, random_case


def crowded(case, chosen, station):
    """Whether more than two of the chosen contacts occupy a station at one instant."""
    own = [
        case.contacts[i]
        for i in chosen
        if station in {case.contacts[i].station, case.contacts[i].partner}
    ]
    busy = [(one.start_s, max(one.end_s + case.gaps[1], one.start_s + 1e-9)) for one in own]
    return any(sum(begin <= at < end for begin, end in busy) > 2 for at, _ in busy)


def apart(case, one, other, station):
    """Whether two contacts clash elsewhere than at a station."""
    here = [
        replace(own, station=10 + n) if own.station == station else own
        for n, own in enumerate((one, other))
    ]
    here = [
        replace(own, partner=20 + n) if own.partner == station else own
        for n, own in enumerate(here)
    ]
    return not clash(*here, case.gaps)


def best(case, problem, station):
    """Worth of the best choice with two contacts at once at a station."""
    found = 0.0
    contacts = case.contacts
    for size in range(len(contacts) + 1):
        for chosen in combinations(range(len(contacts)), size):
            if crowded(case, chosen, station):
                continue
            pairs = combinations(chosen, 2)
            if all(apart(case, contacts[i], contacts[j], station) for i, j in pairs):
                flown = np.isin(np.arange(len(contacts)), chosen)
                found = max(found, worth_bits(problem, flown, deliver(problem, flown)[0]))
    return found


@pytest.mark.parametrize("seed", range(24))
def test_plans_with_two_terminals_are_the_best_of_every_choice(seed):
    """And no worse than with one."""
    case = random_case("whole bits", seed)
    case = replace(case, contacts=case.contacts[:8])
    problem = case.problem()
    one = solve(problem)
    for station in contested(problem):
        both = with_second_terminal(problem, station, "there")
        plan = solve(both)
        truth = best(case, problem, station)

        assert verify(both, plan) == ()
        assert plan.bound >= truth - 1e-6
        assert plan.objective == pytest.approx(truth, abs=case.splitting + 1e-6)
        assert plan.objective >= one.objective - 1e-6


def test_cases_gain():
    """In some of them the second terminal brings something, in a plan that one would not allow."""
    gains = 0
    for seed in range(24):
        problem = random_case("whole bits", seed).problem()
        for station in contested(problem):
            plan = solve(with_second_terminal(problem, station, "there"))
            if plan.objective > solve(problem).bound + 1.0:
                gains += 1
                assert any("clash on station" in one for one in verify(problem, plan))
    assert gains >= 5


def test_a_third_contact_at_once_is_found():
    """By the check that shares nothing with the planner."""
    case = random_case("whole bits", 1)
    contacts = tuple(
        replace(one, satellite=n, station=0, partner=-1, start_s=0.0, end_s=10.0)
        for n, one in enumerate(case.contacts[:3])
    )
    case = replace(case, contacts=contacts, satellites=3)
    problem = with_second_terminal(case.problem(), 0, "there")
    plan = replace(solve(problem), chosen=np.ones(3, dtype=bool))

    assert "Contact 2 finds no free terminal at station 0." in verify(problem, plan)
