"""Moonlit air against the paper's equations."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.link.background.moonlight import moonlight_nanolambert, moonlight_radiance_w_m2_sr_m
from satqkd.link.background.scattering_air import scattering_air
from satqkd.link.background.sky_brightness import V_M, surface_brightness_mag

ROWS = json.loads(
    (Path(__file__).parents[2] / "reference" / "stray_light.json").read_text(encoding="utf-8")
)["moon"]
ANGLES = ("phase_deg", "separation_deg", "moon_elevation_deg", "elevation_deg")


def angles(*rows):
    return {name: np.array([float(row[name]) for row in rows]) for name in ANGLES}


def moon(phase=0.0, separation=60.0, up=45.0, elevation=60.0, wavelength_m=V_M):
    row = dict(zip(ANGLES, (phase, separation, up, elevation), strict=True))
    at = angles(row)
    air = [scattering_air(0.172, wavelength_m=w, site_height_m=0.0) for w in (wavelength_m, V_M)]
    radiance = moonlight_radiance_w_m2_sr_m(
        at.pop("phase_deg"), **at, air=air[0], air_v=air[1], wavelength_m=wavelength_m
    )
    return float(radiance[0])


def test_printed_value():
    """99 nL: half Moon 30° up, 60° from the zenith, k = 0.172 (the paper's table, by others)."""
    row = dict(zip(ANGLES, (90.0, 60.0, 30.0, 90.0), strict=True))
    at = angles(row)

    nanolambert = moonlight_nanolambert(at.pop("phase_deg"), **at, extinction=0.172)

    # as the tests of math.gl (vis.gl) quote it; the table is printed to a nanolambert
    assert nanolambert[0] == pytest.approx(99.0, abs=0.5)


@pytest.mark.parametrize("extinction", sorted({row["extinction"] for row in ROWS}))
def test_reference_brightness(extinction):
    """Every equation at 144 places, evaluated apart in mpmath: only rounding differs."""
    rows = [row for row in ROWS if row["extinction"] == extinction]
    at = angles(*rows)

    nanolambert = moonlight_nanolambert(at.pop("phase_deg"), **at, extinction=extinction)

    assert nanolambert == pytest.approx([row["nanolambert"] for row in rows], rel=1e-12)


@pytest.mark.parametrize("extinction", sorted({row["extinction"] for row in ROWS}))
def test_reference_magnitude_of_the_radiance_in_v(extinction):
    """Within 0.001 mag of equation 1, whose rounded coefficient bends by 0.0001 a magnitude."""
    rows = [row for row in ROWS if row["extinction"] == extinction]
    at = angles(*rows)
    air = scattering_air(extinction, wavelength_m=V_M, site_height_m=2_800.0)
    radiance = moonlight_radiance_w_m2_sr_m(
        at.pop("phase_deg"), **at, air=air, air_v=air, wavelength_m=V_M
    )

    magnitude = surface_brightness_mag(radiance, wavelength_m=V_M)

    assert magnitude == pytest.approx([row["magnitude"] for row in rows], abs=1e-3)


def test_another_implementation_agrees():
    """19.855 mag: printed by DESI's specsim for zenith angles 20° and 70°, 50° apart, phase 45°."""
    row = dict(zip(ANGLES, (45.0, 50.0, 20.0, 70.0), strict=True))
    at = angles(row)
    nanolambert = moonlight_nanolambert(at.pop("phase_deg"), **at, extinction=0.15)[0]

    magnitude = (20.7233 - np.log(nanolambert / 34.08)) / 0.92104

    assert magnitude == pytest.approx(19.855, abs=5e-4)


def test_a_moon_below_the_horizon_gives_nothing():
    """At 0° and below there is no moonlight at all."""
    assert [moon(up=up) for up in (-90.0, -1e-9, 0.0)] == [0.0, 0.0, 0.0]


def test_moonlight_reddens_less_than_sunlight_scattered_by_molecules():
    """At 1550 nm it is 10 to 100 times fainter than in V, at 850 nm 3 to 10 times."""
    v, near, far = (moon(wavelength_m=w) for w in (V_M, 850e-9, 1550e-9))

    assert 3.0 < v / near < 10.0 < v / far < 100.0


@given(st.floats(0.0, 179.0), st.floats(0.1, 30.0), st.floats(1.0, 89.0), st.floats(0.0, 180.0))
def test_a_fuller_moon_gives_more_light(phase, further, up, separation):
    """Light falls with the phase angle, wherever Moon and satellite are."""
    bright = moon(phase=phase, separation=separation, up=up, wavelength_m=850e-9)
    faint = moon(phase=phase + further, separation=separation, up=up, wavelength_m=850e-9)

    assert 0.0 <= faint < bright
