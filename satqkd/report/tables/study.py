"""Results of a study as a table: one row a point and repetition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Final

import numpy as np

from satqkd.report.counted import counted
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
    return (*(_REPEAT,) * some[0], *_figures_of(results, figure), *(_STATUS, _FAILURE) * some[1])


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


def _failures(results: Results) -> list[Cell]:
    told = zip(results.reason, results.done.tolist(), strict=True)
    return ["" if done else reason for reason, done in told]


_FAILURE: Column[Results] = column("reason", _failures)
"""What rows that are done have to say is told beneath the table, see :func:`study_notes`."""


def study_notes(results: Results) -> tuple[str, ...]:
    """Say what the rows of a study do not: silent stations, empty columns, what was drawn."""
    return (*_idle(results), *_empty(results), *_drawn(results))


def _idle(results: Results) -> Iterator[str]:
    """Yield what rows that are done say, each once, with how many say it."""
    done = results.done.tolist()
    told = Counter(text for text, one in zip(results.reason, done, strict=True) if one and text)
    for text, count in told.items():
        yield f"{text}: {'every row' if count == len(results) else counted(count, 'row')}"


def _empty(results: Results) -> Iterator[str]:
    """Yield the measures without a value in any row that is done."""
    done = results.done
    some = {one.column: np.isfinite(results.numbers[one.name][done]) for one in results.measures}
    missing = [name for name, finite in some.items() if not finite.any()]
    if missing and done.any():
        yield f"without a value in any row: {', '.join(missing)}"


def _drawn(results: Results) -> Iterator[str]:
    """Yield how far what is drawn is known."""
    manifest = results.manifest
    count = int(manifest.get("realisations") or 0)
    expressions = manifest.get("expressions") or {}
    drawn = [name for name, text in expressions.items() if _DRAWN.search(str(text))]
    if not drawn or not count:
        return
    low, high = (max(0.0, 10.0 + sign * 196.0 * np.sqrt(0.09 / count)) for sign in (-1, 1))
    yield (
        f"drawn in {count:,} realisations: P10 lies between the true P{low:.0f} and P{high:.0f} "
        "(95 %), and P90 likewise"
    )
    scatter = [(_scatter(results, name), name) for name in drawn]
    largest, name = max(scatter)
    if largest > 0.0:
        yield (
            f"over {int(results.repeat.max())} repetitions {name} scatters by up to "
            f"{100.0 * largest:.2g} % of its mean (one standard deviation)"
        )


_DRAWN: Final = re.compile(r"_(?:mean|p10|p50|p90)\b")


def _scatter(results: Results, name: str) -> float:
    """Return the largest relative standard deviation of a measure over the repetitions of a point.

    0 where none was worked out twice.
    """
    values = results.numbers[name]
    some = results.done & np.isfinite(values)
    _, place, count = np.unique(
        np.array(results.point)[some], return_inverse=True, return_counts=True
    )
    mean = np.bincount(place, values[some]) / count
    square = np.bincount(place, (values[some] - mean[place]) ** 2)
    several = (count > 1) & (mean > 0.0)
    relative = np.sqrt(square[several] / (count[several] - 1)) / mean[several]
    return float(relative.max(initial=0.0))


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
