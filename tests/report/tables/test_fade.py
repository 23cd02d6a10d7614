"""Fade margins of budgets."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.link.air.atmosphere import Atmosphere
from satqkd.link.beam.beams import GaussianBeam
from satqkd.link.beam.pointing import JitterPointing, StatedPointing
from satqkd.link.budget import Link, budget
from satqkd.link.scene import Scene
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.link.turbulence.profile import Turbulence
from satqkd.report.tables.fade import fade_margin_db

HALF_RAD = 5e-6
SCENE = Scene.dark(np.array([1e6]), np.array([30.0]))


def flickering(pointing, *, turbulence=None):
    link = Link(
        transmitter=Transmitter(
            aperture_m=0.3, wavelength_m=850e-9, beam=GaussianBeam(divergence_rad=2 * HALF_RAD),
            pointing=pointing, efficiency=1.0,
        ),
        receiver=Receiver(
            aperture_m=0.2, efficiency=1.0, field_of_view_rad=1e-4, bandwidth_m=1e-9
        ),
        atmosphere=Atmosphere(zenith_transmittance=0.6),
        turbulence=turbulence,
    )  # fmt: skip
    return budget(SCENE, link)


@pytest.mark.parametrize(
    ("jitter_rad", "bias_rad", "turbulence", "within"),
    [
        (0.5e-6, 0.0, Turbulence(), 0.01),
        (3e-6, 0.0, Turbulence(), 0.01),
        (5e-6, 0.0, None, 0.01),
        (1e-6, 1e-6, Turbulence(), 0.2),
        (0.5e-6, 3e-6, None, 0.2),
    ],
)
def test_margins_are_those_of_drawn_light(jitter_rad, bias_rad, turbulence, within):
    """Errors on two axes times log-normal scintillation, 2 million draws of one seed: 1 % of the
    margin, which is chance; a bias, whose fades along its own axis add up, 20 %."""
    found = flickering(
        JitterPointing(jitter_rad=jitter_rad, bias_rad=bias_rad), turbulence=turbulence
    )
    rng = np.random.default_rng(7)
    radius = found_radius(found, jitter_rad)
    x, y = rng.normal(0.0, jitter_rad, (2, 2_000_000))
    light = np.exp(-2.0 * ((x + bias_rad) ** 2 + y**2) / radius**2)
    steady = flickering(StatedPointing(loss_db=0.0), turbulence=turbulence)
    sigma = np.sqrt(np.log1p(steady.variance[0]))
    light *= np.exp(sigma * rng.standard_normal(light.size) - 0.5 * sigma**2)
    drawn = 10.0 * np.log10(light.mean() / np.quantile(light, 0.01))

    assert fade_margin_db(found, slice(None))[0] == pytest.approx(drawn, rel=within)


def found_radius(found, jitter_rad):
    """Angle at which the light falls to 1/e²; within 2 % of the beam's own."""
    radius = 2.0 * jitter_rad * np.sqrt(found.pointing_exponent[0])
    assert radius == pytest.approx(HALF_RAD, rel=0.02)
    return radius


def test_without_jitter_all_of_the_variance_is_scintillation():
    """And without either there is no fading at all."""
    shining = flickering(StatedPointing(loss_db=1.0), turbulence=Turbulence())
    steady = flickering(StatedPointing(loss_db=1.0))

    assert np.isinf(shining.pointing_exponent).all()
    assert shining.scintillation_variance == pytest.approx(shining.variance)
    assert fade_margin_db(steady, slice(None))[0] == 0.0
