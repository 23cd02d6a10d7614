"""Allan deviations against their double sums, hand formulas and simulated noise."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import fftconvolve

from satqkd.errors import NonPhysicalError
from satqkd.timing.stability import (
    allan_deviation,
    mdev_from_tdev,
    modified_allan_deviation,
    octaves,
    tdev_from_mdev,
    time_deviation_s,
    white_phase_adev,
    white_phase_tdev_s,
)

near = partial(pytest.approx, rel=1e-6, abs=0.0)
"""These times are far below the absolute tolerance that pytest grants by itself."""

NOISES = {2: -1.0, 1: -1.0, 0: -0.5, -1: 0.0, -2: 0.5}
"""Exponent of the spectrum of frequency, and the slope of the Allan deviation."""


def power_law(exponent, *, rows, length, rng):
    """Time errors whose frequency has the spectrum f^exponent (N. J. Kasdin, 1995)."""
    order = 0.5 * (2 - exponent)
    k = np.arange(1, length)
    response = np.concatenate([[1.0], np.cumprod((k - 1.0 + order) / k)])
    white = rng.normal(size=(rows, length))
    return fftconvolve(white, response[None, :], axes=1)[:, :length]


def test_published_deviations_convert():
    """D-5 and D-7: 3e-19 and 4e-19 at 1e4 s are 1.7 and 2.3 fs, 1e-18 at 8000 s is 4.6 fs."""
    tdev_fs = 1e15 * tdev_from_mdev([3e-19, 4e-19, 1e-18], tau_s=[1e4, 1e4, 8e3])

    assert tdev_fs == pytest.approx([1.732, 2.309, 4.619], abs=5e-4)  # printed digits
    assert mdev_from_tdev(1e-15 * tdev_fs, tau_s=[1e4, 1e4, 8e3]) == near([3e-19, 4e-19, 1e-18])


def test_the_estimators_are_their_double_sums(reference):
    """Sums with 40 digits over 40 time errors; 1e-12 is the rounding of a running sum."""
    series = np.array(reference["series"])
    for name, estimate in (("allan", allan_deviation), ("modified", modified_allan_deviation)):
        factors, deviations = np.array(reference[name]).T
        found = estimate(series, interval_s=1.0, averaging=factors)
        assert found == near(deviations, rel=1e-12)


def test_the_interval_is_the_unit_of_time(reference):
    """A tenth of the interval makes deviations ten times larger, and time deviations the same."""
    series = np.array(reference["series"])
    for estimate, factor in (
        (allan_deviation, 10.0),
        (modified_allan_deviation, 10.0),
        (time_deviation_s, 1.0),
    ):
        slow = estimate(series, interval_s=1.0, averaging=[1, 3, 7])
        fast = estimate(series, interval_s=0.1, averaging=[1, 3, 7])
        assert fast == near(factor * slow)


def test_both_deviations_are_one_without_averaging(reference):
    """By definition, at m = 1."""
    series = np.array(reference["series"])
    one = modified_allan_deviation(series, interval_s=2.0, averaging=1)

    assert one == near(allan_deviation(series, interval_s=2.0, averaging=1))


@pytest.mark.parametrize(("exponent", "slope"), NOISES.items())
def test_power_laws_have_their_slopes(exponent, slope):
    """Simulated noise: ADEV tells five kinds apart but for the two of phase, MDEV those too."""
    rng = np.random.default_rng(20261123)
    x = power_law(exponent, rows=48, length=4096, rng=rng)
    factors = np.array([8, 128])

    def fitted(estimate):
        variance = np.mean(estimate(x, interval_s=1.0, averaging=factors) ** 2, axis=0)
        return 0.5 * np.log(variance[1] / variance[0]) / np.log(16.0)

    # 48 x 10 independent intervals at m = 128 scatter the slope by 0.01; a flicker of phase is
    # a logarithm off its power law
    assert fitted(allan_deviation) == pytest.approx(slope, abs=0.03 if exponent != 1 else 0.12)
    smooth = {2: -1.5, 1: -1.0}.get(exponent, slope)
    assert fitted(modified_allan_deviation) == pytest.approx(smooth, abs=0.05)


def test_white_phase_noise_has_its_hand_formulas():
    """ADEV √3 σ/τ and TDEV σ √(τ0/τ), simulated with σ = 3 at τ0 = 0.5 s."""
    rng = np.random.default_rng(5)
    x = rng.normal(0.0, 3.0, size=(64, 2048))
    factors = np.array([1, 4, 16])
    tau_s = 0.5 * factors
    plain = np.sqrt(np.mean(allan_deviation(x, interval_s=0.5, averaging=factors) ** 2, axis=0))
    timed = np.sqrt(np.mean(time_deviation_s(x, interval_s=0.5, averaging=factors) ** 2, axis=0))

    # 64 x 2048 / 16 / 3 intervals at the longest: 1 % of scatter
    assert plain == near(white_phase_adev(3.0, tau_s=tau_s), rel=0.02)
    assert timed == near(white_phase_tdev_s(3.0, update_s=0.5, tau_s=tau_s), rel=0.03)


@given(offset=st.floats(-1.0, 1.0), rate=st.floats(-1e-3, 1e-3), seed=st.integers(0, 2**32 - 1))
def test_neither_offset_nor_rate_matters(offset, rate, seed):
    """Second differences drop straight lines."""
    x = np.random.default_rng(seed).normal(size=64)
    line = offset + rate * np.arange(64.0)
    for estimate in (allan_deviation, modified_allan_deviation):
        found = estimate(x + line, interval_s=1.0, averaging=[1, 5, 21])
        assert found == near(estimate(x, interval_s=1.0, averaging=[1, 5, 21]))


def test_series_are_worked_on_together():
    """The last axis is the series, all others stay."""
    x = np.random.default_rng(1).normal(size=(2, 3, 50))
    found = time_deviation_s(x, interval_s=1.0, averaging=[1, 2, 16])

    assert found.shape == (2, 3, 3)
    assert found[1, 2] == near(time_deviation_s(x[1, 2], interval_s=1.0, averaging=[1, 2, 16]))


@pytest.mark.parametrize(("intervals", "estimate"), [(2, allan_deviation), (3, time_deviation_s)])
@pytest.mark.parametrize("samples", [0, 2, 3, 4, 9, 64, 65])
def test_octaves_are_those_that_fit(samples, intervals, estimate):
    """One factor beyond the last is refused, with the limit in the message."""
    x = np.zeros(samples)
    factors = octaves(samples, intervals=intervals)

    assert estimate(x, interval_s=1.0, averaging=factors).shape == factors.shape
    beyond = 1 if factors.size == 0 else 2 * int(factors[-1])
    with pytest.raises(NonPhysicalError, match="give a longer series"):
        estimate(x, interval_s=1.0, averaging=[beyond])
