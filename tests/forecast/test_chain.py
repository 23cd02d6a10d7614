"""Following many passes at once changes nothing about any of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.forecast import light
from satqkd.forecast.stream import forecast
from satqkd.forecast.series import _Gathered as Gathered
from satqkd.link.budget import LINES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def mission():
    whole = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    return replace(whole, duration_s=86_400.0)


def test_small_pieces_give_the_same_as_large_ones(mission, monkeypatch):
    """Key and losses do not depend on what fits the cache."""
    large = forecast(mission).with_series(every=True)
    monkeypatch.setattr(light, "SAMPLES_AT_ONCE", 500)
    small = forecast(mission).with_series(every=True)

    assert (small.yields.keys.secure_bits == large.yields.keys.secure_bits).all()
    assert (small.sampled.arms[0].budget.total_db == large.sampled.arms[0].budget.total_db).all()


def test_passes_that_carry_no_key_are_left_out_unless_asked_for(mission):
    """Following every pass changes no key; the losses of usable samples are the same."""
    some, every = forecast(mission, series=True), forecast(mission).with_series(every=True)

    assert (some.yields.keys.secure_bits == every.yields.keys.secure_bits).all()
    assert (some.sampled.arms[0].budget.total_db == every.sampled.arms[0].budget.total_db)[some.sampled.usable].all()
    assert (every.sampled.arms[0].budget.total_db > 0.0).all()


def test_stray_light_is_told_by_source(mission):
    """Night sky everywhere and always; the sunlit sky only while the Sun is up."""
    every = forecast(mission).with_series(every=True)
    sun = every.sampled.tracks.sun_elevation_deg

    assert (every.sampled.arms[0].stray_hz["night_sky"] > 0.0).all()
    assert (every.sampled.arms[0].stray_hz["daylight"][sun < -1.0] == 0.0).all()
    assert every.sampled.arms[0].stray_hz["daylight"][sun > 5.0].min() > 1e6
    assert (every.sampled.arms[0].stray_hz["city"] == 0.0).all()


def test_lines_add_up_in_every_sample(mission):
    """The total is their sum to the last bits."""
    losses = forecast(mission).with_series(every=True).sampled.arms[0].budget

    assert sum(losses.lines_db[name] for name in LINES) == pytest.approx(losses.total_db, rel=1e-14)


class TestGathered:
    def test_numbers_that_differ_become_a_series(self):
        """The first number stays where it was written."""
        series = Gathered(4)
        series.put(slice(0, 2), np.broadcast_to(1.0, (2,)))
        series.put(slice(2, 4), np.broadcast_to(2.0, (2,)))

        assert series.values.tolist() == [1.0, 1.0, 2.0, 2.0]

    def test_pieces_may_come_in_any_order(self):
        """By index as well as by slice."""
        series = Gathered(4)
        series.put(np.array([3, 0]), np.array([3.0, 0.5]))
        series.put(slice(1, 3), np.array([1.0, 2.0]))

        assert series.values.tolist() == [0.5, 1.0, 2.0, 3.0]
