"""A plan that starts from the one in force, held against a bookkeeping of the test's own."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import satqkd as sq
from satqkd.errors import SatqkdError
from satqkd.mission.opening import OpeningCounts
from satqkd.network.carried import Past
from satqkd.network.expected_counts import expected_counts
from satqkd.network.plan import Plan
from satqkd.network.rolling import Rolled, rolled
from satqkd.report.export.csv import to_csv
from satqkd.report.export.plan_files import plan_files, plan_manifest
from satqkd.report.export.series_files import series_choice
from satqkd.report.last_plan import last_plan, taken_facts
from satqkd.report.plan_folder import plan_of_files
from satqkd.report.tables.counts import COUNT_COLUMNS

ROOT = Path(__file__).parents[2]
EDGE_S, COUNTS = 0.01, 1e-4
"""Instants of a plan are printed to 1 ms, and parts taken a millisecond shorter at either end."""
NOW = datetime.fromisoformat("2016-12-21T12:00+00:00")


@pytest.fixture(scope="module")
def week():
    """Return the shipped week without realisations."""
    return sq.load_mission(ROOT / "mission.yaml", ROOT / "stations.yaml")


def in_force(mission):
    """Plan, and read the plan back as from its folder."""
    made = sq.plan(mission)
    files = plan_files(made, series_choice(0, "none"))
    manifest = plan_manifest(made, series_choice(0, "none"))
    return last_plan(plan_of_files(Path("plan"), files, manifest))


@pytest.fixture(scope="module")
def last(week):
    """Return the plan in force."""
    return in_force(week)


class Again(NamedTuple):
    """A plan made again, and what was taken over."""

    plan: Plan
    rolled: Rolled


def replan(mission, last, *, now, **given):
    """Plan again from the plan in force, as ``plan --from`` does."""
    found = rolled(mission, last, now, **given)
    return Again(sq.plan(found.mission, keeping=found.keeping), found)


def scheduled(plan):
    """Contacts that a plan schedules, with the seconds that it flies."""
    found, timebase = plan.passes, plan.forecast.timebase
    return {
        plan.forecast.contact_key[row]: tuple(
            timebase.utc_of(np.array([found.start_s[row], found.end_s[row]]))
        )
        for row in np.flatnonzero(found.scheduled).tolist()
    }


def test_without_any_change_nothing_changes(week, last):
    """Every contact ahead stays, and at the same seconds."""
    found = replan(week, last, now=NOW)
    ahead = {one.contact_key: one for one in last.contacts if one.start > NOW}
    now = scheduled(found.plan)

    assert now.keys() == ahead.keys()
    for key, (start, end) in now.items():
        assert abs((start - ahead[key].start).total_seconds()) < EDGE_S
        assert abs((end - ahead[key].end).total_seconds()) < EDGE_S
    before = sum(one.bits for one in last.deliveries)
    after = sum(one.bits for one in found.plan.solution.deliveries)
    assert after == pytest.approx(before, rel=2e-3)  # seconds of parts are printed to 1 ms


def outage(week, station, begin, end):
    index = [ground.site.name for ground in week.stations].index(station)
    why = f"[{{from: '{begin}', to: '{end}', why: dome sticks}}]"
    return week.replace(f"stations[{index}].outages", why)


def test_what_is_too_near_stays(week, last):
    """Contacts that rise within two hours are flown as planned; none is added there."""
    near = min(one.rise for one in last.contacts if one.start > NOW)
    now = near - timedelta(hours=1)
    pushed = outage(week, "Lijiang", "2016-12-22T00:00:00Z", "2016-12-26T00:00:00Z")
    found = replan(pushed, last, now=now, change_bits=0.0)
    frozen = [
        one
        for one in last.contacts
        if one.start > now and one.rise <= now + timedelta(hours=2) and one.stations != ("Lijiang",)
    ]
    told = scheduled(found.plan)

    assert frozen
    for one in frozen:
        start, end = told[one.contact_key]
        assert abs((start - one.start).total_seconds()) < EDGE_S
        assert abs((end - one.end).total_seconds()) < EDGE_S
    known = {one.contact_key for one in last.contacts}
    rises = dict(
        zip(
            found.plan.forecast.contact_key,
            found.plan.forecast.timebase.utc_of(found.plan.forecast.contacts.start_s),
            strict=True,
        )
    )
    assert all(rises[key] > now + timedelta(hours=2) for key in told if key not in known)
    late = [
        reason
        for key, reason in zip(rises, found.plan.passes.reason, strict=True)
        if reason.startswith("too late")
    ]
    assert all(reason == late[0] for reason in late)


def test_committed_contacts_stay_however_far_they_are(week, last):
    """And what failed leaves nothing, is not planned again, and is said."""
    ahead = [one for one in last.contacts if one.start > NOW]
    begun = [one for one in last.contacts if one.start <= NOW]
    states = {ahead[-1].contact_key: "committed", begun[0].contact_key: "failed"}
    past = Past(states=states, counts={}, stock=None, held={})
    found = replan(week, last, now=NOW, past=past, change_bits=0.0)

    assert ahead[-1].contact_key in scheduled(found.plan)
    assert found.rolled.lost == (begun[0].contact_key,)
    assert begun[0].contact_key not in found.rolled.assumed
    opened = {one.contact_key for one in found.rolled.mission.opening}
    assert begun[0].contact_key not in opened


def test_what_was_flown_counts_as_the_forecast_says(week, last, tmp_path):
    """Expected counts of a whole contact are those of 'forecast --counts'."""
    whole = [one for one in last.contacts if one.start <= NOW and not one.in_part]
    path = tmp_path / "counts.csv"
    path.write_text(to_csv(COUNT_COLUMNS, sq.forecast(week)))
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = {one.contact_key: one for one in expected_counts(week, whole)}

    assert found.keys() == {one.contact_key for one in whole}
    assert len(found) > 1
    for key, counts in found.items():
        own = [row for row in rows if row["contact_key"] == key]
        for name in ("key_clicks", "check_clicks", "key_errors", "check_errors"):
            expected = [float(row[name]) for row in own]
            assert getattr(counts, name) == pytest.approx(expected, rel=COUNTS, abs=1e-3)


def test_measured_counts_take_the_place_of_expected_ones(week, last):
    """Half the clicks of a flown contact make less key of its block than all of them."""
    begun = [one for one in last.contacts if one.start <= NOW]
    own = next(iter(expected_counts(week, begun[:1])))
    names = ("key_clicks", "key_errors", "check_clicks", "check_errors")
    half = {name: tuple(0.5 * one for one in getattr(own, name)) for name in names}
    fields = {name: getattr(own, name) for name in OpeningCounts.__dataclass_fields__} | half
    measured = Past(
        states={own.contact_key: "flown"},
        counts={own.contact_key: OpeningCounts(**fields)},
        stock=None,
        held={},
    )
    less = replan(week, last, now=NOW, past=measured)
    as_planned = replan(week, last, now=NOW)

    assert own.contact_key not in less.rolled.assumed
    assert own.contact_key in as_planned.rolled.assumed
    gap = as_planned.plan.solution.objective - less.plan.solution.objective
    assert 1_000.0 < gap < 2e6


def test_key_of_closed_blocks_is_stock(week):
    """With a block a pass: what was made before now and not delivered lies with the satellite."""
    alone = week.replace("blocks", "pass")
    last = in_force(alone)
    held: dict[tuple[str, str], int] = {}
    for block in last.blocks:
        if block.closes <= NOW:
            place = block.satellite, block.stations[0]
            held[place] = held.get(place, 0) + block.bits
    for one in last.deliveries:
        for station in one.stations if one.at <= NOW else ():
            held[one.satellite, station] -= one.bits
    found = replan(alone, last, now=NOW)
    told = {
        ("Micius", week.stations[one.station].site.name): one.bits
        for one in found.rolled.mission.stock
    }

    assert told == {place: bits for place, bits in held.items() if bits > 0}
    assert sum(told.values()) > 100_000
    assert found.rolled.mission.opening == ()
    early = sum(one.bits for one in last.deliveries if one.at <= NOW)
    after = sum(one.bits for one in found.plan.solution.deliveries)
    assert early > 0
    assert early + after == pytest.approx(sum(one.bits for one in last.deliveries), rel=2e-3)


def test_a_price_on_changes_keeps_contacts(week, last):
    """The dearer a change the fewer there are; what is lost by it is told by both plans' worth."""
    pushed = outage(week, "Lijiang", "2016-12-22T00:00:00Z", "2016-12-24T00:00:00Z")
    ahead = {one.contact_key for one in last.contacts if one.start > NOW}
    kept, worth = [], []
    for change_bits in (0.0, 50_000.0, 5e6):
        plan = replan(pushed, last, now=NOW, change_bits=change_bits).plan
        kept.append(len(ahead & scheduled(plan).keys()))
        keeping = float(plan.problem.keeping_bits[plan.solution.chosen].sum())
        worth.append(plan.solution.objective - keeping)
    assert kept == sorted(kept)
    assert worth[0] >= worth[1] * (1.0 - 1e-6) >= worth[2] * (1.0 - 2e-6)
    assert kept[2] == len(ahead) - 2  # the two that the outage takes


