"""What became of each contact, and what a contact left behind that is not key yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from satqkd.errors import LedgerError

if TYPE_CHECKING:
    from satqkd.network.ledger.contact_events import CountsCollected

State = Literal["planned", "committed", "flown", "failed", "cancelled"]

_AFTER: dict[State | None, frozenset[State]] = {
    None: frozenset({"committed", "flown", "failed", "cancelled"}),
    "planned": frozenset({"committed", "flown", "failed", "cancelled"}),
    "committed": frozenset({"flown", "failed", "cancelled"}),
    "cancelled": frozenset({"committed"}),
    "flown": frozenset(),
    "failed": frozenset(),
}
"""What a contact can become, by what it is: what was flown, or failed, has an end."""


@dataclass(slots=True, kw_only=True)
class ContactBook:
    """States of contacts after some entries."""

    states: dict[str, list[tuple[int, State, str]]] = field(default_factory=dict)
    """Of each contact its entries: sequence, state and why."""
    counts: dict[tuple[str, str], CountsCollected] = field(default_factory=dict)
    """What was collected, by contact and station."""
    distilled: set[str] = field(default_factory=set)
    """Contacts that are in a block that is key."""

    def state(self, contact_key: str) -> State | None:
        """Return what the ledger says of a contact; None for nothing."""
        own = self.states.get(contact_key)
        return own[-1][1] if own else None

    def become(self, contact_key: str, state: State, why: str, sequence: int) -> None:
        """Put a contact into a state."""
        before = self.state(contact_key)
        if state not in _AFTER[before]:
            raise LedgerError(
                f"{contact_key} cannot be booked as {state}: it is {before} already "
                f"(entry {self.states[contact_key][-1][0]})\n"
                "  fix: leave it out, or undo that entry first"
            )
        self.states.setdefault(contact_key, []).append((sequence, state, why))

    def collect(self, counts: CountsCollected) -> None:
        """Keep what a contact left behind for its block."""
        place = (counts.contact_key, counts.station)
        if place in self.counts:
            raise LedgerError(
                f"the counts of {counts.contact_key} at {counts.station} are booked already: "
                "a click is counted once\n  fix: leave them out"
            )
        if self.state(counts.contact_key) in {"failed", "cancelled"}:
            raise LedgerError(
                f"{counts.contact_key} has no counts: it is {self.state(counts.contact_key)}\n"
                "  fix: undo that first, if it was flown"
            )
        self.counts[place] = counts

    def distil(self, contacts: tuple[str, ...]) -> None:
        """Say that what contacts left is key."""
        self.distilled.update(contacts)

    def open_counts(self) -> tuple[CountsCollected, ...]:
        """Return what was collected by contacts of which no block is key yet."""
        return tuple(one for one in self.counts.values() if one.contact_key not in self.distilled)

    def undo(self, sequence: int) -> bool:
        """Take back a state; False where the entry is none that a contact is in.

        Raises
        ------
        LedgerError
            If something rests on it: a later state, counts or key.
        """
        for key, own in self.states.items():
            if sequence not in {one for one, _, _ in own}:
                continue
            if own[-1][0] != sequence:
                raise LedgerError(
                    f"entry {sequence} cannot be undone: {key} is {own[-1][1]} since "
                    f"(entry {own[-1][0]})\n  fix: undo that first"
                )
            if key in self.distilled or any(contact == key for contact, _ in self.counts):
                raise LedgerError(
                    f"entry {sequence} cannot be undone: counts or key of {key} are booked\n"
                    "  fix: book as lost what is not there, with why"
                )
            own.pop()
            return True
        return False
