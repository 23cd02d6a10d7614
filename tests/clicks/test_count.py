from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.count import SAMPLES_AT_ONCE, click_rates, integrate_counts
from satqkd.clicks.detector import Detector
from satqkd.clicks.fading import fading_nodes
from satqkd.clicks.gains import background_probability, error_gain, gain
from satqkd.clicks.source import DecoySource
from satqkd.clicks.timing_gate import gate_share, neighbour_share

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


def rates_of(transmittance, *, source=SOURCE, detector=DETECTOR, background_rate_hz=50.0, **given):
    return click_rates(
        np.atleast_1d(np.asarray(transmittance, dtype=float)),
        background_rate_hz=background_rate_hz,
        source=source,
        detector=detector,
        **given,
    )


def test_a_series_is_worked_on_in_pieces_without_a_seam():
    """A sample's clicks do not depend on where in the series it stands."""
    eta = np.geomspace(1e-5, 1e-2, 2 * SAMPLES_AT_ONCE + 7)
    detector = replace(DETECTOR, dead_time_s=1e-6, jitter_s=3e-10)
    variance = np.linspace(0.0, 0.5, eta.size)
    whole = rates_of(eta, detector=detector, variance=variance)
    for at in (0, SAMPLES_AT_ONCE - 1, SAMPLES_AT_ONCE, eta.size - 1):
        alone = rates_of(eta[at], detector=detector, variance=variance[at])
        # An array's functions may round its last digits otherwise than a number's.
        assert whole.error[:, at] == pytest.approx(alone.error[:, 0], rel=1e-14)
        assert whole.live[at] == pytest.approx(alone.live[0], rel=1e-14)


def test_plain_detectors_are_always_live():
    """Without a dead time, after-pulses or jitter the simple gains are left as they are."""
    rates = rates_of(1e-3, background_rate_hz=0.0)
    stray = background_probability(
        dark_rate_hz=25.0, background_rate_hz=0.0, gate_s=2e-9, detectors=4
    )

    assert rates.live.tolist() == [1.0]
    for k, mu in enumerate(SOURCE.intensities):
        at = {"intensity": mu, "background_probability": stray}
        assert rates.click[k, 0] == gain(5e-4, **at)
        assert rates.error[k, 0] == error_gain(5e-4, **at, intrinsic_error=0.01)


def test_dead_time_takes_signal_and_background_alike():
    """Four detectors, each of 16 pixels, share what arrives inside the gates and outside."""
    detector = replace(DETECTOR, dead_time_s=1e-6, pixels=16, dark_rate_hz=1e5)
    ready, dead = (
        rates_of(0.2, detector=replace(detector, dead_time_s=0.0)),
        rates_of(0.2, detector=detector),
    )
    pulse = sum(
        p * -np.expm1(-0.1 * mu / 64)
        for p, mu in zip(SOURCE.probabilities, SOURCE.intensities, strict=True)
    )
    live = 1.0 / (1.0 + 100 * pulse + (1e5 + 50.0) / 16 * 1e-6)

    assert dead.live == pytest.approx([live], rel=1e-12)
    assert dead.click == pytest.approx(live * ready.click, rel=1e-12)
    assert dead.error == pytest.approx(live * ready.error, rel=1e-12)
    assert dead.background == pytest.approx(live * ready.background, rel=1e-12)
    assert dead.qber == pytest.approx(ready.qber, rel=1e-12)


def test_jitter_loses_light_and_lets_the_neighbours_in():
    """Light outside the gate is gone; a neighbour's is wrong half of the time."""
    at = {"gate_s": 2e-9, "sigma_s": 4e-9, "period_s": 10e-9}
    inside, beside = gate_share(**at), neighbour_share(**at)
    rates = rates_of(
        1e-6,
        detector=replace(DETECTOR, dark_rate_hz=0.0, jitter_s=4e-9),
        background_rate_hz=0.0,
    )
    mean = 0.5 * 0.8 + 0.25 * 0.1

    # Two photons, or one of each kind, in a gate are left out: 1e-6.
    assert rates.click[:, 0] == pytest.approx(
        5e-7 * (np.array(SOURCE.intensities) * inside + mean * beside), rel=1e-6
    )
    assert rates.error[2, 0] == pytest.approx(0.5 * rates.click[2, 0], rel=1e-12)
    assert rates.background.tolist() == [0.0]


