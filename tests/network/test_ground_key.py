"""What terrestrial links make in a window is what their sessions make one by one."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.forecast.stream import Chosen, stream
from satqkd.network.ground_key import ground_key
from satqkd.network.plan import plan
from satqkd.report.export.plan_files import plan_files
from satqkd.report.export.series_files import series_choice
from satqkd.report.html.report import report_page
from satqkd.report.plan_folder import plan_of_files


@pytest.fixture(scope="module")
def mission(tmp_path_factory):
    """Four links on the ground."""
    folder = tmp_path_factory.mktemp("ground")
    copy_preset("ground-links", folder)
    return load_mission(folder / "mission.yaml", folder / "stations.yaml")


@pytest.mark.parametrize("window_s", [86_400.0, 43_300.0, 900.0])
def test_sessions_followed_one_by_one_add_up_to_it(mission, window_s):
    """The last session is cut short, or the only one is."""
    cut = replace(mission, duration_s=window_s)
    found = ground_key(cut)
    every = list(stream(cut, Chosen.over_ground(cut)))

    assert [one.link.name for one in found] == [one.link.name for one in every]
    for one, sessions in zip(found, every, strict=True):
        bits = sessions.yields.keys.secure_bits
        assert one.sessions == len(sessions)
        assert one.secure_bits == int(bits.sum())
        assert one.keyed == int((bits > 0).sum())


def test_a_plan_has_them_beside_what_it_schedules(mission, tmp_path):
    """A table, and a line with the rate in the report, which has no contact to show."""
    files = plan_files(plan(mission), series_choice(0, "none"))
    rows = list(csv.DictReader(io.StringIO(files["links.csv"])))
    assert [row["link"] for row in rows] == [one.link.name for one in ground_key(mission)]
    window = {"start_utc": "2025-01-01T00:00:00Z", "end_utc": "2025-01-02T00:00:00Z"}
    page = report_page(plan_of_files(tmp_path, files, {"window": window, "models": {}}))

    assert "4 terrestrial links make 7.13 Gbit" in page
    assert page.count('class="rate"') == 5  # and in what the marks mean
    assert "81.6 kbit/s" in page
    assert "<title>4 terrestrial links" in page
