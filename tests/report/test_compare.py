"""What becomes of contacts from one plan to another, and the first cause of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from satqkd.report.compare import compare
from satqkd.report.plan_folder import PlanFolder

START, END = "2026-01-01T00:00:00Z", "2026-01-08T00:00:00Z"


def row(key, day, status="scheduled", **cells):
    """A pass of 300 s on some day, 1000 bit where it is scheduled."""
    begin = f"2026-01-{day:02}T10:00:00.000Z"
    end = f"2026-01-{day:02}T10:05:00.000Z"
    scheduled = status == "scheduled"
    return {
        "contact_key": key,
        "satellite": "One",
        "station": "Graz",
        "rise_utc": begin,
        "set_utc": end,
        "scheduled_start_utc": begin if scheduled else "",
        "scheduled_end_utc": end if scheduled else "",
        "planned_bits": "1000",
        "status": status,
        "reason": "",
        "clashes_with": "",
        "pin": "",
        "elements_source": "one.tle:1",
        **cells,
    }


def plan(*rows, start=START, end=END, keys=(), deliveries=()):
    tables = dict.fromkeys(("together.csv", "blocks.csv"), ()) | {"deliveries.csv": deliveries}
    return PlanFolder(
        path=Path("plan"),
        manifest={"window": {"start_utc": start, "end_utc": end}, "files": {}},
        tables={**tables, "passes.csv": rows, "keys.csv": keys},
    )


OUT = row("a", 2, "rejected", reason="outage: dome sticks")
BANNED = row("a", 2, "candidate", reason="banned: by the mission", pin="banned")
BEHIND_B = row("a", 2, "candidate", reason="clash: …", clashes_with="b")
SHORT = row("a", 2, scheduled_end_utc="2026-01-02T10:03:00.000Z", reason="cut: beside b",
            clashes_with="b")  # fmt: skip
LOW = SHORT | {"usable_start_utc": "2026-01-02T10:00:00.000Z",
               "usable_end_utc": "2026-01-02T10:03:00.000Z"}  # fmt: skip
LATE = row("a", 2, rise_utc="2026-01-02T10:00:04.000Z", elements_source="one.tle:3")


@pytest.mark.parametrize(
    ("before", "after", "what", "why"),
    [
        ([row("a", 2)], [row("a", 2)], "kept", ""),
        ([row("a", 2)], [row("a", 2, rise_utc="2026-01-02T10:00:00.400Z")], "kept", ""),
        ([row("a", 2)], [LATE], "moved", "rises 4.0 s later by one.tle:3, before by one.tle:1"),
        ([LATE], [row("a", 2)], "moved", "rises 4.0 s earlier"),
        ([row("a", 2)], [OUT], "dropped", "outage: dome sticks"),
        ([row("a", 2)], [BANNED], "dropped", "banned"),
        ([row("a", 2)], [BEHIND_B, row("b", 2)], "dropped", "clashes with b, scheduled now"),
        ([row("a", 2)], [row("a", 2, "candidate")], "dropped", "adds too little"),
        ([row("a", 2)], [], "dropped", "not in the second plan"),
        ([OUT], [row("a", 2)], "added", "was outage: dome sticks"),
        ([BANNED], [row("a", 2)], "added", "was banned"),
        ([BEHIND_B, row("b", 2)], [row("a", 2), OUT | {"contact_key": "b"}], "added", "b is no"),
        ([row("a", 2, "candidate")], [row("a", 2)], "added", "worth more"),
        ([row("a", 2, "candidate")], [row("a", 2, pin="pinned")], "added", "pinned"),
        ([], [row("a", 2)], "added", "not in the first plan"),
        ([row("a", 2)], [SHORT], "cut", "beside b"),
        ([row("a", 2)], [LOW], "cut", "120 s of it are no longer usable"),
        ([SHORT, row("b", 2)], [row("a", 2)], "longer", "b is no longer scheduled"),
        ([SHORT, row("b", 2)], [row("a", 2), row("b", 2)], "longer", "120 s more; was cut"),
    ],
)
def test_what_becomes_of_a_contact_and_why(before, after, what, why):
    """The first cause that holds is told; what is kept needs none."""
    found = compare(plan(*before), plan(*after))
    (own,) = [one for one in found.changes if one.contact_key == "a"]

    assert own.what == what
    assert why in own.why
    assert (own.why == "") == (what == "kept")
    assert own.bits == 1000 * (what == "added") - 1000 * (what == "dropped")


def test_what_is_past_is_not_dropped():
    """It was flown before the second plan begins."""
    later = plan(start="2026-01-03T00:00:00Z", end="2026-01-10T00:00:00Z")
    found = compare(plan(row("a", 2), row("c", 5)), later)
    assert [(one.contact_key, one.what) for one in found.changes] == [
        ("a", "past"),
        ("c", "dropped"),
    ]


def test_contacts_after_the_first_window_are_added_for_that():
    """A rolling plan sees further."""
    found = compare(plan(), plan(row("a", 9), end="2026-01-12T00:00:00Z"))
    assert found.changes[0].what == "added"
    assert "after the first plan's window" in found.changes[0].why


def test_contacts_that_neither_schedules_are_left_out():
    """A diff is of what is flown."""
    assert compare(plan(OUT), plan(OUT)).changes == ()


def test_deliveries_are_matched_by_pair():
    """Pools are not delivered; a pair that one plan lacks gets nothing there."""

    def key(kind, bits, other="Matera"):
        ends = {"satellite": "One", "station_a": "Graz", "station_b": other}
        return {"kind": kind, "delivered_bits": bits, **ends}

    before = plan(keys=(key("delivery", "700"), key("pool", "")))
    after = plan(keys=(key("delivery", "300"), key("delivery", "50", "Calern")))
    found = compare(before, after)

    assert (found.delivered_before, found.delivered_after) == (700, 350)
    assert {one.station_b: (one.bits_before, one.bits_after) for one in found.delivered} == {
        "Matera": (700, 300),
        "Calern": (0, 50),
    }


def test_what_was_delivered_before_the_second_plan_is_left_out_of_the_first():
    """Both are then of the same time."""
    ends = {"satellite": "One", "station_a": "Graz", "station_b": "Matera"}
    key = {"kind": "delivery", **ends}
    given = [
        {"delivered_utc": f"2026-01-{day:02}T00:00:00Z", "given_bits": bits, **ends}
        for day, bits in ((2, "100"), (6, "600"))
    ]
    before = plan(keys=(key | {"delivered_bits": "700"},), deliveries=given)
    after = plan(start="2026-01-03T00:00:00Z", keys=(key | {"delivered_bits": "500"},))
    assert [(one.bits_before, one.bits_after) for one in compare(before, after).delivered] == [
        (600, 500)
    ]
