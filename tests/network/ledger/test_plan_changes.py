"""What calendars have to hear of a contact, from plan to plan."""

from __future__ import annotations

from datetime import timedelta

from booked import NOW, issued

from satqkd.network.ledger.book import Book
from satqkd.network.ledger.contact_events import ContactCancelled, ContactCommitted
from satqkd.network.ledger.plan_changes import plan_changes
from satqkd.network.ledger.plan_events import Decision

IDS = [f"20161222T12400{number}Z-0123abcd" for number in range(5)]


def decision(key, *, minute=0, status="scheduled"):
    start = NOW + timedelta(minutes=minute)
    return Decision(
        contact_key=key, satellite="Sat", station="A", start=start,
        end=start + timedelta(minutes=4), status=status, planned_bits=1,
    )  # fmt: skip


def booked(*plans, events=()):
    """A book of plans, each the parent of the next, and of what came after them."""
    book = Book()
    parents = [None, *IDS]
    for number, own in enumerate(plans):
        event = issued(IDS[number], parent=parents[number], decisions=tuple(own))
        event.post(book, number + 1)
    for number, event in enumerate(events, start=len(plans) + 1):
        event.post(book, number)
    return book


def test_a_contact_that_stays_was_never_changed():
    """The first plan speaks of it; the second says the same."""
    book = booked([decision("a")], [decision("a")])
    found = plan_changes(book, IDS[1])
    assert (found.sequence, found.committed, found.dropped) == ({}, frozenset(), frozenset())


def test_moved_dropped_and_taken_up_again_each_count_once():
    """What the window of a plan does not hold is not changed by it."""
    gone = {"status": "candidate"}
    book = booked(
        [decision("moved"), decision("dropped"), decision("back"), decision("past")],
        [decision("moved", minute=1), decision("dropped", **gone), decision("back", **gone)],
        [decision("moved", minute=1), decision("dropped", **gone), decision("back")],
    )
    found = plan_changes(book, IDS[2])
    assert found.sequence == {"moved": 1, "dropped": 1, "back": 2}
    assert found.dropped == {"dropped"}
    assert plan_changes(book, IDS[1]).dropped == {"dropped", "back"}
    assert plan_changes(book, IDS[0]).sequence == {}


def test_a_contact_that_never_was_scheduled_is_not_spoken_of():
    """No calendar holds it."""
    book = booked([decision("a", status="candidate")], [decision("a", status="rejected")])
    found = plan_changes(book, IDS[1])
    assert (found.sequence, found.dropped) == ({}, frozenset())


def test_what_was_booked_of_contacts_counts():
    """Committed is confirmed; cancelled is dropped, though the plan still has it."""
    book = booked(
        [decision("a"), decision("b")],
        events=[
            ContactCommitted(contact_key="a"),
            ContactCancelled(contact_key="b", why="dome"),
        ],
    )
    found = plan_changes(book, IDS[0])
    assert found.committed == {"a"}
    assert found.dropped == {"b"}
    assert found.sequence == {"b": 1}
