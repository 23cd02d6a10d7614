"""Instants as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from satqkd.config.mistake import Mistake, quoted
from satqkd.elements.leap_seconds import leap_mjd

_LEAP: Final = re.compile(r"(?P<minute>[T ][0-9]{2}:?[0-9]{2}:?)60")
_MJD_ZERO: Final = datetime(1858, 11, 17, tzinfo=UTC)
"""Modified Julian date zero."""


_AFTER_NOW: Final = re.compile(
    r"(?:now)?\s*(?P<sign>[+-])\s*(?P<number>\d{1,5}(?:\.\d{1,6})?)\s*(?P<unit>d|h|min)",
    re.IGNORECASE,
)
_UNITS: Final = {"d": 86_400.0, "h": 3_600.0, "min": 60.0}
"""Seconds of what may be counted from now. [s]"""


def parse_when(text: str, *, now: datetime) -> datetime:
    """Read an instant as the command line takes it, beside :func:`parse_instant`.

    Parameters
    ----------
    text
        An instant; a bare date for its 00:00 UTC; ``now``, or so much after or before it, such as
        ``+7d``, ``now-12h``, ``+90min``.
    now
        What is called so, with its zone; whole seconds count.

    Examples
    --------
    >>> parse_when("+7d", now=datetime(2026, 5, 5, 18, tzinfo=UTC)).isoformat()
    '2026-05-12T18:00:00+00:00'
    >>> parse_when("2026-05-05", now=datetime(2026, 1, 1, tzinfo=UTC)).isoformat()
    '2026-05-05T00:00:00+00:00'
    """
    bare = text.strip()
    begin = now.astimezone(UTC).replace(microsecond=0)
    if bare.casefold() == "now":
        return begin
    if found := _AFTER_NOW.fullmatch(bare):
        after_s = float(found["sign"] + found["number"]) * _UNITS[found["unit"].casefold()]
        try:
            return begin + timedelta(seconds=after_s)
        except OverflowError as error:
            raise Mistake(f"{quoted(text)} lies outside the calendar", "write fewer") from error
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", bare):
        return parse_instant(f"{bare}T00:00:00Z")
    return parse_instant(text)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 date and time with its zone; the answer is in UTC.

    An instant within a leap second, which no datetime can hold, becomes the one a second before
    it with ``fold`` set, as after clocks were put back;
    :meth:`satqkd.passes.timebase.Timebase.seconds` counts it rightly.

    Examples
    --------
    >>> parse_instant("2016-12-20T00:52:14+08:00").isoformat()
    '2016-12-19T16:52:14+00:00'
    """
    leap = _LEAP.search(text)
    try:
        instant = datetime.fromisoformat(_LEAP.sub(r"\g<minute>59", text.strip()))
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
        utc = instant.astimezone(UTC)
    except OverflowError as error:
        raise Mistake(f"{quoted(text)} lies outside the calendar", "correct the year") from error
    return _in_leap_second(utc, text) if leap else utc


def _in_leap_second(second_before: datetime, text: str) -> datetime:
    """Mark an instant as lying one second later, if there is such a second."""
    since = second_before + timedelta(seconds=1) - _MJD_ZERO
    if since.seconds or since.days not in leap_mjd():
        raise Mistake(
            f"{quoted(text)} does not exist: no leap second is known to be there",
            "write a second from 00 to 59, or 60 at the end of a UTC day that had a leap second",
        )
    return second_before.replace(fold=1)
