"""Beam spread against published figures and independent quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from satqkd.errors import NonPhysicalError
from satqkd.link.beam.beams import (
    FlatTopBeam,
    GaussianBeam,
    diffraction_divergence_rad,
    flat_top_loss_db,
    gaussian_loss_db,
)
from satqkd.link.beam.pointing import jitter_loss_db
from satqkd.units import loss_db

RANGES_M = np.geomspace(1e3, 4e7, 40)
ENDS = {"tx_aperture_m": 0.3, "wavelength_m": 848.6e-9, "rx_aperture_m": 1.0}


def test_flat_top_gives_the_printed_22_db():
    """Liao 2017 prints 22 dB at 1200 km for 300 mm, 10 µrad and a 1 m receiver (L-1)."""
    loss = flat_top_loss_db(
        np.array([1.2e6]), tx_aperture_m=0.3, rx_aperture_m=1.0, divergence_rad=10e-6
    )

    assert loss[0] == pytest.approx(22.0, abs=0.5)  # printed as an integer


def test_diffraction_limited_beam_is_not_22_db():
    """The same telescope at its diffraction limit loses 9.9 dB (L-2): divergence is an input."""
    theta = diffraction_divergence_rad(wavelength_m=848.6e-9, waist_m=0.15)
    loss = gaussian_loss_db(
        np.array([1.2e6]), waist_m=0.15, rx_aperture_m=1.0, divergence_rad=theta
    )

    # 9.93 leaves out the width of the beam where it leaves, 0.02 dB.
    assert loss[0] == pytest.approx(9.93, abs=0.03)


@pytest.mark.parametrize("range_m", [1e4, 6.45e5, 1.2e6, 3.6e7])
@pytest.mark.parametrize("rx_m", [0.28, 1.0, 2.5])
def test_gaussian_is_the_integral_of_the_profile(range_m, rx_m):
    """Quadrature of the normalised intensity over the receiver, to 1e-9 dB."""
    waist_m, theta = 0.15, 10e-6
    width_m = np.hypot(waist_m, 0.5 * theta * range_m)
    caught, _ = quad(
        lambda r: 4.0 * r / width_m**2 * np.exp(-2.0 * r**2 / width_m**2), 0.0, rx_m / 2.0
    )
    ours = gaussian_loss_db(
        np.array([range_m]), waist_m=waist_m, rx_aperture_m=rx_m, divergence_rad=theta
    )

    assert ours[0] == pytest.approx(-10.0 * np.log10(caught), abs=1e-9)


@pytest.mark.parametrize(
    ("beam", "printed"),
    [
        (GaussianBeam(divergence_rad=10e-6), 18.6),
        (GaussianBeam(divergence_rad=10e-6, divergence_is="fwhm"), 23.2),
        (GaussianBeam(divergence_rad=10e-6, divergence_is="half 1/e2"), 24.6),
        (FlatTopBeam(divergence_rad=10e-6), 21.8),
    ],
)
def test_ten_microradians_have_four_meanings(beam, printed):
    """1 m at 1200 km, read as each convention; from 18.6 to 24.6 dB."""
    lost = loss_db(beam.capture(np.array([1.2e6]), **ENDS))

    assert lost[0] == pytest.approx(printed, abs=0.05)  # printed to a tenth
    assert lost == pytest.approx(
        beam.divergence_loss_db(np.array([1.2e6]), tx_aperture_m=0.3, rx_aperture_m=1.0)
    )


@pytest.mark.parametrize(
    ("convention", "level", "share"),
    [
        ("full 1/e2", np.exp(-2.0), 0.5),
        ("half 1/e2", np.exp(-2.0), 1.0),
        ("full 1/e", np.exp(-1.0), 0.5),
        ("half 1/e", np.exp(-1.0), 1.0),
        ("fwhm", 0.5, 0.5),
        ("half fwhm", 0.5, 1.0),
    ],
)
def test_an_angle_is_where_its_convention_says(convention, level, share):
    """The intensity of the far field falls to the level at that share of the angle."""
    full_rad = GaussianBeam(divergence_rad=10e-6, divergence_is=convention).full_divergence_rad
    there = np.exp(-2.0 * (share * 10e-6 / (0.5 * full_rad)) ** 2)

    assert there == pytest.approx(level, rel=1e-12)


def test_the_cone_keeps_its_own_rule_off_its_axis():
    """Jitter and bias cost a flat-top beam what jitter_loss_db says, at every range."""
    beam = FlatTopBeam(divergence_rad=10e-6)
    kept = beam.capture(RANGES_M, **ENDS, jitter_rad=1.2e-6, bias_rad=1e-6)
    ratio = loss_db(kept / beam.capture(RANGES_M, **ENDS))
    rule = jitter_loss_db(1.2e-6, divergence_rad=10e-6, bias_rad=1e-6)

    assert ratio == pytest.approx(np.full(RANGES_M.shape, rule))


@pytest.mark.parametrize("beam", [FlatTopBeam, GaussianBeam])
def test_fading_happens_within_the_half_angle(beam):
    """Far from the sender a small receiver sees the far field alone."""
    half = beam(divergence_rad=10e-6).fade_half_angle_rad(np.array([1e7]), **ENDS)

    assert half[0] == pytest.approx(5e-6, rel=1e-3)


@pytest.mark.parametrize("beam", [FlatTopBeam, GaussianBeam])
@given(theta=st.floats(1e-7, 1e-3), rx_m=st.floats(0.01, 10.0))
def test_more_range_never_loses_less(beam, theta, rx_m):
    """Loss is never negative and grows with range, for every beam and receiver."""
    loss = beam(divergence_rad=theta).divergence_loss_db(
        RANGES_M, tx_aperture_m=0.1, rx_aperture_m=rx_m
    )

    assert (loss >= 0.0).all()
    assert (np.diff(loss) >= -1e-12).all()
    assert np.isfinite(loss).all()


@pytest.mark.parametrize("beam", [FlatTopBeam, GaussianBeam])
def test_a_beam_without_divergence_is_refused(beam):
    """Zero, negative and NaN angles."""
    for value in (0.0, -1e-6, float("nan")):
        with pytest.raises(NonPhysicalError, match="divergence_rad"):
            beam(divergence_rad=value)
