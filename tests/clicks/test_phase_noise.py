import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.phase_noise import PhaseReference, interference_error, velocity_offset_hz
from satqkd.errors import NonPhysicalError

SHANGHAI = PhaseReference(
    photon_rate_hz=1e9,
    window_s=200e-6,
    wavelength_m=1550.12e-9,
    linewidth_hz=3.0,
    frequency_residual_hz=10.9,
    drift_rad_s=2100.0,
)


def test_turbulence_rules_the_published_window():
    """2.1 rad/ms over 200 µs wander by 0.42 rad, 0.12 rad about their mean; the rest is small."""
    assert SHANGHAI.drift_variance_rad2() == pytest.approx(0.42**2 / 12.0, rel=0.1)


def test_a_random_walk_is_off_its_mean_by_a_sixth():
    """Drawn walks and straight lines have the variance about their mean that is computed."""
    draw = np.random.default_rng(2)
    steps, tau, width = 400, 200e-6, 300.0
    walk = np.sqrt(4 * np.pi * width * tau / steps) * draw.standard_normal((4000, steps))
    line = 1500.0 * draw.standard_normal((4000, 1)) * np.linspace(0.0, tau, steps)
    phase = walk.cumsum(axis=1) + line
    reference = dataclasses.replace(
        SHANGHAI, linewidth_hz=width, frequency_residual_hz=0.0, drift_rad_s=1500.0
    )
    # 4000 draws: 3 %
    assert phase.var(axis=1).mean() == pytest.approx(
        float(reference.drift_variance_rad2()), rel=0.08
    )


def test_counted_photons_estimate_the_phase_as_well_as_computed():
    """Maximum likelihood from drawn clicks has the variance of the bound, at visibility 0.8."""
    draw = np.random.default_rng(4)
    a, b = 1.0, 0.25
    clicks, trials = 4000, 1500
    step = np.arange(16) * np.pi / 8
    shown = np.full((trials, 16), clicks // 16)
    right = draw.binomial(shown, 0.5 * (1.0 + 0.8 * np.cos(step + 0.3)))
    guess = 0.3 + np.linspace(-0.15, 0.15, 301)
    chance = 0.5 * (1.0 + 0.8 * np.cos(step[:, None] + guess))
    likelihood = right @ np.log(chance) + (shown - right) @ np.log1p(-chance)
    estimate = guess[np.argmax(likelihood, axis=1)]
    reference = dataclasses.replace(
        SHANGHAI, photon_rate_hz=clicks / (200e-6 * 1.25), most_clicks_hz=1e12
    )
    # 1500 trials: 4 %
    assert estimate.var() == pytest.approx(float(reference.counting_variance_rad2(a, b)), rel=0.12)


@given(st.floats(-6, -1), st.floats(0.0, 1e4), st.floats(0.0, 1e4), st.floats(0.0, 0.05))
def test_no_window_beats_the_best(log_light, linewidth, drift, velocity):
    """A window a tenth longer or shorter is not better."""
    light = 10.0**log_light
    reference = dataclasses.replace(
        SHANGHAI, linewidth_hz=linewidth, drift_rad_s=drift, velocity_residual_m_s=velocity
    )
    best = float(reference.best_window_s(light, light))

    def variance(window):
        return dataclasses.replace(reference, window_s=window).variance_rad2(light, light)

    assert variance(best) <= variance(1.1 * best) * (1 + 1e-12)
    assert variance(best) <= variance(0.9 * best) * (1 + 1e-12)


def test_a_still_phase_may_be_watched_for_ever():
    """Without drift the best window is endless."""
    still = PhaseReference(photon_rate_hz=1e9, window_s=1e-3, wavelength_m=1e-6)
    assert still.best_window_s(1e-3, 1e-3) == np.inf


def test_no_light_means_no_phase():
    """A dark arm leaves the phase unknown, in finite numbers."""
    for a, b in ((0.0, 0.0), (1e-3, 0.0)):
        variance = SHANGHAI.variance_rad2(a, b)
        assert np.isfinite(variance)
        assert interference_error(variance, misalignment=0.05) == 0.5


def test_small_errors_add_up():
    """Misalignment and half the phase variance's half add up while small."""
    assert interference_error(0.0, misalignment=0.03) == 0.03
    assert interference_error(0.01, misalignment=0.001) == pytest.approx(0.001 + 0.0025, rel=5e-3)


def test_two_uplinks_beat_at_gigahertz():
    """One station ahead, one behind at 7 km/s each: 9 GHz at 1550 nm."""
    assert velocity_offset_hz(-7e3, 7e3, wavelength_m=1550e-9) == pytest.approx(9.03e9, rel=1e-3)


def test_a_window_of_no_length_is_refused():
    """A reference needs a window and light."""
    with pytest.raises(NonPhysicalError, match="window_s"):
        dataclasses.replace(SHANGHAI, window_s=0.0)
