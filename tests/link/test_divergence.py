"""Beam spread against published figures and independent quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from satqkd.errors import NonPhysicalError
from satqkd.link.divergence import (
    FlatTopBeam,
    GaussianBeam,
    diffraction_divergence_rad,
    flat_top_loss_db,
    gaussian_loss_db,
)

RANGES_M = np.geomspace(1e3, 4e7, 40)


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
