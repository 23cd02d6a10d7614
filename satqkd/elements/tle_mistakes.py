"""What can be wrong with one line of an element set, in the words of its fields."""

from __future__ import annotations

import math
from calendar import isleap
from collections.abc import Iterator
from typing import Final, NamedTuple

from satqkd.constants import DAY_S, EARTH_GM_M3_S2, WGS84_RADIUS_M
from satqkd.elements.tle_layout import (
    ANOMALY,
    CATALOGUE_NUMBER,
    ECCENTRICITY,
    EPHEMERIS_TYPE,
    EPOCH_DAY,
    EPOCH_YEAR,
    INCLINATION,
    LINE_1,
    LINE_LENGTH,
    MEAN_MOTION,
    NODE,
    PERIGEE,
    Field,
    Layout,
    checksum,
    full_year,
)

MIN_MEAN_MOTION: Final = 0.03
"""Slower than the Moon, which takes 27.3 days or 0.0366 rev/day. [rev/day]"""
MAX_MEAN_MOTION: Final = 17.1
"""Faster than the 17.04 rev/day of a circular orbit at ground level. [rev/day]"""
MIN_PERIGEE_HEIGHT_M: Final = -300_000.0
"""Assumed: decaying objects were published with mean perigees some 50 km under the ground. [m]"""

_AGAIN: Final = "download the element set again"
_LONGEST_SHOWN: Final = 100
"""Longest line shown whole. [characters]"""


class Mistake(NamedTuple):
    """One mistake in a line."""

    column: int
    message: str
    fix: str


def shown(text: str) -> str:
    r"""Return a line as it may be shown on a terminal, each character still in its column.

    Examples
    --------
    >>> shown("1 25544U\x1b[31m")
    '1 25544U␛[31m'
    """
    if len(text) > _LONGEST_SHOWN:
        text = text[: _LONGEST_SHOWN - 1] + "…"
    return text if text.isprintable() else "".join(map(_stand_in, text))


def unprintable(text: str) -> Iterator[Mistake]:
    """Yield the first character that acts instead of showing."""
    for i, char in enumerate(text):
        if not char.isprintable():
            what = "tab" if char == "\t" else "control character"
            message = f"{what} U+{ord(char):04X} in column {i + 1}"
            yield Mistake(i + 1, message, "put a blank in its place, or delete it")
            return


def line_mistakes(line: str, layout: Layout) -> list[Mistake]:
    """Return everything that is wrong with line 1 or line 2 taken by itself."""
    if not layout.fits(line):
        return list(_layout_mistakes(line, layout))
    mistakes = list(_checksum_mistake(line))
    mistakes += _line_1_mistakes(line) if layout is LINE_1 else _line_2_mistakes(line)
    return mistakes


def perigee_height_m(rev_per_day: float, eccentricity: float) -> float:
    """Return the height of the perigee above the equator, by Kepler's third law. [m]"""
    motion_rad_s = rev_per_day * 2.0 * math.pi / DAY_S
    return math.cbrt(EARTH_GM_M3_S2 / motion_rad_s**2) * (1 - eccentricity) - WGS84_RADIUS_M


def _stand_in(char: str) -> str:
    if char.isprintable():
        return char
    if char == "\x7f":
        return "␡"
    return chr(0x2400 + ord(char)) if char < " " else "\ufffd"


def _layout_mistakes(line: str, layout: Layout) -> Iterator[Mistake]:
    hidden = list(unprintable(line))
    if hidden:
        yield from hidden
    elif not line.startswith(f"{layout.number} "):
        yield Mistake(
            1,
            f"this should be line {layout.number} of an element set, "
            f"but does not begin with '{layout.number} '",
            f"put '{layout.number} ' into columns 1 and 2, or {_AGAIN}",
        )
    elif len(line) != LINE_LENGTH:
        yield _wrong_length(line)
    else:
        yield from filter(None, (_field_mistake(line, field) for field in layout.fields))
        for column in layout.blank_columns:
            if line[column - 1] != " ":
                yield Mistake(
                    column,
                    f"column {column} must be blank, is '{line[column - 1]}'",
                    f"put every field back into its columns, or {_AGAIN}",
                )


