"""Losses and stray light of every sample, worked out in parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from satqkd.config.load import load_mission
from satqkd.forecast import light
from satqkd.forecast.stream import forecast
from satqkd.link.budget import LINES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def mission():
    return load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=86_400.0)


def test_small_pieces_give_the_same_as_large_ones(mission, monkeypatch):
    """Key and losses do not depend on what fits the cache."""
    large = forecast(mission).with_series(every=True)
    monkeypatch.setattr(light, "SAMPLES_AT_ONCE", 500)
    small = forecast(mission).with_series(every=True)

    assert (small.yields.keys.secure_bits == large.yields.keys.secure_bits).all()
    assert (small.sampled.arms[0].budget.total_db == large.sampled.arms[0].budget.total_db).all()


def test_stray_light_is_told_by_source(mission):
    """Night sky everywhere and always; the sunlit sky only while the Sun is up."""
    every = forecast(mission).with_series(every=True).sampled
    sun, stray_hz = every.tracks.sun_elevation_deg, every.arms[0].stray_hz

    assert (stray_hz["night_sky"] > 0.0).all()
    assert (stray_hz["daylight"][sun < -1.0] == 0.0).all()
    assert stray_hz["daylight"][sun > 5.0].min() > 1e6
    assert (stray_hz["city"] == 0.0).all()


def test_lines_add_up_in_every_sample(mission):
    """The total is their sum to the last bits."""
    losses = forecast(mission).with_series(every=True).sampled.arms[0].budget

    assert sum(losses.lines_db[name] for name in LINES) == pytest.approx(losses.total_db, rel=1e-14)
