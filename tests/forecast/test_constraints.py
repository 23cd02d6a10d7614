"""What limits of stations and mounts take, and how it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satqkd.config.load import load_mission
from satqkd.elements.age import timing_uncertainty_s
from satqkd.elements.manoeuvre import Manoeuvre
from satqkd.errors import SatqkdWarning
from satqkd.forecast.constraints import station_there_s, usage
from satqkd.forecast.obstacles import NAMES as OBSTACLES
from satqkd.forecast.stream import forecast
from satqkd.mission.avoid import AvoidWindow
from satqkd.network.plan import plan
from satqkd.passes.bodies import Bodies
from satqkd.passes.find import find_passes
from satqkd.passes.mount import Mount
from satqkd.passes.station import Outage, Period
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample
from satqkd.schedule.verify import verify

ROOT = Path(__file__).parents[2]
DAY_S = 86_400.0
START = datetime(2016, 12, 19, tzinfo=UTC)


@pytest.fixture(scope="module")
def mission():
    whole = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")
    return replace(whole, duration_s=2 * DAY_S)


def everywhere(mission, *, site=None, terminal=None, limits=None):
    """Set fields of every station and terminal, and of the mission's limits."""
    stations = tuple(
        replace(
            ground,
            site=replace(ground.site, **(site or {})),
            terminal=replace(ground.terminal, **(terminal or {})),
        )
        for ground in mission.stations
    )
    return replace(mission, stations=stations, limits=replace(mission.limits, **(limits or {})))


@pytest.fixture(scope="module")
def sky(mission):
    """Passes and series once, for all that does not change them."""
    timebase = Timebase.starting(mission.start)
    sites = [ground.site for ground in mission.stations]
    found = find_passes(
        [craft.satellite for craft in mission.spacecraft],
        sites,
        timebase,
        duration_s=mission.duration_s,
    )
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    tracks = sample(found.table, found.chains, sites, bodies, step_s=mission.step_s)
    return timebase, found.table, tracks


def used(mission, sky):
    timebase, table, tracks = sky
    return usage(mission, timebase, table, tracks)


def usable_s(mission, sky):
    return sky[2].per_pass(np.where(used(mission, sky).usable, sky[2].weight_s, 0.0))


FREE = {
    "min_elevation_deg": 0.0,
    "max_sun_elevation_deg": 90.0,
    "max_range_m": None,
}
"""Limits of the mission that limit nothing."""

TIGHT = {
    "low": {"limits": {"min_elevation_deg": 25.0}},
    "daylight": {"limits": {"max_sun_elevation_deg": -12.0}},
    "range": {"limits": {"max_range_m": 1.0e6}},
    "outage": {
        "site": {
            "outages": (
                Outage(from_=START, to=START + timedelta(hours=9, minutes=19), why="mirror"),
            )
        }
    },
    "absent": {"site": {"available": Period(from_=START + timedelta(hours=17))}},
    "sun": {"terminal": {"sun_exclusion_deg": 60.0}},
    "moon": {"terminal": {"moon_exclusion_deg": 60.0}},
}
"""One limit of each kind that is no mount's."""

AVOIDED = tuple(
    AvoidWindow(from_=begin, to=end, satellite=None, station=None, why="test", line=2)
    for begin, end in [
        (START, START + timedelta(hours=8)),
        (START + timedelta(hours=30), START + timedelta(hours=42)),
    ]
)
"""Windows to avoid: 20 of the 48 hours."""

MOUNTS = {
    "stops": {"min_elevation_deg": 20.0, "max_elevation_deg": 80.0},
    "keyhole": {"max_azimuth_rate_deg_s": 1.0},
    "cable": {"azimuth_range_deg": (-100.0, 100.0)},
    "acquisition": {"acquisition_s": 20.0},
}


def limited(mission, names):
    """Give a mission without limits those of the names."""
    mission = everywhere(mission, limits=FREE)
    mount = {k: v for name in names if name in MOUNTS for k, v in MOUNTS[name].items()}
    for name in names:
        if name in TIGHT:
            mission = everywhere(mission, **TIGHT[name])
        if name == "avoid":
            mission = replace(mission, avoid=AVOIDED)
    return everywhere(mission, terminal={"mount": Mount(**mount)}) if mount else mission


