"""Columns as arrays of one kind, whatever a table fills them with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import NoneType
from typing import Any

import numpy as np
import numpy.typing as npt

from satqkd.passes.instants import Instants
from satqkd.report.tables.column import (
    Cell,
    Column,
    Labels,
    Masked,
    Source,
    Values,
    require_shown,
    rounded_cell,
)
from satqkd.report.tables.rounding import rounded
from satqkd.units import BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The rows of one column: an array of floats, integers or flags, instants, texts, or cells."""

    values: npt.NDArray[Any] | Instants | Labels | list[Cell]
    """Cells only where a column mixes numbers, text and flags; rounded already. What stands
    where a number is missing is 0.
    """
    where: BoolArray | None = None
    """Rows that hold a value; None for all. Texts and cells say themselves what is missing."""
    digits: int | None = None
    """Decimals of the floats."""

    def __len__(self) -> int:
        return len(self.values)

    def part(self, rows: slice) -> Typed:
        """Return some rows."""
        where = None if self.where is None else self.where[rows]
        if isinstance(self.values, Labels):
            return replace(self, values=self.values.take(rows), where=where)
        return replace(self, values=self.values[rows], where=where)

    def rounded(self) -> Typed:
        """Return floats rounded to their digits; anything else as it is."""
        values = self.values
        if not isinstance(values, np.ndarray) or values.dtype.kind != "f" or self.digits is None:
            return self
        return replace(self, values=rounded(values, self.digits))


def typed(column: Column[Source], source: Source) -> Typed:
    """Fill a column.

    Raises
    ------
    ValueError
        When a number is not finite: an absent value has to be None.
    """
    found = _of(column.values(source))
    values = found.values
    if isinstance(values, np.ndarray):
        if found.where is not None:
            values = np.where(found.where, values, np.zeros(1, dtype=values.dtype))
        if values.dtype.kind == "f":
            require_shown(column, values)
    elif isinstance(values, list):
        values = [rounded_cell(column, cell) for cell in values]
    return Typed(values=values, where=found.where, digits=column.digits)


def filled(columns: Sequence[Column[Source]], source: Source) -> list[Typed]:
    """Fill every column of a table; :func:`typed` says what may go wrong."""
    return [typed(column, source) for column in columns]


def rows_of(table: Sequence[Typed]) -> int:
    """Return how many rows a table has.

    Raises
    ------
    ValueError
        When its columns differ in length.
    """
    lengths = {len(column) for column in table}
    if len(lengths) > 1:
        raise ValueError(f"columns of one table have {sorted(lengths)} rows")
    return lengths.pop() if lengths else 0


def _of(values: Values) -> Typed:
    if isinstance(values, Masked):
        if isinstance(values.values, Instants) or values.values.dtype.kind in "fiub":
            return replace(_of(values.values), where=values.where)
        return _of_cells(values.tolist())
    if isinstance(values, Labels | Instants):
        return Typed(values=values)
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "f":
            return Typed(values=values.astype(np.float64, copy=False))
        if values.dtype.kind in "iub":
            return Typed(values=values)
        values = values.tolist()
    return _of_cells(list(values))


def _of_cells(cells: list[Cell]) -> Typed:
    """Tell the kind of a list: only pure ones become arrays, so that every cell stays itself."""
    kinds = set(map(type, cells)) - {NoneType}
    if kinds <= {str}:
        codes: dict[Cell, int] = {}
        which = [codes.setdefault(cell, len(codes)) for cell in cells]
        words = [None if word is None else str(word) for word in codes]
        return Typed(values=Labels(np.array(which, dtype=np.int64), words))
    if kinds in ({float}, {int}, {bool}):
        where = np.array([cell is not None for cell in cells], dtype=np.bool_)
        (kind,) = kinds
        numbers: npt.NDArray[Any]
        try:
            numbers = np.array(
                [kind(0) if cell is None else cell for cell in cells],
                dtype={float: np.float64, int: np.int64, bool: np.bool_}[kind],
            )
        except OverflowError:  # an integer beyond 64 bits
            return Typed(values=cells)
        return Typed(values=numbers, where=None if where.all() else where)
    return Typed(values=cells)
