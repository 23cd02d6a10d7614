"""What could be different: every change can be made, and is worth what the changed mission is."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.errors import SatqkdWarning
from satqkd.network import what_if as asking
from satqkd.network.changes import changes_of, without_deadlines
from satqkd.network.one_more_pass import one_more_pass, with_copy
from satqkd.network.plan import plan
from satqkd.network.what_if import what_if
from satqkd.schedule.effort import Effort
from satqkd.schedule.solve import solve

sys.path.insert(0, str(Path(__file__).parents[1] / "schedule"))
from block_cases import best_worth, random_case

pytestmark = pytest.mark.filterwarnings("ignore::satqkd.errors.StaleElementsWarning")


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    """Four days of the microsatellite, one pair asking for an amount."""
    folder = tmp_path_factory.mktemp("microsatellite")
    copy_preset("microsatellite-week", folder)
    found = load_mission(folder / "mission.yaml", folder / "stations.yaml")
    found = found.replace("demands[0].at_least", "100 kbit")
    return found.replace("duration", "4 d")


@pytest.fixture(scope="module")
def tried(mission):
    return {
        (one.change.what, one.change.after): one for one in what_if(plan(mission))
    }  # fmt: skip


def test_every_change_can_be_made(mission):
    """In full: no path of it is left out."""
    changes = list(changes_of(mission))
    assert len(changes) > 5
    for change in changes:
        assert change.values
        for path, value in change.values:
            mission.replace(path, value)


def test_stations_outages_amounts_and_limits_are_asked_about(mission):
    """Each once."""
    told = [(one.what, one.after) for one in changes_of(mission)]

    assert len(set(told)) == len(told)
    assert {
        ("highest Sun", "-7 deg"),
        ("lowest elevations", "5 deg less"),
        ("time to turn from station to station", "half of it"),
        ("outages of Matera", "none"),
        ("Calern available", "throughout"),
        ("station Matera", "away"),
        ("amount of Oberpfaffenhofen and Calern", "200,000 bit"),
    } <= set(told)


@pytest.mark.parametrize(
    ("change", "written"),
    [
        (("station Matera", "away"), ("stations.Matera.available", "{to: 2026-11-30T00:00:01Z}")),
        (
            ("time to turn from station to station", "half of it"),
            ("satellites[0].payload.slew", "45 s"),
        ),
        (("highest Sun", "-7 deg"), ("limits.max_sun_elevation", "-7 deg")),
    ],
)
def test_a_change_is_worth_what_the_changed_mission_is(mission, tried, change, written):
    """Planned by itself, written in another way where there is one."""
    found = tried[change]
    other = plan(mission.replace(*written))

    assert found.gain_bits == pytest.approx(
        other.solution.objective - plan(mission).solution.objective, abs=1.0
    )
    assert found.delivered_bits == sum(one.bits for one in other.solution.deliveries)


def test_what_set_takes_plans_the_same(mission, tried):
    """Path and value of each, as a row says them: the mission read with them is worth as much."""
    found = tried["lowest elevations", "5 deg less"]
    pairs = [one.partition("=") for one in found.change.in_set.split("; ")]
    changed = mission
    for path, _, value in pairs:
        changed = changed.replace(path, value)

    assert len(pairs) > 1
    assert found.delivered_bits == sum(one.bits for one in plan(changed).solution.deliveries)
    assert tried["what is sent", "best for the blocks"].change.in_set == ""


def test_settings_and_passes_are_asked_about_too(tried):
    """Both bring something here, and no pass more brings less than none."""
    settings = tried["what is sent", "best for the blocks"]
    more = [one for (what, _), one in tried.items() if what.startswith("one more pass over")]

    assert settings.gain_bits > 0.0
    assert len(more) >= 2
    assert all(one.gain_bits >= 0.0 for one in more)
    assert any(one.gain_bits > 0.0 for one in more)


@pytest.mark.parametrize("seed", range(10))
def test_one_more_pass_is_worth_what_every_choice_says(seed):
    """Against the case with the contact written down once more, long after the others."""
    case = random_case("supermodular", 40 + seed)
    case = replace(case, contacts=case.contacts[:7])
    problem = case.problem()
    pooled = np.ones(len(problem.blocks), dtype=np.bool_)
    for station in np.unique(problem.station[~problem.joint]).tolist():
        found = one_more_pass(problem, pooled, station, Effort())
        if found is None:
            continue
        _, solution, like = found
        again = replace(case.contacts[like], name=99, start_s=900.0, end_s=901.0)
        truth = best_worth(replace(case, contacts=(*case.contacts, again)))

        assert case.contacts[like].station == station
        assert solution.objective <= truth * (1.0 + 1e-9) + 1e-6
        assert solution.objective >= truth - case.splitting
        assert solution.objective >= solve(problem).objective - 1e-6


def test_a_block_of_one_pass_is_not_pooled_with_another():
    """The key of two such passes is the sum of theirs."""
    case = random_case("supermodular", 41)
    problem = case.problem()
    like = int(np.argmax(problem.key_bits))
    apart = with_copy(problem, like, same_block=False)
    alone = np.arange(len(apart)) >= len(problem)
    both = alone | (np.arange(len(apart)) == like)

    assert apart.block_bits(alone).sum() == problem.key_bits[like]
    assert apart.block_bits(both).sum() == 2.0 * problem.key_bits[like]
    pooled = with_copy(problem, like, same_block=True)
    assert pooled.block_bits(both).sum() > 2.0 * problem.key_bits[like]


@pytest.fixture(scope="module")
def pinned(mission):
    """The same with its richest contact over Oberpfaffenhofen pinned."""
    made = plan(mission)
    here = made.passes.scheduled & (made.forecast.passes.station == 0)
    key = made.forecast.contact_key[int(np.argmax(np.where(here, made.passes.planned_bits, -1)))]
    return mission.replace("pinned", f"[{key}]"), key


def test_a_change_that_cannot_be_planned_is_left_out_and_told(pinned):
    """A pinned contact cannot be flown over a station that is away; all else is answered."""
    mission, key = pinned
    with pytest.warns(SatqkdWarning) as told:
        answered = {(one.change.what, one.change.after) for one in what_if(plan(mission))}

    (line,) = [str(one.message) for one in told if "--what-if" in str(one.message)]
    start = (
        f"--what-if leaves out station Oberpfaffenhofen, away: pinned: {key} cannot be scheduled"
    )
    assert line.startswith(start)
    assert "fix:" not in line
    assert ("station Oberpfaffenhofen", "away") not in answered
    assert {("station Matera", "away"), ("key blocks", "pass")} <= answered


def test_ctrl_c_leaves_out_the_rest(pinned, monkeypatch):
    """What was planned by then is kept; a plan that was cut short is no answer."""
    as_it_is, asked = plan(pinned[0]), []

    def cut_short(mission, **options):
        asked.append(mission)
        made = plan(mission, **options)
        if len(asked) < 3:
            return made
        return replace(made, solution=replace(made.solution, status="stopped"))

    monkeypatch.setattr(asking, "plan", cut_short)
    with pytest.warns(SatqkdWarning, match="--what-if is stopped by Ctrl-C after 2 of"):
        found = what_if(as_it_is)

    assert len(found) == 2
    assert len(asked) == 3


def test_a_deadline_is_asked_about(mission, monkeypatch):
    """Without it the plan is that of the mission that states none; other limits are left out."""
    monkeypatch.setattr(asking, "changes_of", lambda _: ())
    late = mission.replace("demands[0].by", "2026-12-02T12:00:00Z")
    ((change, changed),) = without_deadlines(late)

    assert changed.demands == mission.demands
    assert list(without_deadlines(mission)) == []
    assert (change.what, change.before, change.after) == (
        "deadline of Oberpfaffenhofen and Calern", "2026-12-02T12:00:00Z", "none",
    )  # fmt: skip
    (found,) = [one for one in what_if(plan(late)) if one.change == change]
    gain = plan(mission).solution.objective - plan(late).solution.objective
    assert found.gain_bits == pytest.approx(gain, abs=1.0)
    assert gain > 0.0
