"""A column of a result: its name, unit and meaning, and how to fill it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, overload

import numpy as np
import numpy.typing as npt

from satqkd.passes.instants import Instants
from satqkd.report.tables.rounding import rounded
from satqkd.units import BoolArray, FloatArray, IntArray

Cell = str | int | float | bool | None
"""One value as a report shows it; None where there is nothing to say."""

Values = npt.NDArray[Any] | Sequence[Cell]
"""A whole column, one entry a row; best an array, :class:`Masked`, :class:`Labels` or
:class:`~satqkd.passes.instants.Instants`, which are written without a Python object a row.
"""

Source = TypeVar("Source")
Other = TypeVar("Other")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Column(Generic[Source]):
    """What one column of a table holds; CSV, JSON, terminal and documentation all read it."""

    name: str
    """Header: snake_case, ending in the unit where there is one."""
    unit: str
    """Unit as people write it; ``UTC`` for instants, empty for text and pure numbers."""
    description: str
    """What the value means, in one sentence."""
    values: Callable[[Source], Values]
    """Takes the results and returns the whole column."""
    digits: int | None = field(default=None, kw_only=True)
    """Decimals of a float; None shows it in full. Of an instant on a terminal any number shows it
    to the millisecond, None to the second."""
    screen_digits: int | None = field(default=None, kw_only=True)
    """Decimals of a float on a terminal, where fewer do than a file needs; None for ``digits``."""
    below: bool = field(default=False, kw_only=True)
    """Whether a terminal prints it below the table, row by row, when it does not fit into it."""

    def of(self, values: Callable[[Other], Values]) -> Column[Other]:
        """Return the same column, filled from other results."""
        return Column(
            self.name,
            self.unit,
            self.description,
            values,
            digits=self.digits,
            screen_digits=self.screen_digits,
        )


def each(get: Callable[[Row], Cell]) -> Callable[[Sequence[Row]], list[Cell]]:
    """Return what fills a column row by row."""
    return lambda rows: [get(row) for row in rows]


def field_of_each(name: str) -> Callable[[Sequence[Any]], list[Cell]]:
    """Return what fills a column with a field of every row."""
    return each(lambda row: getattr(row, name))


class _Rows(Sequence[Cell]):
    """A column that knows how to take some of its rows at once."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def tolist(self) -> list[Cell]:
        raise NotImplementedError

    def take(self, rows: IntArray | slice) -> _Rows:
        raise NotImplementedError

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        """Tell whether another sequence holds the same cells."""
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return self.tolist() == list(other)

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Cell]: ...
    def __getitem__(self, index: int | slice) -> Cell | Sequence[Cell]:
        if isinstance(index, slice):
            return self.take(index)
        row = range(len(self))[index]
        return self.take(slice(row, row + 1)).tolist()[0]


@dataclass(frozen=True, slots=True, eq=False)
class Masked(_Rows):
    """A column whose values mean something in some rows only."""

    values: npt.NDArray[Any] | Instants
    """What the rows hold; anything, also NaN, where they hold nothing."""
    where: BoolArray
    """Whether a row holds a value."""

    def __post_init__(self) -> None:
        if len(self.values) != self.where.size:
            raise ValueError(f"{len(self.values)} values, but {self.where.size} rows")

    def __len__(self) -> int:
        return int(self.where.size)

    def take(self, rows: IntArray | slice) -> Masked:
        """Return some rows, in the order of ``rows``."""
        values = self.values.take(rows) if isinstance(self.values, Instants) else self.values[rows]
        return Masked(values, self.where[rows])

    def tolist(self) -> list[Cell]:
        """Return the cells, None where a row holds nothing."""
        return [
            value if there else None
            for value, there in zip(self.values.tolist(), self.where.tolist(), strict=True)
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Labels(_Rows):
    """A column of few different texts."""

    codes: IntArray
    """Which of the texts each row holds, counted from 0, or from -1 at the end."""
    words: Sequence[str | None]
    """The texts; None where there is nothing to say."""

    def __len__(self) -> int:
        return int(self.codes.size)

    def take(self, rows: IntArray | slice) -> Labels:
        """Return some rows, in the order of ``rows``."""
        return Labels(self.codes[rows], self.words)

    def tolist(self) -> list[Cell]:
        """Return the text of each row."""
        return [self.words[code] for code in self.codes.tolist()]


def cells(column: Column[Source], source: Source) -> list[Cell]:
    """Fill a column and round it to its digits.

    Raises
    ------
    ValueError
        When a number is not finite: an absent value has to be None.
    """
    values = column.values(source)
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        numbers = values.astype(np.float64)
        require_shown(column, numbers)
        shown = numbers if column.digits is None else rounded(numbers, column.digits)
        return list(shown.tolist())
    if isinstance(values, np.ndarray | Masked | Labels | Instants):
        return [rounded_cell(column, value) for value in values.tolist()]
    return [rounded_cell(column, value) for value in values]


def choose(columns: Sequence[Column[Source]], names: Sequence[str]) -> list[Column[Source]]:
    """Return the columns called ``names``, in the order of ``columns``."""
    known = {column.name for column in columns}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no column is called {', '.join(unknown)}")
    return [column for column in columns if column.name in names]


def present(values: npt.ArrayLike | Instants, where: npt.NDArray[np.bool_]) -> Masked:
    """Keep ``values`` where they mean something and put None elsewhere."""
    return Masked(values if isinstance(values, Instants) else np.asarray(values), where)


def nothing(rows: int) -> Labels:
    """Return a column that has nothing to say."""
    return Labels(np.zeros(rows, dtype=np.int64), (None,))


def in_order(values: Values, rows: IntArray) -> Values:
    """Return the cells of some rows, in the order of ``rows``."""
    if isinstance(values, np.ndarray):
        return np.asarray(values[rows])
    if isinstance(values, Masked | Labels | Instants):
        return values.take(rows)
    return [values[row] for row in rows.tolist()]


def require_shown(column: Column[Any], numbers: FloatArray) -> None:
    """Raise :class:`ValueError` where a number is not finite."""
    finite = np.isfinite(numbers)
    if not finite.all():
        raise _not_shown(column, numbers[~finite].tolist()[0])


def rounded_cell(column: Column[Any], value: Cell) -> Cell:
    """Round one cell as :func:`cells` does."""
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        raise _not_shown(column, value)
    if column.digits is None:
        return value
    return round(value, column.digits) + 0.0


def _not_shown(column: Column[Any], value: float) -> ValueError:
    return ValueError(f"column {column.name} holds {value}, which no report may show")
