"""What a worker does: a point from its settings to its row. Needs no disk."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite, nan
from time import perf_counter
from typing import Final

from satqkd.errors import InputError, SatqkdError, SatqkdWarning
from satqkd.mission.mission import Mission
from satqkd.study.base import Base
from satqkd.study.figures import Figures, forecast_figures
from satqkd.study.fingerprint import code_version
from satqkd.study.measure import COLUMNS, SUMMED, Measure, summed_name
from satqkd.study.planned import planned_figures
from satqkd.study.point import Point
from satqkd.study.results import DONE, FAILED
from satqkd.study.study import Study
from satqkd.study.tally import Tally, month_text, tally_of
from satqkd.weather.clear_sky import Draws


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """What all points of a study have in common; goes to each worker once."""

    base: Base
    measures: tuple[Measure, ...]
    names: tuple[str, ...]
    """Names of the variables."""
    draws: Mapping[int, Draws | None]
    """How skies are drawn, by repetition."""
    plan: bool

    @staticmethod
    def of(study: Study) -> Shared:
        """Take of a study what work needs."""
        return Shared(
            base=study.base,
            measures=study.measures,
            names=tuple(one.name for one in study.variables),
            draws={number: study.draws(number) for number in range(1, study.repeat + 1)},
            plan=study.plan,
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the measures sum."""
        needed = {name for one in self.measures for name in one.expression.names}
        return tuple(
            column
            for column in COLUMNS
            if needed.intersection(summed_name(column, of) for of in SUMMED)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One repetition of one point."""

    name: str
    """The point's."""
    repeat: int
    point: Point

    @property
    def key(self) -> str:
        """Name of the row: that of its file."""
        return f"{self.name}-{self.repeat}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came of a job."""

    name: str
    repeat: int
    status: str
    reason: str = ""
    """Why it failed; of one that is done over which stations nothing is usable."""
    values: tuple[float, ...] = ()
    """One a measure, NaN where there is none; none at all where it failed."""
    months: tuple[tuple[str, float], ...] = ()
    """Key by month. [bit]"""

    @property
    def key(self) -> str:
        """Name of its file."""
        return f"{self.name}-{self.repeat}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A row with what is no part of it: it differs from run to run."""

    row: Row
    seconds: float
    """How long the work took. [s]"""
    warned: tuple[str, ...]
    """What satqkd warned about."""
    code: str
    """Version of the code that did it."""


def worked(shared: Shared, jobs: Sequence[Job]) -> list[Told]:
    """Work out some jobs, one after the other; one that fails is a row with its reason."""
    return [_worked(shared, job, None) for job in jobs]


def tallied(shared: Shared, job: Job, satellites: Sequence[int]) -> tuple[Tally, tuple[str, ...]]:
    """Count the contacts of some satellites of a large point; and what was warned about."""
    with _warnings() as warned:
        tally = _tally(shared, job, _mission(shared, job), satellites)
    return tally, _texts(warned)


def finished(shared: Shared, job: Job, parts: Sequence[tuple[Tally, tuple[str, ...]]]) -> Told:
    """Work out a large point of which the contacts were counted, in the order of satellites."""
    found = _worked(shared, job, Tally.join([tally for tally, _ in parts]))
    every = dict.fromkeys(text for _, warned in parts for text in (*warned, *found.warned))
    return Told(row=found.row, seconds=found.seconds, warned=tuple(every), code=found.code)


def _worked(shared: Shared, job: Job, tally: Tally | None) -> Told:
    begin = perf_counter()
    with _warnings() as warned:
        try:
            row = _row(shared, job, tally)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the others go on
            row = failed_row(job, _reason(error))
    return Told(row=row, seconds=perf_counter() - begin, warned=_texts(warned), code=code_version())


def failed_row(job: Job, reason: str) -> Row:
    """Return the row of a job that came to nothing."""
    return Row(name=job.name, repeat=job.repeat, status=FAILED, reason=reason)


def _row(shared: Shared, job: Job, tally: Tally | None) -> Row:
    mission, draws = _mission(shared, job), shared.draws[job.repeat]
    if shared.plan:
        figures = planned_figures(mission, shared.columns, draws)
    else:
        counted = _tally(shared, job, mission, None) if tally is None else tally
        figures = forecast_figures(mission, counted, draws)
    months = ((month_text(month), bits) for month, bits in figures.months.items())
    return Row(
        name=job.name,
        repeat=job.repeat,
        status=DONE,
        reason=_told_of(figures.idle),
        values=tuple(measured(shared, job.point, figures)),
        months=tuple(months),
    )


def _told_of(idle: Sequence[str]) -> str:
    """Say over which stations nothing is usable: they are why the worst of all gets nothing."""
    shown = ", ".join(idle[:MOST_NAMED])
    more = f" and {len(idle) - MOST_NAMED} more" if len(idle) > MOST_NAMED else ""
    return f"nothing is usable over {shown}{more}" if idle else ""


def measured(shared: Shared, point: Point, figures: Figures) -> Iterator[float]:
    """Yield the value of each measure."""
    levels = zip(shared.names, point.levels, strict=True)
    numbers = {name: nan if one.number is None else one.number for name, one in levels}
    known = _Known({**figures.values, **numbers})
    for measure in shared.measures:
        value = measure.expression(known)
        known[measure.name] = value
        yield value if isfinite(value) else nan


class _Known(dict[str, float]):
    """Numbers by name; NaN for what this point has not, as the share of a demand that it lacks."""

    def __missing__(self, name: str) -> float:
        return nan


def _mission(shared: Shared, job: Job) -> Mission:
    return shared.base.at(job.point.settings, job.point.keeps)


def _tally(shared: Shared, job: Job, mission: Mission, satellites: Sequence[int] | None) -> Tally:
    columns = shared.columns
    draws = shared.draws[job.repeat] if EXPECTED in columns else None
    return tally_of(mission, satellites=satellites, columns=columns, draws=draws)


MOST_NAMED: Final = 8
"""Stations that a row names, at most."""
EXPECTED: Final = "expected_bits"
"""The one column that needs what is drawn for each contact."""


def _reason(error: Exception) -> str:
    """Say why a point failed: as the command line would, or where satqkd itself is wrong."""
    if isinstance(error, InputError):
        first, *others = error.findings
        more = f" (and {len(others)} more)" if others else ""
        return f"{first.where}: {first.message}{more}"
    if isinstance(error, SatqkdError):
        return str(error).partition("\n")[0]
    frames = traceback.extract_tb(error.__traceback__)
    at = next((one for one in reversed(frames) if "satqkd" in one.filename), frames[-1])
    place = f"{at.filename.rpartition('satqkd/')[2]}:{at.lineno}"
    return f"a defect of satqkd: {type(error).__name__}: {error} ({place})"


@contextmanager
def _warnings() -> Iterator[list[warnings.WarningMessage]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", SatqkdWarning)
        yield caught


def _texts(caught: Sequence[warnings.WarningMessage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one.message) for one in caught))
