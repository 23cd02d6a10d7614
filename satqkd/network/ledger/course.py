"""What pairs held over time: entries posted one after another, as a ledger does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from satqkd.network.ledger.book import Book
from satqkd.network.ledger.entry import Entry
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.places import Pair

Corners = tuple[tuple[datetime, int], ...]
"""When, and what is held from then on, until the next; the last is the end. [bit]"""


def held_course(
    entries: Sequence[Entry], *, since: datetime, until: datetime
) -> dict[Pair, Corners]:
    """Return what each pair held, corner by corner: two at an instant where it jumps.

    Parameters
    ----------
    entries
        All of a ledger, from the first.
    since, until
        Between these; it begins with the ledger where that is younger.

    Raises
    ------
    LedgerError
        If an entry does not fit those before it.
    """
    if not entries or entries[0].at > until:
        return {}
    begin = max(since, entries[0].at)
    book = Book()
    found: dict[Pair, list[tuple[datetime, int]]] = {}
    for entry in entries:
        if entry.at > until:
            break
        entry.event.post(book, entry.sequence)
        pair = _pair_of(entry.event)
        if pair is not None and entry.at > begin:
            own = found.setdefault(pair, [(begin, 0)])
            bits = book.accounts.holding(pair).bits
            if len(own) > 1 and own[-1][0] == entry.at:
                own[-1] = (entry.at, bits)
            elif bits != own[-1][1]:
                own += [(entry.at, own[-1][1]), (entry.at, bits)]
        elif pair is not None:
            found[pair] = [(begin, book.accounts.holding(pair).bits)]
    return {pair: (*own, (until, own[-1][1])) for pair, own in found.items()}


def _pair_of(event: Event) -> Pair | None:
    """Return the pair whose key an event moves; None for another event."""
    place = event.moves()
    return place if isinstance(place, Pair) else None
