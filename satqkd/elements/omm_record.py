"""One orbit mean-elements message as text: keywords and values, nothing believed yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from satqkd.elements.tle_mistakes import shown
from satqkd.errors import Finding

METADATA: Final = ("CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "MEAN_ELEMENT_THEORY")
"""What the elements mean. JSON and CSV of CelesTrak leave it out."""

REQUIRED: Final = (
    "EPOCH",
    "MEAN_MOTION",
    "ECCENTRICITY",
    "INCLINATION",
    "RA_OF_ASC_NODE",
    "ARG_OF_PERICENTER",
    "MEAN_ANOMALY",
)
"""What SGP4 cannot do without."""

TLE_BLOCK: Final = (
    "EPHEMERIS_TYPE",
    "CLASSIFICATION_TYPE",
    "ELEMENT_SET_NO",
    "REV_AT_EPOCH",
    "MEAN_MOTION_DOT",
    "MEAN_MOTION_DDOT",
)
"""What stands beside the catalogue number and B* in the block for TLEs, which a message need not
have. Where some of it is there B* has to be there too: such a message was cut off."""

OPTIONAL: Final = (
    "CCSDS_OMM_VERS",
    "OBJECT_NAME",
    "OBJECT_ID",
    "NORAD_CAT_ID",
    "BSTAR",
    *TLE_BLOCK,
)
"""What is read when it is there."""

KEYWORDS: Final = frozenset((*METADATA, *REQUIRED, *OPTIONAL))
"""Every keyword that is looked at."""

XP_DRAG: Final = ("BTERM", "AGOM")
"""Drag and radiation pressure of SGP4-XP, which SGP4 does not know."""

UNUSED: Final = re.compile(
    "COMMENT|CREATION_DATE|ORIGINATOR|CLASSIFICATION|MESSAGE_ID|REF_FRAME_EPOCH|GM|MASS|"
    "SEMI_MAJOR_AXIS|SEMIMAJOR_AXIS|(?:SOLAR_RAD|DRAG)_(?:AREA|COEFF)|COV_REF_FRAME|"
    "C[XYZ](?:_DOT)?_[XYZ](?:_DOT)?|USER_DEFINED.*|PERIOD|APOAPSIS|PERIAPSIS|OBJECT_TYPE|RCS_SIZE|"
    "COUNTRY_CODE|LAUNCH_DATE|SITE|DECAY_DATE|DECAYED|FILE|FILE_NUMBER|GP_ID|TLE_LINE[0-2]|RMS|"
    "DATA_SOURCE|OBJECT_NUMBER|ORDINAL|"
    "(?:(?:ndm|omm|header|body|segment|metadata|data|meanElements|tleParameters|"
    "spacecraftParameters|covarianceMatrix|userDefinedParameters)(?:/.*)?)"
)
"""Keywords that a message may have and SGP4 does not need, after CCSDS 502.0-B-3, CelesTrak and
Space-Track (recalled)."""

Place = tuple[int, int]
"""Line and column, counted from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The keywords of one message and the text of their values."""

    file: str
    """What the file is called in findings."""
    line: int
    """Line where the message begins."""
    values: Mapping[str, str]
    """Text by keyword; blank where the message says nothing."""
    place: Callable[[str], Place]
    """Tells where a keyword or its value stands."""
    units: Mapping[str, str]
    """Units by keyword, where the message names them."""
    findings: tuple[Finding, ...] = ()
    """What was already wrong with the form of the message."""
    states_metadata: bool
    """Whether this form of the message always says what its elements mean."""

    def finding(self, keyword: str, message: str, fix: str) -> Finding:
        """Put a mistake at the place of a keyword."""
        line, column = self.place(keyword)
        return Finding(
            file=self.file, line=line, column=column, where=keyword, message=message, fix=fix
        )


@dataclass(slots=True)
class Reading:
    """A text that is read from its beginning to its end, and the line that is reached."""

    text: str
    file: str
    at: int = 0
    line: int = 1
    line_start: int = 0

    def go(self, at: int) -> None:
        """Move on, never back; lines are counted on the way, each once."""
        ends = self.text.count("\n", self.at, at)
        if ends:
            self.line += ends
            self.line_start = self.text.rindex("\n", self.at, at) + 1
        self.at = at

    def place(self, at: int) -> Place:
        """Tell where a character stands that lies at or behind :attr:`at`."""
        ends = self.text.count("\n", self.at, at)
        start = self.text.rindex("\n", self.at, at) + 1 if ends else self.line_start
        return self.line + ends, at - start + 1

    def finding(self, at: int, message: str, fix: str) -> Finding:
        """Put a mistake at a character at or behind :attr:`at`."""
        line, column = self.place(at)
        return Finding(file=self.file, line=line, column=column, message=message, fix=fix)


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text with their numbers, without holding all of them."""
    number, start = 1, 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield number, text[start:end]
        number, start = number + 1, end + 1


def repeated(keyword: str, *, file: str, place: Place, first: Place | None = None) -> Finding:
    """Say that a keyword stands twice in one message."""
    since = f"; it stands in line {first[0]} already" if first else ""
    return Finding(
        file=file,
        line=place[0],
        column=place[1],
        where=shown(keyword),
        message=f"given twice in one record{since}",
        fix="delete the one that is wrong, or download the file again",
    )
