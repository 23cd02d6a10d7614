"""The draft as pages show it; what plans is loaded only where there is a draft."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from satqkd.console.desk import Desk
from satqkd.console.draft_place import DRAFT
from satqkd.console.memory import Memory
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.console.draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft, and what is wanted with it."""

    draft: Draft | None
    """None where nothing was ever drafted, or it cannot be read."""
    pins: Collection[str] = ()
    """Contact keys that are pinned, by the ledger or the draft."""
    bans: Collection[str] = ()
    outdated: bool = False
    """Whether what its answer heeds is another now: it cannot be put in force any more."""
    fault: str = ""
    """Why it cannot be read, or no longer fits the ledger; empty where it can."""

    @property
    def version(self) -> int:
        """Of the draft; 0 before the first."""
        return 0 if self.draft is None else self.draft.version

    @property
    def changes(self) -> int:
        """How many changes it holds."""
        return 0 if self.draft is None else len(self.draft.changes)

    @property
    def planned(self) -> bool:
        """Whether a plan was made of it."""
        return self.draft is not None and self.draft.answer is not None


def drafted_of(desk: Desk, memory: Memory | None) -> Drafted:
    """Read the draft of a mission."""
    if not (desk.plans / DRAFT).exists():
        wishes = None if memory is None else memory.book.wishes
        return Drafted(
            draft=None,
            pins=[one.contact_key for one in wishes.pins.values()] if wishes else (),
            bans=[one.contact_key for one in wishes.bans.values()] if wishes else (),
        )
    from satqkd.console.draft import DraftFile  # noqa: PLC0415 -- only where there is one
    from satqkd.console.workplace import heeded, settled, wished_in  # noqa: PLC0415

    book = None if memory is None else memory.book
    try:
        held = DraftFile(folder=desk.plans, author="").read()
    except SatqkdError as error:
        return Drafted(draft=None, fault=str(error))
    draft = settled(held, book)
    try:
        wanted = draft.wanted(wished_in(book))
    except SatqkdError as error:
        return Drafted(draft=draft, fault=str(error))
    old = draft.answer is not None and draft.answer.heeds != heeded(wanted, book)
    wished = wanted.wished
    return Drafted(draft=draft, pins=wished.pins, bans=wished.bans, outdated=old)
