"""Rows of a table as bytes, a block at a time, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from satqkd.passes.instants import Instants
from satqkd.report.export.typed import Typed, rows_of
from satqkd.report.export.words import (
    Words,
    constant,
    fraction_words,
    integer_words,
    text_words,
)
from satqkd.report.tables.column import Cell, Labels
from satqkd.report.tables.rounding import MOST_DIGITS, by_python, scaled
from satqkd.units import BoolArray, IntArray

_MOST_ROWS = 4096
"""Rows put together at once."""
_MOST_WORDS = 1 << 20
"""Words put together at once; long texts make blocks shorter."""
_MINUS = constant(b"-")[0]
_NOTHING = np.zeros(1, dtype=np.uint32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a kind of file writes rows and cells."""

    before: Sequence[bytes]
    """Text before each cell of a row."""
    after: bytes
    """Text after each row."""
    quote: bytes
    """Around instants."""
    zeros: bool
    """Whether decimals keep their zeros at the end; else floats read as Python's ``repr``."""
    cell: Callable[[Cell, int | None], bytes]
    """Text of one cell, given its column's digits."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """Text of a column's cells, and of those that read otherwise."""

    words: list[Words]
    others: list[tuple[IntArray, Words]]
    """Rows and what stands there instead, shape (rows, words) or (1, words)."""

    @property
    def width(self) -> int:
        """Words a row. [1]"""
        return sum(1 if one.ndim == 1 else one.shape[1] for one in self.words)

    @property
    def more(self) -> int:
        """Words a row that only the others need. [1]"""
        return max((words.shape[1] for _, words in self.others), default=0)


def row_blocks(table: Sequence[Typed], style: Style) -> Iterator[bytes]:
    """Return the rows of a table as text, block by block."""
    count = rows_of(table)
    texts = [_label_words(column, style) for column in table]
    longest = sum(words.shape[1] for words in texts if words is not None)
    step = min(_MOST_ROWS, max(1, _MOST_WORDS // max(longest, 1)))
    for begin in range(0, count, step):
        rows = slice(begin, min(begin + step, count))
        block = [
            _cells(column.part(rows), style, words)
            for column, words in zip(table, texts, strict=True)
        ]
        yield _joined(block, style, rows.stop - begin)


def _joined(block: Sequence[_Cells], style: Style, count: int) -> bytes:
    before = [constant(text) for text in style.before]
    after = constant(style.after)
    width = len(after) + sum(
        len(words) + cells.width + cells.more for words, cells in zip(before, block, strict=True)
    )
    out = np.empty((count, width), dtype=np.uint32)
    at = 0
    for words, cells in zip(before, block, strict=True):
        begin = _put(out, at, words)
        at = _put(out, begin, cells.words)
        end = at + cells.more
        out[:, at:end] = 0
        for rows, other in cells.others:
            out[rows, begin:at] = 0
            out[rows, at : at + other.shape[1]] = other
        at = end
    _put(out, at, after)
    return out.tobytes().translate(None, b"\0")


def _put(out: Words, at: int, words: Sequence[Words]) -> int:
    for one in words:
        wide = 1 if one.ndim == 1 else one.shape[1]
        if one.ndim == 1:
            out[:, at] = one
        else:
            out[:, at : at + wide] = one
        at += wide
    return at


def _label_words(column: Typed, style: Style) -> Words | None:
    """Text of every label, escaped once."""
    if not isinstance(column.values, Labels):
        return None
    return text_words([style.cell(word, None) for word in column.values.words] or [b""])


def _cells(column: Typed, style: Style, labels: Words | None) -> _Cells:
    values = column.values
    if isinstance(values, Labels) and labels is not None:
        return _Cells([labels[values.codes]], [])
    if isinstance(values, Instants):
        quote = constant(style.quote)
        return _masked([*quote, _instant_words(values), *quote], column.where, style)
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "b":
            flags = text_words([style.cell(flag, None) for flag in (False, True)])
            return _masked([flags[values.astype(np.intp)]], column.where, style)
        if values.dtype.kind != "f":
            return _masked(_whole_words(values), column.where, style)
        if column.digits is not None and column.digits <= MOST_DIGITS:
            return _decimals(column, values, column.digits, style)
    plain = column.rounded().values
    shown = plain.tolist() if isinstance(plain, np.ndarray) else plain
    cells = [style.cell(cell, column.digits) for cell in shown]
    return _masked([text_words(cells)], column.where, style)


def _masked(
    words: list[Words],
    where: BoolArray | None,
    style: Style,
    others: Sequence[tuple[IntArray, Words]] = (),
) -> _Cells:
    if where is None or where.all():
        return _Cells(words, list(others))
    nothing = text_words([style.cell(None, None)])
    return _Cells(words, [*others, (np.flatnonzero(~where), nothing)])


def _whole_words(values: npt.NDArray[Any]) -> list[Words]:
    """Integers of any sign; the size of the least int64 fits only in uint64."""
    negative = values < 0
    size = values.astype(np.uint64)
    size = np.where(negative, np.uint64(0) - size, size)
    return [*_sign(negative), *integer_words(size)]


def _sign(negative: BoolArray) -> list[Words]:
    return [np.where(negative, _MINUS, _NOTHING)] if negative.any() else []


def _decimals(column: Typed, values: npt.NDArray[np.float64], digits: int, style: Style) -> _Cells:
    """Floats of a few decimals; those next to a tie or too large by Python, one by one."""
    whole, sure = scaled(values, digits)
    number = whole.astype(np.int64)
    size, power = np.abs(number), 10**digits
    if not style.zeros:  # repr turns to powers of ten below 0.0001
        sure &= (number == 0) | (10_000 * size >= power)
        digits, size, power = (digits, size, power) if digits else (1, 10 * size, 10)
    units = size // power
    words = [
        *_sign(number < 0),
        *integer_words(units),
        *fraction_words(size - power * units, digits, trailing=style.zeros),
    ]
    others, rows = [], np.flatnonzero(~sure)
    if rows.size:
        rest = by_python(values[rows], column.digits or 0)
        others = [(rows, text_words([style.cell(one, column.digits) for one in rest.tolist()]))]
    return _masked(words, column.where, style, others)


def _instant_words(values: Instants) -> Words:
    size = 4 * -(-values.text_length // 4)
    return values.text().astype(f"S{size}").view(np.uint32).reshape(len(values), size // 4)
