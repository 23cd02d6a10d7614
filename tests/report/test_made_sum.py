"""The summary says first what was asked for, then what was made, and how sure the plan is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from satqkd.mission.mission import Mission
from satqkd.network.plan import plan_of
from satqkd.report.export.json import records
from satqkd.report.export.terminal import to_terminal
from satqkd.report.summary import plan_summary
from satqkd.report.tables.deliveries import KEY_COLUMNS, key_report, key_screen


@pytest.fixture(scope="module")
def asking(plan):
    """Plan the same passes for a pair that asks for something else."""

    def planned(*, blocks=None, **asked):
        mission: Mission = plan.mission
        demands = tuple(replace(one, **asked) for one in mission.demands)
        changed = replace(mission, demands=demands)
        return plan_of([replace(one, mission=changed) for one in plan.forecasts], period=blocks)

    return planned


def row_of(plan):
    return next(row for row in records(KEY_COLUMNS, key_report(plan)) if row["kind"] == "delivery")


def test_without_amounts_the_headline_is_what_is_delivered(plan):
    """Then come passes, and the key of both block policies."""
    bits = sum(one.bits for one in plan.solution.deliveries)
    first, passes, made, *_ = plan_summary(plan)

    assert first == f"{bits:,} secret bits delivered between 1 pair of stations"
    assert passes.startswith("2 of 4 passes scheduled from 2016-12-19")
    total, alone = int(plan.blocks.bits.sum()), int(plan.blocks.separate_bits.sum())
    assert made == (
        f"{total:,} secret bits made in week blocks; the same passes each a block of its own: "
        f"{alone:,}"
    )


def test_the_other_policy_is_told_of_single_passes_too(asking):
    """Both lines hold the same two numbers where the same passes are flown."""
    week, single = asking(), asking(blocks="pass")
    assert week.solution.chosen.sum() == single.solution.chosen.sum()

    alone, pooled = int(single.blocks.bits.sum()), int(week.blocks.bits.sum())
    assert plan_summary(single)[2] == (
        f"{alone:,} secret bits made in blocks of one pass; the same passes in week blocks: "
        f"{pooled:,}"
    )


def test_an_amount_that_is_met_heads_the_summary(asking):
    """And stands in keys.csv beside what was asked for."""
    plan = asking(at_least_bits=100_000.0)

    assert plan_summary(plan)[0].startswith("1 of 1 amount met, ")
    row = row_of(plan)
    assert (row["asked_bits"], row["met"], row["note"]) == (100_000, True, "")


def test_an_amount_that_is_short_says_why(asking):
    """In the summary and in keys.csv."""
    plan = asking(at_least_bits=9e6, held_bits=1e6)
    bits = sum(one.bits for one in plan.solution.deliveries)
    first, second, *_ = plan_summary(plan)

    assert first.startswith("0 of 1 amount met, ")
    assert second == (
        f"not met: Xinglong and Nanshan get {bits:,} of 8,000,000 bit: all key of Nanshan is spent"
    )
    row = row_of(plan)
    assert (row["asked_bits"], row["met"]) == (8_000_000, False)
    assert row["note"] == f"{8_000_000 - bits:,} bit short: all key of Nanshan is spent"


def test_a_deadline_stands_with_the_amount(asking, plan):
    """In UTC, and key that comes after it is told."""
    by = plan.mission.start + timedelta(hours=12)
    early = asking(at_least_bits=1e5, by=by)

    assert plan_summary(early)[1] == (
        "not met: Xinglong and Nanshan get 0 of 100,000 bit by 2016-12-19 12:00 UTC: "
        "no scheduled key at Xinglong, key at Nanshan only after the deadline"
    )
    assert row_of(early)["by_utc"] == "2016-12-19T12:00:00.000Z"


def test_a_pair_that_asks_for_no_amount_has_no_such_cells(plan):
    """Nothing is met that nobody asked for."""
    row = row_of(plan)

    assert [row[name] for name in ("asked_bits", "met", "by_utc", "chance_met")] == [None] * 4


def test_nobody_asks_for_key(plan):
    """No pair, no delivery."""
    mission = replace(plan.mission, demands=(), spare_weight=1.0)
    made = plan_of([replace(one, mission=mission) for one in plan.forecasts])

    assert plan_summary(made)[0] == "no pair of stations asks for key: none is delivered"


def test_the_table_of_deliveries_fits_eighty_columns(asking):
    """With what was asked for and whether it is met; the note below."""
    plan = asking(at_least_bits=9e6, by=plan_end(asking))
    rows = tuple(row for row in key_report(plan) if row.kind == "delivery")
    text = to_terminal(KEY_COLUMNS, rows, names=key_screen(rows), width=80)

    assert max(map(len, text.splitlines())) <= 80
    head = text.split("─")[0]
    assert all(word in head for word in ("delivered", "asked", "met"))
    assert "bit short: all key of" in text


def plan_end(asking):
    mission = asking().mission
    return mission.start + timedelta(seconds=mission.duration_s)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"status": "stopped"}, "schedule stopped by Ctrl-C: the best plan so far, gap"),
        (
            {"sampled": True},
            "the bound rests on a sample: some block is too large for the keys of all its subsets",
        ),
    ],
)
def test_how_sure_a_plan_is_is_said(plan, changed, line):
    """Where the search was ended, and where a bound is no proof."""
    told = replace(plan, solution=replace(plan.solution, **changed))

    assert any(one.startswith(line) for one in plan_summary(told))
    assert not any(one.startswith(line) for one in plan_summary(plan))
