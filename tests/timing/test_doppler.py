"""Doppler shifts against derivatives of light times."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from satqkd.constants import EARTH_ROTATION_RAD_S
from satqkd.timing.doppler import (
    carrier_chirp_hz_s,
    carrier_shift_hz,
    fractional_shift,
    frequency_ratio,
    interferogram_rate_hz,
    range_acceleration_m_s2,
    residual_shift_hz,
)

near = partial(pytest.approx, rel=1e-6, abs=0.0)
"""These times are far below the absolute tolerance that pytest grants by itself."""


def test_frequencies_are_counted_cycles(light):
    """Received over sent frequency down, cycles counted with 40 digits."""
    found = frequency_ratio(
        light["satellite_m"],
        transmitter_velocity_m_s=light["velocity_m_s"],
        receiver_m=light["arrival_m"],
        receiver_velocity_m_s=light["arrival_velocity_m_s"],
    )

    # places and velocities in double precision: 1e-16 of 2.5e-5
    assert found == pytest.approx(light["frequency_ratio_minus_1"], abs=2e-20)


def test_the_first_order_is_the_range_rate(light):
    """The rest is second order in v/c and 1e-9 of relativity."""
    first = fractional_shift(light["range_rate_m_s"])

    assert first == pytest.approx(light["frequency_ratio_minus_1"], abs=2e-9)


def test_range_accelerations_are_second_derivatives(light):
    """Of 36 ranges; a point-like Earth in both."""
    turning = EARTH_ROTATION_RAD_S * np.stack(
        [-light["satellite_m"][1], light["satellite_m"][0], 0.0 * light["satellite_m"][0]]
    )
    fixed = light["velocity_m_s"] - turning
    found = [
        range_acceleration_m_s2(
            light["station_m"][:, i],
            satellite_m=light["satellite_m"][:, i : i + 1],
            velocity_m_s=fixed[:, i : i + 1],
        )[0]
        for i in range(fixed.shape[1])
    ]

    assert found == pytest.approx(light["range_acceleration_m_s2"], abs=1e-11)


def test_a_low_pass_shifts_a_carrier_by_gigahertz():
    """7 km/s at 1550 nm: 4.52 GHz up while it comes, and 60 MHz/s at 100 m/s²."""
    assert carrier_shift_hz([-7e3, 7e3], wavelength_m=1550e-9) == near(
        [4.516e9, -4.516e9], rel=1e-4
    )
    assert carrier_chirp_hz_s(100.0, wavelength_m=1550e-9) == near(-64.5e6, rel=1e-3)


def test_a_comb_in_low_orbit_runs_past_its_partner():
    """250 MHz shifted by 2.3e-5 is more than a difference of 2.5 kHz; a MEO's is not."""
    rates = interferogram_rate_hz(
        2.5e3, repetition_rate_hz=250e6, range_rate_m_s=np.array([-7e3, 0.0, 7e3, 500.0])
    )

    assert rates == pytest.approx([8337.4, 2500.0, -3337.4, 2083.0], abs=0.1)


def test_the_residual_is_what_a_late_satellite_shifts():
    """0.13 s at 100 m/s², and 1 m/s beside it."""
    late = residual_shift_hz(100.0, timing_error_s=0.13, wavelength_m=1550e-9)
    both = residual_shift_hz(
        100.0, timing_error_s=0.13, range_rate_error_m_s=1.0, wavelength_m=1550e-9
    )

    assert late == near(13.0 / 1550e-9)
    assert both == near(np.hypot(13.0, 1.0) / 1550e-9)
