"""Numbers and instants as people read them; the tables hold them in full."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup

from satqkd.report.html.markup import joined, tag

THIN = "\u2009"
"""Between groups of three digits."""
UNITS = ((0, "bit"), (3, "kbit"), (6, "Mbit"), (9, "Gbit"), (12, "Tbit"))
"""Powers of ten and how an amount of key is called there."""
NOTHING = "–"
"""Where there is no value."""


def minus(text: str) -> str:
    """Write the sign of a negative number as the sign it is."""
    return text.replace("-", "\u2212")


def fixed(value: float | None, digits: int = 0) -> str:
    """Return a number with so many decimals.

    Examples
    --------
    >>> fixed(-12345.67, 1) == "\u221212\u2009345.7", fixed(None)
    (True, '–')
    """
    if value is None:
        return NOTHING
    return minus(f"{value + 0.0:,.{digits}f}".replace(",", THIN))


def kbit(bits: float | None) -> str:
    """Return an amount of key in kbit, one decimal below 10.

    Examples
    --------
    >>> kbit(5124), kbit(489642), kbit(0)
    ('5.1', '490', '0')
    """
    if bits is None:
        return NOTHING
    digits = 1 if 0 < abs(bits) < 9_950 else 0
    return fixed(bits / 1000.0, digits)


def bits_words(bits: float) -> str:
    """Return an amount of key to three digits with its unit.

    Examples
    --------
    >>> bits_words(7_326_800), bits_words(999_700), bits_words(512)
    ('7.33 Mbit', '1.00 Mbit', '512 bit')
    """
    fits = (one for one in UNITS if abs(bits) / 10.0 ** one[0] < 999.5)
    power, unit = next(fits, UNITS[-1])
    value = bits / 10.0**power
    if not power:
        return f"{value:.0f} {unit}"
    digits = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    return minus(f"{value:.{digits}f} {unit}")


def instant_of(text: str) -> datetime:
    """Read an instant of a table; a leap second counts as the second before it."""
    return datetime.fromisoformat(text.replace(":60", ":59"))


def zone_of(name: str) -> ZoneInfo | None:
    """Return a time zone; None where none is given, or it is not known here."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def day(when: datetime) -> str:
    """Return a day, such as ``Mon 19 Dec``, whatever the language of the machine."""
    return f"{DAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]}"


def time_cell(text: str, zone: ZoneInfo | None, *, form: str = "time") -> Markup:
    """Return an instant in UTC and on the clock of its station; the page shows one of them.

    Parameters
    ----------
    text
        As the table has it; nothing is shown of an empty one.
    zone
        Of the station; without one UTC is shown in either case.
    form
        ``time``, ``minute``, ``day``, or ``both``: day and minute. Where the clock is put back, and
        shows an hour twice, a time on it says how far it is from UTC.
    """
    if not text:
        return tag("span", NOTHING)
    utc = instant_of(text).astimezone(UTC)
    shown = _form(utc, form)
    local = f"{shown} UTC" if zone is None else _on_clock(utc, zone, form)
    return tag("time", *two_zones(shown, local), datetime=text)


def two_zones(utc: str | Markup, local: str | Markup) -> tuple[Markup, Markup]:
    """Return both of two texts, of which the page shows one."""
    return tag("span", utc, class_="u"), tag("span", local, class_="l")


def zone_heading(label: str) -> Markup:
    """Return the heading of a column of instants, which says on which clock they are."""
    return joined((label, *two_zones(", UTC", ", station time")))


def zone_after(zone: ZoneInfo | None) -> Markup:
    """Return what follows an instant in a sentence, and says on which clock it is.

    Without a zone :func:`time_cell` says so itself where station time is shown.
    """
    return joined(two_zones(" UTC", "" if zone is None else " station time"))


def offset(when: datetime, zone: ZoneInfo) -> str:
    """Return how far a clock is from UTC, such as ``UTC+8`` or ``UTC+5:30``."""
    text = when.astimezone(zone).isoformat()[-6:]
    hours, minutes = int(text[1:3]), text[4:6]
    return minus(f"UTC{text[0]}{hours}") + ("" if minutes == "00" else f":{minutes}")


def twice(when: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock of a zone shows the time of an instant again, or did before.

    Examples
    --------
    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> [twice(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), berlin) for hour in (0, 1, 2)]
    [True, True, False]
    """
    own = when.astimezone(zone)
    return own.utcoffset() != own.replace(fold=1 - own.fold).utcoffset()


def _on_clock(utc: datetime, zone: ZoneInfo, form: str) -> str:
    shown = _form(utc.astimezone(zone), form)
    return f"{shown} {offset(utc, zone)}" if form != "day" and twice(utc, zone) else shown


def _form(when: datetime, form: str) -> str:
    if form == "day":
        return day(when)
    if form == "minute":
        return f"{when:%H:%M}"
    return f"{when:%H:%M:%S}" if form == "time" else f"{day(when)} {when:%H:%M}"


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
