"""What depends on tonight, what gave way for it, and what pairs held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from satqkd.network.ledger import KeyMade, KeyShared, KeySpent, Ledger, Pair
from satqkd.network.ledger.course import held_course
from satqkd.report.html.contact import contacts_of
from satqkd.report.html.depends import depending
from satqkd.report.html.given_up import given_up_for
from satqkd.report.plan_folder import read_plan
from satqkd.report.stock_course import stocks_of

NOON = datetime(2016, 12, 19, 12, 0, tzinfo=UTC)
PAIR = Pair(station_a="A", station_b="B")


def test_the_course_of_a_pair_is_what_the_ledger_says_at_each_instant(tmp_path):
    path, day = tmp_path / "own.sqlite", timedelta(days=1)
    made = KeyMade(block="one", maker="S", station="A", partner="B", bits=900, epsilon=1e-9,
                   made_at=NOON)  # fmt: skip
    for place, events in enumerate(
        [[made, KeyShared(pair=PAIR, bits=900)], [KeySpent(pair=PAIR, bits=200)],
         [KeySpent(pair=PAIR, bits=300)]]
    ):  # fmt: skip
        with Ledger.open(path, author="a test", now=NOON + place * day) as ledger:
            ledger.append_all(events)
    with Ledger.open(path, author="a test", now=NOON + 3 * day, write=False) as ledger:
        entries = ledger.events()
        for since in (NOON - day, NOON + day / 2):
            course = held_course(entries, since=since, until=NOON + 3 * day)[PAIR]
            assert course[0] == (max(since, NOON), 900)
            for when in (NOON + day, NOON + 2 * day, NOON + 3 * day):
                last = [bits for at, bits in course if at <= when][-1]
                assert last == ledger.stock(PAIR, at=when).bits
    assert [bits for _, bits in course] == [900, 900, 700, 700, 400, 400]


def test_pairs_depend_on_the_contacts_that_their_next_delivery_is_of(mission_folder):
    plan = read_plan(mission_folder / "plan")
    stocks = stocks_of(plan, now=NOON, held_bits={}, need_bits_day={})
    keys = {row["contact_key"]: row for row in plan.passes if row["status"] == "scheduled"}
    found = depending(plan, stocks, keys)
    assert {one.stock for one in found} == {one for one in stocks if one.deliveries}
    assert found
    for one in found:
        where = {keys[key]["station"] for key in one.contacts}
        assert where == {one.stock.station_a, one.stock.station_b}
    assert depending(plan, stocks, ()) == ()


def test_what_gave_way_stands_with_each_contact_that_its_clash_names(mission_folder):
    plan = read_plan(mission_folder / "plan")
    found = given_up_for(contacts_of(plan))
    pairs = {(name, one.row["pass_id"]) for name, own in found.items() for one in own}
    assert pairs == {
        (name, row["pass_id"])
        for row in plan.passes
        for name in row["clashes_with"].split(";")
        if name and row["status"] == "candidate"
    }
    flown = {row["contact_key"] for row in plan.passes if row["status"] == "scheduled"}
    assert pairs
    assert set(found) <= flown


def test_the_pages_say_so(browser):
    assert "Stocks that depend on tonight" in browser.get("/").text
    week = browser.get("/week").text
    table = week[week.index("Given up for it") : week.index("Why not more")]
    assert "Delingha <time" in table
