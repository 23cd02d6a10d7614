"""The key of a pass as a distribution."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.forecast.forecast import forecast
from satqkd.forecast.skies import Draws
from satqkd.weather.climate import Climate
from satqkd.weather.cloud_forecast import CloudForecast

ROOT = Path(__file__).parents[2]
DRAWS = Draws(samples=400, seed=3)


@pytest.fixture(scope="module")
def mission():
    whole = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    return replace(whole, duration_s=2 * 86_400.0)


def told(mission, **sky):
    """The mission with the same sky over every station."""
    return replace(mission, stations=tuple(replace(one, **sky) for one in mission.stations))


@pytest.fixture(scope="module")
def clear(mission):
    return forecast(told(mission, climate=None, clouds=None), draws=DRAWS)


def test_without_weather_nothing_is_known_of_it(clear):
    """No probability, and the key of a clear sky."""
    assert np.isnan(clear.outlook.clear_probability).all()
    assert clear.outlook.low_bits.max() > 0


def test_percentiles_are_ordered_and_the_median_is_near_the_nominal(clear):
    """Ranges are drawn around the nominal value, which the median of 400 histories meets
    within 10 % (four standard errors of a key that spreads by 40 %)."""
    out, nominal = clear.outlook, clear.keys.secure_bits
    keyed = nominal > 50_000

    assert (out.low_bits <= out.median_bits).all()
    assert (out.median_bits <= out.high_bits).all()
    assert out.median_bits[keyed] == pytest.approx(nominal[keyed], rel=0.1)


def test_histories_stay_within_the_worst_and_best_ends(clear):
    """P10 and P90 lie inside what both ranges at their ends at once give."""
    keyed = clear.keys_low.secure_bits > 0

    assert (clear.outlook.low_bits[keyed] > clear.keys_low.secure_bits[keyed]).all()
    assert (clear.outlook.high_bits[keyed] < clear.keys_high.secure_bits[keyed]).all()


def test_half_the_nights_give_half_the_key(mission, clear):
    """A sky that is clear half of the time halves the expected key, but for chance."""
    half = told(
        mission,
        climate=Climate(clear_fraction=(0.5,), clear_fraction_spread=0.0, source="a test"),
        clouds=None,
    )
    keyed = clear.keys.secure_bits > 0
    out = forecast(half, draws=replace(DRAWS, samples=4000)).outlook
    ratio = out.expected_bits[keyed].sum() / clear.outlook.expected_bits[keyed].sum()

    assert (out.clear_probability == 0.5).all()
    assert ratio == pytest.approx(0.5, abs=0.03)  # few nights at six stations: 4000 histories


def test_clouds_come_and_go_for_all_passes_of_a_night(mission):
    """The expected key knows no correlation, its spread does: a forecast of clouds ends it all."""
    start = mission.start
    shut = CloudForecast(
        times=(start, start.replace(day=start.day + 3)), cover=(1.0, 1.0), source="a test"
    )
    out = forecast(told(mission, clouds=shut), draws=DRAWS).outlook

    assert (out.clear_probability == 0.0).all()
    assert (out.expected_bits == 0.0).all()


def test_the_same_seed_gives_the_same_numbers(mission):
    """And another seed others."""
    one, again, other = (
        forecast(mission, draws=replace(DRAWS, seed=seed)).outlook for seed in (3, 3, 4)
    )

    assert (one.expected_bits == again.expected_bits).all()
    assert (one.expected_bits != other.expected_bits).any()


def test_a_pass_does_not_care_which_others_are_forecast(mission):
    """A shorter window draws the same histories for the passes it shares."""
    long = forecast(mission, draws=DRAWS)
    short = forecast(replace(mission, duration_s=86_400.0), draws=DRAWS)
    shared = {
        round(s, 3): bits
        for s, bits in zip(long.passes.culmination_s, long.outlook.expected_bits, strict=True)
    }
    pairs = [
        (shared[round(s, 3)], bits)
        for s, bits in zip(short.passes.culmination_s, short.outlook.expected_bits, strict=True)
        if round(s, 3) in shared
    ]

    assert len(pairs) > 10
    assert all(a == pytest.approx(b, rel=1e-4) for a, b in pairs)  # nodes of the orbit shift
