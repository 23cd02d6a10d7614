"""Passes found, against brute force and against skyfield's own geometry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from skyfield.api import EarthSatellite, wgs84

from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import Satellite
from satqkd.passes.earth import to_itrf
from satqkd.passes.find import find_passes
from satqkd.passes.skyfield_time import skyfield_times
from satqkd.passes.timebase import Timebase

DAY_S = 86_400.0


def alone(element_set) -> Satellite:
    return Satellite(
        name=element_set.name, norad_id=element_set.norad_id, element_sets=(element_set,)
    )


def found(element_set, stations, *, days=2.0, start=None):
    timebase = Timebase.starting(start or element_set.epoch)
    return timebase, find_passes(
        [alone(element_set)], stations, timebase, duration_s=days * DAY_S
    ).table


def skyfield_elevation(element_set, station, timebase, seconds):
    """Elevation by skyfield's SGP4, frames and topocentre on the same Earth orientation."""
    times = skyfield_times(timebase, np.asarray(seconds))
    satellite = EarthSatellite.from_satrec(element_set.satrec, times.ts)
    place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
    altitude, _, _ = (satellite - place).at(times).altaz()
    return altitude.degrees


def brute_force(element_set, station, timebase, days, step_s=5.0):
    """Stretches above the mask on a fine grid: [(first, last), …]."""
    times = np.arange(0.0, days * DAY_S, step_s)
    epoch_s = timebase.seconds(element_set.epoch)
    place = to_itrf(timebase, times, propagate(element_set, times - epoch_s).position_m)
    line = place - station.itrf_m()[:, None]
    up = station.east_north_up()[2]
    sine = up @ line / np.linalg.norm(line, axis=0)
    above = sine > np.sin(np.radians(station.min_elevation_deg))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], above.astype(int), [0]])))
    return [(times[a], times[b - 1]) for a, b in zip(edges[::2], edges[1::2], strict=True)]


class TestPublishedPass:
    def test_micius_over_xinglong(self, micius, xinglong):
        """2016-12-19: culmination 16:52:13–14 UTC at 47.8° [computed from Liao 2017's pass]."""
        start = datetime(2016, 12, 19, tzinfo=UTC)
        timebase, table = found(micius, [xinglong], days=1.0, start=start)
        index = int(np.argmax(table.rise_s * (table.max_elevation_deg < 60)))

        culmination = timebase.utc(float(table.culmination_s[index]))
        assert abs(culmination - datetime(2016, 12, 19, 16, 52, 13, tzinfo=UTC)) < timedelta(
            seconds=1.5
        )
        assert table.max_elevation_deg[index] == pytest.approx(47.8, abs=0.05)


class TestNoneMissedNoneInvented:
    @pytest.mark.parametrize(
        "number",
        ["41731", "06251", "28057", "08195", "11801", "23599", "28129", "24208", "26900"],
    )
    def test_the_same_passes_as_a_5_s_grid(self, orbits, awkward_stations, number):
        """Each stretch of the grid is one pass, and each pass longer than a step is a stretch."""
        timebase, table = found(orbits[number], awkward_stations)
        for index, station in enumerate(awkward_stations):
            mine = np.flatnonzero(table.station == index)
            seen = [
                i for i in mine if np.ceil(table.rise_s[i] / 5) * 5 < min(table.set_s[i], 2 * DAY_S)
            ]
            grid = brute_force(orbits[number], station, timebase, days=2.0)

            assert len(seen) == len(grid), station.name
            for i, (first, last) in zip(seen, grid, strict=True):
                assert table.rise_s[i] - 0.2 <= first <= table.rise_s[i] + 5.2
                assert table.set_s[i] - 5.2 <= last <= table.set_s[i] + 0.2

    def test_a_grazing_pass_of_seconds_is_found(self, micius, xinglong):
        """A mask just below the culmination of a pass leaves a pass of a few seconds."""
        _, table = found(micius, [xinglong])
        top = float(table.max_elevation_deg[0])
        grazing = replace(xinglong, min_elevation_deg=top - 0.001)

        _, short = found(micius, [grazing])

        hit = np.flatnonzero(np.abs(short.culmination_s - table.culmination_s[0]) < 1.0)
        assert hit.size == 1
        assert 0.1 < short.set_s[hit[0]] - short.rise_s[hit[0]] < 10.0

    def test_azimuths_of_a_grazing_pass_are_those_at_its_edges(self, micius, xinglong):
        """Where skyfield sees the satellite at those instants, to 0.003°: it turns 1°/s there."""
        _, table = found(micius, [xinglong])
        best = int(np.argmax(table.max_elevation_deg))
        top = float(table.max_elevation_deg[best])
        timebase, short = found(micius, [replace(xinglong, min_elevation_deg=top - 0.0005)])
        (hit,) = np.flatnonzero(np.abs(short.culmination_s - table.culmination_s[best]) < 1.0)
        place = wgs84.latlon(xinglong.latitude_deg, xinglong.longitude_deg, xinglong.height_m)
        edges = np.array([short.rise_s[hit], short.set_s[hit]])
        times = skyfield_times(timebase, edges)
        seen = (EarthSatellite.from_satrec(micius.satrec, times.ts) - place).at(times)

        azimuth = seen.altaz()[1].degrees

        told = [short.rise_azimuth_deg[hit], short.set_azimuth_deg[hit]]
        assert told == pytest.approx(azimuth, abs=3e-3)

    def test_a_higher_mask_gives_nested_passes(self, orbits, xinglong):
        """Every pass above 30° lies within one above 10°."""
        for element_set in orbits.values():
            _, low = found(element_set, [xinglong])
            _, high = found(element_set, [replace(xinglong, min_elevation_deg=30.0)])
            for rise, end in zip(high.rise_s, high.set_s, strict=True):
                assert np.any((low.rise_s <= rise) & (end <= low.set_s))