def test_what_was_assumed_once_is_remembered(week, last):
    """Planned again and again without any log: open contacts, stock and key of pairs stay."""
    later = NOW + timedelta(days=1)
    first = replan(week, last, now=NOW)
    manifest = plan_manifest(first.plan, series_choice(0, "none"))
    manifest |= {"replan": {"taken_over": taken_facts(first.rolled.taken)}}
    files = plan_files(first.plan, series_choice(0, "none"))
    second = replan(week, last_plan(plan_of_files(Path("plan"), files, manifest)), now=later)
    at_once = replan(week, last, now=later)

    assert first.rolled.assumed
    assert set(first.rolled.assumed) <= set(second.rolled.assumed)
    assert set(second.rolled.assumed) == set(at_once.rolled.assumed)
    opened = {one.contact_key for one in second.rolled.mission.opening}
    assert opened == {one.contact_key for one in at_once.rolled.mission.opening}


def test_weeks_are_counted_from_the_beginning(week, last):
    """Not from now: what is flown after them is of another block."""
    start = week.start
    found = replan(week.replace("blocks", "2 d"), last, now=NOW)
    assert found.rolled.mission.counted_from == start
    seen = set()
    for own, taken in zip(found.plan.blocks.members, found.plan.blocks.taken, strict=True):
        begin_s = found.plan.problem.start_s[np.concatenate((own, taken))]
        at = found.plan.forecast.timebase.utc_of(begin_s)
        spans = {(one - start) // timedelta(days=2) for one in at}
        assert len(spans) <= 1
        seen |= spans
    assert len(seen) > 1


def test_pins_that_are_behind_are_left_aside(week, last):
    """And those that no contact has are refused."""
    flown = next(one.contact_key for one in last.contacts if one.start <= NOW)
    ahead = next(one.contact_key for one in last.contacts if one.start > NOW)
    found = replan(week.replace("pinned", f"[{flown}, {ahead}]"), last, now=NOW)
    assert found.rolled.behind == (flown,)
    assert found.rolled.mission.pinned == (ahead,)
    with pytest.raises(SatqkdError, match="no contact of this window"):
        replan(week.replace("pinned", "[micius-xinglong-1]"), last, now=NOW)


def test_after_the_window_there_is_nothing_to_plan(week, last):
    """It says so, and how to move the window."""
    with pytest.raises(SatqkdError, match="after the mission's window"):
        replan(week, last, now=NOW + timedelta(days=30))
