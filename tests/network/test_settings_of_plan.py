"""Settings for the blocks of a plan, against forecasts of missions that state them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.stream import forecast
from satqkd.network.plan import plan_of
from satqkd.network.settings_of_plan import better_of, settings_of, with_hint, with_settings
from satqkd.report.provenance import provenance
from satqkd.report.summary import plan_summary

pytestmark = pytest.mark.filterwarnings("ignore::satqkd.errors.StaleElementsWarning")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """The week of the microsatellite, contacts whole."""
    folder = tmp_path_factory.mktemp("microsatellite")
    copy_preset("microsatellite-week", folder)
    mission = load_mission(folder / "mission.yaml", folder / "stations.yaml")
    return forecast(replace(mission, in_part=False))


@pytest.fixture(scope="module")
def hinted(seen):
    return with_hint(plan_of([seen]))


def key_of_blocks(mission, plan):
    """Key of the blocks of a plan in a mission of other settings, by its counts added up."""
    again = forecast(mission)
    total = 0
    for block in plan.blocks.planned.tolist():
        rows = plan.candidate_rows[plan.blocks.members[block]]
        system = again.yields.systems[int(again.yields.system[rows[0]])]
        pooled = system.pooled(again.yields.collected, [rows])
        total += int(system.key_of(pooled).secure_bits[0])
    return total


def test_the_keys_are_those_of_a_mission_that_states_the_settings(hinted):
    """To the bit, as stated and with the best."""
    (found,) = hinted.settings
    mission = hinted.mission

    assert found.stated_bits == int(hinted.blocks.bits.sum()) == key_of_blocks(mission, hinted)
    assert found.best_bits == key_of_blocks(with_settings(mission, hinted.settings), hinted)
    assert found.best_bits > 1.2 * found.stated_bits


def test_no_neighbour_of_the_best_leaves_more(hinted):
    """Each intensity, share and basis bias 4 % up and down: at most 0.01 % more key."""
    (found,) = hinted.settings
    best = found.best
    tries = [
        best.set_to(
            intensities=tuple(
                value * (1.0 + change * (place == at)) for at, value in enumerate(best.intensities)
            ),
            probabilities=shares(best.probabilities, place - 2, change),
            p_key_basis=best.p_key_basis * (1.0 + change * (place == 5)),
        )
        for place in (0, 1, 2, 3, 5)
        for change in (-0.04, 0.04)
    ]
    for other in tries:
        setting = replace(found, best=other)
        bits = key_of_blocks(with_settings(hinted.mission, (setting,)), hinted)
        assert bits <= found.best_bits * 1.0001


def shares(given, place, change):
    """One share changed, the last one takes the rest."""
    values = [value * (1.0 + change * (at == place)) for at, value in enumerate(given[:-1])]
    return (*values, 1.0 - sum(values))


def test_a_plan_with_them_is_one_of_a_mission_that_states_them(hinted):
    """It is taken where it is worth more, and says what it rests on."""
    mission = with_settings(hinted.mission, hinted.settings)
    again = plan_of([forecast(mission)])
    best = better_of(hinted, again)
    (line,) = [one for one in plan_summary(hinted) if "plan --optimise" in one]
    facts = provenance(best)["settings"]

    assert best.optimised
    assert best.solution.objective == again.solution.objective > hinted.solution.objective
    assert line.startswith("other settings of Microsatellite would make about 23 % more key")
    assert any(one.startswith("settings of Microsatellite: 0.") for one in plan_summary(best))
    assert facts[0]["planned"]["intensities"][0] == pytest.approx(0.56, abs=0.02)
    assert facts[0]["stated"]["intensities"] == [0.6, 0.15, 0.0]
    assert "settings" not in provenance(hinted)


def test_a_worse_plan_is_not_taken(hinted):
    """Then the stated settings stay, and nothing is said of others."""
    stated = replace(hinted.solution, objective=hinted.solution.objective - 1.0)
    kept = better_of(hinted, replace(hinted, solution=stated))

    assert not kept.optimised
    assert kept.settings == ()
    assert not any("settings" in one for one in plan_summary(kept))


def test_what_cannot_be_sought_is_left_out(hinted):
    """Stations that analyse in different shares share no setting of a satellite."""
    one, *others = hinted.mission.stations
    detector = replace(one.terminal.detector, p_key_basis=0.7)
    stations = (replace(one, terminal=replace(one.terminal, detector=detector)), *others)
    made = plan_of([forecast(replace(hinted.mission, stations=stations))])

    assert with_hint(made).settings == ()
    with pytest.raises(ValueError, match="must be the same at all stations"):
        settings_of(made)