class TestBooks:
    def test_nothing_is_low_if_the_station_looks_no_lower_than_the_mission(self, mission, sky):
        """Rise and set lie on the limit, give or take what interpolation does to them."""
        tracks = sky[2]
        limit_deg = min(ground.site.min_elevation_deg for ground in mission.stations)
        mission = everywhere(mission, limits={**FREE, "min_elevation_deg": limit_deg})
        ends = np.concatenate([tracks.starts[:-1], tracks.starts[1:] - 1])

        lost_s = used(mission, sky).lost_s[OBSTACLES.index("low")]

        assert np.any(tracks.elevation_deg[ends] < limit_deg)
        assert not lost_s.any()

    def test_without_a_limit_all_of_each_pass_is_usable(self, mission, sky):
        """Nothing is the default."""
        table = sky[1]

        assert usable_s(limited(mission, []), sky) == pytest.approx(table.set_s - table.rise_s)

    def test_what_a_horizon_hides_is_lost_to_it_and_to_nothing_else(self, mission, sky):
        """Contacts that the search found behind the mask; the others lose nothing to it."""
        timebase, table, tracks = sky
        hidden = np.arange(len(table)) % 2 == 0
        free = limited(mission, [])

        lost = usage(free, timebase, table, tracks, hidden=hidden).lost_s

        whole_s = np.where(hidden, table.set_s - table.rise_s, 0.0)
        assert lost[OBSTACLES.index("horizon")] == pytest.approx(whole_s)
        assert np.delete(lost, OBSTACLES.index("horizon"), axis=0).sum() == 0.0

    def test_elements_too_old_to_predict_a_pass_leave_nothing_of_it(self, mission, sky):
        """A pass shorter than what its time is uncertain by; longer ones lose nothing."""
        timebase, table, tracks = sky
        length_s = table.set_s - table.rise_s
        old = replace(table, element_age_s=np.full(len(table), -115.0 * 86_400.0))
        orbits = [craft.satellite.element_sets[0] for craft in mission.spacecraft]
        sigma_s = float(
            timing_uncertainty_s(
                115.0 * 86_400.0, period_s=orbits[0].period_s, eccentricity=orbits[0].eccentricity
            )
        )
        assert length_s.min() < sigma_s < length_s.max()

        lost = usage(limited(mission, []), timebase, old, tracks).lost_s

        gone = np.where(length_s < sigma_s, length_s, 0.0)
        assert lost[OBSTACLES.index("uncertain")] == pytest.approx(gone, abs=1e-6)
        assert lost.sum() == pytest.approx(gone.sum(), abs=1e-6)

    @pytest.mark.parametrize("name", [n for n in OBSTACLES if n not in {"horizon", "uncertain"}])
    def test_each_limit_alone_takes_time_and_only_in_its_own_name(self, mission, sky, name):
        """Somewhere in two days, over six stations, every one of them bites."""
        lost = used(limited(mission, [name]), sky).lost_s

        assert lost[OBSTACLES.index(name)].sum() > 1.0
        assert np.delete(lost, OBSTACLES.index(name), axis=0).sum() == 0.0

    def test_usable_and_lost_add_up_to_the_pass(self, mission, sky):
        """With every limit set; each second has one owner."""
        every = limited(mission, OBSTACLES)
        table = sky[1]

        total = usable_s(every, sky) + used(every, sky).lost_s.sum(axis=0)

        assert total == pytest.approx(table.set_s - table.rise_s, abs=1e-6)

    @settings(max_examples=25)
    @given(st.sets(st.sampled_from(OBSTACLES)), st.sampled_from(OBSTACLES))
    def test_one_limit_more_never_adds_usable_time(self, mission, sky, some, more):
        """Pass by pass, in any company."""
        few = usable_s(limited(mission, sorted(some)), sky)
        many = usable_s(limited(mission, sorted(some | {more})), sky)

        assert (many <= few + 1e-4).all()

    def test_a_horizon_never_adds_usable_time(self, mission):
        """It changes the passes themselves, so the sums of each station are compared."""
        horizon = ((0.0, 12.0), (90.0, 40.0), (180.0, 15.0), (270.0, 30.0))
        hidden = forecast(everywhere(mission, site={"horizon_deg": horizon}))
        free = forecast(mission)

        for station in range(len(mission.stations)):
            with_it, without = (
                cast.yields.usable_s[cast.passes.station == station].sum()
                for cast in (hidden, free)
            )
            assert with_it <= without + 1.0

    def test_the_axis_angle_is_the_azimuth_but_for_whole_turns(self, mission, sky):
        """Upright, within the cable where it counts."""
        tracks = sky[2]
        found = used(limited(mission, ["cable"]), sky)

        turns = (found.axes.azimuth_deg - tracks.azimuth_deg) / 360.0
        assert turns == pytest.approx(np.round(turns), abs=1e-9)
        assert np.abs(found.axes.azimuth_deg[found.usable]).max() <= 100.0


