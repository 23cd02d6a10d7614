"""Tables for a terminal, as wide as it is and no wider."""

from __future__ import annotations

import io
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from satqkd.config.axis import unit_suffix
from satqkd.report.export.fitted import CLOSE_GAP, Fitted, ShownColumn, fitted
from satqkd.report.export.printable import visible
from satqkd.report.tables.column import Cell, Column, Source, cells, choose

_WIDEST_TEXT = 34
"""Wider texts are wrapped. [characters]"""
_NARROWEST_TEXT = 18
"""Narrowest column that a text is wrapped into. [characters]"""
_LONGEST_TEXT = 160
"""Longer texts are cut. [characters]"""
_LONGEST_TOKEN = 60
"""Longest word that makes its column as wide as itself. [characters]"""
_MOST_ALIKE = 3
"""Rows that a text below the table names one by one; more are counted."""
_NOTHING = "–"
_MANY_DIGITS = 9
"""Columns of so many decimals hold numbers of any size: three digits are shown."""
_LARGE = 1e5
"""Numbers from here on are shown without decimals, in groups of three."""
_UNITS = frozenset(
    "deg km db s hz h bits utc ps ns arcsec kbit km_s deg_s".split()  # noqa: SIM905 -- a list of words
)
"""What names of columns end in."""
_GROUPED = frozenset({"bit", "bit/d"})
"""Units of large numbers, written in groups of three digits."""
_OF_PAIR = {"_a": "_b", "_b": "_a"}
"""What the names of columns with the two ends of a pair end in."""
_STATUS_STYLE = {"scheduled": "bold green", "rejected": "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Columns that are to be shown as far as they fit."""

    shown: list[ShownColumn]
    ranked: list[str]
    """Their names, the most important first."""
    leading: AbstractSet[str]
    """Those that others are made narrower for."""


def _every(columns: Sequence[Column[Source]], source: Source, names: Sequence[str]) -> _Wanted:
    """Want all columns of these names."""
    shown = [_shown(column, source) for column in choose(columns, names)]
    return _Wanted(shown=shown, ranked=list(names), leading=set(names))


def _said(
    columns: Sequence[Column[Source]], source: Source, names: Sequence[str], leading: int
) -> _Wanted:
    """Want those that say anything, the same in every row last; all of them if none does."""
    every = _every(columns, source, list(names) or [column.name for column in columns])
    said = [column for column in every.shown if set(column.cells) - {"", _NOTHING}]
    if not said:
        return every
    there = {column.name for column in said}
    alike = {column.name for column in said if column.alike and not column.below}
    last = [name for name in every.ranked if name in alike]
    return _Wanted(
        shown=said,
        ranked=[*(name for name in every.ranked if name in there - alike), *last],
        leading=set(every.ranked[:leading]) - alike,
    )


def _table(wanted: _Wanted, fitting: Fitted) -> Table:
    by_name = {column.name: column for column in wanted.shown}
    left_out = [
        by_name[name]
        for name in wanted.ranked
        if name not in fitting.names and not by_name[name].below
    ]
    missing = [column.name for column in left_out if not column.alike]
    close = fitting.gap == CLOSE_GAP
    table = Table(
        box=box.SIMPLE_HEAD,
        header_style="bold",
        show_edge=not close,
        pad_edge=not close,
        collapse_padding=close,
    )
    told = [f"{column.name} in every row: {column.cells[0]}" for column in left_out if column.alike]
    if missing:
        told.append(f"not shown for want of width: {', '.join(missing)}")
    if told:
        table.caption = Text("\n".join(told))
        table.caption_justify = "left"
    for column in fitting.columns:
        table.add_column(
            Text(column.header),
            justify="right" if column.is_number else "left",
            width=column.width,
            overflow="fold",
            vertical="top",
        )
    statuses = next((column.cells for column in fitting.columns if column.name == "status"), None)
    for number, row in enumerate(zip(*(column.cells for column in fitting.columns), strict=True)):
        style = _STATUS_STYLE.get(statuses[number]) if statuses else None
        table.add_row(*(Text(cell) for cell in row), style=style)
    return table


def to_terminal(
    columns: Sequence[Column[Source]],
    source: Source,
    *,
    names: Sequence[str] = (),
    width: int = 100,
    colour: bool = False,
    every: bool = False,
    leading: int = 7,
) -> str:
    """Return a table of those columns that fit, as text.

    Parameters
    ----------
    columns, source
        The table.
    names
        Columns to show, the most important first; empty for all. Those without a value are left
        out; those that do not fit in ``width`` are left out from the end, and the caption says
        which. Reasons and notes that do not fit stand in a list below, each after what names its
        row.
    width
        Width of the terminal. [characters]
    colour
        Whether to colour by ANSI codes.
    every
        Whether columns without a value are shown as well, and none gives way for saying always
        the same.
    leading
        So many of the highest rank are worth that others are made narrower for them.
    """
    wanted = _every(columns, source, names) if every else _said(columns, source, names, leading)
    fitting = fitted(wanted.shown, wanted.ranked, width, leading=wanted.leading)
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        legacy_windows=False,
    )
    with console.capture() as captured:
        console.print(_table(wanted, fitting))
        for line in _below(wanted, fitting):
            console.print(Padding(Text(line), (0, 0, 0, 2)))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _below(wanted: _Wanted, fitting: Fitted) -> list[str]:
    """Lines for the reasons and notes that found no place in the table."""
    texts = [column for column in wanted.shown if column.below and column.name not in fitting.names]
    if not texts:
        return []
    names = fitting.names | {
        _partner(name) for name in fitting.names if name.endswith(tuple(_OF_PAIR))
    }
    whole = [column for column in wanted.shown if column.name in names]
    keys = _row_keys(sorted(whole, key=lambda column: wanted.ranked.index(column.name)))
    return [line for column in texts for line in _told(keys, column.cells)]


