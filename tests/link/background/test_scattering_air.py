"""Depths of the air from its extinction in V."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.link.background.scattering_air import scattering_air
from satqkd.link.background.sky_brightness import V_M


@given(st.floats(0.01, 5.0), st.floats(-400.0, 6_000.0))
def test_in_v_the_parts_add_up_to_the_extinction(extinction, height_m):
    """Also where the extinction is below that of the molecules alone."""
    air = scattering_air(extinction, wavelength_m=V_M, site_height_m=height_m)

    assert air.extinction == pytest.approx(extinction, rel=1e-12)
    assert air.aerosol >= 0.0


def test_molecules_fall_faster_than_aerosol():
    """From V to 1090 nm, twice the wavelength: 1/16 and a little less, and 2^−1.3."""
    near, far = (scattering_air(0.4, wavelength_m=w, site_height_m=0.0) for w in (V_M, 2.0 * V_M))

    assert near.molecules / far.molecules == pytest.approx(16.5, abs=0.4)
    assert near.aerosol / far.aerosol == pytest.approx(2.0**1.3)
