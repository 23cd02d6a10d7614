"""Extinction by molecules, haze and thin cloud."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.errors import NonPhysicalError
from satqkd.link.air.airmass import seen_airmass
from satqkd.link.air.clear_air import ClearAir
from satqkd.link.scene import Scene

MONTHS = (2.5, 2.7, 3.0, 3.3, 3.6, 4.0, 4.2, 4.0, 3.6, 3.2, 2.8, 2.5)


def scene(elevation_deg, *, height_m=0.0, month=1):
    """Satellites at some elevations."""
    elevation = np.atleast_1d(np.asarray(elevation_deg, dtype=np.float64))
    dark = Scene.dark(np.full_like(elevation, 1e6), elevation)
    months = np.zeros(elevation.shape, dtype=np.int64) + month
    return replace(dark, site_height_m=height_m, month=months)


def airs():
    """Every way to describe haze."""
    cloud = st.floats(0.0, 2.0)
    return st.one_of(
        st.builds(
            ClearAir,
            visibility_m=st.floats(100.0, 3e5),
            visibility_model=st.sampled_from(["kim", "kruse"]),
            cloud_optical_depth=cloud,
        ),
        st.builds(
            ClearAir,
            aerosol_optical_depth=st.floats(0.0, 3.0),
            angstrom_exponent=st.floats(-1.0, 4.0),
            cloud_optical_depth=cloud,
        ),
        st.builds(
            ClearAir,
            linke_turbidity=st.lists(st.floats(1.0, 20.0), min_size=12, max_size=12).map(tuple),
            cloud_optical_depth=cloud,
        ),
    )


@given(
    air=airs(),
    elevations=st.lists(st.floats(0.0, 89.9), min_size=2, max_size=2).map(sorted),
    wavelength_m=st.floats(370e-9, 4e-6),
    height_m=st.floats(-400.0, 6_000.0),
)
def test_lower_is_never_brighter_and_no_line_negative(air, elevations, wavelength_m, height_m):
    """Each line of its own; to 1e-7, which the airmass formula dips within 0.02° of the zenith."""
    lines = air.extinction_db(scene(elevations, height_m=height_m), wavelength_m=wavelength_m)

    assert set(lines) == {"molecules", "aerosol", "cloud"}
    for low, high in lines.values():
        assert low >= high * (1.0 - 1e-7)
        assert high >= 0.0


def test_lines_are_optical_depths_times_airmass():
    """At 848.6 nm and 0.2 of aerosol: 0.0167 and 0.2·(550/848.6)^1.3 at the zenith, in 4.343 dB."""
    air = ClearAir(aerosol_optical_depth=0.2, cloud_optical_depth=0.1)
    at = scene([90.0, 30.0, 10.0])
    lines = air.extinction_db(at, wavelength_m=848.6e-9)
    mass = seen_airmass(at.elevation_deg, site_height_m=0.0, wavelength_m=848.6e-9)

    assert lines["molecules"] == pytest.approx(4.343 * 0.01673 * mass, rel=2e-3)
    assert lines["aerosol"] == pytest.approx(
        4.34294 * 0.2 * (550.0 / 848.6) ** 1.3 * mass, rel=1e-5
    )
    assert lines["cloud"] == pytest.approx(0.434294 * mass, rel=1e-5)


def test_turbidity_follows_the_month():
    """July is hazier than January, sample by sample."""
    air = ClearAir(linke_turbidity=MONTHS)
    at = scene([45.0, 45.0, 45.0], month=np.array([1, 7, 12]))
    january, july, december = air.extinction_db(at, wavelength_m=850e-9)["aerosol"]

    assert july > 2.0 * january
    assert january == december


@pytest.mark.parametrize(
    "air",
    [
        ClearAir(visibility_m=20e3, visibility_range_m=(10e3, 40e3)),
        ClearAir(aerosol_optical_depth=0.2, aerosol_optical_depth_range=(0.1, 0.4)),
        ClearAir(linke_turbidity=MONTHS, linke_turbidity_error=0.5),
    ],
    ids=["visibility", "optical depth", "turbidity"],
)
def test_ranges_are_walked_to_their_ends(air):
    """best is clearer, worst hazier; without a range neither changes anything."""
    at = scene([30.0], month=6)
    worst, stated, best = (
        one.extinction_db(at, wavelength_m=850e-9)["aerosol"][0]
        for one in (air.worst(), air, air.best())
    )
    plain = replace(
        air, visibility_range_m=None, aerosol_optical_depth_range=None, linke_turbidity_error=0.0
    )

    assert worst > stated > best
    assert air.best().best() == air.best()
    assert plain.best() == plain.worst() == plain


def test_a_dry_month_has_its_haze_from_less_water():
    """The drier the air, the more of the same turbidity is aerosol."""
    at = scene([45.0])
    wet, dry = (
        ClearAir(linke_turbidity=MONTHS, precipitable_water_m=water).extinction_db(
            at, wavelength_m=850e-9
        )["aerosol"][0]
        for water in (0.03, 0.005)
    )

    assert dry > wet


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "exactly one .* got 0"),
        ({"visibility_m": 2e4, "aerosol_optical_depth": 0.1}, "exactly one .* got 2"),
        ({"visibility_m": 0.0}, "visibility_m"),
        ({"visibility_m": 2e4, "visibility_range_m": (3e4, 4e4)}, "visibility_range_m"),
        ({"visibility_m": 2e4, "visibility_range_m": (-1.0, 4e4)}, "visibility_range_m"),
        ({"visibility_m": 2e4, "aerosol_optical_depth_range": (0.1, 0.2)}, "not given"),
        ({"visibility_m": 2e4, "linke_turbidity_error": 0.2}, "needs a linke_turbidity"),
        ({"visibility_m": 2e4, "aerosol_scale_height_m": 0.0}, "aerosol_scale_height_m"),
        ({"aerosol_optical_depth": -0.1}, "aerosol_optical_depth"),
        (
            {"aerosol_optical_depth": 0.1, "aerosol_optical_depth_range": (-0.1, 0.2)},
            "aerosol_optical_depth_range",
        ),
        ({"aerosol_optical_depth": 0.1, "angstrom_exponent": 5.0}, "angstrom_exponent"),
        ({"linke_turbidity": MONTHS[:11]}, "12 values"),
        ({"linke_turbidity": (*MONTHS[:11], float("nan"))}, "linke_turbidity"),
        ({"linke_turbidity": (*MONTHS[:11], 0.5)}, "linke_turbidity"),
        ({"linke_turbidity": MONTHS, "precipitable_water_m": 0.0}, "precipitable_water_m"),
        ({"linke_turbidity": MONTHS, "linke_turbidity_error": -1.0}, "linke_turbidity_error"),
        ({"aerosol_optical_depth": 0.1, "ozone_du": -1.0}, "ozone_du"),
        ({"aerosol_optical_depth": 0.1, "cloud_optical_depth": -1.0}, "cloud_optical_depth"),
    ],
)
def test_air_that_cannot_be_is_refused(given, message):
    """One measure of haze, each value within what air can be."""
    with pytest.raises(NonPhysicalError, match=message):
        ClearAir(**given)


def test_a_wavelength_outside_the_model_is_refused():
    """Not silently transparent in the thermal infrared."""
    with pytest.raises(NonPhysicalError, match="wavelength_m"):
        ClearAir(visibility_m=2e4).extinction_db(scene([45.0]), wavelength_m=10e-6)
