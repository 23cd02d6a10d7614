"""What a station recorded, as events of the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from satqkd.forecast.contact_id import slug
from satqkd.forecast.systems import JointSystems, PassSystems
from satqkd.key.system import System
from satqkd.mission.mission import Mission
from satqkd.mission.opening import OpeningCounts
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.contact_events import ContactFailed, ContactFlown, CountsCollected
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.key_events import KeyMade
from satqkd.network.ledger.plan_events import Note

NO_LIGHT = "the log has no sifted bits of it"
"""Why a contact is booked as failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a log says of one contact."""

    contact_key: str
    satellite: str
    station: str
    utc: datetime
    """Culmination."""
    partner: str = ""
    """The second station of a joint contact; empty for a pass."""
    sifted_bits: float | None
    """None where it does not say. [bit]"""
    key_bits: float | None
    """Key of the contact as a block by itself; None where it does not say. [bit]"""


class Noted(Protocol):
    """Something to remember of a contact."""

    @property
    def contact_key(self) -> str:
        """Of which."""
        ...

    def in_words(self) -> str:
        """Return it in one line that names its file by ``sha256`` and twelve digits."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What is to be booked of some logs."""

    events: tuple[Event, ...]
    known: tuple[str, ...]
    """Contacts that were booked before, by contact key."""


def booking(
    mission: Mission,
    recorded: Sequence[Recorded],
    counts: Sequence[OpeningCounts],
    *,
    book: Book,
    now: datetime,
) -> Booking:
    """Turn what was recorded into events; what is booked already is left out.

    A contact without a sifted bit has failed. Its key is that of a block of its own, made when it
    culminated: blocks of several contacts are booked by hand, with their counts known here.

    Parameters
    ----------
    mission
        Whose contacts they are; its protocol says what a block risks.
    recorded
        What logs say of contacts, each once.
    counts
        What contacts collected, by intensity and basis.
    book
        What is booked.
    now
        When it is booked: key is not made later.
    """
    events, known = list[Event](), list[str]()
    for one in recorded:
        before = book.contacts.state(one.contact_key)
        if before in {"flown", "failed"}:
            known.append(one.contact_key)
        else:
            events.append(_state(one))
    measured = {one.contact_key for one in counts}
    for own in counts:
        if (own.contact_key, _station(mission, own)) in book.contacts.counts:
            known.append(own.contact_key)
        else:
            events.append(_collected(mission, own))
    for name in sorted(measured - {one.contact_key for one in recorded}):
        if book.contacts.state(name) not in {"flown", "failed"}:
            events.insert(0, ContactFlown(contact_key=name, note="by its counts"))
    events += _made(mission, recorded, book, now)
    return Booking(events=tuple(events), known=tuple(dict.fromkeys(known)))


def recorded_state(one: Recorded) -> Literal["flown", "failed"]:
    """Return what became of a contact: without a sifted bit it failed."""
    dark = one.sifted_bits == 0.0 or (one.sifted_bits is None and one.key_bits == 0.0)
    return "failed" if dark else "flown"


def tracking_notes(noted: Iterable[Noted], entries: Iterable[Entry]) -> list[Note]:
    """Notes of what telescopes measured, less those of files that are noted already.

    Elements may be others by now, so that the same file says something else: it is the same by its
    hash, which the note has.
    """
    known = {
        (entry.event.contact_key, _hash(entry.event.text))
        for entry in entries
        if isinstance(entry.event, Note)
    }
    found = [Note(text=one.in_words(), contact_key=one.contact_key) for one in noted]
    return [one for one in found if (one.contact_key, _hash(one.text)) not in known]


def _hash(text: str) -> str:
    found = re.search(r"sha256 [0-9a-f]{12}", text)
    return "" if found is None else found[0]


def _state(one: Recorded) -> Event:
    if recorded_state(one) == "failed":
        return ContactFailed(contact_key=one.contact_key, why=NO_LIGHT)
    return ContactFlown(contact_key=one.contact_key)


def _made(
    mission: Mission, recorded: Iterable[Recorded], book: Book, now: datetime
) -> Iterator[KeyMade]:
    for one in recorded:
        bits = int(one.key_bits or 0.0)
        if bits <= 0 or one.contact_key in book.accounts.epsilon:
            continue
        budget = _system(mission, one).epsilon_budget()
        yield KeyMade(
            block=one.contact_key,
            maker=one.satellite,
            station=one.station,
            partner=one.partner or None,
            bits=bits,
            epsilon=0.0 if budget is None else budget.total,
            made_at=min(one.utc, now),
            contacts=(one.contact_key,),
        )


def _system(mission: Mission, one: Recorded) -> System:
    """What makes key of a contact."""
    craft = [each.satellite.name for each in mission.spacecraft].index(one.satellite)
    names = [ground.site.name for ground in mission.stations]
    stations = [names.index(name) for name in (one.station, one.partner) if name]
    if not one.partner:
        return PassSystems(mission=mission)(craft, stations)
    pairs = [pair for pair in mission.together if {*pair.stations} == {*stations}]
    named = [pair for pair in pairs if slug(pair.protocol_name, otherwise="") in one.contact_key]
    return JointSystems(pair=(named or pairs)[0])(craft, stations)


def _station(mission: Mission, own: OpeningCounts) -> str:
    return mission.stations[own.station].site.name


def _collected(mission: Mission, own: OpeningCounts) -> CountsCollected:
    return CountsCollected(
        contact_key=own.contact_key,
        satellite=mission.spacecraft[own.satellite].satellite.name,
        station=_station(mission, own),
        start=own.start,
        end=own.end,
        intensities=own.intensities,
        key_clicks=own.key_clicks,
        key_errors=own.key_errors,
        check_clicks=own.check_clicks,
        check_errors=own.check_errors,
        pulses=own.pulses,
        key_pulses=own.key_pulses,
        check_pulses=own.check_pulses,
    )
