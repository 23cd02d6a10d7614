"""Series of passes against skyfield, and the laws they keep."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

import numpy as np
import pytest
from skyfield.api import EarthSatellite, wgs84
from skyfield.jpllib import SpiceKernel

from satqkd.elements.satellite import Satellite
from satqkd.passes.bodies import Bodies
from satqkd.passes.eclipse import sunlit_fraction
from satqkd.passes.ephemeris import ephemeris
from satqkd.passes.find import find_passes
from satqkd.passes.skyfield_time import skyfield_times
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def kernel():
    kernel = SpiceKernel(str(files("skyfield_data") / "data" / "de421.bsp"))
    yield kernel
    kernel.close()


def series(element_set, stations, *, start=None, days=1.0, step_s=1.0):
    timebase = Timebase.starting(start or element_set.epoch)
    satellite = Satellite(name="s", norad_id=1, element_sets=(element_set,))
    found = find_passes([satellite], stations, timebase, duration_s=days * DAY_S)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=days * DAY_S)
    return timebase, found.table, sample(found.table, found.chains, stations, bodies, step_s=step_s)


def shifted_deg(one, other):
    """Difference of two angles, the short way round. [°]"""
    return np.abs((one - other + 180.0) % 360.0 - 180.0)


class TestAgainstSkyfield:
    @pytest.mark.parametrize(
        "number", ["41731", "28057", "08195", "23599", "28129", "24208", "26900"]
    )
    def test_place_of_the_satellite(self, orbits, awkward_stations, number):
        """Elevation and azimuth to 0.001°, range to 10 m, range rate to 1 m/s.

        5 m of interpolation at 500 km are 0.0006°. Near the zenith azimuth is worth less, so
        it is weighed by the cosine of the elevation.
        """
        element_set = orbits[number]
        timebase, table, tracks = series(element_set, awkward_stations, step_s=20.0)
        for i in range(len(table)):
            here = tracks.pass_slice(i)
            station = awkward_stations[table.station[i]]
            times = skyfield_times(timebase, tracks.time_s[here])
            satellite = EarthSatellite.from_satrec(element_set.satrec, times.ts)
            place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
            line = (satellite - place).at(times)
            altitude, azimuth, distance, _, _, rate = line.frame_latlon_and_rates(place)
            off_deg = shifted_deg(tracks.azimuth_deg[here], azimuth.degrees)
            off_deg *= np.cos(np.radians(altitude.degrees))
            assert np.abs(tracks.elevation_deg[here] - altitude.degrees).max() < 1e-3
            assert off_deg.max() < 1e-3
            assert np.abs(tracks.range_m[here] - distance.m).max() < 10.0
            assert np.abs(tracks.range_rate_m_s[here] - rate.m_per_s).max() < 5.0

    def test_sun_and_moon(self, micius, awkward_stations, kernel):
        """Sun to 0.002°, Moon to 0.02°: what twilight and stray light need."""
        timebase, table, tracks = series(micius, awkward_stations, step_s=60.0)
        for i in range(len(table)):
            here = tracks.pass_slice(i)
            station = awkward_stations[table.station[i]]
            place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
            seen = (kernel["earth"] + place).at(skyfield_times(timebase, tracks.time_s[here]))
            sun, _, _ = seen.observe(kernel["sun"]).apparent().altaz()
            moon, _, _ = seen.observe(kernel["moon"]).apparent().altaz()
            assert np.abs(tracks.sun_elevation_deg[here] - sun.degrees).max() < 2e-3
            assert np.abs(tracks.moon_elevation_deg[here] - moon.degrees).max() < 2e-2

    def test_sun_separation(self, micius, xinglong, kernel):
        """The angle between satellite and Sun, from skyfield's directions, to 0.002°.

        Its own light time turns the Sun's direction by no more than the 20" of aberration that
        both count.
        """
        timebase, table, tracks = series(micius, [xinglong], step_s=30.0)
        here = tracks.pass_slice(len(table) - 1)
        times = skyfield_times(timebase, tracks.time_s[here])
        place = wgs84.latlon(xinglong.latitude_deg, xinglong.longitude_deg, xinglong.height_m)
        satellite = EarthSatellite.from_satrec(micius.satrec, times.ts)
        sun = (kernel["earth"] + place).at(times).observe(kernel["sun"]).apparent()
        apart = (satellite - place).at(times).separation_from(sun)

        assert np.abs(tracks.sun_separation_deg[here] - apart.degrees).max() < 1e-2

    def test_moon_separation(self, micius, xinglong, kernel):
        """The angle between satellite and Moon, from skyfield's directions, to 0.02°."""
        timebase, table, tracks = series(micius, [xinglong], step_s=30.0)
        here = tracks.pass_slice(len(table) - 1)
        times = skyfield_times(timebase, tracks.time_s[here])
        place = wgs84.latlon(xinglong.latitude_deg, xinglong.longitude_deg, xinglong.height_m)
        satellite = EarthSatellite.from_satrec(micius.satrec, times.ts)
        moon = (kernel["earth"] + place).at(times).observe(kernel["moon"]).apparent()
        apart = (satellite - place).at(times).separation_from(moon)

        assert np.abs(tracks.moon_separation_deg[here] - apart.degrees).max() < 2e-2

    def test_sunlit_agrees_with_skyfield_outside_the_penumbra(self, micius, kernel):
        """Skyfield's sharp, spherical shadow lies within seconds of ours: 99 % of an orbit."""
        timebase = Timebase.starting(micius.epoch)

        times_s = np.arange(0.0, 12_000.0, 5.0)
        bodies = Bodies.over(timebase, start_s=0.0, end_s=12_000.0)
        chain = ephemeris(micius, timebase, start_s=0.0, end_s=12_000.0)
        ours = sunlit_fraction(chain.position_m(*chain.locate(times_s)), bodies.sun_itrf_m(times_s))
        times = skyfield_times(timebase, times_s)
        theirs = EarthSatellite.from_satrec(micius.satrec, times.ts).at(times).is_sunlit(kernel)

        assert 0.3 < theirs.mean() < 0.9
        assert ((ours > 0.5) == theirs).mean() > 0.99


