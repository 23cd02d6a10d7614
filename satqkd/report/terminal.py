"""Tables for a terminal, as wide as it is and no wider."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from satqkd.report.column import Cell, Column, Source, cells, choose
from satqkd.report.visible import visible

_WIDEST_TEXT = 34
_NARROWEST_TEXT = 18
_GAP = 3
_LONGEST_TEXT = 160
_STATUS_STYLE = {"scheduled": "bold green", "rejected": "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A column ready for the screen."""

    name: str
    header: str
    cells: list[str]
    width: int
    least_width: int
    """Text with spaces can be wrapped down to this; the same as ``width`` otherwise."""
    is_number: bool


def to_table(
    columns: Sequence[Column[Source]],
    source: Source,
    *,
    names: Sequence[str] = (),
    width: int = 100,
) -> Table:
    """Return a rich table of those columns that fit.

    Parameters
    ----------
    columns, source
        The table.
    names
        Columns to show, the most important first; empty for all. Those that do not fit in
        ``width`` are left out from the end, and the caption says which.
    width
        Width of the terminal. [characters]
    """
    ranked = list(names) or [column.name for column in columns]
    shown = [_shown(column, source) for column in choose(columns, ranked)]
    fitting = _fitting(shown, ranked, width)
    missing = [name for name in ranked if name not in {column.name for column in fitting}]
    table = Table(box=box.SIMPLE_HEAD, header_style="bold")
    if missing:
        table.caption = Text(f"not shown for want of width: {', '.join(missing)}")
        table.caption_justify = "left"
    for column in fitting:
        table.add_column(
            Text(column.header),
            justify="right" if column.is_number else "left",
            width=column.width,
            overflow="fold",
            vertical="top",
        )
    statuses = next((column.cells for column in fitting if column.name == "status"), None)
    for number, row in enumerate(zip(*(column.cells for column in fitting), strict=True)):
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
) -> str:
    """Return :func:`to_table` as text; ANSI colours only when asked for."""
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        legacy_windows=False,
    )
    with console.capture() as captured:
        console.print(to_table(columns, source, names=names, width=width))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _shown(column: Column[Source], source: Source) -> _Shown:
    values = cells(column, source)
    texts = [_cell_text(column, value) for value in values]
    words = column.name.split("_")
    if words[-1] in {"deg", "km", "db", "s", "hz", "h", "bits", "utc"}:
        words = [*words[:-1], f"[{column.unit}]"]
    content = min(max(map(cell_len, texts), default=0), _WIDEST_TEXT)
    width = max(content, *map(cell_len, words))
    header = "\n".join(textwrap.wrap(" ".join(words), width, break_long_words=False))
    is_number = any(isinstance(value, int | float) for value in values if value is not True)
    wraps = content == _WIDEST_TEXT and any(" " in text for text in texts)
    return _Shown(
        name=column.name,
        header=header,
        cells=texts,
        width=width,
        least_width=min(width, _NARROWEST_TEXT) if wraps else width,
        is_number=is_number,
    )


def _fitting(shown: list[_Shown], ranked: list[str], width: int) -> list[_Shown]:
    """Take columns by rank as long as they fit; wide text gets what the others leave."""
    by_name = {column.name: column for column in shown}
    left = width - 1
    taken: set[str] = set()
    for name in ranked:
        needed = by_name[name].least_width + _GAP
        if needed <= left or not taken:
            taken.add(name)
            left -= needed
    fitting = []
    for column in shown:
        if column.name in taken:
            wider = min(max(left, 0), column.width - column.least_width)
            left -= wider
            fitting.append(replace(column, width=column.least_width + wider))
    return fitting


def _cell_text(column: Column[Source], cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return _short_text(column, cell)
    if isinstance(cell, float) and column.digits is not None:
        return f"{cell:,.{column.digits}f}" if column.unit == "bit" else f"{cell:.{column.digits}f}"
    return f"{cell:,}" if column.unit == "bit" else str(cell)


def _to_second(instant: str) -> str:
    """Round an ISO instant to the second; a leap second, which datetime lacks, is cut."""
    clock = instant[:23]
    if clock[17:19] != "60":
        clock = str(datetime.fromisoformat(clock) + timedelta(seconds=0.5))
    return clock[:19].replace("T", " ")


def _short_text(column: Column[Source], cell: str) -> str:
    if column.unit in {"UTC", "local time"}:
        return _to_second(cell)
    return visible(cell, limit=_LONGEST_TEXT)
