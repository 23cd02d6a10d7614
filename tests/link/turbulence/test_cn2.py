"""The Hufnagel–Valley profile."""

from __future__ import annotations

from math import gamma

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.link.turbulence.cn2 import TOP_M, HufnagelValley, quadrature


@pytest.mark.parametrize("power", [0.0, 5 / 6, 5 / 3])
def test_moments_are_the_gamma_functions(power):
    """Each of the three terms integrates to a Gamma function, up to the end of the air."""
    terms = ((1.7e-14, 0, 100.0), (2.7e-16, 0, 1500.0), (0.00594e-50 * (21 / 27) ** 2, 10, 1e3))
    exact = sum(c * a ** (n + power + 1) * gamma(n + power + 1) for c, n, a in terms)

    def ours(top_m):
        heights, steps = quadrature(top_m)
        return HufnagelValley().cn2_m23(heights, site_height_m=0.0) @ (steps * heights**power)

    assert ours(TOP_M) == pytest.approx(exact, rel=2e-8)
    # Above 20 km lie 0.06 % of the turbulence, 1.1 % weighted for scintillation, 2.8 % for angles.
    above = {0.0: 6.31e-4, 5 / 6: 0.01065, 5 / 3: 0.02758}[power]
    assert 1.0 - ours(20e3) / exact == pytest.approx(above, rel=1e-3)


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
