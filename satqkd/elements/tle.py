"""Two-line and three-line element sets, read strictly.

SGP4 propagates whatever it is given, so nothing reaches it that was not understood: a mistake
anywhere refuses the whole file, and all mistakes are told together.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from sgp4.api import WGS72, Satrec

from satqkd.elements.propagation import failure_text
from satqkd.elements.satellite import ElementSet
from satqkd.elements.tle_habits import end_mark, habits_text, tidied
from satqkd.elements.tle_layout import (
    CATALOGUE_NUMBER,
    DESIGNATOR,
    LINE_1,
    LINE_2,
    Layout,
    catalogue_number,
    full_year,
)
from satqkd.elements.tle_mistakes import Mistake, line_mistakes, shown, unprintable
from satqkd.errors import Finding, InputError, SatqkdWarning

MAX_FINDINGS: Final = 1000
"""A file with more mistakes than this is not read to its end."""

LONGEST_NAME: Final = 100
"""Longest name of an object; the format's own limit of 24 is widely ignored."""


class _Line(NamedTuple):
    number: int
    text: str


class _Entry(NamedTuple):
    name: _Line | None
    first: _Line | None
    second: _Line | None


def parse_tle(text: str, *, file: str) -> tuple[ElementSet, ...]:
    r"""Read every element set of a text of two-line or three-line sets.

    Parameters
    ----------
    text
        Content of the file. Blank lines, lines that begin with ``#``, a byte-order mark and any
        kind of line end are accepted; a name line may begin with ``0``. The files in which gpredict
        keeps a satellite (``TLE1=``, ``TLE2=``) are read too.
    file
        What the file is called in findings and in :attr:`ElementSet.source`.

    Returns
    -------
    tuple of ElementSet
        In the order of the file; at least one.

    Raises
    ------
    InputError
        With every mistake of the file: line, column and what to do.

    Warns
    -----
    SatqkdWarning
        For lines that depart from the format in a way that can mean one thing only, see
        :mod:`satqkd.elements.tle_habits`; once, with counts.

    References
    ----------
    .. [1] D. A. Vallado, P. Crawford, R. Hujsak and T. S. Kelso, "Revisiting Spacetrack Report
       #3", AIAA 2006-6753, for the columns, the constants (WGS72) and the propagator.
    .. [2] space-track.org, "Alpha-5", for catalogue numbers beyond 99999 (recalled).

    Examples
    --------
    >>> micius = parse_tle(
    ...     "0 MICIUS\n"
    ...     "1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991\n"
    ...     "2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164\n",
    ...     file="micius.tle",
    ... )[0]
    >>> micius.name, micius.norad_id, micius.cospar_id, micius.source
    ('MICIUS', 41731, '2016-051A', 'micius.tle:2')
    >>> micius.epoch.isoformat()
    '2016-12-19T13:39:33.153408+00:00'
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if _GPREDICT.match(text.lstrip()):
        lines = [_from_gpredict(line) for line in lines]
    habits = _Habits()
    element_sets: list[ElementSet] = []
    findings: list[Finding] = []
    elements_seen = False
    for written in _entries(lines, habits):
        entry = habits.tidy(written)
        elements_seen = elements_seen or bool(entry.first or entry.second)
        mistakes = list(_mistakes(entry))
        if not mistakes and entry.first and entry.second:
            element_set, mistakes = _element_set(entry.name, entry.first, entry.second, file)
            element_sets.append(element_set)
        findings += [_finding(line, mistake, file) for line, mistake in mistakes]
        if len(findings) >= MAX_FINDINGS:
            findings.append(_gave_up(findings[-1]))
            break
    if not elements_seen:
        raise InputError([_no_elements(lines, file)])
    if findings:
        raise InputError(findings)
    if habits.seen:
        warnings.warn(habits_text(habits.seen, habits.first, file), SatqkdWarning, stacklevel=2)
    return tuple(element_sets)


class _Habits:
    """Departures from the format that were understood: how often, and where first."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.first: dict[str, int] = {}

    def note(self, habit: str, line: int) -> None:
        self.seen[habit] += 1
        self.first.setdefault(habit, line)

    def tidy(self, entry: _Entry) -> _Entry:
        """Write both lines as the format asks, where that is clear."""
        first, second = self._tidy(entry.first, LINE_1), self._tidy(entry.second, LINE_2)
        return entry._replace(first=first, second=second)

    def _tidy(self, line: _Line | None, layout: Layout) -> _Line | None:
        if line is None or layout.fits(line.text):
            return line
        text, habits = tidied(line.text, layout)
        if not layout.fits(text):
            return line
        for habit in habits:
            self.note(habit, line.number)
        return line._replace(text=text)