class TestReasons:
    @pytest.mark.parametrize(
        ("setting", "begin"),
        [
            (
                {
                    "site": {
                        "outages": (Outage(from_=START, to=START + timedelta(days=9), why="snow"),)
                    }
                },
                "outage: snow, until 2016-12-28T00:00:00Z",
            ),
            (
                {"site": {"available": Period(from_=START + timedelta(days=9))}},
                "not there yet: the station comes on 2016-12-28T00:00:00Z",
            ),
            (
                {"site": {"available": Period(to=START - timedelta(days=9))}},
                "no longer there: the station leaves on 2016-12-10T00:00:00Z",
            ),
            ({"terminal": {"moon_exclusion_deg": 180.0}}, "Moon too near: at most "),
            (
                {"terminal": {"mount": Mount(min_elevation_deg=89.5)}},
                "beyond the mount's stops: culminates at ",
            ),
            (
                {"terminal": {"mount": Mount(azimuth_range_deg=(0.0, 0.5))}},
                "cable too short: no part of the pass lies within 0…0.5° of azimuth",
            ),
            (
                {"terminal": {"mount": Mount(acquisition_s=3_600.0)}},
                "never free of every limit at once: out of range ",
            ),
        ],
    )
    def test_the_obstacle_is_named_with_its_numbers(self, mission, setting, begin):
        """For a pass that would have given key."""
        free = forecast(mission)
        best = int(np.argmax(free.yields.keys.secure_bits))
        text = forecast(everywhere(mission, **setting)).yields.reason[best]

        assert free.yields.reason[best] is None
        assert text.startswith(begin)

    def test_daylight_comes_before_the_station_s_own_limits(self, mission):
        """The order of the obstacles is that of the columns."""
        shut = Outage(from_=START, to=START + timedelta(days=9), why="snow")
        reasons = forecast(everywhere(mission, site={"outages": (shut,)})).yields.reason

        assert any(reason.startswith("daylight") for reason in reasons)
        assert all(reason is not None for reason in reasons)

    def test_the_sun_is_told_with_its_distance(self, mission):
        """By day, at a station that works by day."""
        day = everywhere(mission, limits=FREE, terminal={"sun_exclusion_deg": 179.0})
        reasons = [r for r in forecast(day).yields.reason if r and r.startswith("Sun")]

        assert reasons
        assert all("limit 179°" in reason for reason in reasons)


