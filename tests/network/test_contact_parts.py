"""Contacts flown in part: what is counted, what is said, and that more sky makes no plan worse."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from satqkd.config.load import load_mission
from satqkd.forecast.stream import forecast
from satqkd.mission.demand import Demand
from satqkd.network.followed_parts import followed_in_part
from satqkd.network.plan import plan_of
from satqkd.report.summary import plan_summary
from satqkd.report.tables.passes import PASS_COLUMNS, pass_report
from satqkd.report.tables.planned_blocks import PLANNED_BLOCK_COLUMNS, block_report

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def two_stations():
    """Two days over two stations that see the satellite one soon after the other."""
    mission = load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml", duration_s=2 * 86_400.0)
    wanted = [one for one in mission.stations if one.site.name in {"Nanshan", "Ngari"}]
    return replace(mission, stations=tuple(wanted), demands=(), spare_weight=1.0, blocks="pass")


@pytest.fixture(scope="module")
def found(two_stations):
    return forecast(two_stations)


@pytest.fixture(scope="module")
def cut(found):
    return plan_of([found], stakes=False)


def at_elevation(mission, elevation_deg):
    limits = replace(mission.limits, min_elevation_deg=elevation_deg)
    return replace(mission, limits=limits)


def worth(mission):
    return plan_of([forecast(mission)], stakes=False).solution.objective


class TestCounts:
    def test_two_halves_collect_what_the_whole_does(self, found):
        """Wherever it is cut; both sums are 1e-8 off, by nodes of their own."""
        row = int(np.argmax(found.yields.usable_s))
        begin, end = (
            float(own[row]) for own in (found.yields.usable_start_s, found.yields.usable_end_s)
        )
        at_s = begin + 0.37 * (end - begin) + 0.123
        parts = followed_in_part(
            found,
            np.array([row, row]),
            start_s=np.array([begin, at_s]),
            end_s=np.array([at_s, end]),
        )
        clicks = parts.yields.collected.key_clicks
        assert clicks.sum(axis=0) == pytest.approx(found.yields.collected.key_clicks[row], rel=1e-7)
        assert parts.yields.usable_s.sum() == pytest.approx(found.yields.usable_s[row])
        assert parts.yields.usable_end_s[0] == parts.yields.usable_start_s[1] == at_s
        assert (clicks[0] > 0).all()

    def test_the_whole_as_a_part_is_the_whole(self, found):
        """To the bit."""
        row = np.flatnonzero(found.yields.usable_s > 0.0)
        parts = followed_in_part(
            found,
            row,
            start_s=found.yields.usable_start_s[row],
            end_s=found.yields.usable_end_s[row],
        )
        assert parts.yields.keys.secure_bits.tolist() == found.yields.keys.secure_bits[row].tolist()


def test_two_passes_meet_where_both_stand_as_high(found, cut):
    """One sinks below an elevation as long before the other rises above it as a turn takes."""
    problem, (craft,) = cut.problem, found.mission.spacecraft
    parts = np.flatnonzero(problem.part_of != np.arange(len(problem)))
    met = [
        (one, other)
        for one in parts.tolist()
        for other in parts.tolist()
        if problem.part_of[one] != problem.part_of[other]
        and abs(problem.end_s[one] + craft.payload.slew_s - problem.start_s[other]) < 1e-4
    ]
    assert met
    for one, other in met:
        before, after = found.with_tracks(cut.candidate_rows[[one, other]])
        sinks_deg = np.interp(problem.end_s[one], before.time_s, before.elevation_deg)
        rises_deg = np.interp(problem.start_s[other], after.time_s, after.elevation_deg)
        assert sinks_deg == pytest.approx(rises_deg, abs=0.02)
        assert before.elevation_deg[-1] < sinks_deg > after.elevation_deg[0]


class TestMoreSky:
    @pytest.mark.parametrize("relayed", [True, False], ids=["relayed", "added up"])
    def test_passes_that_overlap_by_seconds_are_both_flown(self, two_stations, relayed):
        """At 30° there is time to turn between two passes of one night, a little below no more:
        whole, the stricter limit would plan more key to relay."""

        def of_two(elevation_deg, **changes):
            """Worth of the plan of the two passes alone."""
            every = forecast(at_elevation(replace(mission, **changes), elevation_deg))
            return plan_of(
                [every.take(np.flatnonzero(np.isin(every.contact_key, two)))]
            ).solution.objective

        strict = forecast(at_elevation(two_stations, 30.0))
        begin, end = strict.yields.usable_start_s, strict.yields.usable_end_s
        with_key = np.flatnonzero(strict.yields.keys.secure_bits > 0)
        between_s, early, late = min(
            (float(begin[late] - end[early]), early, late)
            for early in with_key.tolist()
            for late in with_key.tolist()
            if strict.passes.station[early] != strict.passes.station[late]
            and begin[late] > end[early]
        )
        two = [strict.contact_key[early], strict.contact_key[late]]
        (craft,) = two_stations.spacecraft
        slow = replace(craft, payload=replace(craft.payload, slew_s=between_s - 1.0))
        demands = (Demand(station_a=0, station_b=1),) if relayed else ()
        mission = replace(
            two_stations,
            spacecraft=(slow,),
            demands=demands,
            spare_weight=0.01 if relayed else 1.0,
        )
        assert between_s < 60.0
        if relayed:
            assert of_two(30.0, in_part=False) > 10.0 * of_two(26.0, in_part=False)
        assert of_two(30.0) == of_two(30.0, in_part=False)
        assert of_two(26.0) > 1.02 * of_two(30.0)

    def test_no_stricter_limit_plans_more(self, two_stations):
        """Down to the passes that hardly rise."""
        worths = [worth(at_elevation(two_stations, limit)) for limit in (10.0, 17.0, 24.0, 31.0)]
        assert worths == sorted(worths, reverse=True)


class TestWhatIsSaid:
    def test_whole_is_what_it_was(self, found, cut):
        """With the key off there is no part, and less key."""
        whole = plan_of(
            [replace(found, mission=replace(found.mission, in_part=False))], stakes=False
        )
        assert whole.problem.part_of is None
        assert whole.problem.blocks is None
        assert not whole.passes.in_part.any()
        assert cut.solution.objective > 1.05 * whole.solution.objective

    def test_a_pass_in_part_says_when_and_why(self, found, cut):
        """Its own beginning and end, and what is served instead."""
        columns = {one.name: one for one in PASS_COLUMNS}
        report = pass_report(found, plan=cut)
        rows = [i for i, index in enumerate(report.order.tolist()) if cut.passes.in_part[index]]
        values = {
            name: [list(columns[name].values(report))[row] for row in rows]
            for name in (
                "usable_start_utc", "scheduled_start_utc", "scheduled_end_utc", "usable_end_utc",
                "status", "reason", "planned_bits", "secure_bits",
            )
        }  # fmt: skip
        assert rows
        for one in zip(*values.values(), strict=True):
            begin, start, end, last, status, reason, planned, secure = one
            assert begin <= start < end <= last
            assert (begin, last) != (start, end)
            assert status == "scheduled"
            assert re.match(r"cut: satellite serves \w+ (until|from) \d\d:\d\d:\d\dZ", reason)
            assert 0 < planned < secure

    def test_passes_whole_or_not_at_all_have_no_other_times(self, found, cut):
        """Scheduled ones are used from the first usable second to the last."""
        columns = {one.name: one for one in PASS_COLUMNS}
        report = pass_report(found, plan=cut)
        start = list(columns["scheduled_start_utc"].values(report))
        usable = list(columns["usable_start_utc"].values(report))
        for row, index in enumerate(report.order.tolist()):
            if cut.passes.status[index] != "scheduled":
                assert start[row] is None
            elif not cut.passes.in_part[index]:
                assert start[row] == usable[row]

    def test_blocks_and_summary_count_contacts_not_parts(self, found, cut):
        """Each pass that could be flown is one block here."""
        columns = {one.name: one for one in PLANNED_BLOCK_COLUMNS}
        report = block_report(cut)
        assert set(columns["possible"].values(report)) == {1}
        named = [key for key in columns["contacts"].values(report) if key]
        flown = np.flatnonzero(cut.passes.scheduled).tolist()
        assert sorted(named) == sorted(found.contact_key[index] for index in flown)
        parts = int(cut.passes.in_part.sum())
        assert any(line.startswith(f"{parts} contact") for line in plan_summary(cut))


def test_a_contact_clashes_with_others_and_not_with_its_own_parts(found, cut):
    """Those flown in part name the one that is served beside them, and nobody names itself."""
    keys = found.contact_key
    clashes = cut.passes.clashes_with
    for row in range(len(found)):
        assert keys[row] not in clashes[row].split(";")
    assert any(clashes[row] for row in np.flatnonzero(cut.passes.in_part).tolist())
