"""Results of a study as a table: one row a point and repetition."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isfinite

from satqkd.report.tables.column import Cell, Column
from satqkd.study.results import Results
from satqkd.study.variable import Axis

DIGITS = 4
"""Digits of a number on a terminal."""


def study_columns(results: Results) -> tuple[Column[Results], ...]:
    """Return the columns of a study for a terminal: what is varied, what is measured, what failed.

    The repetition is there where there are several, the state where not all is done.
    """
    return (
        *(Column(one.column, one.unit, f"{one.title}.", _values(one)) for one in results.variables),
        *(_REPEAT,) * (len(set(results.repeat.tolist())) > 1),
        *(
            Column(one.column, one.unit, f"{one.text}.", partial(_figures, one.name))
            for one in results.measures
        ),
        *(_STATUS, _REASON) * (not bool(results.done.all())),
    )


_REPEAT: Column[Results] = Column(
    "repeat", "", "Which repetition of the point, from 1.", lambda results: results.repeat.tolist()
)
_STATUS: Column[Results] = Column(
    "status", "", "done, failed, or left: not worked out yet.", lambda results: results.status
)
_REASON: Column[Results] = Column(
    "reason", "", "Why the point failed.", lambda results: list(results.reason), below=True
)


def _values(axis: Axis) -> Callable[[Results], list[Cell]]:
    """Return what fills the column of a variable."""
    if axis.numeric:
        return partial(_figures, axis.name)
    return lambda results: list(results.texts[axis.name])


def _figures(name: str, results: Results) -> list[Cell]:
    return [figure(value) for value in results.numbers[name].tolist()]


def figure(value: float) -> float | int | None:
    """Round a number to four digits; None for none.

    Examples
    --------
    >>> figure(834686.0), figure(0.012345), figure(12.0), figure(float("nan"))
    (834700, 0.01235, 12, None)
    """
    if not isfinite(value):
        return None
    rounded = float(f"{value:.{DIGITS}g}")
    return int(rounded) if rounded == int(rounded) else rounded
