"""Air from a table, with and without an aerosol beside it."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.link.air.airmass import kasten_young, seen_airmass
from satqkd.link.air.table_air import TableAir
from satqkd.link.air.transmittance_table import TransmittanceTable

COLUMNS = (90.0, 30.0, 10.0)
TABLE = TransmittanceTable(
    wavelengths_m=(800e-9, 900e-9),
    elevations_deg=COLUMNS,
    transmittance=tuple(
        tuple(np.exp(-depth * kasten_young(np.array(COLUMNS)))) for depth in (0.1, 0.3)
    ),
)


def test_a_whole_table_is_one_line(a_scene):
    """Atmosphere, at the airmass the telescope sees; and the cloud, if any."""
    at = a_scene(np.full(3, 1e6), np.array([90.0, 40.0, 12.0]))
    lines = TableAir(table=TABLE).extinction_db(at, wavelength_m=850e-9)
    mass = seen_airmass(at.elevation_deg, site_height_m=at.site_height_m, wavelength_m=850e-9)

    assert set(lines) == {"atmosphere", "cloud"}
    assert lines["atmosphere"] == pytest.approx(4.342945 * 0.2 * mass, rel=1e-6)
    assert not lines["cloud"].any()


def test_aerosol_comes_beside_a_table_without(a_scene):
    """Then the table is of molecules alone."""
    at = a_scene(np.full(2, 1e6), np.array([90.0, 20.0]))
    lines = TableAir(table=TABLE, aerosol_optical_depth=0.2, cloud_optical_depth=0.1).extinction_db(
        at, wavelength_m=800e-9
    )

    assert set(lines) == {"molecules", "aerosol", "cloud"}
    assert lines["aerosol"] == pytest.approx(
        lines["molecules"] * 2.0 * (550.0 / 800.0) ** 1.3, rel=1e-6
    )
    assert lines["cloud"] == pytest.approx(lines["molecules"], rel=1e-6)


def test_the_range_of_the_aerosol_is_walked():
    """best and worst take its ends; without one they change nothing."""
    air = TableAir(table=TABLE, aerosol_optical_depth=0.2, aerosol_optical_depth_range=(0.1, 0.4))

    assert air.best().aerosol_optical_depth == 0.1
    assert air.worst().aerosol_optical_depth == 0.4
    assert TableAir(table=TABLE).best() == TableAir(table=TABLE).worst()


@pytest.mark.parametrize(
    "given",
    [
        {"aerosol_optical_depth": -0.1},
        {"aerosol_optical_depth_range": (0.1, 0.2)},
        {"aerosol_optical_depth": 0.1, "aerosol_optical_depth_range": (-0.1, 0.2)},
        {"aerosol_optical_depth": 0.3, "aerosol_optical_depth_range": (0.1, 0.2)},
        {"cloud_optical_depth": float("nan")},
        {"angstrom_exponent": 9.0},
    ],
)
def test_air_that_cannot_be_is_refused(given):
    """Whatever the table."""
    with pytest.raises(NonPhysicalError, match=next(reversed(given))):
        TableAir(table=TABLE, **given)


def test_a_wavelength_outside_the_table_is_refused(a_scene):
    """Before anything is computed with it."""
    with pytest.raises(NonPhysicalError, match="transmittance table"):
        TableAir(table=TABLE).extinction_db(a_scene([1e6], 45.0), wavelength_m=1550e-9)
