"""Time transfer with single photons against published figures, fits and simulation."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.errors import NonPhysicalError
from satqkd.timing.arriving import Arriving
from satqkd.timing.clock_noise import ClockNoise
from satqkd.timing.jitter import JitterBudget, events_needed, precision_s
from satqkd.timing.single_photon_time_transfer import SinglePhotonTiming

near = partial(pytest.approx, rel=1e-6, abs=0.0)
"""These times are far below the absolute tolerance that pytest grants by itself."""

MICIUS = SinglePhotonTiming(
    pulse_rate_hz=100e6,
    jitter=JitterBudget(
        pulse_width_s=0.2e-9, detector_jitter_s=0.45e-9, tdc_jitter_s=0.1e-9, clock_jitter_s=0.1e-9
    ),
    return_rate_hz=10e3,
    return_jitter_s=0.3e-9,
    calibration_error_s=50e-12,
    position_error_m=10.0,
    velocity_error_m_s=0.01,
)


def timed(system, series, rate_hz=9000.0, qber=0.008, **more):
    """Result for a rate that does not change, or one of the series' shape."""
    rates = np.broadcast_to(np.asarray(rate_hz, dtype=np.float64), series.time_s.shape)
    arriving = Arriving(
        transmitted=np.ones(rates.shape), sifted_rate_hz=rates, error_rate_hz=qber * rates
    )
    return system.compare(series, arriving, **more)


def test_published_precision_of_one_way():
    """D-1: 467 ps, 216 events per second, a quarter of a second: 63.55 ps."""
    assert precision_s(467e-12, rate_hz=216.0, time_s=0.25) == pytest.approx(63.55e-12, abs=5e-15)


@pytest.mark.parametrize(
    ("jitter_s", "events", "time_s"), [(0.5e-9, 278, 31e-3), (0.6e-9, 400, 44e-3)]
)
def test_micius_reaches_30_ps_within_50_ms(jitter_s, events, time_s):
    """D-2: the averaging time behind the printed 30 ps at 9 kHz."""
    needed = events_needed(jitter_s, precision_s=30e-12)

    assert round(float(needed)) == events
    assert needed / 9000.0 == pytest.approx(time_s, abs=0.5e-3)  # printed digits
    assert precision_s(jitter_s, rate_hz=9000.0, time_s=needed / 9000.0) == near(30e-12)


def test_jitter_adds_as_squares():
    """By hand: 0.2/2.355, 0.45, 0.1, 0.1 ns, and a gate of 1 ns has 0.2887 ns."""
    assert MICIUS.jitter.sigma_s == near(1e-9 * np.sqrt(0.08493**2 + 0.2025 + 0.02), rel=1e-5)
    assert JitterBudget(gate_s=1e-9).sigma_s == near(0.288675e-9, rel=1e-5)


def test_both_ways_make_half_of_their_noise():
    """Equal ways: 1/√2 of one way's precision; no noise up: half of it."""
    equal = replace(MICIUS, return_rate_hz=9000.0, return_jitter_s=MICIUS.jitter.sigma_s)
    silent = replace(MICIUS, return_jitter_s=0.0)
    one_way = precision_s(MICIUS.jitter.sigma_s, rate_hz=9000.0, time_s=1.0)

    assert np.sqrt(equal.unit_variance_s2(9000.0)) == near(one_way / np.sqrt(2.0))
    assert np.sqrt(silent.unit_variance_s2(9000.0)) == near(0.5 * one_way)


def test_the_averaging_time_gives_the_precision(flown):
    """30 ps two-way at 9 kHz takes 10 ms with a better way back, and the pass's table agrees."""
    needed_s = float(MICIUS.averaging_time_s(9000.0, precision_s=30e-12))
    result = timed(MICIUS, flown(300), averaging_s=[needed_s])

    assert needed_s == pytest.approx(
        9.6e-3, abs=0.05e-3
    )  # (0.474 / 60e-3)² / 9000 + (0.3 / 60e-3)² / 1e4
    assert result.precision_s[0] == near(30e-12)


def test_a_steady_rate_gives_the_closed_forms(flown):
    """Offset σ/√T, and frequency √12 σ/T^{3/2} of a straight line's fit, on any day."""
    result = timed(MICIUS, flown(300, 300))
    sigma = np.sqrt(MICIUS.unit_variance_s2(9000.0))

    assert result.why_not == (None, None)
    assert result.events == near([2.7e6, 2.7e6])
    assert result.data_rate_hz == near([9000.0, 9000.0])
    assert result.statistical_s == near([sigma / np.sqrt(300.0)] * 2)
    # samples of a second instead of a continuum: 1/T² of the second moment
    assert result.frequency_uncertainty == near([np.sqrt(12.0) * sigma / 300.0**1.5] * 2, rel=1e-4)


