"""The Earth from above."""

from __future__ import annotations

import math

import numpy as np
import pytest

from satqkd.link.background.daylight import daylight_radiance_w_m2_sr_m
from satqkd.link.background.moonlight import moon_irradiance_w_m2_m
from satqkd.link.background.scattering_air import ScatteringAir, scattering_air
from satqkd.link.background.sky_brightness import natural_radiance_w_m2_sr_m
from satqkd.link.background.solar_spectrum import solar_irradiance_w_m2_m
from satqkd.link.background.upwelling import (
    airglow_radiance_w_m2_sr_m,
    earthshine_radiance_w_m2_sr_m,
    moonlit_earth_radiance_w_m2_sr_m,
)

NEAR_M = 850e-9


def earthshine(*sun, albedo=0.3, air=None):
    return earthshine_radiance_w_m2_sr_m(
        np.array(sun),
        albedo=albedo,
        air=air or scattering_air(0.172, wavelength_m=NEAR_M, site_height_m=0.0),
        wavelength_m=NEAR_M,
    )


def test_sun_overhead_without_air():
    """A matt ground: a E / π, nothing else."""
    nearly_none = ScatteringAir(molecules=1e-12, aerosol=0.0)
    expected = 0.3 * solar_irradiance_w_m2_m(NEAR_M) / math.pi

    assert earthshine(90.0, air=nearly_none)[0] == pytest.approx(expected, rel=1e-9)


def test_no_step_at_sunset_and_nothing_at_night():
    """Day, twilight and night follow each other."""
    light = earthshine(1e-9, -1e-9, -17.999, -18.001)

    assert light[1] == pytest.approx(light[0], rel=1e-6)
    assert 0.0 < light[2] < 1e-3
    assert light[3] == 0.0


def test_last_light_comes_from_the_air_and_off_the_ground():
    """At sunset: what the zenith sends down, once up from the air and its albedo's share more."""
    air = scattering_air(0.172, wavelength_m=NEAR_M, site_height_m=0.0)
    one = np.ones(1)
    zenith = daylight_radiance_w_m2_sr_m(
        0.0 * one,
        elevation_deg=90.0 * one,
        sun_separation_deg=90.0 * one,
        air=air,
        wavelength_m=NEAR_M,
    )

    assert earthshine(0.0, air=air) == pytest.approx(1.3 * zenith, rel=1e-12)


def test_darker_as_the_sun_sinks():
    """From the zenith to the end of twilight."""
    assert np.all(np.diff(earthshine(*np.linspace(90.0, -18.0, 500))) <= 0.0)


def test_full_moon_on_the_ground():
    """Full Moon is 400,000 times fainter than the Sun in V, hence so is the ground (0.1 mag)."""
    ratio = moon_irradiance_w_m2_m(np.zeros(1), wavelength_m=545e-9) / solar_irradiance_w_m2_m(
        545e-9
    )

    assert 1.0 / ratio[0] == pytest.approx(4.0e5, rel=0.1)


def test_moonlit_ground():
    """a E sin h / π with the Moon up, nothing with it down."""
    light = moonlit_earth_radiance_w_m2_sr_m(
        np.zeros(3),
        moon_elevation_deg=np.array([90.0, 30.0, -1.0]),
        albedo=0.3,
        wavelength_m=NEAR_M,
    )

    full = 0.3 / math.pi * moon_irradiance_w_m2_m(np.zeros(1), wavelength_m=NEAR_M)[0]
    assert light == pytest.approx([full, 0.5 * full, 0.0])


def test_airglow_shines_on_the_ground_too():
    """Seen directly and off the ground."""
    assert airglow_radiance_w_m2_sr_m(albedo=0.3, wavelength_m=NEAR_M) == pytest.approx(
        1.3 * natural_radiance_w_m2_sr_m(NEAR_M)
    )
