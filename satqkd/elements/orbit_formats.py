"""What a file of orbit data is, named before it is read, by how it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from satqkd.elements.message_form import WEB_PAGE, is_oem, omm_form

FormatName = Literal["TLE", "OMM", "OEM", "CPF", "Modified ITC", "gpredict"]
"""Formats that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedFormat:
    """A format that is known and not read."""

    name: str
    instead: str
    """What to do, as a fix."""


_OEM: Final = "export the ephemeris as CCSDS OEM, and put that here"

_REFUSED: Final = (
    (re.compile(r"stk\.v\.\d", re.IGNORECASE), "an STK ephemeris (.e)", _OEM),
    (
        re.compile(r"#[a-d][PV]\d{4}[ \d]", re.ASCII),
        "an SP3 ephemeris",
        "convert it to CCSDS OEM (its positions are Earth-fixed, in the clock its header names)",
    ),
    (re.compile(r"CCSDS_OPM_VERS|<opm\b"), "an orbit parameter message (OPM)",
     "ask the sender for an ephemeris (OEM) or mean elements (OMM): one state is no orbit to fly"),
    (re.compile(r"CCSDS_OCM_VERS|<ocm\b"), "an orbit comprehensive message (OCM)",
     "ask the sender for an OEM"),
    (re.compile(r"CCSDS_(?!OMM|OEM|OPM|OCM)([A-Z]+)_VERS"), "a CCSDS message of another kind",
     "ask the sender for an OEM or OMM"),
    (re.compile("DAF/SPK|NAIF/DAF"), "a SPICE kernel (SPK)", _OEM),
)  # fmt: skip

_TLE_1: Final = re.compile(r"(?:1|TLE1=1) [ 0-9A-Z]{5}.{40}")
_TLE_2: Final = re.compile(r"(?:2|TLE2=2) [ 0-9A-Z]{5}.{40}")
_ITC_STATE: Final = re.compile(r"\d{13}(?:\.\d+)?(?:\s+[-+.\dEe]+){6}\s*", re.ASCII)

_MOST_LINES: Final = 400
"""So many lines of words may stand before the first element set of a bulletin."""


def format_of(text: str) -> FormatName | RefusedFormat | None:
    r"""Name the format of a text, or of the beginning of one; None where none is recognised.

    Examples
    --------
    >>> format_of("H1 CPF  2  DEM 2026 05 05 00 125 01 demosat\n")
    'CPF'
    >>> format_of("stk.v.11.0\nBEGIN Ephemeris\n").name
    'an STK ephemeris (.e)'
    """
    text = text.removeprefix("\ufeff")
    head = text[:8192].lstrip()
    for beginning, name, instead in _REFUSED:
        if beginning.match(head) or (head.startswith("<") and beginning.search(head[:2048])):
            return RefusedFormat(name=name, instead=instead)
    lines = [line.strip() for line in head.split("\n")[:12]]
    if re.match(r"H1\s+CPF\b", head, re.IGNORECASE):
        return "CPF"
    if head.startswith("created:") and "ephemeris_start:" in head:
        return "Modified ITC"
    if sum(_ITC_STATE.fullmatch(line) is not None for line in lines) and not is_oem(head):
        return "Modified ITC"
    return _elements_of(text, head)


def _elements_of(text: str, head: str) -> FormatName | None:
    if re.match(r"\[Satellite\]", head):
        return "gpredict"
    if begins_as_tle(head):
        return "TLE"
    if is_oem(head):
        return "OEM"
    if omm_form(text) is not None:
        return "OMM"
    return "TLE" if not WEB_PAGE.match(head) and _holds_tle(text) else None


def begins_as_tle(head: str) -> bool:
    r"""Tell whether a pair of lines of an element set stands at the top, with or without a name.

    Examples
    --------
    >>> begins_as_tle("<X>\n" + "1 41731U 16051A" + 50 * "0" + "\n2 41731 " + 60 * "0")
    True
    """
    lines = [line for line in head.split("\n")[:60] if line.strip() and line[:1] != "#"][:3]
    return any(_TLE_1.match(one) and _TLE_2.match(two) for one, two in pairwise(lines))


def _holds_tle(text: str) -> bool:
    """Tell whether a pair of lines stands somewhere below words, as in a bulletin."""
    lines = text.split("\n", _MOST_LINES)[:_MOST_LINES]
    return any(_TLE_1.match(one) and _TLE_2.match(two) for one, two in pairwise(lines))
