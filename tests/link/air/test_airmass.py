"""Airmass against the printed formulas."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from satqkd.link.air.airmass import kasten_young, pickering, seen_airmass
from satqkd.passes.refraction import apparent_elevation_deg

ROWS = json.loads(
    Path(__file__).parents[2].joinpath("reference", "extinction.json").read_text("utf-8")
)["airmass"]


@pytest.mark.parametrize(
    ("formula", "name"), [(kasten_young, "kasten_young"), (pickering, "pickering")]
)
def test_airmass_is_the_printed_formula(formula, name):
    """From the horizon to the zenith, to rounding (the promise is 1e-6)."""
    elevation = np.array([row["elevation_deg"] for row in ROWS])

    assert formula(elevation) == pytest.approx([row[name] for row in ROWS], rel=1e-12)


def test_the_two_formulas_agree_where_satellites_are_seen():
    """Both stand for the same air: 0.13 % above 10°, 0.3 % above 5°."""
    elevation = np.linspace(5.0, 90.0, 200)
    apart = np.abs(pickering(elevation) / kasten_young(elevation) - 1.0)

    assert apart.max() < 3e-3
    assert apart[elevation > 10.0].max() < 1.3e-3


@pytest.mark.parametrize("height_m", [0.0, 3_233.0])
def test_seen_airmass_is_that_at_the_apparent_elevation(height_m):
    """Its nodes are near enough: 5e-5 above 10°, 4e-4 at the horizon, by h²X''/8."""
    elevation = np.linspace(0.0, 90.0, 4_001)
    lifted = apparent_elevation_deg(elevation, height_m=height_m, wavelength_m=850e-9)
    seen = seen_airmass(elevation, site_height_m=height_m, wavelength_m=850e-9)
    off = np.abs(seen / kasten_young(lifted) - 1.0)

    assert off.max() < 4e-4
    assert off[elevation > 10.0].max() < 5e-5


def test_below_the_horizon_airmass_stays_that_of_the_horizon():
    """No sample turns into a NaN."""
    low = seen_airmass(np.array([-80.0, 0.0]), site_height_m=0.0, wavelength_m=850e-9)

    assert low[0] == low[1]
