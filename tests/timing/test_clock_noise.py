"""Clocks of several kinds of noise against integrals and simulation."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.timing.clock_noise import FLICKER_FREQUENCY_RATIO, RANDOM_WALK_RATIO, ClockNoise
from satqkd.timing.stability import allan_deviation, time_deviation_s

near = partial(pytest.approx, rel=1e-6, abs=0.0)
"""These times are far below the absolute tolerance that pytest grants by itself."""

TAU_S = np.array([1.0, 10.0, 1000.0])


def test_modified_variances_are_their_integrals(reference):
    """Over the spectrum with sin⁴ and sin⁶, whose tail is cut off with 1e-10 left."""
    known = [0.5, FLICKER_FREQUENCY_RATIO, RANDOM_WALK_RATIO]

    assert known == near([ratio for _, ratio in reference["ratios"]], rel=1e-6)


def test_a_simulated_clock_has_its_deviations():
    """White frequency noise, 2e-11 at 1 s, and a drift beside it."""
    rng = np.random.default_rng(11)
    x = np.cumsum(rng.normal(0.0, 2e-11, size=(64, 4096)), axis=1)
    clock = ClockNoise(white_frequency_1s=2e-11)
    factors = np.array([16, 64])
    plain = np.sqrt(np.mean(allan_deviation(x, interval_s=1.0, averaging=factors) ** 2, axis=0))
    timed = np.sqrt(np.mean(time_deviation_s(x, interval_s=1.0, averaging=factors) ** 2, axis=0))

    assert plain == near(clock.adev(factors), rel=0.03)  # scatter of the simulation
    assert timed == near(clock.tdev_s(factors), rel=0.03)


def test_drift_is_a_parabola_of_time():
    """Its second difference is D τ², so that ADEV = D τ / √2."""
    t = np.arange(200.0)
    x = 0.5 * (1e-11 / 86400.0) * t**2
    clock = ClockNoise(drift_per_day=1e-11)

    assert allan_deviation(x, interval_s=1.0, averaging=[50]) == near(clock.adev([50.0]))
    assert time_deviation_s(x, interval_s=1.0, averaging=[50]) == near(clock.tdev_s([50.0]))


def test_noises_add_as_variances():
    """A clock of all kinds."""
    parts = {
        "white_frequency_1s": 3e-12,
        "flicker_frequency": 1e-13,
        "random_walk_1s": 2e-15,
        "drift_per_day": 1e-10,
    }
    alone = [ClockNoise(**{name: value}).mdev(TAU_S) for name, value in parts.items()]

    assert ClockNoise(**parts).mdev(TAU_S) == near(np.sqrt(np.sum(np.square(alone), 0)))


def test_a_perfect_clock_adds_nothing():
    """As when nobody says anything about it."""
    assert not np.any(ClockNoise().tdev_s(TAU_S))


def test_negative_noise_is_refused():
    """Naming the part."""
    with pytest.raises(NonPhysicalError, match="flicker_frequency"):
        ClockNoise(flicker_frequency=-1e-13)
