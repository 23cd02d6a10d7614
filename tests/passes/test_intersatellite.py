"""Sight between satellites, against brute force straight from SGP4."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.constants import WGS84_FLATTENING, WGS84_RADIUS_M
from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import Satellite
from satqkd.errors import NonPhysicalError
from satqkd.passes.earth import to_itrf
from satqkd.passes.ephemeris import ephemeris
from satqkd.passes.find import find_passes
from satqkd.passes.intersatellite import Fleet, grazing_height_m, sight_tracks, sight_windows
from satqkd.passes.timebase import Timebase

DAY_S = 86_400.0
START = datetime(2006, 6, 20, tzinfo=UTC)
LOW, SUN_SYNCHRONOUS, MOLNIYA, TRANSFER, MEDIUM, SYNCHRONOUS, STATIONARY = (
    "41731", "28057", "08195", "23599", "28129", "24208", "26900",
)  # fmt: skip


def satellite(*element_sets) -> Satellite:
    return Satellite(
        name=element_sets[0].name, norad_id=element_sets[0].norad_id, element_sets=element_sets
    )


@pytest.fixture(scope="module")
def fleet(orbits):
    """One satellite of every kind, all with the same epoch as far as SGP4 is concerned."""
    timebase = Timebase.starting(START)
    names = (LOW, SUN_SYNCHRONOUS, MOLNIYA, TRANSFER, MEDIUM, SYNCHRONOUS, STATIONARY)
    sets = [replace(orbits[name], epoch=START) for name in names]
    satellites = [satellite(one) for one in sets]
    found = find_passes(satellites, [], timebase, duration_s=DAY_S)
    return timebase, satellites, found.chains


def place_m(element_set, timebase, times):
    """Earth-fixed position from SGP4 itself, shape (3, n)."""
    motion = propagate(element_set, times - timebase.seconds(element_set.epoch))
    return to_itrf(timebase, times, motion.position_m)


def blocked(one_m, other_m, height_m):
    """Whether the straight way meets the ellipsoid: roots of the quadratic within it."""
    axes = np.array([1.0, 1.0, 1.0 - WGS84_FLATTENING]) * WGS84_RADIUS_M + height_m
    p, d = one_m / axes[:, None], (other_m - one_m) / axes[:, None]
    a, b, c = (d * d).sum(axis=0), (p * d).sum(axis=0), (p * p).sum(axis=0) - 1.0
    inside = b * b - a * c
    root = np.sqrt(np.maximum(inside, 0.0))
    return (inside > 0.0) & (-b - root < a) & (-b + root > 0.0)


def lowest_m(one_m, other_m):
    """Lowest geodetic height of many points on each way; 2.5 km apart is good for 0.1 m."""
    share = np.linspace(0.0, 1.0, 20_001)
    heights = []
    for p, q in zip(one_m.T, other_m.T, strict=True):
        heights.append(erfa.gc2gd(1, p + share[:, None] * (q - p))[2].min())
    return np.array(heights)


PAIRS = [(0, 1), (0, 2), (0, 3), (0, 6), (1, 4), (2, 3), (2, 5), (4, 6), (5, 6)]


class TestBruteForce:
    @pytest.mark.parametrize("height_m", [0.0, 100e3, 250e3])
    def test_the_same_windows_as_a_5_s_grid(self, fleet, height_m):
        """Low, eccentric, medium and geosynchronous pairs: none missed and none invented."""
        timebase, satellites, chains = fleet
        times = np.arange(0.0, DAY_S + 1.0, 5.0)

        windows = sight_windows(
            Fleet.of(satellites, chains), pairs=PAIRS, grazing_height_m=height_m
        )

        assert len(windows) > 40
        for one, other in PAIRS:
            ways = [place_m(satellites[i].element_sets[0], timebase, times) for i in (one, other)]
            clear = ~blocked(*ways, height_m)
            edges = np.flatnonzero(np.diff(clear, prepend=False, append=False))
            first, last = times[edges[::2]], times[edges[1::2] - 1]
            mine = (windows.one == one) & (windows.other == other)
            long = mine & (np.ceil(windows.start_s / 5.0) * 5.0 <= windows.end_s)
            assert long.sum() == first.size
            # The grid sees an edge up to a step late; 0.1 s: SGP4 itself jumps in deep space.
            np.testing.assert_array_less(windows.start_s[long] - 0.1, first)
            np.testing.assert_array_less(first, windows.start_s[long] + 5.1)
            np.testing.assert_array_less(windows.end_s[long] - 5.1, last)
            np.testing.assert_array_less(last, windows.end_s[long] + 0.1)

    def test_edges_are_right_to_10_ms(self, fleet):
        """10 ms outside the way dips below the surface 100 km up, 10 ms inside it does not."""
        timebase, satellites, chains = fleet

        windows = sight_windows(Fleet.of(satellites, chains), pairs=[(0, 2), (0, 6), (1, 6)])

        for edge_s, clipped, inward in (
            (windows.start_s, windows.clipped_start, 0.010),
            (windows.end_s, windows.clipped_end, -0.010),
        ):
            for one, other in ((0, 2), (0, 6), (1, 6)):
                mine = (windows.one == one) & (windows.other == other)
                times = edge_s[mine & ~clipped][:12]
                assert times.size > 5
                for shift, sign in ((inward, 1.0), (-inward, -1.0)):
                    ways = [
                        place_m(satellites[i].element_sets[0], timebase, times + shift)
                        for i in (one, other)
                    ]
                    assert (sign * (lowest_m(*ways) - 100e3) > 0.0).all()

    @pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 4)])
    def test_windows_and_gaps_of_seconds_are_found(self, fleet, pair):
        """A limit a metre below a crest, or above a trough, leaves a window or gap of seconds."""
        timebase, satellites, chains = fleet
        times = np.arange(0.0, DAY_S, 1.0)
        ways = [place_m(satellites[i].element_sets[0], timebase, times) for i in pair]
        height = grazing_height_m(*ways)
        inner = (height[1:-1] > 20e3) & (height[1:-1] < 1_000e3)
        crests = 1 + np.flatnonzero(
            inner & (height[1:-1] > height[:-2]) & (height[1:-1] > height[2:])
        )
        troughs = 1 + np.flatnonzero(
            inner & (height[1:-1] < height[:-2]) & (height[1:-1] < height[2:])
        )
        assert crests.size + troughs.size >= 2
        for top in crests[:8]:
            windows = sight_windows(
                Fleet.of(satellites, chains),
                pairs=[pair],
                grazing_height_m=float(height[top]) - 1.0,
            )
            hit = (windows.start_s < times[top]) & (times[top] < windows.end_s)
            assert hit.sum() == 1
            assert windows.end_s[hit] - windows.start_s[hit] < 60.0
        for bottom in troughs[:8]:
            windows = sight_windows(
                Fleet.of(satellites, chains),
                pairs=[pair],
                grazing_height_m=float(height[bottom]) + 1.0,
            )
            after = np.flatnonzero(windows.start_s > times[bottom])[0]
            assert windows.end_s[after - 1] < times[bottom]
            assert windows.start_s[after] - windows.end_s[after - 1] < 60.0


class TestWindows:
    def test_every_pair_once_and_in_order(self, fleet):
        """Without ``pairs`` all are searched; asking for one pair gives the same rows."""
        _, satellites, chains = fleet

        windows = sight_windows(Fleet.of(satellites, chains))
        alone = sight_windows(Fleet.of(satellites, chains), pairs=[(2, 4)])

        assert (windows.one < windows.other).all()
        rank = np.lexsort((windows.start_s, windows.other, windows.one))
        np.testing.assert_array_equal(rank, np.arange(len(windows)))
        mine = (windows.one == 2) & (windows.other == 4)
        np.testing.assert_array_equal(windows.start_s[mine], alone.start_s)

    def test_a_pair_turned_round_sees_the_same(self, fleet):
        """Sight is mutual."""
        _, satellites, chains = fleet

        there = sight_windows(Fleet.of(satellites, chains), pairs=[(0, 2)])
        back = sight_windows(Fleet.of(satellites, chains), pairs=[(2, 0)])

        # 0.2 ms: twice what edges are solved to.
        np.testing.assert_allclose(there.start_s, back.start_s, atol=2e-4)
        np.testing.assert_allclose(there.end_s, back.end_s, atol=2e-4)

    def test_the_window_of_the_search_cuts_and_flags(self, fleet):
        """Flags stand exactly where the search begins and ends."""
        _, satellites, chains = fleet

        windows = sight_windows(Fleet.of(satellites, chains))

        np.testing.assert_array_equal(windows.clipped_start, windows.start_s == 0.0)
        np.testing.assert_array_equal(windows.clipped_end, windows.end_s == DAY_S)
        assert windows.clipped_start.any()
        assert windows.clipped_end.any()

    def test_a_satellite_below_the_limit_sees_nobody(self, fleet):
        """The way begins below the grazing height."""
        _, satellites, chains = fleet

        assert (
            len(sight_windows(Fleet.of(satellites, chains), pairs=[(0, 6)], grazing_height_m=8e5))
            == 0
        )

    def test_sight_ends_where_the_positions_of_either_end(self, fleet):
        """A satellite followed for a part of the window only: cut there, flagged, else the same."""
        timebase, satellites, chains = fleet
        whole = sight_windows(Fleet.of(satellites, chains), pairs=[(0, 6)])
        begin_s, end_s = whole.start_s[3] + 60.0, whole.end_s[9] - 60.0
        part = ephemeris(satellites[0].element_sets[0], timebase, start_s=begin_s, end_s=end_s)

        windows = sight_windows(Fleet.of(satellites, {**chains, (0, 0): part}), pairs=[(0, 6)])

        assert (windows.start_s[0], windows.end_s[-1]) == (begin_s, end_s)
        np.testing.assert_array_equal(np.flatnonzero(windows.clipped_start), [0])
        np.testing.assert_array_equal(np.flatnonzero(windows.clipped_end), [6])
        # 1 ms: other nodes, other polynomials.
        np.testing.assert_allclose(windows.start_s[1:], whole.start_s[4:10], atol=1e-3)

    def test_no_pair_and_no_ephemeris_give_no_window(self, fleet):
        """Empty in, empty out."""
        _, satellites, chains = fleet

        alone = Fleet.of(satellites[:1], {(0, 0): chains[0, 0]})
        assert len(sight_windows(alone)) == 0
        assert len(sight_windows(Fleet.of(satellites, chains), pairs=[])) == 0
        with pytest.raises(NonPhysicalError, match="ephemeris"):
            Fleet.of(satellites, {})

    @pytest.mark.parametrize("pair", [(0, 0), (-1, 0), (0, 99)])
    def test_a_pair_is_two_satellites_that_exist(self, fleet, pair):
        """An index is never taken from the end of the list."""
        _, satellites, chains = fleet

        with pytest.raises(NonPhysicalError, match="two different satellites"):
            sight_windows(Fleet.of(satellites, chains), pairs=[pair])

    @pytest.mark.parametrize("height_m", [-1.0, 2e6, float("nan")])
    def test_a_senseless_height_is_refused(self, fleet, height_m):
        """Below the ground, beyond low orbits, not a number."""
        _, satellites, chains = fleet

        with pytest.raises(NonPhysicalError, match="grazing_height_m"):
            sight_windows(Fleet.of(satellites, chains), grazing_height_m=height_m)


class TestSeries:
    def test_range_and_rate_are_those_of_sgp4(self, fleet):
        """Ranges within 5 m (2 m asked of either polynomial), rates by differences over 2 s."""
        timebase, satellites, chains = fleet
        windows = sight_windows(Fleet.of(satellites, chains), pairs=[(0, 1), (0, 2)])

        tracks = sight_tracks(windows, Fleet.of(satellites, chains), step_s=10.0)

        owner = np.repeat(np.arange(len(windows)), np.diff(tracks.starts))
        one, *others = (craft.element_sets[0] for craft in satellites[:3])
        for index, other in enumerate(others, start=1):
            mine = windows.other[owner] == index
            before, now, after = (
                np.linalg.norm(
                    place_m(one, timebase, tracks.time_s[mine] + dt)
                    - place_m(other, timebase, tracks.time_s[mine] + dt),
                    axis=0,
                )
                for dt in (-1.0, 0.0, 1.0)
            )
            np.testing.assert_allclose(tracks.range_m[mine], now, atol=5.0)
            # 0.5 m/s: what a bend of the range does to a difference, and the polynomials' slopes.
            np.testing.assert_allclose(
                tracks.range_rate_m_s[mine], 0.5 * (after - before), atol=0.5
            )

    def test_the_way_is_above_the_limit_and_touches_it_at_the_edges(self, fleet):
        """At rise and set the lowest point is 100 km up to a metre, between it is higher."""
        _, satellites, chains = fleet
        windows = sight_windows(Fleet.of(satellites, chains))

        tracks = sight_tracks(windows, Fleet.of(satellites, chains), step_s=10.0)

        low = tracks.grazing_height_m
        first, last = tracks.starts[:-1], tracks.starts[1:] - 1
        # 1 m: 0.15 m between the surfaces, and 0.1 ms of an edge at up to 8 km/s.
        assert low.min() > 100e3 - 1.0
        np.testing.assert_allclose(low[first[~windows.clipped_start]], 100e3, atol=1.0)
        np.testing.assert_allclose(low[last[~windows.clipped_end]], 100e3, atol=1.0)

    def test_each_instant_uses_the_nearer_elements(self, micius_2017):
        """Two epochs of one satellite change over half way between them."""
        timebase = Timebase.starting(datetime(2017, 1, 6, tzinfo=UTC))
        one = satellite(*micius_2017)
        found = find_passes([one], [], timebase, duration_s=4 * DAY_S)
        border = np.mean([timebase.seconds(e.epoch) for e in micius_2017])
        times = border + np.array([-100.0, -1.0, 1.0, 100.0])

        place, _ = Fleet.of([one], found.chains).state(np.zeros(4, dtype=np.int64), times)

        older, newer = (place_m(e, timebase, times) for e in micius_2017)
        assert np.linalg.norm(older - newer, axis=0).min() > 100.0
        expected = np.where([True, True, False, False], older, newer)
        np.testing.assert_allclose(place, expected, atol=5.0)


unit = st.floats(-1.0, 1.0)
far = st.floats(WGS84_RADIUS_M + 200e3, 5e7)


class TestGrazingHeight:
    @given(a=st.tuples(unit, unit, unit), b=st.tuples(unit, unit, unit), r=far, s=far)
    def test_no_point_of_the_way_is_lower(self, a, b, r, s):
        """Random ends: the least of many geodetic heights, where it is not inside the Earth."""
        p, q = (np.array(v) + np.array([0.0, 0.0, 1e-3]) for v in (a, b))
        p, q = p / np.linalg.norm(p) * r, q / np.linalg.norm(q) * s
        found = grazing_height_m(p[:, None], q[:, None])[0]
        true = lowest_m(p[:, None], q[:, None])[0]

        if not 0.0 < true < 1e6:
            assert (found > 0.0) == (true > 0.0) or abs(true) < 1.0
            return
        # 1 m: the ellipsoid for the surface of constant height, and the 5 km between samples.
        assert found == pytest.approx(true, abs=1.0)

    def test_over_the_equator_it_is_plane_geometry(self):
        """Two ends 90° apart at r: the middle is at r/√2 from the centre."""
        p = np.array([[9e6], [0.0], [0.0]])
        q = np.array([[0.0], [9e6], [0.0]])

        expected = 9e6 / np.sqrt(2.0) - WGS84_RADIUS_M
        assert grazing_height_m(p, q)[0] == pytest.approx(expected, abs=1e-3)
