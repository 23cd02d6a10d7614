"""Passes above horizons that depend on the azimuth, against brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import Satellite
from satqkd.errors import NonPhysicalError
from satqkd.passes.earth import to_itrf
from satqkd.passes.find import find_passes
from satqkd.passes.horizon_line import Masks
from satqkd.passes.station import Station
from satqkd.passes.timebase import Timebase

DAY_S = 86_400.0

VALLEY = ((0.0, 5.0), (45.0, 35.0), (90.0, 12.0), (135.0, 60.0), (180.0, 10.0), (270.0, 40.0))
TEETH = tuple((float(a), 30.0 if a % 20 == 5 else 8.0) for a in range(5, 360, 10))


def passes(element_set, station, *, days=1.0):
    timebase = Timebase.starting(element_set.epoch)
    satellite = Satellite(name="X", norad_id=1, element_sets=(element_set,))
    return timebase, find_passes([satellite], [station], timebase, duration_s=days * DAY_S).table


def angles(element_set, station, timebase, seconds):
    """Elevation and azimuth straight from SGP4. [°]"""
    epoch_s = timebase.seconds(element_set.epoch)
    position = to_itrf(timebase, seconds, propagate(element_set, seconds - epoch_s).position_m)
    east, north, up = station.east_north_up() @ (position - station.itrf_m()[:, None])
    return np.degrees(np.arctan2(up, np.hypot(east, north))), np.degrees(np.arctan2(east, north))


def height(element_set, station, timebase, seconds):
    """Height above the horizon, looked up by numpy's own periodic interpolation. [°]"""
    elevation, azimuth = angles(element_set, station, timebase, seconds)
    corners, heights = np.array(station.horizon_deg).T
    line = np.interp(azimuth, corners, heights, period=360.0)
    return elevation - np.maximum(line, station.min_elevation_deg)


def brute_force(element_set, station, timebase, *, days=1.0, step_s=1.0):
    times = np.arange(0.0, days * DAY_S, step_s)
    up = height(element_set, station, timebase, times) > 0.0
    edges = np.flatnonzero(np.diff(up.astype(int), prepend=0, append=0))
    return times[edges[::2]], times[edges[1::2] - 1]


@pytest.fixture
def site(xinglong):
    return replace(xinglong, min_elevation_deg=5.0)


class TestNoneLostNoneInvented:
    @pytest.mark.parametrize("number", ["41731", "06251", "08195", "24208", "28129"])
    @pytest.mark.parametrize("horizon", [VALLEY, TEETH], ids=["valley", "teeth"])
    def test_the_same_stretches_as_a_grid_of_a_second(
        self, orbits, awkward_stations, number, horizon
    ):
        """Each stretch of the grid is one pass, and each pass longer than a step is a stretch.

        Where the satellite hardly moves, a metre of interpolation is worth seconds.
        """
        slack_s = 1.3 if number in {"41731", "06251"} else 6.0
        stretches = 0
        for site in awkward_stations[::2]:
            station = replace(site, min_elevation_deg=5.0, horizon_deg=horizon)
            timebase, table = passes(orbits[number], station)
            begin, end = brute_force(orbits[number], station, timebase)
            seen = np.ceil(table.rise_s) < np.minimum(table.set_s, DAY_S)
            stretches += begin.size

            assert seen.sum() == begin.size, station.name
            assert (np.abs(table.rise_s[seen] - begin) < slack_s).all()
            assert (np.abs(table.set_s[seen] - end) < slack_s).all()
        assert stretches > 0

    def test_a_tooth_cuts_one_overpass_into_several_passes(self, micius, site):
        """No more time in all than without the horizon, and culminations inside each part."""
        _, whole = passes(micius, site)
        _, parts = passes(micius, replace(site, horizon_deg=TEETH))

        assert len(parts) > len(whole)
        assert (parts.set_s - parts.rise_s).sum() < (whole.set_s - whole.rise_s).sum()
        assert (parts.rise_s <= parts.culmination_s).all()
        assert (parts.culmination_s <= parts.set_s).all()

    def test_a_wall_all_round_but_a_slit_leaves_seconds(self, micius, site):
        """A gap of a degree somewhere along a pass: the stretch behind it is found."""
        timebase, whole = passes(micius, site, days=0.5)
        middle_s = 0.5 * (whole.rise_s + whole.culmination_s)[whole.set_s < 0.5 * DAY_S]
        for azimuth in angles(micius, site, timebase, middle_s)[1][:3] % 360.0:
            edges = azimuth + np.array([-0.5, -0.4, 0.4, 0.5])
            if edges[0] < 0.0 or edges[-1] > 360.0:
                continue
            slit = tuple(zip(edges.tolist(), (80.0, 5.0, 5.0, 80.0), strict=True))
            station = replace(site, horizon_deg=slit)
            _, table = passes(micius, station, days=0.5)
            begin, _ = brute_force(micius, station, timebase, days=0.5, step_s=0.2)
            low = table.max_elevation_deg < 80.0

            assert (np.ceil(5 * table.rise_s) <= 5 * table.set_s).sum() == begin.size
            assert 0.1 < (table.set_s - table.rise_s)[low].max() < 120.0


