"""What is told of floors, of what a pair spends, and of stock: summary, keys.csv, picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from satqkd.mission.demand import Floor
from satqkd.mission.stock import Stock
from satqkd.network.changes import Change
from satqkd.network.outlook import Amount
from satqkd.network.plan import plan_of
from satqkd.network.served import served
from satqkd.network.what_if import WhatIf
from satqkd.report.export.json import records
from satqkd.report.export.terminal import to_terminal
from satqkd.report.pictures.pairs import pairs
from satqkd.report.summary import plan_summary
from satqkd.report.tables.deliveries import KEY_COLUMNS, KEY_LAST_LEADING, key_report, key_screen
from satqkd.report.tables.planned_blocks import PLANNED_BLOCK_COLUMNS, block_report
from satqkd.report.tables.what_if import WHAT_IF_COLUMNS, what_if_screen


@pytest.fixture(scope="module")
def asking(plan):
    """Plan the same passes for a pair that asks for something else, with stock."""

    def planned(*, stock=(), days=2.0, **asked):
        demands = tuple(replace(one, **asked) for one in plan.mission.demands)
        changed = replace(plan.mission, demands=demands, stock=stock, duration_s=days * 86_400.0)
        return plan_of([replace(one, mission=changed) for one in plan.forecasts])

    return planned


def first_row(plan):
    return records(KEY_COLUMNS, key_report(plan))[0]


def test_a_floor_says_how_many_nights_and_which_is_short(asking):
    """And why; the amounts head the summary."""
    plan = asking(floor=Floor(40e3, "night"))
    head, nights, short, *_ = plan_summary(plan)
    (found,) = served(plan)

    assert (found.amounts, found.amounts_met) == (2, 1)
    assert head.startswith("1 of 2 amounts met, ")
    assert nights == "Xinglong and Nanshan: a floor of 40,000 bit/night met 1 of 2 nights"
    missing = found.first_short
    assert short.startswith(
        f"first short: Xinglong and Nanshan get {missing.delivered_bits:,} of "
        f"{missing.asked_bits:,} bit by 2016-12-2"
    )
    assert short.endswith(f": {found.why}")
    assert found.why


def test_keys_have_the_amounts_of_a_floor(asking):
    """How many, how many in time, and by when the first should be there that is not."""
    plan = asking(floor=Floor(40e3, "night"))
    row = first_row(plan)

    assert [row[name] for name in ("asked_bits", "met", "amounts", "amounts_met")] == [
        80_000, False, 2, 1,
    ]  # fmt: skip
    assert row["first_short_utc"].startswith("2016-12-2")
    assert row["chance_each"] == ""  # nothing is drawn


def test_what_is_spent_is_told_by_the_day(asking):
    """With its reserve."""
    plan = asking(use_bit_s=0.05, reserve_s=86_400.0, held_bits=1e3)

    assert plan_summary(plan)[1] == (
        "Xinglong and Nanshan: a use of 4,320 bit/d with 1 d in reserve met "
        f"{served(plan)[0].amounts_met} of 2 days"
    )


def test_one_row_a_satellite_however_many_instants(asking):
    """Bits that are due by several of them are added up."""
    plan = asking(floor=Floor(20e3, "night"))
    rows = [row for row in records(KEY_COLUMNS, key_report(plan)) if row["kind"] == "delivery"]

    assert len(rows) == 1
    assert rows[0]["delivered_bits"] == served(plan)[0].delivered_bits
    assert rows[0]["delivered_bits"] == sum(one.bits for one in plan.solution.deliveries)


def test_the_table_of_amounts_fits_eighty_columns(asking):
    """How many are met stands beside whether all are."""
    plan = asking(floor=Floor(40e3, "night"))
    rows = tuple(row for row in key_report(plan) if row.kind == "delivery")
    text = to_terminal(KEY_COLUMNS, rows, names=key_screen(rows), width=80)

    assert max(map(len, text.splitlines())) <= 80
    assert "amounts" in text.split("─")[0]


def test_the_chance_to_be_met_comes_before_how_many_are_asked_for(asking):
    """With long names and many bits, in eighty columns."""
    (row,) = (row for row in key_report(asking(floor=Floor(40e3, "night"))) if row.kind != "pool")
    names = {"station_a": "Oberpfaffenhofen", "station_b": "Calern"}
    ones = {"chance_met": 0.5, "amounts": 14, "amounts_met": 13}
    weather = Amount.of(np.array([1.0e6, 2.0e6]))
    told = replace(row, **names, **ones, weather=weather, delivered_bits=5_320_000)
    rows = (told, replace(told, station_a="Calern", station_b="Matera"))
    names = key_screen(rows)
    leading = names.index(KEY_LAST_LEADING) + 1
    text = to_terminal(KEY_COLUMNS, rows, names=names, width=80, leading=leading)
    head = " ".join(text.split("─")[0].split())

    assert max(map(len, text.splitlines())) <= 80
    assert "chance" in head
    assert "mean" in head


def test_blocks_that_are_divided_say_so(asking):
    """Key of two nights at one station is two blocks, though a block may gather a week."""

    def told(plan):
        (made,) = [line for line in plan_summary(plan) if "bits made in" in line]
        rows = records(PLANNED_BLOCK_COLUMNS, block_report(plan))
        return made.partition(" made ")[2].partition(";")[0], [row["gathers"] for row in rows]

    assert told(asking()) == ("in week blocks", ["week", "week"])
    words, gathers = told(asking(floor=Floor(10e3, "night")))
    assert words == "in week blocks, divided at floors"
    assert sorted(gathers) == ["week", "week, divided", "week, divided"]


def test_what_a_change_gains_fits_eighty_columns():
    """However long the words before it; amounts are met, not all amounts."""
    like = "like microsatellite-long-name-12-"
    tried = [
        WhatIf(
            change=Change(what=f"one more pass over {name}", before=f"{number}", after=like + name),
            passes_with_key=48 + number,
            scheduled=17 + number,
            made_bits=1_069_000_000 + number,
            delivered_bits=532_000_000 + number,
            gain_bits=777_000_000.0 + number,
            amounts_met=3 - number,
        )
        for number, name in enumerate(("Oberpfaffenhofen", "Calern"))
    ]
    text = to_terminal(WHAT_IF_COLUMNS, tried, names=what_if_screen(tried), width=80)
    head = " ".join(text.split("─")[0].split())

    assert max(map(len, text.splitlines())) <= 80
    assert "777,000,001" in text
    assert "worth" in head
    assert "amounts" in head
    assert "all amounts" not in head


def test_stock_is_told_and_in_its_pool(asking):
    """Spent and spare bits still add up, also of a pool without contacts."""
    stock = tuple(Stock(spacecraft=0, station=one, bits=bits) for one, bits in ((0, 7e3), (1, 9e3)))
    plan = asking(stock=stock)
    pools = [row for row in records(KEY_COLUMNS, key_report(plan)) if row["kind"] == "pool"]
    made = {
        int(plan.blocks.station[b]): int(plan.blocks.bits[b]) for b in plan.blocks.planned.tolist()
    }

    assert "16,000 bit in stock when the window begins: " in plan_summary(plan)[1]
    assert [row["stock_bits"] for row in pools] == [7_000, 9_000]
    assert sum(row["pool_bits"] for row in pools) == sum(made.values()) + 16_000
    assert all(row["spent_bits"] + row["spare_bits"] == row["pool_bits"] for row in pools)


def test_the_picture_shows_the_staircase(asking):
    """A dashed line that rises at the instants, beside what is delivered."""
    plan = asking(floor=Floor(40e3, "night"), held_bits=5e3, at_least_bits=6e3)
    axes = pairs(plan).axes[0]
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]

    assert len(dashed) == 1
    heights = dashed[0].get_ydata()
    assert list(heights) == sorted(heights)
    assert len(set(heights)) == 3
    assert axes.get_title(loc="left").endswith("1 of 2 amounts met")
