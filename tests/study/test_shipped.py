"""Studies that come with satqkd are read, each value of theirs tried, and say what they vary."""

from __future__ import annotations

import pytest

from satqkd.config.preset import copy_preset
from satqkd.study.point import number_of_points
from satqkd.study.read_study import load_study


@pytest.mark.parametrize(
    ("name", "points", "variables"),
    [
        ("cubesat-trade", 56, ["aperture", "jitter"]),
        ("twenty-sites", 20, ["places"]),
        ("europe-year", 16, ["place", "climate"]),
    ],
)
def test_a_shipped_study_is_read(tmp_path, name, points, variables):
    copy_preset(name, tmp_path)
    study = load_study(tmp_path / "study.yaml")

    assert number_of_points(study) == points
    assert [one.name for one in study.variables] == variables
    assert study.question.endswith("?")
