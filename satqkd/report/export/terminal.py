"""Tables for a terminal, as wide as it is and no wider."""

from __future__ import annotations

import io
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from satqkd.report.export.printable import visible
from satqkd.report.tables.column import Cell, Column, Source, cells, choose

_WIDEST_TEXT = 34
"""Wider texts are wrapped. [characters]"""
_NARROWEST_TEXT = 18
"""Narrowest column that a text is wrapped into. [characters]"""
_GAP = 3
"""Between two columns, with the line there. [characters]"""
_LONGEST_TEXT = 160
"""Longer texts are cut. [characters]"""
_LONGEST_TOKEN = 60
"""Longest word that makes its column as wide as itself. [characters]"""
_LEADING = 6
"""So many columns of the highest rank are worth a name that is broken between words."""
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
_STATUS_STYLE = {"scheduled": "bold green", "rejected": "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A column ready for the screen."""

    name: str
    header: str
    cells: list[str]
    width: int
    least_width: int
    """Text with spaces can be wrapped down to this; the same as ``width`` otherwise. No word is
    broken, unless it is as long as no honest word is.
    """
    is_number: bool
    below: bool
    is_name: bool
    """A text without a unit: it may be broken between words, and said once if always the same."""

    @property
    def alike(self) -> bool:
        """Whether it says the same in every one of several rows."""
        return self.is_name and len(self.cells) > 1 and len(set(self.cells)) == 1


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
        Columns to show, the most important first; empty for all. Those without a value are left
        out; those that do not fit in
        ``width`` are left out from the end, and the caption says which, except for reasons
        and notes: :func:`to_terminal` prints them below.
    width
        Width of the terminal. [characters]
    """
    shown, ranked = _said(columns, source, names)
    return _table(shown, _with_a_number(shown, ranked, width), ranked)


def _said(
    columns: Sequence[Column[Source]], source: Source, names: Sequence[str]
) -> tuple[list[_Shown], list[str]]:
    """Columns that say anything, and their names by rank; all of them if none does."""
    ranked = list(names) or [column.name for column in columns]
    shown = [_shown(column, source) for column in choose(columns, ranked)]
    said = [column for column in shown if any(cell not in {"", _NOTHING} for cell in column.cells)]
    if not said:
        return shown, ranked
    there = {column.name for column in said}
    alike = {column.name for column in said if column.alike and not column.below}
    last = [name for name in ranked if name in alike]
    return said, [*(name for name in ranked if name in there - alike), *last]


def _table(shown: list[_Shown], fitting: list[_Shown], ranked: Sequence[str]) -> Table:
    there = {column.name for column in fitting}
    by_name = {column.name: column for column in shown}
    left_out = [by_name[name] for name in ranked if name not in there and not by_name[name].below]
    missing = [column.name for column in left_out if not column.alike]
    table = Table(box=box.SIMPLE_HEAD, header_style="bold")
    told = [f"{column.name} in every row: {column.cells[0]}" for column in left_out if column.alike]
    if missing:
        told.append(f"not shown for want of width: {', '.join(missing)}")
    if told:
        table.caption = Text("\n".join(told))
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
    every: bool = False,
) -> str:
    """Return :func:`to_table` as text; ANSI colours only when asked for.

    With ``every`` columns without a value are shown as well, and none gives way for saying always
    the same.

    Reasons and notes that do not fit stand in a list below, each after what names its row.
    """
    if every:
        shown, ranked = [_shown(column, source) for column in choose(columns, names)], list(names)
    else:
        shown, ranked = _said(columns, source, names)
    fitting = _with_a_number(shown, ranked, width)
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        legacy_windows=False,
    )
    with console.capture() as captured:
        console.print(_table(shown, fitting, ranked))
        for line in _below(shown, fitting, ranked):
            console.print(Padding(Text(line), (0, 0, 0, 2)))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _below(shown: list[_Shown], fitting: list[_Shown], ranked: list[str]) -> list[str]:
    """Lines for the reasons and notes that found no place in the table."""
    there = {column.name for column in fitting}
    texts = [column for column in shown if column.below and column.name not in there]
    if not texts:
        return []
    whole = [column for column in shown if column.name in there]
    keys = _row_keys(sorted(whole, key=lambda column: ranked.index(column.name)))
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


def _row_keys(fitting: list[_Shown]) -> list[str]:
    """Name each row by its first column, and by as many more as it takes to tell rows apart."""
    keys = [""] * len(fitting[0].cells)
    for column in fitting:
        words = ["" if cell == _NOTHING else cell for cell in column.cells]
        keys = [f"{key} {word}".strip() for key, word in zip(keys, words, strict=True)]
        if len(set(keys)) == len(keys):
            break
    return keys


def _shown(column: Column[Source], source: Source) -> _Shown:
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
    return _Shown(
        name=column.name,
        header=header,
        cells=texts,
        width=width,
        least_width=min(width, max(_NARROWEST_TEXT, unbroken)) if wraps else width,
        is_number=is_number,
        below=column.below,
        is_name=not (is_number or column.unit or column.below),
    )


def _heading(column: Column[Source]) -> list[str]:
    """Words of a column's name, the unit it ends in as people write it, in brackets."""
    words = column.name.split("_")
    of_unit = next((size for size in (2, 1) if "_".join(words[-size:]) in _UNITS), 0)
    if not (of_unit and column.unit):
        return words
    return [*words[:-of_unit], f"[{column.unit}]"]


def _with_a_number(shown: list[_Shown], ranked: list[str], width: int) -> list[_Shown]:
    """Take columns that fit, a number among them if there is any.

    Where the first leaves no room for one, it is broken between words and after hyphens: names
    without a value are no table.
    """
    fitting = _with_the_leading(shown, ranked, width)
    numbers = [column.name for column in shown if column.is_number]
    if not numbers or any(column.is_number for column in fitting):
        return fitting
    first, *others = ranked
    ranked = [first, min(numbers, key=ranked.index), *others]
    broken = [_breakable(column) if column.name == first else column for column in shown]
    narrow = _fitting(broken, list(dict.fromkeys(ranked)), width)
    if not any(column.is_number for column in narrow):
        return fitting
    return [_broken(column) if column.name == first else column for column in narrow]


def _with_the_leading(shown: list[_Shown], ranked: list[str], width: int) -> list[_Shown]:
    """Take columns that fit; names are broken between words if more of the first fit then."""
    leading = set(ranked[:_LEADING])
    fitting = _fitting(shown, ranked, width)
    wrapped = [
        replace(column, least_width=_wrapped_width(column)) if column.is_name else column
        for column in shown
    ]
    narrow = _fitting(wrapped, [name for name in ranked if name in leading], width)
    if len(narrow) <= len(leading & {column.name for column in fitting}):
        return fitting
    taken = {column.name: replace(column, least_width=column.width) for column in narrow}
    return _fitting([taken.get(column.name, column) for column in shown], ranked, width)


def _wrapped_width(column: _Shown) -> int:
    """Width of the longest word of a name and its heading. [characters]"""
    words = [word for text in [*column.cells, column.header] for word in text.split()]
    return min(column.least_width, max(map(cell_len, words), default=column.least_width))


def _breakable(column: _Shown) -> _Shown:
    """Return a text that may be as narrow as its longest piece."""
    pieces = [piece for cell in column.cells for piece in _pieces(cell, 1)]
    words = column.header.split()
    return replace(column, least_width=min(column.width, max(map(cell_len, [*pieces, *words]))))


def _broken(column: _Shown) -> _Shown:
    return replace(column, cells=["\n".join(_pieces(cell, column.width)) for cell in column.cells])


def _pieces(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False)


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
        return _NOTHING
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return _short_text(column, cell)
    if isinstance(cell, float) and column.digits is not None:
        return _number_text(cell, digits=column.digits, grouped=column.unit == "bit")
    return f"{cell:,}" if column.unit == "bit" else str(cell)


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
    if column.unit.startswith("UTC") or column.unit == "local time":
        whole = cell.removesuffix("Z").replace("T", " ")
        return _to_second(cell) if column.digits is None else whole
    return visible(cell, limit=_LONGEST_TEXT)
