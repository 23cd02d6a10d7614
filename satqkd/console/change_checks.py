"""What is held against mission and ledger before a change enters the draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from satqkd.config.load import load_mission
from satqkd.config.references import one_of
from satqkd.console.draft_change import Change
from satqkd.console.draft_values import Limit, Tried
from satqkd.console.draft_wishes import Ban, Free, Lift, Out, Pin
from satqkd.console.workplace import Workplace, committed
from satqkd.errors import SatqkdError
from satqkd.forecast.contact_id import can_be_called
from satqkd.mission.mission import Mission, SetValue
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.plan_events import Decision
from satqkd.report.handed_contacts import planned_mission
from satqkd.report.plan_folder import read_plan

ENDED: Mapping[str, str] = {
    "committed": "it is commanded, and stays",
    "flown": "it is flown",
    "failed": "it was tried, and failed",
    "cancelled": "it is cancelled",
}
"""States of contacts that a draft no longer changes, and why."""


def _decisions(book: Book | None) -> Iterator[Decision]:
    if book is not None and book.in_force is not None:
        yield from book.plans[book.in_force].decisions


def _mission(work: Workplace, *values: SetValue) -> Mission:
    """Read the mission, with values set beside its files."""
    return load_mission(work.mission, work.stations, set_values=values)


def _check_ahead(work: Workplace, book: Book | None, change: Pin | Ban) -> None:
    """Refuse a contact that there is not, or that is commanded or behind."""
    key = change.contact_key
    state = None if book is None else book.contacts.state(key)
    if state is not None and state in ENDED:
        raise SatqkdError(
            f"{key} cannot be changed: {ENDED[state]}\n"
            "  fix: what befell it is booked with satqkd ledger"
        )
    _check_contact(work, book, change)


def _check_contact(work: Workplace, book: Book | None, change: Pin | Ban | Free) -> None:
    """Refuse a contact that there is not."""
    key = change.contact_key
    if key in {one.contact_key for one in _decisions(book)}:
        return
    if not can_be_called(_mission(work), key):
        raise SatqkdError(
            f"no contact of this mission can be called {key!r}\n"
            "  fix: take a key from the column contact_key of passes.csv"
        )


def _check_out(work: Workplace, book: Book | None, change: Out) -> None:
    """Refuse an outage of no station, or one that takes a contact that is commanded."""
    names = [ground.site.name for ground in _mission(work).stations]
    if change.station not in names:
        raise SatqkdError(
            f"there is no station {change.station!r}\n  fix: {one_of(change.station, names)}"
        )
    if change.end <= work.clock():
        raise SatqkdError("the outage is over\n  fix: write an end that is ahead")
    held = committed(book)
    for one in _decisions(book):
        if (
            one.contact_key in held
            and change.station in {one.station, one.partner}
            and one.start is not None
            and one.end is not None
            and change.start < one.end
            and one.start < change.end
        ):
            raise SatqkdError(
                f"{one.contact_key} is committed, from {one.start:%Y-%m-%dT%H:%M:%SZ} to "
                f"{one.end:%H:%M:%SZ}, and stays: {change.station} cannot be out then\n"
                "  fix: let the outage begin later; or, if it cannot be flown, book that first: "
                f"satqkd ledger cancel {one.contact_key} --why ..."
            )


def _check_limit(work: Workplace, book: Book | None, change: Limit) -> None:
    """Refuse a limit that the files would refuse."""
    del book
    _mission(work, change.as_set())


def _check_tried(work: Workplace, book: Book | None, change: Tried) -> None:
    """Refuse what was tried of other files: its paths would name other things by now."""
    del book
    planned_mission(read_plan(work.plan), mission=work.mission, stations=work.stations)
    _mission(work, *change.values())


def _check_nothing(work: Workplace, book: Book | None, change: Change) -> None:
    del work, book, change


CHECKS: Final[Mapping[type[Change], Callable[[Workplace, Book | None, Any], None]]] = {
    Pin: _check_ahead,
    Ban: _check_ahead,
    Free: _check_contact,
    Out: _check_out,
    Lift: _check_nothing,
    Limit: _check_limit,
    Tried: _check_tried,
}
"""What is held against the mission before a change enters the draft."""
