"""Contacts flown before the window: members of the blocks that are open when it begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from satqkd.config.counts_file import COLUMNS
from satqkd.config.load import load_mission
from satqkd.config.preset import copy_preset
from satqkd.errors import InputError, SatqkdError
from satqkd.forecast.stream import forecast
from satqkd.mission.blocks import Days, Until
from satqkd.network.plan import plan, plan_of
from satqkd.network.settings_of_plan import require_free_settings, with_hint
from satqkd.report.export.csv import to_csv
from satqkd.report.export.json import records
from satqkd.report.provenance import provenance
from satqkd.report.summary import plan_summary
from satqkd.report.tables.counts import COUNT_COLUMNS
from satqkd.report.tables.planned_blocks import PLANNED_BLOCK_COLUMNS, block_report
from satqkd.schedule.verify import verify
from satqkd.weather.clear_sky import Draws

TURN = datetime(2026, 12, 3, tzinfo=UTC)
"""When the week of the microsatellite is planned again."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("week")
    copy_preset("microsatellite-week", where)
    path = where / "mission.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("max_element_age: 5 d", "max_element_age: 30 d")
    # which parts of contacts are offered rests on all that are planned: of whole ones alone is the
    # rest of the best plan the best plan of the rest
    path.write_text(f"{text}\nin_part: false\n", encoding="utf-8")
    return where


@pytest.fixture(scope="module")
def before(folder):
    """The plan of the whole week, and what of it is flown before the turn."""
    made = plan(load_mission(folder / "mission.yaml"), stakes=False)
    turn_s = made.forecast.timebase.seconds(TURN)
    flown = made.passes.scheduled & (made.passes.end_s < turn_s)
    return made, flown


@pytest.fixture(scope="module")
def rest(folder, before):
    """The mission of the days after the turn, with what was flown in a file as satqkd writes it."""
    made, flown = before
    text = to_csv(COUNT_COLUMNS, made.forecast.take(np.flatnonzero(flown)))
    (folder / "flown.csv").write_text(text, encoding="utf-8")
    return mission_of(folder, "flown.csv")


@pytest.fixture(scope="module")
def passes(rest):
    return forecast(rest)


def mission_of(folder, file):
    written = (folder / "mission.yaml").read_text(encoding="utf-8")
    path = folder / f"rest-{file}.yaml"
    path.write_text(f"{written}\nopening_counts: {file}\n", encoding="utf-8")
    return load_mission(
        path, folder / "stations.yaml", start=TURN, duration_s=timedelta(days=4).total_seconds()
    )


def test_the_rest_of_a_week_is_planned_as_the_week_was(before, passes):
    """Nothing new is known, so the rest of the best plan is the best plan of the rest."""
    made, flown = before
    again = plan_of([passes], stakes=False)

    keys = np.array(made.forecast.contact_key)
    left = set(keys[made.passes.scheduled & ~flown].tolist())
    assert 2 <= flown.sum() < made.passes.scheduled.sum()
    assert {
        key
        for key, yes in zip(passes.contact_key, again.passes.scheduled, strict=True)
        if yes
    } == left  # fmt: skip
    assert sorted(again.blocks.bits.tolist()) == sorted(made.blocks.bits.tolist())
    assert again.solution.objective == made.solution.objective
    assert again.solution.status == "optimal"
    assert verify(again.problem, again.solution) == ()
    told = {
        key
        for row in records(PLANNED_BLOCK_COLUMNS, block_report(again))
        for key in row["opening"].split(";")
    } - {""}
    assert told == set(keys[flown].tolist())
    assert f"counts of {flown.sum()} contacts flown before the window: {flown.sum()} distilled" in (
        "\n".join(plan_summary(again))
    )


