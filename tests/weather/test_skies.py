"""Skies of several stations, drawn together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from satqkd.weather.clear_sky import Draws, clear_probability
from satqkd.weather.climate import Climate
from satqkd.weather.cloud_forecast import CloudForecast
from satqkd.weather.skies import (
    CORRELATION_LENGTH_M,
    SkyOver,
    clear_together,
    numbers_drawn,
    sky_correlation,
)

START = datetime(2026, 12, 1, tzinfo=UTC)
HOUR_S = 3600.0
MANY = Draws(samples=20_000, seed=5)
EVEN = Climate(clear_fraction=(0.5,), clear_fraction_spread=0.0, source="an example")
DEGREE_M = np.pi / 180.0 * 6_378_137.0


def sky(hours, *, east_deg=0.0, climate=EVEN, clouds=None):
    seconds = np.array(hours, dtype=np.float64) * HOUR_S
    return SkyOver(
        latitude_deg=0.0,
        longitude_deg=east_deg,
        climate=climate,
        clouds=clouds,
        seconds=seconds,
        month=np.full(seconds.size, 12),
    )


def test_the_chance_is_met_to_the_nearest_realisation():
    """With a spread, at the ends of it and with a forecast that fades into the climate."""
    climate = Climate(clear_fraction=(0.95,), clear_fraction_spread=0.2, source="an example")
    clouds = CloudForecast(
        times=(START, START + timedelta(hours=12)), cover=(0.1, 0.8), source="a file"
    )
    every = (
        sky([1, 30, 100]),
        sky([2, 9], climate=climate),
        sky([1, 8, 20, 70], climate=climate, clouds=clouds),
    )
    drawn = clear_together(every, start=START, draws=Draws(samples=4000, seed=2))

    for own, clear in zip(every, drawn, strict=True):
        chance, _ = clear_probability(
            own.climate, own.clouds, own.seconds, start=START, month=own.month
        )
        assert np.abs(clear.mean(axis=0) - chance).max() <= 0.5 / 4000.0


def test_clear_lasts_as_long_as_the_memory_says():
    """Both skies clear with the chance of two normal numbers, correlated by exp(−Δt/τ), below 0:
    1/4 + arcsin(ρ)/2π (Sheppard, 1899), within four standard errors and half a step of the grid."""
    (clear,) = clear_together([sky([0, 6, 12, 48])], start=START, draws=MANY)
    both = (clear[:, :1] & clear).mean(axis=0)[1:]
    after = np.exp(-np.array([6.0, 12.0, 48.0]) / 12.0)

    assert both == pytest.approx(0.25 + np.arcsin(after) / (2.0 * np.pi), abs=0.013)


def test_neighbours_share_their_weather():
    """Likewise over a distance d: ρ = exp(−d/L)."""
    away_deg = np.array([0.5, 1.0, 3.0])
    first, *others = clear_together(
        [sky([5]), *(sky([5], east_deg=east) for east in away_deg.tolist())],
        start=START,
        draws=MANY,
    )
    both = [float((first & other).mean()) for other in others]
    alike = np.exp(-away_deg * DEGREE_M / CORRELATION_LENGTH_M)

    assert both == pytest.approx(0.25 + np.arcsin(alike) / (2.0 * np.pi), abs=0.013)
    places = sky_correlation(np.zeros(3), away_deg)
    assert places[0, 1] == pytest.approx(np.exp(-0.5 * DEGREE_M / CORRELATION_LENGTH_M))


def test_one_place_has_one_sky():
    """Two telescopes side by side see the same, whatever is not known of its climate."""
    climate = Climate(clear_fraction=(0.4,), clear_fraction_spread=0.3, source="an example")
    first, second = clear_together(
        [sky([1, 7, 40], climate=climate)] * 2, start=START, draws=Draws(samples=500, seed=1)
    )
    assert (first == second).all()


def test_stations_far_apart_have_nothing_in_common():
    """A quarter of the realisations are clear over both, within four standard errors."""
    first, second = clear_together([sky([3]), sky([3], east_deg=90.0)], start=START, draws=MANY)
    assert float((first & second).mean()) == pytest.approx(0.25, abs=4.0 * 0.433 / np.sqrt(20_000))


def test_a_spread_ties_nights_together():
    """A year up to 0.2 better or worse: nights a month apart are both clear in 1/4 + 0.2²/3."""
    climate = Climate(clear_fraction=(0.5,), clear_fraction_spread=0.2, source="an example")
    (clear,) = clear_together([sky([0, 720], climate=climate)], start=START, draws=MANY)

    assert float(clear.all(axis=1).mean()) == pytest.approx(0.25 + 0.04 / 3.0, abs=0.008)


def test_a_realisation_depends_on_the_seed_alone():
    """Neither other instants nor a station more change it; another seed does."""
    few = Draws(samples=50, seed=3)
    (alone,) = clear_together([sky([4])], start=START, draws=few)
    first, _ = clear_together([sky([4, 60]), sky([9], east_deg=1.0)], start=START, draws=few)
    (other,) = clear_together([sky([4])], start=START, draws=Draws(samples=50, seed=4))

    assert (first[:, 0] == alone[:, 0]).all()
    assert (other != alone).any()


def test_a_sky_is_the_same_whichever_others_there_are():
    """Nor in which order, nor what they remember; what is not known of the climates included."""
    few = Draws(samples=300, seed=8)
    own = sky([4, 31, 200], east_deg=2.0, climate=Climate(clear_fraction=(0.4,), source="own"))
    quick = Climate(clear_fraction=(0.7,), persistence_s=3.0 * HOUR_S, source="another")
    near = sky([9, 31], east_deg=2.1)
    (alone,) = clear_together([own], start=START, draws=few)
    for others in ([near], [near, sky([7], east_deg=50.0, climate=quick)], [sky([1]), near]):
        first = clear_together([own, *others], start=START, draws=few)[0]
        last = clear_together([*others, own], start=START, draws=few)[-1]
        assert (first == alone).all()
        assert (last == alone).all()


def test_where_nobody_tells_the_weather_it_is_clear():
    """And beyond a cloud forecast without a climate."""
    clouds = CloudForecast(
        times=(START, START + timedelta(hours=6)), cover=(1.0, 1.0), source="a file"
    )
    silent = sky([4, 5], climate=None)
    untold, told = clear_together(
        [silent, sky([3, 50], climate=None, clouds=clouds)], start=START, draws=Draws(samples=9)
    )
    assert untold.all()
    assert told.any(axis=0).tolist() == [False, True]
    assert numbers_drawn([silent]) == 0
    assert clear_together([], start=START, draws=Draws(samples=9)) == ()
