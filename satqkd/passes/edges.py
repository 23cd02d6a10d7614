"""Where along passes something begins or ends: instants found to far below a millisecond."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.passes.table import Tracks
from satqkd.passes.tracks import Courses, samples_of, trapezoid_weights
from satqkd.units import BoolArray, FloatArray, IntArray

GRID_S: Final = 15.0
"""Longest time between two looks at a pass. What comes and goes between two is seen only where the
extremum is looked at as well, see :func:`turns`. [s]"""

TOLERANCE_S: Final = 1e-6
"""Numerical: the solver of edges stops after a step that is shorter. [s]"""

MOST_STEPS: Final = 40
"""Numerical: steps of the solver at most; four to six are the rule."""

PARABOLAS: Final = 3
"""Numerical: parabolas laid through an extremum, each nearer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A value of a column at which something begins or ends."""

    column: str
    """One of :data:`satqkd.passes.tracks.SOME`."""
    value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edges:
    """Instants of passes at which something begins or ends, in any order; shape (n,)."""

    owner: IntArray
    """Pass of each."""
    time_s: FloatArray

    @staticmethod
    def none() -> Edges:
        """Return no instants."""
        return Edges(owner=_NONE, time_s=np.zeros(0))

    def of_passes(self, chosen: BoolArray) -> Edges:
        """Return those of some passes."""
        mine = chosen[self.owner]
        return Edges(owner=self.owner[mine], time_s=self.time_s[mine])

    def take(self, passes: IntArray, count: int) -> Edges:
        """Return those of some of so many passes, each named once, as owners in that order."""
        place = np.full(count, -1)
        place[passes] = np.arange(passes.size)
        owner = place[self.owner]
        mine = owner >= 0
        return Edges(owner=owner[mine], time_s=self.time_s[mine])

    @staticmethod
    def join(several: Sequence[Edges]) -> Edges:
        """Put several together; at least one is needed."""
        return Edges(
            owner=np.concatenate([one.owner for one in several]),
            time_s=np.concatenate([one.time_s for one in several]),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Looks:
    """Instants of passes in order of time, and what is seen then."""

    courses: Courses
    owner: IntArray
    """Pass of each, shape (n,)."""
    time_s: FloatArray
    columns: Mapping[str, FloatArray]
    """See :meth:`satqkd.passes.tracks.Courses.columns`."""

    @staticmethod
    def at(courses: Courses, instants: Edges) -> Looks:
        """Look at passes at instants, in any order; every pass has one at least."""
        owner, time_s = instants.owner, instants.time_s
        order = np.lexsort((time_s, owner))
        owner, time_s = owner[order], time_s[order]
        columns = courses.columns(owner, time_s)
        return Looks(courses=courses, owner=owner, time_s=time_s, columns=columns)

    def also(self, instants: Edges) -> Looks:
        """Look at further instants as well."""
        more = self.courses.columns(instants.owner, instants.time_s)
        owner = np.concatenate([self.owner, instants.owner])
        time_s = np.concatenate([self.time_s, instants.time_s])
        order = np.lexsort((time_s, owner))
        return Looks(
            courses=self.courses,
            owner=owner[order],
            time_s=time_s[order],
            columns={
                name: np.concatenate([own, more[name]])[order] for name, own in self.columns.items()
            },
        )

    def take(self, passes: IntArray) -> Looks:
        """Return those at some of the passes, in that order."""
        starts = self.starts
        mine = samples_of(starts, passes)
        return Looks(
            courses=self.courses.take(passes),
            owner=np.repeat(np.arange(passes.size), np.diff(starts)[passes]),
            time_s=self.time_s[mine],
            columns={name: own[mine] for name, own in self.columns.items()},
        )

    @property
    def starts(self) -> IntArray:
        """Offsets of the passes, one more than there are."""
        passes = np.arange(len(self.courses.passes) + 1)
        return np.searchsorted(self.owner, passes).astype(np.int64)

    def tracks(self) -> Tracks:
        """Return them as a series."""
        starts = self.starts
        return Tracks(
            starts=starts,
            time_s=self.time_s,
            weight_s=trapezoid_weights(starts, self.time_s),
            **{name: values for name, values in self.columns.items() if name != "shadow"},
        )

    def any_of(self, values: BoolArray) -> BoolArray:
        """Whether any look at each pass has ``values``."""
        return np.bincount(self.owner[values], minlength=len(self.courses.passes)) > 0


def grid(begin_s: FloatArray, end_s: FloatArray) -> Edges:
    """Instants from the begin to the end of passes, no further apart than the grid. [s]

    By definition of even steps.
    """
    owner, time_s = spread(begin_s, end_s, longest_s=GRID_S)
    return Edges(owner=owner, time_s=time_s)


def spread(
    begin_s: FloatArray, end_s: FloatArray, *, longest_s: float | FloatArray
) -> tuple[IntArray, FloatArray]:
    """Divide stretches of time evenly, both ends included; owner and time of each instant."""
    many = np.maximum(np.ceil((end_s - begin_s) / longest_s - 1e-9), 1.0).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(many + 1)])
    owner = np.repeat(np.arange(begin_s.size), many + 1)
    place = np.arange(starts[-1]) - starts[owner]
    time_s = begin_s[owner] + (end_s - begin_s)[owner] * (place / many[owner])
    time_s[starts[1:] - 1] = end_s
    return owner, time_s


def turns(looks: Looks, column: str) -> Edges:
    """Where a column is smallest between looks.

    Derived here: parabolas through three points of its cosine, or of its square: both are smooth.
    """
    values, time_s, owner = _smooth(column, looks.columns[column]), looks.time_s, looks.owner
    same = owner[2:] == owner[:-2] if owner.size > 2 else np.zeros(0, dtype=np.bool_)
    middle = 1 + np.flatnonzero(same & (values[1:-1] < values[:-2]) & (values[1:-1] <= values[2:]))
    own = owner[middle]
    at = np.stack([time_s[middle + k] for k in (-1, 0, 1)])
    seen = np.stack([values[middle + k] for k in (-1, 0, 1)])
    for _ in range(PARABOLAS):
        new_s = _bottom(at, seen)
        new = _smooth(column, looks.courses.some([column], own, new_s)[0])
        at, seen = _closer(at, seen, new_s, new)
    return Edges(owner=own, time_s=at[1])


def _smooth(column: str, values: FloatArray) -> FloatArray:
    """Return what grows with a column and has no kink at 0."""
    return -np.cos(np.radians(values)) if column.endswith("_deg") else values * values


def _bottom(at: FloatArray, seen: FloatArray) -> FloatArray:
    """Lowest point of parabolas through three points, kept off the points themselves. [s]"""
    left, right = at[1] - at[0], at[2] - at[1]
    down, up = (seen[0] - seen[1]) / left, (seen[2] - seen[1]) / right
    curved = down + up
    slope = (up * left - down * right) / (left + right)
    half = np.divide(
        -slope * (left + right), 2.0 * curved, out=np.zeros_like(slope), where=curved > 0.0
    )
    off_s = 1e-3 * np.minimum(left, right)
    half = np.where(np.abs(half) < off_s, np.where(right > left, off_s, -off_s), half)
    return np.asarray(np.clip(at[1] + half, at[0] + off_s, at[2] - off_s))


def _closer(
    at: FloatArray, seen: FloatArray, new_s: FloatArray, new: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Three points about the lowest of four."""
    every, values = np.vstack([at, new_s]), np.vstack([seen, new])
    order = np.argsort(every, axis=0)
    every, values = np.take_along_axis(every, order, 0), np.take_along_axis(values, order, 0)
    lowest = np.where(values[1] <= values[2], 1, 2)
    rows = np.stack([lowest - 1, lowest, lowest + 1])
    return np.take_along_axis(every, rows, 0), np.take_along_axis(values, rows, 0)


