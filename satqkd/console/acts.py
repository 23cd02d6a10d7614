"""What the desk does, each act a function: to the draft, and with the answer to it.

Nothing that is planned changes by an act on the draft. Only :func:`put_in_force` changes the plan
in force, and what it books is one act of the ledger: all of it, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from satqkd.config.load import load_mission
from satqkd.config.references import one_of
from satqkd.console.draft import ConflictError, Draft
from satqkd.console.draft_changes import Ban, Change, Free, Lift, Limit, Out, Pin, Tried
from satqkd.console.workplace import Workplace, committed, heeded, settled, wished_in
from satqkd.errors import SatqkdError
from satqkd.forecast.contact_id import can_be_called
from satqkd.mission.mission import Mission, SetValue
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.plan_events import Decision, Note, PlanIssued, PlanPutInForce
from satqkd.network.wished import wish_events
from satqkd.report.export.manifest import MANIFEST
from satqkd.report.handed_contacts import planned_mission
from satqkd.report.plan_folder import read_plan
from satqkd.report.plan_store import copy_plan

ENDED: Mapping[str, str] = {
    "committed": "it is commanded, and stays",
    "flown": "it is flown",
    "failed": "it was tried, and failed",
    "cancelled": "it is cancelled",
}
"""States of contacts that a draft no longer changes, and why."""


def draft_of(work: Workplace) -> Draft:
    """Return the draft of a mission; an empty one where nothing is drafted."""
    store = work.store()
    return settled(work.draft_file().read(), store.book())


def add(work: Workplace, version: int, change: Change) -> Draft:
    """Put a change into the draft.

    Parameters
    ----------
    work
        Where.
    version
        Of the draft that the page showed.
    change
        What.

    Raises
    ------
    ConflictError
        If the draft was changed since.
    SatqkdError
        If the change cannot be: an unknown contact, one that is committed or behind, an outage
        that takes a committed one, a limit that the files refuse.
    """
    book = work.store().book()
    CHECKS[type(change)](work, book, change)

    def act(held: Draft) -> Draft:
        new = settled(held, book).with_change(change)
        new.wanted(wished_in(book))
        return new

    return work.draft_file().change(version, act)


def undo(work: Workplace, version: int) -> Draft:
    """Take back the last change of the draft; see :func:`add`."""
    book = work.store().book()
    return work.draft_file().change(version, lambda held: settled(held, book).undone())


def discard(work: Workplace, version: int) -> Draft:
    """Empty the draft; see :func:`add`. The plan in force stays as it is."""
    store = work.store()

    def act(held: Draft) -> Draft:
        store.sweep(None)
        return held.emptied()

    return work.draft_file().change(version, act)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A plan that was put in force."""

    plan_id: str
    entries: tuple[Entry, ...]
    """What was booked."""
    note: str = ""
    """What did not go as it should, though the plan is in force."""


def put_in_force(
    work: Workplace, plan_id: str, *, expected_parent: str | None, version: int, note: str = ""
) -> InForce:
    """Put a plan in force: the answer to the draft, or a plan of the ledger again.

    Of an answer the changes of its draft are booked in the same act, and the draft is empty then.

    Parameters
    ----------
    work
        Where.
    plan_id
        The plan.
    expected_parent
        Plan in force that the page showed.
    version
        Of the draft that the page showed.
    note
        Why; needed for a plan that was in force before.

    Raises
    ------
    ConflictError
        If another plan is in force, the draft was changed, or what the answer heeds is another
        now.
    SatqkdError
        If the plan lacks a contact that is committed.
    """
    book = work.store().book()
    if book is not None and plan_id in book.plans:
        return _again(work, plan_id, expected_parent, note)
    booked: list[tuple[Entry, ...]] = []

    def act(held: Draft) -> Draft:
        booked.append(_accepted(work, held, plan_id, expected_parent, note))
        return held.emptied()

    work.draft_file().change(version, act)
    note = _copied(work, plan_id, expected_parent)
    return InForce(plan_id=plan_id, entries=booked[0], note=note)


def _accepted(
    work: Workplace, held: Draft, plan_id: str, expected_parent: str | None, note: str
) -> tuple[Entry, ...]:
    """Book the answer of a draft, with its changes."""
    answer, store = held.answer, work.store()
    if answer is None or answer.plan_id != plan_id:
        raise ConflictError(
            f"plan {plan_id} is not the answer to the draft any more: {held.in_words()}\n"
            "  fix: load the page again, and plan again"
        )
    issued = store.proposal(plan_id)

    def given(book: Book) -> None:
        _require_parent(book, expected_parent)
        if heeded(held.wanted(wished_in(book)), book) != answer.heeds:
            raise ConflictError(
                "what the plan heeds is another now: pins, bans, outages or states of contacts "
                "were booked since it was made\n  fix: plan again"
            )
        _require_committed(book, issued)

    with store.open(write=True) as ledger:
        before = wished_in(ledger.book)
        after = held.wanted(before).wished
        events: list[Event] = [*wish_events(before, after, why="by the draft"), issued]
        if note:
            events.append(Note(text=f"plan {plan_id}: {note}"))
        return ledger.append_all(events, given=given)


def _again(work: Workplace, plan_id: str, expected_parent: str | None, why: str) -> InForce:
    """Put a plan of the ledger in force again."""

    def given(book: Book) -> None:
        _require_parent(book, expected_parent)
        if book.in_force == plan_id:
            raise SatqkdError(f"plan {plan_id} is in force\n  fix: leave it so")
        _require_committed(book, book.plans[plan_id])

    store = work.store()
    store.folder_of(plan_id)
    with store.open(write=True) as ledger:
        entries = ledger.append_all([PlanPutInForce(plan_id=plan_id, why=why)], given=given)
    return InForce(plan_id=plan_id, entries=entries, note=_copied(work, plan_id, expected_parent))


def _copied(work: Workplace, plan_id: str, before: str | None) -> str:
    """Replace the readable copy of the plan in force; say where that fails.

    A folder that holds another plan than the one that was in force is nobody's copy, and stays.
    """
    try:
        if (work.plan / MANIFEST).exists():
            shown = read_plan(work.plan).manifest.get("plan_id")
            if shown != before:
                return (
                    f"{work.plan.name}/ holds {shown or 'a plan without a name'}, which was not "
                    "in force, and is left as it is"
                )
        copy_plan(read_plan(work.store().folder_of(plan_id)), work.plan)
    except SatqkdError as error:
        why = str(error).partition("\n")[0]
        return f"{work.plan.name}/ could not be replaced by the plan in force: {why}"
    return ""


def _require_parent(book: Book, expected: str | None) -> None:
    if book.in_force != expected:
        raise ConflictError(
            f"another plan was put in force first: {book.in_force or 'none'}, the page showed "
            f"{expected or 'none'}\n  fix: load the page again and look; nothing was done"
        )


def _require_committed(book: Book, plan: PlanIssued) -> None:
    """Refuse a plan that lacks what is commanded."""
    known = {one.contact_key for one in plan.decisions}
    lost = sorted((committed(book) & known) - plan.scheduled)
    if lost:
        raise SatqkdError(
            f"plan {plan.plan_id} lacks {', '.join(lost)}: committed contacts stay\n"
            "  fix: plan again; what cannot be flown is booked first, as satqkd ledger cancel"
        )


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
