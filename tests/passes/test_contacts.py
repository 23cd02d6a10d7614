"""Contacts, against brute force on a 1 s grid and against the published paths."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satqkd.elements.propagation import propagate
from satqkd.elements.satellite import Satellite
from satqkd.errors import NonPhysicalError
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import Contacts, contact_tracks, joint_contacts, pass_contacts
from satqkd.passes.earth import to_itrf
from satqkd.passes.find import find_passes
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase

DAY_S = 86_400.0
DELINGHA = Station(
    name="Delingha", latitude_deg=37.37900833, longitude_deg=97.72694722, height_m=3153.0
)
LIJIANG = Station(name="Lijiang", latitude_deg=26.693931, longitude_deg=100.029319, height_m=3200.0)
EUROPE = [
    Station(name="Graz", latitude_deg=47.067, longitude_deg=15.493, height_m=490.0),
    Station(name="Matera", latitude_deg=40.649, longitude_deg=16.704, height_m=537.0),
    Station(name="Calar Alto", latitude_deg=37.224, longitude_deg=-2.546, height_m=2168.0),
]


def alone(element_set) -> Satellite:
    return Satellite(
        name=element_set.name, norad_id=element_set.norad_id, element_sets=(element_set,)
    )


def searched(element_sets, stations, *, days, start=None):
    timebase = Timebase.starting(start or element_sets[0].epoch)
    satellites = [alone(one) for one in element_sets]
    return timebase, find_passes(satellites, stations, timebase, duration_s=days * DAY_S)


def above(element_set, stations, timebase, times):
    """Whether each station sees the satellite, and how far away it is, straight from SGP4."""
    motion = propagate(element_set, times - timebase.seconds(element_set.epoch))
    place = to_itrf(timebase, times, motion.position_m)
    lines = [place - station.itrf_m()[:, None] for station in stations]
    far = np.array([np.linalg.norm(line, axis=0) for line in lines])
    up = np.array([s.east_north_up()[2] @ line for s, line in zip(stations, lines, strict=True)])
    masks = np.radians([station.min_elevation_deg for station in stations])
    return up / far > np.sin(masks)[:, None], far


def table(satellite, station, rise_s, set_s, *, clipped=None) -> PassTable:
    """A pass table of which only links and times mean something."""
    size = len(rise_s)
    real, no = np.zeros(size), np.zeros(size, dtype=np.bool_)
    return PassTable(
        satellite=np.array(satellite, dtype=np.int64),
        station=np.array(station, dtype=np.int64),
        element_set=np.zeros(size, dtype=np.int64),
        rise_s=np.array(rise_s, dtype=np.float64),
        set_s=np.array(set_s, dtype=np.float64),
        culmination_s=real, max_elevation_deg=real, rise_azimuth_deg=real,
        culmination_azimuth_deg=real, set_azimuth_deg=real, culmination_range_m=real,
        element_age_s=real,
        clipped_start=no if clipped is None else np.array(clipped),
        clipped_end=no if clipped is None else np.array(clipped),
    )  # fmt: skip


class TestBruteForce:
    @pytest.mark.parametrize("stations", [EUROPE[:2], EUROPE], ids=["two", "three"])
    @pytest.mark.parametrize("number", ["41731", "28057", "08195", "23599", "24208", "26900"])
    def test_the_same_windows_as_a_1_s_grid(self, orbits, stations, number):
        """Low, Molniya, transfer and geosynchronous orbits, seen by two and by three at once."""
        timebase, found = searched([orbits[number]], stations, days=1.0)
        times = np.arange(0.0, DAY_S + 0.5)
        seen, _ = above(orbits[number], stations, timebase, times)
        edges = np.flatnonzero(np.diff(seen.all(axis=0), prepend=False, append=False))
        first, last = times[edges[::2]], times[edges[1::2] - 1]

        windows = joint_contacts(found.table, range(len(stations)))

        long = np.ceil(windows.start_s) <= np.floor(windows.end_s)
        assert long.sum() == first.size
        # The grid sees an edge up to one step late; 0.1 s is the slowest edge's uncertainty.
        np.testing.assert_array_less(windows.start_s[long] - 0.1, first)
        np.testing.assert_array_less(first, windows.start_s[long] + 1.1)
        np.testing.assert_array_less(windows.end_s[long] - 1.1, last)
        np.testing.assert_array_less(last, windows.end_s[long] + 0.1)

    def test_a_window_lies_within_the_pass_of_every_station(self, micius, micius_2017):
        """Three satellites and three stations; rows name the passes they come from."""
        _, found = searched([micius, *micius_2017], EUROPE, days=1.0)
        passes = found.table

        windows = joint_contacts(passes, [2, 0, 1])

        assert set(windows.satellite.tolist()) == {0, 1, 2}
        assert np.all(np.diff(windows.satellite) >= 0)
        for station, own in zip([2, 0, 1], windows.rows, strict=True):
            assert (passes.station[own] == station).all()
            assert (passes.satellite[own] == windows.satellite).all()
        np.testing.assert_array_equal(
            np.max([arm.rise_s for arm in windows.arms], axis=0), windows.start_s
        )
        np.testing.assert_array_equal(
            np.min([arm.set_s for arm in windows.arms], axis=0), windows.end_s
        )

    def test_a_satellite_that_never_sets_is_one_clipped_window(self, orbits):
        """Geostationary and in sight of both: the whole window, cut at either end."""
        two = [
            Station(name=name, latitude_deg=lat, longitude_deg=62.0, height_m=0.0)
            for name, lat in (("north", 20.0), ("south", -20.0))
        ]
        _, found = searched([orbits["26900"]], two, days=0.5)

        windows = joint_contacts(found.table, [0, 1])

        assert (windows.start_s, windows.end_s) == ([0.0], [0.5 * DAY_S])
        assert windows.clipped_start.all()
        assert windows.clipped_end.all()


intervals = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 3), st.lists(st.integers(0, 30), min_size=2, max_size=8)
    ),
    max_size=8,
    unique_by=lambda link: link[:2],
)


class TestSweep:
    @given(links=intervals, stations=st.permutations(range(4)), count=st.integers(2, 4))
    def test_windows_cover_exactly_the_time_all_see(self, links, stations, count):
        """Passes on whole seconds: every second is within a window if and only if all see."""
        rows = []
        for satellite, station, edges in links:
            cuts = sorted(set(edges))
            rows += [
                (satellite, station, a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)
            ]
        wanted = stations[:count]
        passes = table(*(np.array([row[i] for row in rows]) for i in range(4)))
        half = np.arange(30) + 0.5
        sees = np.zeros((3, 4, 30), dtype=np.bool_)
        for satellite, station, a, b in rows:
            sees[satellite, station] |= (half > a) & (half < b)

        windows = joint_contacts(passes, wanted)

        within = np.zeros((3, 30), dtype=np.bool_)
        for i in range(len(windows)):
            inside = (half > windows.start_s[i]) & (half < windows.end_s[i])
            assert not within[windows.satellite[i]][inside].any()
            within[windows.satellite[i]] |= inside
        np.testing.assert_array_equal(within, sees[:, wanted].all(axis=1))

    def test_the_flag_is_that_of_the_pass_that_cuts(self):
        """Of a pass cut at both ends only that end counts which is an end of the window."""
        early = table([0, 0], [0, 1], [0.0, 10.0], [40.0, 60.0], clipped=[True, False])
        late = table([0, 0], [0, 1], [20.0, 10.0], [70.0, 60.0], clipped=[True, False])

        for passes, clipped in ((early, (False, True)), (late, (True, False))):
            windows = joint_contacts(passes, [0, 1])

            assert (windows.clipped_start[0], windows.clipped_end[0]) == clipped

    def test_passes_that_touch_have_nothing_in_common(self):
        """One sets in the instant the other rises."""
        assert len(joint_contacts(table([0, 0], [0, 1], [0.0, 10.0], [10.0, 20.0]), [0, 1])) == 0

    def test_no_pass_gives_no_window(self):
        """Empty in, empty out."""
        windows = joint_contacts(table([], [], [], []), [0, 1])

        assert len(windows) == 0
        assert [rows.size for rows in windows.rows] == [0, 0]

    @given(links=intervals, station=st.integers(0, 3))
    def test_of_one_station_they_are_its_passes(self, links, station):
        """Row by row and column by column: a pass is a contact with one arm."""
        rows = []
        for satellite, place, edges in sorted(links):
            cuts = sorted(set(edges))
            rows += [(satellite, place, a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
        passes = table(*(np.array([row[i] for row in rows]) for i in range(4)))
        own = np.flatnonzero(passes.station == station)
        alone = pass_contacts(passes).take(own)

        found = joint_contacts(passes, [station])

        for name in ("satellite", "start_s", "end_s", "clipped_start", "clipped_end", "partner"):
            np.testing.assert_array_equal(getattr(found, name), getattr(alone, name))
        for mine, theirs in ((found.rows, alone.rows), (found.stations, alone.stations)):
            np.testing.assert_array_equal(mine, theirs)

    def test_joined_and_taken_apart_again_they_are_the_same(self):
        """Behind each other, then each part by its rows."""
        passes = table([0, 0, 0], [0, 1, 1], [0.0, 10.0, 30.0], [40.0, 20.0, 60.0])
        some, more = joint_contacts(passes, [0, 1]), joint_contacts(passes, [1, 0])

        both = Contacts.join([some, more])

        for begin, part in ((0, some), (len(some), more)):
            again = both.take(np.arange(begin, begin + len(part)))
            np.testing.assert_array_equal(again.start_s, part.start_s)
            np.testing.assert_array_equal(again.stations, part.stations)
            np.testing.assert_array_equal(again.rows, part.rows)

    @pytest.mark.parametrize("stations", [[], [1, 1], [0, 1, 0]])
    def test_no_station_or_one_twice_is_refused(self, stations):
        """One is the least."""
        with pytest.raises(NonPhysicalError, match="one or more different"):
            joint_contacts(table([0], [0], [0.0], [1.0]), stations)


class TestSeries:
    def test_all_stations_share_one_grid_and_match_sgp4(self, micius):
        """Rise, whole seconds, set; ranges within 5 m of SGP4 (2 m asked of the polynomials)."""
        stations = [DELINGHA, LIJIANG]
        timebase, found = searched([micius], stations, days=2.0)
        windows = joint_contacts(found.table, [0, 1])
        bodies = Bodies.over(timebase, start_s=0.0, end_s=2.0 * DAY_S)

        tracks = contact_tracks(windows, found.chains, stations, bodies, step_s=1.0)

        one, other = tracks
        np.testing.assert_array_equal(one.time_s, other.time_s)
        np.testing.assert_array_equal(one.time_s[one.starts[:-1]], windows.start_s)
        np.testing.assert_array_equal(one.time_s[one.starts[1:] - 1], windows.end_s)
        _, far = above(micius, stations, timebase, one.time_s)
        np.testing.assert_allclose([one.range_m, other.range_m], far, atol=5.0)
        assert min(one.elevation_deg.min(), other.elevation_deg.min()) > 10.0 - 1e-6

    def test_each_station_follows_the_elements_of_its_own_pass(self, micius, micius_2017):
        """Two element sets: the series of a station ends where its own pass ends."""
        satellite = Satellite(name="Micius", norad_id=41731, element_sets=(micius, *micius_2017))
        stations = [DELINGHA, LIJIANG]
        timebase = Timebase.starting(datetime(2016, 12, 25, tzinfo=UTC))
        found = find_passes([satellite], stations, timebase, duration_s=16 * DAY_S)
        windows = joint_contacts(found.table, [0, 1])
        bodies = Bodies.over(timebase, start_s=0.0, end_s=16 * DAY_S)

        tracks = contact_tracks(windows, found.chains, stations, bodies, step_s=10.0)

        assert set(windows.arms[0].element_set.tolist()) == {0, 1, 2}
        for arm, track in zip(windows.arms, tracks, strict=True):
            rises = arm.rise_s == windows.start_s
            at_rise = track.elevation_deg[track.starts[:-1]][rises]
            # 10 ms of a rise, at the 0.05 °/s of a low satellite near the horizon.
            np.testing.assert_allclose(at_rise, 10.0, atol=5e-4)


class TestPublished:
    def test_micius_over_delingha_and_lijiang(self, micius):
        """High passes: 1600 to 2400 km in sum, for about 275 s [Yin et al., Science 356, 1140].

        Of 2017; the seconds are recalled. High is here what both see above 34° at once, between
        the two; the elements are of December 2016, the height of the orbit is the same.
        """
        stations = [DELINGHA, LIJIANG]
        timebase, found = searched([micius], stations, days=14.0)
        apart_m = np.linalg.norm(DELINGHA.itrf_m() - LIJIANG.itrf_m())
        assert apart_m == pytest.approx(1_203e3, abs=2e3)
        windows = joint_contacts(found.table, [0, 1])
        bodies = Bodies.over(timebase, start_s=0.0, end_s=14.0 * DAY_S)
        one, other = contact_tracks(windows, found.chains, stations, bodies, step_s=1.0)
        total_km = 1e-3 * (one.range_m + other.range_m)
        starts = one.starts[:-1]
        best = np.maximum.reduceat(np.minimum(one.elevation_deg, other.elevation_deg), starts)
        nearest_km = np.minimum.reduceat(total_km, starts)
        within_s = one.per_pass(np.where(total_km <= 2400.0, one.weight_s, 0.0))

        high = best > 34.0
        assert high.sum() >= 4
        np.testing.assert_allclose(nearest_km[high], 1600.0, atol=60.0)
        np.testing.assert_allclose(within_s[high], 275.0, atol=12.0)
        assert (nearest_km > 1580.0).all()
