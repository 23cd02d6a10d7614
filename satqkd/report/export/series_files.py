"""The second-by-second table of a plan: as which file, if at all, and in which pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from satqkd.report.export.csv import csv_chunks
from satqkd.report.export.folder import Content
from satqkd.report.export.hashed_file import HashedFile
from satqkd.report.export.parquet import require_parquet, write_parquet
from satqkd.report.tables.series import PLANNED_SERIES_COLUMNS, SeriesReport

MOST_ROWS: Final = 200_000
"""A longer series.csv, of some 70 MB, is written only when asked for."""

FORMS: Final = ("csv", "parquet", "none")
"""As what it can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesChoice:
    """As what the series is written."""

    rows: int
    """How many it has."""
    form: str
    """One of :data:`FORMS`."""

    @property
    def left_out(self) -> str | None:
        """Say that it is not written, and how it would be; None where it is."""
        if self.form != "none":
            return None
        return f"series.csv left out: {self.rows:,} rows; --series csv writes it"


def series_choice(rows: int, asked: str | None) -> SeriesChoice:
    """Decide as what a series is written: as asked, else as CSV up to 200,000 rows."""
    return SeriesChoice(rows=rows, form=asked or ("csv" if rows <= MOST_ROWS else "none"))


def require_series(asked: str | None) -> None:
    """Raise :class:`~satqkd.errors.SatqkdError`, before any long work, if it cannot be written."""
    if asked == "parquet":
        require_parquet()


def series_file(choice: SeriesChoice, reports: Iterable[SeriesReport]) -> dict[str, Content]:
    """Return the file by name, written report by report; none where it is left out."""
    if choice.form == "csv":
        return {"series.csv": series_chunks(reports)}
    if choice.form == "parquet":

        def write(file: HashedFile) -> None:
            write_parquet(PLANNED_SERIES_COLUMNS, reports, file)

        return {"series.parquet": write}
    return {}


def series_chunks(reports: Iterable[SeriesReport]) -> Iterator[bytes]:
    """Return ``series.csv`` piece by piece."""
    return csv_chunks(PLANNED_SERIES_COLUMNS, reports)
