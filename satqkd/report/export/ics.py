"""Contacts as events of a calendar (iCalendar)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from satqkd.errors import SatqkdError
from satqkd.report.export.printable import visible

ALARMS_MIN: Final = (30, 10)
"""So long before an event it is told of. [min]"""

AGAIN_MIN: Final = 60
"""How often who subscribes is asked to look again; a plan is made once a day. [min]"""

MAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}")
"""A mail address that can stand in a feed."""

LONGEST_LINE: Final = 75
"""Longest line, its end left out [RFC 5545, section 3.1]. [octets]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One contact in a calendar."""

    contact_key: str
    """Stays the same on replans, so that an event is updated and not doubled."""
    start: datetime
    """When the stations begin to prepare, with its zone."""
    end: datetime
    """When the satellite sets, with its zone."""
    summary: str
    description: str
    location: str = ""
    place_deg: tuple[float, float] | None = None
    """Latitude and longitude; None where there are several. [°]"""
    status: str = "TENTATIVE"
    """``TENTATIVE`` (planned), ``CONFIRMED`` (committed) or ``CANCELLED``."""
    sequence: int = 0
    """How often it has been changed."""


def require_mail(text: str) -> str:
    """Return a mail address.

    Raises
    ------
    SatqkdError
        If it is none.
    """
    if not MAIL.fullmatch(text):
        raise SatqkdError(
            f"{text[:80]!r} is no mail address\n  fix: write one, such as ops@example.org"
        )
    return text


def updated(
    events: Sequence[CalendarEvent],
    *,
    sequence: Mapping[str, int] | None = None,
    committed: Collection[str] = (),
    cancelled: Sequence[CalendarEvent] = (),
) -> list[CalendarEvent]:
    """Say of events what a ledger knows, all by contact key.

    Parameters
    ----------
    events
        Contacts of the plan.
    sequence
        How many plans have changed each contact; 0 where it is not named.
    committed
        Contacts that are committed.
    cancelled
        Events of contacts that were dropped, which those who hold an older calendar have to hear
        of. One that is in the plan again is not cancelled.

    Returns
    -------
    list of CalendarEvent
        In order of time.
    """
    numbers = sequence or {}
    here = {one.contact_key for one in events}
    found = [
        replace(one, status="CONFIRMED") if one.contact_key in committed else one for one in events
    ]
    found += [
        replace(one, status="CANCELLED", summary=f"Cancelled: {one.summary}")
        for one in cancelled
        if one.contact_key not in here
    ]
    found = [replace(one, sequence=numbers.get(one.contact_key, one.sequence)) for one in found]
    return sorted(found, key=lambda one: (one.start, one.contact_key))


def calendar(
    events: Sequence[CalendarEvent],
    *,
    mission: str,
    name: str,
    issued: datetime,
    zone: str | None = None,
    feed: str | None = None,
) -> bytes:
    """Write a calendar.

    Parameters
    ----------
    events
        What it holds.
    mission
        Name of the mission in the letters of :func:`~satqkd.forecast.contact_id.slug`: of each
        event's identity.
    name
        What the calendar is called.
    issued
        When what it says was known.
    zone
        IANA name of the zone in which it is to be shown; None for the reader's own.
    feed
        Mail address of who publishes it, for a file that people subscribe to: it says then that
        it is published [2]_ and how often to look again [3]_. None for a file that is handed over.

    References
    ----------
    .. [1] B. Desruisseaux (ed.), RFC 5545, *iCalendar*, 2009.
    .. [2] C. Daboo (ed.), RFC 5546, *iTIP*, 2009, section 3.2.1: each event names its organizer.
    .. [3] C. Daboo, RFC 7986, *New Properties for iCalendar*, 2016, section 5.7.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//satqkd//hand-over//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        *([] if feed is None else _published()),
        f"X-WR-CALNAME:{_escaped(name)}",
        *([] if zone is None else [f"X-WR-TIMEZONE:{zone}"]),
        *(line for one in events for line in _lines(one, mission, issued, feed)),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def _published() -> Iterator[str]:
    """Content lines of a calendar that people subscribe to."""
    yield "METHOD:PUBLISH"
    yield f"REFRESH-INTERVAL;VALUE=DURATION:PT{AGAIN_MIN}M"


def _lines(one: CalendarEvent, mission: str, issued: datetime, feed: str | None) -> Iterator[str]:
    """Content lines of one event, not folded."""
    yield "BEGIN:VEVENT"
    yield f"UID:{one.contact_key}@{mission}.satqkd"
    yield f"DTSTAMP:{_instant(issued)}"
    yield f"SEQUENCE:{one.sequence}"
    if feed is not None:
        yield f"ORGANIZER:mailto:{feed}"
    yield f"DTSTART:{_instant(one.start)}"
    yield f"DTEND:{_instant(one.end)}"
    yield f"SUMMARY:{_escaped(one.summary)}"
    if one.location:
        yield f"LOCATION:{_escaped(one.location)}"
    if one.place_deg is not None:
        yield f"GEO:{one.place_deg[0]:.6f};{one.place_deg[1]:.6f}"
    yield f"DESCRIPTION:{_escaped(one.description)}"
    yield f"STATUS:{one.status}"
    yield "CATEGORIES:QKD"
    for minutes in () if one.status == "CANCELLED" else ALARMS_MIN:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"TRIGGER:-PT{minutes}M"
        yield f"DESCRIPTION:{_escaped(one.summary)}"
        yield "END:VALARM"
    yield "END:VEVENT"


def _instant(moment: datetime) -> str:
    """Write an instant in UTC; parts of a second are left out."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """Write text as a value [RFC 5545, section 3.3.11]; characters that no value may hold go."""
    kept = (one for one in text if one in "\t\n" or (one >= " " and one != "\x7f"))
    text = "".join(one if one in "\t\n" else visible(one) for one in kept)
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(sign, written)
    return text


def folded(line: str) -> bytes:
    r"""Return a content line in pieces of at most 75 octets, letters whole, with its end.

    Examples
    --------
    >>> [len(piece) for piece in folded("SUMMARY:" + "→" * 40).split(b"\r\n")]
    [74, 55, 0]
    """
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode("utf-8")
        if len(piece) + len(octets) > LONGEST_LINE:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
