"""Orbit mean-elements messages (OMM) in JSON, CSV, XML and KVN, read strictly."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from satqkd.elements.message_form import WEB_PAGE, OmmForm, omm_form
from satqkd.elements.omm_csv import csv_records
from satqkd.elements.omm_elements import element_set, lacks_drag
from satqkd.elements.omm_json import json_records
from satqkd.elements.omm_kvn import kvn_records
from satqkd.elements.omm_record import KEYWORDS, UNUSED, XP_DRAG, Record
from satqkd.elements.omm_xml import xml_records
from satqkd.elements.satellite import ElementSet
from satqkd.elements.tle import MAX_FINDINGS
from satqkd.elements.tle_mistakes import shown
from satqkd.errors import Finding, InputError, SatqkdWarning

_MOST_NAMED: Final = 8
"""Keywords that are not known are named up to this number."""
_TLE_LINE: Final = re.compile("[12] .{60}")

_READERS: Final[Mapping[OmmForm, Callable[..., Iterator[Record | Finding]]]] = {
    "json": json_records,
    "xml": xml_records,
    "kvn": kvn_records,
    "csv": csv_records,
}


def parse_omm(text: str, *, file: str) -> tuple[ElementSet, ...]:
    """Read every orbit mean-elements message of a text.

    Parameters
    ----------
    text
        JSON, CSV, XML or KVN; which is told by how it begins. Any kind of line end and a
        byte-order mark are accepted.
    file
        What the file is called in findings and in :attr:`ElementSet.source`.

    Returns
    -------
    tuple of ElementSet
        In the order of the text; at least one.

    Raises
    ------
    InputError
        With every mistake of the text: line, column, keyword and what to do.

    Warns
    -----
    SatqkdWarning
        For messages without B*, which fly without drag; for keywords of SGP4-XP, and for those
        that are not known, each once.

    Notes
    -----
    KVN and XML have to say that the centre is the Earth, the frame TEME, the time UTC and the
    theory SGP4. JSON and CSV, as CelesTrak writes them, need not; where they say so, it is
    checked too. An object without a catalogue number is known by its ``OBJECT_ID``. Keywords that
    SGP4 does not need are passed over.

    References
    ----------
    .. [1] CCSDS 502.0-B, Orbit Data Messages (recalled).
    .. [2] T. S. Kelso, "A New Way to Obtain GP Data", celestrak.org (2020, updated 2024).

    Examples
    --------
    >>> starlink = parse_omm(
    ...     '[{"OBJECT_NAME":"NEW","NORAD_CAT_ID":799501299,"EPOCH":"2026-11-01T00:00:00",'
    ...     '"MEAN_MOTION":15.2,"ECCENTRICITY":0.001,"INCLINATION":53.1,"RA_OF_ASC_NODE":10,'
    ...     '"ARG_OF_PERICENTER":20,"MEAN_ANOMALY":30,"BSTAR":0.0001}]',
    ...     file="new.json",
    ... )[0]
    >>> starlink.name, starlink.norad_id, starlink.source
    ('NEW', 799501299, 'new.json:1')
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    form = omm_form(text)
    if form is None:
        raise InputError([_no_message(text, file)])
    element_sets: list[ElementSet] = []
    findings: list[Finding] = []
    dragless: list[ElementSet] = []
    seen = _Keywords()
    for item in _READERS[form](text, file=file):
        if isinstance(item, Finding):
            findings.append(item)
        else:
            found, more = element_set(item)
            findings += more
            seen.take(item)
            if found and not findings:
                element_sets.append(found)
                dragless += [found] if lacks_drag(item) else []
        if len(findings) >= MAX_FINDINGS:
            findings.append(_gave_up(findings[-1]))
            break
    if dragless and form == "kvn" and not text.endswith("\n"):
        findings.append(_cut_off(text, file))
    if findings:
        raise InputError(findings)
    if dragless:
        _warn_of_no_drag(dragless)
    for told in seen.told(file):
        warnings.warn(told, SatqkdWarning, stacklevel=2)
    return tuple(element_sets)


class _Keywords:
    """Keywords that nothing was done with, and where they stand first."""

    def __init__(self) -> None:
        self.unknown: dict[str, int] = {}
        self.xp: dict[str, tuple[int, str]] = {}

    def take(self, record: Record) -> None:
        """Look at the keywords of a record that the reader does not."""
        for keyword, text in record.values.items():
            if keyword in XP_DRAG:
                if _says_something(text):
                    self.xp.setdefault(keyword, (record.place(keyword)[0], text.strip()))
            elif keyword not in KEYWORDS and not UNUSED.fullmatch(keyword):
                self.unknown.setdefault(keyword, record.place(keyword)[0])

    def told(self, file: str) -> Iterator[str]:
        """Yield what people should know of them."""
        for keyword, (line, text) in self.xp.items():
            yield (
                f"{file}:{line}: {keyword} = {shown(text)} belongs to SGP4-XP and is not used: the "
                "theory is SGP4, whose drag is BSTAR; ask the source which of them was fitted"
            )
        if self.unknown:
            names = ", ".join(shown(name) for name in list(self.unknown)[:_MOST_NAMED])
            more = len(self.unknown) - _MOST_NAMED
            yield (
                f"{file}:{min(self.unknown.values())}: keywords that are not known are passed "
                f"over: {names}{f' and {more} more' if more > 0 else ''}"
            )


def _says_something(text: str) -> bool:
    """Tell whether a value is there and no zero."""
    try:
        return float(text) != 0.0
    except ValueError:
        return bool(text.strip())


def _warn_of_no_drag(dragless: list[ElementSet]) -> None:
    first, more = dragless[0], len(dragless) - 1
    others = f" and {more} more" if more else ""
    warnings.warn(
        f"{first.source}: the elements of {first.name}{others} have no BSTAR: drag is left out. "
        "Below 600 km passes then come seconds to minutes late within a week; ask for BSTAR",
        SatqkdWarning,
        stacklevel=3,
    )


def _cut_off(text: str, file: str) -> Finding:
    return Finding(
        file=file,
        line=text.count("\n") + 1,
        message="the file ends within a line and before BSTAR: the last number may be cut off",
        fix="download the file again, or end its last line",
    )


def _no_message(text: str, file: str) -> Finding:
    """Tell an error message, a web page, a TLE or an empty file from messages."""
    found = re.search(r"\S", text)
    at = found.start() if found else 0
    start = text[at : at + 200].split("\n", maxsplit=1)[0].rstrip()
    fix = "ask the source again, for an object that it knows"
    if not start:
        what = "it is empty"
    elif WEB_PAGE.match(start):
        what = "it is a web page"
    elif _TLE_LINE.match(start) or _TLE_LINE.match(text[at + len(start) :].lstrip()[:80]):
        what, fix = "it holds two-line element sets", "let the file's name end in .tle"
    else:
        what = f"it begins with '{shown(start)}'"
    return Finding(
        file=file,
        line=text.count("\n", 0, at) + 1 if found else 1,
        message=f"no orbit mean-elements message in this file: {what}",
        fix=fix,
    )


def _gave_up(last: Finding) -> Finding:
    return Finding(
        file=last.file,
        line=last.line + 1,
        message=f"{MAX_FINDINGS} mistakes so far; the file was not read to its end",
        fix="mend those above first, or download the file again",
    )
