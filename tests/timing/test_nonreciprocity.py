"""Floors, and the air that the two ways do not share."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.integrate import quad

from satqkd.errors import NonPhysicalError
from satqkd.link.scene import Scene
from satqkd.link.turbulence.cn2 import HufnagelValley
from satqkd.link.turbulence.profile import Turbulence
from satqkd.timing.nonreciprocity import TimingFloor, piston_nonreciprocity_s

near = partial(pytest.approx, rel=1e-6, abs=0.0)
"""These times are far below the absolute tolerance that pytest grants by itself."""

LIGHT = 299792458.0


def scene(range_m, elevation_deg, across_m_s):
    """One look at a satellite that crosses the line of sight."""
    still = Scene.dark(np.array([range_m]), np.array([elevation_deg]))
    return replace(still, angular_rate_rad_s=np.array([across_m_s / range_m]))


def test_a_floor_is_a_power_law():
    """White phase of 4 fs at 10 s, and one that never changes."""
    assert TimingFloor(tdev_s=4e-15, at_s=10.0, slope=-0.5).at([10.0, 40.0]) == near([4e-15, 2e-15])
    assert TimingFloor(tdev_s=4e-15).at([1.0, 1e4]) == near([4e-15, 4e-15])
    with pytest.raises(NonPhysicalError, match="slope"):
        TimingFloor(slope=-1.0)


def test_the_piston_is_the_structure_of_two_directions():
    """2.914 sec ζ ∫ Cn² (θ h sec ζ)^(5/3) dh / c², by quadrature: half of its root."""
    profile = HufnagelValley()
    ahead, secant = 2.0 * 7.5e3 / LIGHT, 1.0 / np.sin(np.radians(60.0))

    def layer(h):
        return profile.cn2_m23(np.array([h]), site_height_m=0.0)[0] * (ahead * h * secant) ** (
            5 / 3
        )

    total = sum(
        quad(layer, a, b)[0] for a, b in [(0, 200), (200, 3000), (3000, 20000), (20000, 60000)]
    )
    known = 0.5 * np.sqrt(2.914 * secant * total) / LIGHT
    found = piston_nonreciprocity_s(scene(577e3, 60.0, 7.5e3), Turbulence())

    assert found == near([known], rel=1e-5)
    assert 0.1e-15 < found[0] < 10e-15


def test_a_satellite_that_stands_still_shares_its_air():
    """Geostationary: no point-ahead against the turning Earth in this model."""
    assert piston_nonreciprocity_s(scene(3.6e7, 40.0, 0.0), Turbulence()) == 0.0
