"""The words of an orbit ephemeris message, understood one by one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

import numpy as np

from satqkd.elements.interpolation import METHODS, states_needed
from satqkd.elements.oem_text import Complaints, RawSegment, Row, Word
from satqkd.elements.trajectory import Frame, Instants, TimeSystem
from satqkd.units import FloatArray

ASK: Final = "ask the sender for the file again"
"""What to do about a table that contradicts itself."""

_NONE: Final = Word("", 0)

MJD_ZERO: Final = date(1858, 11, 17)
"""Calendar date of modified Julian date zero."""

FRAMES: Final[dict[str, Frame]] = {
    "GCRF": "GCRF", "ICRF": "GCRF", "EME2000": "EME2000", "J2000": "EME2000", "TEME": "TEME",
    "TEMEOFDATE": "TEME", "TOD": "TOD", "TOD_EARTH": "TOD",
}  # fmt: skip
"""``REF_FRAME`` as written and the frame it means; besides these, every ITRF."""

CLOCKS: Final[tuple[TimeSystem, ...]] = ("UTC", "TAI", "TT", "GPS")
"""``TIME_SYSTEM`` that can be turned into UTC by counting seconds."""

DEFAULT_INTERPOLATION: Final = ("HERMITE", 7)
"""Where the header names none; assumed. Within millimetres for states 4 min apart at 400 km."""

DEGREES: Final = (3, 25)
"""Lowest and highest degree that can follow an orbit: a straight line leaves a low orbit by
kilometres within a minute."""

STRAIGHT_S: Final = 3.0
"""Between states so near straight lines are meant well: they stay within 10 m of a low orbit, by
g h²/8, and the states are joined better than that. [s]"""

_INSTANT: Final = re.compile(
    r"(\d{4})-(?:(\d{2})-(\d{2})|(\d{3}))T(\d{2}):(\d{2}):(\d{2}(?:\.\d{1,18})?)(?:Z|[+-]00:?00)?",
    re.ASCII,
)


def frame_of(raw: RawSegment, complaints: Complaints) -> Frame | None:
    """Return the frame a segment refers to; None where it cannot be used."""
    word = raw.metadata.get("REF_FRAME")
    if word is None:
        return None
    name = word.text.upper()
    frame: Frame | None = "ITRF" if name.startswith("ITRF") else FRAMES.get(name)
    if frame is None:
        complaints.add(
            word.line,
            f"REF_FRAME {word.text[:40]} is no frame satqkd can use",
            f"ask the sender for ITRF; {', '.join(FRAMES)} can be used as well",
        )
    elif frame in {"TEME", "TOD"} and (epoch := raw.metadata.get("REF_FRAME_EPOCH")):
        complaints.add(
            epoch.line,
            f"{frame} held fast at an epoch is no frame satqkd can use",
            f"ask the sender for ITRF, or for {frame} of date without REF_FRAME_EPOCH",
        )
    return frame


def clock_and_centre(raw: RawSegment, complaints: Complaints) -> None:
    """Complain about a clock or a centre that cannot be used."""
    clock, centre = raw.metadata.get("TIME_SYSTEM"), raw.metadata.get("CENTER_NAME")
    if clock and clock.text.upper() not in CLOCKS:
        complaints.add(
            clock.line,
            f"TIME_SYSTEM {clock.text[:20]} cannot be turned into UTC exactly",
            f"ask the sender for one of: {', '.join(CLOCKS)}",
        )
    if centre and centre.text.upper() != "EARTH":
        complaints.add(
            centre.line, f"CENTER_NAME is {centre.text[:20]}", "only EARTH can be looked at from it"
        )


def interpolation(raw: RawSegment, complaints: Complaints) -> tuple[str, int]:
    """Method and degree of the header, or the default if it names none."""
    method, degree = raw.metadata.get("INTERPOLATION"), raw.metadata.get("INTERPOLATION_DEGREE")
    if method is None:
        if degree is not None:
            message = "INTERPOLATION_DEGREE stands without INTERPOLATION"
            complaints.add(degree.line, message, f"add one of: {', '.join(METHODS)}")
        name, number = DEFAULT_INTERPOLATION
    elif _straight(method, degree) and _dense(raw):
        name, number = "HERMITE", min(DEFAULT_INTERPOLATION[1], 2 * len(raw.rows) - 1)
        complaints.warn(
            method.line,
            "asks for straight lines between its states, which are near enough for "
            f"{name} of degree {number}: that is used",
        )
    else:
        name, number = method.text.upper(), _degree(method, degree, complaints)
    if number and (count := states_needed(name, number)) > len(raw.rows):
        message = f"{name} of degree {number} needs {count} states; here are {len(raw.rows)}"
        complaints.add(raw.line, message, "ask the sender for a longer ephemeris")
    return name, number


def _straight(method: Word, degree: Word | None) -> bool:
    """Tell whether a header asks for straight lines."""
    low = degree is not None and degree.text in {"1", "2"}
    return (method.text.upper() == "LINEAR" and (degree is None or low)) or (
        low and method.text.upper() in METHODS
    )


def _dense(raw: RawSegment) -> bool:
    """Tell whether states follow each other so soon that straight lines would do."""
    own = Complaints("")
    times = instants([Word(row.fields[0], row.line) for row in raw.rows], own)
    if own.findings or times.mjd.size < 2:
        return False
    return bool((np.diff(times.since(int(times.mjd[0]))) <= STRAIGHT_S).all())


def _degree(method: Word, degree: Word | None, complaints: Complaints) -> int:
    """Return the degree; 0 where method or degree cannot be used."""
    low, high = DEGREES
    fix = f"use one of {', '.join(METHODS)}; without INTERPOLATION, {DEFAULT_INTERPOLATION[0]} "
    fix += f"of degree {DEFAULT_INTERPOLATION[1]} is used"
    if method.text.upper() not in METHODS:
        message = f"INTERPOLATION {method.text[:20]} cannot follow an orbit in these steps"
        complaints.add(method.line, message, fix)
    elif degree is None:
        message = "INTERPOLATION_DEGREE is missing"
        complaints.add(method.line, message, f"give one from {low} to {high}")
    elif not degree.text.isdecimal() or not low <= int(degree.text[:9]) <= high:
        message = f"INTERPOLATION_DEGREE '{degree.text[:20]}' cannot follow an orbit"
        complaints.add(degree.line, message, f"give a whole number from {low} to {high}")
    else:
        return int(degree.text)
    return 0


def spans(raw: RawSegment, complaints: Complaints) -> tuple[Instants, Instants]:
    """First and last instant of the segment, and those between which it may be used."""
    start, stop = (raw.metadata.get(keyword, _NONE) for keyword in ("START_TIME", "STOP_TIME"))
    whole = instants([word for word in (start, stop) if word is not _NONE], complaints)
    limits = [
        raw.metadata.get("USEABLE_START_TIME", start),
        raw.metadata.get("USEABLE_STOP_TIME", stop),
    ]
    own = Complaints("") if limits == [start, stop] else complaints
    return whole, instants([word for word in limits if word is not _NONE], own)


def instants(words: list[Word], complaints: Complaints) -> Instants:
    """Read many dates and times."""
    pairs = [instant(word, complaints) for word in words]
    return Instants(
        mjd=np.array([day for day, _ in pairs], dtype=np.int64),
        second_s=np.array([second for _, second in pairs]),
    )


def instant(word: Word, complaints: Complaints) -> tuple[int, float]:
    """Read a date or day of the year with its time: modified Julian date [d] and second [s]."""
    found = _INSTANT.fullmatch(word.text)
    try:
        if found is None:
            raise ValueError  # noqa: TRY301 -- one complaint for both kinds of mistake
        year, month, day, day_of_year, hour, minute, second = found.groups()
        first = date(int(year), int(month or 1), int(day or 1))
        when = first + timedelta(days=int(day_of_year or 1) - 1)
        sound = when.year == int(year) and int(hour) < 24 and int(minute) < 60
        if not sound or float(second) >= (61 if (hour, minute) == ("23", "59") else 60):
            raise ValueError  # noqa: TRY301
    except ValueError:
        message = f"'{word.text[:40]}' is no date and time"
        complaints.add(word.line, message, "write it as 2016-12-19T00:00:00.000")
        return 0, 0.0
    return (when - MJD_ZERO).days, int(hour) * 3600 + int(minute) * 60 + float(second)


def numbers(rows: list[Row], complaints: Complaints) -> FloatArray:
    """Positions and velocities as they are written, shape (6, n)."""
    try:
        numbers = np.array([row.fields[1:] for row in rows], dtype=np.float64)
    except ValueError:
        numbers = np.array([[_number(text) for text in row.fields[1:]] for row in rows])
    for index in np.flatnonzero(~np.isfinite(numbers).all(axis=-1))[:20]:
        row = rows[index]
        wrong = [text for text in row.fields[1:] if not np.isfinite(_number(text))]
        complaints.add(row.line, f"'{wrong[0][:40]}' is no number", ASK)
    return numbers.reshape(-1, 6).T


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan
