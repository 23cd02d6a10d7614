"""A link with everything switched off in the files an operator writes."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.link.beam.beams import diffraction_divergence_rad, gaussian_loss_db
from satqkd.link.budget import budget
from satqkd.link.scene import Scene

TERMINAL = """\
  terminal:
    receiver: {aperture: 1.2 m, efficiency: 16 %, field_of_view: 80 urad, bandwidth: 10 nm}
    detector: {efficiency: 50 %, dark_rate: 25 Hz, gate: 2 ns}
    setup: 10 min
  atmosphere: {zenith_transmittance: 0.7}
"""
SCENE = Scene.dark(np.array([2e6, 5e5]), np.array([15.0, 80.0]))


def calmed(work, turbulence):
    work.replace(
        TERMINAL,
        TERMINAL.replace("16 %", "100 %").replace("0.7", "1") + f"  turbulence: {turbulence}\n",
    )
    work.replace("{model: stated, loss: 1.5 dB, loss_range: [0 dB, 3 dB]}", POINTED)
    return work


POINTED = "{model: jitter, jitter: 0 urad}"


@pytest.mark.parametrize(
    "turbulence", ["none", "{ground_cn2: 0 m^(-2/3), free_cn2: 0 m^(-2/3), high_wind: 0 m/s}"]
)
def test_calm_clear_and_well_pointed_it_is_the_diffraction_formula(work, turbulence):
    """Air and turbulence off in stations.yaml: the Gaussian beam at a disc, and no flicker."""
    waist_m = 0.15
    theta = diffraction_divergence_rad(wavelength_m=848.6e-9, waist_m=waist_m)
    work.replace("model: flat-top", "model: gaussian")
    work.replace("divergence: 10 urad", f"divergence: {theta * 1e6!r} urad")
    mission = calmed(work, turbulence).load()
    found = budget(SCENE, mission.ends(0, 1).link)
    formula = gaussian_loss_db(
        SCENE.range_m, waist_m=waist_m, rx_aperture_m=1.2, divergence_rad=theta
    )

    assert found.total_db == pytest.approx(formula, rel=1e-9)
    assert (found.variance == 0.0).all()


def test_a_part_of_the_turbulence_can_be_stated(work):
    """Free air by its own key."""
    mission = calmed(work, "{free_cn2: 1e-16 m^(-2/3)}").load()

    assert mission.stations[1].turbulence.free_cn2_m23 == 1e-16


def test_only_the_word_none_switches_off(work):
    """Another word is no turbulence."""
    finding = calmed(work, "off").finding()

    assert "must be a mapping" in finding.message
