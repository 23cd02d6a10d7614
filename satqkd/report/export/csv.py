"""Tables as comma-separated text that spreadsheets open without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from satqkd.report.export.printable import visible
from satqkd.report.tables.column import Cell, Column, Source, cells

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def to_csv(columns: Sequence[Column[Source]], source: Source) -> str:
    r"""Return a table as RFC 4180 text with a header line, UTF-8 in mind.

    Lines end in ``\n``; empty cells are values that do not exist; ``true`` and ``false`` are
    flags. Text that a spreadsheet would run as a formula gets an apostrophe in front, control
    characters and direction marks are written out.

    References
    ----------
    .. [1] Y. Shafranovich, RFC 4180 (2005), with ``\n`` for its CRLF.
    .. [2] OWASP, "CSV Injection" (recalled).
    """
    return csv_header(columns) + "".join(csv_rows(columns, source))


def csv_header(columns: Sequence[Column[Source]]) -> str:
    """Return the line of names."""
    return _line([column.name for column in columns])


def csv_parts(columns: Sequence[Column[Source]], sources: Iterable[Source]) -> Iterator[str]:
    """Yield a table part by part: the header, then the rows of each source."""
    yield csv_header(columns)
    for source in sources:
        yield "".join(csv_rows(columns, source))


def csv_rows(columns: Sequence[Column[Source]], source: Source) -> list[str]:
    """Return the lines below the header, for tables that are written piece by piece."""
    table = [
        [_cell_text(cell, column.digits) for cell in cells(column, source)] for column in columns
    ]
    return [_line(row) for row in zip(*table, strict=True)]


def _line(row: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue()


def _cell_text(cell: Cell, digits: int | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return _harmless(cell)
    if isinstance(cell, float) and digits is not None:
        return f"{cell:.{digits}f}"
    return repr(cell)


def _harmless(text: str) -> str:
    if text.lstrip().startswith(_FORMULA):
        text = f"'{text}"
    return visible(text)
