"""Sky geometry of a series beside another library's, with another ephemeris."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import AltAz, EarthLocation, get_body
from astropy.time import Time
from astropy.utils import iers
from astropy_iers_data import IERS_A_FILE
from skyfield.api import EarthSatellite, wgs84
from skyfield.jpllib import SpiceKernel

from satqkd.elements.satellite import Satellite
from satqkd.passes.bodies import Bodies
from satqkd.passes.exclusion import separation_deg, too_near
from satqkd.passes.find import find_passes
from satqkd.passes.refraction import apparent_elevation_deg, nearness_deg
from satqkd.passes.sky_geometry import Geometry, sky_geometry
from satqkd.passes.skyfield_time import skyfield_times
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample

START = datetime(2016, 12, 19, tzinfo=UTC)
DAY_S = 86_400.0


@pytest.fixture(scope="module")
def week(micius, xinglong, awkward_stations):
    """Passes of three days over two stations, a sample every 5 min."""
    stations = [xinglong, awkward_stations[5]]
    timebase = Timebase.starting(START)
    satellite = Satellite(name="Micius", norad_id=41731, element_sets=(micius,))
    found = find_passes([satellite], stations, timebase, duration_s=3 * DAY_S)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=3 * DAY_S)
    tracks = sample(found.table, found.chains, stations, bodies, step_s=300.0)
    owner = np.repeat(np.arange(len(found.table)), np.diff(tracks.starts))
    geometry = Geometry(chains=found.chains, stations=stations, bodies=bodies)
    return {
        "timebase": timebase,
        "stations": stations,
        "micius": micius,
        "tracks": tracks,
        "station": found.table.station[owner],
        "facts": sky_geometry(
            found.table,
            geometry,
            owner=owner,
            time_s=tracks.time_s,
            wavelength_m=np.array([848.6e-9]),
        ),
    }


class TestAgainstAstropy:
    @pytest.mark.parametrize(("body", "limit_deg"), [("sun", 0.002), ("moon", 0.02)])
    def test_sun_and_moon_stand_where_its_analytic_series_put_them(self, week, body, limit_deg):
        """ERFA's series of the Earth's orbit and of the Moon share nothing with JPL's ephemeris."""
        tracks = week["tracks"]
        ours = {"sun": tracks.sun_elevation_deg, "moon": tracks.moon_elevation_deg}[body]
        with iers.earth_orientation_table.set(iers.IERS_A.open(IERS_A_FILE)):
            for index, station in enumerate(week["stations"]):
                here = week["station"] == index
                when = Time(START) + tracks.time_s[here] * units.s
                place = EarthLocation.from_geodetic(
                    station.longitude_deg, station.latitude_deg, station.height_m
                )
                theirs = get_body(body, when, place, ephemeris="builtin").transform_to(
                    AltAz(obstime=when, location=place)
                )

                assert np.abs(theirs.alt.deg - ours[here]).max() < limit_deg


class TestAgainstSkyfield:
    def test_angles_to_the_sun_and_the_lit_share_of_the_moon(self, week):
        """Apparent places seen from the station, the same ephemeris, another road to it."""
        kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
        found, tracks = week["facts"], week["tracks"]
        for index, station in enumerate(week["stations"]):
            here = week["station"] == index
            at = skyfield_times(week["timebase"], tracks.time_s[here])
            place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
            satellite = EarthSatellite.from_satrec(week["micius"].satrec, at.ts)
            seen = (kernel["earth"] + place).at(at)
            line = (satellite - place).at(at)
            sun = seen.observe(kernel["sun"]).apparent()
            moon = seen.observe(kernel["moon"]).apparent()
            lit = moon.fraction_illuminated(kernel["sun"])

            assert found.sun_separation_deg[here] == pytest.approx(
                sun.separation_from(line).degrees, abs=0.002
            )
            assert tracks.moon_separation_deg[here] == pytest.approx(
                moon.separation_from(line).degrees, abs=0.02
            )
            assert found.moon_illuminated[here] == pytest.approx(lit, abs=1e-4)
            up, around, _ = moon.altaz()
            assert found.moon_elevation_deg[here] == pytest.approx(up.degrees, abs=0.02)
            turned = (found.moon_azimuth_deg[here] - around.degrees + 180.0) % 360.0 - 180.0
            assert turned * np.cos(np.radians(up.degrees)) == pytest.approx(0.0, abs=0.02)
        kernel.close()

    def test_a_telescope_receives_from_where_the_light_left(self, week):
        """The satellite a light time ago, the station now and its own velocity: to 0.2″.

        Elevations with refraction are turned back by the same refraction; 5″ apart is what
        the geometric ones are.
        """
        found, tracks = week["facts"], week["tracks"]
        for index, station in enumerate(week["stations"]):
            here = week["station"] == index
            at = skyfield_times(week["timebase"], tracks.time_s[here])
            before = skyfield_times(
                week["timebase"], tracks.time_s[here] - found.light_time_s[here]
            )
            place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
            satellite = EarthSatellite.from_satrec(week["micius"].satrec, at.ts)
            ground = place.at(at)
            shift = ground.velocity.km_per_s * found.light_time_s[here]
            line = satellite.at(before).position.km - ground.position.km + shift
            north, east, up = np.einsum("ijn,jn->in", place.rotation_at(at), line)
            elevation = np.degrees(np.arctan2(up, np.hypot(east, north)))
            lifted = apparent_elevation_deg(
                elevation, height_m=station.height_m, wavelength_m=848.6e-9
            ) - nearness_deg(elevation, tracks.range_m[here], height_m=station.height_m)
            east_of = np.sin(np.radians(found.tracking_azimuth_deg[here]) - np.arctan2(east, north))

            assert 3600.0 * found.tracking_elevation_deg[here] == pytest.approx(
                3600.0 * lifted, abs=0.3
            )
            across = 3600.0 * np.degrees(east_of) * np.cos(np.radians(elevation))
            assert np.abs(across).max() < 0.3
            apart = 3600.0 * np.abs(elevation - tracks.elevation_deg[here])
            assert 3.0 < apart.max() < 6.0


class TestColumns:
    def test_every_fact_is_a_finite_number_for_every_sample(self, week):
        """One value a sample, whichever satellite and station it belongs to."""
        for name in week["facts"].__dataclass_fields__:
            column = getattr(week["facts"], name)
            assert column.shape == week["tracks"].time_s.shape
            assert np.isfinite(column).all()

    def test_doppler_follows_the_range_rate_of_the_series(self, week):
        """To first order its opposite over c; the rest is 3e-10."""
        assert week["facts"].doppler_shift == pytest.approx(
            -week["tracks"].range_rate_m_s / 299_792_458.0, abs=3e-10
        )


class TestExclusion:
    def test_a_body_below_the_horizon_is_not_avoided(self):
        """Only one of three: near and up; near and set; far and up."""
        near = too_near(
            np.array([5.0, 5.0, 40.0]), np.array([10.0, -1.0, 10.0]), exclusion_deg=30.0
        )

        assert list(near) == [True, False, False]

    def test_small_angles_keep_their_digits(self):
        """A microradian apart, where an arc cosine would give zero or rubbish."""
        line = np.array([[1.0], [0.0], [0.0]])
        other = np.array([[1.0], [1e-6], [0.0]])

        assert np.radians(separation_deg(line, other)) == pytest.approx(1e-6, rel=1e-9)
