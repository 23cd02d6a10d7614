"""From sunset to night."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from satqkd.link.background.sky_brightness import (
    V_M,
    band_radiance_w_m2_sr_m,
    surface_brightness_mag,
)
from satqkd.link.background.twilight import twilight_radiance_w_m2_sr_m

FIT = json.loads(
    (Path(__file__).parents[2] / "reference" / "stray_light.json").read_text(encoding="utf-8")
)["twilight_v"]


def twilight(sun_elevation_deg, wavelength_m=V_M, sunset=1e6):
    sun = np.atleast_1d(np.asarray(sun_elevation_deg, dtype=np.float64))
    return twilight_radiance_w_m2_sr_m(
        sun, wavelength_m=wavelength_m, sunset_w_m2_sr_m=np.full(sun.shape, sunset)
    )


def test_measured_zenith_brightness():
    """Twilight and dark sky together give the fit; straight lines over 0.05° cost 0.001 mag."""
    down = np.array([float(text) for text in FIT])
    both = twilight(-down - 1e-9) + float(band_radiance_w_m2_sr_m(21.6, band="V"))

    magnitude = surface_brightness_mag(both, wavelength_m=V_M)

    assert magnitude == pytest.approx(list(FIT.values()), abs=0.002)


@pytest.mark.parametrize("wavelength_m", [450e-9, V_M, 850e-9, 1550e-9])
def test_never_brighter_as_the_sun_sinks(wavelength_m):
    """From the horizon to 18° down every step is darker, and it ends at nothing."""
    light = twilight(-np.linspace(1e-6, 18.5, 800), wavelength_m=wavelength_m)

    assert all(later <= earlier for earlier, later in pairwise(light))
    assert light[-1] == 0.0


@pytest.mark.parametrize("edge_deg", [-5.0, -12.0, -18.0])
def test_continuous(edge_deg):
    """No step where one description hands over to the next, but a millionth of the night sky."""
    above, below = twilight([edge_deg + 1e-6, edge_deg - 1e-6], wavelength_m=850e-9)

    assert below == pytest.approx(above, rel=1e-4, abs=1e-6)


def test_starts_from_the_sky_at_sunset():
    """At the horizon it is the day's last light."""
    assert twilight(-1e-9, sunset=8e5)[0] == pytest.approx(8e5, rel=1e-6)


def test_nothing_by_day():
    """With the Sun up the light is daylight."""
    assert twilight([0.0, 10.0]).tolist() == [0.0, 0.0]
