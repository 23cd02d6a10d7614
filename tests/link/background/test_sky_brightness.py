"""Magnitudes per square arc second and back."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.link.background.sky_brightness import (
    BANDS_M,
    NATURAL_MAG,
    band_radiance_w_m2_sr_m,
    natural_radiance_w_m2_sr_m,
    surface_brightness_mag,
)


@pytest.mark.parametrize("band", BANDS_M)
def test_magnitudes_come_back(band):
    """A surface brightness turned into a radiance in its band is read off again."""
    magnitude = np.array([4.0, 17.5, 22.0])
    radiance = band_radiance_w_m2_sr_m(magnitude, band=band)

    again = surface_brightness_mag(radiance, wavelength_m=BANDS_M[band])

    assert again == pytest.approx(magnitude, abs=1e-9)


def test_dark_v_sky_in_luminance():
    """21.6 mag/arcsec² is 0.25 mcd/m² (22.0: 0.171, Falchi 2016) for a V band as wide as V(λ)."""
    width_of_v_lambda_m = 106.9e-9
    radiance = float(band_radiance_w_m2_sr_m(22.0, band="V"))

    assert 683.0 * radiance * width_of_v_lambda_m == pytest.approx(0.171e-3, rel=0.06)


@pytest.mark.parametrize("band", BANDS_M)
def test_a_dark_sky_has_its_bands_brightness(band):
    """The spectrum passes through every band of the table."""
    radiance = np.array([natural_radiance_w_m2_sr_m(BANDS_M[band])])

    magnitude = surface_brightness_mag(radiance, wavelength_m=BANDS_M[band])

    assert magnitude[0] == pytest.approx(NATURAL_MAG[band], abs=1e-9)


def test_no_light_is_infinitely_faint():
    """A radiance of 0 is an infinite magnitude, not a warning."""
    assert surface_brightness_mag(np.zeros(1), wavelength_m=850e-9)[0] == np.inf
