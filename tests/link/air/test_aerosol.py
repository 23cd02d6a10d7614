"""Haze from visibility, optical depth and turbidity."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.link.air.aerosol import (
    angstrom_optical_depth,
    ground_extinction_per_m,
    linke_optical_depth,
    visibility_exponent,
    visibility_optical_depth,
)

TABLES = json.loads(
    Path(__file__).parents[2].joinpath("reference", "extinction.json").read_text("utf-8")
)


def test_haze_over_a_visibility_is_the_integral_over_height():
    """To 1e-4: the logarithm of 50 is printed as 3.912, the molecules are the paper's fit."""
    for row in TABLES["visibility"]:
        depth = visibility_optical_depth(
            1e3 * row["visibility_km"],
            wavelength_m=1e-9 * row["wavelength_nm"],
            site_height_m=row["height_m"],
            model=row["model"],
        )

        assert depth == pytest.approx(row["optical_depth"], rel=1e-4)


def test_turbidity_is_turned_around():
    """Ineichen's formula, forward with 30 digits, gives back the depth it was made from."""
    for row in TABLES["turbidity"]:
        depth = linke_optical_depth(
            row["linke_turbidity"],
            site_height_m=row["height_m"],
            precipitable_water_m=1e-2 * row["water_cm"],
        )

        assert depth == pytest.approx(row["aerosol_optical_depth"], rel=1e-9)


def test_fog_is_grey_for_kim_and_not_for_kruse():
    """Below 500 m Kim's exponent is 0: 1550 nm gains nothing."""
    assert visibility_exponent(300.0, model="kim") == 0.0
    assert visibility_exponent(300.0, model="kruse") == pytest.approx(0.585 * 0.3 ** (1 / 3))


@pytest.mark.parametrize(
    ("visibility_m", "wavelength_m", "db_km"),
    [(200.0, 785e-9, 84.9), (200.0, 1550e-9, 84.9), (10e3, 785e-9, 1.07), (10e3, 1550e-9, 0.44)],
)
def test_losses_along_the_ground_are_kims(visibility_m, wavelength_m, db_km):
    """Kim's formula in decibels a kilometre, to the digits of the law worked out by hand."""
    loss = 4_342.94 * ground_extinction_per_m(visibility_m, wavelength_m=wavelength_m)

    assert loss == pytest.approx(db_km, rel=0.01)


def test_air_as_clear_as_molecules_allow_has_no_haze():
    """Beyond 340 km of view nothing is left for aerosol."""
    assert visibility_optical_depth(400e3, wavelength_m=850e-9, site_height_m=0.0) == 0.0


def test_turbidity_of_clean_dry_air_has_no_haze():
    """Less turbidity than water alone makes is no negative aerosol."""
    assert linke_optical_depth(1.5, site_height_m=0.0) == 0.0


@given(
    model=st.sampled_from(["kim", "kruse"]),
    visibilities_m=st.lists(st.floats(50.0, 2e5), min_size=2, max_size=2).map(sorted),
    wavelength_m=st.floats(550e-9, 4e-6),
)
def test_further_sight_means_less_haze(model, visibilities_m, wavelength_m):
    """At and above 550 nm; below, the laws step up where their exponent does."""
    hazy, clear = (
        visibility_optical_depth(v, wavelength_m=wavelength_m, site_height_m=0.0, model=model)
        for v in visibilities_m
    )

    assert hazy >= clear >= 0.0


@given(
    turbidities=st.lists(st.floats(1.0, 20.0), min_size=2, max_size=2).map(sorted),
    height_m=st.floats(-400.0, 7_000.0),
)
def test_more_turbidity_means_more_haze(turbidities, height_m):
    """Whatever the height of the station."""
    clear, hazy = (linke_optical_depth(t, site_height_m=height_m) for t in turbidities)

    assert hazy >= clear >= 0.0


@given(depth=st.floats(0.0, 5.0), exponent=st.floats(0.0, 4.0))
def test_haze_is_its_own_at_550_nm_and_no_more_beyond(depth, exponent):
    """Ångström's law pivots on 550 nm."""
    at, beyond = (
        float(angstrom_optical_depth(depth, wavelength_m=wave, exponent=exponent))
        for wave in (550e-9, 850e-9)
    )

    assert at == depth
    assert 0.0 <= beyond <= depth
