"""Changes of a draft that the ledger will have as wishes: pins, bans, and outages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from satqkd.console.draft_change import Change, Wanted
from satqkd.errors import SatqkdError
from satqkd.network.ledger.plain import require_name, require_text
from satqkd.network.ledger.plan_events import StationOut
from satqkd.network.wished import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfContact(Change):
    """What is wanted of one contact."""

    contact_key: str

    def __post_init__(self) -> None:
        require_name("contact_key", self.contact_key)

    def about(self) -> str | None:
        """Return the key of the contact."""
        return self.contact_key


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish(_OfContact):
    """A contact is pinned or banned, with why."""

    why: str = ""

    def __post_init__(self) -> None:
        _OfContact.__post_init__(self)
        require_text("why", self.why)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.name} {self.contact_key}" + (f": {self.why}" if self.why else "")

    def own(self) -> Wish:
        """Return it as the ledger will have it."""
        return Wish(by=f"satqkd {self.name}", what=self.contact_key, entry=None, why=self.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin(_Wish):
    """Schedule a contact in any case."""

    name: ClassVar[str] = "pin"

    def put(self, wanted: Wanted) -> Wanted:
        """Pin it; a ban of it is taken back."""
        wished = wanted.wished
        pins, bans = _moved(self.own(), "pinned", to=wished.pins, out_of=wished.bans)
        return replace(wanted, wished=replace(wished, pins=pins, bans=bans))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban(_Wish):
    """Never schedule a contact."""

    name: ClassVar[str] = "ban"

    def put(self, wanted: Wanted) -> Wanted:
        """Ban it; a pin of it is taken back."""
        wished = wanted.wished
        bans, pins = _moved(self.own(), "banned", to=wished.bans, out_of=wished.pins)
        return replace(wanted, wished=replace(wished, pins=pins, bans=bans))


@dataclass(frozen=True, slots=True, kw_only=True)
class Free(_OfContact):
    """Neither pin nor ban a contact any more."""

    name: ClassVar[str] = "free"

    def put(self, wanted: Wanted) -> Wanted:
        """Take back what is wished of it."""
        wished, key = wanted.wished, self.contact_key
        if key not in wished.pins and key not in wished.bans:
            raise SatqkdError(f"{key} is neither pinned nor banned\n  fix: leave it so")
        own = replace(wished, pins=_without(wished.pins, key), bans=_without(wished.bans, key))
        return replace(wanted, wished=own)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"free {self.contact_key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Out(Change):
    """Leave out a station for some time."""

    name: ClassVar[str] = "outage"
    station: str
    start: datetime
    end: datetime
    why: str

    def __post_init__(self) -> None:
        self.event()

    def event(self) -> StationOut:
        """Return what is booked of it."""
        return StationOut(station=self.station, start=self.start, end=self.end, why=self.why)

    def put(self, wanted: Wanted) -> Wanted:
        """Add it to the outages."""
        wish = Wish(by="satqkd out", what=self.station, entry=None, why=self.why)
        own = replace(wanted.wished, outages=(*wanted.wished.outages, (wish, self.event())))
        return replace(wanted, wished=own)

    def in_words(self) -> str:
        """Return one line for people."""
        return self.event().in_words()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift(Change):
    """Take back an outage that the ledger has."""

    name: ClassVar[str] = "lift"
    entry: int

    def put(self, wanted: Wanted) -> Wanted:
        """Take it out of the outages."""
        kept = tuple(one for one in wanted.wished.outages if one[0].entry != self.entry)
        if len(kept) == len(wanted.wished.outages):
            raise SatqkdError(f"entry {self.entry} is no outage that holds\n  fix: leave it so")
        return replace(wanted, wished=replace(wanted.wished, outages=kept))

    def in_words(self) -> str:
        """Return one line for people."""
        return f"take back the outage of entry {self.entry}"


def _moved(
    wish: Wish, word: str, *, to: Mapping[str, Wish], out_of: Mapping[str, Wish]
) -> tuple[dict[str, Wish], dict[str, Wish]]:
    """Return wishes with one more, and the opposite ones without its contact."""
    key = wish.what
    if key in to:
        entry = to[key].entry
        where = "in the draft" if entry is None else f"entry {entry}"
        raise SatqkdError(f"{key} is {word} already ({where})\n  fix: leave it so")
    return {**to, key: wish}, _without(out_of, key)


def _without(own: Mapping[str, Wish], key: str) -> dict[str, Wish]:
    return {other: one for other, one in own.items() if other != key}
