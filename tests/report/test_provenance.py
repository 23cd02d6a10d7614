"""plan.json says where every number came from, and nothing that changes by itself."""

import getpass
import json
import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import satqkd
from satqkd.report.export.json import strict_json
from satqkd.report.provenance import describe, forecast_provenance, provenance

ROOT = Path(__file__).parents[2]


@pytest.fixture
def document(plan):
    return json.loads(strict_json(provenance(plan, warnings=["old elements", "old elements"])))


def test_versions_inputs_and_window_are_in_it(document):
    """Enough to run it again."""
    assert document["satqkd"] == satqkd.__version__
    assert {"numpy", "sgp4", "skyfield", "highspy", "astropy-iers-data"} <= set(
        document["libraries"]
    )
    assert document["inputs"] == [{"path": "mission.yaml", "sha256": "0" * 64}]
    assert document["window"]["start_utc"] == "2016-12-19T00:00:00.000000Z"
    assert document["window"]["end_utc"] == "2016-12-26T00:00:00.000000Z"


def test_element_sets_come_with_epoch_source_and_the_ages_they_were_used_at(plan, document):
    """Each with its number of passes, youngest and oldest use."""
    passes = plan.forecast.passes
    sources = plan.mission.spacecraft[0].satellite.element_sets
    used = np.unique(passes.element_set)

    assert len(document["element_sets"]) == len(used) > 1
    for told, number in zip(document["element_sets"], used, strict=True):
        age_h = passes.element_age_s[passes.element_set == number] / 3600.0
        assert told["norad_id"] == 41731
        assert told["source"] == sources[number].source
        assert told["passes"] == age_h.size
        assert told["age_h_min"] == pytest.approx(age_h.min(), abs=0.001)  # rounded to 0.001 h
        assert told["age_h_max"] == pytest.approx(age_h.max(), abs=0.001)


def test_epsilon_of_all_scheduled_blocks_is_their_number_times_that_of_one(document):
    """Two passes are scheduled."""
    assert document["epsilon"] == {
        "per_block": {"epsilon_sec": 1e-9, "epsilon_cor": 1e-15},
        "scheduled_blocks": 2,
        "scheduled_windows": [],
        "all_scheduled": {"epsilon_sec": 2e-9, "epsilon_cor": 2e-15},
    }


def test_models_appear_with_names_and_parameters(document):
    """Which beam, which pointing, which air, which key."""
    models = document["models"]
    transmitter = models["satellites"][0]["transmitter"]

    assert transmitter["beam"] == {"model": "FlatTopBeam", "divergence_rad": 1e-5}
    assert transmitter["pointing"]["model"] == "StatedPointing"
    assert models["satellites"][0]["atmosphere"]["zenith_transmittance"] == 0.619
    assert models["key"]["name"] == "decoy-bb84"
    assert [assumption["where"] for assumption in document["assumptions"]] == ["micius: pointing"]


def test_solver_status_and_gap_are_in_it(document):
    """Also how many passes fared how."""
    assert document["solver"]["status"] == "optimal"
    assert document["solver"]["gap"] == 0.0
    assert document["passes"] == {"candidate": 1, "rejected": 1, "scheduled": 2}


def test_an_unproven_bound_is_still_strict_json(plan):
    """Infinity is written as a word."""
    unproven = replace(plan, solution=replace(plan.solution, bound=float("inf")))

    assert json.loads(strict_json(provenance(unproven)))["solver"]["bound_bits"] == "inf"


def test_earth_orientation_is_named(document):
    """Which table, how far it reaches."""
    assert "IERS" in document["time"]["earth_orientation"]
    assert document["geometry"]["ephemeris"].startswith("JPL DE421")


def test_warnings_come_once_each(document):
    """Sorted, so that their order does not matter."""
    assert document["warnings"] == ["old elements"]


def test_the_same_plan_gives_the_same_bytes(make_plan):
    """Built twice, written twice."""
    assert strict_json(provenance(make_plan())) == strict_json(provenance(make_plan()))


def test_it_knows_no_host_and_no_user(plan):
    """A result can be passed on; files have the names that they were asked for by."""
    text = strict_json(provenance(plan)).replace(str(ROOT), "")

    assert socket.gethostname() not in text
    assert f"/{getpass.getuser()}/" not in text


def test_a_forecast_alone_has_the_same_without_the_decisions(plan):
    """For the commands that schedule nothing."""
    alone = forecast_provenance(plan.forecast)
    whole = provenance(plan)

    assert set(whole) - set(alone) == {
        "epsilon",
        "never_seen",
        "passes",
        "planned",
        "solver",
        "windows_of_two_stations",
        "weather",
    }


def test_describe_turns_any_configuration_into_plain_values():
    """Arrays become lists, tuples too, infinity a word."""
    assert describe(
        {"a": np.array([1.5]), "b": (1, None), "c": float("inf"), "d": np.int64(3)}
    ) == {
        "a": [1.5],
        "b": [1, None],
        "c": "inf",
        "d": 3,
    }


def test_instants_are_written_out():
    """When a station is out is told, not that it is a time."""
    from datetime import UTC, datetime, timedelta, timezone  # noqa: PLC0415

    from satqkd.passes.station import Outage  # noqa: PLC0415
    from satqkd.report.provenance import describe  # noqa: PLC0415

    zone = timezone(timedelta(hours=8))
    out = Outage(
        from_=datetime(2016, 12, 21, 8, tzinfo=zone), to=datetime(2016, 12, 23, tzinfo=UTC)
    )
    told = describe(out)
    assert told["from_"] == "2016-12-21T00:00:00.000000Z"
    assert told["to"] == "2016-12-23T00:00:00.000000Z"
