"""What happens to contacts."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from satqkd.errors import LedgerError
from satqkd.network.ledger.contacts import State
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.plain import (
    require_name,
    require_number,
    require_order,
    require_reason,
    require_text,
    require_utc,
)

if TYPE_CHECKING:
    from satqkd.network.ledger.book import Book


@dataclass(frozen=True, slots=True, kw_only=True)
class _ContactState(Event):
    """A contact becomes something."""

    state: ClassVar[State]
    """What it becomes."""
    contact_key: str

    def __post_init__(self) -> None:
        require_name("contact_key", self.contact_key)

    @property
    @abstractmethod
    def remark(self) -> str:
        """What is said of it; may be empty."""

    def post(self, book: Book, sequence: int) -> None:
        """Say so of the contact."""
        book.contacts.become(self.contact_key, self.state, self.remark, sequence)

    def about(self) -> str | None:
        """Return the key of the one contact that it is about; None for none."""
        return self.contact_key

    def in_words(self) -> str:
        """Return one line for people."""
        said = f"{self.contact_key} {self.state}"
        return f"{said}: {self.remark}" if self.remark else said


@dataclass(frozen=True, slots=True, kw_only=True)
class _WithNote(_ContactState):
    """A state that needs no reason."""

    note: str = ""

    def __post_init__(self) -> None:
        _ContactState.__post_init__(self)
        require_text("note", self.note)

    @property
    def remark(self) -> str:
        """The note."""
        return self.note


@dataclass(frozen=True, slots=True, kw_only=True)
class _WithReason(_ContactState):
    """A state that needs one."""

    why: str

    def __post_init__(self) -> None:
        _ContactState.__post_init__(self)
        require_reason("why", self.why)

    @property
    def remark(self) -> str:
        """The reason."""
        return self.why


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCommitted(_WithNote):
    """A contact is commanded: satellite and station count on it."""

    name: ClassVar[str] = "contact committed"
    state: ClassVar[State] = "committed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFlown(_WithNote):
    """A contact gave light."""

    name: ClassVar[str] = "contact flown"
    state: ClassVar[State] = "flown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFailed(_WithReason):
    """A contact was tried and gave no light."""

    name: ClassVar[str] = "contact failed"
    state: ClassVar[State] = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCancelled(_WithReason):
    """A contact was not tried."""

    name: ClassVar[str] = "contact cancelled"
    state: ClassVar[State] = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsCollected(Event):
    """What a contact left behind after sifting, by intensity and basis: for its open block.

    The numbers are those of :class:`satqkd.mission.opening.OpeningCounts`.
    """

    name: ClassVar[str] = "counts collected"
    contact_key: str
    satellite: str
    station: str
    start: datetime
    """First usable second, UTC."""
    end: datetime
    """Last usable second, UTC."""
    intensities: tuple[float, ...]
    """Mean photon numbers sent, in the order of the next tuples."""
    key_clicks: tuple[float, ...]
    """Clicks with both sides in the key basis."""
    key_errors: tuple[float, ...]
    """Errors among them."""
    check_clicks: tuple[float, ...]
    """Clicks with both sides in the check basis."""
    check_errors: tuple[float, ...]
    """Errors among them."""
    pulses: float
    """Pulses sent, of all intensities."""
    key_pulses: float
    """Those for which both sides chose the key basis."""
    check_pulses: float
    """Those for which both sides chose the check basis."""

    def __post_init__(self) -> None:
        for field in ("contact_key", "satellite", "station"):
            require_name(field, getattr(self, field))
        require_utc("start", self.start)
        require_utc("end", self.end)
        require_order(self.start, self.end)
        for field in ("pulses", "key_pulses", "check_pulses"):
            require_number(field, getattr(self, field))
        for field in ("intensities", "key_clicks", "key_errors", "check_clicks", "check_errors"):
            own = getattr(self, field)
            for value in own:
                require_number(field, value)
            if len(own) != len(self.intensities) or not own:
                raise LedgerError(
                    f"{field} has {len(own)} numbers for {len(self.intensities)} intensities\n"
                    "  fix: give one for each intensity"
                )
        for basis in ("key", "check"):
            clicks, errors = getattr(self, f"{basis}_clicks"), getattr(self, f"{basis}_errors")
            if any(wrong > all_ for wrong, all_ in zip(errors, clicks, strict=True)):
                raise LedgerError(
                    f"{basis}_errors are more than {basis}_clicks\n  fix: correct the counts"
                )

    def post(self, book: Book, sequence: int) -> None:
        """Keep them until their block is key."""
        del sequence
        book.contacts.collect(self)

    def about(self) -> str | None:
        """Return the key of the one contact that it is about; None for none."""
        return self.contact_key

    def in_words(self) -> str:
        """Return one line for people."""
        clicks = sum(self.key_clicks) + sum(self.check_clicks)
        return f"{clicks:,.0f} clicks of {self.contact_key} at {self.station}"