def _told(keys: Sequence[str], cells: Sequence[str]) -> Iterator[str]:
    """Say each text with the rows it is of; how many these are where they are more than a few."""
    counts = Counter(cells)
    for key, cell in zip(keys, cells, strict=True):
        if cell not in {"", _NOTHING} and counts[cell] <= _MOST_ALIKE:
            yield f"{key}: {cell}"
    for cell, count in counts.most_common():
        if cell not in {"", _NOTHING} and count > _MOST_ALIKE:
            yield f"{count} rows: {cell}"


def _row_keys(fitting: list[ShownColumn]) -> list[str]:
    """Name each row by its first column, and by as many more as it takes to tell rows apart.

    Of a pair both ends are named.
    """
    keys = [""] * len(fitting[0].cells)
    by_name = {column.name: column for column in fitting}
    while by_name:
        name = next(iter(by_name))
        columns = [by_name.pop(name)]
        if name.endswith(tuple(_OF_PAIR)) and _partner(name) in by_name:
            columns.append(by_name.pop(_partner(name)))
        words = [
            " and ".join(cell for cell in cells if cell not in {"", _NOTHING})
            for cells in zip(*(column.cells for column in columns), strict=True)
        ]
        keys = [f"{key} {word}".strip() for key, word in zip(keys, words, strict=True)]
        if len(set(keys)) == len(keys):
            break
    return keys


def _partner(name: str) -> str:
    """Name of the column with the other end of a pair."""
    return name[:-2] + _OF_PAIR[name[-2:]]


def _shown(column: Column[Source], source: Source) -> ShownColumn:
    values = cells(column, source)
    texts = [_cell_text(column, value) for value in values]
    words = _heading(column)
    content = min(max(map(cell_len, texts), default=0), _WIDEST_TEXT)
    token = max((cell_len(word) for text in texts for word in text.split()), default=0)
    unbroken = max(min(token, _LONGEST_TOKEN), *map(cell_len, words))
    width = max(content, unbroken)
    header = "\n".join(textwrap.wrap(" ".join(words), width, break_long_words=False))
    is_number = any(isinstance(value, int | float) for value in values if value is not True)
    wraps = content == _WIDEST_TEXT and any(" " in text for text in texts)
    return ShownColumn(
        name=column.name,
        header=header,
        cells=texts,
        width=width,
        least_width=min(width, max(_NARROWEST_TEXT, unbroken)) if wraps else width,
        is_number=is_number,
        below=column.below,
        is_name=not (is_number or column.unit or column.below),
        is_instant=_is_instant(column),
    )


def _heading(column: Column[Source]) -> list[str]:
    """Words of a column's name, the unit it ends in as people write it, in brackets."""
    words = column.name.split("_")
    of_unit = next((size for size in (2, 1) if "_".join(words[-size:]) in _UNITS), 0)
    if of_unit and column.unit:
        return [*words[:-of_unit], f"[{column.unit}]"]
    suffix = unit_suffix(column.unit)
    if suffix and column.name.endswith(suffix):
        return [*column.name.removesuffix(suffix).split("_"), f"[{column.unit}]"]
    return words


def _cell_text(column: Column[Source], cell: Cell) -> str:
    if cell is None:
        return _NOTHING
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return _short_text(column, cell)
    if isinstance(cell, float) and column.digits is not None:
        digits = column.digits if column.screen_digits is None else column.screen_digits
        return _number_text(cell, digits=digits, grouped=column.unit in _GROUPED)
    return f"{cell:,}" if column.unit in _GROUPED else str(cell)


def _number_text(value: float, *, digits: int, grouped: bool) -> str:
    if digits >= _MANY_DIGITS:
        return f"{value:.3g}"
    if grouped:
        return f"{value:,.{digits}f}"
    return f"{value:.{digits}f}" if abs(value) < _LARGE else f"{value:,.0f}"


def _to_second(instant: str) -> str:
    """Round an ISO instant to the second; a leap second, which datetime lacks, is cut.

    A local time keeps its offset from UTC.
    """
    clock, offset = instant[:23], instant[23:].removesuffix("Z")
    if clock[17:19] != "60":
        clock = str(datetime.fromisoformat(clock) + timedelta(seconds=0.5))
    return f"{clock[:19]} {offset}".replace("T", " ").strip()


def _short_text(column: Column[Source], cell: str) -> str:
    if _is_instant(column):
        whole = cell.removesuffix("Z").replace("T", " ")
        return _to_second(cell) if column.digits is None else whole
    return visible(cell, limit=_LONGEST_TEXT)


def _is_instant(column: Column[Source]) -> bool:
    return column.unit.startswith("UTC") or column.unit == "local time"
