"""Parts of contacts that a plan may fly in place of the whole, each forecast by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.network.followed_parts import Heights, followed_in_part, heights_of
from satqkd.schedule.contact_parts import (
    LEAST_S,
    MARGIN_S,
    Clashes,
    ContactParts,
    Meetings,
    cheapest,
    clashes_of,
    parts_of,
)
from satqkd.schedule.problem import Problem
from satqkd.units import FloatArray, IntArray

MEETING_POINTS: Final = 65
"""Numerical: instants at which two elevations are compared."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """Parts of candidates, which stand behind them; shape (parts,)."""

    forecasts: tuple[Forecast, ...]
    """Those of the contacts, each with its parts behind."""
    of: IntArray
    """Candidate that each is a part of."""
    row: IntArray
    """Which row of its forecast it is."""
    clashes_left: int
    """Clashes at which no contact is cut: there are too many."""


def no_parts(forecasts: Sequence[Forecast]) -> Parts:
    """Leave every contact whole."""
    nothing = np.zeros(0, dtype=np.int64)
    return Parts(forecasts=tuple(forecasts), of=nothing, row=nothing, clashes_left=0)


def parts_between(
    forecasts: Sequence[Forecast],
    kind: IntArray,
    row: IntArray,
    whole: Problem,
    more: ContactParts,
) -> Parts:
    """Cut contacts where they clash, and forecast what each part gives.

    Parameters
    ----------
    forecasts
        Passes, then joint contacts pair by pair.
    kind, row
        Forecast and row of each candidate.
    whole
        The problem of the candidates.
    more
        Further parts, which are offered beside them.
    """
    clashes = clashes_of(whole)
    cut = cheapest(whole, clashes)
    heights = [
        heights_of(one, row[_among(kind == number, cut)]) for number, one in enumerate(forecasts)
    ]
    meetings = _meetings(whole, cut, [heights[one] for one in kind.tolist()], row)
    found = parts_of(whole, cut, meetings).beside(more)
    offered, of, at = [], [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for number, forecast in enumerate(forecasts):
        mine = np.flatnonzero(kind[found.contact] == number)
        parts, own = _followed(forecast, row, found, mine)
        offered.append(forecast if parts is None else Forecast.join([forecast, parts]))
        of.append(found.contact[own])
        at.append(len(forecast) + np.arange(own.size))
    return Parts(
        forecasts=tuple(offered),
        of=np.concatenate(of),
        row=np.concatenate(at),
        clashes_left=len(clashes) - len(cut),
    )


def _among(some: np.ndarray, clashes: Clashes) -> IntArray:
    """Return which of some candidates clash."""
    clashing = np.unique(np.concatenate((clashes.first, clashes.second)))
    return np.asarray(clashing[some[clashing]])


def _followed(
    forecast: Forecast, row: IntArray, found: ContactParts, mine: IntArray
) -> tuple[Forecast | None, IntArray]:
    """Forecast some parts; those with too little usable time are left out."""
    if mine.size == 0:
        return None, mine
    parts = followed_in_part(
        forecast,
        row[found.contact[mine]],
        start_s=found.start_s[mine],
        end_s=found.end_s[mine],
    )
    usable = np.flatnonzero(parts.yields.usable_s >= LEAST_S)
    return (parts.take(usable), mine[usable]) if usable.size else (None, mine[usable])


def _meetings(
    problem: Problem, clashes: Clashes, heights: Sequence[Heights], row: IntArray
) -> Meetings:
    """Find where one satellite sinks to the elevation that the next one rises to, a gap later.

    Two contacts of a lowest elevation so high that they do not clash are each a part of what
    is left of them there, so that no such limit makes a better plan.
    """
    found = []
    pairs = zip(clashes.first.tolist(), clashes.second.tolist(), strict=True)
    for (one, other), gap_s in zip(pairs, (clashes.gap_s + MARGIN_S).tolist(), strict=True):
        curves = {own: heights[own].of(int(row[own])) for own in (one, other)}
        earlier, later = sorted((one, other), key=lambda own: _culmination_s(*curves[own]))
        since = max(problem.start_s[earlier], problem.start_s[later] - gap_s)
        until = min(problem.end_s[earlier], problem.end_s[later] - gap_s)
        if until <= since:
            continue
        at_s = np.linspace(since, until, MEETING_POINTS)
        above = np.interp(at_s, *curves[earlier]) - np.interp(at_s + gap_s, *curves[later])
        if above[0] > 0.0 > above[-1]:
            end_s = float(np.interp(0.0, -above, at_s))
            found.append((earlier, later, end_s, end_s + gap_s))
    columns = np.array(found, dtype=np.float64).reshape(-1, 4).T
    return Meetings(
        earlier=columns[0].astype(np.int64),
        later=columns[1].astype(np.int64),
        end_s=columns[2],
        start_s=columns[3],
    )


def _culmination_s(time_s: FloatArray, elevation_deg: FloatArray) -> float:
    return float(time_s[np.argmax(elevation_deg)])
