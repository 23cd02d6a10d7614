"""Where everything stands in the two lines of an element set, and the digit that guards them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

LINE_LENGTH: Final = 69
"""Columns of each of the two lines."""

_CHECK_VALUES: Final = bytes(
    code - ord("0") if chr(code) in "0123456789" else int(chr(code) == "-") for code in range(256)
)
_ALPHA_5: Final = {letter: 10 + i for i, letter in enumerate("ABCDEFGHJKLMNPQRSTUVWXYZ")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a line."""

    name: str
    """What it is called in messages."""
    first: int
    """First column, counted from 1."""
    last: int
    """Last column, counted from 1."""
    pattern: str
    """Regular expression of everything it may hold."""
    shape: str
    """The same, for people."""

    def text(self, line: str) -> str:
        """Cut the field out of a line."""
        return line[self.first - 1 : self.last]

    def fits(self, line: str) -> bool:
        """Whether a line holds in this field what belongs there."""
        return re.fullmatch(self.pattern, self.text(line)) is not None

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        if self.first == self.last:
            return f"column {self.first}"
        return f"columns {self.first}-{self.last}"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One of the two lines: its fields in order, blanks between them."""

    number: str
    """What stands in column 1."""
    fields: tuple[Field, ...]
    """The fields, from left to right."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Expression that a line of this layout matches from end to end."""
        text, column = "", 1
        for field in self.fields:
            text += " " * (field.first - column) + f"(?:{field.pattern})"
            column = field.last + 1
        return re.compile(text)

    @cached_property
    def blank_columns(self) -> tuple[int, ...]:
        """Columns, counted from 1, that separate fields."""
        taken = {column for f in self.fields for column in range(f.first, f.last + 1)}
        return tuple(column for column in range(1, LINE_LENGTH + 1) if column not in taken)

    def fits(self, line: str) -> bool:
        """Whether every column of a line holds what belongs there."""
        return self.pattern.fullmatch(line) is not None


def _right_aligned(width: int) -> str:
    return "|".join(" " * (width - n) + f"[0-9]{{{n}}}" for n in range(width, 0, -1))


def _angle(name: str, first: int) -> Field:
    return Field(
        name=name,
        first=first,
        last=first + 7,
        pattern=rf"(?:{_right_aligned(3)})\.[0-9]{{4}}",
        shape="degrees as DDD.DDDD",
    )


def _power_of_ten(name: str, first: int) -> Field:
    return Field(
        name=name,
        first=first,
        last=first + 7,
        pattern="[ +-][0-9]{5}[+-][0-9]",
        shape="a sign or blank, 5 digits, the sign and digit of the power of ten",
    )


def _line_number(number: str) -> Field:
    return Field(name="line number", first=1, last=1, pattern=number, shape=number)


CATALOGUE_NUMBER: Final = Field(
    name="catalogue number",
    first=3,
    last=7,
    pattern="[0-9A-HJ-NP-Z][0-9]{4}",
    shape="5 digits, the first of which may be a capital letter other than I and O",
)
_CHECKSUM: Final = Field(name="checksum", first=69, last=69, pattern="[0-9]", shape="1 digit")

INCLINATION: Final = _angle("inclination", 9)
NODE: Final = _angle("right ascension of the node", 18)
ECCENTRICITY: Final = Field(
    name="eccentricity",
    first=27,
    last=33,
    pattern="[0-9]{7}",
    shape="7 digits, the decimal point before them left out",
)
PERIGEE: Final = _angle("argument of perigee", 35)
ANOMALY: Final = _angle("mean anomaly", 44)
MEAN_MOTION: Final = Field(
    name="mean motion",
    first=53,
    last=63,
    pattern=r"[0-9 ][0-9]\.[0-9]{8}",
    shape="revolutions per day as DD.DDDDDDDD",
)
EPOCH_YEAR: Final = Field(
    name="epoch year", first=19, last=20, pattern="[0-9]{2}", shape="2 digits"
)
EPOCH_DAY: Final = Field(
    name="epoch day",
    first=21,
    last=32,
    pattern=r"[0-9]{3}\.[0-9]{8}",
    shape="a day of the year as DDD.DDDDDDDD",
)
EPHEMERIS_TYPE: Final = Field(
    name="ephemeris type", first=63, last=63, pattern="[0-9 ]", shape="0 or blank"
)
DESIGNATOR: Final = Field(
    name="international designator",
    first=10,
    last=17,
    pattern="[0-9]{5}(?:[A-Z]  |[A-Z]{2} |[A-Z]{3})| {8}",
    shape="year, launch and piece such as '16051A  ', or all blank",
)
RATE: Final = Field(
    name="first derivative of the mean motion",
    first=34,
    last=43,
    pattern=r"[ +-]\.[0-9]{8}",
    shape="a sign or blank, then .DDDDDDDD",
)
SECOND_RATE: Final = _power_of_ten("second derivative of the mean motion", 45)
DRAG_TERM: Final = _power_of_ten("drag term B*", 54)
ELEMENT_SET_NUMBER: Final = Field(
    name="element set number",
    first=65,
    last=68,
    pattern=_right_aligned(4),
    shape="a number of up to 4 digits, to the right",
)
REVOLUTION_NUMBER: Final = Field(
    name="revolution number",
    first=64,
    last=68,
    pattern=_right_aligned(5),
    shape="a number of up to 5 digits, to the right",
)

LINE_1: Final = Layout(
    number="1",
    fields=(
        _line_number("1"),
        CATALOGUE_NUMBER,
        Field(name="classification", first=8, last=8, pattern="[UCS]", shape="U, C or S"),
        DESIGNATOR,
        EPOCH_YEAR,
        EPOCH_DAY,
        RATE,
        SECOND_RATE,
        DRAG_TERM,
        EPHEMERIS_TYPE,
        ELEMENT_SET_NUMBER,
        _CHECKSUM,
    ),
)
"""Line 1, after D. A. Vallado et al., AIAA 2006-6753, appendix, and space-track.org (recalled)."""

LINE_2: Final = Layout(
    number="2",
    fields=(
        _line_number("2"),
        CATALOGUE_NUMBER,
        INCLINATION,
        NODE,
        ECCENTRICITY,
        PERIGEE,
        ANOMALY,
        MEAN_MOTION,
        REVOLUTION_NUMBER,
        _CHECKSUM,
    ),
)
"""Line 2, from the same sources."""


def checksum(line: str) -> int:
    """Return the digit that belongs in column 69.

    It is the last digit of the sum of all digits in columns 1 to 68, each minus sign counting 1.

    Examples
    --------
    >>> checksum("2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 1916")
    4
    """
    body = line[: LINE_LENGTH - 1].encode("ascii", "replace")
    return sum(body.translate(_CHECK_VALUES)) % 10


def catalogue_number(text: str) -> int:
    """Return the number that five characters stand for, the first of which may be a letter.

    Letters count on from 10 without I and O ("alpha-5"), so that Z9999 is 339999.

    Examples
    --------
    >>> catalogue_number("41731"), catalogue_number("A0001"), catalogue_number("Z9999")
    (41731, 100001, 339999)
    """
    return _ALPHA_5.get(text[0], 0) * 10_000 + int(text[1:] if text[0] in _ALPHA_5 else text)


def full_year(two_digits: str) -> int:
    """Return the year that two digits stand for: 57 to 99 are 1957 to 1999, 00 to 56 the 2000s.

    Examples
    --------
    >>> full_year("57"), full_year("56")
    (1957, 2056)
    """
    year = int(two_digits)
    return year + (1900 if year >= 57 else 2000)
