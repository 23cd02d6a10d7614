"""Puts a plan in force: what is booked of it is one act of the ledger, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from satqkd.console.draft import ConflictError, Draft
from satqkd.console.workplace import Workplace, committed, heeded, wished_in
from satqkd.errors import SatqkdError
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.plan_events import Note, PlanIssued, PlanPutInForce
from satqkd.network.wished import wish_events
from satqkd.report.export.manifest import MANIFEST
from satqkd.report.plan_folder import read_plan
from satqkd.report.plan_store import copy_plan


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
