"""Stock ahead of the shipped week: the same realisations as the plan's own outlook."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from asked import between, flown, planned, with_demands

from satqkd.config.load import load_mission
from satqkd.constants import DAY_S
from satqkd.errors import SatqkdError
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import stream
from satqkd.network.stock_ahead import stock_ahead
from satqkd.weather.clear_sky import Draws

ROOT = Path(__file__).parents[2]
DAYS = [DAY_S * number for number in range(1, 8)]


@pytest.fixture(scope="module")
def found():
    """The week's passes, with weather drawn."""
    mission = load_mission(ROOT / "mission.yaml")
    chunks = list(stream(mission, draws=Draws(samples=50, seed=3)))
    return [Forecast.join(chunks).in_order()]


@pytest.fixture(scope="module")
def plan(found):
    """The plan of the shipped week."""
    return planned(found, found[0].mission)


def test_at_the_end_pairs_hold_what_the_outlook_says(plan):
    """Nothing held, nothing used: the percentiles of keys.csv, at the end of the week."""
    ahead = stock_ahead(plan, begin_s=0.0, at_s=DAYS, held_bits=[0.0] * 5)
    assert plan.outlook is not None
    for pair, amount in zip(ahead, plan.outlook.demands, strict=True):
        for percent in (10, 50, 90):
            assert pair.percentile_bits(percent)[-1] == amount.percentile_bits(percent)
        assert np.all(np.diff(pair.bits, axis=1) >= 0)
        assert pair.chance_of(1.0)[-1] == pytest.approx(amount.chance_of())
        assert pair.dry_s_of(0.01) is None


def test_what_is_known_takes_the_place_of_what_is_drawn(plan):
    """All scheduled contacts failed: nothing comes. All gave light: what is planned comes."""
    keys = flown(plan)
    none = stock_ahead(
        plan, begin_s=0.0, at_s=DAYS, held_bits=[0.0] * 5, gave_light=dict.fromkeys(keys, False)
    )
    assert all(not pair.bits.any() for pair in none)
    every = stock_ahead(
        plan, begin_s=0.0, at_s=DAYS, held_bits=[0.0] * 5, gave_light=dict.fromkeys(keys, True)
    )
    planned_bits = [0] * 5
    for delivery in plan.solution.deliveries:
        planned_bits[delivery.demand] += delivery.bits
    for pair, bits in zip(every, planned_bits, strict=True):
        assert set(pair.bits[:, -1].tolist()) == {float(bits)}


def test_use_runs_a_stock_dry(found):
    """100 kbit at 1 bit/s, of a pair that gets nothing before the fourth day: after 100,000 s."""
    mission = with_demands(
        found[0].mission, between(found[0].mission, "Jinan", "Nanshan", use_bit_s=1.0)
    )
    week = planned(found, mission)
    number = next(n for n, one in enumerate(mission.demands) if one.use_bit_s)
    ahead = stock_ahead(
        week, begin_s=0.0, at_s=DAYS, held_bits=[1e5 if n == number else 0.0 for n in range(5)]
    )[number]
    early = ahead.bits[:, 0]
    assert ahead.held_bits == 1e5
    assert early.min() == 1e5 - DAY_S
    tenth = ahead.dry_s_of(0.1)
    assert tenth is not None
    assert tenth >= 1e5
    assert ahead.dry_by()[0] == 0.0
    assert np.all(np.diff(ahead.dry_by()) >= 0)


def test_without_realisations_there_is_nothing_to_look_at(plan):
    """Said, not passed over."""
    bare = replace(plan, outlook=None)
    with pytest.raises(SatqkdError, match="needs realisations"):
        stock_ahead(bare, begin_s=0.0, at_s=DAYS, held_bits=[0.0] * 5)
