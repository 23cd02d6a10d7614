"""Tables as comma-separated text that spreadsheets open without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from satqkd.report.export.blocks import Style, row_blocks
from satqkd.report.export.printable import visible
from satqkd.report.export.typed import Typed, filled
from satqkd.report.tables.column import Cell, Column, Source

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
    return b"".join(csv_chunks(columns, (source,))).decode("utf-8")


def csv_chunks(columns: Sequence[Column[Source]], sources: Iterable[Source]) -> Iterator[bytes]:
    """Return the same of all sources in a row, piece by piece, so that none has to be kept."""
    yield csv_header(columns)
    for source in sources:
        yield from csv_rows(filled(columns, source))


def csv_header(columns: Sequence[Column[Source]]) -> bytes:
    """Return the line of names."""
    return _line([column.name for column in columns])


def csv_rows(table: Sequence[Typed]) -> Iterator[bytes]:
    """Return the lines below the header, a block at a time."""
    alone = len(table) == 1

    def cell(value: Cell, digits: int | None) -> bytes:
        text = _cell_text(value, digits)
        return _line([text])[:-1] if alone else _line([text, ""])[:-2]

    style = Style(
        before=[b"", *[b","] * (len(table) - 1)], after=b"\n", quote=b"", zeros=True, cell=cell
    )
    return row_blocks(table, style)


def _line(row: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue().encode("utf-8")


def _cell_text(cell: Cell, digits: int | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, float) and digits is not None:
        return f"{cell:.{digits}f}"
    return repr(cell)


def harmless(text: str) -> str:
    """Return what a cell holds for a text: no formula, and nothing that acts instead of showing."""
    if text.lstrip().startswith(_FORMULA):
        text = f"'{text}"
    return visible(text)
