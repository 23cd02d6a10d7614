"""Which columns of a table fit into a terminal, and how narrow each has to be.

Where the first columns do not fit, they are made narrower step by step, no further than it helps:

1. names are broken between words;
2. instants are broken between date and time, and a range stands in one column, low over high;
3. columns stand closer.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final

from rich.cells import cell_len

GAP: Final = 3
"""Between two columns, with the line there. [characters]"""
CLOSE_GAP: Final = 2
"""The same where columns stand closer; nothing then stands outside the outer ones. [characters]"""
_LOW, _HIGH = "_low", "_high"
"""What the names of the two ends of a range end in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownColumn:
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
    is_instant: bool
    other: str = ""
    """Name of the column that stands under this one in the same cells; empty without."""

    @property
    def alike(self) -> bool:
        """Whether it says the same in every one of several rows."""
        return self.is_name and len(self.cells) > 1 and len(set(self.cells)) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The columns of a table that fit."""

    columns: Sequence[ShownColumn]
    gap: int = GAP
    """Between two of them. [characters]"""

    @property
    def names(self) -> set[str]:
        """Names of the columns, also of those under another."""
        return {column.name for column in self.columns} | {column.other for column in self.columns}


def fitted(
    shown: Sequence[ShownColumn], ranked: Sequence[str], width: int, *, leading: AbstractSet[str]
) -> Fitted:
    """Take columns that fit, a number among them if there is any.

    Where the first leaves no room for one, it is broken between words and after hyphens: names
    without a value are no table.

    Parameters
    ----------
    shown, ranked
        What there is, and its names, the most important first.
    width
        Of the terminal. [characters]
    leading
        Names of those that are worth being made narrower for.
    """
    found = _with_the_leading(shown, ranked, width, leading=leading)
    numbers = [column.name for column in shown if column.is_number]
    if not numbers or any(column.is_number for column in found.columns):
        return found
    first, *others = ranked
    ranked = [first, min(numbers, key=ranked.index), *others]
    broken = [_breakable(column) if column.name == first else column for column in shown]
    narrow = _fitting(broken, list(dict.fromkeys(ranked)), width)
    if not any(column.is_number for column in narrow):
        return found
    return Fitted(
        columns=[_broken(column) if column.name == first else column for column in narrow]
    )


def _with_the_leading(
    shown: Sequence[ShownColumn], ranked: Sequence[str], width: int, *, leading: AbstractSet[str]
) -> Fitted:
    """Take columns that fit, made narrower step by step as long as more of the leading fit then."""
    wanted = {column.name for column in shown if not column.below and column.name in leading}
    wrapped = [_narrower(column) if column.is_name else column for column in shown]
    tight = _stacked([_two_lines(column) if column.is_instant else column for column in wrapped])
    found = Fitted(columns=_fitting(shown, ranked, width))
    for columns, gap in ((wrapped, GAP), (tight, GAP), (tight, CLOSE_GAP)):
        narrow = Fitted(columns=_fitting(columns, ranked, width, gap), gap=gap)
        if len(wanted & narrow.names) > len(wanted & found.names):
            found = narrow
    return found


def _narrower(column: ShownColumn) -> ShownColumn:
    """Return a text that may be as narrow as its longest word."""
    words = [word for text in [*column.cells, column.header] for word in text.split()]
    longest = max(map(cell_len, words), default=column.least_width)
    return replace(column, least_width=min(column.least_width, longest))


def _two_lines(column: ShownColumn) -> ShownColumn:
    """Return instants with the date over the time."""
    narrow = _narrower(column)
    return replace(narrow, width=narrow.least_width)


def _stacked(columns: Sequence[ShownColumn]) -> list[ShownColumn]:
    """Put the upper end of a range under the lower one, where both are there."""
    by_name = {column.name: column for column in columns}
    under = {
        name: high
        for name in by_name
        if name.endswith(_LOW)
        and (high := by_name.get(name.removesuffix(_LOW) + _HIGH)) is not None
    }
    gone = {high.name for high in under.values()}
    return [
        _over(column, under[column.name]) if column.name in under else column
        for column in columns
        if column.name not in gone
    ]


def _over(low: ShownColumn, high: ShownColumn) -> ShownColumn:
    width = max(low.width, high.width)
    return replace(
        low,
        header=f"{low.header},\nhigh",
        cells=[f"{one}\n{other}" for one, other in zip(low.cells, high.cells, strict=True)],
        width=width,
        least_width=width,
        other=high.name,
    )


def _breakable(column: ShownColumn) -> ShownColumn:
    """Return a text that may be as narrow as its longest piece."""
    pieces = [piece for cell in column.cells for piece in _pieces(cell, 1)]
    words = column.header.split()
    return replace(column, least_width=min(column.width, max(map(cell_len, [*pieces, *words]))))


def _broken(column: ShownColumn) -> ShownColumn:
    return replace(column, cells=["\n".join(_pieces(cell, column.width)) for cell in column.cells])


def _pieces(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False)


def _fitting(
    shown: Sequence[ShownColumn], ranked: Sequence[str], width: int, gap: int = GAP
) -> list[ShownColumn]:
    """Take columns by rank as long as they fit; wide text gets what the others leave."""
    by_name = {column.name: column for column in shown}
    left = width - 1 if gap == GAP else width + gap
    taken: set[str] = set()
    for name in ranked:
        if name not in by_name:
            continue  # it stands under another
        needed = by_name[name].least_width + gap
        if needed <= left or not taken:
            taken.add(name)
            left -= needed
    found = []
    for column in shown:
        if column.name in taken:
            wider = min(max(left, 0), column.width - column.least_width)
            left -= wider
            found.append(replace(column, width=column.least_width + wider))
    return found
