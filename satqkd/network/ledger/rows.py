"""Rows of the file to entries, each checked against the one before; and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from satqkd.errors import LedgerDamagedError, LedgerError
from satqkd.network.ledger.codec import decoded, encoded
from satqkd.network.ledger.entry import FIRST, Entry, hash_of
from satqkd.network.ledger.plain import instant_text

COLUMNS: Final = ("sequence", "act", "at", "author", "name", "body", "previous", "sha256")
"""Of the table ``entries``, and of a line of an export."""

Row = tuple[Any, ...]
"""Values in the order of :data:`COLUMNS`."""


def row_of(entry: Entry) -> Row:
    """Write an entry as a row."""
    return (
        entry.sequence,
        entry.act,
        instant_text(entry.at),
        entry.author,
        entry.event.name,
        encoded(entry.event),
        entry.previous,
        entry.sha256,
    )


def chained(
    rows: Iterable[Row], before: Entry | None = None, *, strict: bool = False
) -> Iterator[Entry]:
    """Yield entries as long as each follows the one before.

    Parameters
    ----------
    rows
        In order of their sequence.
    before
        The entry before the first; None where that is number 1.
    strict
        Whether to check the text of each event too, which its hash covers.

    Raises
    ------
    LedgerDamagedError
        At the first row that is not what was written.
    """
    for row in rows:
        before = entry_of(row, before, strict=strict)
        yield before


def entry_of(row: Row, before: Entry | None, *, strict: bool) -> Entry:
    """Read a row, and check it against the entry before; parameters as for :func:`chained`.

    Raises
    ------
    LedgerDamagedError
        With what is wrong, and where.
    """
    number = 1 if before is None else before.sequence + 1
    fault = _fault(row, number, before)
    if fault:
        raise LedgerDamagedError(
            f"entry {number}: {fault}\n  fix: restore a copy; 'satqkd ledger audit' says how much "
            "of it is whole"
        )
    _, act, at, author, name, body, previous, sha256 = row
    try:
        event = decoded(name, body, strict=strict)
    except LedgerError as error:
        raise LedgerDamagedError(f"entry {number}: {error}") from error
    return Entry(
        sequence=number,
        act=act,
        at=_instant(at),
        author=author,
        event=event,
        previous=previous,
        sha256=sha256,
    )


def _fault(row: Row, number: int, before: Entry | None) -> str:  # noqa: PLR0911 -- one a fault
    sequence, act, at, author, name, body, previous, sha256 = row
    if sequence != number:
        return f"is missing: {sequence!r} comes instead"
    texts = (at, author, name, body, previous, sha256)
    if type(act) is not int or not all(isinstance(one, str) for one in texts):
        return "holds a value of another type than was written"
    expected = FIRST if before is None else before.sha256
    if previous != expected:
        return "does not follow the entry before: its hash of that differs"
    found = hash_of(
        sequence=sequence,
        act=act,
        at=at,
        author=author,
        name=name,
        body=body,
        previous=previous,
    )
    if found != sha256:
        return "is not what was written: its hash differs"
    if act != number and (before is None or act != before.act):
        return f"belongs to act {act}, which is not the one before"
    try:
        instant = _instant(at)
    except ValueError:
        return f"{at!r} is no instant"
    if before is not None and instant < before.at:
        return "is older than the entry before"
    return ""


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text).astimezone(UTC)
    if instant_text(instant) != text:
        raise ValueError(text)
    return instant
