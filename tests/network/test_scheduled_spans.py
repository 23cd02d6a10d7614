"""When passes are flown: what of their samples is within."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.stream import forecast
from satqkd.network.plan import plan as planned
from satqkd.network.plan import plan_of
from satqkd.network.scheduled_spans import scheduled_spans, within
from satqkd.report.export.json import records
from satqkd.report.pictures.loss import _flown
from satqkd.report.tables.series import PLANNED_SERIES_COLUMNS, series_parts
from satqkd.schedule.effort import Effort

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def plan():
    """Two days of the packaged campaign, some of its contacts in part."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=2 * 86_400.0)
    return plan_of([forecast(replace(mission, solver=Effort(work=30_000)))])


def test_a_pass_in_part_is_flown_for_so_long_and_a_whole_one_while_it_is_usable(plan):
    """Samples a second apart: their number is the length of the part, to a second."""
    (report,) = series_parts(plan)
    rows = records(PLANNED_SERIES_COLUMNS, report)
    cut = set(np.array(plan.forecast.ids)[plan.passes.in_part].tolist())

    assert cut
    for index in plan.scheduled_key:
        name = plan.forecast.ids[index]
        own = [row for row in rows if row["pass_id"] == name]
        flown = [row for row in own if row["in_plan"]]
        assert all(row["usable"] for row in flown)
        if name in cut:
            length_s = float(plan.passes.end_s[index] - plan.passes.start_s[index])
            assert len(flown) == pytest.approx(length_s, abs=1.01)
            assert len(flown) < sum(row["usable"] for row in own)
        else:
            assert [row["usable"] for row in own] == [row["in_plan"] for row in own]


def test_pictures_know_it_too(plan):
    """Of a pass that is not scheduled all that could be."""
    index = int(np.flatnonzero(plan.passes.in_part)[0])
    drawn = plan.forecast.with_series(np.array([index]), every=True)
    flown = _flown(plan, index, drawn)
    length_s = float(plan.passes.end_s[index] - plan.passes.start_s[index])

    assert flown.sum() == pytest.approx(length_s, abs=1.01)
    left = next(
        i for i in range(len(plan.forecast))
        if not plan.passes.scheduled[i] and plan.passes.usable[i]
    )  # fmt: skip
    drawn = plan.forecast.with_series(np.array([left]), every=True)
    assert _flown(plan, left, drawn).sum() == drawn.sampled.usable.sum() > 0


def test_arms_of_joint_contacts_are_flown_in_their_windows(tmp_path):
    """Each arm, and nothing before or after."""
    copy_preset("twin-field-node", tmp_path)
    made = planned(load_mission(tmp_path / "mission.yaml", duration_s=2 * 86_400.0))
    spans = scheduled_spans(made)
    flown = np.flatnonzero(made.windows.scheduled)

    assert flown.size
    told = {span for own in spans.values() for span in own}
    for window in flown.tolist():
        span = float(made.windows.start_s[window]), float(made.windows.end_s[window])
        assert span in told
        assert sum(span in own for own in spans.values()) == 2
    index = next(iter(spans))
    (start_s, end_s), *_ = spans[index]
    time_s = np.array([start_s - 1.0, start_s, 0.5 * (start_s + end_s), end_s, end_s + 1.0])
    inside = within({index: ((start_s, end_s),)}, np.array([index]), np.array([0, 5]), time_s)
    assert inside.tolist() == [False, True, True, True, False]
