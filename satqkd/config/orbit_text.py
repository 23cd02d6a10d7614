"""Orbits as people write them."""

from __future__ import annotations

import re

from satqkd.config.mistake import Mistake, quoted
from satqkd.elements.synthetic import LocalTime, WalkerPattern

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_PATTERN = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?) *: *([0-9]{1,6})/([0-9]{1,6})/([0-9]{1,6})")


def parse_local_time(text: str) -> LocalTime:
    """Read a local time of day.

    Examples
    --------
    >>> parse_local_time("22:30")
    22.5
    """
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        raise Mistake(f"{quoted(text)} is no time of day", "write hours and minutes as '22:30'")
    return LocalTime(int(found[1]) + int(found[2]) / 60.0 + int(found[3] or 0) / 3600.0)


def parse_walker(text: str) -> WalkerPattern:
    """Read Walker's notation: inclination in degrees, satellites, planes, phasing.

    Examples
    --------
    >>> parse_walker("97.6:12/3/1")
    WalkerPattern(inclination_deg=97.6, satellites=12, planes=3, phasing=1)
    """
    found = _PATTERN.fullmatch(text.strip())
    if not found:
        raise Mistake(
            f"{quoted(text)} is no Walker pattern",
            "write inclination:satellites/planes/phasing, such as '97.6:12/3/1'",
        )
    return WalkerPattern(float(found[1]), int(found[2]), int(found[3]), int(found[4]))