_GPREDICT: Final = re.compile(r"\ufeff?\[Satellite\]")
_GPREDICT_LINE: Final = re.compile(r"(?:TLE[12]|NAME)=(.*)")


def _from_gpredict(line: str) -> str:
    """Take the value out of a line of a gpredict file; lines that hold no elements are blank."""
    found = _GPREDICT_LINE.match(line)
    return found[1].rstrip() if found else ""


def _entries(lines: list[str], habits: _Habits) -> Iterator[_Entry]:
    """Gather names and the lines that follow them, complete or not."""
    name: _Line | None = None
    first: _Line | None = None
    last = next((n for n in range(len(lines), 0, -1) if lines[n - 1].strip()), 0)
    for number, text in enumerate(lines, start=1):
        role = _role(text, after_line_1=first is not None)
        if role in {"1", "2"} and not first and _names_what_follows(lines, number):
            role = "name"
        if role == "name" and number == last and number > 1 and not name and end_mark(text):
            habits.note(f"'{shown(text.strip())}' below the last set", number)
            continue
        line = _Line(number, text)
        if role == "2":
            yield _Entry(name, first, line)
            name = first = None
        elif role == "1":
            if first:
                yield _Entry(name, first, None)
                name = None
            first = line
        elif role == "name":
            if name or first:
                yield _Entry(name, first, None)
                first = None
            name = line
    if name or first:
        yield _Entry(name, first, None)


_LOOKS_LIKE_1: Final = re.compile("1 [ 0-9A-Z]{5}[A-Z ] ?.{50}")
_LOOKS_LIKE_2: Final = re.compile("2 [ 0-9A-Z]{5} .{55}")
_MOST_DIGITS: Final = 10
"""A line with more digits is no name."""


def _names_what_follows(lines: list[str], number: int) -> bool:
    """Tell whether a line that begins as one of a set is a name: a pair of lines stands below."""
    text = lines[number - 1]
    if len(text) > LONGEST_NAME or sum(map(str.isdigit, text)) > _MOST_DIGITS:
        return False
    below = lines[number : number + 2]
    return (
        len(below) == 2
        and _LOOKS_LIKE_1.match(below[0]) is not None
        and _LOOKS_LIKE_2.match(below[1]) is not None
    )


def _role(text: str, *, after_line_1: bool) -> str:
    """Say what a line is meant to be: ``1``, ``2``, ``name`` or nothing at all."""
    if text.startswith(("1 ", "2 ")):
        return text[0]
    bare = text.strip(" \t")
    if not bare or bare[0] == "#":
        return ""
    visible = [char for char in bare[:200] if char != " "]
    if len(bare) >= 50 and 2 * sum(map(str.isdigit, visible)) >= len(visible):
        return "2" if after_line_1 or bare[0] == "2" else "1"
    return "name"


def _mistakes(entry: _Entry) -> Iterator[tuple[_Line, Mistake]]:
    name, first, second = entry
    if name:
        for mistake in _name_mistakes(name.text, has_lines=bool(first or second)):
            yield name, mistake
    for line, layout in ((first, LINE_1), (second, LINE_2)):
        if line:
            for mistake in line_mistakes(line.text, layout):
                yield line, mistake
    if first and second:
        for mistake in _stranger(first.text, second.text):
            yield second, mistake
    elif first:
        fix = "put line 2 of the same object below it, or delete this line"
        yield first, Mistake(1, "line 1 of an element set without its line 2", fix)
    elif second:
        fix = "put line 1 of the same object above it, or delete this line"
        yield second, Mistake(1, "line 2 of an element set without its line 1", fix)