class TestEdges:
    @pytest.mark.parametrize("horizon", [VALLEY, TEETH], ids=["valley", "teeth"])
    def test_rise_and_set_lie_on_the_horizon_to_10_ms(self, micius, site, horizon):
        """SGP4 itself sees it below just before and above just after.

        Where it slides along the horizon at less than 0.01°/s, a metre is worth more than 10 ms.
        """
        station = replace(site, horizon_deg=horizon)
        timebase, table = passes(micius, station)
        for times, clipped, sign in (
            (table.rise_s, table.clipped_start, 1.0),
            (table.set_s, table.clipped_end, -1.0),
        ):
            edge = times[~clipped]
            out = height(micius, station, timebase, edge - sign * 0.01)
            inside = height(micius, station, timebase, edge + sign * 0.01)
            steep = np.abs(inside - out) > 0.02 * 0.01
            assert steep.mean() > 0.9
            assert (out[steep] < 0.0).all()
            assert (inside[steep] > 0.0).all()

    def test_culmination_is_the_highest_point_of_each_part(self, micius, site):
        """No instant of a stretch is higher, to 0.0005°, and the azimuths are those of SGP4."""
        station = replace(site, horizon_deg=TEETH)
        timebase, table = passes(micius, station)
        for i in range(len(table)):
            times = np.linspace(table.rise_s[i], table.set_s[i], 301)
            elevation, azimuth = angles(micius, station, timebase, times)

            assert elevation.max() <= table.max_elevation_deg[i] + 5e-4
            assert (azimuth[0] - table.rise_azimuth_deg[i] + 180.0) % 360.0 - 180.0 == (
                pytest.approx(0.0, abs=0.001)
            )
            top_s = table.culmination_s[i : i + 1]
            position = propagate(micius, top_s - timebase.seconds(micius.epoch)).position_m
            line = to_itrf(timebase, top_s, position) - station.itrf_m()[:, None]
            assert table.culmination_range_m[i] == pytest.approx(np.linalg.norm(line), abs=10.0)

    def test_always_visible_but_for_a_mast(self, orbits, xinglong):
        """A geosynchronous satellite that is up all day stays one pass where no mast stands."""
        station = replace(
            xinglong, latitude_deg=0.0, longitude_deg=angle_east(orbits["26900"]), height_m=0.0
        )
        _, free = passes(orbits["26900"], replace(station, horizon_deg=((0.0, 10.0),)))
        _, hidden = passes(orbits["26900"], replace(station, horizon_deg=((0.0, 89.0),)))

        assert len(free) == 1
        assert free.clipped_start[0]
        assert free.clipped_end[0]
        assert (hidden.max_elevation_deg > 89.0).all()

    def test_a_level_horizon_is_the_lowest_elevation(self, micius, xinglong):
        """The same passes by either way of saying it."""
        _, level = passes(
            micius, replace(xinglong, min_elevation_deg=0.0, horizon_deg=((7.0, 10.0),))
        )
        _, plain = passes(micius, xinglong)

        assert level.rise_s == pytest.approx(plain.rise_s, abs=2e-3)
        assert level.set_s == pytest.approx(plain.set_s, abs=2e-3)
        assert level.max_elevation_deg == pytest.approx(plain.max_elevation_deg, abs=1e-6)

    def test_stations_without_a_horizon_are_untouched_beside_one_that_has_one(
        self, micius, xinglong
    ):
        """Their rows are the very same numbers."""
        other = replace(xinglong, name="Valley", horizon_deg=VALLEY)
        timebase = Timebase.starting(micius.epoch)
        satellite = Satellite(name="X", norad_id=1, element_sets=(micius,))

        alone = find_passes([satellite], [xinglong], timebase, duration_s=DAY_S).table
        beside = find_passes([satellite], [other, xinglong], timebase, duration_s=DAY_S).table

        assert list(beside.rise_s[beside.station == 1]) == list(alone.rise_s)

    @settings(max_examples=15)
    @given(
        st.lists(st.integers(0, 359), min_size=1, max_size=12, unique=True).map(sorted),
        st.integers(0, 2**32 - 1),
    )
    def test_any_horizon_gives_passes_within_those_of_the_open_sky(self, micius, corners, seed):
        """Nested in time, none longer, and none of them below the horizon in its middle."""
        heights = np.random.default_rng(seed).uniform(0.0, 70.0, len(corners))
        horizon = tuple((float(a), float(h)) for a, h in zip(corners, heights, strict=True))
        site = Station(
            name="X", latitude_deg=47.0, longitude_deg=15.5, height_m=490.0, min_elevation_deg=5.0
        )
        timebase, table = passes(micius, replace(site, horizon_deg=horizon), days=0.5)
        _, whole = passes(micius, site, days=0.5)

        for rise, end in zip(table.rise_s, table.set_s, strict=True):
            assert np.any((whole.rise_s <= rise + 2e-3) & (end <= whole.set_s + 2e-3))
        middle = 0.5 * (table.rise_s + table.set_s)
        station = replace(site, horizon_deg=horizon)
        if middle.size:
            assert (height(micius, station, timebase, middle) > -0.01).all()
        begin, _ = brute_force(micius, station, timebase, days=0.5)
        seen = np.ceil(table.rise_s) < np.minimum(table.set_s, 0.5 * DAY_S)
        assert seen.sum() == begin.size


