"""Results as data frames and Parquet files: which table shows what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from satqkd.calibration.score import Score
from satqkd.errors import SatqkdError, WrongTypeError
from satqkd.forecast.availability import Availability
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.key_blocks import KeyBlocks
from satqkd.forecast.settings import Optimised
from satqkd.mission.mission import Mission, require_mission
from satqkd.network.plan import Plan
from satqkd.passes.contacts import Contacts
from satqkd.report.export.dataframe import to_frame as table_to_frame
from satqkd.report.export.parquet import to_parquet as table_to_parquet
from satqkd.report.tables.availability import AVAILABILITIES
from satqkd.report.tables.column import Column
from satqkd.report.tables.contacts import (
    JOINT_CONTACT_COLUMNS,
    PASS_CONTACT_COLUMNS,
    contact_report,
)
from satqkd.report.tables.key_blocks import BLOCKS
from satqkd.report.tables.passes import PASS_COLUMNS, PLANNED_PASS_COLUMNS, pass_report
from satqkd.report.tables.score import SCORED_COLUMNS, contact_rows
from satqkd.report.tables.series import SERIES_COLUMNS, series_report
from satqkd.report.tables.sessions import SESSION_COLUMNS
from satqkd.report.tables.settings import SETTINGS
from satqkd.report.tables.study import study_columns
from satqkd.report.tables.together import TOGETHER_COLUMNS
from satqkd.report.tables.validation import VALIDATION_COLUMNS
from satqkd.study.results import Results
from satqkd.validation.case import Outcome

if TYPE_CHECKING:
    import pandas as pd

Table = tuple[Sequence[Column[Any]], Any]
"""Columns, and what they are filled from."""


def to_frame(
    result: object, *, mission: Mission | None = None, series: bool = False
) -> pd.DataFrame:
    """Return a result as a pandas data frame: one row a contact, a block, a figure or a sample.

    Parameters
    ----------
    result
        A forecast, a plan (its passes), key blocks, an availability, optimised settings,
        contacts, a score (its contacts), the results of a study, or what a validation returns.
    mission
        Of contacts: the mission they were found in, which knows names and dates.
    series
        Of a forecast with series: one row a sample instead of one a pass.

    Returns
    -------
    DataFrame
        The columns of the table that the command line writes, see docs/columns.md; instants as
        UTC datetimes, what is missing as NaN or NA.

    Raises
    ------
    WrongTypeError
        For what no table shows, and for contacts without their mission.
    SatqkdError
        For a series of what has none, and contacts of another mission.
    """
    columns, source = _series_of(result) if series else table_of(result, mission)
    return table_to_frame(columns, source)


def to_parquet(result: object, path: Path | str, *, mission: Mission | None = None) -> None:
    """Write a result, or several forecasts one below the other, as a Parquet file.

    Parameters
    ----------
    result, mission
        As for :func:`to_frame`; or an iterable of forecasts such as
        :func:`satqkd.forecast.stream.stream` yields, written as they come.
    path
        The file; it appears whole or not at all.

    Raises
    ------
    WrongTypeError
        As :func:`to_frame`.
    SatqkdError
        Without pyarrow, or as :func:`to_frame`.
    """
    if isinstance(result, Iterable) and not _is_validation(result) and not isinstance(result, str):
        parts = (table_of(one) for one in result)
        columns, first = next(parts, (PASS_COLUMNS, None))
        rest = (source for _, source in parts)
        table_to_parquet(columns, () if first is None else _chained(first, rest), path)
        return
    columns, source = table_of(result, mission)
    table_to_parquet(columns, (source,), path)


def _chained(first: Any, rest: Iterable[Any]) -> Iterable[Any]:
    yield first
    yield from rest


def table_of(result: object, mission: Mission | None = None) -> Table:
    """Return the columns that show a result, and what fills them."""
    if isinstance(result, Contacts):
        return _of_contacts(result, mission)
    if _is_validation(result):
        return VALIDATION_COLUMNS, result
    for kind, show in _TABLES.items():
        if isinstance(result, kind):
            return show(result)
    known = ", ".join(kind.__name__ for kind in (*_TABLES, Contacts))
    raise WrongTypeError(
        f"no table shows a {type(result).__name__}\n"
        f"  fix: give one of {known}, or what satqkd.validate() returns"
    )


def _is_validation(result: object) -> bool:
    """Whether it is what a validation returns, or some of it."""
    return (
        isinstance(result, Sequence)
        and len(result) > 0
        and all(isinstance(one, Outcome) for one in result)
    )


def _of_contacts(found: Contacts, mission: Mission | None) -> Table:
    if mission is None:
        raise WrongTypeError(
            "contacts hold no names and no dates\n"
            "  fix: give the mission they were found in: mission=mission"
        )
    require_mission(mission, by="to_frame")
    columns = PASS_CONTACT_COLUMNS if len(found.arms) == 1 else JOINT_CONTACT_COLUMNS
    return columns, contact_report(found, mission)


def _of_forecast(found: Forecast) -> Table:
    if found.link is not None:
        return SESSION_COLUMNS, found
    if found.pair is not None:
        return TOGETHER_COLUMNS, found
    return PASS_COLUMNS, pass_report(found)


def _series_of(result: object) -> Table:
    if not isinstance(result, Forecast):
        raise SatqkdError("only a forecast has series\n  fix: leave out series=True")
    followed = result if result.series is not None else result.with_series()
    return SERIES_COLUMNS, series_report(followed)


_TABLES: dict[type[Any], Callable[[Any], Table]] = {
    Forecast: _of_forecast,
    Plan: lambda plan: (PLANNED_PASS_COLUMNS, pass_report(plan.forecast, plan=plan)),
    KeyBlocks: lambda found: (BLOCKS.of(found.forecast).columns, found),
    Availability: lambda found: (AVAILABILITIES.of(found.forecast).columns, found),
    Optimised: lambda found: (SETTINGS.of(found.forecast).columns, found),
    Score: lambda score: (SCORED_COLUMNS, contact_rows(score)),
    Results: lambda results: (study_columns(results), results),
}
"""How each kind of result is shown."""
