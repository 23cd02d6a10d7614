"""Orbit mean-elements messages as CSV: keywords in the first line, a record a line below it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final

from satqkd.elements.omm_record import KEYWORDS, REQUIRED, Place, Record, numbered_lines, repeated
from satqkd.elements.tle_mistakes import shown
from satqkd.errors import Finding

_AGAIN: Final = "download the file again; it may be cut off or edited"


def csv_records(text: str, *, file: str) -> Iterator[Record | Finding]:
    """Yield the records of a table.

    Parameters
    ----------
    text
        Lines end in a line feed.
    file
        What the file is called in findings.
    """
    lines = _Lines(text)
    rows = _rows(lines, file)
    first = next(rows, None)
    if not isinstance(first, _Row):
        if first:
            yield first
        return
    header = [name.strip() for name in first.cells]
    wrong = list(_header_findings(header, first, file))
    yield from wrong
    if wrong:
        return
    some = False
    for row in rows:
        some = True
        yield row if isinstance(row, Finding) else _record(header, row, file)
    if not some:
        message, fix = "no record follows the header", "ask the source for an object that it knows"
        yield Finding(file=file, line=first.line, message=message, fix=fix)


class _Lines:
    """Lines of a text, the last of them remembered."""

    def __init__(self, text: str) -> None:
        self._lines = numbered_lines(text)
        self.number = 0
        self.last = ""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        self.number, self.last = next(self._lines)
        return self.last


class _Row:
    """One row and where it stands."""

    __slots__ = ("cells", "line", "text")

    def __init__(self, cells: list[str], line: int, text: str) -> None:
        self.cells, self.line, self.text = cells, line, text

    def place(self, index: int) -> Place:
        """Tell where a cell begins; only the line when the row runs over several."""
        quoted, commas = False, 0
        for at, char in enumerate(self.text):
            if commas == index:
                return self.line, at + 1
            if char == '"':
                quoted = not quoted
            elif char == "," and not quoted:
                commas += 1
        return self.line, 0


def _rows(lines: _Lines, file: str) -> Iterator[_Row | Finding]:
    reader = csv.reader(lines, strict=True)
    while True:
        line = lines.number + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Finding(
                file=file, line=line, message=f"this is no valid CSV: {error}", fix=_AGAIN
            )
            return
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _Row(cells, line, lines.last if line == lines.number else "")


def _header_findings(header: list[str], row: _Row, file: str) -> Iterator[Finding]:
    for index, name in enumerate(header):
        if name in KEYWORDS and name in header[:index]:
            yield repeated(name, file=file, place=row.place(index))
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        yield Finding(
            file=file,
            line=row.line,
            message=f"the header lacks {', '.join(missing)}",
            fix="ask the source for OMM in CSV with every keyword of the elements",
        )


def _record(header: list[str], row: _Row, file: str) -> Record | Finding:
    if len(row.cells) != len(header):
        return Finding(
            file=file,
            line=row.line,
            message=f"the row has {len(row.cells)} values, the header {len(header)} "
            f"('{shown(row.cells[0])}' is the first)",
            fix=_AGAIN,
        )
    return Record(
        file=file,
        line=row.line,
        values=dict(zip(header, row.cells, strict=True)),
        place=lambda keyword: (
            row.place(header.index(keyword)) if keyword in header else (row.line, 0)
        ),
        units={},
        states_metadata=False,
    )
