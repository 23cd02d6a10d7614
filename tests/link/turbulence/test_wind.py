"""Bufton's wind."""

from __future__ import annotations

import numpy as np
import pytest

from satqkd.errors import NonPhysicalError
from satqkd.link.turbulence.wind import BuftonWind


@pytest.mark.parametrize("ground", [0.0, 2.8, 5.0, 10.0])
def test_high_wind_is_the_polynomial_of_the_recommendation(ground):
    """ITU-R P.1622-1 prints √(v² + 30.69 v + 348.91), rounded in the last digits."""
    printed = np.sqrt(ground**2 + 30.69 * ground + 348.91)

    assert BuftonWind(ground_m_s=ground).high_wind_m_s() == pytest.approx(printed, rel=1e-4)


def test_default_wind_belongs_to_the_default_profile():
    """2.8 m/s at the ground gives the 21 m/s of HV-5/7."""
    assert BuftonWind().high_wind_m_s() == pytest.approx(21.0, abs=0.05)


def test_jet_stream_is_at_its_height():
    """30 m/s more than at the ground at 9.4 km, 1/e of that a thickness above."""
    wind = BuftonWind(ground_m_s=5.0).wind_m_s(np.array([9_400.0, 14_200.0]))

    assert wind == pytest.approx([35.0, 5.0 + 30.0 / np.e])


def test_wind_that_blows_backwards_is_refused():
    """A speed is not negative, and a layer has a thickness."""
    with pytest.raises(NonPhysicalError, match="ground_m_s"):
        BuftonWind(ground_m_s=-1.0)
    with pytest.raises(NonPhysicalError, match="thickness_m"):
        BuftonWind(thickness_m=0.0)
