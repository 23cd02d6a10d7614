"""What a draft can change of the next plan, each as a value that changes what is wished."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from satqkd.console.decidable import LIMIT, LONGEST_VALUE, decidable
from satqkd.errors import LedgerError, SatqkdError
from satqkd.mission.mission import SetValue
from satqkd.network.ledger.plain import require_name, require_text
from satqkd.network.ledger.plan_events import StationOut
from satqkd.network.wished import Wish, Wished

BY_DRAFT: Final = "the draft"
"""What sets a value of the files, as findings and plans name it."""
MOST_TRIED: Final = 2_000
"""Longest text of what was tried. [characters]"""
UTC_TEXT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is wanted of the next plan: the ledger's wishes, changed by a draft."""

    wished: Wished
    limits: Mapping[str, SetValue]
    """Values in place of what the files say, by path."""


class Change(ABC):
    """One change of a draft."""

    __slots__ = ()
    name: ClassVar[str]
    """What it is called in the draft's file."""

    @abstractmethod
    def put(self, wanted: Wanted) -> Wanted:
        """Return what is wanted with it.

        Raises
        ------
        SatqkdError
            If it changes nothing, or cannot be.
        """

    def about(self) -> str | None:
        """Return the key of the one contact that it is about; None for none."""
        return None

    @abstractmethod
    def in_words(self) -> str:
        """Return one line for people."""

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain values, with its name."""
        own = {one.name: getattr(self, one.name) for one in fields(self)}  # type: ignore[arg-type]
        texts = {
            name: value.strftime(UTC_TEXT) if isinstance(value, datetime) else value
            for name, value in own.items()
        }
        return {"change": self.name, **texts}


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
        return _with_why(f"{self.name} {self.contact_key}", self.why)

    def own(self) -> Wish:
        """Return it as the ledger will have it."""
        return Wish(by=f"satqkd {self.name}", what=self.contact_key, entry=None, why=self.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin(_Wish):
    """Schedule a contact in any case."""

    name: ClassVar[str] = "pin"

    def put(self, wanted: Wanted) -> Wanted:
        """Pin it; a ban of it is taken back."""
        wished, key = wanted.wished, self.contact_key
        _require_other(key, "pinned", wished.pins)
        pins, bans = {**wished.pins, key: self.own()}, _without(wished.bans, key)
        return replace(wanted, wished=replace(wished, pins=pins, bans=bans))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban(_Wish):
    """Never schedule a contact."""

    name: ClassVar[str] = "ban"

    def put(self, wanted: Wanted) -> Wanted:
        """Ban it; a pin of it is taken back."""
        wished, key = wanted.wished, self.contact_key
        _require_other(key, "banned", wished.bans)
        bans, pins = {**wished.bans, key: self.own()}, _without(wished.pins, key)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Change):
    """Set a limit for the next plan, in place of what the files say."""

    name: ClassVar[str] = "limit"
    path: str
    """Path in the files, such as ``limits.min_elevation``."""
    value: str
    """As it would be written there."""

    def __post_init__(self) -> None:
        if not LIMIT.fullmatch(self.path):
            raise SatqkdError(
                f"{self.path!r} is no limit that a draft can set\n"
                "  fix: write one such as limits.min_elevation, or change the mission's files"
            )
        require_name("value", self.value)
        if len(self.value) > LONGEST_VALUE or not self.value.isprintable():
            raise SatqkdError(f"{self.path}: the value is no limit\n  fix: write such as 15 deg")

    def put(self, wanted: Wanted) -> Wanted:
        """Set it, in place of what was set before."""
        return replace(wanted, limits={**wanted.limits, self.path: self.as_set()})

    def as_set(self) -> SetValue:
        """Return it as a value set beside the files."""
        return SetValue(path=self.path, value=self.value, by=BY_DRAFT)

    def in_words(self) -> str:
        """Return one line for people."""
        return f"{self.path} = {self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried(Change):
    """Plan with what was tried of a plan: one change, of one or several values."""

    name: ClassVar[str] = "tried"
    what: str
    """In words."""
    sets: str
    """Paths and values, as the column 'set_values' of what_if.csv has them."""

    def __post_init__(self) -> None:
        require_name("what", self.what)
        if len(self.sets) > MOST_TRIED or not decidable(self.sets):
            raise SatqkdError(
                f"{self.what[:LONGEST_VALUE]}: nothing that a draft can set\n"
                "  fix: change the mission's files"
            )

    def values(self) -> tuple[SetValue, ...]:
        """Return the values set beside the files."""
        pairs = (one.partition("=") for one in self.sets.split("; "))
        return tuple(SetValue(path=path, value=value, by=BY_DRAFT) for path, _, value in pairs)

    def put(self, wanted: Wanted) -> Wanted:
        """Set them, in place of what was set before."""
        limits = {**wanted.limits, **{one.path: one for one in self.values()}}
        return replace(wanted, limits=limits)

    def in_words(self) -> str:
        """Return one line for people."""
        own = self.values()
        if len(own) == 1:
            return f"{self.what}: {own[0].path} = {own[0].value}"
        return f"{self.what}: {len(own)} values"


KINDS: Final[Mapping[str, type[Change]]] = {
    kind.name: kind for kind in (Pin, Ban, Free, Out, Lift, Limit, Tried)
}
"""Every change by its name."""


def change_of(plain: Mapping[str, Any]) -> Change:
    """Read a change as :meth:`Change.to_plain` wrote it.

    Raises
    ------
    SatqkdError
        If it is none.
    """
    own = dict(plain)
    name = own.pop("change", None)
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise SatqkdError(f"{name!r} is no change of a draft\n  fix: discard the draft")
    known = {one.name: one.type for one in fields(kind)}  # type: ignore[arg-type]
    try:
        read = {key: _read(known[key], value) for key, value in own.items()}
        return kind(**read)
    except (KeyError, TypeError, ValueError, LedgerError) as error:
        raise SatqkdError(
            f"{name}: is not as it was written ({error})\n  fix: discard the draft"
        ) from error


def _read(kind: object, value: object) -> object:
    """Read the value of a field from plain ones."""
    if kind == "datetime":
        return datetime.strptime(str(value), UTC_TEXT).replace(tzinfo=UTC)
    wanted = {"str": str, "int": int}[str(kind)]
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no {kind}")
    return value


def _require_other(key: str, word: str, own: Mapping[str, Wish]) -> None:
    if key in own:
        entry = own[key].entry
        where = "in the draft" if entry is None else f"entry {entry}"
        raise SatqkdError(f"{key} is {word} already ({where})\n  fix: leave it so")


def _without(own: Mapping[str, Wish], key: str) -> dict[str, Wish]:
    return {other: one for other, one in own.items() if other != key}


def _with_why(text: str, why: str) -> str:
    return f"{text}: {why}" if why else text
