from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.clicks.hong_ou_mandel import interference_error, mode_overlap, visibility
from satqkd.clicks.mdi_clicks import x_basis
from satqkd.clicks.timing_gate import FWHM_PER_SIGMA

WIDTH = 300e-12


def amplitude(time, *, at=0.0, detuning=0.0):
    """Gaussian pulse whose power has a full width at half maximum of WIDTH."""
    sigma = WIDTH / FWHM_PER_SIGMA
    return np.exp(-((time - at) ** 2) / (4 * sigma**2) + 2j * np.pi * detuning * time)


@pytest.mark.parametrize(
    ("late", "apart"), [(0.0, 0.0), (100e-12, 0.0), (0.0, 1e9), (150e-12, 7e8)]
)
def test_overlap_is_the_integral_of_both_amplitudes(late, apart):
    """Two Gaussian pulses, late and detuned."""
    time = np.linspace(-3e-9, 3e-9, 6001)
    a, b = amplitude(time), amplitude(time, at=late, detuning=apart)
    expected = abs(np.vdot(a, b)) ** 2 / (np.vdot(a, a).real * np.vdot(b, b).real)

    overlap = mode_overlap(
        pulse_width_s=WIDTH, timing_mismatch_s=late, frequency_difference_hz=apart
    )
    # The sum over equal steps is exact for functions that vanish at both ends.
    assert float(overlap) == pytest.approx(expected, rel=1e-10)


def test_jitter_averages_the_overlap():
    """As many arrivals drawn at random, of mean 40 ps and spread 60 ps."""
    late = np.random.default_rng(7).normal(40e-12, 60e-12, 200_000)
    drawn = mode_overlap(pulse_width_s=WIDTH, timing_mismatch_s=late).mean()
    stated = mode_overlap(pulse_width_s=WIDTH, timing_mismatch_s=40e-12, jitter_s=60e-12)

    # One value scatters by 0.06, their mean by 2e-4.
    assert float(stated) == pytest.approx(drawn, abs=6e-4)


def test_crossed_polarisations_do_not_interfere():
    """A right angle leaves nothing, half of it half."""
    angle = np.array([0.0, np.pi / 4, np.pi / 2])
    overlap = mode_overlap(pulse_width_s=WIDTH, polarisation_angle_rad=angle)

    assert overlap == pytest.approx([1.0, 0.5, 0.0], abs=1e-15)


def test_lasers_reach_half_and_single_photons_all():
    """Thermal light of both sides reaches a third."""
    assert float(visibility(1.0)) == 0.5
    assert float(visibility(1.0, g2_a=0.0, g2_b=0.0)) == 1.0
    assert float(visibility(1.0, g2_a=2.0, g2_b=2.0)) == pytest.approx(1 / 3)


def test_unequal_light_or_splitter_shows_less():
    """10 dB between the arms, or a splitter of 70:30."""
    assert float(visibility(1.0, photons_a=10.0)) == pytest.approx(20.0 / 121.0)
    assert float(visibility(1.0, splitter_transmission=0.7)) == pytest.approx(0.42)


@given(overlap=st.floats(0.0, 1.0), ratio=st.floats(1.0, 10.0))
def test_x_errors_of_weak_light_follow_from_the_visibility(overlap, ratio):
    """(1 - V)/2 of the pairs of clicks that a Hong-Ou-Mandel dip is made of."""
    a, b = 1e-5 * ratio, 1e-5
    gain, errors = x_basis(a, b, dark_probability=0.0, misalignment=0.0, overlap=overlap)
    V = visibility(overlap, photons_a=a, photons_b=b)

    # Three photons are a hundred thousand times as rare as two.
    assert float(errors / gain) == pytest.approx(float(interference_error(V)), rel=2e-4)
