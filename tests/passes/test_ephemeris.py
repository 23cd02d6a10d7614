"""The polynomial chain against SGP4 itself and against two other routes to the Earth frame."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import ITRS, TEME, CartesianRepresentation
from astropy.time import Time
from astropy.utils import iers
from astropy_iers_data import IERS_A_FILE
from sgp4.api import WGS72, Satrec

from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import ElementSet
from satqkd.errors import PropagationError
from satqkd.passes.earth import to_itrf
from satqkd.passes.ephemeris import ephemeris
from satqkd.passes.timebase import Timebase

DAY_S = 86_400.0


def drag(bstar: float) -> ElementSet:
    """A very low orbit that SGP4 lets fall within days."""
    satrec = Satrec()
    satrec.sgp4init(
        WGS72, "i", 5, 24_000.0, bstar, 0.0, 0.0, 0.002, 0.5, 0.9, 0.1, 0.0716, 1.0
    )  # 1949-12-31 + 24,000 d
    return ElementSet(
        name="FALLING",
        norad_id=5,
        cospar_id="",
        epoch=datetime(1949, 12, 31, tzinfo=UTC) + timedelta(days=24_000),
        source="test:1",
        satrec=satrec,
    )


def slightly_eccentric() -> ElementSet:
    """Perigee at 400 km, apogee at 680 km."""
    satrec = Satrec()
    satrec.sgp4init(
        WGS72, "i", 6, 24_000.0, 1e-5, 0.0, 0.0, 0.02, 1.0, 0.9, 0.1, 0.0656, 1.0
    )  # 1949-12-31 + 24,000 d
    return ElementSet(
        name="ECCENTRIC",
        norad_id=6,
        cospar_id="",
        epoch=datetime(1949, 12, 31, tzinfo=UTC) + timedelta(days=24_000),
        source="test:1",
        satrec=satrec,
    )


class TestAgainstSgp4:
    @pytest.mark.parametrize(
        ("number", "limit_m"),
        [
            ("41731", 1.5),  # SGP4's velocity is off the slope of its position by 5 cm/s
            ("06251", 2.5),
            ("28057", 1.5),
            ("08195", 5.0),  # nodes are refined to 2 m off the middle of each interval
            ("11801", 5.0),
            ("23599", 5.0),
            ("28129", 5.0),
            ("24208", 5.0),
            ("26900", 5.0),
        ],
    )
    def test_stays_with_sgp4_between_the_nodes(self, orbits, number, limit_m):
        """Everywhere, not only at the nodes."""
        element_set = orbits[number]
        timebase = Timebase.starting(element_set.epoch)
        chain = ephemeris(element_set, timebase, start_s=-0.3 * DAY_S, end_s=1.7 * DAY_S)
        times = np.linspace(-0.3 * DAY_S, 1.7 * DAY_S, 9_001)

        there = to_itrf(timebase, times, propagate(element_set, times).position_m)
        error_m = np.linalg.norm(chain.position_m(*chain.locate(times)) - there, axis=0)

        assert error_m.max() < limit_m

    @pytest.mark.parametrize("span_s", [2_000.0, DAY_S])
    def test_velocities_are_mended_where_sgp4s_do_not_fit(self, span_s):
        """At an eccentricity of 0.02 its velocities alone would leave 11 m.

        They are off the slope of its positions by up to 0.17 m/s.
        """
        element_set = slightly_eccentric()
        timebase = Timebase.starting(element_set.epoch)
        chain = ephemeris(element_set, timebase, start_s=0.0, end_s=span_s)
        times = np.linspace(0.0, span_s, 9_001)

        there = to_itrf(timebase, times, propagate(element_set, times).position_m)
        error_m = np.linalg.norm(chain.position_m(*chain.locate(times)) - there, axis=0)

        assert error_m.max() < 7.0

    def test_velocity_is_the_slope_of_position(self, micius):
        """Range rates belong to the positions they stand beside."""
        timebase = Timebase.starting(micius.epoch)
        chain = ephemeris(micius, timebase, start_s=0.0, end_s=6_000.0)
        times = np.linspace(10.0, 5_990.0, 997)
        step_s = 0.01

        _, velocity = chain.state(*chain.locate(times))
        slope = (
            chain.position_m(*chain.locate(times + step_s))
            - chain.position_m(*chain.locate(times - step_s))
        ) / (2 * step_s)

        assert np.abs(velocity - slope).max() < 1e-3


class TestFrame:
    def test_teme_to_itrf_agrees_with_astropy(self, micius):
        """Another library, another chain of rotations, the same tables.

        Bulletin A against astropy's choice of Bulletin B differ by 50 µs of UT1, 2.5 cm.
        """

        times = np.linspace(0.0, 7 * DAY_S, 50)
        timebase = Timebase.starting(micius.epoch)
        position = propagate(micius, times).position_m
        when = Time(micius.epoch) + times * units.s
        with iers.earth_orientation_table.set(iers.IERS_A.open(IERS_A_FILE)):
            theirs = (
                TEME(CartesianRepresentation(position * units.m), obstime=when)
                .transform_to(ITRS(obstime=when))
                .cartesian.xyz.to_value(units.m)
            )

        assert np.linalg.norm(to_itrf(timebase, times, position) - theirs, axis=0).max() < 0.05

    def test_seconds_since_epoch_run_through_a_leap_second(self, micius):
        """Twelve days after the epoch, past 2016-12-31, no second is lost (7.5 km)."""
        timebase = Timebase.starting(datetime(2017, 1, 1, tzinfo=UTC))
        chain = ephemeris(micius, timebase, start_s=0.0, end_s=3_600.0)
        node_s = chain.node_s[1]
        elapsed_s = (datetime(2017, 1, 1, tzinfo=UTC) - micius.epoch).total_seconds() + 1.0

        there = to_itrf(
            timebase,
            np.array([node_s]),
            propagate(micius, np.array([elapsed_s + node_s])).position_m,
        )

        assert np.linalg.norm(chain.node_m[:, 1] - there[:, 0]) < 0.1

    @pytest.mark.parametrize("number", ["41731", "28057", "08195", "26900"])
    def test_what_is_asked_moves_nothing_within(self, orbits, number):
        """Round orbits to rounding, others but near the ends, where nodes are their own."""
        timebase = Timebase.starting(orbits[number].epoch)
        whole = ephemeris(orbits[number], timebase, start_s=-3_000.0, end_s=2.0 * DAY_S)
        part = ephemeris(orbits[number], timebase, start_s=1_234.5, end_s=DAY_S + 77.7)
        times = np.linspace(30_000.0, DAY_S - 30_000.0, 301)

        moved = whole.position_m(*whole.locate(times)) - part.position_m(*part.locate(times))

        assert np.abs(moved).max() < 1e-4  # 10 ns of flight: rounding of times in days

    def test_a_round_orbit_is_the_same_up_to_its_ends(self, micius):
        """The first and the last interval lie on the polynomials of the longer window."""
        timebase = Timebase.starting(micius.epoch)
        whole = ephemeris(micius, timebase, start_s=-3_000.0, end_s=DAY_S)
        part = ephemeris(micius, timebase, start_s=1_234.5, end_s=9_876.5)
        times = np.linspace(1_234.5, 9_876.5, 301)

        moved = whole.position_m(*whole.locate(times)) - part.position_m(*part.locate(times))

        assert part.node_s[[0, -1]].tolist() == [1_234.5, 9_876.5]
        assert np.abs(moved).max() < 1e-4


class TestDecay:
    def test_the_good_part_is_kept(self):
        """A falling object is followed until SGP4 gives up, and the reason is told."""
        element_set = drag(bstar=0.5)
        timebase = Timebase.starting(element_set.epoch)

        chain = ephemeris(element_set, timebase, start_s=0.0, end_s=30 * DAY_S)

        assert 0.0 < chain.node_s[-1] < 30 * DAY_S
        assert "FALLING (test:1): decayed by 2015-09-" in chain.stopped
        assert np.isfinite(chain.coefficients).all()

    def test_the_last_orbits_stay_with_sgp4(self):
        """Drag turns them so fast that even steps need to be shorter: 7 m, or 1 ms of flight."""
        element_set = drag(bstar=0.003)
        assert element_set.period_s < 5_300.0
        timebase = Timebase.starting(element_set.epoch)

        chain = ephemeris(element_set, timebase, start_s=0.0, end_s=30 * DAY_S)

        time_s = np.linspace(chain.node_s[0], chain.node_s[-1] - 60.0, 20_000)
        there_m = to_itrf(timebase, time_s, propagate(element_set, time_s).position_m)
        off_m = np.linalg.norm(chain.position_m(*chain.locate(time_s)) - there_m, axis=0)
        assert "decayed by" in chain.stopped
        assert off_m.max() < 7.0

    def test_a_fallen_object_does_not_come_back(self):
        """SGP4 gives positions again long after a decay; no window there is believed.

        Each is told the same instant.
        """
        element_set = drag(bstar=0.5)
        timebase = Timebase.starting(element_set.epoch)
        days = np.arange(1.0, 400.0)
        alive = propagate(element_set, days * DAY_S).good
        fallen = int(np.argmin(alive))
        risen = np.flatnonzero(alive[fallen:]) + fallen
        told = set()

        for index in [*risen[:5].tolist(), fallen + 3]:
            start_s = float(days[index]) * DAY_S
            with pytest.raises(PropagationError, match="before the window") as caught:
                ephemeris(element_set, timebase, start_s=start_s, end_s=start_s + 600.0)
            told.add(str(caught.value))

        assert len(told) == 1

    @pytest.mark.parametrize("begin_s", [3_100.0, 4_000.0, 5_463.0, 10_926.0, 20_000.0, DAY_S])
    def test_an_orbit_that_meets_the_ground_at_perigee_is_not_left_elsewhere(
        self, decaying, begin_s
    ):
        """SGP4 has no position for 18 minutes of each orbit of this one, and one for the rest."""
        timebase = Timebase.starting(decaying.epoch)

        with pytest.raises(PropagationError, match="decayed by 2005-11-29T01:20:30Z, before the"):
            ephemeris(decaying, timebase, start_s=begin_s, end_s=begin_s + 3_000.0)

    def test_nothing_is_invented_before_the_elements_hold(self, decaying):
        """Back from its epoch the same orbit comes out of the ground."""
        timebase = Timebase.starting(decaying.epoch)

        chain = ephemeris(decaying, timebase, start_s=-DAY_S, end_s=1_000.0)
        with pytest.raises(PropagationError, match="after the window"):
            ephemeris(decaying, timebase, start_s=-DAY_S, end_s=-2_000.0)

        assert chain.node_s[0] == -1_080.0
        assert "followed back from their epoch" in chain.stopped

    def test_positions_that_are_no_numbers_are_refused(self, micius, monkeypatch):
        """Also where no decay is in sight."""
        timebase = Timebase.starting(micius.epoch)

        def broken(element_set, since_s):
            motion = propagate(element_set, since_s)
            return replace(motion, good=motion.good & (since_s < 5_000.0))

        monkeypatch.setattr("satqkd.passes.ephemeris.propagate", broken)

        with pytest.raises(PropagationError, match="positions are not finite numbers"):
            ephemeris(micius, timebase, start_s=0.0, end_s=DAY_S)