def test_without_what_was_flown_there_is_less(passes):
    """And no row of the passes tells of it: what was flown is no contact of the window."""
    bare = replace(passes, mission=replace(passes.mission, opening=()))
    with_it, without = plan_of([passes], stakes=False), plan_of([bare], stakes=False)

    assert with_it.blocks.bits.sum() > 1.2 * without.blocks.bits.sum()
    assert len(with_it.passes) == len(without.passes) == len(passes)
    assert len(with_it.problem) == len(without.problem) + len(passes.mission.opening)
    numbers = provenance(with_it)["solver"]
    assert numbers["contacts"] == provenance(without)["solver"]["contacts"]
    assert numbers["chosen"] == with_it.passes.scheduled.sum()


def test_what_would_spoil_a_block_is_left_out(passes):
    """A contact flown with a bad basis; blocks.csv and the summary say so."""
    good, *others = passes.mission.opening
    poor = replace(
        good,
        contact_key="poor",
        key_errors=tuple(0.3 * clicks for clicks in good.key_clicks),
        check_errors=tuple(0.3 * clicks for clicks in good.check_clicks),
    )
    mission = replace(passes.mission, opening=(good, *others, poor))
    spoilt = plan_of([replace(passes, mission=mission)], stakes=False)

    assert spoilt.blocks.bits.sum() == plan_of([passes], stakes=False).blocks.bits.sum()
    rows = records(PLANNED_BLOCK_COLUMNS, block_report(spoilt))
    assert not any("poor" in row["opening"].split(";") for row in rows)
    assert any(row["note"].endswith("contacts flown before are left out") for row in rows)
    assert any("1 left out" in line for line in plan_summary(spoilt))


def test_the_weather_takes_nothing_from_what_is_flown(passes):
    """Where each block is closed already all realisations are alike."""
    banned = tuple(passes.contact_key)
    only = replace(passes, mission=replace(passes.mission, banned=banned))
    drawn = forecast(only.mission, draws=Draws(samples=50, seed=1))
    made = plan_of([drawn], value="expected", stakes=False)

    assert not made.passes.scheduled.any()
    assert made.blocks.bits.sum() > 0
    assert made.outlook.made.sorted_bits.tolist() == [made.blocks.bits.sum()] * len(
        made.outlook.made.sorted_bits
    )


def test_they_are_in_the_block_that_is_open_when_the_window_begins(passes):
    """Of two days, not in the later one; a block that closes at an amount is that much nearer."""
    halves = plan_of([passes], period=Days(2.0), stakes=False)
    for block, own in enumerate(halves.blocks.opening):
        later = halves.blocks.possible[block]
        begin_s = passes.timebase.seconds(TURN)
        if own.size:
            assert later.size
            assert (halves.problem.start_s[later] < begin_s + 2 * 86_400.0).all()
    assert sum(own.size for own in halves.blocks.opening) == len(passes.mission.opening)

    wanted = Until(bits=300e3)
    first = plan_of([passes], period=wanted, stakes=False).blocks
    bare = plan_of(
        [replace(passes, mission=replace(passes.mission, opening=()))], period=wanted
    ).blocks
    station = next(int(first.station[i]) for i, own in enumerate(first.opening) if own.size)
    shorter, longer = (
        next(one.possible[i].size for i in range(len(one)) if one.station[i] == station)
        for one in (first, bare)
    )
    assert shorter < longer


def test_after_a_deadline_blocks_are_others(passes):
    """What is held counts for the deadline; contacts that end after it are another block."""
    soon = TURN + timedelta(hours=12, minutes=30)  # distilled 12 h after the contact
    demands = tuple(replace(one, by=soon) for one in passes.mission.demands)
    made = plan_of(
        [replace(passes, mission=replace(passes.mission, demands=demands))], stakes=False
    )

    own = [block for block, opening in enumerate(made.blocks.opening) if opening.size]
    assert own
    assert all(made.blocks.possible[block].size == 0 for block in own)
    assert sum(one.bits for one in made.solution.deliveries) > 0
    assert verify(made.problem, made.solution) == ()


def test_blocks_of_one_pass_are_never_open(passes):
    """With the name of the contact and a way out."""
    with pytest.raises(SatqkdError, match=r"is a block of its own, none is open\n  fix: remove"):
        plan_of([passes], period="pass", stakes=False)


