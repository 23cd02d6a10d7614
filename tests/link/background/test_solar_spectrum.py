"""The Sun's spectrum against a black body and the solar constant."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.constants import PLANCK_J_S, SPEED_OF_LIGHT_M_S, SUN_RADIUS_M
from satqkd.link.background.solar_spectrum import (
    IRRADIANCE_W_M2_UM,
    WAVELENGTHS_M,
    solar_irradiance_w_m2_m,
)

BOLTZMANN_J_K = 1.380649e-23
AU_M = 1.495978707e11


def black_body_w_m2_m(wavelength_m):
    x = PLANCK_J_S * SPEED_OF_LIGHT_M_S / (wavelength_m * BOLTZMANN_J_K * 5772.0)
    exitance = 2.0 * np.pi * PLANCK_J_S * SPEED_OF_LIGHT_M_S**2 / wavelength_m**5 / np.expm1(x)
    return exitance * (SUN_RADIUS_M / AU_M) ** 2


@pytest.mark.parametrize("nm", range(500, 2001, 50))
def test_close_to_a_black_body(nm):
    """Within 20 % of one of the effective temperature: at 1.6 µm one sees deeper, hotter layers."""
    wavelength_m = 1e-9 * nm

    assert solar_irradiance_w_m2_m(wavelength_m) == pytest.approx(
        black_body_w_m2_m(wavelength_m), rel=0.2
    )


def test_solar_constant():
    """The table holds all but some 7 % of 1361 W/m²: what lies outside 300…2200 nm."""
    inside = float(np.trapezoid(IRRADIANCE_W_M2_UM, 1e6 * WAVELENGTHS_M))

    assert inside / 1361.0 == pytest.approx(0.93, abs=0.02)