def crossings(looks: Looks, thresholds: Mapping[Threshold, BoolArray]) -> Edges:
    """Where columns cross thresholds, by regula falsi between looks (Illinois).

    References
    ----------
    .. [1] M. Dowell and P. Jarratt, *BIT* 11, 168 (1971): the Illinois variant.

    Parameters
    ----------
    looks
        At the passes, often enough.
    thresholds
        Each with the passes that it concerns, shape (passes,).
    """
    owner, time_s = looks.owner, looks.time_s
    same = owner[1:] == owner[:-1]
    names = sorted({threshold.column for threshold in thresholds})
    cells, column, value = [_NONE], [_NONE], [np.zeros(0)]
    for threshold, concerned in thresholds.items():
        above = looks.columns[threshold.column] >= threshold.value
        cell = np.flatnonzero(same & (above[1:] != above[:-1]) & concerned[owner[1:]])
        cells.append(cell)
        column.append(np.full(cell.size, names.index(threshold.column)))
        value.append(np.full(cell.size, threshold.value))
    cell = np.concatenate(cells)
    if cell.size == 0:
        return Edges.none()
    own, sought, at = owner[cell], np.concatenate(column), np.concatenate(value)
    seen = np.stack([looks.columns[name] for name in names])

    def excess(row: IntArray, when_s: FloatArray) -> FloatArray:
        found = looks.courses.some(names, own[row], when_s)
        return np.asarray(found[sought[row], np.arange(row.size)] - at[row])

    low, high = seen[sought, cell] - at, seen[sought, cell + 1] - at
    found_s = _solved(excess, time_s[cell], time_s[cell + 1], low, high)
    return Edges(owner=own, time_s=found_s)


_NONE: Final = np.zeros(0, dtype=np.int64)


def _solved(
    excess: Callable[[IntArray, FloatArray], FloatArray],
    begin_s: FloatArray,
    end_s: FloatArray,
    low: FloatArray,
    high: FloatArray,
) -> FloatArray:
    """Instants between others of opposite sign; ``excess`` is that of some rows. [s]"""
    a, b, fa, fb = begin_s.copy(), end_s.copy(), low.copy(), high.copy()
    found = np.full(a.size, np.inf)
    rows = np.arange(a.size)
    for _ in range(MOST_STEPS):
        step = fb[rows] - fa[rows]
        at = b[rows] - fb[rows] * (b[rows] - a[rows]) / np.where(step == 0.0, np.inf, step)
        moved = np.abs(at - found[rows]) > TOLERANCE_S
        found[rows] = at
        rows, at = rows[moved], at[moved]
        if rows.size == 0:
            break
        new = excess(rows, at)
        crosses = (new >= 0.0) != (fb[rows] >= 0.0)
        a[rows] = np.where(crosses, b[rows], a[rows])
        fa[rows] = np.where(crosses, fb[rows], 0.5 * fa[rows])
        b[rows], fb[rows] = at, new
    return found