def test_clicks_of_other_intensities_are_refused(passes):
    """They would be counted as what they are not."""
    first, *others = passes.mission.opening
    wrong = replace(first, intensities=tuple(1.5 * one for one in first.intensities))
    mission = replace(passes.mission, opening=(wrong, *others))

    with pytest.raises(SatqkdError, match=r"was sent with intensities 0.9, .* are not pooled"):
        plan_of([replace(passes, mission=mission)], stakes=False)


def test_what_is_not_flown_yet_is_refused(passes):
    """Told of the plan; other windows of the mission can be looked at."""
    first, *others = passes.mission.opening
    late = replace(first, end=TURN + timedelta(minutes=1))
    mission = replace(passes.mission, opening=(late, *others))

    with pytest.raises(SatqkdError, match=r"ends at 2026-12-03T00:01:00Z, after the window begins"):
        plan_of([replace(passes, mission=mission)], stakes=False)


def test_the_file_has_the_columns_of_the_table():
    """What satqkd writes it reads, and nothing else."""
    assert sorted(one.name for one in COUNT_COLUMNS) == sorted(COLUMNS)


def test_rows_in_any_order_are_the_same_contact(folder, rest):
    """Clicks follow their intensity."""
    lines = (folder / "flown.csv").read_text(encoding="utf-8").splitlines()
    turned = [lines[0], *reversed(lines[1:])]
    (folder / "turned.csv").write_text("\n".join(turned) + "\n", encoding="utf-8")
    other = mission_of(folder, "turned.csv")

    assert [one.contact_key for one in other.opening] == [
        one.contact_key for one in reversed(rest.opening)
    ]
    assert (
        plan(other, stakes=False).blocks.bits.tolist()
        == plan(rest, stakes=False).blocks.bits.tolist()
    )


@pytest.mark.usefixtures("rest")
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",Calern,", ",Calen,", "the mission has no station 'Calen'\n  fix: write 'Calern'"),
        ("Microsatellite,", "Minisatellite,", "the mission has no satellite 'Minisatellite'"),
        ("key_errors", "key_error", "no column of counts\n  fix: write 'key_errors'"),
        (",0.150000,", ",0.600000,", "gives intensity 0.6 of "),
        (",0.150000,", ",,", "intensity: "),
        (",0.150000,", ",-1,", "intensity: '-1' is no count"),
        ("\nmicro", "\n1,micro", "has not as many cells as the first line"),
    ],
)  # fmt: skip
def test_slips_in_the_file_are_found_where_they_stand(folder, old, new, message):
    """Each with its line."""
    text = (folder / "flown.csv").read_text(encoding="utf-8")
    assert old in text
    (folder / "slip.csv").write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(InputError) as error:
        mission_of(folder, "slip.csv")
    assert message in str(error.value)
    assert "slip.csv:" in str(error.value)


def test_a_file_that_is_not_there_is_told_at_the_key(folder):
    """With what writes one."""
    with pytest.raises(InputError, match=r"opening_counts: .*nowhere.csv: No such file"):
        mission_of(folder, "nowhere.csv")


@pytest.mark.parametrize("period", [None, "night"])
def test_what_the_source_sends_stays_as_it_was(passes, period):
    """Clicks of other settings are not pooled: none are sought, also for no block flown already."""
    made = plan_of([passes], period=period, stakes=False)
    blocks = made.blocks
    alone = [b for b in blocks.planned.tolist() if not blocks.members[b].size]

    assert bool(alone) == (period == "night")
    assert with_hint(made).settings == ()
    with pytest.raises(SatqkdError, match="opening_counts bind what Microsatellite sends"):
        require_free_settings(passes.mission)
    bare = replace(passes.mission, opening=())
    require_free_settings(bare)
    assert with_hint(plan_of([replace(passes, mission=bare)], stakes=False)).settings != ()
