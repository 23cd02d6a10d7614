"""Light into fibres."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ive, j0, j1

from satqkd.errors import NonPhysicalError
from satqkd.link.scene import Scene
from satqkd.link.turbulence.adaptive_optics import AdaptiveOptics
from satqkd.link.turbulence.fibre_coupling import (
    MultimodeCoupling,
    SingleModeCoupling,
    corrected_strehl,
    encircled_energy,
    open_loop_strehl,
    single_mode_efficiency,
)
from satqkd.link.turbulence.profile import Turbulence
from satqkd.units import transmittance

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "turbulence.json").read_text(encoding="utf-8")
)
PASS = Scene.dark(np.array([1.6e6, 9e5, 5.2e5]), np.array([12.0, 30.0, 80.0]))


def loss(coupling, *, air=None, aperture_m=0.4, calm=False):
    return coupling.coupling_loss_db(
        PASS,
        turbulence=None if calm else air or Turbulence(),
        aperture_m=aperture_m,
        obscuration=0.3,
        wavelength_m=1550e-9,
    )


def test_best_coupling_is_81_percent():
    """0.8145 for a disc (Ruilier 1998), less behind a secondary."""
    assert single_mode_efficiency(0.0) == pytest.approx(0.8145, abs=5e-5)
    assert single_mode_efficiency(0.2) < 0.8145


@pytest.mark.parametrize("case", REFERENCE["fibres"])
def test_open_loop_coupling_is_the_integral_over_the_pupil(case):
    """Twelve cases of the triple integral; 0.01 dB."""
    eps = case["obscuration"]
    ours = open_loop_strehl(np.array([case["diameters"]]), obscuration=eps)

    assert 10 * np.log10(ours[0] / case["strehl"]) == pytest.approx(0.0, abs=0.01)
    assert single_mode_efficiency(eps) == pytest.approx(case["calm"], rel=1e-6)


@pytest.mark.parametrize("ratio", [0.1, 1.0, 10.0])
def test_coupling_is_near_dikmelik_and_davidson_s(ratio):
    """Their square in place of the power 5/3 changes the result by less than 0.5 dB."""
    nodes, weights = np.polynomial.legendre.leggauss(80)
    x, w = 0.5 * (nodes + 1), 0.5 * weights * 0.5 * (nodes + 1)
    speckles, a = ratio**2, 1.1209  # aperture over coherence area, coupling geometry
    product = 2 * speckles * np.outer(x, x)
    exponent = -(a**2 + speckles) * np.add.outer(x**2, x**2) + product
    theirs = 8 * a**2 * w @ (np.exp(exponent) * ive(0, product)) @ w
    # A_R/A_C = (D / 2 ρc)², ρc = r0 / 3.44^(3/5).
    ours = 0.8145 * open_loop_strehl(np.array([2 * ratio / 3.44**0.6]), obscuration=0.0)

    assert 10 * np.log10(ours[0] / theirs) == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize("case", REFERENCE["encircled"])
def test_encircled_energy_is_the_integral_of_the_image(case):
    """Eighteen cases by the point spread function; 0.01 dB."""
    ours = encircled_energy(
        np.array([case["diameters"]]),
        core_size=case["core_size"],
        obscuration=case["obscuration"],
    )

    assert 10 * np.log10(ours[0] / case["energy"]) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("core", [0.5, 2.44, 10.0, 80.0])
def test_without_turbulence_it_is_rayleigh_s_formula(core):
    """1 − J0² − J1² of the Airy pattern."""
    v = 0.5 * np.pi * core
    ours = encircled_energy(np.array([1e-3]), core_size=core, obscuration=0.0)

    # The calmest air tabulated is D = r0/100.
    assert ours[0] == pytest.approx(1 - j0(v) ** 2 - j1(v) ** 2, rel=1e-3)


def test_a_calm_link_has_the_diffraction_limit():
    """Without turbulence the loss is that of the mode, or of the Airy pattern."""
    mode = loss(SingleModeCoupling(), calm=True)
    core = loss(MultimodeCoupling(core_field_rad=1e-3), calm=True)

    assert transmittance(mode) == pytest.approx(np.full(3, single_mode_efficiency(0.3)))
    assert core == pytest.approx(np.zeros(3), abs=0.03)
    faint = Turbulence(ground_cn2_m23=0.0, high_wind_m_s=0.0, ground_wind_m_s=0.0)
    assert (loss(SingleModeCoupling(), air=faint) < loss(SingleModeCoupling())).all()


@given(
    modes=st.integers(1, 60),
    more=st.integers(0, 60),
    bandwidth=st.none() | st.floats(1.0, 1e5),
    aperture=st.floats(0.05, 3.0),
)
def test_more_modes_never_lower_the_coupling(modes, more, bandwidth, aperture):
    """Nor does having adaptive optics at all; no loss is negative."""
    without = loss(SingleModeCoupling(), aperture_m=aperture)
    few, many = (
        loss(
            SingleModeCoupling(adaptive_optics=AdaptiveOptics(modes=n, bandwidth_hz=bandwidth)),
            aperture_m=aperture,
        )
        for n in (modes, modes + more)
    )

    assert (few <= without + 1e-12).all()
    assert (many <= few + 1e-12).all()
    assert (many >= 0.0).all()


@settings(max_examples=30)  # each makes its own tables
@given(core=st.floats(1e-6, 3e-4), growth=st.floats(1.0, 20.0))
def test_a_wider_core_never_takes_less(core, growth):
    """And none takes more than all; low satellites lose most."""
    narrow = loss(MultimodeCoupling(core_field_rad=core))
    wide = loss(MultimodeCoupling(core_field_rad=core * growth))

    assert (wide <= narrow + 1e-9).all()
    assert (wide >= 0.0).all()
    assert (np.diff(narrow) <= 1e-9).all()


def test_a_core_without_size_is_refused():
    """Zero takes nothing."""
    with pytest.raises(NonPhysicalError, match="core_field_rad"):
        MultimodeCoupling(core_field_rad=0.0)


def test_correction_joins_its_limits():
    """Nothing corrected is the open loop, everything diffraction; a residual of 0.1 rad² is
    Maréchal's within what the halo adds (0.02)."""
    diameters = np.array([0.3, 4.0, 30.0])
    whole = 1.0299 * diameters ** (5 / 3)
    none, most, small = (
        corrected_strehl(diameters, variance_rad2=left, obscuration=0.2)
        for left in (whole, np.zeros(3), np.minimum(0.1, whole))
    )

    assert none == pytest.approx(open_loop_strehl(diameters, obscuration=0.2), rel=1e-12)
    assert most == pytest.approx(np.ones(3), abs=5e-3)
    assert small[1:] == pytest.approx(np.exp([-0.1, -0.1]), abs=0.02)


@given(diameter=st.floats(0.01, 900.0), left=st.floats(0.0, 1.0), less=st.floats(0.0, 1.0))
def test_less_residual_couples_more(diameter, left, less):
    """For any telescope."""
    d = np.full(2, diameter)
    share = 1.0299 * d ** (5 / 3) * [left, left * less]
    more, most = corrected_strehl(d, variance_rad2=share, obscuration=0.0)

    assert more <= most * (1 + 1e-12)


def test_tip_and_tilt_alone_help():
    """By more than 0.5 dB for every telescope from 1 to 20 Fried parameters, most near 4."""
    d = np.array([1.0, 4.0, 20.0])
    gain = corrected_strehl(d, variance_rad2=0.134 * d ** (5 / 3), obscuration=0.0)
    gain = gain / open_loop_strehl(d, obscuration=0.0)

    assert (gain > 1.1).all()
    assert gain.argmax() == 1
