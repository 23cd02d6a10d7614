"""The day sky against its integral and against published sizes."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.link.air.atmosphere import airmass
from satqkd.link.background.daylight import daylight_radiance_w_m2_sr_m
from satqkd.link.background.scattering_air import ScatteringAir, scattering_air
from satqkd.link.background.solar_spectrum import solar_irradiance_w_m2_m

ROWS = json.loads(
    (Path(__file__).parents[2] / "reference" / "stray_light.json").read_text(encoding="utf-8")
)["day"]


def day(sun=45.0, elevation=60.0, separation=60.0, air=None, wavelength_m=850e-9):
    one = np.ones(1)
    radiance = daylight_radiance_w_m2_sr_m(
        one * sun,
        elevation_deg=one * elevation,
        sun_separation_deg=one * separation,
        air=air or scattering_air(0.172, wavelength_m=wavelength_m, site_height_m=0.0),
        wavelength_m=wavelength_m,
    )
    return float(radiance[0])


def elevation_of(wanted):
    if wanted <= float(airmass(np.array([90.0]))[0]):
        return 90.0
    angles = np.linspace(90.0, 0.0, 400_001)
    return float(np.interp(wanted, airmass(angles), angles))


@pytest.mark.parametrize("row", [r for r in ROWS if r["sun_airmass"] < 38.0], ids=str)
def test_closed_form_is_the_integral_over_the_layers(row):
    """Molecules at right angles: ¾ of their depth; 0.1 % for an airmass of 0.9997 overhead."""
    air = ScatteringAir(molecules=row["depth"], aerosol=0.0)
    at = elevation_of(row["view_airmass"]), elevation_of(row["sun_airmass"])

    radiance = day(sun=at[1], elevation=at[0], separation=90.0, air=air)

    expected = solar_irradiance_w_m2_m(850e-9) / (4.0 * math.pi) * 0.75 * row["path"]
    assert radiance == pytest.approx(expected, rel=1e-3)


def test_a_clear_day_is_of_the_published_size():
    """1.5 W/(m² sr µm) clear and 15 hazy (Miao 2005): clear air lies between, near the former."""
    assert 1.5e6 < day(separation=90.0) < 15e6


def test_sky_near_the_sun_is_brighter():
    """Aerosol scatters forward."""
    assert day(separation=20.0) > 3.0 * day(separation=90.0)


def test_blue_sky():
    """Half the wavelength, several times the light."""
    assert day(wavelength_m=450e-9, separation=90.0) > 5.0 * day(separation=90.0)


@given(st.floats(-90.0, 90.0), st.floats(0.0, 90.0), st.floats(0.0, 180.0))
def test_never_negative(sun, elevation, separation):
    """Whatever the geometry, light is finite and not negative."""
    radiance = day(sun=sun, elevation=elevation, separation=separation)

    assert math.isfinite(radiance)
    assert radiance > 0.0
