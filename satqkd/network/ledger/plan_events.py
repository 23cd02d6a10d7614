"""Plans, what people want of the next one, and notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from satqkd.errors import LedgerError
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.plain import (
    instant_words,
    require_name,
    require_order,
    require_reason,
    require_text,
    require_utc,
)

if TYPE_CHECKING:
    from satqkd.network.ledger.book import Book

PLAN_ID: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}(-[0-9]+)?")
"""UTC, and eight hexadecimal digits of the hash of the inputs."""
PLANS: Final = "plans"
"""Folder beside a ledger that keeps every plan, each under its id."""
_SHA256: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class InputHash:
    """A file that shaped a plan."""

    path: str
    """As the user gave it, or ``preset:NAME``."""
    sha256: str
    """Hash of its bytes."""

    def __post_init__(self) -> None:
        require_name("path", self.path)
        if not _SHA256.fullmatch(self.sha256):
            raise LedgerError(
                f"sha256: {self.sha256!r} is no hash\n  fix: write 64 hexadecimal digits"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a plan decides about one contact."""

    contact_key: str
    satellite: str
    station: str
    partner: str | None = None
    """Second station of a joint contact; None for one of one station."""
    start: datetime | None
    """First usable second, UTC; None where no second is usable."""
    end: datetime | None
    status: str
    """``scheduled``, ``candidate`` or ``rejected``."""
    planned_bits: int
    """Key that the plan counts on. [bit]"""
    reason: str = ""
    """Why it is not scheduled; empty for the others."""

    def __post_init__(self) -> None:
        for field in ("contact_key", "satellite", "station", "status"):
            require_name(field, getattr(self, field))
        for field in ("start", "end"):
            if getattr(self, field) is not None:
                require_utc(field, getattr(self, field))
        require_text("reason", self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanIssued(Event):
    """A plan is made, kept and in force."""

    name: ClassVar[str] = "plan issued"
    plan_id: str
    parent: str | None = None
    """Plan that was in force before it; None for the first."""
    start: datetime
    """Beginning of its window, UTC."""
    end: datetime
    inputs: tuple[InputHash, ...]
    set_values: tuple[str, ...] = ()
    """What was set beside the files, as typed."""
    decisions: tuple[Decision, ...]

    def __post_init__(self) -> None:
        if not PLAN_ID.fullmatch(self.plan_id):
            raise LedgerError(
                f"{self.plan_id!r} is no id of a plan\n"
                "  fix: write one such as 20161219T000000Z-0123abcd"
            )
        require_utc("start", self.start)
        require_utc("end", self.end)
        require_order(self.start, self.end)
        for text in self.set_values:
            require_text("set_values", text)

    @property
    def scheduled(self) -> frozenset[str]:
        """Contacts that it schedules."""
        return frozenset(one.contact_key for one in self.decisions if one.status == "scheduled")

    def post(self, book: Book, sequence: int) -> None:
        """Put it in force."""
        del sequence
        book.issue(self)

    def in_words(self) -> str:
        """Return one line for people."""
        return (
            f"plan {self.plan_id}: {len(self.scheduled)} of {len(self.decisions)} contacts "
            "scheduled"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPutInForce(Event):
    """A plan that was issued before is in force again."""

    name: ClassVar[str] = "plan put in force"
    plan_id: str
    why: str

    def __post_init__(self) -> None:
        require_name("plan_id", self.plan_id)
        require_reason("why", self.why)

    def post(self, book: Book, sequence: int) -> None:
        """Put it in force."""
        del sequence
        book.put_in_force(self.plan_id)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"plan {self.plan_id} in force again: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _ContactWish(Event):
    """Something that people want of a contact in every plan."""

    wish: ClassVar[str]
    """What becomes of it, in one word."""
    contact_key: str
    why: str = ""

    def __post_init__(self) -> None:
        require_name("contact_key", self.contact_key)
        require_text("why", self.why)

    def about(self) -> str | None:
        """Return the key of the one contact that it is about; None for none."""
        return self.contact_key

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.contact_key} {self.wish}" + (f": {self.why}" if self.why else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned(_ContactWish):
    """Plans schedule a contact in any case."""

    name: ClassVar[str] = "contact pinned"
    wish: ClassVar[str] = "pinned"

    def post(self, book: Book, sequence: int) -> None:
        """Put it to the wishes."""
        book.wishes.require_new(self.contact_key)
        book.wishes.pins[sequence] = self


@dataclass(frozen=True, slots=True, kw_only=True)
class Banned(_ContactWish):
    """Plans never schedule a contact."""

    name: ClassVar[str] = "contact banned"
    wish: ClassVar[str] = "banned"

    def post(self, book: Book, sequence: int) -> None:
        """Put it to the wishes."""
        book.wishes.require_new(self.contact_key)
        book.wishes.bans[sequence] = self


@dataclass(frozen=True, slots=True, kw_only=True)
class StationOut(Event):
    """A station does not work for some time."""

    name: ClassVar[str] = "station out"
    station: str
    start: datetime
    end: datetime
    why: str

    def __post_init__(self) -> None:
        require_name("station", self.station)
        require_utc("start", self.start)
        require_utc("end", self.end)
        require_order(self.start, self.end)
        require_reason("why", self.why)

    def post(self, book: Book, sequence: int) -> None:
        """Put it to the wishes."""
        book.wishes.outages[sequence] = self

    def in_words(self) -> str:
        """Return one line for people."""
        return (
            f"{self.station} out from {instant_words(self.start)} to {instant_words(self.end)}: "
            f"{self.why}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone(Event):
    """A pin, a ban, an outage or the state of a contact is taken back."""

    name: ClassVar[str] = "undone"
    sequence: int
    """Number of the entry."""
    why: str = ""

    def __post_init__(self) -> None:
        require_text("why", self.why)

    def post(self, book: Book, sequence: int) -> None:
        """Take it back."""
        book.undo(self.sequence, sequence)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"entry {self.sequence} undone" + (f": {self.why}" if self.why else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Event):
    """What somebody wants to remember."""

    name: ClassVar[str] = "note"
    text: str
    contact_key: str | None = None
    """About which contact; None for none."""

    def __post_init__(self) -> None:
        require_reason("text", self.text)
        if self.contact_key is not None:
            require_name("contact_key", self.contact_key)

    def post(self, book: Book, sequence: int) -> None:
        """Change nothing."""
        del book, sequence

    def about(self) -> str | None:
        """Return the key of the one contact that it is about; None for none."""
        return self.contact_key

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.contact_key}: {self.text}" if self.contact_key else self.text
