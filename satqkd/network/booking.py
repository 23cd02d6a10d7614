"""What a station recorded, as events of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from satqkd.forecast.systems import PassSystems
from satqkd.mission.mission import Mission
from satqkd.mission.opening import OpeningCounts
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.contact_events import ContactFailed, ContactFlown, CountsCollected
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.key_events import KeyMade

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
    sifted_bits: float | None
    """None where it does not say. [bit]"""
    key_bits: float | None
    """Key of the contact as a block by itself; None where it does not say. [bit]"""


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


def _state(one: Recorded) -> Event:
    if recorded_state(one) == "failed":
        return ContactFailed(contact_key=one.contact_key, why=NO_LIGHT)
    return ContactFlown(contact_key=one.contact_key)


def _made(
    mission: Mission, recorded: Iterable[Recorded], book: Book, now: datetime
) -> Iterator[KeyMade]:
    crafts = {craft.satellite.name: index for index, craft in enumerate(mission.spacecraft)}
    grounds = {ground.site.name: index for index, ground in enumerate(mission.stations)}
    systems = PassSystems(mission=mission)
    for one in recorded:
        bits = int(one.key_bits or 0.0)
        if bits <= 0 or one.contact_key in book.accounts.epsilon:
            continue
        budget = systems(crafts[one.satellite], [grounds[one.station]]).epsilon_budget()
        yield KeyMade(
            block=one.contact_key,
            maker=one.satellite,
            station=one.station,
            bits=bits,
            epsilon=0.0 if budget is None else budget.total,
            made_at=min(one.utc, now),
            contacts=(one.contact_key,),
        )


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
