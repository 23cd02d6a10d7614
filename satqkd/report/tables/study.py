"""Results of a study as a table: one row a point and repetition."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from satqkd.report.tables.column import Cell, Column
from satqkd.report.tables.definitions import column
from satqkd.study.results import Results
from satqkd.study.variable import Axis

DIGITS = 4
"""Digits of a number on a terminal."""


def study_columns(results: Results) -> tuple[Column[Results], ...]:
    """Return all columns of the results of a study, those of ``summary.csv``: numbers in full."""
    return (_POINT, _REPEAT, *_figures_of(results, _exact), _STATUS, _REASON)


def screen_columns(results: Results) -> tuple[Column[Results], ...]:
    """Return the columns of a study for a terminal: what is varied, what is measured, what failed.

    The repetition is there where there are several, the state where not all is done.
    """
    some = len(set(results.repeat.tolist())) > 1, not bool(results.done.all())
    return (*(_REPEAT,) * some[0], *_figures_of(results, figure), *(_STATUS, _REASON) * some[1])


Write = Callable[[float], "float | int | None"]


def _figures_of(results: Results, write: Write) -> tuple[Column[Results], ...]:
    """Return the columns of what is varied and what is measured."""

    def numbers(name: str) -> Callable[[Results], list[Cell]]:
        return lambda results: [write(value) for value in results.numbers[name].tolist()]

    def values(axis: Axis) -> Callable[[Results], list[Cell]]:
        return numbers(axis.name) if axis.numeric else lambda found: list(found.texts[axis.name])

    return (
        *(Column(one.column, one.unit, f"{one.title}.", values(one)) for one in results.variables),
        *(
            Column(one.column, one.unit, f"{one.text}.", numbers(one.name))
            for one in results.measures
        ),
    )


_POINT: Column[Results] = column("point", lambda results: results.point)
_REPEAT: Column[Results] = Column(
    "repeat", "", "Which repetition of the point, from 1.", lambda results: results.repeat.tolist()
)
_STATUS: Column[Results] = column("status", lambda results: results.status)
_REASON: Column[Results] = column("reason", lambda results: list(results.reason))


def _exact(value: float) -> float | None:
    return value if isfinite(value) else None


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
