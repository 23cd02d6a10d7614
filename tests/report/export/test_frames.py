"""Which results become data frames, and what is said of those that do not."""

from __future__ import annotations

import shutil
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest

import satqkd as sq
from satqkd.errors import SatqkdError, WrongTypeError
from satqkd.report.tables.sightings import SIGHTING_COLUMNS
from satqkd.report.tables.validation import VALIDATION_COLUMNS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    """A day of the shipped campaign."""
    folder = tmp_path_factory.mktemp("campaign")
    for name in ("mission.yaml", "stations.yaml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "data", folder / "data")
    return sq.load_mission(folder / "mission.yaml", duration_s=86_400.0)


def test_passes_found_without_light_are_those_of_a_forecast(mission):
    found = sq.find_contacts(mission)
    frame = sq.to_frame(found, mission=mission)
    week = sq.to_frame(sq.forecast(mission))

    names = [column.name for column in SIGHTING_COLUMNS]
    assert list(frame.columns) == [*names, "hidden"]
    ordered = frame.sort_values("pass_id", ignore_index=True)
    assert ordered[names].equals(week.sort_values("pass_id", ignore_index=True)[names])
    assert not frame.hidden.any()


def test_joint_contacts_keep_their_order_and_length(mission):
    found = sq.find_contacts(mission, "Delingha", "Nanshan")
    frame = sq.to_frame(found, mission=mission)

    assert len(frame) == len(found) > 0
    assert set(frame.stations) == {"Delingha + Nanshan"}
    length = (frame.end_utc - frame.start_utc).dt.total_seconds()
    assert np.allclose(length, found.end_s - found.start_s, atol=0.002)
    assert frame.start_utc.dt.tz in (UTC, frame.end_utc.dt.tz)
    assert sq.to_frame(found.take(np.array([1])), mission=mission).shape == (1, frame.shape[1])


def test_no_contacts_are_an_empty_frame(mission):
    nothing = sq.find_contacts(mission).take(np.zeros(0, dtype=np.int64))

    assert sq.to_frame(nothing, mission=mission).shape == (0, len(SIGHTING_COLUMNS) + 1)


def test_a_validation_is_a_row_a_figure():
    outcomes = sq.validate(["O-1", "K-2"])
    frame = sq.to_frame(outcomes)

    assert list(frame.columns) == [column.name for column in VALIDATION_COLUMNS]
    assert list(frame.point) == [outcome.point for outcome in outcomes]
    assert (frame.verdict == "within").all()
    assert len(sq.to_frame(outcomes[:1])) == 1


def test_contacts_without_their_mission_are_refused(mission):
    found = sq.find_contacts(mission)

    with pytest.raises(WrongTypeError, match=r"no names and no dates\n  fix: give the mission"):
        sq.to_frame(found)
    with pytest.raises(WrongTypeError, match="to_frame takes a mission, not a str"):
        sq.to_frame(found, mission="mission.yaml")


def test_contacts_of_another_mission_are_refused(mission):
    found = sq.find_contacts(mission)
    found.arms[0].station[-1] = len(mission.stations)

    with pytest.raises(SatqkdError, match="not found in this mission"):
        sq.to_frame(found, mission=mission)


@pytest.mark.parametrize("result", ["week.csv", [], 3.0, [1, 2]])
def test_what_no_table_shows_is_refused(result):
    with pytest.raises(WrongTypeError, match=r"no table shows a .*\n  fix: give one of Forecast"):
        sq.to_frame(result)


def takes_a_mission(value):
    """Every public function that does."""
    yield lambda: sq.forecast(value)
    yield lambda: next(iter(sq.stream(value)))
    yield lambda: sq.find_contacts(value)
    yield lambda: sq.find_contacts(value, "Xinglong")
    yield lambda: sq.plan(value)
    yield lambda: sq.replace(value, "name", "x")


@pytest.mark.parametrize("path", ["mission.yaml", Path("mission.yaml")])
def test_a_path_in_place_of_a_mission_is_refused_with_what_reads_it(path):
    """In the words of one function for all."""
    for call in takes_a_mission(path):
        with pytest.raises(TypeError) as refused:
            call()
        name = str(refused.value).split()[0]
        assert name in sq.__all__
        assert str(refused.value) == (
            f"{name} takes a mission, not a {type(path).__name__}\n"
            "  fix: read it first: satqkd.load_mission('mission.yaml')"
        )
        assert isinstance(refused.value, SatqkdError)


def test_other_values_of_a_wrong_type_are_refused(mission):
    for call in takes_a_mission(3):
        with pytest.raises(TypeError, match=r"not a int\n  fix: .*satqkd.load_mission\(path\)"):
            call()
    with pytest.raises(TypeError, match=r"not a Mission\n  fix: .*satqkd.forecast\(mission\)"):
        sq.key_blocks(mission, "week")
    with pytest.raises(TypeError, match=r"list of ids\n  fix: write \['O-1'\]"):
        sq.validate("O-1")
