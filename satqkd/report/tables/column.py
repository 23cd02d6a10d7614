"""A column of a result: its name, unit and meaning, and how to fill it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Cell = str | int | float | bool | None
"""One value as a report shows it; None where there is nothing to say."""

Values = npt.NDArray[Any] | Sequence[Cell]
"""A whole column, one entry a row."""

Source = TypeVar("Source")


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


def cells(column: Column[Source], source: Source) -> list[Cell]:
    """Fill a column and round it to its digits.

    Raises
    ------
    ValueError
        When a number is not finite: an absent value has to be None.
    """
    values = column.values(source)
    plain = values.tolist() if isinstance(values, np.ndarray) else values
    return [rounded(column, value) for value in plain]


def choose(columns: Sequence[Column[Source]], names: Sequence[str]) -> list[Column[Source]]:
    """Return the columns called ``names``, in the order of ``columns``."""
    known = {column.name for column in columns}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no column is called {', '.join(unknown)}")
    return [column for column in columns if column.name in names]


def present(values: npt.ArrayLike, where: npt.NDArray[np.bool_]) -> list[Cell]:
    """Keep ``values`` where they mean something and put None elsewhere."""
    kept = np.asarray(values).astype(object)
    kept[~where] = None
    return list(kept.tolist())


def rounded(column: Column[Source], value: Cell) -> Cell:
    """Round one cell to the digits of its column; a number that is not finite is refused."""
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        raise ValueError(f"column {column.name} holds {value}, which no report may show")
    if column.digits is None:
        return value
    return round(value, column.digits) + 0.0
