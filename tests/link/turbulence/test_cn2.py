"""The Hufnagel–Valley profile."""

from __future__ import annotations

from math import gamma

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.link.turbulence.cn2 import HEIGHTS_M, STEPS_M, HufnagelValley


@pytest.mark.parametrize("power", [0.0, 5 / 6, 5 / 3])
def test_moments_are_the_gamma_functions(power):
    """Each of the three terms integrates to a Gamma function, up to what lies above 20 km."""
    terms = ((1.7e-14, 0, 100.0), (2.7e-16, 0, 1500.0), (8.148e-56 * 21**2, 10, 1000.0))
    exact = sum(c * a ** (n + power + 1) * gamma(n + power + 1) for c, n, a in terms)
    ours = HufnagelValley().cn2_m23(HEIGHTS_M, site_height_m=0.0) @ (STEPS_M * HEIGHTS_M**power)

    # Above 20 km lie 0.06 % of the turbulence, 1 % weighted for scintillation, 3 % for angles.
    assert ours == pytest.approx(exact, rel={0.0: 1e-3, 5 / 6: 0.015, 5 / 3: 0.04}[power])
    assert ours < exact


def test_a_mountain_has_its_own_surface_layer_below_the_same_free_air():
    """At 3 km the ground term is whole; 3 km higher both sites see the same."""
    profile = HufnagelValley()
    summit = profile.cn2_m23(np.array([0.0, 3000.0]), site_height_m=3000.0)
    plain = profile.cn2_m23(np.array([0.0, 6000.0]), site_height_m=0.0)

    assert summit[0] == pytest.approx(1.7e-14 + 2.7e-16 * np.exp(-2), rel=0.01)
    assert summit[1] == pytest.approx(plain[1], rel=1e-6)


@pytest.mark.parametrize("field", ["ground_cn2_m23", "high_wind_m_s"])
def test_negative_turbulence_is_refused(field):
    """Neither a structure constant nor a speed is negative."""
    with pytest.raises(NonPhysicalError, match=field):
        HufnagelValley(**{field: -1e-15})
