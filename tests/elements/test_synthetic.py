"""Orbits for design, held against SGP4 and the formulas that define them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import SYNTHETIC_FROM
from satqkd.elements.sun_synchronous import (
    node_at_local_time_deg,
    sun_synchronous_inclination_deg,
)
from satqkd.elements.synthetic import (
    CircularOrbit,
    KeplerianOrbit,
    SunSynchronousOrbit,
    WalkerOrbit,
    WalkerPattern,
    WalkerStarOrbit,
    synthetic_satellites,
)
from satqkd.errors import NonPhysicalError

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
DAY_S = 86_400.0
EARTH_RADIUS_M = 6_378_137.0


def one(orbit):
    (satellite,) = synthetic_satellites(orbit, name="Design", epoch=EPOCH)
    return satellite.element_sets[0]


def ascending_nodes(element_set, begin_s, days):
    """Times and right ascensions at which the equator is crossed northward, by SGP4 alone."""
    times = begin_s + np.arange(0.0, days * DAY_S, 20.0)
    motion = propagate(element_set, times)
    height = motion.position_m[2]
    up = np.flatnonzero((height[:-1] < 0.0) & (height[1:] >= 0.0))
    share = -height[up] / (height[up + 1] - height[up])
    node_s = times[up] + 20.0 * share
    x, y, _ = propagate(element_set, node_s).position_m
    return node_s, np.degrees(np.arctan2(y, x))


class TestShape:
    @pytest.mark.parametrize("altitude_km", [300.0, 500.0, 1_200.0])
    @pytest.mark.parametrize("inclination_deg", [0.01, 51.6, 97.4])
    def test_altitude_is_that_of_the_mean_semi_major_axis(self, altitude_km, inclination_deg):
        """Brouwer's axis, which SGP4 makes of Kozai's mean motion, to a millimetre."""
        orbit = CircularOrbit(altitude_m=altitude_km * 1e3, inclination_deg=inclination_deg)

        axis_m = one(orbit).satrec.a * 6_378_135.0

        assert axis_m - EARTH_RADIUS_M == pytest.approx(altitude_km * 1e3, abs=1e-3)

    def test_a_circular_orbit_breathes_by_some_kilometres(self):
        """The flattened Earth moves even a mean circle: 500 km is 495 to 511 km."""
        orbit = CircularOrbit(altitude_m=500e3, inclination_deg=97.4)

        radius_m = np.linalg.norm(
            propagate(one(orbit), np.arange(0.0, DAY_S, 10.0)).position_m, axis=0
        )

        heights_km = (radius_m - EARTH_RADIUS_M) / 1e3
        assert 494.0 < heights_km.min() < 497.0
        assert 509.0 < heights_km.max() < 512.0

    def test_period_from_node_to_node(self):
        """By Vallado's draconitic period to first order in J2; what is left is J2², 1e-6."""
        axis_m, inclination = EARTH_RADIUS_M + 500e3, np.radians(97.4)
        motion = np.sqrt(3.986_008e14 / axis_m**3)
        share = 1.082_616e-3 * (6_378_135.0 / axis_m) ** 2
        expected_s = 2.0 * np.pi / motion
        expected_s /= 1.0 + 0.75 * share * (8.0 * np.cos(inclination) ** 2 - 2.0)

        node_s, _ = ascending_nodes(
            one(CircularOrbit(altitude_m=500e3, inclination_deg=97.4)), 0, 5
        )

        assert np.diff(node_s).mean() == pytest.approx(expected_s, rel=5e-6)

    def test_where_the_satellite_is_at_the_epoch(self):
        """At the node, or past it by the phase; within the periodic terms, 0.2°."""
        at_node = one(CircularOrbit(altitude_m=500e3, inclination_deg=60.0, raan_deg=40.0))
        ahead = one(
            CircularOrbit(altitude_m=500e3, inclination_deg=60.0, raan_deg=40.0, phase_deg=90.0)
        )

        start, later = (
            propagate(element_set, np.zeros(1)).position_m[:, 0] for element_set in (at_node, ahead)
        )

        assert np.degrees(np.arctan2(start[1], start[0])) == pytest.approx(40.0, abs=0.2)
        assert np.degrees(np.arcsin(start[2] / np.linalg.norm(start))) == pytest.approx(0, abs=0.2)
        assert np.degrees(np.arcsin(later[2] / np.linalg.norm(later))) == pytest.approx(60, abs=0.2)

    def test_eccentric_orbit(self):
        """Perigee at the epoch, at 1,000 km; the apogee half a turn later."""
        axis_m = (EARTH_RADIUS_M + 1_000e3) / (1.0 - 0.7)
        element_set = one(
            KeplerianOrbit(
                altitude_m=axis_m - EARTH_RADIUS_M, eccentricity=0.7, inclination_deg=63.4,
                argument_of_perigee_deg=270.0,
            )
        )  # fmt: skip
        half_s = np.pi * np.sqrt(axis_m**3 / 3.986_004_418e14)

        near, far = np.linalg.norm(
            propagate(element_set, np.array([0.0, half_s])).position_m, axis=0
        )

        assert near == pytest.approx(EARTH_RADIUS_M + 1_000e3, abs=15e3)
        assert far == pytest.approx(1.7 * axis_m, abs=30e3)

    def test_epoch_of_the_orbit_wins_over_that_of_the_mission(self):
        """The same design is in the same place whatever window is looked at."""
        orbit = CircularOrbit(
            altitude_m=500e3, inclination_deg=60.0, epoch=EPOCH - timedelta(days=3)
        )

        assert one(orbit).epoch == EPOCH - timedelta(days=3)

    def test_no_drag(self):
        """A design stays up."""
        element_set = one(CircularOrbit(altitude_m=300e3, inclination_deg=60.0))
        year = propagate(element_set, np.array([0.0, 365.0 * DAY_S]))

        assert element_set.satrec.bstar == 0.0
        assert year.good.all()


