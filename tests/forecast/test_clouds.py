"""How likely a clear sky is, and what a forecast of clouds leaves open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.errors import SatqkdWarning
from satqkd.forecast.stream import forecast
from satqkd.weather.clear_sky import Draws, clear_probability
from satqkd.weather.climate import Climate
from satqkd.weather.cloud_forecast import CloudForecast

ROOT = Path(__file__).parents[2]
DRAWS = Draws(samples=400, seed=3)


@pytest.fixture(scope="module")
def mission():
    return load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=2 * 86_400.0)


def told(mission, **sky):
    """The mission with the same sky over every station."""
    return replace(mission, stations=tuple(replace(one, **sky) for one in mission.stations))


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
    chance, spread = clear_probability(
        ground.climate,
        ground.clouds,
        np.array([3.0, 6.0, 18.0, 1e4]) * 3600.0,
        start=mission.start,
        month=np.ones(4, int),
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


def test_clouds_come_and_go_for_all_passes_of_a_night(mission):
    """The expected key knows no correlation, its spread does: a forecast of clouds ends it all."""
    start = mission.start
    shut = covered(start, hours=range(0, 73, 6))
    out = forecast(told(mission, clouds=shut), draws=DRAWS).yields.outlook

    assert (out.clear_probability == 0.0).all()
    assert (out.expected_bits == 0.0).all()
