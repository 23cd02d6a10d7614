"""States of satellites beside sgp4 and astropy, and back in SGP4's own frame."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import ITRS, TEME, CartesianRepresentation
from astropy.time import Time
from astropy.utils import iers
from astropy_iers_data import IERS_A_FILE

from satqkd.elements.oem import parse_oem
from satqkd.errors import CoverageError, PropagationError
from satqkd.passes.earth import state_to_teme
from satqkd.passes.states import reach_s, states_itrf
from satqkd.passes.timebase import Timebase

START = datetime(2016, 12, 19, tzinfo=UTC)
TIMES_S = np.array([0.0, 60.0, 3_599.5, 86_400.0, 259_200.25])


@pytest.fixture(scope="module")
def timebase():
    return Timebase.starting(START)


@pytest.fixture(scope="module")
def raw(micius):
    """Position [km] and velocity [km/s] as the sgp4 package gives them, in TEME."""
    since_d = (START - micius.epoch).total_seconds() / 86_400.0 + TIMES_S / 86_400.0
    jd = micius.satrec.jdsatepoch + np.zeros(TIMES_S.size)
    error, position, velocity = micius.satrec.sgp4_array(jd, micius.satrec.jdsatepochF + since_d)
    assert not error.any()
    return position.T, velocity.T


def test_positions_are_those_of_sgp4_turned_by_astropy(micius, timebase, raw):
    """Within a centimetre: astropy takes the Earth's turn from Bulletin B, 0.01 ms away."""
    when = Time([START + timedelta(seconds=one) for one in TIMES_S.tolist()])
    teme = TEME(CartesianRepresentation(raw[0] * units.km), obstime=when)
    with iers.earth_orientation_table.set(iers.IERS_A.open(IERS_A_FILE)):
        itrs = teme.transform_to(ITRS(obstime=when)).cartesian.xyz.to_value(units.m)

    position, _ = states_itrf(micius, timebase, TIMES_S)
    assert np.abs(position - itrs).max() < 0.01


def test_back_in_teme_the_states_are_those_of_sgp4(micius, timebase, raw):
    """Positions within 0.1 mm; SGP4's velocities are off the slopes of its positions."""
    position, velocity = state_to_teme(timebase, TIMES_S, *states_itrf(micius, timebase, TIMES_S))
    assert np.abs(position - raw[0] * 1e3).max() < 1e-4
    assert np.abs(velocity - raw[1] * 1e3).max() < 1.0


def test_velocities_are_the_slopes_of_positions(micius, timebase):
    """Beside a plain difference over 20 ms, which is off by 1e-5 m/s itself."""
    before, after = (states_itrf(micius, timebase, TIMES_S + one)[0] for one in (-0.01, 0.01))
    _, velocity = states_itrf(micius, timebase, TIMES_S)
    assert np.abs(velocity - (after - before) / 0.02).max() < 5e-4


def test_an_instant_without_position_is_refused_with_its_name(decaying):
    """SGP4 gives none for an object that has sunk into the ground."""
    decayed = decaying
    base = Timebase.starting(decayed.epoch)
    with pytest.raises(PropagationError, match=r"SGP4 gives no position at 20\d\d-"):
        states_itrf(decayed, base, np.array([0.0, 86_400.0]))
    first_s, last_s = reach_s(decayed, base, start_s=0.0, end_s=86_400.0)
    assert first_s == 0.0
    assert 600.0 < last_s < 7_200.0
    states_itrf(decayed, base, np.array([first_s, last_s]))


OEM = """CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2016-12-19T00:00:00
ORIGINATOR = TEST
META_START
OBJECT_NAME = CIRCLE
OBJECT_ID = 2016-051A
CENTER_NAME = EARTH
REF_FRAME = ITRF2014
TIME_SYSTEM = UTC
START_TIME = 2016-12-19T00:00:00
STOP_TIME = 2016-12-19T00:10:00
INTERPOLATION = LAGRANGE
INTERPOLATION_DEGREE = 7
META_STOP
"""


def test_a_table_is_interpolated_as_its_header_says_and_nowhere_else(micius, timebase):
    """Between its states within 1 mm; outside it is an error, no guess."""
    times_s = np.arange(0.0, 601.0, 60.0)
    position, velocity = states_itrf(micius, timebase, times_s)
    epochs = [text.removesuffix("Z") for text in timebase.iso(times_s)]
    rows = np.concatenate([position, velocity]).T * 1e-3
    text = OEM + "".join(
        f"{epoch} {' '.join(f'{one:.9f}' for one in row)}\n"
        for epoch, row in zip(epochs, rows.tolist(), strict=True)
    )
    (table,) = parse_oem(text, file="a.oem")

    between_s = np.array([0.0, 271.3, 330.0, 600.0])
    read, _ = states_itrf(table, timebase, between_s)
    assert np.abs(read - states_itrf(micius, timebase, between_s)[0]).max() < 0.01
    assert reach_s(table, timebase, start_s=-60.0, end_s=300.0) == (0.0, 300.0)
    with pytest.raises(CoverageError, match="holds no state at 2016-12-19T00:10:02Z"):
        states_itrf(table, timebase, np.array([602.0]))
