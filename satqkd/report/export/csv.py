"""Tables as comma-separated text that spreadsheets open without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from satqkd.report.export.printable import visible
from satqkd.report.tables.column import Cell, Column, Source, rounded

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
    return csv_header(columns) + csv_rows(columns, source)


def csv_header(columns: Sequence[Column[Source]]) -> str:
    """Return the line of names."""
    return _lines([[column.name for column in columns]])


def csv_parts(columns: Sequence[Column[Source]], sources: Iterable[Source]) -> Iterator[str]:
    """Yield a table part by part: the header, then the rows of each source."""
    yield csv_header(columns)
    for source in sources:
        yield csv_rows(columns, source)


def csv_rows(columns: Sequence[Column[Source]], source: Source) -> str:
    """Return the lines below the header, for tables that are written piece by piece."""
    return _lines(zip(*(_texts(column, source) for column in columns), strict=True))


def _lines(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _texts(column: Column[Source], source: Source) -> list[str]:
    """Return a column as text: a whole array of numbers at once, anything else cell by cell."""
    values = column.values(source)
    if isinstance(values, np.ndarray) and values.dtype.kind == "f" and column.digits is not None:
        return _numbers(column, values, column.digits)
    plain = values.tolist() if isinstance(values, np.ndarray) else values
    return [_cell_text(rounded(column, cell), column.digits) for cell in plain]


def _numbers(column: Column[Source], values: npt.NDArray[np.floating], digits: int) -> list[str]:
    """Write numbers with so many decimals; what rounds to zero has no sign."""
    texts = (f"%.{digits}f " * values.size % tuple(values.tolist())).split()
    special = ~np.isfinite(values) | ((np.abs(values) < 10.0**-digits) & np.signbit(values))
    for at in np.flatnonzero(special).tolist():
        texts[at] = _cell_text(rounded(column, float(values[at])), digits)
    return texts


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
