"""Random waves over the Earth against the correlations that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from satqkd.weather.clear_sky import Draws
from satqkd.weather.skies import sky_correlation
from satqkd.weather.waves import SLOWEST_S, WAVES, Waves, phases_at, wave_vectors

MANY = Draws(samples=40_000, seed=11)
HOUR_S = 3600.0


def at(waves, hours, latitude_deg=0.0, longitude_deg=0.0):
    waves.go_to(round(hours * HOUR_S / waves.step_s))
    return waves.seen(phases_at(latitude_deg, longitude_deg))


def alike(one, other):
    return float(np.mean(one * other))


@pytest.mark.parametrize("memory_h", [12.0, 5.0, 30.0])
def test_a_number_is_standard_normal(memory_h):
    """Kolmogorov and Smirnov's distance of 40,000 numbers is below 1.63 / 200 in 99 % of draws."""
    waves = Waves(MANY, "a test", memory_h * HOUR_S)
    for hours in (0.0, 40.0):
        assert kstest(at(waves, hours, 47.0, 15.0), "norm").statistic < 1.63 / 200.0


def test_vectors_have_the_correlation_of_the_model_between_any_two_places():
    """The mean of all vectors, no draw: e^(−d/L) with d along the Earth, to 0.006 anywhere."""
    rng = np.random.default_rng(4)
    for distance_km in (0.1, 3.0, 30.0, 100.0, 225.0, 500.0, 1000.0, 3000.0):
        latitude, longitude = rng.uniform(-70.0, 70.0), rng.uniform(-180.0, 180.0)
        north = latitude + np.degrees(distance_km / 6378.137)
        one, other = phases_at(latitude, longitude), phases_at(north, longitude)
        model = sky_correlation(np.array([latitude, north]), np.array([longitude] * 2))[0, 1]
        assert float((one * other.conj()).real.mean()) == pytest.approx(model, abs=0.006)
    assert wave_vectors().shape == (3, 1 << 15)


@pytest.mark.parametrize("memory_h", [12.0, 6.0, 5.0, 30.0, 1.5])
def test_numbers_forget_with_their_memory(memory_h):
    """e^(−Δt/τ), within four standard errors; of the grid's rounding there is none here."""
    waves = Waves(MANY, "a test", memory_h * HOUR_S)
    first = at(waves, 6.0)
    for hours in (1.5, 6.0, 24.0):
        found = alike(first, at(waves, 6.0 + hours))
        assert found == pytest.approx(np.exp(-hours / memory_h), abs=4.5 / np.sqrt(MANY.samples))


def test_places_with_other_memories_still_share_their_weather():
    """As many waves are the same as the ratio of their rates says."""
    half, whole = (Waves(MANY, "a test", hours * HOUR_S) for hours in (6.0, 12.0))
    found = alike(at(half, 100.0), at(whole, 100.0))

    assert found == pytest.approx(0.5, abs=4.5 / np.sqrt(MANY.samples))


def test_far_places_are_uncorrelated_and_nearly_independent():
    """In the square of the correlation of a realisation 1/(2 K) is left: of two squares too."""
    waves = Waves(MANY, "a test", SLOWEST_S)
    one, other = at(waves, 3.0, 10.0), at(waves, 3.0, 10.0, 120.0)

    assert alike(one, other) == pytest.approx(0.0, abs=4.5 / np.sqrt(MANY.samples))
    left = alike(one**2 - 1.0, other**2 - 1.0)
    assert left == pytest.approx(2.0 / (2.0 * WAVES), abs=10.0 / np.sqrt(MANY.samples))


def test_a_number_does_not_depend_on_what_was_looked_at_before():
    few = Draws(samples=64, seed=2)
    straight, often = (Waves(few, "a test", 5.0 * HOUR_S) for _ in range(2))
    for hours in (0.0, 1.0, 1.0, 7.3, 30.0):
        at(often, hours, 50.0, 7.0)

    assert (at(straight, 77.0) == at(often, 77.0)).all()
    assert (at(Waves(Draws(samples=64, seed=3), "a test", 5.0 * HOUR_S), 77.0) != 0.0).all()
