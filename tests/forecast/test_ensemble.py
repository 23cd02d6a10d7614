"""The key of a pass as a distribution."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.errors import SatqkdWarning
from satqkd.forecast.stream import forecast
from satqkd.forecast.clouds import Draws
from satqkd.forecast.clouds import clear_probability as chance_of
from satqkd.link.beam.tracking import Tracking
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
    assert np.isnan(clear.yields.outlook.clear_probability).all()
    assert clear.yields.outlook.low_bits.max() > 0


def test_percentiles_are_ordered_and_the_median_is_near_the_nominal(clear):
    """Ranges are drawn around the nominal value, which the median of 400 histories meets
    within 10 % (four standard errors of a key that spreads by 40 %)."""
    out, nominal = clear.yields.outlook, clear.yields.keys.secure_bits
    keyed = nominal > 50_000

    assert (out.low_bits <= out.median_bits).all()
    assert (out.median_bits <= out.high_bits).all()
    assert out.median_bits[keyed] == pytest.approx(nominal[keyed], rel=0.1)


def test_histories_stay_within_the_worst_and_best_ends(clear):
    """P10 and P90 lie inside what both ranges at their ends at once give."""
    keyed = clear.yields.keys_low.secure_bits > 0

    assert (clear.yields.outlook.low_bits[keyed] > clear.yields.keys_low.secure_bits[keyed]).all()
    assert (clear.yields.outlook.high_bits[keyed] < clear.yields.keys_high.secure_bits[keyed]).all()


def test_half_the_nights_give_half_the_key(mission, clear):
    """A sky that is clear half of the time halves the expected key, but for chance."""
    half = told(
        mission,
        climate=Climate(clear_fraction=(0.5,), clear_fraction_spread=0.0, source="a test"),
        clouds=None,
    )
    keyed = clear.yields.keys.secure_bits > 0
    out = forecast(half, draws=replace(DRAWS, samples=4000)).yields.outlook
    ratio = out.expected_bits[keyed].sum() / clear.yields.outlook.expected_bits[keyed].sum()

    assert (out.clear_probability == 0.5).all()
    assert ratio == pytest.approx(0.5, abs=0.03)  # few nights at six stations: 4000 histories


def covered(start, *, hours, cover=1.0):
    times = tuple(start + timedelta(hours=hour) for hour in hours)
    return CloudForecast(times=times, cover=(cover,) * len(times), source="clouds.csv")


def test_a_forecast_of_clouds_fades_into_the_climate(mission):
    """12 h after its last value, one memory, 1/e of the difference is left; the doubt grows."""
    ground = replace(
        mission.stations[0],
        climate=Climate(clear_fraction=(0.8,), clear_fraction_spread=0.1, source="a test"),
        clouds=covered(mission.start, hours=(0, 6)),
    )
    chance, spread = chance_of(
        ground, np.array([3.0, 6.0, 18.0, 1e4]) * 3600.0, start=mission.start, month=np.ones(4, int)
    )
    left = np.array([1.0, 1.0, np.exp(-1.0), 0.0])

    assert chance == pytest.approx(0.8 * (1.0 - left))
    assert spread == pytest.approx(0.1 * (1.0 - left))


def test_passes_beyond_a_forecast_are_told(mission):
    """Without a climate they count as clear, and somebody is told how many and where."""
    brief = told(mission, climate=None, clouds=covered(mission.start, hours=(0, 6)))
    with pytest.warns(SatqkdWarning, match="ends at .* passes of Xinglong outside are taken as cl"):
        out = forecast(replace(brief, stations=brief.stations[:1]))

    late = out.passes.culmination_s > 6 * 3600.0
    assert np.isnan(out.yields.clear_probability[late]).all()
    assert (out.yields.clear_probability[~late] == 0.0).all()


def test_gaps_in_a_forecast_are_told(mission):
    """More than 6 h between two lines are not filled in silence."""
    holed = told(mission, clouds=covered(mission.start, hours=(0, 30, 36, 42, 48, 54)))
    with pytest.warns(SatqkdWarning, match="says nothing for 30 h after"):
        forecast(replace(holed, stations=holed.stations[:1]))


def test_the_chance_of_a_clear_sky_needs_no_draws(mission):
    """A stated climate is told where nothing is drawn."""
    fine = Climate(clear_fraction=(0.6,), clear_fraction_spread=0.0, source="a test")
    out = forecast(told(mission, climate=fine, clouds=None))

    assert out.yields.outlook is None
    assert (out.yields.clear_probability == 0.6).all()


def test_clouds_come_and_go_for_all_passes_of_a_night(mission):
    """The expected key knows no correlation, its spread does: a forecast of clouds ends it all."""
    start = mission.start
    shut = covered(start, hours=range(0, 73, 6))
    out = forecast(told(mission, clouds=shut), draws=DRAWS).yields.outlook

    assert (out.clear_probability == 0.0).all()
    assert (out.expected_bits == 0.0).all()


def test_the_same_seed_gives_the_same_numbers(mission):
    """And another seed others."""
    one, again, other = (
        forecast(mission, draws=replace(DRAWS, seed=seed)).yields.outlook for seed in (3, 3, 4)
    )

    assert (one.expected_bits == again.expected_bits).all()
    assert (one.expected_bits != other.expected_bits).any()


def test_a_pass_does_not_care_which_others_are_forecast(mission):
    """A shorter window draws the same histories for the passes it shares."""
    long = forecast(mission, draws=DRAWS)
    short = forecast(replace(mission, duration_s=86_400.0), draws=DRAWS)
    shared = {
        round(s, 3): bits
        for s, bits in zip(long.passes.culmination_s, long.yields.outlook.expected_bits, strict=True)
    }
    pairs = [
        (shared[round(s, 3)], bits)
        for s, bits in zip(short.passes.culmination_s, short.yields.outlook.expected_bits, strict=True)
        if round(s, 3) in shared
    ]

    assert len(pairs) > 10
    assert all(a == pytest.approx(b, rel=1e-4) for a, b in pairs)  # nodes of the orbit shift


def test_a_narrow_search_loses_satellites_with_old_elements(mission, clear):
    """0.1 rad holds every error of elements half a day old, 0.1 mrad next to none."""

    def searched(field_rad):
        payload = mission.spacecraft[0].payload
        sender = replace(payload.transmitter, tracking=Tracking(acquisition_field_rad=field_rad))
        craft = replace(mission.spacecraft[0], payload=replace(payload, transmitter=sender))
        bare = told(replace(mission, spacecraft=(craft,)), climate=None, clouds=None)
        return forecast(bare, draws=DRAWS).yields.outlook.expected_bits.sum()

    wide, narrow = searched(0.1), searched(1e-4)

    assert wide == pytest.approx(clear.yields.outlook.expected_bits.sum(), rel=1e-9)
    assert narrow < 0.2 * wide
