"""The turning Earth; whole rotations are compared with astropy in test_ephemeris."""

from __future__ import annotations

from datetime import UTC, datetime

import erfa
import numpy as np

from satqkd.passes.earth import mean_sidereal_rad, state_to_itrf
from satqkd.passes.timebase import Timebase

TIMEBASE = Timebase.starting(datetime(2026, 3, 1, tzinfo=UTC))


def test_sidereal_time_is_erfas():
    """Over twenty years either way; 1e-11 rad are a tenth of a millimetre on the ground."""
    day, fraction = TIMEBASE.ut1_jd(np.linspace(-6e8, 6e8, 4_001))

    off = mean_sidereal_rad(day, fraction) - erfa.gmst82(day, fraction)

    assert np.abs(np.remainder(off + np.pi, 2.0 * np.pi) - np.pi).max() < 3e-11


def test_velocity_is_the_slope_of_the_position():
    """Of a satellite that flies straight on in TEME to 2 mm/s."""
    seconds = np.linspace(0.0, 86_400.0, 25)
    velocity = np.array([[3_000.0], [-2_000.0], [6_500.0]])

    def place(delay_s: float):
        position = np.array([[7e6], [1e6], [-2e6]]) + velocity * delay_s + np.zeros(25)
        return state_to_itrf(TIMEBASE, seconds + delay_s, position, velocity + np.zeros(25))

    slope = 0.5 * (place(1.0)[0] - place(-1.0)[0])

    # Half of it is the difference, half the pole, taken to stand still at the axis of z.
    assert np.abs(place(0.0)[1] - slope).max() < 2e-3
