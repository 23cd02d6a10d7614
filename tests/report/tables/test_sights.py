"""Sight between satellites as a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.errors import StaleElementsWarning
from satqkd.report.export.json import records
from satqkd.report.tables import sights
from satqkd.report.tables.sights import SIGHT_COLUMNS, sight_reports

ROOT = Path(__file__).parents[3]


def three(start: datetime):
    """Micius as it was at three epochs of its elements, as if they were three satellites."""
    mission = load_mission(
        ROOT / "mission.yaml", ROOT / "stations.yaml", start=start, duration_s=86_400.0
    )
    (craft,) = mission.spacecraft
    sets = craft.satellite.element_sets
    return replace(
        mission,
        spacecraft=tuple(
            replace(craft, satellite=replace(craft.satellite, name=name, element_sets=(one,)))
            for name, one in zip("abc", (sets[-1], sets[-3], sets[-9]), strict=True)
        ),
        limits=replace(mission.limits, max_element_age_s=120 * 86_400.0),
    )


def test_pieces_hold_the_rows_of_the_whole(monkeypatch):
    """One pair and few samples at a time give the same table, by pair and time."""
    mission = three(datetime(2017, 5, 1, tzinfo=UTC))

    def rows():
        return [
            row
            for report in sight_reports(mission, [0, 1, 2], grazing_height_m=100e3)
            for row in records(SIGHT_COLUMNS, report)
        ]

    whole = rows()
    monkeypatch.setattr(sights, "PAIRS_AT_ONCE", 1)
    monkeypatch.setattr(sights, "SAMPLES_AT_ONCE", 500)

    assert rows() == whole
    keys = [(row["satellite"], row["other_satellite"], row["start_utc"]) for row in whole]
    assert keys == sorted(keys)
    assert {key[:2] for key in keys} == {("a", "b"), ("a", "c"), ("b", "c")}


def test_progress_counts_pairs():
    """To the last of them."""
    told = []
    mission = three(datetime(2017, 5, 1, tzinfo=UTC))

    def progress(done, total):
        told.append((done, total))

    for report in sight_reports(mission, [0, 1, 2], grazing_height_m=100e3, progress=progress):
        assert np.all(report.windows.start_s < report.windows.end_s)

    assert told[-1] == (3, 3)


def test_stale_elements_are_told():
    """A year after the epochs the table means little, and says so."""
    mission = three(datetime(2018, 5, 1, tzinfo=UTC))

    with pytest.warns(StaleElementsWarning, match="days after their epoch"):
        list(sight_reports(mission, [0, 1], grazing_height_m=100e3))
