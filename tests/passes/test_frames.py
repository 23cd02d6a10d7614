"""Frames of operators' ephemerides against astropy's own chains of rotations."""

from __future__ import annotations

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import (
    GCRS,
    ITRS,
    TETE,
    CartesianRepresentation,
    PrecessedGeocentric,
)
from astropy.time import Time
from astropy.utils import iers
from astropy_iers_data import IERS_A_FILE

from satqkd.elements.propagation import propagate
from satqkd.passes.frames import turned_to_itrf
from satqkd.passes.timebase import Timebase

DAY_S = 86_400.0


def astropy_frame(name, when):
    """What astropy calls a frame."""
    if name == "EME2000":
        return PrecessedGeocentric(equinox="J2000", obstime=when)
    return {"GCRF": GCRS, "TOD": TETE}[name](obstime=when)


@pytest.mark.parametrize("frame", ["GCRF", "EME2000", "TOD"])
def test_turned_as_astropy_turns(micius, frame):
    """Another library, the same tables of the Earth.

    Bulletin A against astropy's choice of Bulletin B differ by 50 µs of UT1, 2.5 cm.
    """
    times = np.linspace(0.0, 7 * DAY_S, 60)
    timebase = Timebase.starting(micius.epoch)
    position = propagate(micius, times).position_m
    when = Time(micius.epoch) + times * units.s
    with iers.earth_orientation_table.set(iers.IERS_A.open(IERS_A_FILE)):
        source = astropy_frame(frame, when).realize_frame(
            CartesianRepresentation(position * units.m)
        )
        theirs = source.transform_to(ITRS(obstime=when)).cartesian.xyz.to_value(units.m)

    ours, _ = turned_to_itrf(frame, timebase, times, position, position)

    assert np.linalg.norm(ours - theirs, axis=0).max() < 0.05


def test_eme2000_is_not_gcrf(micius):
    """The frame bias of 23 milliarc seconds is most of a metre at 6,900 km."""
    timebase = Timebase.starting(micius.epoch)
    times = np.linspace(0.0, 6_000.0, 50)
    position = propagate(micius, times).position_m

    one, _ = turned_to_itrf("EME2000", timebase, times, position, position)
    other, _ = turned_to_itrf("GCRF", timebase, times, position, position)

    apart_m = np.linalg.norm(one - other, axis=0)
    assert 0.5 < apart_m.max() < 0.8


@pytest.mark.parametrize("frame", ["GCRF", "EME2000", "TOD", "TEME"])
def test_velocity_is_the_slope_of_position(micius, frame):
    """Against the turning Earth; what is left is the acceleration within a second."""
    timebase = Timebase.starting(micius.epoch)
    times = np.linspace(0.0, 6_000.0, 50)
    motion = propagate(micius, times)
    step_s = 0.5

    def itrf(at):
        offset = motion.position_m + (at - times) * motion.velocity_m_s
        return turned_to_itrf(frame, timebase, at, offset, motion.velocity_m_s)

    _, velocity = itrf(times)
    slope = (itrf(times + step_s)[0] - itrf(times - step_s)[0]) / (2.0 * step_s)

    assert np.abs(velocity - slope).max() < 1e-3
