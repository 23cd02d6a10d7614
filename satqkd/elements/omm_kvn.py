"""Orbit mean-elements messages as lines ``KEYWORD = value [unit]``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from satqkd.elements.omm_record import KEYWORDS, Place, Record, numbered_lines, repeated
from satqkd.elements.tle_mistakes import shown
from satqkd.errors import Finding

VERSION: Final = "CCSDS_OMM_VERS"
"""The keyword a message begins with."""

_KEYWORD: Final = re.compile("[A-Z][A-Z0-9_]*")
_OTHER_MESSAGE: Final = re.compile("CCSDS_([A-Z]+)_VERS")


def kvn_records(text: str, *, file: str) -> Iterator[Record | Finding]:
    """Yield the messages of a text; each begins with its version.

    Parameters
    ----------
    text
        Lines end in a line feed.
    file
        What the file is called in findings.
    """
    message = _Message(file, 0)
    for number, line in numbered_lines(text):
        bare = line.strip()
        if not bare or bare.split(maxsplit=1)[0] == "COMMENT":
            continue
        keyword, equals, rest = line.partition("=")
        name = keyword.strip()
        if name == VERSION and message.values:
            yield message.record()
            message = _Message(file, number)
        other = _OTHER_MESSAGE.fullmatch(name)
        if other and name != VERSION:
            if message.values:
                yield message.record()
            yield _other_kind(other[1], file, number)
            return
        column = len(line) - len(line.lstrip()) + 1
        if not equals or not _KEYWORD.fullmatch(name):
            message.findings.append(_no_pair(bare, file, (number, column)))
        else:
            message.add(name, rest, (number, column))
    if message.values or message.findings:
        yield message.record()


class _Message:
    """A message while it is read."""

    def __init__(self, file: str, line: int) -> None:
        self.file, self.line = file, line
        self.values: dict[str, str] = {}
        self.units: dict[str, str] = {}
        self.places: dict[str, Place] = {}
        self.findings: list[Finding] = []

    def add(self, keyword: str, rest: str, place: Place) -> None:
        self.line = self.line or place[0]
        if keyword in self.values:
            if keyword in KEYWORDS:
                first = self.places[keyword]
                self.findings.append(repeated(keyword, file=self.file, place=place, first=first))
            return
        value = rest.strip()
        if value.endswith("]") and "[" in value:
            value, _, unit = value[:-1].rpartition("[")
            self.units[keyword] = unit.strip()
        self.values[keyword], self.places[keyword] = value.strip(), place

    def record(self) -> Record:
        line = self.line or self.findings[0].line
        return Record(
            file=self.file,
            line=line,
            values=self.values,
            place=lambda keyword: self.places.get(keyword, (line, 0)),
            units=self.units,
            findings=tuple(self.findings),
            states_metadata=True,
        )


def _no_pair(line: str, file: str, place: Place) -> Finding:
    return Finding(
        file=file,
        line=place[0],
        column=place[1],
        message=f"'{shown(line)}' is no 'KEYWORD = value'",
        fix="write the keyword in capitals, '=' and the value, or begin the line with 'COMMENT '",
    )


def _other_kind(kind: str, file: str, line: int) -> Finding:
    return Finding(
        file=file,
        line=line,
        message=f"a message of another kind begins here: {kind}, not OMM",
        fix="keep only orbit mean-elements messages in this file",
    )
