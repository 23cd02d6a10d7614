"""What became of the contacts of a plan since calendars first spoke of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from satqkd.network.ledger.book import Book
from satqkd.network.ledger.plan_events import Decision, PlanIssued


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanges:
    """Of the contacts of a plan, by contact key."""

    sequence: Mapping[str, int]
    """How many plans changed a contact after the first one that scheduled it; a contact that is
    not named was changed by none."""
    committed: frozenset[str]
    """Contacts that are committed."""
    dropped: frozenset[str]
    """Contacts of the plan's tables that an earlier plan scheduled and this one does not, or that
    were cancelled."""


def plan_changes(book: Book, plan_id: str) -> PlanChanges:
    """Follow a plan back through those that were in force before it.

    Parameters
    ----------
    book
        All plans, and what was booked of contacts.
    plan_id
        One of the plans.

    Returns
    -------
    PlanChanges
        A change is that a contact comes, goes, or is used from another second to another.
    """
    line = _line(book, plan_id)
    sequence: Counter[str] = Counter()
    spoken: dict[str, Decision | None] = {}
    for plan in line:
        now = {one.contact_key: one for one in plan.decisions if one.status == "scheduled"}
        known = {one.contact_key for one in plan.decisions}
        for key, before in list(spoken.items()):
            if key in known and _times(now.get(key)) != _times(before):
                sequence[key] += 1
                spoken[key] = now.get(key)
        for key, one in now.items():
            spoken.setdefault(key, one)
    states = {key: book.contacts.state(key) for key in spoken}
    cancelled = {key for key, state in states.items() if state == "cancelled"}
    here = {one.contact_key for one in line[-1].decisions}
    gone = {key for key, one in spoken.items() if one is None}
    return PlanChanges(
        sequence={
            key: sequence[key] + (key in cancelled)
            for key in sorted(spoken)
            if sequence[key] or key in cancelled
        },
        committed=frozenset(key for key, state in states.items() if state == "committed"),
        dropped=frozenset((gone | cancelled) & here),
    )


def _line(book: Book, plan_id: str) -> list[PlanIssued]:
    """Plans from the first to this one, each the parent of the next."""
    line = [book.plans[plan_id]]
    while (parent := line[-1].parent) is not None:
        line.append(book.plans[parent])
    return line[::-1]


def _times(one: Decision | None) -> tuple[object, ...] | None:
    """From when until when a plan uses a contact; None where it does not."""
    return None if one is None else (one.start, one.end)
