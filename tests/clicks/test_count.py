from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.clicks.count import click_rates, integrate_counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.gains import background_probability, error_gain, gain
from satqkd.clicks.source import DecoySource

SOURCE = DecoySource(
    pulse_rate_hz=1e8,
    intensities=(0.8, 0.1, 0.0),
    probabilities=(0.5, 0.25, 0.25),
    p_key_basis=0.6,
    intrinsic_error=0.01,
)
DETECTOR = Detector(efficiency=0.5, dark_rate_hz=25.0, gate_s=2e-9, p_key_basis=0.7)


def count(transmittance, weight_s, starts, background_rate_hz=0.0):
    eta = np.asarray(transmittance, dtype=float)
    rates = click_rates(
        eta,
        background_rate_hz=np.full(eta.shape, background_rate_hz),
        source=SOURCE,
        detector=DETECTOR,
    )
    return integrate_counts(
        rates,
        weight_s=np.asarray(weight_s, dtype=float),
        starts=np.asarray(starts),
        source=SOURCE,
        detector=DETECTOR,
    )


def test_a_steady_second_is_rate_times_gain():
    """Clicks are pulses, sending probability, basis match and gain multiplied."""
    counts = count([1e-3], [1.0], [0, 1])
    stray = background_probability(
        dark_rate_hz=25.0, background_rate_hz=0.0, gate_s=2e-9, detectors=4
    )
    mu = np.array(SOURCE.intensities)
    sent = 1e8 * np.array(SOURCE.probabilities)

    assert counts.pulses == pytest.approx([1e8])
    assert counts.key_clicks[0] == pytest.approx(
        0.6 * 0.7 * sent * gain(5e-4, intensity=mu, background_probability=stray), rel=1e-14
    )
    assert counts.check_errors[0] == pytest.approx(
        0.4
        * 0.3
        * sent
        * error_gain(5e-4, intensity=mu, background_probability=stray, intrinsic_error=0.01),
        rel=1e-14,
    )


def test_gain_is_averaged_not_transmittance():
    """A bright and a dark half click less than a pass of the mean transmittance."""
    uneven = count([0.9, 0.1], [1.0, 1.0], [0, 2])
    even = count([0.5, 0.5], [1.0, 1.0], [0, 2])
    halves = count([0.9, 0.1], [1.0, 1.0], [0, 1, 2])

    assert uneven.key_clicks[0, 0] < 0.98 * even.key_clicks[0, 0]
    assert uneven.key_clicks[0] == pytest.approx(halves.key_clicks.sum(axis=0), rel=1e-14)


def test_samples_of_no_weight_count_nothing():
    """A pass in daylight sends no pulses and keeps its row."""
    counts = count([1e-3, 1e-3, 1e-3], [0.0, 0.0, 1.0], [0, 2, 3])

    assert counts.pulses.tolist() == [0.0, 1e8]
    assert counts.key_clicks[0].tolist() == [0.0, 0.0, 0.0]
    assert counts.qber[0] == 0.0


def test_offsets_may_come_from_a_longer_series():
    """The passes of one link are counted from the slice that holds them."""
    eta, weight = np.linspace(1e-4, 1e-3, 9), np.ones(9)
    whole = count(eta, weight, [0, 2, 5, 9])
    part = count(eta[2:], weight[2:], [2, 5, 9])

    assert np.array_equal(part.key_errors, whole.key_errors[1:])


def test_no_pass_and_an_empty_pass_are_counted_as_such():
    """Nothing in, nothing out, and no neighbour's clicks."""
    assert len(count([], [], [0])) == 0
    assert count([1e-3], [1.0], [0, 0, 1, 1]).pulses.tolist() == [0.0, 1e8, 0.0]


def test_stray_light_raises_clicks_of_empty_pulses():
    """Background enters every intensity alike."""
    dark, bright = (count([0.0], [1.0], [0, 1], background_rate_hz=r) for r in (0.0, 75.0))

    # Clicks exclude each other at some 1e-7.
    assert bright.key_clicks == pytest.approx(4.0 * dark.key_clicks, rel=1e-6)
    assert bright.qber == pytest.approx([0.5])


def test_rates_and_counts_are_one_calculation():
    """A steady second counts what the rates say, light and background apart."""
    rates = click_rates(
        np.array([1e-3]),
        background_rate_hz=np.array([100.0]),
        source=SOURCE,
        detector=replace(DETECTOR, dark_rate_hz=0.0),
    )

    assert rates.background_rate_hz == pytest.approx([1e8 * 4 * 100.0 * 2e-9], rel=1e-6)
    light = 1e8 * (0.5 * -np.expm1(-0.8 * 5e-4) + 0.25 * -np.expm1(-0.1 * 5e-4))
    assert rates.click_rate_hz - rates.background_rate_hz == pytest.approx([light], rel=1e-5)
    assert 0.01 < rates.qber[0] < 0.02
