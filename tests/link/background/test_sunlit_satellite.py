"""Sunlight off a matt sphere."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from satqkd.link.background.satellite_body import Body
from satqkd.link.background.scattering_air import ScatteringAir
from satqkd.link.background.solar_spectrum import solar_irradiance_w_m2_m
from satqkd.link.background.sunlit_satellite import satellite_irradiance_w_m2_m

SPHERE = json.loads(
    (Path(__file__).parents[2] / "reference" / "stray_light.json").read_text(encoding="utf-8")
)["sphere"]


def irradiance(range_m=1e6, separation=90.0, sunlit=1.0, area_m2=1.0, aerosol=0.0):
    one = np.ones(1)
    light = satellite_irradiance_w_m2_m(
        one * range_m,
        elevation_deg=one * 90.0,
        sun_separation_deg=one * separation,
        sunlit=one * sunlit,
        body=Body(area_m2=area_m2, albedo=1.0),
        air=ScatteringAir(molecules=0.0, aerosol=aerosol),
        wavelength_m=550e-9,
    )
    return float(light[0])


@pytest.mark.parametrize("phase", SPHERE)
def test_integral_over_the_surface(phase):
    """The phase law is the sum over the lit part that is seen."""
    expected = SPHERE[phase] * solar_irradiance_w_m2_m(550e-9) / 1e12

    assert irradiance(separation=180.0 - float(phase)) == pytest.approx(expected, rel=1e-12)


def test_a_satellite_has_a_naked_eye_magnitude():
    """1 m² of white, 1000 km off, at half phase: 6.2, where −26.74 + 31.7 + 1.2 by hand."""
    ratio = irradiance() / solar_irradiance_w_m2_m(550e-9)

    assert -26.74 - 2.5 * math.log10(ratio) == pytest.approx(6.2, abs=0.05)


def test_shadow_distance_area_and_air():
    """No light in the shadow; a quarter at twice the range; twice by twice the area; thinned."""
    whole = irradiance()

    assert irradiance(sunlit=0.0) == 0.0
    assert irradiance(range_m=2e6) == pytest.approx(0.25 * whole)
    assert irradiance(area_m2=2.0) == pytest.approx(2.0 * whole)
    # the zenith's airmass is 0.9997 by Kasten and Young
    assert irradiance(aerosol=0.5) == pytest.approx(math.exp(-0.5) * whole, rel=3e-4)
