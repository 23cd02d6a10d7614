"""Numbers of stations: of station and instant alone, and spread as an independent simulation is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy.stats import norm

from satqkd.weather import drawn, realisations
from satqkd.weather.clear_sky import Draws
from satqkd.weather.climate import Climate
from satqkd.weather.cloud_forecast import CloudForecast
from satqkd.weather.drawn import StationNumbers, clear_in

START = datetime(2026, 12, 1, tzinfo=UTC)
HOUR_S, DAY_S = 3600.0, 86_400.0
MEMORY_S = 12.0 * HOUR_S
DRAWS = Draws(samples=50, seed=4)
TIMES_S = np.array([0.3, 20.0, 21.0, 100.0, 3.0, 239.0]) * HOUR_S


def held(draws=DRAWS, end_s=10 * DAY_S):
    return StationNumbers(draws, memories_s=[MEMORY_S], end_s=end_s)


def numbers(source, seconds=TIMES_S, station=2):
    return source.along("clouds", station, seconds, memory_s=MEMORY_S)


def test_held_and_drawn_again_are_the_same_numbers():
    """Bit for bit, in any order of asking, and beyond the window that is held."""
    fresh, looked_up = StationNumbers(DRAWS), held()
    some = np.array([0.3, 300.0]) * HOUR_S

    assert looked_up.holds
    assert not fresh.holds
    assert (numbers(fresh) == numbers(looked_up)).all()
    assert (numbers(looked_up)[:, ::-1] == numbers(looked_up, TIMES_S[::-1])).all()
    assert (numbers(looked_up, some) == numbers(fresh, some)).all()


def test_what_does_not_fit_is_not_held(monkeypatch):
    """Memory is bounded, and the numbers do not change."""
    inside = numbers(held())
    monkeypatch.setattr(drawn, "HELD_BYTES", 1000)

    assert not held().holds
    assert (numbers(held()) == inside).all()


def test_a_longer_walk_or_shorter_steps_of_work_change_nothing(monkeypatch):
    """How many numbers are drawn at once is no part of them."""
    inside = numbers(held())
    monkeypatch.setattr(realisations, "NUMBERS_AT_ONCE", 3 * DRAWS.samples)

    assert (numbers(held(end_s=40 * DAY_S)) == inside).all()


def test_stations_and_seeds_differ():
    """Each has numbers of its own."""
    assert (numbers(held()) != numbers(held(), station=3)).all()
    assert (numbers(held()) != numbers(held(Draws(samples=50, seed=5)))).all()


def simulated(rng, hours, chance, spread, samples):
    """Skies by another way: an exact Ornstein-Uhlenbeck step from instant to instant."""
    off = rng.uniform(-1.0, 1.0, samples)
    z = rng.standard_normal(samples)
    skies = []
    for number, hour in enumerate(hours):
        if number:
            keep = np.exp(-(hour - hours[number - 1]) * HOUR_S / MEMORY_S)
            z = keep * z + np.sqrt(1.0 - keep**2) * rng.standard_normal(samples)
        skies.append(z < norm.ppf(chance[number] + spread[number] * off))
    return np.stack(skies, axis=1)


@pytest.mark.parametrize("clouds", [False, True], ids=["climate", "with a cloud forecast"])
def test_skies_are_as_an_independent_simulation_has_them(clouds):
    """Chance by month, persistence, and the fade of a forecast: to four standard errors."""
    climate = Climate(
        clear_fraction=(0.8, *[0.5] * 10, 0.3),
        clear_fraction_spread=0.1, persistence_s=MEMORY_S, source="a test",
    )  # fmt: skip
    hours = np.array([1.0, 7.0, 30.0, 31 * 24.0 + 2.0])  # points of the grid, half an hour apart
    chance, spread = np.array([0.3, 0.3, 0.3, 0.8]), np.full(4, 0.1)
    told = None
    if clouds:
        times = tuple(START + timedelta(hours=hour) for hour in (0, 6, 12))
        told = CloudForecast(times=times, cover=(0.0, 0.6, 0.2), source="a test")
        kept = np.exp(-np.array([0.0, 0.0, 18.0, 31 * 24.0 + 2.0 - 12.0]) * HOUR_S / MEMORY_S)
        forecast = np.array([0.9, 0.4 + 0.4 / 6.0, 0.8, 0.8])  # clear, by hand
        chance, spread = kept * forecast + (1.0 - kept) * chance, (1.0 - kept) * spread
    samples = 40_000
    ours = clear_in(
        climate, told, hours * HOUR_S, start=START, month=np.array([12, 12, 12, 1]), station=0,
        numbers=StationNumbers(Draws(samples=samples, seed=8)),
    )  # fmt: skip
    theirs = simulated(np.random.default_rng(99), hours, chance, spread, samples)

    assert ours.mean(axis=0) == pytest.approx(chance, abs=4.0 * np.sqrt(0.25 / samples))
    for first in range(4):
        for second in range(first):
            both = [(sky[:, first] & sky[:, second]).mean() for sky in (ours, theirs)]
            assert both[0] == pytest.approx(both[1], abs=4.0 * np.sqrt(0.5 / samples))
