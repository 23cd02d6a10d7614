"""Everything the entries of a ledger amount to; worked out from them and never stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from satqkd.errors import LedgerError
from satqkd.network.ledger.accounts import Accounts
from satqkd.network.ledger.contacts import ContactBook, State
from satqkd.network.ledger.wishes import Wishes

if TYPE_CHECKING:
    from satqkd.network.ledger.entry import Entry
    from satqkd.network.ledger.plan_events import PlanIssued


@dataclass(slots=True, kw_only=True)
class Book:
    """Balances, states, wishes and plans after some entries."""

    accounts: Accounts = field(default_factory=Accounts)
    contacts: ContactBook = field(default_factory=ContactBook)
    wishes: Wishes = field(default_factory=Wishes)
    plans: dict[str, PlanIssued] = field(default_factory=dict)
    """Plans that were issued, by id, in that order."""
    in_force: str | None = None
    """Id of the plan in force; None before the first."""
    undone: set[int] = field(default_factory=set)
    """Entries that were undone."""

    @staticmethod
    def of(entries: Iterable[Entry]) -> Book:
        """Post entries one after another.

        Raises
        ------
        LedgerError
            With the number of the first that does not fit those before it.
        """
        book = Book()
        for entry in entries:
            try:
                entry.event.post(book, entry.sequence)
            except LedgerError as error:
                raise LedgerError(f"entry {entry.sequence}: {error}") from error
        return book

    def state(self, contact_key: str) -> State | None:
        """Return what became of a contact, or that the plan in force schedules it; else None."""
        booked = self.contacts.state(contact_key)
        if booked is not None or self.in_force is None:
            return booked
        plan = self.plans[self.in_force]
        return "planned" if contact_key in plan.scheduled else None

    def issue(self, plan: PlanIssued) -> None:
        """Put a new plan in force."""
        if plan.plan_id in self.plans:
            raise LedgerError(
                f"plan {plan.plan_id} was issued already: a plan never changes\n"
                "  fix: put it in force again, or plan anew"
            )
        if plan.parent is not None and plan.parent not in self.plans:
            raise LedgerError(
                f"plan {plan.plan_id} follows {plan.parent}, which was never issued\n"
                "  fix: name one of this ledger, or none"
            )
        self.plans[plan.plan_id] = plan
        self.in_force = plan.plan_id

    def put_in_force(self, plan_id: str) -> None:
        """Put a plan in force again."""
        if plan_id not in self.plans:
            raise LedgerError(
                f"plan {plan_id} was never issued\n  fix: take one of "
                + (", ".join(self.plans) or "those that 'satqkd plan' makes")
            )
        self.in_force = plan_id

    def undo(self, sequence: int, by: int) -> None:
        """Take back a pin, a ban, an outage or the state of a contact."""
        if sequence in self.undone:
            raise LedgerError(f"entry {sequence} was undone already\n  fix: leave it so")
        if not 0 < sequence < by:
            raise LedgerError(
                f"there is no entry {sequence}: "
                f"{f'the last is {by - 1}' if by > 1 else 'nothing is booked yet'}\n"
                "  fix: take a number that 'satqkd ledger show --entries' has"
            )
        if not self.wishes.undo(sequence) and not self.contacts.undo(sequence):
            raise LedgerError(
                f"entry {sequence} cannot be undone: only pins, bans, outages and "
                "states of contacts can\n  fix: book what mends it"
            )
        self.undone.add(sequence)
