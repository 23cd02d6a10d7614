"""keys.csv says who shares how much key and what is left."""

from dataclasses import replace

from satqkd.report.export.json import records
from satqkd.report.tables.deliveries import KEY_COLUMNS, key_report


def test_spent_and_spare_bits_add_up_to_the_pool(plan):
    """No bit is lost or spent twice."""
    pools = [row for row in records(KEY_COLUMNS, key_report(plan)) if row["kind"] == "pool"]

    assert len(pools) == 2
    for row in pools:
        assert row["spent_bits"] + row["spare_bits"] == row["pool_bits"]
        assert row["spare_bits"] >= 0


def test_the_column_of_delivered_bits_adds_up_to_what_is_delivered(plan):
    """Pools leave it empty, so that no bit is counted twice."""
    rows = records(KEY_COLUMNS, key_report(plan))

    assert sum(row["delivered_bits"] or 0 for row in rows) == sum(
        delivery.bits for delivery in plan.solution.deliveries
    )
    assert all(row["delivered_bits"] is None for row in rows if row["kind"] == "pool")


def test_a_delivery_is_bounded_by_the_smaller_pool(plan):
    """The XOR of two pools is as long as the shorter one."""
    rows = records(KEY_COLUMNS, key_report(plan))
    delivery = next(row for row in rows if row["kind"] == "delivery")

    assert delivery["station_a"] == "Xinglong"
    assert delivery["station_b"] == "Nanshan"
    assert delivery["delivered_bits"] == min(r["pool_bits"] for r in rows if r["kind"] == "pool")


def test_a_demand_that_gets_nothing_says_why(make_plan):
    """Silence is no answer."""
    plan = make_plan(("micius-xinglong-20161219T1652",))
    (row,) = (r for r in records(KEY_COLUMNS, key_report(plan)) if r["kind"] == "delivery")

    assert row["delivered_bits"] == 0
    assert row["note"] == "no scheduled key at Nanshan"


def test_a_demand_beaten_by_others_says_so(plan):
    """Both pools hold key, yet none was spent on this pair."""
    unserved = replace(plan, solution=replace(plan.solution, deliveries=()))
    row = records(KEY_COLUMNS, key_report(unserved))[0]

    assert "left for this pair" in row["note"]


def test_an_empty_plan_still_lists_its_demands(make_plan):
    """The pair that asked for key is named."""
    rows = records(KEY_COLUMNS, key_report(make_plan(())))

    assert [(row["kind"], row["delivered_bits"]) for row in rows] == [("delivery", 0)]
