"""Pins, bans and outages that people want, as values set beside the files of a mission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from json import dumps

from satqkd.errors import LedgerError
from satqkd.mission.mission import Mission, SetValue
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.plan_events import Banned, Pinned, StationOut, Undone
from satqkd.network.window_keys import keys_in_window


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants something, as plans tell it."""

    by: str
    """Command, such as ``satqkd pin``."""
    what: str
    """On what, such as a contact key."""
    entry: int | None
    """Number of its entry in the ledger; None for what is not booked yet."""
    why: str = ""

    @property
    def told(self) -> str:
        """As it was typed, and where it stands."""
        place = "draft" if self.entry is None else f"entry {self.entry}"
        return f"{self.by} {self.what} ({place})"

    @property
    def named(self) -> str:
        """As a note or a finding names it."""
        place = "of the draft" if self.entry is None else f"entry {self.entry} of the ledger"
        return f"'{self.by} {self.what}' ({place})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """All that is wanted of the next plan."""

    pins: Mapping[str, Wish]
    """By contact key."""
    bans: Mapping[str, Wish]
    cancelled: Mapping[str, Wish]
    """Contacts that are booked as cancelled, which plans leave out too."""
    outages: tuple[tuple[Wish, StationOut], ...]


def wished_of(book: Book) -> Wished:
    """Return what a ledger wishes."""
    wishes = book.wishes
    return Wished(
        pins={
            one.contact_key: Wish(by="satqkd pin", what=one.contact_key, entry=at, why=one.why)
            for at, one in wishes.pins.items()
        },
        bans={
            one.contact_key: Wish(by="satqkd ban", what=one.contact_key, entry=at, why=one.why)
            for at, one in wishes.bans.items()
        },
        cancelled={
            key: Wish(by="satqkd ledger cancel", what=key, entry=own[-1][0])
            for key, own in book.contacts.states.items()
            if own and own[-1][1] == "cancelled"
        },
        outages=tuple(
            (Wish(by="satqkd out", what=one.station, entry=at, why=one.why), one)
            for at, one in wishes.outages.items()
        ),
    )


def wish_events(before: Wished, after: Wished, *, why: str = "") -> Iterator[Event]:
    """Yield what a ledger books for one state of wishes to become another.

    Parameters
    ----------
    before
        What the ledger wishes.
    after
        What it shall wish; entries of ``before`` that it lacks are undone, wishes without an entry
        are booked.
    why
        Why those are undone.
    """
    for sequence in sorted(_entries(before) - _entries(after)):
        yield Undone(sequence=sequence, why=why)
    for key, one in after.pins.items():
        if one.entry is None:
            yield Pinned(contact_key=key, why=one.why)
    for key, one in after.bans.items():
        if one.entry is None:
            yield Banned(contact_key=key, why=one.why)
    for wish, out in after.outages:
        if wish.entry is None:
            yield out


def _entries(wished: Wished) -> set[int]:
    """Entries of the ledger that pins, bans and outages are."""
    own = (*wished.pins.values(), *wished.bans.values(), *(one for one, _ in wished.outages))
    return {one.entry for one in own if one.entry is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class WishedValues:
    """What wishes come to for the window of a mission."""

    values: tuple[SetValue, ...]
    notes: tuple[str, ...]
    """Pins and bans that are of no contact of the window, and not heeded."""


def wished_values(mission: Mission, wished: Wished) -> WishedValues:
    """Return what wishes put into the files of a mission.

    What the files pin, ban or leave out holds too. Pins and bans of contacts outside the window
    are told, and left out.

    Raises
    ------
    LedgerError
        For an outage of a station that the mission does not have.
    """
    values, notes = list[SetValue](), list[str]()
    if wished.pins or wished.bans or wished.cancelled:
        known = keys_in_window(mission)
        notes += [
            f"note: {one.named} is of no contact of this window, and not heeded"
            for key, one in (*wished.pins.items(), *wished.bans.items())
            if key not in known
        ]
        for path, own, written in (
            ("pinned", wished.pins, mission.pinned),
            ("banned", {**wished.cancelled, **wished.bans}, mission.banned),
        ):
            here = {key: one for key, one in own.items() if key in known and key not in written}
            if here:
                text = f"[{', '.join((*written, *here))}]"
                values.append(_value(path, text, tuple(here.values())))
    stations = dict.fromkeys(one.station for _, one in wished.outages)
    values += [_out(mission, name, wished) for name in stations]
    return WishedValues(values=tuple(values), notes=tuple(notes))


def _value(path: str, text: str, own: tuple[Wish, ...]) -> SetValue:
    typed = "; ".join(one.told for one in own)
    return SetValue(path=path, value=text, by=own[0].by, typed=typed)


def _out(mission: Mission, name: str, wished: Wished) -> SetValue:
    """Return the outages of a station, those of its file and those that are wished."""
    names = [ground.site.name for ground in mission.stations]
    own = [(wish, one) for wish, one in wished.outages if one.station == name]
    if name not in names:
        first = own[0][0]
        mend = "take it back" if first.entry is None else f"satqkd undo {first.entry}"
        raise LedgerError(f"{first.named}: there is no station of this name\n  fix: {mend}")
    index = names.index(name)
    text = ", ".join(
        f"{{from: {begin}, to: {end}, why: {dumps(why)}}}"
        for begin, end, why in _spans(mission, index, [one for _, one in own])
    )
    wishes = tuple(wish for wish, _ in own)
    return _value(f"stations[{index}].outages", f"[{text}]", wishes)


def _spans(mission: Mission, index: int, own: list[StationOut]) -> Iterator[tuple[str, str, str]]:
    for one in mission.stations[index].site.outages:
        yield one.from_.isoformat(), one.to.isoformat(), one.why
    for other in own:
        yield other.start.isoformat(), other.end.isoformat(), other.why