def _stranger(first: str, second: str) -> Iterator[Mistake]:
    """Find a line 2 that belongs to another object than the line 1 above it."""
    theirs, ours = CATALOGUE_NUMBER.text(first), CATALOGUE_NUMBER.text(second)
    if theirs != ours and LINE_1.fits(first) and LINE_2.fits(second):
        message = f"line 2 belongs to object {ours}, line 1 above it to {theirs}"
        fix = "put the two lines of one object together, or download them again"
        yield Mistake(CATALOGUE_NUMBER.first, message, fix)


def _name_mistakes(text: str, *, has_lines: bool) -> Iterator[Mistake]:
    if not has_lines:
        fix = "put the two lines of its elements below it, or begin it with '#' as a comment"
        yield Mistake(1, "this name has no element lines below it", fix)
    if len(text) > LONGEST_NAME:
        message = f"the name has {len(text)} characters, more than {LONGEST_NAME}"
        yield Mistake(LONGEST_NAME + 1, message, "shorten it")
    yield from unprintable(text[:LONGEST_NAME].rstrip("\t"))


def _element_set(
    name: _Line | None, first: _Line, second: _Line, file: str
) -> tuple[ElementSet, list[tuple[_Line, Mistake]]]:
    """Initialise SGP4 with two lines that were found good."""
    satrec = Satrec.twoline2rv(first.text, second.text, WGS72)
    number = catalogue_number(CATALOGUE_NUMBER.text(first.text))
    element_set = ElementSet(
        name=_bare_name(name) or str(number),
        norad_id=number,
        cospar_id=_cospar_id(DESIGNATOR.text(first.text)),
        epoch=_epoch(first.text),
        source=f"{file}:{first.number}",
        satrec=satrec,
    )
    if not satrec.error:
        return element_set, []
    why = failure_text(satrec.error)
    mistake = Mistake(0, f"SGP4 refuses these elements: {why}", "leave this element set out")
    return element_set, [(first, mistake)]


def _bare_name(line: _Line | None) -> str:
    if line is None:
        return ""
    name = line.text.strip()
    return "" if name == "0" else name.removeprefix("0 ").strip()


def _cospar_id(designator: str) -> str:
    if not designator.strip():
        return ""
    return f"{full_year(designator[:2])}-{designator[2:].rstrip()}"


def _epoch(line_1: str) -> datetime:
    """Return the epoch; the last printed digit is 864 µs, so this is exact."""
    return datetime(full_year(line_1[18:20]), 1, 1, tzinfo=UTC) + timedelta(
        days=int(line_1[20:23]) - 1, microseconds=int(line_1[24:32]) * 864
    )


def _finding(line: _Line, mistake: Mistake, file: str) -> Finding:
    return Finding(
        file=file,
        line=line.number,
        column=mistake.column,
        message=mistake.message,
        fix=mistake.fix,
        excerpt=shown(line.text),
    )


def _gave_up(last: Finding) -> Finding:
    return Finding(
        file=last.file,
        line=last.line + 1,
        message=f"{MAX_FINDINGS} mistakes so far; the file was not read beyond this line",
        fix="mend those above first, or download the file again",
    )


def _no_elements(lines: list[str], file: str) -> Finding:
    """Tell a web page, an error message or an empty file from element sets."""
    said = ((i, line.strip()) for i, line in enumerate(lines, start=1))
    number, start = next(((i, line) for i, line in said if line and line[0] != "#"), (1, ""))
    head = start[:9].lower()
    if not start:
        what = "it is empty, comments aside"
    elif head.startswith(("<!doctype", "<html")):
        what = "it is a web page"
    elif head.startswith(("{", "[", "<?xml", "<ndm", "<omm", "ccsds_")):
        what = "it looks like an orbit mean-elements message (OMM) or other data"
    else:
        what = f"it begins with '{shown(start)}'"
    return Finding(
        file=file,
        line=number,
        message=f"no element set in this file: {what}",
        fix="give element sets as lines '1 …' and '2 …'; ask the source for TLE or 3LE text",
        excerpt=shown(start),
    )
