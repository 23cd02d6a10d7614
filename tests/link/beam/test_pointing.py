"""Pointing loss against the average over the jitter it stands for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from satqkd.errors import NonPhysicalError
from satqkd.link.beam.pointing import JitterPointing, StatedPointing, jitter_loss_db


@pytest.mark.parametrize("jitter_rad", [0.1e-6, 1.2e-6, 5e-6, 20e-6])
def test_jitter_is_the_mean_over_a_rayleigh_error(jitter_rad):
    """Quadrature of exp(−2r²/θ²) over the radial error of two Gaussian axes, to 1e-9 dB."""
    half_rad = 5e-6
    mean, _ = quad(
        lambda x: x * np.exp(-0.5 * x**2) * np.exp(-2.0 * (x * jitter_rad / half_rad) ** 2),
        0.0,
        40.0,
    )

    assert jitter_loss_db(jitter_rad, divergence_rad=10e-6) == pytest.approx(
        -10.0 * np.log10(mean), abs=1e-9
    )


def test_no_jitter_no_loss():
    """A perfect pointer loses nothing."""
    assert jitter_loss_db(0.0, divergence_rad=1e-5) == 0


def test_stated_range_is_walked_to_its_ends():
    """best and worst take the ends; without a range they change nothing."""
    stated = StatedPointing(loss_db=1.5, loss_range_db=(0.0, 3.0))

    assert (stated.best().loss_db, stated.worst().loss_db) == (0.0, 3.0)
    assert StatedPointing(loss_db=1.5).best().loss_db == 1.5


@pytest.mark.parametrize("limits", [(2.0, 3.0), (3.0, 0.0), (-1.0, 3.0), (0.0, float("inf"))])
def test_a_range_that_does_not_hold_the_value_is_refused(limits):
    """Unordered, beside the value, negative, infinite."""
    with pytest.raises(NonPhysicalError, match="loss_range_db"):
        StatedPointing(loss_db=1.5, loss_range_db=limits)


def test_a_jitter_range_is_walked_to_its_ends():
    """best and worst take the ends; without a range they change nothing."""
    jitter = JitterPointing(jitter_rad=1e-6, jitter_range_rad=(0.5e-6, 3e-6))

    assert (jitter.best().jitter_rad, jitter.worst().jitter_rad) == (0.5e-6, 3e-6)
    assert JitterPointing(jitter_rad=1e-6).worst().jitter_rad == 1e-6
    with pytest.raises(NonPhysicalError, match="jitter_range_rad"):
        JitterPointing(jitter_rad=1e-6, jitter_range_rad=(2e-6, 3e-6))


def test_a_stated_loss_has_no_spread():
    """Variance 0 and every quantile 1, in the shape of the series."""
    stated = StatedPointing(loss_db=1.5)
    half = np.full(3, 5e-6)

    assert (stated.variance(half) == np.zeros(3)).all()
    assert (stated.quantile(0.01, half) == np.ones(3)).all()
    assert (stated.stated_loss_db, stated.error_rad) == (1.5, (0.0, 0.0))


@pytest.mark.parametrize("bias_rad", [0.0, 2e-6])
def test_variance_and_quantiles_are_those_of_drawn_errors(bias_rad):
    """A million seeded draws of two Gaussian axes."""
    draws = np.random.default_rng(4).normal(0.0, 1.2e-6, size=(2, 1_000_000))
    draws[0] += bias_rad
    fade = np.exp(-2.0 * (draws**2).sum(axis=0) / 5e-6**2)
    fade /= fade.mean()
    pointing = JitterPointing(jitter_rad=1.2e-6, bias_rad=bias_rad)

    # draws: 4th moments to half a per cent
    assert pointing.variance(5e-6) == pytest.approx(fade.var(), rel=5e-3)
    assert pointing.quantile(0.05, 5e-6) == pytest.approx(np.quantile(fade, 0.05), rel=5e-3)
    assert (pointing.stated_loss_db, pointing.error_rad) == (0.0, (bias_rad, 1.2e-6))


def test_biases_add_in_squares():
    """The pointing's own and that of the tracking."""
    both = JitterPointing(jitter_rad=1e-6, bias_rad=3e-6).variance(5e-6, extra_bias_rad=4e-6)

    assert both == pytest.approx(JitterPointing(jitter_rad=1e-6, bias_rad=5e-6).variance(5e-6))
