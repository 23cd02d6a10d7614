"""Where the desk acts: files of the mission, its ledger, the plan in force, the time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from satqkd.config.ledger_place import ledger_place
from satqkd.console.draft import Draft, DraftFile
from satqkd.console.draft_change import Wanted
from satqkd.errors import SatqkdError
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.codec import canonical
from satqkd.network.wished import Wished, wished_of
from satqkd.report.export.manifest import MANIFEST
from satqkd.report.plan_store import PlanStore, store_of

AUTHOR: Final = "satqkd desk"
"""Of entries that the desk books."""
LONGEST_AUTHOR: Final = 120
"""Longest name of who acts. [characters]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """What the acts of a desk need; nothing of it is open."""

    mission: Path
    """The mission's file."""
    stations: Path
    plan: Path
    """Folder that holds the readable copy of the plan in force."""
    clock: Callable[[], datetime]
    """Says what time it is, with its zone."""
    stands: bool = False
    """Whether that is one that somebody asked for."""
    by: str = ""
    """Who acts, as they call themselves; empty where they did not say."""

    @property
    def author(self) -> str:
        """What entries of the ledger are signed with."""
        plain = "".join(char if char.isprintable() else "?" for char in self.by).strip()
        return f"{AUTHOR}, {plain[:LONGEST_AUTHOR]}" if plain else AUTHOR

    def store(self) -> PlanStore:
        """Return where plans and the draft are kept.

        Raises
        ------
        SatqkdError
            If the mission keeps no ledger.
        """
        clock = None if self.stands else self.clock
        found = store_of(self.mission, self.clock().astimezone(UTC), self.author, clock)
        if found is None:
            place = ledger_place(self.mission).path.name
            raise SatqkdError(
                "the mission keeps no ledger: nothing that is changed here could be kept\n"
                f'  fix: begin one: satqkd ledger note "the desk begins" makes {place} beside '
                "the mission's file; or name another there, with 'ledger: ops.sqlite'"
            )
        return found

    def draft_file(self) -> DraftFile:
        """Return where the draft is kept; see :meth:`store`."""
        return DraftFile(folder=self.store().plans, author=self.author)

    def plan_folder(self, book: Book | None) -> Path | None:
        """Return where the plan in force is; None where there is none yet."""
        if book is not None and book.in_force is not None:
            return self.store().plans / book.in_force
        return self.plan if (self.plan / MANIFEST).is_file() else None

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain values for another process, as :func:`workplace_of` reads it."""
        return {
            "mission": str(self.mission),
            "stations": str(self.stations),
            "plan": str(self.plan),
            "now": self.clock().isoformat() if self.stands else None,
            "by": self.by,
        }


def workplace_of(plain: Mapping[str, Any]) -> Workplace:
    """Read what :meth:`Workplace.to_plain` wrote."""
    now = None if plain["now"] is None else datetime.fromisoformat(plain["now"])
    return Workplace(
        mission=Path(plain["mission"]),
        stations=Path(plain["stations"]),
        plan=Path(plain["plan"]),
        clock=(lambda: datetime.now(UTC)) if now is None else (lambda: now),
        stands=now is not None,
        by=plain["by"],
    )


def wished_in(book: Book | None) -> Wished:
    """Return what a ledger wishes; nothing where there is none yet."""
    return wished_of(Book() if book is None else book)


def settled(draft: Draft, book: Book | None) -> Draft:
    """Return a draft; an empty one where its answer is in the ledger: then it is done.

    Whoever puts an answer in force books that first and empties the draft then.
    """
    done = draft.answer is not None and book is not None and draft.answer.plan_id in book.plans
    return Draft(version=draft.version) if done else draft


def heeded(wanted: Wanted, book: Book | None) -> str:
    """Return a digest of all that a plan heeds of the ledger and the draft."""
    wished = wanted.wished
    facts = [
        sorted(wished.pins),
        sorted({*wished.bans, *wished.cancelled}),
        sorted(
            [one.station, one.start.isoformat(), one.end.isoformat(), one.why]
            for _, one in wished.outages
        ),
        sorted([one.path, one.value] for one in wanted.limits.values()),
        sorted(committed(book)),
        None if book is None else book.in_force,
    ]
    return hashlib.sha256(canonical(facts).encode("ascii")).hexdigest()


def committed(book: Book | None) -> frozenset[str]:
    """Return the contacts that are commanded, and not flown yet."""
    if book is None:
        return frozenset()
    return frozenset(
        key for key, own in book.contacts.states.items() if own and own[-1][1] == "committed"
    )
