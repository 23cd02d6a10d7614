"""What logs say of contacts, held against what is booked of them, and against the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from satqkd.errors import SatqkdError
from satqkd.mission.opening import OpeningCounts
from satqkd.network.booking import Recorded, recorded_state
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.key_events import KeyMade
from satqkd.network.ledger.ledger import Ledger
from satqkd.network.ledger.plain import instant_words

CLOCKS_APART: Final = timedelta(hours=1)
"""So far the clock here may be behind those of logs: assumed, a time zone at the most."""


def require_past(
    recorded: Iterable[Recorded], counts: Iterable[OpeningCounts], now: datetime
) -> None:
    """Refuse contacts that are still ahead: what is flown stays so, and has key.

    Raises
    ------
    SatqkdError
        With the first of them.
    """
    every = [(one.utc, one.contact_key) for one in recorded]
    every += [(one.start, one.contact_key) for one in counts]
    ahead = sorted(one for one in every if one[0] > now + CLOCKS_APART)
    if ahead:
        at, key = ahead[0]
        raise SatqkdError(
            f"{key} is at {instant_words(at)}, and now is {instant_words(now)}: what is ahead was "
            "not flown\n  fix: correct --now, or the times of the log"
        )


def differing(
    recorded: Sequence[Recorded], counts: Sequence[OpeningCounts], ledger: Ledger
) -> Iterator[str]:
    """Say where logs now say otherwise than what is booked, which stays.

    Yields
    ------
    str
        One sentence a contact and matter: flown or failed, bits of key, counts.
    """
    book = ledger.book
    made = _made(ledger.events())
    for one in recorded:
        before, state = book.contacts.state(one.contact_key), recorded_state(one)
        if before in {"flown", "failed"} and before != state:
            yield f"{one.contact_key} is booked as {before}, the log now says {state}"
        bits = None if one.key_bits is None else int(one.key_bits)
        if bits is not None and bits != made.get(one.contact_key, bits):
            yield (
                f"{one.contact_key} is booked with {made[one.contact_key]:,} bit of key, the log "
                f"now says {bits:,}"
            )
    for own in counts:
        for (key, _), kept in book.contacts.counts.items():
            if key == own.contact_key and (kept.key_clicks, kept.check_clicks) != (
                own.key_clicks,
                own.check_clicks,
            ):
                yield f"the counts of {key} that are booked are others than those of the table"


def _made(entries: Iterable[Entry]) -> dict[str, int]:
    """Key of blocks. [bit]"""
    events = (entry.event for entry in entries)
    return {one.block: one.bits for one in events if isinstance(one, KeyMade)}
