"""Instants as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

from satqkd.config.mistake import Mistake, quoted


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 date and time with its zone; the answer is in UTC.

    Examples
    --------
    >>> parse_instant("2016-12-20T00:52:14+08:00").isoformat()
    '2016-12-19T16:52:14+00:00'
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Mistake(
            f"{quoted(text)} is no date and time: {error}", "write '2016-12-19T00:00:00Z'"
        ) from error
    if instant.utcoffset() is None:
        raise Mistake(
            f"{quoted(text)} has no time zone",
            f"write it in UTC, such as '{instant.isoformat(timespec='seconds')}Z'",
        )
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise Mistake(f"{quoted(text)} lies outside the calendar", "correct the year") from error
