"""Pointing loss against the average over the jitter it stands for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from satqkd.errors import NonPhysicalError
from satqkd.link.divergence import FlatTopBeam
from satqkd.link.pointing import JitterPointing, StatedPointing, jitter_loss_db


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
    assert JitterPointing(jitter_rad=0.0).pointing_loss_db(FlatTopBeam(divergence_rad=1e-5)) == 0


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
