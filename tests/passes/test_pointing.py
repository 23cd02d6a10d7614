"""Rates, point-ahead, Doppler and polarisation against differences of independent places."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from skyfield.api import EarthSatellite, wgs84

from satqkd.constants import SPEED_OF_LIGHT_M_S
from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import Satellite
from satqkd.passes import pointing
from satqkd.passes.earth import to_itrf
from satqkd.passes.find import find_passes
from satqkd.passes.skyfield_time import skyfield_times
from satqkd.passes.timebase import Timebase

START = datetime(2016, 12, 19, tzinfo=UTC)
DAY_S = 86_400.0


@pytest.fixture(scope="module")
def scene(micius, xinglong):
    """The published pass, sampled every 20 s, and what skyfield needs to look at it."""
    timebase = Timebase.starting(START)
    satellite = Satellite(name="Micius", norad_id=41731, element_sets=(micius,))
    found = find_passes([satellite], [xinglong], timebase, duration_s=DAY_S)
    table = found.table
    index = int(np.argmin(np.abs(table.culmination_s - 60_733.0)))
    times = np.arange(table.rise_s[index], table.set_s[index], 20.0)
    chain = found.chains[0, 0]
    position, velocity = chain.state(*chain.locate(times))
    line = position - xinglong.itrf_m()[:, None]
    frame = np.repeat(xinglong.east_north_up()[:, :, None], times.size, axis=2)
    return {
        "timebase": timebase,
        "times": times,
        "seen": pointing.local(line, position, velocity, frame),
        "element_set": micius,
        "station": xinglong,
    }


def altaz(scene, seconds):
    """Altitude and azimuth by skyfield. [°]"""
    at = skyfield_times(scene["timebase"], seconds)
    station = scene["station"]
    place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
    satellite = EarthSatellite.from_satrec(scene["element_set"].satrec, at.ts)
    altitude, azimuth, _ = (satellite - place).at(at).altaz()
    return altitude.degrees, azimuth.degrees


class TestRates:
    def test_azimuth_and_elevation_rates_are_differences_of_skyfields_angles(self, scene):
        """Over ±0.5 s; SGP4's velocity is off the slope of its own position by 1e-5."""
        h = 0.5
        (e0, a0), (e1, a1) = (altaz(scene, scene["times"] + s) for s in (-h, h))

        azimuth_rate = ((a1 - a0 + 180.0) % 360.0 - 180.0) / (2 * h)
        elevation_rate = (e1 - e0) / (2 * h)

        assert pointing.azimuth_rate_deg_s(scene["seen"]) == pytest.approx(azimuth_rate, abs=5e-5)
        assert pointing.elevation_rate_deg_s(scene["seen"]) == pytest.approx(
            elevation_rate, abs=5e-5
        )

    def test_rate_over_the_sky_joins_the_two(self, scene):
        """Pythagoras, with the azimuth shrunk by the cosine of the elevation."""
        elevation, _ = altaz(scene, scene["times"])
        seen = scene["seen"]

        joined = np.hypot(
            pointing.azimuth_rate_deg_s(seen) * np.cos(np.radians(elevation)),
            pointing.elevation_rate_deg_s(seen),
        )

        assert pointing.angular_rate_deg_s(seen) == pytest.approx(joined, abs=1e-6)

    def test_a_late_satellite_is_off_by_its_own_flight(self, scene):
        """Half a second of SGP4 either way, the Earth held as it stands."""
        times, timebase = scene["times"], scene["timebase"]
        since_s = times - timebase.seconds(scene["element_set"].epoch)
        early, late = (
            to_itrf(timebase, times, propagate(scene["element_set"], since_s + s).position_m)
            - scene["station"].itrf_m()[:, None]
            for s in (-0.5, 0.5)
        )
        turned = np.linalg.norm(np.cross(early, late, axis=0), axis=0)
        turned /= np.linalg.norm(early, axis=0) * np.linalg.norm(late, axis=0)

        assert pointing.flight_rate_deg_s(scene["seen"]) == pytest.approx(
            np.degrees(np.arcsin(turned)), rel=1e-4
        )

    def test_the_zenith_itself_gives_finite_numbers(self):
        """A satellite straight overhead has no azimuth; no report may hold inf or NaN."""
        up = np.array([[0.0], [0.0], [500e3]])
        east = np.array([[7_500.0], [0.0], [0.0]])
        seen = pointing.Local(line_m=up, rate_m_s=east, relative_m_s=east, velocity_m_s=east)

        for value in (
            pointing.azimuth_rate_deg_s(seen),
            pointing.elevation_rate_deg_s(seen),
            pointing.polarisation_angle_deg(seen),
            pointing.point_ahead_arcsec(seen),
        ):
            assert np.isfinite(value).all()


