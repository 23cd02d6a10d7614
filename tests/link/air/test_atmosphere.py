"""Airmass and extinction."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp, mpf

from satqkd.errors import NonPhysicalError
from satqkd.link.air.atmosphere import Atmosphere, airmass


@pytest.mark.parametrize("elevation", [0, 1, 5, 10, 20, 45, 60, 90])
def test_airmass_is_kasten_and_young(elevation):
    """Equation 3 of the paper in 30 digits."""
    with mp.workdps(30):
        printed = 1 / (
            mp.sin(mp.radians(elevation))
            + mpf("0.50572") * (elevation + mpf("6.07995")) ** mpf("-1.6364")
        )

    assert airmass(np.array([float(elevation)]))[0] == pytest.approx(float(printed), rel=1e-12)


def test_airmass_is_the_secant_well_above_the_horizon():
    """Above 30° a flat atmosphere is good to 0.3 %."""
    elevation = np.linspace(30.0, 90.0, 50)

    assert airmass(elevation) == pytest.approx(1.0 / np.sin(np.radians(elevation)), rel=3e-3)


def test_loss_grows_with_airmass(a_scene):
    """Twice the air, twice the decibels; at the zenith the transmittance itself."""
    scene = a_scene([1e6, 1e6], [90.0, 30.0])
    loss = Atmosphere(zenith_transmittance=0.5).extinction_db(scene, wavelength_m=850e-9)[
        "atmosphere"
    ]

    assert loss[0] == pytest.approx(3.01, abs=0.01)
    assert loss[1] / loss[0] == pytest.approx(1.995, abs=0.002)


def test_lines_are_the_air_and_the_veil(a_scene):
    """A veil of 0.1 costs 0.43 dB at the zenith; the air's own line does not know of it."""
    scene = a_scene([1e6, 1e6], [90.0, 20.0])
    lines = Atmosphere(zenith_transmittance=0.5, cloud_optical_depth=0.1).extinction_db(
        scene, wavelength_m=850e-9
    )
    clear = Atmosphere(zenith_transmittance=0.5).extinction_db(scene, wavelength_m=850e-9)

    assert set(lines) == {"atmosphere", "cloud"}
    assert (lines["atmosphere"] == clear["atmosphere"]).all()
    assert lines["cloud"] == pytest.approx(0.4342945 * airmass(scene.elevation_deg), rel=1e-6)
    assert not clear["cloud"].any()


def test_clearest_and_haziest_air():
    """best has the largest transmittance, worst the smallest."""
    air = Atmosphere(zenith_transmittance=0.6, zenith_transmittance_range=(0.4, 0.8))

    assert air.best().zenith_transmittance == 0.8
    assert air.worst().zenith_transmittance == 0.4
    assert Atmosphere(zenith_transmittance=0.6).worst().zenith_transmittance == 0.6


@pytest.mark.parametrize("value", [0.0, -0.1, 1.1, float("nan")])
def test_transmittance_outside_0_to_1_is_refused(value):
    """Nothing gets through opaque air, and air does not amplify."""
    with pytest.raises(NonPhysicalError, match="zenith_transmittance"):
        Atmosphere(zenith_transmittance=value)


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_a_cloud_that_cannot_be_is_refused(value):
    """A cloud takes light."""
    with pytest.raises(NonPhysicalError, match="cloud_optical_depth"):
        Atmosphere(zenith_transmittance=0.5, cloud_optical_depth=value)
