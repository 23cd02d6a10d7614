"""Elements that are hardly those of a satellite are told once, with their place."""

from __future__ import annotations

import json
import warnings

import pytest

from satqkd.elements.library import read_elements
from satqkd.errors import SatqkdWarning

RECORD = {
    "OBJECT_NAME": "PROBE", "NORAD_CAT_ID": 90044, "EPOCH": "2026-05-11T06:00:00",
    "MEAN_MOTION": 15.3, "ECCENTRICITY": 0.001, "INCLINATION": 82.1, "RA_OF_ASC_NODE": 210.0,
    "ARG_OF_PERICENTER": 80.0, "MEAN_ANOMALY": 280.0, "BSTAR": 4.5e-5,
}  # fmt: skip


def told(tmp_path, **changes):
    path = tmp_path / "p.json"
    other = {"EPOCH": "2026-05-12T06:00:00"}
    path.write_text(json.dumps([RECORD | changes, RECORD | changes | other]), encoding="utf-8")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SatqkdWarning)
        read_elements(path)
    return [str(one.message).removeprefix(str(tmp_path)) for one in caught]


@pytest.mark.parametrize("bstar", [-2.1, 0.3, 1e30])
def test_a_drag_term_that_no_satellite_has(tmp_path, bstar):
    """Once, with file and line of the first and how many more there are."""
    (message,) = told(tmp_path, BSTAR=bstar)

    assert message.startswith("/p.json:1: PROBE: the drag term B* is ")
    assert message.endswith("1 more such sets")


@pytest.mark.parametrize("bstar", [-0.001, 0.0, 0.08])
def test_drag_terms_that_occur(tmp_path, bstar):
    """Negative ones of raised orbits, large ones before the end."""
    assert not told(tmp_path, BSTAR=bstar)


def test_a_mean_motion_in_radians(tmp_path):
    """0.0668 rad/min are 15.3 rev/day; taken as it stands it is an orbit of fifteen days."""
    (message,) = told(tmp_path, MEAN_MOTION=0.0667588)

    assert "a period of 15.0 days; if that is in rad/min, it is 15.30 rev/day" in message
    assert not told(tmp_path, MEAN_MOTION=1.0027)
