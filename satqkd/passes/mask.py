"""Horizons that depend on the azimuth: passes rise and set on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Final

import numpy as np

from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.horizon_line import APART_DEG, Masks
from satqkd.passes.horizon_walk import View, Walk, wrapped
from satqkd.passes.search import Sightings
from satqkd.passes.station import Station
from satqkd.units import BoolArray, FloatArray, IntArray

CELLS: Final = 42
"""Parts an interval of the ephemeris is cut into, some 9 s in low orbit; within a part, between
two corners of the horizon, the height above it has one extremum at most."""


TOLERANCE_S: Final = 1e-6
"""Crossings are solved until a step is shorter. [s]"""

MOST_STEPS: Final = 60
"""Halving alone would come as near with fewer."""

SHORTEST_S: Final = 1e-3
"""What the search for passes resolves; an interval that is shorter is a touch of the horizon at
its rise or set. [s]"""


def above_horizon(
    seen: Sightings, chains: Sequence[Ephemeris], stations: Sequence[Station]
) -> Sightings:
    """Keep of each sighting what is above the horizon of its station.

    Parameters
    ----------
    seen
        Sightings above the lowest point of each horizon, see :func:`lowered`.
    chains
        By index of ``seen.chain``.
    stations
        By index.

    Returns
    -------
    Sightings
        Ordered like ``seen``; one that dips below the horizon between has become several, each
        with its own culmination; one that stays below is gone.
    """
    masked = np.array([bool(station.horizon_deg) for station in stations], dtype=np.bool_)
    touched = masked[seen.station]
    if not touched.any():
        return seen
    masks = Masks.of(stations)
    parts = [_take(seen, np.flatnonzero(~touched))]
    for index, chain in enumerate(chains):
        mine = np.flatnonzero(touched & (seen.chain == index))
        if mine.size:
            parts.append(_cut(_take(seen, mine), chain, stations, masks))
    names = [field.name for field in fields(Sightings)]
    joined = Sightings(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    )
    return _take(joined, np.lexsort((joined.rise_s, joined.station, joined.chain)))


def _take(seen: Sightings, index: IntArray) -> Sightings:
    return Sightings(**{f.name: getattr(seen, f.name)[index] for f in fields(Sightings)})


def _cut(seen: Sightings, chain: Ephemeris, stations: Sequence[Station], masks: Masks) -> Sightings:
    """Cut the sightings of one satellite at the horizon."""
    view = View(
        chain=chain,
        place_m=np.stack([station.itrf_m() for station in stations], axis=1),
        frame=np.stack([station.east_north_up() for station in stations], axis=2),
        masks=masks,
    )
    walk = _with_lowest(_with_corners(_walk(seen, view)))
    return _visible_intervals(seen, walk)


def _walk(seen: Sightings, view: View) -> Walk:
    """Samples at the rise, at each part of the ephemeris between, and at the set."""
    node_s = view.chain.node_s
    part = np.diff(node_s)[:, None] * (np.arange(CELLS) / CELLS)
    fine_s = np.append((node_s[:-1, None] + part).ravel(), node_s[-1])
    first = np.searchsorted(fine_s, seen.rise_s, side="right")
    count = np.maximum(np.searchsorted(fine_s, seen.set_s, side="left") - first, 0) + 2
    owner = np.repeat(np.arange(count.size), count)
    starts = np.cumsum(count) - count
    within = np.arange(owner.size) - starts[owner]
    time_s = fine_s[np.clip(first[owner] + within - 1, 0, fine_s.size - 1)]
    time_s[starts] = seen.rise_s
    time_s[starts + count - 1] = seen.set_s
    return Walk.of(view, owner, seen.station[owner], time_s)


def _with_corners(walk: Walk) -> Walk:
    """Put a sample where the satellite passes close above or below a corner of the horizon.

    Between two corners the horizon rises or falls all along, so that the height strays from the
    heights at the corners by no more than the elevation changes.
    """
    masks, cell = walk.view.masks, walk.cells()
    azimuth, turned = walk.azimuth_deg[cell], walk.turned_deg(cell)
    before = masks.piece(walk.station[cell], azimuth)
    after = masks.piece(walk.station[cell], azimuth + turned)
    count = np.abs(after - before)
    which = np.repeat(np.arange(cell.size), count)
    within = np.arange(which.size) - np.repeat(np.cumsum(count) - count, count)
    rising = turned[which] > 0.0
    corner = np.where(rising, before[which] + 1 + within, before[which] - within)
    behind = cell[which]
    target = masks.knot[corner] - walk.station[behind] * APART_DEG
    share = np.clip((target - azimuth[which]) / turned[which], 0.0, 1.0)
    low, high = walk.elevation_deg[behind], walk.elevation_deg[behind + 1]
    height = low + share * (high - low) - masks.elevation_deg[corner]
    ends = np.abs(walk.height_deg[cell]), np.abs(walk.height_deg[cell + 1])
    close = np.minimum(*ends) < walk.reach_deg(cell)
    close |= (walk.height_deg[cell] > 0.0) != (walk.height_deg[cell + 1] > 0.0)
    apart = (np.abs(height) < walk.reach_deg(behind)) | (
        (height > 0.0) != (walk.height_deg[behind] > 0.0)
    )
    np.logical_or.at(close, which[apart], True)  # noqa: FBT003 -- numpy takes it by position
    kept = close[which]
    behind, target, rising = behind[kept], target[kept], rising[kept]
    station = walk.station[behind]

    def past(which: IntArray, time_s: FloatArray) -> FloatArray:
        return wrapped(walk.view.sky(station[which], time_s)[0] - target[which])

    return walk.with_samples(
        behind, _solved(past, walk.time_s[behind], walk.time_s[behind + 1], positive_low=~rising)
    )


def _with_lowest(walk: Walk) -> Walk:
    """Put a sample where the height above the horizon turns between two samples of one sign."""
    masks, cell, height = walk.view.masks, walk.cells(), walk.height_deg
    up = height > 0.0
    near = np.minimum(np.abs(height[cell]), np.abs(height[cell + 1])) < walk.reach_deg(cell)
    cell = cell[near & (up[cell] == up[cell + 1])]
    station = walk.station[cell]
    slope = masks.slope(masks.piece(station, walk.azimuth_deg[cell] + 0.5 * walk.turned_deg(cell)))
    at_begin, at_end = (
        walk.view.climb_deg_s(station, walk.time_s[end], slope) for end in (cell, cell + 1)
    )
    sign = np.where(up[cell], 1.0, -1.0)
    turns = (sign * at_begin < 0.0) & (sign * at_end > 0.0)
    behind, station, slope = cell[turns], station[turns], slope[turns]

    def climb(which: IntArray, time_s: FloatArray) -> FloatArray:
        return walk.view.climb_deg_s(station[which], time_s, slope[which])

    return walk.with_samples(
        behind,
        _solved(climb, walk.time_s[behind], walk.time_s[behind + 1], positive_low=~up[behind]),
    )


def _visible_intervals(seen: Sightings, walk: Walk) -> Sightings:
    """Turn changes of sign along a walk into passes."""
    up = walk.height_deg > 0.0
    fresh = np.concatenate([[True], walk.owner[1:] != walk.owner[:-1]])
    ends = np.concatenate([fresh[1:], [True]])
    first = np.flatnonzero(up & (fresh | ~np.roll(up, 1)))
    last = np.flatnonzero(up & (ends | ~np.roll(up, -1)))
    rise_s = _crossing(walk, first - 1, at_end=fresh[first], end=first)
    set_s = _crossing(walk, last, at_end=ends[last], end=last)
    kept = np.flatnonzero(set_s - rise_s >= SHORTEST_S)
    first, last, rise_s, set_s = first[kept], last[kept], rise_s[kept], set_s[kept]
    owner, station = walk.owner[first], walk.station[first]
    culmination_s = _culmination(walk, first, last, rise_s, set_s)
    (rise, _), (culmination, top), (setting, _) = (
        walk.view.sky(station, times) for times in (rise_s, culmination_s, set_s)
    )
    return Sightings(
        chain=seen.chain[owner],
        station=seen.station[owner],
        rise_s=rise_s,
        culmination_s=culmination_s,
        set_s=set_s,
        max_elevation_deg=top,
        rise_azimuth_deg=rise,
        culmination_azimuth_deg=culmination,
        set_azimuth_deg=setting,
        culmination_range_m=walk.view.range_m(station, culmination_s),
        clipped_start=seen.clipped_start[owner] & fresh[first],
        clipped_end=seen.clipped_end[owner] & ends[last],
    )


def _crossing(walk: Walk, behind: IntArray, *, at_end: BoolArray, end: IntArray) -> FloatArray:
    """Time at which the horizon is crossed behind a sample, or of ``end`` where none is. [s]"""
    answer = walk.time_s[end]
    behind = behind[~at_end]
    station = walk.station[behind]

    def height(which: IntArray, time_s: FloatArray) -> FloatArray:
        return walk.view.height_deg(station[which], time_s)

    answer[~at_end] = _solved(
        height,
        walk.time_s[behind],
        walk.time_s[behind + 1],
        positive_low=walk.height_deg[behind] > 0.0,
    )
    return answer


def _culmination(
    walk: Walk, first: IntArray, last: IntArray, rise_s: FloatArray, set_s: FloatArray
) -> FloatArray:
    """Time of the highest point of each run of samples ``first`` … ``last``. [s]"""
    if first.size == 0:
        return rise_s
    count = last - first + 1
    starts = np.cumsum(count) - count
    flat = np.arange(int(count.sum())) + np.repeat(first - starts, count)
    elevation = walk.elevation_deg[flat]
    top = np.maximum.reduceat(elevation, starts)
    hit = np.flatnonzero(elevation == np.repeat(top, count))
    _, one = np.unique(np.searchsorted(starts, hit, side="right") - 1, return_index=True)
    highest = flat[hit[one]]
    low = np.where(highest > first, walk.time_s[np.maximum(highest - 1, 0)], rise_s)
    high = np.where(
        highest < last, walk.time_s[np.minimum(highest + 1, walk.time_s.size - 1)], set_s
    )
    station = walk.station[first]
    inside = (walk.view.climb_deg_s(station, low) > 0.0) & (
        walk.view.climb_deg_s(station, high) < 0.0
    )
    (_, at_low), (_, at_high) = (walk.view.sky(station, times) for times in (low, high))
    answer = np.where(at_low > at_high, low, high)
    turning = station[inside]

    def climb(which: IntArray, time_s: FloatArray) -> FloatArray:
        return walk.view.climb_deg_s(turning[which], time_s)

    answer[inside] = _solved(
        climb, low[inside], high[inside], positive_low=np.ones(turning.size, dtype=np.bool_)
    )
    return answer


_Values = Callable[[IntArray, FloatArray], FloatArray]
"""Values of those functions with some indices, at one time each."""


def _solved(
    values: _Values, low: FloatArray, high: FloatArray, *, positive_low: BoolArray
) -> FloatArray:
    """Times at which functions change their sign between ``low`` and ``high``. [s]

    The straight line through both ends (Illinois), every third step halving.
    """
    answer = np.full(low.size, np.inf)
    which: IntArray = np.arange(low.size)
    at_low, at_high = values(which, low), values(which, high)
    for step in range(MOST_STEPS):
        if which.size == 0:
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            guess = high - at_high * (high - low) / (at_high - at_low)
        middle = 0.5 * (low + high)
        guess = np.where((guess > low) & (guess < high) & (step % 3 != 2), guess, middle)
        value = values(which, guess)
        left = (value > 0.0) == positive_low[which]
        moved = np.abs(guess - answer[which])
        answer[which] = guess
        low, high = np.where(left, guess, low), np.where(left, high, guess)
        at_low, at_high = (
            np.where(left, value, 0.5 * at_low),
            np.where(left, 0.5 * at_high, value),
        )
        open_ = (moved > TOLERANCE_S) & (high - low > TOLERANCE_S)
        which, low, high = which[open_], low[open_], high[open_]
        at_low, at_high = at_low[open_], at_high[open_]
    return answer