def angle_east(element_set):
    """Longitude below a satellite at its epoch. [°]"""
    timebase = Timebase.starting(element_set.epoch)
    zero = np.zeros(1)
    x, y, _ = to_itrf(timebase, zero, propagate(element_set, zero).position_m)
    return float(np.degrees(np.arctan2(y[0], x[0])))


class TestLookup:
    @given(
        st.lists(st.integers(0, 359), min_size=1, max_size=8, unique=True).map(sorted),
        st.floats(0.0, 60.0),
    )
    def test_the_line_is_periodic_interpolation_cut_at_the_lowest_elevation(self, corners, lowest):
        """Numpy's own, for all azimuths from −180 to 540, at each of two stations."""
        heights = [(7.0 * corner) % 80.0 for corner in corners]
        site = Station(
            name="X", latitude_deg=0.0, longitude_deg=0.0, height_m=0.0, min_elevation_deg=lowest,
            horizon_deg=tuple(zip(map(float, corners), heights, strict=True)),
        )  # fmt: skip
        azimuth = np.linspace(-180.0, 540.0, 1_441)

        masks = Masks.of([replace(site, horizon_deg=()), site])
        ours = masks.height_deg(np.ones(azimuth.size, dtype=np.int64), azimuth)

        theirs = np.maximum(np.interp(azimuth, corners, heights, period=360.0), lowest)
        assert ours == pytest.approx(theirs, abs=1e-6)


class TestRefused:
    @pytest.mark.parametrize(
        ("horizon", "what"),
        [
            (((0.0, 10.0), (0.0, 20.0)), "ordered by azimuth"),
            (((90.0, 10.0), (45.0, 20.0)), "ordered by azimuth"),
            (((-5.0, 10.0),), "azimuth outside"),
            (((0.0, 90.5),), "elevation outside"),
            (((0.0, 10.0), (360.0, 12.0)), "one elevation at 0° and 360°"),
        ],
    )
    def test_a_horizon_that_makes_no_sense(self, xinglong, horizon, what):
        """Overlaps, wrong order, angles that do not exist."""
        with pytest.raises(NonPhysicalError, match=what):
            replace(xinglong, horizon_deg=horizon)

    def test_a_horizon_may_close_at_360(self, xinglong):
        """0° and 360° are one azimuth when both say the same."""
        closed = replace(xinglong, horizon_deg=((0.0, 20.0), (90.0, 30.0), (360.0, 20.0)))

        masks = Masks.of([closed])

        assert masks.height_deg(np.array([0]), np.array([225.0])) == pytest.approx(25.0)
