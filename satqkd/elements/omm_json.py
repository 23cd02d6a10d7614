"""Orbit mean-elements messages as JSON, one record after the other."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Generator, Iterator
from typing import Any, Final

from satqkd.elements.omm_record import KEYWORDS, Place, Reading, Record, repeated
from satqkd.elements.tle_mistakes import shown
from satqkd.errors import Finding

_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=tuple, parse_float=str, parse_int=str, parse_constant=str
)
"""Objects become tuples of pairs, so that no key is lost; numbers stay the text they were."""

_BLANKS: Final = re.compile(r"[ \t\n]*")
_AGAIN: Final = "download the file again; it may be cut off or edited"

_Pairs = tuple[tuple[str, Any], ...]
_Steps = Generator[Record | Finding, None, int | None]


def json_records(text: str, *, file: str) -> Iterator[Record | Finding]:
    """Yield the records of a JSON list, or the one of a JSON object.

    Parameters
    ----------
    text
        Lines end in a line feed.
    file
        What the file is called in findings.
    """
    reading = Reading(text, file)
    _skip_blanks(reading)
    if not text.startswith("[", reading.at):
        end = yield from _item(reading)
    else:
        reading.go(reading.at + 1)
        end = yield from _items(reading)
    if end is None:
        return
    reading.go(end)
    _skip_blanks(reading)
    if reading.at < len(text):
        rest = shown(text[reading.at : reading.at + 40].split("\n", maxsplit=1)[0])
        yield reading.finding(reading.at, f"'{rest}' follows the end of the data", _AGAIN)


def _items(reading: Reading) -> _Steps:
    """Yield the items of a list; return where it ended."""
    text = reading.text
    _skip_blanks(reading)
    if text.startswith("]", reading.at):
        yield reading.finding(
            reading.at, "the list is empty", "ask the source for an object that it knows"
        )
        return reading.at + 1
    while True:
        end = yield from _item(reading)
        if end is None:
            return None
        reading.go(end)
        _skip_blanks(reading)
        if text.startswith("]", reading.at):
            return reading.at + 1
        if not text.startswith(",", reading.at):
            what = "a comma or ']' must follow a record"
            if reading.at == len(text):
                what = "the text ends before its list does"
            yield reading.finding(reading.at, what, _AGAIN)
            return None
        reading.go(reading.at + 1)
        _skip_blanks(reading)


def _item(reading: Reading) -> _Steps:
    """Yield one record; return where it ended, or None if that cannot be told."""
    start = reading.at
    try:
        value, end = _DECODER.raw_decode(reading.text, start)
    except json.JSONDecodeError as error:
        at = max(min(error.pos, len(reading.text)), start)
        message = f"this is no valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        yield reading.finding(at, message, _AGAIN)
        return None
    except RecursionError:
        yield reading.finding(start, "this JSON is nested too deeply", _AGAIN)
        return None
    if isinstance(value, tuple):
        yield _record(value, reading, start, end)
    else:
        said = shown(reading.text[start : min(end, start + 60)].split("\n")[0])
        fix = "a record is a JSON object in braces; ask the source for OMM in JSON"
        yield reading.finding(start, f"this is no record but {said}", fix)
    return end


def _record(pairs: _Pairs, reading: Reading, start: int, end: int) -> Record:
    """Gather an object's values; what is no text or number becomes a finding."""
    text, file, line, line_start = reading.text, reading.file, reading.line, reading.line_start

    def places(keyword: str) -> Iterator[Place]:
        for match in re.finditer(rf'"({re.escape(keyword)})"\s*:', text[start:end]):
            at = start + match.start()
            ends = text.count("\n", start, at)
            begin = text.rindex("\n", start, at) + 1 if ends else line_start
            yield line + ends, at - begin + 1

    def place(keyword: str) -> Place:
        return next(places(keyword), (line, start - line_start + 1))

    def second_place(keyword: str) -> Place:
        return ([*places(keyword)][1:2] or [place(keyword)])[0]

    given = dict(pairs)
    findings = []
    if len(given) < len(pairs):
        findings = [
            repeated(keyword, file=file, place=second_place(keyword)) for keyword in _twice(pairs)
        ]
    values: dict[str, str] = {}
    for keyword, value in given.items():
        if value is None:
            values[keyword] = ""
        elif isinstance(value, str):
            values[keyword] = value
        elif keyword in KEYWORDS:
            findings.append(_no_scalar(keyword, file, place(keyword)))
    return Record(
        file=file,
        line=line,
        values=values,
        place=place,
        units={},
        findings=tuple(findings),
        states_metadata=False,
    )


def _twice(pairs: _Pairs) -> list[str]:
    counted = Counter(key for key, _ in pairs)
    return [key for key, count in counted.items() if count > 1]


def _no_scalar(keyword: str, file: str, place: Place) -> Finding:
    return Finding(
        file=file,
        line=place[0],
        column=place[1],
        where=keyword,
        message="must be a number or a text",
        fix="correct it, or download the file again",
    )


def _skip_blanks(reading: Reading) -> None:
    found = _BLANKS.match(reading.text, reading.at)
    if found:
        reading.go(found.end())