class TestEdges:
    @pytest.mark.parametrize(
        ("number", "slack_s"),
        [("41731", 0.010), ("06251", 0.010), ("28057", 0.010), ("08195", 0.1), ("28129", 0.1)],
    )
    def test_rise_and_set_are_skyfields_to_milliseconds(
        self, orbits, awkward_stations, number, slack_s
    ):
        """Skyfield sees the satellite below the mask just before the rise and above just after."""
        element_set = orbits[number]
        timebase, table = found(element_set, awkward_stations)
        assert len(table) > 5
        for index, station in enumerate(awkward_stations):
            mine = table.station == index
            for edge, clipped, sign in (
                (table.rise_s, table.clipped_start, 1.0),
                (table.set_s, table.clipped_end, -1.0),
            ):
                times = edge[mine & ~clipped]
                if times.size == 0:
                    continue
                outside = skyfield_elevation(element_set, station, timebase, times - sign * slack_s)
                inside = skyfield_elevation(element_set, station, timebase, times + sign * slack_s)
                assert (outside < station.min_elevation_deg).all()
                assert (inside > station.min_elevation_deg).all()

    def test_culmination_is_the_highest_point(self, micius, awkward_stations):
        """No instant around it is higher, to 0.0001°."""
        timebase, table = found(micius, awkward_stations)
        for i in range(len(table)):
            station = awkward_stations[table.station[i]]
            around = table.culmination_s[i] + np.linspace(-20.0, 20.0, 41)
            around = around[(around >= table.rise_s[i]) & (around <= table.set_s[i])]
            elevation = skyfield_elevation(micius, station, timebase, around)
            assert elevation.max() <= table.max_elevation_deg[i] + 1e-4

    def test_range_at_culmination_is_skyfields(self, micius, awkward_stations):
        """To 10 m of skyfield's own distance; 1 ms of flight is 7 m."""
        timebase, table = found(micius, awkward_stations)
        assert len(table) > 5
        for index, station in enumerate(awkward_stations):
            mine = table.station == index
            times = skyfield_times(timebase, table.culmination_s[mine])
            satellite = EarthSatellite.from_satrec(micius.satrec, times.ts)
            place = wgs84.latlon(station.latitude_deg, station.longitude_deg, station.height_m)
            _, _, distance = (satellite - place).at(times).altaz()

            assert table.culmination_range_m[mine] == pytest.approx(distance.m, abs=10.0)


class TestWindow:
    def test_geostationary_is_one_clipped_pass_or_none(self, orbits, awkward_stations):
        """It neither rises nor sets: the window is the pass."""
        _, table = found(orbits["26900"], awkward_stations)

        assert len(table) > 0
        assert table.clipped_start.all()
        assert table.clipped_end.all()
        assert (np.bincount(table.station) <= 1).all()

    def test_a_pass_under_way_at_the_start_is_kept(self, micius, xinglong):
        """Its beginning is cut and flagged."""
        timebase, table = found(micius, [xinglong])
        middle = timebase.utc(float(table.culmination_s[1]))

        _, late = found(micius, [xinglong], start=middle)

        assert late.clipped_start[0]
        assert late.rise_s[0] == 0.0
        assert not late.clipped_start[1:].any()

    def test_a_pass_without_culmination_in_the_window_is_kept(self, micius, xinglong):
        """A window that ends on the way up still shows the pass."""
        _, table = found(micius, [xinglong])
        days = float(table.rise_s[1] + 60.0) / DAY_S

        _, cut = found(micius, [xinglong], days=days)

        assert len(cut) == 2
        assert cut.clipped_end[1]
        assert cut.culmination_s[1] == cut.set_s[1]

    def test_no_station_and_no_satellite_give_no_pass(self, micius, xinglong):
        """Empty in, empty out."""
        timebase = Timebase.starting(micius.epoch)

        assert len(find_passes([alone(micius)], [], timebase, duration_s=DAY_S).table) == 0
        assert len(find_passes([], [xinglong], timebase, duration_s=DAY_S).table) == 0


class TestSeveralEpochs:
    def test_each_pass_uses_the_nearest_epoch_once(self, micius, micius_2017, awkward_stations):
        """No pass is lost or doubled at the border between two epochs, 9 days apart."""
        satellite = Satellite(name="Micius", norad_id=41731, element_sets=(micius, *micius_2017))
        start = datetime(2016, 12, 25, tzinfo=UTC)
        timebase = Timebase.starting(start)

        table = find_passes([satellite], awkward_stations, timebase, duration_s=16 * DAY_S).table

        epochs = np.array([timebase.seconds(e.epoch) for e in satellite.element_sets])
        nearest = np.argmin(np.abs(table.culmination_s[:, None] - epochs), axis=1)
        assert (table.element_set == nearest).all()
        assert set(nearest) == {0, 1, 2}
        single = find_passes(
            [alone(micius)], awkward_stations, timebase, duration_s=16 * DAY_S
        ).table
        # Old elements are some km off after 16 days, not enough to lose more than a grazing pass.
        assert abs(len(table) - len(single)) <= 2
        same_station = np.diff(table.station) == 0
        assert (table.rise_s[1:] >= table.set_s[:-1])[same_station].all()