class TestSunSynchronous:
    @pytest.mark.parametrize("altitude_km", [300.0, 500.0, 800.0, 1_400.0])
    def test_the_node_follows_the_mean_sun(self, altitude_km):
        """0.985647° a day over a year of SGP4.

        1e-5° a day, 0.004° in the year, is what finding a node to 0.05 s leaves.
        """
        orbit = SunSynchronousOrbit(altitude_m=altitude_km * 1e3, ascending_node_time=10.5)
        first_s, first_deg = ascending_nodes(one(orbit), 0.0, 1)
        last_s, last_deg = ascending_nodes(one(orbit), 365.0 * DAY_S, 1)

        turned = (last_deg[0] - first_deg[0] + 180.0) % 360.0 + 180.0
        rate = turned / ((last_s[0] - first_s[0]) / DAY_S)

        assert rate == pytest.approx(360.0 / 365.242_19, abs=1e-5)

    @pytest.mark.parametrize("day", [0.0, 91.0, 182.0, 273.0, 730.0])
    def test_local_time_is_kept(self, day):
        """22:30 at the ascending node in every season, to 3 s of mean solar time.

        Independently of sidereal time: the mean longitude of the Sun is 280.460° + 36000.771°
        a century [Vallado 2013, eq. 5-1 (recalled)], to 0.001°.
        """
        orbit = SunSynchronousOrbit(altitude_m=500e3, descending_node_time=10.5)

        node_s, node_deg = ascending_nodes(one(orbit), day * DAY_S, 1)

        centuries = ((EPOCH - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() + node_s) / (
            36_525.0 * DAY_S
        )
        sun_deg = 280.460 + 36_000.771 * centuries
        local_h = (12.0 + (node_deg - sun_deg) / 15.0) % 24.0
        assert np.abs(local_h - 22.5).max() * 3600.0 < 3.0

    def test_the_textbook_inclination(self):
        """J2 alone gives 97.402° at 500 km; J2² and J4 add 0.024°."""
        mean_sun_rad_s = 2.0 * np.pi / (365.242_19 * DAY_S)
        axis_m = EARTH_RADIUS_M + 500e3
        node = 1.5 * 1.082_616e-3 * (6_378_135.0 / axis_m) ** 2 * np.sqrt(3.986e14 / axis_m**3)
        textbook = np.degrees(np.arccos(-mean_sun_rad_s / node))

        assert sun_synchronous_inclination_deg(500e3) == pytest.approx(textbook, abs=0.03)
        assert textbook == pytest.approx(97.402, abs=1e-3)

    def test_midnight_is_opposite_to_the_sun(self):
        """At the equinox the mean Sun stands near the zero of right ascension."""
        equinox = datetime(2026, 3, 22, tzinfo=UTC)

        midnight = node_at_local_time_deg(0.0, equinox)

        assert midnight == pytest.approx(180.0, abs=1.0)
        assert node_at_local_time_deg(6.0, equinox) == pytest.approx(midnight + 90.0)

    def test_too_high_to_be_sun_synchronous(self):
        """Above some 5970 km no inclination turns the node fast enough."""
        with pytest.raises(NonPhysicalError, match="too high for a sun-synchronous orbit: 6000 km"):
            SunSynchronousOrbit(altitude_m=6_000e3, ascending_node_time=12.0)

    def test_midnight_is_a_time(self):
        """0 h is given, not missing."""
        orbit = SunSynchronousOrbit(altitude_m=500e3, descending_node_time=0.0)

        assert "descending node at 00:00" in orbit.describe()


class TestWalker:
    @pytest.mark.parametrize(
        ("orbit", "over_deg"), [(WalkerOrbit, 360.0), (WalkerStarOrbit, 180.0)]
    )
    @pytest.mark.parametrize("pattern", [(97.6, 12, 3, 1), (53.0, 24, 4, 3), (55.0, 6, 6, 0)])
    def test_spacing(self, orbit, over_deg, pattern):
        """Planes 360°/p (star: 180°/p) apart, satellites 360° p/t, next plane 360° f/t ahead."""
        inclination_deg, t, p, f = pattern
        shell = orbit(
            altitude_m=600e3, pattern=WalkerPattern(*pattern), raan_deg=10.0, phase_deg=5.0
        )

        members = shell.members(EPOCH)

        assert len(members) == t
        for number, member in enumerate(members):
            plane, slot = divmod(number, t // p)
            assert member.inclination_deg == inclination_deg
            assert member.raan_deg == pytest.approx((10.0 + over_deg * plane / p) % 360.0)
            phase = 5.0 + 360.0 * p / t * slot + 360.0 * f / t * plane
            assert member.mean_anomaly_deg == pytest.approx(phase % 360.0)

    def test_sgp4_flies_the_pattern(self):
        """Neighbours in a plane stay 90° apart all day: exact but for the periodic terms."""
        shell = WalkerOrbit(altitude_m=600e3, pattern=WalkerPattern(97.6, 12, 3, 1))
        satellites = synthetic_satellites(shell, name="Shell", epoch=EPOCH)
        times = np.arange(0.0, DAY_S, 600.0)

        places = [propagate(s.element_sets[0], times).position_m for s in satellites]

        for first, second in ((0, 1), (1, 2), (4, 5)):
            a, b = (places[i] / np.linalg.norm(places[i], axis=0) for i in (first, second))
            apart_deg = np.degrees(np.arccos((a * b).sum(axis=0)))
            assert np.abs(apart_deg - 90.0).max() < 0.3

    @pytest.mark.parametrize(
        ("pattern", "message"),
        [
            ((97.6, 12, 5, 1), "cannot spread 12 satellites evenly over 5 planes"),
            ((97.6, 12, 0, 0), "over 0 planes"),
            ((97.6, 12, 3, 3), "a phasing of 0 to 2, got 3"),
            ((97.6, 0, 1, 0), "1 to 10000 satellites, got 0"),
            ((97.6, 20_000, 1, 0), "1 to 10000 satellites"),
            ((181.0, 12, 3, 1), r"must lie in \[0, 180\]"),
        ],
    )
    def test_patterns_that_are_none(self, pattern, message):
        """Each with its own sentence."""
        with pytest.raises(NonPhysicalError, match=message):
            WalkerOrbit(altitude_m=600e3, pattern=WalkerPattern(*pattern))


class TestLabels:
    def test_one_satellite(self):
        """Name, number and source say that nobody flies there."""
        (satellite,) = synthetic_satellites(
            CircularOrbit(altitude_m=500e3, inclination_deg=97.4), name="Design", epoch=EPOCH
        )
        element_set = satellite.element_sets[0]

        assert satellite.name == element_set.name == "Design (synthetic)"
        assert satellite.norad_id == SYNTHETIC_FROM + 1
        assert element_set.synthetic
        assert element_set.motion == "SGP4, synthetic elements"
        assert element_set.source == (
            "synthetic: circular, altitude 500 km, inclination 97.4 deg, RAAN 0 deg, "
            "phase 0 deg; no drag"
        )

    def test_no_catalogue_has_their_numbers(self):
        """Ten digits; catalogues and messages have nine at most."""
        shell = WalkerOrbit(altitude_m=600e3, pattern=WalkerPattern(97.6, 4, 2, 1))

        numbers = [s.norad_id for s in synthetic_satellites(shell, name="S", epoch=EPOCH, first=7)]

        assert numbers == [SYNTHETIC_FROM + n for n in (7, 8, 9, 10)]
        assert min(numbers) > 999_999_999


class TestRefuses:
    @pytest.mark.parametrize("altitude_km", [99.0, 100_001.0, float("nan")])
    def test_altitudes_nothing_flies_at(self, altitude_km):
        """Below 100 km the air ends an orbit, far out SGP4 does not know the way."""
        with pytest.raises(NonPhysicalError, match="must lie between 100 and 100000 km"):
            CircularOrbit(altitude_m=altitude_km * 1e3, inclination_deg=60.0)

    def test_inclination_beyond_a_half_turn(self):
        """0° to 180°."""
        with pytest.raises(NonPhysicalError, match="inclination"):
            CircularOrbit(altitude_m=500e3, inclination_deg=181.0)

    def test_perigee_in_the_ground(self):
        """By where the perigee would be."""
        with pytest.raises(NonPhysicalError, match="puts the perigee at -188 km"):
            KeplerianOrbit(altitude_m=500e3, eccentricity=0.1, inclination_deg=60.0)

    @pytest.mark.parametrize(
        "times", [{}, {"ascending_node_time": 10.5, "descending_node_time": 22.5}]
    )
    def test_a_sun_synchronous_orbit_has_one_time(self, times):
        """Neither none nor two."""
        with pytest.raises(NonPhysicalError, match="must be given, and not both"):
            SunSynchronousOrbit(altitude_m=500e3, **times)
