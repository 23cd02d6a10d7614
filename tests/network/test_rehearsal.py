"""The daily round on problems small enough to try every choice."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "schedule"))

from block_cases import best_worth, random_case

import satqkd as sq
from satqkd.errors import SatqkdError
from satqkd.network import rehearsal
from satqkd.network.rehearsal import _Game, noons_s, rehearse
from satqkd.network.undivided import chosen_from
from satqkd.schedule.core_model import core_model
from satqkd.schedule.delivery import deliver, worth_bits
from satqkd.schedule.solve import solve
from satqkd.weather.clear_sky import Draws

ROOT = Path(__file__).parents[2]


def game(problem, *noons):
    return _Game(model=core_model(problem), amounts=None, noons_s=np.array(noons))


def worth(problem, flown):
    deliveries, _ = deliver(problem, flown)
    return worth_bits(problem, flown, deliveries)


@pytest.mark.parametrize("seed", range(5))
def test_with_all_of_the_sky_known_the_best_of_what_is_clear_is_flown(seed, monkeypatch):
    """Held against every choice among the clear contacts."""
    monkeypatch.setattr(rehearsal, "GAP", 1e-9)
    monkeypatch.setattr(rehearsal, "WORK", 200_000)
    case = random_case("supermodular", seed)
    problem = case.problem()
    sky = np.random.default_rng([3, seed]).random(len(problem)) < 0.6
    flown = game(problem, -1.0).played(solve(problem).chosen, sky, known=True) & sky
    best = best_worth(case, allowed=lambda own: all(sky[i] for i in own))

    assert worth(problem, flown) <= best * (1.0 + 1e-12)
    assert worth(problem, flown) >= best * (1.0 - 1e-6) - case.splitting


@pytest.mark.parametrize("seed", range(5))
def test_what_has_begun_is_changed_no_more(seed):
    """Before a noon the contacts of the plan before it are flown, whatever the sky."""
    case = random_case("whole bits", seed)
    problem = case.problem()
    chosen = solve(problem).chosen
    sky = np.random.default_rng([4, seed]).random(len(problem)) < 0.5
    for known in (False, True):
        early = problem.start_s < 20.0
        flown = game(problem, 20.0, 40.0).played(chosen, sky, known=known)
        assert np.array_equal(flown[early], chosen[early])
        if known:
            late = ~early
            assert not np.any(flown[late] & ~sky[late])  # nobody points at a closed sky


def test_reacting_helps_where_a_cloudy_contact_stands_in_the_way():
    """Two contacts clash: with the sky known the poorer one is flown when the richer is cloudy."""
    case = random_case("whole bits", 0)
    one = replace(case.contacts[0], satellite=0, station=0, partner=-1, start_s=30.0, end_s=40.0,
                  clicks=390, period=0)  # fmt: skip
    other = replace(one, station=1, clicks=380, name=99)
    pair = replace(case, contacts=(one, other), spare=0.6, satellites=1)
    problem = pair.problem()
    chosen = solve(problem).chosen
    closed = ~chosen

    assert chosen.sum() == 1
    known = game(problem, 20.0).played(chosen, closed, known=True)
    blind = game(problem, 20.0).played(chosen, closed, known=False)
    assert np.array_equal(known, closed)
    assert np.array_equal(blind, chosen)


def test_noon_is_that_of_the_stations():
    """Over China it is some hours before noon UTC; one a day of the window."""
    mission = sq.load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    found = noons_s(mission)
    longitudes = [117.58, 87.18, 97.73, 100.03, 80.03, 117.12]
    mean_deg = np.mean(longitudes)
    assert found[0] == pytest.approx((12.0 - mean_deg / 15.0) * 3600.0, abs=120.0)
    assert found.size == 7
    later = replace(mission, start=datetime.fromisoformat("2016-12-19T20:00+00:00"))
    assert noons_s(later)[0] == pytest.approx(found[0] + 4.0 * 3600.0, abs=1.0)


def test_policies_of_a_shipped_mission_are_played_on_the_same_skies():
    """The plan that never changes is worth what its outlook says; the others beat it."""
    mission = sq.load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    mission = replace(mission, duration_s=3 * 86_400.0)
    made = sq.plan(mission)
    candidates, solution = chosen_from(made.forecasts, mission.solver)
    draws = Draws(samples=6, seed=5)
    found = rehearse(mission, candidates, solution.chosen, draws)
    again = rehearse(mission, candidates, solution.chosen, draws)

    outlook = sq.plan(mission, draws=Draws(samples=4000, seed=5)).outlook
    never, spread = found.delivered(0), np.std(outlook.delivered.sorted_bits)
    assert abs(never.mean() - outlook.delivered.mean_bits) < 4.0 * spread / np.sqrt(6)
    assert found.gain(2)[0] >= 0.0
    for one, other in zip(found.realised, again.realised, strict=True):
        assert np.array_equal(one.worth, other.worth)


def test_without_weather_there_is_nothing_to_react_to():
    """It says so, and what to give."""
    mission = sq.load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    grounds = tuple(replace(ground, climate=None, clouds=None) for ground in mission.stations)
    mission = replace(mission, stations=grounds, duration_s=86_400.0)
    made = sq.plan(mission)
    candidates, solution = chosen_from(made.forecasts, mission.solver)
    with pytest.raises(SatqkdError, match="no station gives a climate"):
        rehearse(mission, candidates, solution.chosen, Draws(samples=4, seed=1))