def test_a_changing_rate_is_weighted_by_what_it_tells(flown):
    """The best line through simulated offsets scatters as told, 20000 passes."""
    series = flown(60)
    rate = 100.0 + 8900.0 * np.exp(-(((series.time_s + 10.0) / 12.0) ** 2))
    result = timed(MICIUS, series, rate)
    sigma = np.sqrt(MICIUS.unit_variance_s2(rate))
    rng = np.random.default_rng(3)
    offsets = rng.normal(0.0, sigma, size=(20000, 60))
    mean = np.average(offsets, axis=1, weights=sigma**-2)
    slopes = np.polyfit(series.time_s, offsets.T, 1, w=1.0 / sigma)[0]

    # 1/√(2·20000) of scatter is half a per cent
    assert np.std(mean) == near(result.statistical_s[0], rel=0.02)
    assert np.std(slopes) == near(result.frequency_uncertainty[0], rel=0.02)


def test_systematic_terms_are_named_and_added(flown):
    """Calibration as stated, half of what the orbit leaves of the asymmetry."""
    result = timed(MICIUS, flown(300, 5))
    edge_s = np.array([149.5, 2.0])
    range_m = np.hypot(8e5, 7e3 * edge_s)
    largest = np.hypot(10.0 * 7e3**2 * edge_s / range_m, 0.01 * range_m) / 299792458.0**2

    assert result.systematic_s["calibration"] == near([50e-12, 50e-12])
    assert result.systematic_s["orbit"] == near(0.5 * largest)
    squares = sum(term**2 for term in result.systematic_s.values())
    assert result.offset_uncertainty_s == near(np.sqrt(result.statistical_s**2 + squares))
    assert result.largest_asymmetry_s[0] == near(7e3**2 * 149.5 / 8.98755e16, rel=1e-5)


def test_clocks_set_a_best_averaging_time(flown):
    """Rubidium, 2e-11 at 1 s: precision worsens again with averaging."""
    clock = ClockNoise(white_frequency_1s=2e-11)
    result = timed(replace(MICIUS, clock=clock), flown(300))
    precision = result.precision_s[0]

    assert precision[0] > precision[1] > precision[2]
    assert precision[2] < precision[3] < precision[4]
    assert precision[4] == near(clock.tdev_s(100.0), rel=0.01)


def test_no_averaging_beyond_the_contact(flown):
    """A pass of 30 s has no precision at 100 s; one that is not used has none at all."""
    series = flown(30, 30)
    series = replace(series, weight_s=np.where(series.owner == 0, series.weight_s, 0.0))
    result = timed(MICIUS, series)

    assert np.isfinite(result.precision_s[0]).tolist() == [True, True, True, True, False]
    assert np.isinf(result.precision_s[1]).all()
    assert result.why_not == (None, "no sifted click")
    assert np.isinf(result.offset_uncertainty_s[1])
    assert result.data_rate_hz[1] == 0.0
    assert result.systematic_s["orbit"][1] == result.largest_asymmetry_s[1] == 0.0


def test_an_eavesdropper_ends_it(flown):
    """25 % of intercept-resend, and 3 % seen on too few clicks."""
    series = flown(300)
    bad = timed(MICIUS, series, qber=0.25)
    few = timed(MICIUS, series, rate_hz=1.0, qber=0.03)

    assert bad.why_not[0].startswith("aborted: QBER 25 % reaches the 11 %")
    assert few.why_not[0].startswith("aborted: 300 clicks cannot show")
    assert np.isinf(bad.offset_uncertainty_s[0])
    assert np.isinf(bad.frequency_uncertainty[0])
    assert bad.qber[0] == near(0.25)


def test_the_bound_holds_as_often_as_it_says():
    """Loosened to one in two, so that it can fail: 20000 draws of a true 30 %."""
    loose = replace(MICIUS, abort_epsilon=0.5)
    seen = np.random.default_rng(8).binomial(500, 0.3, size=20000) / 500.0
    slack = loose.qber_bound(0.3, events=500) - 0.3

    assert slack == near(np.sqrt(np.log(2.0) / 1000.0))
    missed = np.mean(loose.qber_bound(seen, events=500) < 0.3)
    assert 0.05 < missed < 0.5


@given(rate=st.floats(1e-3, 1e9), more=st.floats(1.0, 1e3))
def test_more_clicks_never_make_it_worse(rate, more):
    """Down to the noise of the other way."""
    less, better = MICIUS.unit_variance_s2([rate, rate * more])

    assert better <= less
    assert better >= 0.25 * MICIUS.return_jitter_s**2 / MICIUS.return_rate_hz


def test_nothing_passes_without_passes(flown):
    """Empty arrays of the right shape."""
    result = timed(MICIUS, flown())

    assert len(result) == 0
    assert result.precision_s.shape == (0, 5)
    assert result.why_not == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pulse_rate_hz": 1e9}, "cannot be told apart"),
        ({"return_rate_hz": 0.0}, "return_rate_hz must be above 0"),
        ({"abort_qber": 0.6}, "abort_qber"),
        ({"abort_epsilon": 0.0}, "abort_epsilon must lie between 0 and 1"),
        ({"calibration_error_s": -1.0}, "calibration_error_s"),
    ],
)
def test_impossible_payloads_are_refused(change, message):
    """Naming the field."""
    with pytest.raises(NonPhysicalError, match=message):
        replace(MICIUS, **change)
