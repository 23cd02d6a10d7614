"""Epochs as orbit mean-elements messages write them."""

from __future__ import annotations

import re
from calendar import isleap
from datetime import UTC, datetime, timedelta
from typing import Final

from satqkd.elements.tle_mistakes import shown

_EPOCH: Final = re.compile(
    r"(?P<year>[0-9]{4})-(?:(?P<month>[0-9]{2})-(?P<day>[0-9]{2})|(?P<day_of_year>[0-9]{3}))"
    r"T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
    r"(?:\.(?P<fraction>[0-9]{0,30}))?(?:Z|[+-]00:?00)?"
)
_SHAPE: Final = "write it in UTC as 2016-12-19T13:39:33.153408"
_FIRST_YEAR: Final = 1957
"""Sputnik 1: nothing was in orbit before."""
_LAST_YEAR: Final = 2199
"""Assumed: later epochs are typing errors."""


class EpochError(ValueError):
    """A text is no epoch."""

    def __init__(self, message: str, fix: str = _SHAPE) -> None:
        self.message, self.fix = message, fix
        super().__init__(message)


def parse_epoch(text: str) -> datetime:
    """Read an epoch in UTC, with month and day or the day of the year.

    Parameters
    ----------
    text
        ISO 8601; a fraction of the second may follow, then nothing, ``Z`` or an offset of zero.

    Returns
    -------
    datetime
        Aware, rounded to the microsecond, in which a satellite moves 8 mm.

    Raises
    ------
    EpochError
        If the text is no instant between 1957 and 2199.

    References
    ----------
    .. [1] CCSDS 301.0-B, Time Code Formats, ASCII codes A and B (recalled).

    Examples
    --------
    >>> parse_epoch("2016-12-19T13:39:33.153408") == parse_epoch("2016-354T13:39:33.1534080Z")
    True
    """
    match = _EPOCH.fullmatch(text)
    if not match:
        raise EpochError(f"'{shown(text)}' is no date and time in UTC")
    fraction = match["fraction"] or ""
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    if second == 60:
        raise EpochError(
            f"'{shown(text)}' lies in a leap second, which no element set can be counted from",
            "ask the source for elements of another epoch",
        )
    if hour > 23 or minute > 59 or second > 60:
        raise EpochError(f"'{shown(text)}' is no time of day")
    microsecond = round(int(fraction) * 10 ** (6 - len(fraction))) if fraction else 0
    return _day(match) + timedelta(
        hours=hour, minutes=minute, seconds=second, microseconds=microsecond
    )


def _day(match: re.Match[str]) -> datetime:
    year = int(match["year"])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        message = f"the year {year} lies outside {_FIRST_YEAR} to {_LAST_YEAR}"
        raise EpochError(message, "correct the year")
    if match["day_of_year"]:
        days = int(match["day_of_year"])
        if not 1 <= days <= 365 + isleap(year):
            raise EpochError(f"day {days} of the year {year} does not exist")
        return datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=days - 1)
    try:
        return datetime(year, int(match["month"]), int(match["day"]), tzinfo=UTC)
    except ValueError as error:
        raise EpochError(f"'{shown(match[0])}' is no day of the calendar") from error
