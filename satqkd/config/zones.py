"""What to write for a time zone that the IANA database does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

ALIKE: Final = 0.8
"""Names of cities less alike than this are taken for different cities (assumed)."""

_SHORT: Final = {
    "CET": ("Europe/Berlin",), "CEST": ("Europe/Berlin",), "MESZ": ("Europe/Berlin",),
    "MEZ": ("Europe/Berlin",), "WET": ("Europe/Lisbon",), "WEST": ("Europe/Lisbon",),
    "EET": ("Europe/Athens",), "EEST": ("Europe/Athens",), "MSK": ("Europe/Moscow",),
    "BST": ("Europe/London", "Asia/Dhaka"), "IST": ("Asia/Kolkata", "Asia/Jerusalem",
    "Europe/Dublin"), "SGT": ("Asia/Singapore",), "HKT": ("Asia/Hong_Kong",),
    "JST": ("Asia/Tokyo",), "KST": ("Asia/Seoul",), "CST": ("America/Chicago", "Asia/Shanghai"),
    "CDT": ("America/Chicago",), "EST": ("America/New_York", "Australia/Brisbane"),
    "EDT": ("America/New_York",), "MST": ("America/Denver", "America/Phoenix"),
    "MDT": ("America/Denver",), "PST": ("America/Los_Angeles", "Asia/Manila"),
    "PDT": ("America/Los_Angeles",), "AKST": ("America/Anchorage",),
    "AKDT": ("America/Anchorage",), "HST": ("Pacific/Honolulu",), "AST": ("America/Halifax",
    "Asia/Riyadh"), "AEST": ("Australia/Sydney", "Australia/Brisbane"),
    "AEDT": ("Australia/Sydney",), "ACST": ("Australia/Adelaide", "Australia/Darwin"),
    "AWST": ("Australia/Perth",), "NZST": ("Pacific/Auckland",), "NZDT": ("Pacific/Auckland",),
    "SAST": ("Africa/Johannesburg",), "EAT": ("Africa/Nairobi",), "CAT": ("Africa/Harare",),
    "WAT": ("Africa/Lagos",), "PKT": ("Asia/Karachi",), "GST": ("Asia/Dubai",),
    "BRT": ("America/Sao_Paulo",), "ART": ("America/Argentina/Buenos_Aires",),
    "CLT": ("America/Santiago",), "WIB": ("Asia/Jakarta",), "ICT": ("Asia/Bangkok",),
}  # fmt: skip
"""Zones that keep a clock of such a name (recalled; a test holds their offsets against the name's).
Several: the name is used in several countries."""

_OFFSET: Final = re.compile(
    r"(?:UTC|GMT|Z)?\s*([+\-\u2212])\s*(\d{1,2})(?::?(\d{2}))?(?:\s*h(?:ours?)?)?", re.IGNORECASE
)


def zone_fix(text: str) -> str:
    """Return what to write instead: never a zone on another clock than the one that was meant.

    Examples
    --------
    >>> zone_fix("CEST")
    "write the place whose clock it is, such as 'Europe/Berlin'"
    >>> zone_fix("Asia/Kolkatta")
    "write 'Asia/Kolkata'"
    """
    bare = text.strip()
    if bare.upper() in _SHORT:
        places = " or ".join(f"'{name}'" for name in _SHORT[bare.upper()])
        one = "such as" if len(_SHORT[bare.upper()]) == 1 else "which the letters do not say:"
        return f"write the place whose clock it is, {one} {places}"
    if found := _OFFSET.fullmatch(bare):
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return _for_offset(ahead if found[1] == "+" else -ahead)
    near = _spelt_alike(bare)
    if near:
        return f"write '{near}'"
    return (
        "write the name that the IANA database has for this clock, REGION/CITY of a large city in "
        "the same country; without 'timezone' local times are in UTC"
    )


def _for_offset(ahead: timedelta) -> str:
    hours = ahead / timedelta(hours=1)
    keep = "a clock that is put forward in summer needs the name of its place"
    if hours == int(hours) and -12 <= hours <= 14:
        name = f"Etc/GMT{-int(hours):+d}" if hours else "UTC"
        turned = f", whose sign is turned round: {hours:+g} h from UTC all year" if hours else ""
        return f"write '{name}'{turned}; {keep}"
    fixed = [name for name in sorted(available_timezones()) if _offsets(name) == (ahead, ahead)]
    places = [name for name in fixed if "/" in name and not name.startswith("Etc/")][:3]
    if not places:
        return "write the name of the place, such as REGION/CITY: no clock keeps this offset"
    return f"write {' or '.join(repr(name) for name in places)}, all year at this offset; {keep}"


def _spelt_alike(text: str) -> str:
    """Return the zone that is meant by a slip of the pen; empty where that is not clear."""
    folded = re.sub(r"\s+", "_", text).casefold()
    zones = available_timezones()
    same = sorted(name for name in zones if name.casefold() == folded)
    if same:
        return same[0]
    region, slash, city = folded.rpartition("/")
    if len(city) < 4:
        return ""
    cities = {
        name: name.casefold().rpartition("/")
        for name in zones
        if "/" in name and not name.startswith(("Etc/", "posix/", "right/"))
    }
    scored = {
        name: SequenceMatcher(None, city, own).ratio()
        for name, (place, _, own) in cities.items()
        if not slash or SequenceMatcher(None, region, place).ratio() >= ALIKE
    }
    near = {name: score for name, score in scored.items() if score >= ALIKE}
    if not near or not _one_clock(near):
        return ""
    return max(sorted(near), key=near.__getitem__)


def _one_clock(names: Iterable[str]) -> bool:
    return len({_offsets(name) for name in names}) == 1


@cache
def _offsets(name: str) -> tuple[timedelta, timedelta]:
    """Return what a zone is ahead of UTC in January and in July."""
    zone = ZoneInfo(name)
    winter, summer = (
        datetime(2026, month, 15, 12, tzinfo=UTC).astimezone(zone).utcoffset() for month in (1, 7)
    )
    return winter or timedelta(), summer or timedelta()
