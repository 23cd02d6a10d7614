"""Offsets and the two ways' difference against light times worked out with 40 digits."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.constants import EARTH_ROTATION_RAD_S, SPEED_OF_LIGHT_M_S
from satqkd.timing.two_way import (
    asymmetry_error_s,
    delay_s,
    flight_times_s,
    motion_asymmetry_s,
    offset_s,
    path_asymmetry_s,
    sagnac_s,
)

near = partial(pytest.approx, rel=1e-6, abs=0.0)
"""These times are far below the absolute tolerance that pytest grants by itself."""

TIMES = st.floats(-1e-2, 1e-2)


def fixed(light, which):
    """Velocity against the turning Earth."""
    place, velocity = light[which], light[f"{which[:-2]}_velocity_m_s".replace("satellite_", "")]
    turning = np.cross(np.array([0.0, 0.0, EARTH_ROTATION_RAD_S]), place, axisb=0, axisc=0)
    return velocity - turning


@given(offset=TIMES, up=TIMES, down=TIMES, gap=TIMES)
def test_clocks_and_flights_come_back(offset, up, down, gap):
    """Tags made of an offset and two flights give it back once their difference is known."""
    tags = {"t2_s": up + offset, "t3_s": gap + offset, "t4_s": gap + down}

    assert offset_s(0.0, **tags, asymmetry_s=up - down) == pytest.approx(offset, abs=1e-17)
    assert delay_s(0.0, **tags) == pytest.approx(0.5 * (up + down), abs=1e-17)


def test_a_low_satellite_is_78_ns_asymmetric():
    """D-3: 7 km/s at 1000 km."""
    assert motion_asymmetry_s(1e6, range_rate_m_s=7e3) == near(77.89e-9, rel=1e-4)


def test_flight_times_are_the_roots_of_the_light_equation(light):
    """36 geometries, low, medium and geostationary; double precision of 0.12 s is 1e-17 s."""
    up, down = flight_times_s(
        light["station_m"],
        station_velocity_m_s=light["station_velocity_m_s"],
        satellite_m=light["satellite_m"],
        velocity_m_s=light["velocity_m_s"],
    )

    assert up == pytest.approx(light["up_s"], abs=3e-17)
    assert down == pytest.approx(light["down_s"], abs=3e-17)
    assert up - down == pytest.approx(light["asymmetry_s"], abs=6e-17)


def test_motion_and_sagnac_are_the_asymmetry_to_first_order(light):
    """What is left is R/c (v/c)²: below 15 ps everywhere, of up to 300 ns."""
    found = np.array(
        [
            path_asymmetry_s(
                light["station_m"][:, i],
                satellite_m=light["satellite_m"][:, i : i + 1],
                velocity_m_s=fixed(light, "satellite_m")[:, i : i + 1],
            )[0]
            for i in range(light["up_s"].size)
        ]
    )
    speed = np.linalg.norm(light["velocity_m_s"], axis=0) / SPEED_OF_LIGHT_M_S

    assert np.all(np.abs(found - light["asymmetry_s"]) < 2.0 * light["up_s"] * speed**2 + 1e-15)
    moved = motion_asymmetry_s(light["range_m"], range_rate_m_s=light["range_rate_m_s"])
    turned = sagnac_s(light["station_m"], satellite_m=light["satellite_m"])
    assert found == pytest.approx(moved + 2.0 * turned, abs=1e-16)


def test_the_turning_earth_is_207_ns_round_the_equator():
    """2 Ω A / c² for the whole equator, in a thousand small triangles (N. Ashby, 207.4 ns)."""
    angle = np.linspace(0.0, 2.0 * np.pi, 1001)
    ring = 6378137.0 * np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)])

    total = np.sum(sagnac_s(ring[:, :-1], satellite_m=ring[:, 1:]))
    assert total == pytest.approx(207.4e-9, abs=0.05e-9)


def test_light_to_the_east_takes_longer():
    """The station runs away from it."""
    station = np.array([6378137.0, 0.0, 0.0])
    east, west = np.array([[7e6, 7e6], [5e5, -5e5], [0.0, 0.0]]).T[:, :, None]

    assert sagnac_s(station, satellite_m=east) > 0.0 > sagnac_s(station, satellite_m=west)


def test_a_later_answer_travels_another_distance():
    """The satellite sends a gap later, when it is farther away."""
    both = motion_asymmetry_s(1e6, range_rate_m_s=7e3)
    later = motion_asymmetry_s(1e6, range_rate_m_s=7e3, gap_s=1e-3)

    assert both - later == near(7e3 * 1e-3 / SPEED_OF_LIGHT_M_S)
    answered = motion_asymmetry_s(1e6, range_rate_m_s=7e3, gap_s=1e6 / SPEED_OF_LIGHT_M_S)
    assert answered == pytest.approx(0.0, abs=1e-20)


def test_an_orbit_error_is_the_difference_it_makes():
    """Finite differences of the asymmetry, one error at a time."""
    base = {"range_m": 1e6, "range_rate_m_s": 7e3}

    def moved(range_m, range_rate_m_s):
        return float(motion_asymmetry_s(range_m, range_rate_m_s=range_rate_m_s))

    ranged = moved(1e6 + 10.0, 7e3) - moved(1e6, 7e3)
    rated = moved(1e6, 7e3 + 0.01) - moved(1e6, 7e3)
    found = asymmetry_error_s(**base, range_error_m=[10.0, 0.0], range_rate_error_m_s=[0.0, 0.01])
    assert found == near([ranged, rated], rel=1e-6)
