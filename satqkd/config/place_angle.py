"""Latitudes and longitudes as station lists print them: hemispheres, minutes and seconds."""

from __future__ import annotations

import re
from typing import Final

from satqkd.config.mistake import Mistake, quoted

HEMISPHERES: Final = {"latitude_deg": "NS", "longitude_deg": "EW"}
"""Letters of the fields that are read here, the positive one first."""

_DEGREE: Final = r"(?:\s*(?:deg(?:rees?)?|°|º|d)\.?)"
_MINUTE: Final = r"(?:\s*(?:'|′|’|arcmin|min|m))"
_SECOND: Final = r"(?:\s*(?:\"|″|”|''|′′|arcsec|sec|s))"
_FIGURE: Final = r"\d{1,3}(?:\.\d+)?"
_SIXTIETHS: Final = (
    rf"(?P<d>\d{{1,3}})(?:{_DEGREE}|(?=\s+\d))\s*(?P<m>\d{{1,2}}(?:\.\d+)?)"
    rf"(?:{_MINUTE}|(?=\s+\d)|(?=\s*[NSEW]?\s*\Z))"
    rf"(?:\s*(?P<s>\d{{1,2}}(?:\.\d+)?)(?:{_SECOND}|(?=\s*[NSEW]?\s*\Z)))?"
)
_COLONS: Final = r"(?P<d>\d{1,3}):(?P<m>\d{1,2}(?:\.\d+)?)(?::(?P<s>\d{1,2}(?:\.\d+)?))?"
_DECIMAL: Final = rf"(?P<d>{_FIGURE}){_DEGREE}?"
_AROUND: Final = (
    r"\s*(?P<before>[A-Za-z]{0,5}?)\s*(?P<sign>[+\-\u2212]?)\s*(?:%s)\s*(?P<after>[A-Za-z]*)\s*"
)
_FORMS: Final = tuple(re.compile(_AROUND % form) for form in (_SIXTIETHS, _COLONS, _DECIMAL))
_WORDS: Final = {"NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "O": "?"}
"""Letters written out; O is east in German and west in Spanish."""

PATTERN: Final = (
    r"(^\s*[NSEWnsew][a-z]*\s*\d)|(\d\s*(deg|°)?\s*([NSEWnsew]|north|south|east|west)\s*$)|"
    r"(\d\s*[°'\"\u2032\u2033])|(\dd\s*\d)|(\d\s+\d[\d. ]*[NSEW]\s*$)"
)
"""What editors may take for an angle written so; looser than what is read."""


def parse_place_angle(text: str, field: str) -> float | None:
    r"""Read an angle with a hemisphere, or in degrees, minutes and seconds; north, east positive.

    Parameters
    ----------
    text
        As written.
    field
        ``latitude_deg`` or ``longitude_deg``.

    Returns
    -------
    float or None
        The angle [°]; None where it is written neither with a hemisphere nor in sixtieths, so that
        it can be read as any quantity.

    Raises
    ------
    Mistake
        Where it could mean two things: a sign beside a hemisphere, the hemisphere of the other
        coordinate, colons without a hemisphere, sixty minutes.

    Examples
    --------
    >>> parse_place_angle("71.5 deg W", "longitude_deg")
    -71.5
    >>> parse_place_angle("S 30°15'", "latitude_deg")
    -30.25
    """
    found = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    if found is None:
        return None
    parts = found.groupdict()
    letter, sign = _letter(parts, text, field), parts["sign"]
    minutes = parts.get("m")
    if not letter and (minutes is None or ":" in text):
        return None
    if letter and sign:
        raise Mistake(
            f"{quoted(text)} has a sign and a hemisphere, which may mean it twice",
            f"leave out one of them: north and east are positive, "
            f"{HEMISPHERES[field][1]} is a minus",
        )
    sixtieths = float(minutes or 0.0), float(parts.get("s") or 0.0)
    if max(sixtieths) >= 60.0:
        raise Mistake(
            f"{quoted(text)} has sixty or more minutes or seconds", "correct them, or write degrees"
        )
    angle_deg = float(parts["d"]) + sixtieths[0] / 60.0 + sixtieths[1] / 3600.0
    return -angle_deg if letter == HEMISPHERES[field][1] or sign in {"-", "\u2212"} else angle_deg


def _letter(parts: dict[str, str | None], text: str, field: str) -> str:
    """Return the hemisphere that stands before or behind; empty where there is none."""
    words = [word for key in ("before", "after") if (word := (parts[key] or "").upper())]
    letters = [_WORDS.get(word, word) for word in words if word != "DEG"]
    if not letters:
        return ""
    positive, negative = HEMISPHERES[field][0], HEMISPHERES[field][1]
    if len(letters) == 1 and letters[0] in {positive, negative}:
        return letters[0]
    if len(letters) == 1 and letters[0] in set("NSEW"):
        other = "longitude" if field == "latitude_deg" else "latitude"
        raise Mistake(
            f"{quoted(text)} is a {other}, by its letter",
            f"swap the two, or write {positive} or {negative}",
        )
    raise Mistake(
        f"{quoted(text)} names no hemisphere that is known",
        f"write {positive} or {negative} behind the degrees",
    )
