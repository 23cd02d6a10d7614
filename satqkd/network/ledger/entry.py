"""An event with its place in the chain."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from satqkd.network.ledger.codec import canonical, encoded
from satqkd.network.ledger.event import Event
from satqkd.network.ledger.plain import instant_text, require_name, require_utc

FIRST: Final = "0" * 64
"""What stands before the first entry in place of a hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event with number, time, author, and the hashes that chain it to the one before."""

    sequence: int
    """Number, from 1 without gaps."""
    act: int
    """Number of the first entry of those that were written at once."""
    at: datetime
    """When it was booked, UTC."""
    author: str
    """Command that booked it."""
    event: Event
    previous: str
    """Hash of the entry before; of the first one zeros."""
    sha256: str
    """Its own, of all the above."""

    @staticmethod
    def following(
        before: Entry | None, event: Event, *, act: int | None, at: datetime, author: str
    ) -> Entry:
        """Chain an event to the entry before; ``act`` is None for the first of an act."""
        require_utc("at", at)
        require_name("author", author)
        sequence = 1 if before is None else before.sequence + 1
        previous = FIRST if before is None else before.sha256
        own = sequence if act is None else act
        digest = hash_of(
            sequence=sequence,
            act=own,
            at=instant_text(at),
            author=author,
            name=event.name,
            body=encoded(event),
            previous=previous,
        )
        return Entry(
            sequence=sequence,
            act=own,
            at=at,
            author=author,
            event=event,
            previous=previous,
            sha256=digest,
        )


def hash_of(
    *, sequence: int, act: int, at: str, author: str, name: str, body: str, previous: str
) -> str:
    """Return the SHA-256 of an entry, as 64 hexadecimal digits.

    That of the canonical JSON of a list: sequence, act, instant, author, name of the event, its
    canonical JSON as a text, and the hash before.
    """
    text = canonical([sequence, act, at, author, name, body, previous])
    return hashlib.sha256(text.encode("ascii")).hexdigest()
