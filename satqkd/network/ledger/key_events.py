"""What happens to key: numbers of bits and names of blocks, never key itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, get_args

from satqkd.errors import LedgerError
from satqkd.network.ledger.accounts import Part
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.places import Pair, Place, Pool
from satqkd.network.ledger.plain import (
    require_bits,
    require_name,
    require_names,
    require_probability,
    require_reason,
    require_text,
    require_utc,
)

if TYPE_CHECKING:
    from satqkd.network.ledger.book import Book


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMade(Event):
    """A block is key: of a satellite and a station, or of two stations at once."""

    name: ClassVar[str] = "key made"
    block: str
    """What it is called; each is made once."""
    maker: str
    """The satellite; of a block over the ground the terrestrial link."""
    station: str
    partner: str | None = None
    """The second station of a joint block; None for a block of a satellite and one station."""
    bits: int
    """Secret key. [bit]"""
    epsilon: float
    """That it is not secret, or not the same on both sides, at the most."""
    made_at: datetime
    """When it was key, UTC."""
    contacts: tuple[str, ...] = ()
    """Contacts whose counts are in it, by contact key."""

    def __post_init__(self) -> None:
        for field in ("block", "maker", "station"):
            require_name(field, getattr(self, field))
        require_bits("bits", self.bits)
        require_probability("epsilon", self.epsilon)
        require_utc("made_at", self.made_at)
        require_names("contacts", self.contacts)
        self.place  # noqa: B018 -- refuses a pair of one station

    @property
    def place(self) -> Place:
        """Where it lies."""
        if self.partner is None:
            return Pool(satellite=self.maker, station=self.station)
        return Pair(station_a=self.station, station_b=self.partner)

    def moves(self) -> Place | None:
        """Return the pool or the pair whose key it moves."""
        return self.place

    def post(self, book: Book, sequence: int) -> None:
        """Put it into its pool, or to the joint key of the pair."""
        del sequence
        book.accounts.make(self.place, self.block, self.bits, self.epsilon, self.made_at)
        book.contacts.distil(self.contacts)

    def in_words(self) -> str:
        """Return one line for people."""
        where = "into" if self.partner is None else "together by"
        return (
            f"block {self.block}: {self.bits:,} bit made {where} {self.place}, "
            f"epsilon {self.epsilon:g}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRelayed(Event):
    """A satellite announced the XOR of two of its pools."""

    name: ClassVar[str] = "key relayed"
    satellite: str
    pair: Pair
    bits: int
    """From each of the two pools. [bit]"""

    def __post_init__(self) -> None:
        require_name("satellite", self.satellite)
        require_bits("bits", self.bits)

    def moves(self) -> Place | None:
        """Return the pool or the pair whose key it moves."""
        return self.pair

    def post(self, book: Book, sequence: int) -> None:
        """Take it from both pools; it is on its way."""
        del sequence
        book.accounts.relay(self.satellite, self.pair, self.bits)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.bits:,} bit relayed by {self.satellite} to {self.pair}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfPair(Event):
    """Some key of a pair changes its place."""

    pair: Pair
    bits: int
    """How much. [bit]"""

    def __post_init__(self) -> None:
        require_bits("bits", self.bits)

    def moves(self) -> Place | None:
        """Return the pool or the pair whose key it moves."""
        return self.pair


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDelivered(_OfPair):
    """A pair holds what was relayed to it: both stations have confirmed it."""

    name: ClassVar[str] = "key delivered"

    def post(self, book: Book, sequence: int) -> None:
        """Put it to what the pair holds."""
        del sequence
        book.accounts.deliver(self.pair, self.bits)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.bits:,} bit delivered to {self.pair}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShared(_OfPair):
    """A pair holds key that both of its stations made at once."""

    name: ClassVar[str] = "key shared"

    def post(self, book: Book, sequence: int) -> None:
        """Put joint key to what the pair holds."""
        del sequence
        book.accounts.share(self.pair, self.bits)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.bits:,} bit shared by {self.pair}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfPurpose(_OfPair):
    """Some key of a pair is for something."""

    purpose: str
    """For what or whom."""

    def __post_init__(self) -> None:
        require_bits("bits", self.bits)
        require_name("purpose", self.purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReserved(_OfPurpose):
    """Key that a pair holds is set aside: nobody else can spend it."""

    name: ClassVar[str] = "key reserved"

    def post(self, book: Book, sequence: int) -> None:
        """Set it aside."""
        del sequence
        book.accounts.reserve(self.pair, self.bits, self.purpose)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.bits:,} bit of {self.pair} set aside for {self.purpose}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReleased(_OfPurpose):
    """What was set aside is free again."""

    name: ClassVar[str] = "key released"

    def post(self, book: Book, sequence: int) -> None:
        """Give it back to the pair."""
        del sequence
        book.accounts.release(self.pair, self.bits, self.purpose)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.bits:,} bit of {self.pair} no longer set aside for {self.purpose}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySpent(_OfPair):
    """A pair used key: it is gone."""

    name: ClassVar[str] = "key spent"
    purpose: str = ""
    """For what or whom: what is set aside for that goes first. Empty for what is free alone."""

    def __post_init__(self) -> None:
        require_bits("bits", self.bits)
        require_text("purpose", self.purpose)

    def post(self, book: Book, sequence: int) -> None:
        """Take it away."""
        del sequence
        book.accounts.spend(self.pair, self.bits, self.purpose)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.bits:,} bit of {self.pair} spent" + (
            f" for {self.purpose}" if self.purpose else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gone(Event):
    """Key goes without use; of a pool or of a pair."""

    place: Place
    bits: int
    """How much. [bit]"""
    why: str
    part: Part = "held"
    """Of a pair: which part of what it has."""

    def __post_init__(self) -> None:
        require_bits("bits", self.bits)
        require_reason("why", self.why)
        if self.part not in get_args(Part) or (
            isinstance(self.place, Pool) and self.part != "held"
        ):
            raise LedgerError(
                f"part: {self.place} has no {self.part!r} key\n"
                "  fix: write held; of a pair also on the way, or joint"
            )

    def moves(self) -> Place | None:
        """Return the pool or the pair whose key it moves."""
        return self.place


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyExpired(_Gone):
    """Key got older than its users accept."""

    name: ClassVar[str] = "key expired"

    def post(self, book: Book, sequence: int) -> None:
        """Take it away."""
        del sequence
        book.accounts.expire(self.place, self.bits, self.part)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.bits:,} bit of {self.place} expired: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLost(_Gone):
    """Key is not there any more, or known to somebody, or was booked by mistake."""

    name: ClassVar[str] = "key lost"

    def post(self, book: Book, sequence: int) -> None:
        """Take it away."""
        del sequence
        book.accounts.lose(self.place, self.bits, self.part)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.bits:,} bit of {self.place} lost: {self.why}"