def _wrong_length(line: str) -> Mistake:
    length = len(line)
    message = f"the line has {length} columns, not {LINE_LENGTH}"
    if sum(map(str.isdigit, line)) < 10:
        return Mistake(
            min(length, LINE_LENGTH) + 1,
            message,
            f"if this is a name, write '0 ' before it; otherwise {_AGAIN}",
        )
    if length < LINE_LENGTH:
        return Mistake(length + 1, message, f"restore what was lost, or {_AGAIN}")
    extra = line[LINE_LENGTH:]
    what = f"'{shown(extra)}' follows" if extra.strip() else "blanks follow"
    return Mistake(
        LINE_LENGTH + 1,
        f"{message}: {what} the checksum",
        f"delete everything after column {LINE_LENGTH} if the rest is in its columns, or {_AGAIN}",
    )


def _field_mistake(line: str, field: Field) -> Mistake | None:
    if field.fits(line):
        return None
    text = field.text(line)
    if field is CATALOGUE_NUMBER and text[0] in "IO" and text[1:].isdigit():
        return Mistake(
            field.first,
            f"the catalogue number '{text}' begins with {text[0]}, which alpha-5 leaves out",
            f"write {'1' if text[0] == 'I' else '0'} if the digit was meant, or {_AGAIN}",
        )
    if field is EPHEMERIS_TYPE:
        return _ephemeris_mistake(text)
    what = f"is '{text}'" if text.strip() else "is blank"
    return Mistake(
        field.first,
        f"{field.name} ({field.place}) {what}; it must be {field.shape}",
        f"put every field back into its columns, or {_AGAIN}",
    )


def _checksum_mistake(line: str) -> Iterator[Mistake]:
    due = checksum(line)
    if line[-1] != str(due):
        yield Mistake(
            LINE_LENGTH,
            f"checksum is {line[-1]}, the digits sum to {due}",
            f"{_AGAIN}; a character of this line was altered",
        )


def _ephemeris_mistake(text: str) -> Mistake:
    if text == "4":
        return Mistake(
            EPHEMERIS_TYPE.first,
            "ephemeris type 4 marks SGP4-XP elements, which SGP4 would propagate wrongly",
            "ask the source for SGP4 elements (ephemeris type 0)",
        )
    return Mistake(
        EPHEMERIS_TYPE.first,
        f"ephemeris type is '{text}'; only SGP4 elements, marked 0 or blank, can be used",
        "ask the source for SGP4 elements (ephemeris type 0)",
    )


def _line_1_mistakes(line: str) -> Iterator[Mistake]:
    year = full_year(EPOCH_YEAR.text(line))
    day, days = int(line[20:23]), 366 if isleap(year) else 365
    if not 1 <= day <= days:
        yield Mistake(
            EPOCH_DAY.first,
            f"epoch day {day} does not exist: {year} has the days 1 to {days}",
            _AGAIN,
        )
    if line[62] not in " 0":
        yield _ephemeris_mistake(line[62])


def _line_2_mistakes(line: str) -> Iterator[Mistake]:
    yield from _angle_mistakes(line)
    rev_per_day = float(MEAN_MOTION.text(line))
    if not MIN_MEAN_MOTION <= rev_per_day <= MAX_MEAN_MOTION:
        why = "slower than the Moon" if rev_per_day < MIN_MEAN_MOTION else "inside the Earth"
        yield Mistake(
            MEAN_MOTION.first,
            f"mean motion of {rev_per_day:g} rev/day is no orbit of a satellite: {why}",
            f"{_AGAIN}; it must lie in [{MIN_MEAN_MOTION:g}, {MAX_MEAN_MOTION:g}]",
        )
        return
    eccentricity = float("0." + ECCENTRICITY.text(line))
    height_m = perigee_height_m(rev_per_day, eccentricity)
    if height_m < MIN_PERIGEE_HEIGHT_M:
        yield Mistake(
            ECCENTRICITY.first,
            f"eccentricity {eccentricity:.7f} puts the perigee {-height_m / 1e3:.0f} km "
            "under the ground",
            _AGAIN,
        )


def _angle_mistakes(line: str) -> Iterator[Mistake]:
    for field, limit in ((INCLINATION, 180), (NODE, 360), (PERIGEE, 360), (ANOMALY, 360)):
        degrees = float(field.text(line))
        if degrees > limit:
            yield Mistake(
                field.first, f"{field.name} is {degrees:g} degrees, more than {limit}", _AGAIN
            )
