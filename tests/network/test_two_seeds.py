"""Two seeds of the weather give plans that are as good as each other."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.stream import forecast
from satqkd.network import for_weather
from satqkd.network.candidates import candidates_of
from satqkd.network.for_weather import planned_for_weather
from satqkd.network.outlook import drawn_weather
from satqkd.network.plan import plan_of
from satqkd.report.summary import plan_summary
from satqkd.schedule.realised import realise
from satqkd.schedule.solve import solve
from satqkd.weather.clear_sky import Draws

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from planner_missions import write_planner_mission

pytestmark = pytest.mark.filterwarnings("ignore::satqkd.errors.StaleElementsWarning")


def small(folder):
    """One satellite and three stations of the benchmarks."""
    return write_planner_mission(folder, satellites=1, stations=3)


def microsatellite(folder):
    """The shipped week."""
    copy_preset("microsatellite-week", folder)
    return folder


def found_in(folder, make, *, in_part=True):
    make(folder)
    mission = load_mission(folder / "mission.yaml", folder / "stations.yaml")
    return forecast(replace(mission, in_part=in_part), draws=Draws(samples=1))


@pytest.mark.parametrize("make", [small, microsatellite])
def test_plans_of_two_seeds_differ_by_less_than_one_per_cent(make, tmp_path, monkeypatch):
    """In their mean over 20,000 realisations that neither has seen."""
    monkeypatch.setattr(for_weather, "known_sky", lambda *_args, **_named: None)
    candidates = candidates_of([found_in(tmp_path / "mission", make)])
    problem, effort = candidates.problem, candidates.forecasts[0].mission.solver
    clear = solve(problem, effort)
    every = np.ones(len(problem), dtype=np.bool_)
    fresh = drawn_weather(candidates, every, Draws(samples=20_000, seed=987)).clear
    worths = []
    for seed in (1, 2):
        draws = Draws(samples=4000, seed=seed)
        judged = planned_for_weather(candidates, clear, effort, draws)
        assert judged.sampled
        worths.append(float(realise(problem, judged.solution.chosen, fresh).worth.mean()))

    assert min(worths) > 0.0
    assert max(worths) < 1.01 * min(worths)


def test_where_no_plan_depends_on_the_seed_that_is_said(tmp_path, monkeypatch):
    """As beyond so many contacts none is improved on a sample."""
    found = found_in(tmp_path / "mission", small, in_part=False)
    with_samples = plan_of([found], value="expected")
    monkeypatch.setattr(for_weather, "SAMPLED_CONTACTS", 10)
    without = plan_of([found], value="expected")
    told = [
        any(line.startswith("whatever the seed") for line in plan_summary(made))
        for made in (with_samples, without)
    ]

    assert told == [False, True]
    assert without.judged.why_not_known == "more than 10 contacts"