def test_width_and_synchronisation_are_jitter():
    """Who blurs the time does not matter."""
    detector = rates_of(1e-3, detector=replace(DETECTOR, jitter_s=1e-9))
    clocks = rates_of(1e-3, detector=replace(DETECTOR, sync_jitter_s=1e-9))
    source = rates_of(1e-3, source=replace(SOURCE, pulse_width_s=1e-9 * np.sqrt(8 * np.log(2))))

    assert clocks.click == pytest.approx(detector.click, rel=1e-14)
    assert source.click == pytest.approx(detector.click, rel=1e-14)


def test_fading_is_an_average_of_clicks():
    """Clicks of the mean transmittance and its variance are the mean over the nodes."""
    nodes = fading_nodes(0.1, pointing_exponent=4.34)
    variance = nodes.weight @ (nodes.factor - 1.0) ** 2
    faded = rates_of(0.05, variance=variance)
    each = rates_of(0.05 * nodes.factor)

    # The third moment is left out: 1e-5 at 0.02 photons a pulse.
    assert faded.click[:, 0] == pytest.approx(each.click @ nodes.weight, rel=1e-5)
    assert faded.error[:, 0] == pytest.approx(each.error @ nodes.weight, rel=1e-5)


def test_an_unsteady_source_fades_as_air_does():
    """Intensity errors multiply with the fading."""
    unsteady = rates_of(0.5, source=replace(SOURCE, intensity_error=0.2), variance=0.1)

    assert unsteady.click == pytest.approx(
        rates_of(0.5, variance=1.1 * 1.04 - 1.0).click, rel=1e-14
    )


detectors = st.builds(
    Detector,
    efficiency=st.floats(0.01, 1.0),
    dark_rate_hz=st.floats(0.0, 1e7),
    gate_s=st.floats(1e-10, 1e-8),
    detectors=st.integers(1, 4),
    dead_time_s=st.floats(0.0, 1e-6),
    dead_time_kind=st.sampled_from(["non-paralysable", "paralysable"]),
    afterpulse_probability=st.floats(0.0, 0.2),
    pixels=st.integers(1, 32),
    jitter_s=st.floats(0.0, 1e-8),
)
etas = st.floats(1e-12, 1.0)
signals = st.fixed_dictionaries({"variance": st.floats(0.0, 1.0)})


def signal(rates):
    """Clicks of the brightest pulses that empty ones do not have."""
    return float(rates.click[0, 0] - rates.click[2, 0])


def no_more(less, more):
    """Whether a number is at most another, but for the digits a difference has lost."""
    return less <= more * (1 + 1e-9) + 1e-15


@given(etas, detectors, signals, st.floats(0.0, 1e9))
def test_qber_is_at_most_chance(eta, detector, fading, stray_hz):
    """Every click is wrong at most half of the time, and is a probability."""
    rates = rates_of(eta, detector=detector, background_rate_hz=stray_hz, **fading)

    assert (rates.error <= 0.5 * rates.click).all()
    assert (rates.click <= 1.0).all()
    assert 0.0 <= rates.qber[0] <= 0.5


@given(st.floats(1e-12, 0.1), st.floats(1e-12, 0.1), detectors, signals)
def test_loss_never_gives_clicks(one, other, detector, fading):
    """Detectors that cannot be paralysed click less behind more loss, but for blinding light."""
    detector = replace(detector, dead_time_kind="non-paralysable")
    far, near = (
        rates_of(eta, detector=detector, **fading).click_rate_hz[0] for eta in sorted([one, other])
    )

    assert no_more(far, near)


@given(
    etas,
    detectors,
    signals,
    st.sampled_from(["dead_time_s", "jitter_s", "dark_rate_hz", "sync_jitter_s"]),
    st.floats(1e-12, 1e-6),
)
def test_no_imperfection_gives_signal(eta, detector, fading, name, more):
    """Dead time, jitter and noise only take signal away."""
    more = more * 1e14 if name == "dark_rate_hz" else more
    worse = replace(detector, **{name: getattr(detector, name) + more})

    assert no_more(
        signal(rates_of(eta, detector=worse, **fading)),
        signal(rates_of(eta, detector=detector, **fading)),
    )
