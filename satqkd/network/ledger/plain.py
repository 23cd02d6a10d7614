"""What may stand in a ledger: plain names, short texts, whole bits, instants in UTC."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from satqkd.errors import LedgerError

LONGEST_NAME: Final = 200
"""Longest name or id. [characters]"""
LONGEST_TEXT: Final = 4000
"""Longest note or reason. [characters]"""
MOST_BITS: Final = 2**62
"""More than this is no key, and would not fit into 64 bits after a sum of two. [bit]"""


def require_name(field: str, value: str) -> None:
    """Raise :class:`~satqkd.errors.LedgerError` unless a value is a name in one line."""
    _require_text(field, value, LONGEST_NAME)
    if not value.strip():
        raise LedgerError(f"{field} is empty\n  fix: give a name")
    if "\n" in value:
        raise LedgerError(f"{field}: {value!r} has several lines\n  fix: write one line")


def require_names(field: str, values: Iterable[str]) -> None:
    """Raise unless all are names, none twice."""
    seen: set[str] = set()
    for value in values:
        require_name(field, value)
        if value in seen:
            raise LedgerError(f"{field}: {value} stands there twice\n  fix: name it once")
        seen.add(value)


def require_reason(field: str, value: str) -> None:
    """Raise unless a reason or note is given and short enough."""
    _require_text(field, value, LONGEST_TEXT)
    if not value.strip():
        raise LedgerError(f"{field} is empty\n  fix: write why, for those who read it later")


def require_text(field: str, value: str) -> None:
    """Raise unless a text, which may be empty, is short and plain."""
    _require_text(field, value, LONGEST_TEXT)


def require_bits(field: str, value: int) -> None:
    """Raise unless a number of bits is whole and above 0."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MOST_BITS:
        raise LedgerError(
            f"{field}: {value!r} is no number of bits\n  fix: write a whole number above 0"
        )


def require_number(field: str, value: float) -> None:
    """Raise unless a number is finite and not negative."""
    if not math.isfinite(value) or value < 0:
        raise LedgerError(
            f"{field}: {value!r} is no number of the sort\n  fix: write a number from 0 on"
        )


def require_probability(field: str, value: float) -> None:
    """Raise unless a failure probability lies above 0 and is at most 1."""
    if not 0.0 < value <= 1.0:
        raise LedgerError(
            f"{field}: {value!r} is no failure probability\n"
            "  fix: write the epsilon of the block, a number above 0 and at most 1"
        )


def require_utc(field: str, value: datetime) -> None:
    """Raise unless an instant is in UTC: with another zone its text, and its hash, would differ."""
    if value.tzinfo is not UTC:
        raise LedgerError(f"{field}: {value} is not in UTC\n  fix: use datetime.astimezone(UTC)")


def require_order(start: datetime, end: datetime) -> None:
    """Raise unless a span begins before it ends."""
    if not start < end:
        raise LedgerError(
            f"{instant_text(start)} is not before {instant_text(end)}\n"
            "  fix: give the beginning first, then the end"
        )


def instant_text(instant: datetime) -> str:
    """Write an instant: UTC with microseconds, always as long, so that texts sort as instants do.

    Examples
    --------
    >>> instant_text(datetime(2016, 12, 19, 17, 25, tzinfo=UTC))
    '2016-12-19T17:25:00.000000Z'
    """
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_words(instant: datetime) -> str:
    """Write an instant for people: to the second.

    Examples
    --------
    >>> instant_words(datetime(2016, 12, 19, 17, 25, tzinfo=UTC))
    '2016-12-19T17:25:00Z'
    """
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _require_text(field: str, value: str, longest: int) -> None:
    if len(value) > longest:
        raise LedgerError(
            f"{field} has {len(value)} characters\n  fix: write {longest} at the most"
        )
    if value.isascii() and value.isprintable():
        return
    for char in value:
        if char != "\n" and unicodedata.category(char) in {"Cc", "Cs"}:
            raise LedgerError(
                f"{field} holds U+{ord(char):04X}, which is no plain text\n  fix: leave it out"
            )
