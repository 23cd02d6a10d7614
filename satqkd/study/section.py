"""Cuts through the points of a study: one variable moves, the others stand still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose, prod
from typing import Final

import numpy as np

from satqkd.config.axis import as_numbers
from satqkd.config.mistake import Mistake, did_you_mean, quoted
from satqkd.study.results import Results
from satqkd.study.variable import Axis
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """Results with one row a point: the mean of its repetitions."""

    results: Results
    order: tuple[str, ...]
    """Names of the points in the order of the study."""
    texts: Mapping[str, tuple[str, ...]]
    """By name of a variable, its value at each point."""
    numbers: Mapping[str, FloatArray]
    """By name of a numeric variable or of a measure; NaN where there is none."""
    done: BoolArray
    """Which points have a row that was worked out."""

    @staticmethod
    def of(results: Results) -> Points:
        """Take the mean over the repetitions that are done."""
        places: dict[str, int] = {}
        for row, point in enumerate(results.point):
            places.setdefault(point, row)
        order, first = tuple(places), list(places.values())
        done = {point for point, one in zip(results.point, results.done, strict=True) if one}
        numbers = {
            one.name: results.numbers[one.name][first] for one in results.variables if one.numeric
        }
        numbers |= {one.name: results.mean_of(one.name)[1] for one in results.measures}
        return Points(
            results=results,
            order=order,
            texts={one.name: tuple(_texts(results, one, first)) for one in results.variables},
            numbers=numbers,
            done=np.array([one in done for one in order], dtype=np.bool_),
        )

    def __len__(self) -> int:
        return len(self.order)

    @property
    def first(self) -> dict[str, str]:
        """Value of each variable at the first point."""
        return {name: texts[0] for name, texts in self.texts.items()}

    def where(self, held: Mapping[str, str]) -> IntArray:
        """Return the points at which some variables have these values."""
        same = np.ones(len(self), dtype=np.bool_)
        for name, text in held.items():
            same &= np.array([one == text for one in self.texts[name]], dtype=np.bool_)
        return np.flatnonzero(same)


def _texts(results: Results, axis: Axis, rows: Sequence[int]) -> Iterator[str]:
    """Yield the values of a variable as its levels have them: tables hold bare numbers."""
    if not axis.numeric:
        yield from (results.texts[axis.name][row] for row in rows)
        return
    numbers = as_numbers(axis.levels) if axis.levels else None
    known = dict(zip(numbers[0], axis.levels, strict=True)) if numbers else {}
    for number in results.numbers[axis.name][list(rows)].tolist():
        yield known.get(number) or f"{number:.12g} {axis.unit}".rstrip()


def levels_of(points: Points, name: str) -> tuple[str, ...]:
    """Return the values of a variable in their order; those that there are, where any is taken."""
    return in_order(points.results.variable(name)) or tuple(dict.fromkeys(points.texts[name]))


def in_order(axis: Axis) -> tuple[str, ...]:
    """Return the values of a variable from the smallest on; names as the study lists them."""
    numbers = as_numbers(axis.levels) if axis.numeric and axis.levels else None
    if numbers is None:
        return axis.levels
    return tuple(axis.levels[place] for place in np.argsort(numbers[0], kind="stable").tolist())


def sampled(results: Results) -> bool:
    """Whether points fill the space, so that no two differ in one variable only."""
    return any(not one.levels for one in results.variables)


def one_at_a_time(results: Results) -> bool:
    """Whether points move one variable at a time from the first of them, and are no grid."""
    if sampled(results) or not len(results) or not results.variables:
        return False
    rows = len(results) // max(int(results.repeat.max()), 1)
    first = Points.of(results).first
    begins = all(first[one.name] == one.levels[0] for one in results.variables)
    return not begins or rows != prod(len(one.levels) for one in results.variables)


def reference(results: Results, asked: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the value at which each variable stands while another moves.

    Parameters
    ----------
    results
        Of a grid, or of points that differ from one in one variable each.
    asked
        Values by variable, in place of the middle one of its levels, or of that of the first point.

    Raises
    ------
    Mistake
        If a variable, or its value, is none of the study's.
    """
    if one_at_a_time(results):
        held = Points.of(results).first
    else:
        ordered = {one.name: in_order(one) for one in results.variables}
        held = {name: levels[(len(levels) - 1) // 2] for name, levels in ordered.items()}
    for name, text in (asked or {}).items():
        if name not in held:
            raise Mistake(f"{quoted(name)} is not varied", did_you_mean(name, held))
        held[name] = _level(results.variable(name), text)
    return held


def _level(axis: Axis, text: str) -> str:
    wanted = "".join(text.split()).casefold()
    for one in axis.levels:
        if wanted in {"".join(one.split()).casefold(), _number(one)}:
            return one
    near = _as_shown(axis, text)
    if len(near) == 1:
        return near[0]
    raise Mistake(
        f"{quoted(text)} is no value of '{axis.name}'", f"write one of {', '.join(axis.levels)}"
    )


def _as_shown(axis: Axis, text: str) -> list[str]:
    """Return the values of a variable that tables and pictures may show like this: rounded."""
    if not axis.numeric:
        return []
    found = as_numbers([*axis.levels, text]) or as_numbers([*axis.levels, f"{text} {axis.unit}"])
    if found is None:
        return []
    *numbers, wanted = found[0]
    return [
        one
        for one, number in zip(axis.levels, numbers, strict=True)
        if isclose(number, wanted, rel_tol=SHOWN)
    ]


SHOWN: Final = 5e-3
"""Numerical: how far a number of three digits can be from what it was rounded from."""


def _number(text: str) -> str:
    return text.split(maxsplit=1)[0].casefold() if text.split() else ""


def section(points: Points, name: str, held: Mapping[str, str]) -> IntArray:
    """Return the points along one variable while the others are held, in the order of its levels.

    Points that failed, or are not done yet, are left out.
    """
    others = {one: text for one, text in held.items() if one != name}
    rows = points.where(others)
    rows = rows[points.done[rows]]
    place = {text: number for number, text in enumerate(levels_of(points, name))}
    order = np.argsort([place[points.texts[name][row]] for row in rows.tolist()], kind="stable")
    return np.asarray(rows[order.astype(np.int64)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How far a measure moves over the values of one variable."""

    variable: str
    low: str
    """Value of the variable where it begins."""
    high: str
    """Value of the variable where it ends."""
    at_low: float
    """The measure there."""
    at_high: float
    least: float
    """Smallest value of the measure along the way."""
    most: float
    """Largest value of the measure along the way."""

    @property
    def swing(self) -> float:
        """Largest value less the smallest."""
        return self.most - self.least


@dataclass(frozen=True, slots=True, kw_only=True)
class Tornado:
    """A measure with one variable moved at a time, the widest bar first."""

    measure: str
    held: Mapping[str, str]
    nominal: float
    """The measure where all variables stand still."""
    bars: tuple[Bar, ...]
    missing: tuple[str, ...]
    """Variables of which too few points are done."""


def tornado(points: Points, measure: str, held: Mapping[str, str]) -> Tornado | None:
    """Move one variable at a time; None where the point at which all stand still is not done."""
    values = points.numbers[measure]
    middle = [row for row in points.where(held).tolist() if np.isfinite(values[row])]
    if not middle:
        return None
    bars, missing = [], []
    for axis in points.results.variables:
        rows = section(points, axis.name, held)
        rows = rows[np.isfinite(values[rows])]
        if rows.size < 2:
            missing.append(axis.name)
            continue
        bars.append(_bar(points, axis.name, rows, values[rows]))
    return Tornado(
        measure=measure,
        held=dict(held),
        nominal=float(values[middle[0]]),
        bars=tuple(sorted(bars, key=lambda one: -one.swing)),
        missing=tuple(missing),
    )


def _bar(points: Points, name: str, rows: IntArray, values: FloatArray) -> Bar:
    texts: Sequence[str] = points.texts[name]
    return Bar(
        variable=name,
        low=texts[int(rows[0])],
        high=texts[int(rows[-1])],
        at_low=float(values[0]),
        at_high=float(values[-1]),
        least=float(values.min()),
        most=float(values.max()),
    )
