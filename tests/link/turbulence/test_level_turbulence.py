"""Turbulence of one strength along a path."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.errors import NonPhysicalError
from satqkd.link.turbulence.level_turbulence import (
    BeamAtReceiver,
    LevelTurbulence,
    beam_at_receiver,
    level_averaging,
    level_fried_parameter_m,
    level_point_variance,
    level_rytov_variance,
)

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "horizontal.json").read_text(encoding="utf-8")
)
LENGTH_M, WAVELENGTH_M = REFERENCE["length_m"], REFERENCE["wavelength_m"]
WAVES = {
    "plane": BeamAtReceiver(diffraction=0.0, curvature=1.0),
    "spherical": BeamAtReceiver(diffraction=0.0, curvature=0.0),
}


def beam(name):
    if name in WAVES:
        return WAVES[name]
    return beam_at_receiver(
        LENGTH_M,
        wavelength_m=WAVELENGTH_M,
        sent_radius_m=REFERENCE["sent_radius_m"],
        arriving_radius_m=float(
            np.hypot(REFERENCE["sent_radius_m"], REFERENCE["half_angles_rad"][name] * LENGTH_M)
        ),
    )


@pytest.mark.parametrize("name", REFERENCE["index_over_cn2"])
def test_index_is_the_integral_of_the_spectrum(name):
    """Plane, spherical, collimated and wide: 0.1 %, for the rounded 8.70 and 1.23."""
    rytov = level_rytov_variance(LENGTH_M, cn2_m23=1e-15, wavelength_m=WAVELENGTH_M)

    ours = level_point_variance(rytov, beam(name))

    assert ours == pytest.approx(1e-15 * REFERENCE["index_over_cn2"][name], rel=1e-3)


@pytest.mark.parametrize("name", REFERENCE["averaging"])
def test_averaging_is_the_integral_of_the_filter(name):
    """An annulus of 10 cm; 0.1 %, for the table it is read from."""
    ours = level_averaging(
        LENGTH_M,
        beam(name),
        aperture_m=REFERENCE["aperture_m"],
        obscuration=REFERENCE["obscuration"],
        wavelength_m=WAVELENGTH_M,
    )

    assert ours == pytest.approx(REFERENCE["averaging"][name], rel=1e-3)


@pytest.mark.parametrize("case", REFERENCE["cases"][::2])
def test_fried_parameter_is_that_of_the_structure_function(case):
    """0.1 %, for the rounded 0.423."""
    ours = level_fried_parameter_m(LENGTH_M, cn2_m23=case["cn2_m23"], wavelength_m=WAVELENGTH_M)

    assert ours == pytest.approx(case["r0_m"], rel=1e-3)


def test_a_spherical_wave_has_half_of_what_is_printed():
    """0.5 Cn² k^(7/6) L^(11/6), as ITU-R P.1814 rounds it, for 1.23 of a plane wave."""
    assert level_point_variance(1.23, WAVES["plane"]) == pytest.approx(1.23, rel=0.005)
    assert level_point_variance(1.23, WAVES["spherical"]) == pytest.approx(0.5, rel=0.01)


@given(st.floats(0.005, 0.3), st.floats(100.0, 20e3))
def test_a_beam_of_diffraction_keeps_its_complex_parameter(sent_m, length_m):
    """Collimated: Θ² + Λ² = (W0/W)², and Θ0 = 1."""
    sent = WAVELENGTH_M / (np.pi * sent_m)
    arriving = float(np.hypot(sent_m, sent * length_m))
    found = beam_at_receiver(
        length_m, wavelength_m=WAVELENGTH_M, sent_radius_m=sent_m, arriving_radius_m=arriving
    )

    shrunk = (sent_m / arriving) ** 2
    assert found.curvature == pytest.approx(shrunk, rel=1e-6)
    assert found.curvature**2 + found.diffraction**2 == pytest.approx(shrunk, rel=1e-6)


def test_a_point_averages_nothing():
    """And a large telescope nearly everything."""
    small, large = (
        level_averaging(
            LENGTH_M, WAVES["spherical"], aperture_m=size, obscuration=0.0, wavelength_m=1550e-9
        )
        for size in (1e-4, 5.0)
    )

    assert small == pytest.approx(1.0, abs=1e-3)
    assert large < 0.02


def test_negative_strength_is_refused():
    """By name."""
    with pytest.raises(NonPhysicalError, match="cn2_m23"):
        LevelTurbulence(cn2_m23=-1e-15)
