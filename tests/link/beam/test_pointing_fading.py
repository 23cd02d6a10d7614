"""Moments and quantiles of the pointing fade against its distribution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import i0e

from satqkd.link.beam.pointing_fading import (
    pointing_density,
    pointing_moment,
    pointing_quantile,
    pointing_variance,
)

HALF = 5.0
ERRORS = [(1.2, 0.0), (1.2, 2.0), (4.0, 0.0), (3.0, 6.0), (0.2, 3.0)]


def over_rice(function, jitter, bias):
    """Mean over the distance of a Gaussian walk of two axes from its target."""

    def weighted(r):
        rice = r / jitter**2 * np.exp(-0.5 * ((r - bias) / jitter) ** 2)
        return rice * i0e(r * bias / jitter**2) * function(np.exp(-2.0 * (r / HALF) ** 2))

    low, high = max(bias - 12.0 * jitter, 0.0), bias + 12.0 * jitter
    return quad(weighted, low, high, epsabs=1e-14, epsrel=1e-12, limit=200)[0]


@pytest.mark.parametrize(("jitter", "bias"), ERRORS)
@pytest.mark.parametrize("order", [0.5, 1.0, 2.0, 4.0])
def test_moments_are_means_over_rice(order, jitter, bias):
    """Quadrature over the radial error, to 1e-9."""
    ours = pointing_moment(order, half_angle_rad=HALF, jitter_rad=jitter, bias_rad=bias)

    assert ours == pytest.approx(over_rice(lambda h: h**order, jitter, bias), rel=1e-9)


@pytest.mark.parametrize(("jitter", "bias"), ERRORS)
def test_the_variance_is_that_of_both_moments(jitter, bias):
    """⟨h²⟩/⟨h⟩² − 1."""
    error = {"half_angle_rad": HALF, "jitter_rad": jitter, "bias_rad": bias}
    ratio = pointing_moment(2.0, **error) / pointing_moment(1.0, **error) ** 2

    assert pointing_variance(**error) == pytest.approx(ratio - 1.0, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("jitter", "bias"), ERRORS)
@pytest.mark.parametrize("p", [0.01, 0.5, 0.95])
def test_the_share_below_a_quantile_is_its_share(p, jitter, bias):
    """Rice's distribution beyond the error that leaves just this transmittance."""
    error = {"half_angle_rad": HALF, "jitter_rad": jitter, "bias_rad": bias}
    level = float(pointing_quantile(p, **error) * pointing_moment(1.0, **error))
    far = HALF * np.sqrt(-0.5 * np.log(level))

    def rice(r):
        tail = np.exp(-0.5 * ((r - bias) / jitter) ** 2) * i0e(r * bias / jitter**2)
        return r / jitter**2 * tail

    beyond, _ = quad(rice, far, max(far, bias) + 12.0 * jitter, epsabs=1e-12)
    assert beyond == pytest.approx(p, rel=1e-7)


@pytest.mark.parametrize("jitter", [0.7, 1.2, 4.0])
def test_the_density_has_mean_one_and_the_variance(jitter):
    """Its first three moments by quadrature, from 0 to the beam's peak."""
    error = {"half_angle_rad": HALF, "jitter_rad": jitter}
    peak = 1.0 / float(pointing_moment(1.0, **error))
    moments = [
        quad(lambda f, k=k: f**k * pointing_density(f, **error), 0.0, peak, limit=200)[0]
        for k in range(3)
    ]

    assert moments[:2] == pytest.approx([1.0, 1.0], rel=1e-6)
    assert moments[2] - 1.0 == pytest.approx(float(pointing_variance(**error)), rel=1e-5)


def test_a_steady_beam_does_not_fade():
    """Whatever its bias."""
    error = {"half_angle_rad": HALF, "jitter_rad": 0.0, "bias_rad": 3.0}

    assert pointing_variance(**error) == 0.0
    assert pointing_quantile(0.01, **error) == 1.0


@given(jitter=st.floats(0.0, 20.0), bias=st.floats(0.0, 20.0))
def test_the_mean_transmittance_is_at_least_that_of_the_mean_decibel(jitter, bias):
    """Jensen: ⟨ln h⟩ = −2 (b² + 2σ²)/θ²."""
    mean = pointing_moment(1.0, half_angle_rad=HALF, jitter_rad=jitter, bias_rad=bias)

    assert np.log(mean) >= -2.0 * (bias**2 + 2.0 * jitter**2) / HALF**2 - 1e-9


@given(jitter=st.floats(0.0, 20.0), more=st.floats(0.0, 20.0), bias=st.floats(0.0, 3.0))
def test_more_bias_never_helps_and_more_jitter_never_steadies(jitter, more, bias):
    """Mean falls with the bias, variance grows with the jitter."""

    def both(jitter, bias):
        error = {"half_angle_rad": HALF, "jitter_rad": jitter, "bias_rad": bias}
        return pointing_moment(1.0, **error), pointing_variance(**error)

    assert both(jitter, bias + more)[0] <= both(jitter, bias)[0]
    assert both(jitter + more, 0.0)[1] >= both(jitter, 0.0)[1] - 1e-12
