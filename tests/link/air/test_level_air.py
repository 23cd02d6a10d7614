"""Air along the ground."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.errors import NonPhysicalError
from satqkd.link.air.aerosol import ground_extinction_per_m
from satqkd.link.air.level_air import LevelAir

DECIBEL = 10.0 / math.log(10.0)


def total_db(air, *, wavelength_m=550e-9, length_m=7100.0, height_m=0.0):
    return sum(air.lines_db(length_m, wavelength_m=wavelength_m, height_m=height_m).values())


def test_at_550_nm_all_parts_make_the_visibility():
    """3.912 / V: molecules and aerosol together are what one sees."""
    air = LevelAir(visibility_m=10e3)
    seen = ground_extinction_per_m(10e3, wavelength_m=550e-9)

    assert total_db(air) == pytest.approx(DECIBEL * seen * 7100.0, rel=1e-12)


def test_molecules_along_the_ground_are_the_tables():
    """0.0116 per km at 550 nm and sea level [C. Bodhaine 1999: 0.0113 at 15 °C; recalled], 5 %."""
    lines = LevelAir().lines_db(1000.0, wavelength_m=550e-9, height_m=0.0)

    assert lines["molecules"] / DECIBEL == pytest.approx(0.0115, rel=0.05)


def test_a_stated_attenuation_counts_instead():
    """One line, at every wavelength."""
    air = LevelAir(attenuation_db_m=0.5e-3)

    assert air.lines_db(7100.0, wavelength_m=1550e-9, height_m=0.0) == {
        "atmosphere": pytest.approx(3.55)
    }


@given(st.floats(100.0, 100e3), st.sampled_from([450e-9, 850e-9, 1550e-9]))
def test_better_sight_never_loses_more(visibility_m, wavelength_m):
    """Over all pieces of the law."""
    near, far = (
        total_db(LevelAir(visibility_m=v), wavelength_m=wavelength_m)
        for v in (visibility_m, 1.1 * visibility_m)
    )

    assert far <= near * (1.0 + 1e-12)


def test_ranges_have_ends():
    """Best is clear, worst is hazy, by either description."""
    for air in (
        LevelAir(visibility_m=15e3, visibility_range_m=(8e3, 30e3)),
        LevelAir(attenuation_db_m=2e-4, attenuation_range_db_m=(1e-4, 5e-4)),
    ):
        assert total_db(air.best()) < total_db(air) < total_db(air.worst())


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"visibility_m": 0.0}, "visibility_m"),
        ({"visibility_m": 5e3, "visibility_range_m": (6e3, 7e3)}, "visibility_range_m"),
        ({"attenuation_db_m": -1.0}, "attenuation_db_m"),
        ({"attenuation_range_db_m": (0.0, 1.0)}, "attenuation_range_db_m"),
        ({"attenuation_db_m": 1e-4, "visibility_range_m": (6e3, 50e3)}, "visibility_range_m"),
    ],
)
def test_what_makes_no_sense_is_refused(fields, named):
    """By the name of the field."""
    with pytest.raises(NonPhysicalError, match=named):
        LevelAir(**fields)