class TestPointAhead:
    def test_is_the_angle_between_light_that_comes_and_light_that_goes(self, scene):
        """Light-time solved in the inertial frame of SGP4, seen by an observer who moves along.

        Where the satellite was when it sent, and where it will be when light reaches it.
        """
        past, future = (direction(scene, sign) for sign in (-1.0, 1.0))
        angle = np.degrees(np.linalg.norm(np.cross(past, future, axis=0), axis=0)) * 3600.0

        assert pointing.point_ahead_arcsec(scene["seen"]) == pytest.approx(angle, abs=0.002)

    def test_a_geostationary_satellite_is_led_by_four_arc_seconds(self):
        """It stands still over the Earth, yet both turn: 2 ω r / c, 18 µrad from below it."""
        position = np.array([[42_164e3], [0.0], [0.0]])
        line = np.array([[42_164e3 - 6_378e3], [0.0], [0.0]])
        frame = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])[:, :, None]

        seen = pointing.local(line, position, np.zeros((3, 1)), frame)

        assert pointing.point_ahead_arcsec(seen) == pytest.approx(3.59, abs=0.01)

    def test_its_parts_are_along_the_track_over_the_sky_and_clockwise_of_it(self, scene):
        """The step between the same two directions, on the sky of the station as it stands.

        Azimuth grows to the right of who looks at the satellite; the track is skyfield's.
        """
        times, station = scene["times"], scene["station"]
        step = direction(scene, 1.0) - direction(scene, -1.0)
        east, north, up = station.east_north_up() @ to_itrf(scene["timebase"], times, step)
        (e0, a0), (e1, a1) = (np.radians(altaz(scene, times + late)) for late in (-0.5, 0.5))
        el, az = 0.5 * (e0 + e1), 0.5 * (a0 + np.unwrap(np.stack([a0, a1]), axis=0)[1])
        to_az = np.cos(az) * east - np.sin(az) * north
        to_el = np.cos(el) * up - np.sin(el) * (np.sin(az) * east + np.cos(az) * north)
        turned = (a1 - a0 + np.pi) % (2.0 * np.pi) - np.pi
        t_az, t_el = turned * np.cos(el), e1 - e0
        speed = np.hypot(t_az, t_el)
        second = 3600.0 * np.degrees(1.0)

        along, across = pointing.point_ahead_parts_arcsec(scene["seen"])

        assert along == pytest.approx(second * (t_az * to_az + t_el * to_el) / speed, abs=0.005)
        assert across == pytest.approx(second * (t_el * to_az - t_az * to_el) / speed, abs=0.005)
        assert np.hypot(along, across) == pytest.approx(pointing.point_ahead_arcsec(scene["seen"]))
        assert np.ptp(across) > 0.05


