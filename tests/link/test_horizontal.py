"""A link over the ground."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.errors import NonPhysicalError
from satqkd.link.air.level_air import LevelAir
from satqkd.link.beam.beams import FlatTopBeam, GaussianBeam
from satqkd.link.beam.pointing import JitterPointing, StatedPointing
from satqkd.link.beam.truncated_beam import TruncatedBeam
from satqkd.link.budget import LINES
from satqkd.link.horizontal import HorizontalPath, horizontal_budget, scintillation, turbulent_blur
from satqkd.link.terminal import Receiver, Transmitter
from satqkd.link.turbulence.adaptive_optics import AdaptiveOptics
from satqkd.link.turbulence.fibre_coupling import (
    MultimodeCoupling,
    SingleModeCoupling,
    single_mode_efficiency,
)
from satqkd.link.turbulence.level_turbulence import LevelTurbulence
from satqkd.units import loss_db

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "horizontal.json").read_text(encoding="utf-8")
)
CALM = LevelTurbulence(cn2_m23=0.0)
COLLIMATED = GaussianBeam(divergence_rad=2.001 * REFERENCE["half_angles_rad"]["collimated"])
BEAMS = (COLLIMATED, TruncatedBeam(beam_diameter_m=0.08), FlatTopBeam(divergence_rad=50e-6))


def a_path(beam=COLLIMATED, *, pointing=None, coupling=None, **fields):
    return HorizontalPath(
        **{
            "length_m": REFERENCE["length_m"],
            "transmitter": Transmitter(
                aperture_m=0.08,
                wavelength_m=1550e-9,
                beam=beam,
                pointing=pointing or StatedPointing(loss_db=0.0),
            ),
            "receiver": Receiver(
                aperture_m=REFERENCE["aperture_m"],
                obscuration=REFERENCE["obscuration"],
                efficiency=0.4,
                field_of_view_rad=50e-6,
                bandwidth_m=1e-9,
                coupling=coupling,
            ),
            "air": LevelAir(),
            "turbulence": LevelTurbulence(cn2_m23=1e-15),
            **fields,
        }
    )


@pytest.mark.parametrize("case", REFERENCE["cases"])
def test_mean_power_is_that_of_huygens_and_fresnel(case):
    """Weak to strong: 0.15 dB, for the blur is taken as Gaussian with the axis kept."""
    half_rad = REFERENCE["half_angles_rad"][case["beam"]]
    beam = GaussianBeam(divergence_rad=2.0 * half_rad * (1.0 + 1e-9))
    turbulence = LevelTurbulence(cn2_m23=case["cn2_m23"])

    lines = horizontal_budget(a_path(beam, turbulence=turbulence)).lines_db

    ours = sum(float(lines[name][0]) for name in ("divergence", "obscuration", "beam_spread"))
    assert ours == pytest.approx(float(loss_db(case["captured"])), abs=0.15)


@pytest.mark.parametrize("beam", BEAMS)
def test_lines_add_up_to_the_total(beam):
    """Exactly; every line of the budget is there once."""
    found = horizontal_budget(a_path(beam, pointing=JitterPointing(jitter_rad=3e-6)))

    assert tuple(found.lines_db) == tuple(LINES)
    assert found.total_db == sum(found.lines_db.values())
    assert found.total_db.shape == found.variance.shape == (1,)


@pytest.mark.parametrize("beam", BEAMS)
def test_calm_and_clear_is_the_bare_beam(beam):
    """Only what the receiver does not catch, and its optics."""
    path = a_path(beam, turbulence=CALM, air=LevelAir(attenuation_db_m=0.0))
    found = horizontal_budget(path)
    caught = beam.capture(
        np.array([path.length_m]),
        tx_aperture_m=0.08,
        wavelength_m=1550e-9,
        rx_aperture_m=0.1,
        obscuration=0.3,
    )

    bare = loss_db(caught) + loss_db(0.4) + beam.truncation_db(tx_aperture_m=0.08)
    assert found.total_db == pytest.approx(bare, abs=1e-9)
    assert found.variance == 0.0


@pytest.mark.parametrize("beam", BEAMS)
@given(st.floats(1e-16, 1e-13), st.floats(1e3, 20e3))
def test_more_turbulence_never_helps(beam, cn2, length_m):
    """Loss of an open receiver and its blur grow, to 0.01 dB for the rings of a clipped beam."""
    path = a_path(beam, length_m=length_m)
    path = replace(path, receiver=replace(path.receiver, obscuration=0.0))
    weak, strong = (
        replace(path, turbulence=LevelTurbulence(cn2_m23=each)) for each in (cn2, 2.0 * cn2)
    )

    assert 0.0 < turbulent_blur(weak).total_rad < turbulent_blur(strong).total_rad
    spreads = [float(horizontal_budget(p).lines_db["beam_spread"][0]) for p in (weak, strong)]
    assert -0.01 <= spreads[0] <= spreads[1] + 0.01


def test_a_finite_outer_scale_leaves_less_wander():
    """The rest of the beam's spread stays."""
    free, bounded = (
        turbulent_blur(a_path(turbulence=LevelTurbulence(cn2_m23=1e-15, outer_scale_m=scale)))
        for scale in (None, 1.0)
    )

    assert bounded.wander_rad < 0.8 * free.wander_rad
    assert bounded.steady_rad == free.steady_rad


def test_weak_flicker_is_index_times_averaging():
    """A wide beam is nearly a spherical wave: 0.435 of its index, within 15 % of both."""
    wide = GaussianBeam(divergence_rad=400e-6)
    index = 1e-16 * REFERENCE["index_over_cn2"]["spherical"]

    ours = scintillation(a_path(wide, turbulence=LevelTurbulence(cn2_m23=1e-16)))

    assert ours == pytest.approx(index * REFERENCE["averaging"]["spherical"], rel=0.15)


def test_fibre_behind_the_receiver_costs_more_in_turbulence():
    """Calm: the mode's overlap alone; a multimode core takes nearly all."""
    single, multi = SingleModeCoupling(), MultimodeCoupling(core_field_rad=200e-6)

    def coupling_db(coupling, turbulence):
        path = a_path(coupling=coupling, turbulence=turbulence)
        return float(horizontal_budget(path).lines_db["coupling"][0])

    calm_db = coupling_db(single, CALM)
    assert calm_db == pytest.approx(float(loss_db(single_mode_efficiency(0.3))), abs=1e-9)
    assert coupling_db(single, LevelTurbulence()) > calm_db + 3.0
    assert coupling_db(multi, CALM) < 0.3
    assert coupling_db(multi, LevelTurbulence()) > coupling_db(multi, CALM)


def test_adaptive_optics_are_refused():
    """At either end: their formulas are those of a path to space."""
    optics = AdaptiveOptics(modes=10)
    coupling = SingleModeCoupling(adaptive_optics=optics)
    path = a_path()

    with pytest.raises(NonPhysicalError, match=r"receiver\.coupling\.adaptive_optics"):
        a_path(coupling=coupling)
    with pytest.raises(NonPhysicalError, match=r"transmitter\.adaptive_optics"):
        replace(path, transmitter=replace(path.transmitter, adaptive_optics=optics))
