"""What gives most of one thing for each amount of another, and where more stops to pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.study.section import Points
from satqkd.units import FloatArray, IntArray

LEAST_BENT: Final = 3
"""Points that a bend needs at least."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Front:
    """Points of which none costs less and gives as much, the cheapest first (a Pareto front)."""

    small: str
    """Variable or measure that is to be small."""
    large: str
    """Measure that is to be large."""
    rows: IntArray
    """The points."""
    cost: FloatArray
    gain: FloatArray
    knee: int | None
    """Which of them is the knee; None for fewer than three, or where the front has no bend."""

    def __len__(self) -> int:
        return int(self.rows.size)


def front_of(points: Points, *, small: str, large: str) -> Front:
    """Find the points that no other is better than.

    Parameters
    ----------
    points
        One row a point.
    small, large
        What is to be small, and what is to be large: names of measures or of numeric variables.
    """
    cost, gain = points.numbers[small], points.numbers[large]
    usable = np.flatnonzero(np.isfinite(cost) & np.isfinite(gain) & points.done)
    order = usable[np.lexsort((-gain[usable], cost[usable]))]
    best, kept = -np.inf, []
    for row in order.tolist():
        if gain[row] > best:
            best = float(gain[row])
            kept.append(row)
    rows = np.array(kept, dtype=np.int64)
    return Front(
        small=small, large=large, rows=rows, cost=cost[rows], gain=gain[rows],
        knee=knee_of(cost[rows], gain[rows]),
    )  # fmt: skip


def knee_of(cost: FloatArray, gain: FloatArray) -> int | None:
    """Return where a rising front lies farthest above the line between its ends.

    Both axes are scaled to the span of the front, so that units do not matter [1]_. None for fewer
    than three points, or where none lies above the line.

    References
    ----------
    .. [1] I. Das, On characterizing the "knee" of the Pareto curve based on normal-boundary
       intersection, Structural Optimization 18, 107 (1999) (recalled).

    Examples
    --------
    >>> knee_of(np.array([1.0, 2.0, 10.0]), np.array([0.0, 8.0, 10.0]))
    1
    >>> knee_of(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])) is None
    True
    """
    if cost.size < LEAST_BENT:
        return None
    along = (cost - cost[0]) / (cost[-1] - cost[0])
    above = (gain - gain[0]) / (gain[-1] - gain[0]) - along
    place = int(np.argmax(above))
    return place if above[place] > 1e-9 else None


def changes_along(points: Points, front: Front) -> tuple[str, ...]:
    """Say of each point of a front what differs from the one before: ``aperture 80 mm → 120 mm``.

    Of the first point all variables are said.
    """
    told = []
    rows = front.rows.tolist()
    for place, row in enumerate(rows):
        parts = []
        for axis in points.results.variables:
            text = points.texts[axis.name][row]
            before = points.texts[axis.name][rows[place - 1]] if place else None
            if before is None:
                parts.append(f"{axis.name} {short_text(text)}")
            elif before != text:
                parts.append(f"{axis.name} {short_text(before)} → {short_text(text)}")
        told.append(", ".join(parts))
    return tuple(told)


def short_text(text: str) -> str:
    """Write a value with its number to three digits.

    Examples
    --------
    >>> short_text("77.4596669241 mm"), short_text("SSO 500 km"), short_text("6")
    ('77.5 mm', 'SSO 500 km', '6')
    """
    head, _, unit = text.partition(" ")
    try:
        number = float(head)
    except ValueError:
        return text
    shown = f"{number:.3g}" if abs(number) < 1000 and "e" not in f"{number:.3g}" else f"{number:g}"
    return f"{shown} {unit}".rstrip()
