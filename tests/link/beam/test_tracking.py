"""Errors of following a satellite, from lag to old elements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from satqkd.errors import NonPhysicalError
from satqkd.link.beam.tracking import (
    Tracking,
    acquisition_probability,
    equivalent_bias_rad,
    point_ahead_rad,
)
from satqkd.link.scene import Scene

SAMPLES = 5
HALF = 5e-6


@pytest.fixture
def scene():
    """A satellite at 500 km that crosses the zenith at 7.5 km/s, 10 ms early or late."""
    same = np.ones(SAMPLES)
    return Scene(
        range_m=500e3 * same,
        elevation_deg=90.0 * same,
        angular_rate_rad_s=7500.0 / 500e3 * same,
        sun_elevation_deg=-30.0 * same,
        moon_elevation_deg=-30.0 * same,
        sun_separation_deg=90.0 * same,
        moon_separation_deg=90.0 * same,
        moon_phase_deg=90.0 * same,
        sunlit=0.0 * same,
        month=np.full(SAMPLES, 1),
        timing_error_s=10e-3 * same,
        site_height_m=0.0,
    )


def test_the_default_follows_without_error(scene):
    """No bias, always found."""
    tracking = Tracking()

    assert tracking.perfect
    assert (tracking.extra_bias_rad(scene, half_angle_rad=HALF) == 0.0).all()
    assert (tracking.acquisition_probability(scene) == 1.0).all()


def test_point_ahead_of_a_low_satellite_is_fifty_microradians(scene):
    """2 · 7.5 km/s over the speed of light; a tenth of it left makes 5 µrad."""
    assert point_ahead_rad(scene) == pytest.approx(50e-6, rel=1e-3)  # 50.03
    left = Tracking(point_ahead_error=0.1).extra_bias_rad(scene, half_angle_rad=HALF)
    assert left == pytest.approx(5e-6, rel=1e-3)


def test_lag_is_the_turn_of_the_line_of_sight(scene):
    """A tenth of a millisecond at 15 mrad/s."""
    lag = Tracking(lag_s=1e-4).extra_bias_rad(scene, half_angle_rad=HALF)

    assert lag == pytest.approx(1.5e-6)


@pytest.mark.parametrize("spread", [0.0, 1e-6, 5e-6, 150e-6])
@pytest.mark.parametrize("bias", [0.0, 3e-6])
@pytest.mark.parametrize("jitter", [0.0, 2e-6])
def test_the_bias_loses_what_the_uncertain_place_loses(spread, bias, jitter):
    """Mean of the widened beam's profile over a Gaussian along the track, by quadrature."""
    width2 = HALF**2 + 4.0 * jitter**2
    ours = equivalent_bias_rad(bias, along_track_rad=spread, half_angle_rad=HALF, jitter_rad=jitter)
    reach = min(12.0, 12.0 * np.sqrt(width2) / max(spread, 1e-12))
    middle = -bias / max(spread, 1e-12)

    def kept(x):
        place = bias + spread * x
        return np.exp(-2.0 * place**2 / width2 - 0.5 * x**2) / np.sqrt(2.0 * np.pi)

    low, high = (-12.0, 12.0) if spread <= 5e-6 else (middle - reach, middle + reach)
    mean, _ = quad(kept, low, high, epsabs=1e-14, limit=200)
    assert np.exp(-2.0 * ours**2 / width2) == pytest.approx(mean, rel=1e-7)


def test_a_receiver_that_never_fades_has_the_plain_error():
    """An infinite half angle: the uncertainty is its own root mean square."""
    off = equivalent_bias_rad(3.0, along_track_rad=4.0, half_angle_rad=np.inf)

    assert off == pytest.approx(5.0)


def test_open_loop_old_elements_lose_the_link_but_not_all_of_it(scene):
    """150 µrad of uncertainty on a 5 µrad beam: 17.8 dB on average, not thousands."""
    bias = Tracking(open_loop=True).extra_bias_rad(scene, half_angle_rad=HALF)
    loss = 20.0 * (bias / HALF) ** 2 / np.log(10.0)

    assert loss == pytest.approx(5.0 * np.log10(1.0 + 4.0 * 30.0**2))


def test_a_wide_field_finds_the_satellite(scene):
    """±150 µrad is one sigma; a field of a milliradian is 3.3."""
    narrow = Tracking(acquisition_field_rad=300e-6).acquisition_probability(scene)
    wide = Tracking(acquisition_field_rad=1e-3).acquisition_probability(scene)

    assert narrow == pytest.approx(0.6827, abs=1e-4)
    assert wide == pytest.approx(0.99914, abs=1e-5)
    assert acquisition_probability(0.0, field_rad=1e-6) == 1.0


@given(spread=st.floats(0.0, 1e-3), more=st.floats(0.0, 1e-3), bias=st.floats(0.0, 1e-5))
def test_worse_elements_never_point_or_find_better(spread, more, bias):
    """Without a known error the bias grows, and the chance of finding always falls."""
    place = np.array([spread, spread + more])
    found = acquisition_probability(place, field_rad=1e-4)
    off = equivalent_bias_rad(0.0, along_track_rad=place, half_angle_rad=HALF)

    assert found[1] <= found[0]
    assert off[1] >= off[0]
    assert equivalent_bias_rad(bias, along_track_rad=0.0, half_angle_rad=HALF) == pytest.approx(
        bias
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("lag_s", -1.0), ("point_ahead_error", 1.5), ("acquisition_field_rad", 0.0)],
)
def test_impossible_trackings_are_refused(field, value):
    """Each by its field's name."""
    with pytest.raises(NonPhysicalError, match=field):
        Tracking(**{field: value})
