"""Sky photons through a telescope."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from satqkd.link.background.night_sky import dark_radiance_w_m2_sr_m, sky_photon_rate_hz
from satqkd.link.background.sky_brightness import NATURAL_MAG, natural_radiance_w_m2_sr_m
from satqkd.link.terminal import Receiver

RECEIVER = Receiver(
    aperture_m=1.0, efficiency=0.16, field_of_view_rad=80e-6, bandwidth_m=10e-9, obscuration=0.3
)


def test_rate_counted_by_hand():
    """H Ω A Δλ λ/hc η with every factor written out: 1.5e-5 W/(m² sr µm) at 848.6 nm."""
    power_w = 15.0 * (math.pi * (40e-6) ** 2) * (math.pi * 0.25 * 0.91) * 10e-9
    photons = power_w * 848.6e-9 / (6.62607015e-34 * 299_792_458.0) * 0.16

    assert sky_photon_rate_hz(15.0, receiver=RECEIVER, wavelength_m=848.6e-9) == pytest.approx(
        photons, rel=1e-12
    )


@pytest.mark.parametrize(
    ("field", "factor", "times"),
    [
        ("aperture_m", 2.0, 4.0),
        ("field_of_view_rad", 2.0, 4.0),
        ("bandwidth_m", 2.0, 2.0),
        ("efficiency", 2.0, 2.0),
    ],
)
def test_scaling(field, factor, times):
    """Area and solid angle count squared, filter and optics once."""
    more = replace(RECEIVER, **{field: getattr(RECEIVER, field) * factor})
    rates = [sky_photon_rate_hz(15.0, receiver=r, wavelength_m=850e-9) for r in (RECEIVER, more)]

    assert rates[1] / rates[0] == pytest.approx(times)


def dark(elevation_deg, *, magnitude=21.6, band="V", extinction=0.172, wavelength_m=545e-9):
    return dark_radiance_w_m2_sr_m(
        np.array([elevation_deg]),
        zenith_brightness=magnitude,
        band=band,
        extinction=extinction,
        wavelength_m=wavelength_m,
    )[0]


@pytest.mark.parametrize("band", NATURAL_MAG)
def test_a_natural_zenith_is_natural_at_every_wavelength(band):
    """A natural brightness in any band leads to the same spectrum."""
    radiance = dark(90.0, magnitude=NATURAL_MAG[band], band=band, wavelength_m=850e-9)

    assert radiance == pytest.approx(natural_radiance_w_m2_sr_m(850e-9), rel=1e-12)


def test_a_magnitude_is_a_factor():
    """A sky 2.5 magnitudes brighter has ten times the light."""
    assert dark(90.0, magnitude=19.1) / dark(90.0) == pytest.approx(10.0, rel=1e-12)


def test_brighter_towards_the_horizon():
    """Krisciunas and Schaefer, eq. 2, 60° from the zenith: X = 1.890, so 0.54 mag brighter."""
    x = 1.0 / math.sqrt(1.0 - 0.96 * 0.75)
    brighter = x * 10.0 ** (-0.4 * 0.172 * (x - 1.0))

    assert dark(30.0) / dark(90.0) == pytest.approx(brighter, rel=1e-12)
    assert 2.5 * math.log10(brighter) == pytest.approx(0.54, abs=0.005)