class TestPlan:
    def test_a_mission_with_every_limit_set_plans_sensibly(self, mission):
        """Some key, less than without, in a plan that keeps all gaps."""
        horizon = ((0.0, 12.0), (90.0, 20.0), (180.0, 12.0), (270.0, 18.0))
        tight = everywhere(
            mission,
            site={
                "horizon_deg": horizon,
                "available": Period(from_=START, to=START + timedelta(days=30)),
                "outages": (
                    Outage(from_=START + timedelta(hours=30), to=START + timedelta(hours=36)),
                ),
            },
            terminal={
                "sun_exclusion_deg": 30.0,
                "moon_exclusion_deg": 5.0,
                "mount": Mount(
                    min_elevation_deg=10.0,
                    max_elevation_deg=89.0,
                    max_azimuth_rate_deg_s=5.0,
                    max_elevation_rate_deg_s=3.0,
                    azimuth_range_deg=(-270.0, 270.0),
                    acquisition_s=10.0,
                    turnaround_s=60.0,
                ),
            },
        )
        free, made = plan(mission), plan(tight)

        assert verify(made.problem, made.solution) == ()
        assert 0.0 < made.solution.objective < free.solution.objective
        setup_s = mission.stations[0].terminal.setup_s
        assert made.problem.station_gap_s[0] == setup_s + 60.0 + 10.0

    def test_a_mount_without_limits_changes_nothing(self, mission, sky):
        """All its fields are optional."""
        plain, mounted = mission, everywhere(mission, terminal={"mount": Mount()})

        assert usable_s(mounted, sky) == pytest.approx(usable_s(plain, sky), abs=0.0)


hours = st.tuples(st.integers(0, 20), st.integers(1, 8))


@given(st.lists(hours, max_size=3), st.none() | hours, st.lists(hours, min_size=1, max_size=3))
def test_time_in_which_a_station_is_there_is_counted_once(mission, out, available, passes):
    """Hour by hour: outages may overlap each other, or reach beyond the station's own dates."""
    site = replace(
        mission.stations[0].site,
        available=None if available is None else Period(**_span(*available)),
        outages=tuple(Outage(**_span(*one), why="test") for one in out),
    )
    rise, length = np.array(passes, dtype=np.float64).T * 3600.0
    half = np.arange(30) + 0.5
    works = np.ones(30, dtype=np.bool_)
    if available is not None:
        works &= (half > available[0]) & (half < sum(available))
    for begin, hours_out in out:
        works &= (half < begin) | (half > begin + hours_out)

    there_s = station_there_s(site, Timebase.starting(START), rise_s=rise, set_s=rise + length)

    expected = [
        3600.0 * works[int(begin / 3600.0) : int((begin + lasts) / 3600.0)].sum()
        for begin, lasts in zip(rise, length, strict=True)
    ]
    assert there_s == pytest.approx(expected, abs=1e-6)


def _span(begin_h, length_h):
    return {
        "from_": START + timedelta(hours=begin_h),
        "to": START + timedelta(hours=begin_h + length_h),
    }


class TestManoeuvres:
    def test_a_contact_across_one_has_that_reason_and_no_key(self, mission):
        """The elements up to the 19th; what lies before the manoeuvre stays as it was."""
        moved = datetime(2016, 12, 20, 12, tzinfo=UTC)
        (craft,) = mission.spacecraft
        sets = tuple(one for one in craft.satellite.element_sets if one.epoch < moved)
        satellite = replace(
            craft.satellite,
            element_sets=sets,
            manoeuvres=(Manoeuvre(from_=moved, to=moved),),
        )
        later = replace(mission, spacecraft=(replace(craft, satellite=satellite),))
        with pytest.warns(SatqkdWarning, match="no elements after the manoeuvre of 2016-12-20"):
            found = forecast(later)
        plain = forecast(mission)
        after = found.passes.rise_s >= 36 * 3600.0
        told = [why for why, late in zip(found.reason, after.tolist(), strict=True) if late]
        why = "after the manoeuvre of 2016-12-20T12:00:00Z, with elements from across it"
        assert f"no prediction: {why}" in told
        assert not (found.yields.usable_s[after] > 0.0).any()
        lost = (plain.yields.usable_s > 0.0) & (plain.passes.rise_s >= 36 * 3600.0)
        assert lost.sum() == sum("manoeuvre" in (why or "") for why in told) > 0
        early = ~after
        np.testing.assert_array_equal(
            found.yields.keys.secure_bits[early], plain.yields.keys.secure_bits[early]
        )