def direction(scene, sign):
    """Unit vectors in SGP4's frame to where light comes from (-1), or is to be aimed at (+1)."""
    times, element_set = scene["times"], scene["element_set"]
    epoch_s = scene["timebase"].seconds(element_set.epoch)
    place, speed = station_teme(scene, times)
    delay = np.zeros(times.size)
    for _ in range(6):
        there = propagate(element_set, times + sign * delay - epoch_s).position_m
        line = there - (place + sign * speed * delay)
        delay = np.linalg.norm(line, axis=0) / SPEED_OF_LIGHT_M_S
    return line / np.linalg.norm(line, axis=0)


def station_teme(scene, times):
    """Place [m] and velocity [m/s] of the station in SGP4's frame, by differences."""
    from satqkd.passes.earth import to_itrf  # noqa: PLC0415

    itrf = scene["station"].itrf_m()

    def place(seconds):
        unit = [
            to_itrf(scene["timebase"], seconds, np.repeat(axis[:, None], seconds.size, axis=1))
            for axis in np.eye(3)
        ]
        return np.stack([itrf @ column for column in unit])

    h = 1.0
    return place(times), (place(times + h) - place(times - h)) / (2 * h)


class TestDoppler:
    def test_is_einsteins_longitudinal_formula(self):
        """Receding at 0.6 c halves the frequency; approaching doubles it."""
        speed = 0.6 * SPEED_OF_LIGHT_M_S

        assert pointing.doppler_shift(np.array([speed, -speed])) == pytest.approx([-0.5, 1.0])

    def test_is_the_rate_at_which_wave_crests_arrive(self, scene):
        """Arrival of light sent a second later, minus the second: range rate over c, first order.

        The second order is 2.6e-10.
        """
        seen = scene["seen"]
        range_rate = np.einsum("ij,ij->j", seen.line_m, seen.rate_m_s) / seen.range_m

        shift = pointing.doppler_shift(range_rate)

        assert shift == pytest.approx(-range_rate / SPEED_OF_LIGHT_M_S, abs=3e-10)
        assert (np.diff(shift) < 0.0).all()

    def test_in_hertz_it_is_a_share_of_the_optical_frequency(self):
        """6 km/s towards the station are 7 GHz at 850 nm."""
        assert float(pointing.doppler_hz(np.array(-6_000.0), wavelength_m=850e-9)) == pytest.approx(
            6_000.0 / 850e-9, rel=2e-5
        )

    def test_light_time_of_a_light_second(self):
        """299,792,458 m."""
        assert float(pointing.light_time_s(np.array(SPEED_OF_LIGHT_M_S))) == 1.0


class TestPolarisation:
    def test_is_the_direction_in_which_the_satellite_flies_on_seen_in_the_telescope(self, scene):
        """A point 100 m ahead along its inertial velocity, in skyfield's sky at the same instant.

        The Earth does not turn meanwhile, so the step is taken in the inertial frame.
        """
        times, timebase, station = scene["times"], scene["timebase"], scene["station"]
        at = skyfield_times(timebase, times)
        satellite = EarthSatellite.from_satrec(scene["element_set"].satrec, at.ts)
        place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
        line = (satellite - place).at(at)
        flight = satellite.at(at).velocity.m_per_s
        turn = place.rotation_at(at)  # inertial to north, east, up
        sky = np.einsum("ijn,jn->in", turn, line.position.m)
        ahead = np.einsum("ijn,jn->in", turn, line.position.m + flight * (100.0 / 7_600.0))

        def angles(vector):
            north, east, up = vector
            return np.arctan2(up, np.hypot(north, east)), np.arctan2(east, north)

        (e0, a0), (e1, a1) = angles(sky), angles(ahead)
        turned = (a1 - a0 + np.pi) % (2.0 * np.pi) - np.pi
        expected = np.degrees(np.arctan2(turned * np.cos(e0), e1 - e0))

        error = pointing.polarisation_angle_deg(scene["seen"]) - expected

        assert np.abs((error + 180.0) % 360.0 - 180.0).max() < 0.02
        assert np.ptp(np.unwrap(np.radians(expected))) > np.radians(60.0)
