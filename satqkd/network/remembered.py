"""What a ledger says of the past, as a plan that is made anew needs it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from satqkd.mission.mission import Mission
from satqkd.mission.opening import OpeningCounts
from satqkd.network.carried import Past
from satqkd.network.ledger.book import Book
from satqkd.network.ledger.contact_events import CountsCollected
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.key_events import KeyDelivered, KeyShared
from satqkd.network.ledger.places import Pair, Pool


def past_of(book: Book, mission: Mission, entries: Iterable[Entry] = ()) -> Past:
    """Gather states, counts of open blocks, stock of satellites and what pairs hold and got.

    Counts of satellites or stations that the mission no longer has are left out.

    Parameters
    ----------
    book
        What all entries amount to.
    mission
        As its files are now: its window says from when floors are counted.
    entries
        Of the ledger: those of key that pairs got since then count for floors.
    """
    crafts = [craft.satellite.name for craft in mission.spacecraft]
    grounds = [ground.site.name for ground in mission.stations]
    places = {place: book.accounts.holding(place) for place in book.accounts.places()}
    return Past(
        states={key: own[-1][1] for key, own in book.contacts.states.items() if own},
        counts={
            one.contact_key: _opening(one, crafts, grounds)
            for one in book.contacts.open_counts()
            if one.satellite in crafts and one.station in grounds
        },
        stock={
            (place.satellite, place.station): held.bits
            for place, held in places.items()
            if isinstance(place, Pool)
        },
        held={
            frozenset((place.station_a, place.station_b)): held.bits - held.reserved_bits
            for place, held in places.items()
            if isinstance(place, Pair)
        },
        delivered=_delivered(entries, mission.counted_from or mission.start),
        distilled=frozenset(book.contacts.distilled),
    )


def _delivered(entries: Iterable[Entry], since: datetime) -> dict[frozenset[str], int]:
    """Key that pairs got from some instant on. [bit]"""
    found: dict[frozenset[str], int] = {}
    for entry in entries:
        event = entry.event
        if isinstance(event, (KeyDelivered, KeyShared)) and entry.at >= since:
            pair = frozenset((event.pair.station_a, event.pair.station_b))
            found[pair] = found.get(pair, 0) + event.bits
    return found


def _opening(one: CountsCollected, crafts: list[str], grounds: list[str]) -> OpeningCounts:
    return OpeningCounts(
        contact_key=one.contact_key,
        satellite=crafts.index(one.satellite),
        station=grounds.index(one.station),
        start=one.start,
        end=one.end,
        intensities=one.intensities,
        key_clicks=one.key_clicks,
        key_errors=one.key_errors,
        check_clicks=one.check_clicks,
        check_errors=one.check_errors,
        pulses=one.pulses,
        key_pulses=one.key_pulses,
        check_pulses=one.check_pulses,
    )