class TestPublishedPass:
    def test_minimum_range_and_window(self, micius, xinglong):
        """Liao 2017 prints 645 km and 273 s (the time within 1200 km) for 2016-12-19."""
        start = datetime(2016, 12, 19, 12, tzinfo=UTC)
        _, table, tracks = series(micius, [xinglong], start=start, days=0.5)
        assert len(table) == 1

        within = tracks.per_pass(np.where(tracks.range_m <= 1.2e6, tracks.weight_s, 0.0))

        assert tracks.range_m.min() == pytest.approx(645e3, abs=1e3)
        assert within[0] == pytest.approx(273.0, abs=2.0)


class TestLaws:
    def test_weights_sum_to_the_duration(self, micius, awkward_stations):
        """However a pass falls on the grid, and however coarse that is."""
        for step_s in (0.7, 1.0, 1000.0):
            _, table, tracks = series(micius, awkward_stations, step_s=step_s)

            assert tracks.per_pass(tracks.weight_s) == pytest.approx(
                table.set_s - table.rise_s, abs=1e-6
            )
            assert (tracks.weight_s >= 0.0).all()

    def test_samples_fall_on_whole_steps(self, micius, xinglong):
        """Between rise and set the series keeps to whole seconds."""
        _, table, tracks = series(micius, [xinglong])

        for i in range(len(table)):
            times = tracks.time_s[tracks.pass_slice(i)]
            assert times[0] == table.rise_s[i]
            assert times[-1] == table.set_s[i]
            assert (times[1:-1] == np.round(times[1:-1])).all()
