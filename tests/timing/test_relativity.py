"""How fast clocks run against known orbits, and gravity's delay against its integral."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.optimize import brentq

from satqkd.constants import EARTH_GM_M3_S2, SPEED_OF_LIGHT_M_S
from satqkd.timing.relativity import (
    accumulated_s,
    clock_rate,
    inertial_velocity_m_s,
    shapiro_delay_s,
)

near = partial(pytest.approx, rel=1e-6, abs=0.0)
"""These times are far below the absolute tolerance that pytest grants by itself."""


def test_rates_are_those_of_40_digits(light):
    """36 places; the constant of the geoid has 1e-19 of rounding."""
    rates = clock_rate(light["satellite_m"], velocity_m_s=light["velocity_m_s"])

    assert rates == pytest.approx(light["clock_rate"], abs=1e-21)


@pytest.mark.parametrize("latitude_deg", [0.0, 40.0, -75.0, 90.0])
def test_a_clock_on_the_ellipsoid_keeps_terrestrial_time(latitude_deg):
    """To the harmonics left out, 2e-15; latitude does not matter, as Earth's shape sees to."""
    squeeze = 1.0 - 1.0 / 298.257223563
    phi = np.radians(latitude_deg)
    curvature = 6378137.0 / np.hypot(np.cos(phi), squeeze * np.sin(phi))
    place = curvature * np.array([[np.cos(phi)], [0.0], [squeeze**2 * np.sin(phi)]])
    rate = clock_rate(place, velocity_m_s=inertial_velocity_m_s(place, velocity_m_s=0.0 * place))

    assert rate[0] == pytest.approx(0.0, abs=2e-15)


def test_a_kilometre_higher_is_faster_by_g_h():
    """1.09e-13, to the 1 % by which gravity falls and differs from 9.81 m/s²."""
    low, high = np.array([[6378137.0], [0.0], [0.0]]), np.array([[6379137.0], [0.0], [0.0]])

    def rate(place):
        return clock_rate(place, velocity_m_s=inertial_velocity_m_s(place, velocity_m_s=0 * place))

    climbed = float(rate(high)[0] - rate(low)[0])
    assert climbed == near(9.81e3 / SPEED_OF_LIGHT_M_S**2, rel=0.01)


def test_gps_clocks_are_made_slow_by_the_published_amount():
    """4.4647e-10 (N. Ashby, 2003) for a = 26561.75 km; the Earth's flatness adds 1e-14."""
    a = 26561.75e3
    speed = np.sqrt(EARTH_GM_M3_S2 / a)
    rate = clock_rate(np.array([[a], [0.0], [0.0]]), velocity_m_s=np.array([[0.0], [speed], [0.0]]))

    assert rate[0] == pytest.approx(4.4647e-10, abs=1e-14)


def test_an_eccentric_orbit_swings_as_in_the_gps_standard():
    """−2 √(GM a) e sin E / c² (IS-GPS-200), added up over one orbit; 1e-3 is the flatness."""
    a, e = 26561.75e3, 0.02
    motion = np.sqrt(EARTH_GM_M3_S2 / a**3)
    t = np.linspace(0.0, 2.0 * np.pi / motion, 721)
    anomaly = np.array(
        [brentq(lambda E, m=m: E - e * np.sin(E) - m, -1.0, 7.0, xtol=1e-14) for m in motion * t]
    )
    zero = np.zeros_like(t)
    place = a * np.stack([np.cos(anomaly) - e, np.sqrt(1 - e**2) * np.sin(anomaly), zero])
    speed = motion * a / (1.0 - e * np.cos(anomaly))
    velocity = speed * np.stack([-np.sin(anomaly), np.sqrt(1 - e**2) * np.cos(anomaly), zero])
    rate = clock_rate(place, velocity_m_s=velocity)
    total = accumulated_s(t, rate=rate - (rate[:-1].mean()), starts=np.array([0, t.size]))
    known = -2.0 * np.sqrt(EARTH_GM_M3_S2 * a) * e / SPEED_OF_LIGHT_M_S**2 * np.sin(anomaly)

    assert total == pytest.approx(known, abs=2e-3 * np.abs(known).max())


def test_time_errors_begin_anew_with_each_pass():
    """An empty pass between two changes nothing."""
    t = np.array([0.0, 1.0, 2.0, 100.0, 103.0])
    total = accumulated_s(t, rate=np.full(5, 2e-10), starts=np.array([0, 3, 3, 5]))

    assert total == pytest.approx([0.0, 2e-10, 4e-10, 0.0, 6e-10], abs=1e-24)
    assert accumulated_s(np.zeros(0), rate=np.zeros(0), starts=np.array([0, 0])).size == 0


def test_gravity_delays_light_as_integrated_along_it(light):
    """36 lines of sight, 1e-12 of up to 60 ps."""
    found = shapiro_delay_s(
        light["range_m"],
        radius_m=np.linalg.norm(light["station_m"], axis=0),
        other_radius_m=np.linalg.norm(light["satellite_m"], axis=0),
    )

    assert found == near(light["shapiro_s"], rel=1e-12)
