"""Tables as pandas data frames, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from satqkd.report.export.typed import Typed, typed
from satqkd.report.export.utc import INSTANT, instants_of
from satqkd.report.tables.column import Column, Labels, Source
from satqkd.units import BoolArray

if TYPE_CHECKING:
    import pandas as pd


def to_frame(columns: Sequence[Column[Source]], source: Source) -> pd.DataFrame:
    """Return a table as a data frame; pandas is imported only here.

    Numbers are rounded as in the CSV. Instants are datetimes in UTC to the microsecond, a leap
    second, which pandas lacks, the midnight after it. A missing number is NaN, a missing whole
    number ``pd.NA`` in a column of kind ``Int64``, a missing flag likewise in ``boolean``.
    """
    import pandas as pd  # noqa: PLC0415  # a third of a second that other commands need not pay

    return pd.DataFrame(
        {column.name: _series(pd, column, typed(column, source).rounded()) for column in columns}
    )


def _series(pd: Any, column: Column[Any], found: Typed) -> Any:
    if column.unit == INSTANT:
        return pd.Series(instants_of(found)[0]).dt.tz_localize("UTC")
    cells, where = found.values, found.where  # noqa: PD011  # not one of pandas
    if isinstance(cells, Labels) and column.digits is not None and not any(cells.words):
        return np.full(len(cells), np.nan)
    if not isinstance(cells, np.ndarray):
        return list(cells)
    return cells if where is None or where.all() else _with_gaps(pd, cells, where)


def _with_gaps(pd: Any, numbers: npt.NDArray[Any], where: BoolArray) -> Any:
    if numbers.dtype.kind == "f":
        return np.where(where, numbers, np.nan)
    kind = pd.arrays.BooleanArray if numbers.dtype.kind == "b" else pd.arrays.IntegerArray
    return kind(numbers, ~where)
