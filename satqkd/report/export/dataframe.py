"""Tables as pandas data frames, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from satqkd.report.tables.column import Column, Source, cells

if TYPE_CHECKING:
    import pandas as pd


def to_frame(columns: Sequence[Column[Source]], source: Source) -> pd.DataFrame:
    """Return a table as a data frame; pandas is imported only here.

    Numbers are rounded as in the CSV; times stay text, because pandas knows no leap seconds.
    """
    import pandas as pd  # noqa: PLC0415  # a third of a second that other commands need not pay

    return pd.DataFrame({column.name: cells(column, source) for column in columns})
