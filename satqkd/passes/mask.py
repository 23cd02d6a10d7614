"""Horizons that depend on the azimuth: passes rise and set on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from satqkd.passes import pointing
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.horizon import horizontal
from satqkd.passes.search import Sightings
from satqkd.passes.station import Station
from satqkd.units import BoolArray, FloatArray, IntArray

CELLS: Final = 42
"""Parts an interval of the ephemeris is cut into, some 9 s in low orbit; within a part, between
two corners of the horizon, the height above it has one extremum at most."""

CLOSE_DEG: Final = 0.5
"""A part comes close to the horizon if its height is below this plus the change of elevation in
it: twice what the elevation of a 300 km orbit bends within a part. [°]"""

TOLERANCE_S: Final = 1e-6
"""Crossings are solved until a step is shorter. [s]"""

MOST_STEPS: Final = 60
"""Halving alone would come as near with fewer."""

SHORTEST_S: Final = 1e-3
"""What the search for passes resolves; an interval that is shorter is a touch of the horizon at
its rise or set. [s]"""

_APART: Final = 4_096.0
"""Distance of the stations on the common axis of azimuths, more than a table is long. [°]"""

_ROUNDS: Final = 360.0 * np.arange(-2, 3)
"""Turns added to the corners, so that azimuths from −180 to 540 lie between two of them. [°]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Masks:
    """The horizons of all stations as one broken line, to be looked up together."""

    knot: FloatArray
    """Azimuth of each corner, five times round, plus the station's place on the axis. [°]"""
    elevation_deg: FloatArray
    """Elevation of each corner. [°]"""

    @staticmethod
    def of(stations: Sequence[Station]) -> Masks:
        """Collect the horizons; a station without one has a level horizon."""
        knots, elevations = [], []
        for index, station in enumerate(stations):
            azimuth, elevation = broken_line(station)
            knots.append((_ROUNDS[:, None] + azimuth).ravel() + index * _APART)
            elevations.append(np.tile(elevation, _ROUNDS.size))
        return Masks(
            knot=np.concatenate(knots),
            elevation_deg=np.concatenate(elevations),
        )

    def piece(self, station: IntArray, azimuth_deg: FloatArray) -> IntArray:
        """Index of the corner before each azimuth, which may run from −180 to 540."""
        found = np.searchsorted(self.knot, station * _APART + azimuth_deg, side="right") - 1
        return np.asarray(found, dtype=np.int64)

    def slope(self, piece: IntArray) -> FloatArray:
        """Rise of the horizon behind each corner, per degree of azimuth.

        By definition of a straight line through two points.
        """
        run = self.knot[piece + 1] - self.knot[piece]
        return np.asarray((self.elevation_deg[piece + 1] - self.elevation_deg[piece]) / run)

    def height_deg(self, station: IntArray, azimuth_deg: FloatArray) -> FloatArray:
        """Elevation of the horizon at azimuths from −180 to 540. [°]

        By definition of a straight line through two points.
        """
        piece = self.piece(station, azimuth_deg)
        beyond = station * _APART + azimuth_deg - self.knot[piece]
        return np.asarray(self.elevation_deg[piece] + self.slope(piece) * beyond)


def broken_line(station: Station) -> tuple[FloatArray, FloatArray]:
    """Corners of what limits a station's view: its horizon or its lowest elevation.

    The higher of the two counts.

    Derived here: where straight lines cross a level one.

    Returns
    -------
    azimuth_deg, elevation_deg
        Azimuths increase within one turn; the line closes upon itself.

    Examples
    --------
    >>> hill = Station(
    ...     name="Hill", latitude_deg=47.0, longitude_deg=15.5, height_m=400.0,
    ...     min_elevation_deg=10.0, horizon_deg=((0.0, 5.0), (90.0, 25.0), (180.0, 5.0)),
    ... )
    >>> azimuth, elevation = broken_line(hill)
    >>> azimuth.tolist(), elevation.tolist()
    ([0.0, 22.5, 90.0, 157.5, 180.0], [10.0, 10.0, 25.0, 10.0, 10.0])
    """
    lowest = station.min_elevation_deg
    if not station.horizon_deg:
        return np.array([0.0]), np.array([lowest])
    azimuth, elevation = np.array(station.horizon_deg, dtype=np.float64).T
    if azimuth[-1] - azimuth[0] == 360.0:
        azimuth, elevation = azimuth[:-1], elevation[:-1]
    run = np.diff(azimuth, append=azimuth[0] + 360.0)
    climb = np.roll(elevation, -1) - elevation
    crosses = (elevation - lowest) * (elevation + climb - lowest) < 0.0
    where = azimuth[crosses] + run[crosses] * (lowest - elevation[crosses]) / climb[crosses]
    corner = np.concatenate([azimuth, where])
    height = np.concatenate([np.maximum(elevation, lowest), np.full(where.size, lowest)])
    order = np.argsort(corner, kind="stable")
    return corner[order], height[order]


def lowered(station: Station) -> Station:
    """Give a station with a horizon the lowest elevation at which it can see anything."""
    if not station.horizon_deg:
        return station
    _, elevation = broken_line(station)
    return replace(station, min_elevation_deg=float(elevation.min()))


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _View:
    """One satellite over some stations."""

    chain: Ephemeris
    place_m: FloatArray
    frame: FloatArray
    masks: Masks

    def sky(self, station: IntArray, time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Azimuth and elevation. [°]"""
        line = self.chain.position_m(*self.chain.locate(time_s)) - self.place_m[:, station]
        seen = horizontal(line, self.frame[:, :, station])
        return seen.azimuth_deg, seen.elevation_deg

    def height_deg(self, station: IntArray, time_s: FloatArray) -> FloatArray:
        """Height above the horizon. [°]"""
        azimuth, elevation = self.sky(station, time_s)
        return np.asarray(elevation - self.masks.height_deg(station, azimuth))

    def climb_deg_s(
        self, station: IntArray, time_s: FloatArray, slope: FloatArray | float = 0.0
    ) -> FloatArray:
        """Rate of the elevation above a line that rises by ``slope`` per degree. [°/s]"""
        position, velocity = self.chain.state(*self.chain.locate(time_s))
        line = position - self.place_m[:, station]
        seen = pointing.local(line, position, velocity, self.frame[:, :, station])
        return np.asarray(
            pointing.elevation_rate_deg_s(seen) - slope * pointing.azimuth_rate_deg_s(seen)
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Walk:
    """Samples along some sightings, one sighting after the other."""

    view: _View
    owner: IntArray
    """Which sighting."""
    station: IntArray
    time_s: FloatArray
    azimuth_deg: FloatArray
    elevation_deg: FloatArray
    height_deg: FloatArray
    """Above the horizon. [°]"""

    @staticmethod
    def of(view: _View, owner: IntArray, station: IntArray, time_s: FloatArray) -> _Walk:
        azimuth, elevation = view.sky(station, time_s)
        return _Walk(
            view=view,
            owner=owner,
            station=station,
            time_s=time_s,
            azimuth_deg=azimuth,
            elevation_deg=elevation,
            height_deg=elevation - view.masks.height_deg(station, azimuth),
        )

    def cells(self) -> IntArray:
        """Index of each sample that another of the same sighting follows."""
        return np.flatnonzero(self.owner[1:] == self.owner[:-1])

    def turned_deg(self, cell: IntArray) -> FloatArray:
        """Change of azimuth over a cell, the short way round. [°]"""
        return _wrapped(self.azimuth_deg[cell + 1] - self.azimuth_deg[cell])

    def reach_deg(self, cell: IntArray) -> FloatArray:
        """How far the height may stray, within a cell, from those at its ends and corners. [°]"""
        climbed = np.abs(self.elevation_deg[cell + 1] - self.elevation_deg[cell])
        return np.asarray(climbed + CLOSE_DEG)

    def with_samples(self, behind: IntArray, time_s: FloatArray) -> _Walk:
        """Put more samples behind the ones with these indices."""
        more = _Walk.of(self.view, self.owner[behind], self.station[behind], time_s)
        owner = np.concatenate([self.owner, more.owner])
        order = np.lexsort((np.concatenate([self.time_s, time_s]), owner))
        columns = {
            name: np.concatenate([getattr(self, name), getattr(more, name)])[order]
            for name in ("station", "time_s", "azimuth_deg", "elevation_deg", "height_deg")
        }
        return _Walk(view=self.view, owner=owner[order], **columns)


def _cut(seen: Sightings, chain: Ephemeris, stations: Sequence[Station], masks: Masks) -> Sightings:
    """Cut the sightings of one satellite at the horizon."""
    view = _View(
        chain=chain,
        place_m=np.stack([station.itrf_m() for station in stations], axis=1),
        frame=np.stack([station.east_north_up() for station in stations], axis=2),
        masks=masks,
    )
    walk = _with_lowest(_with_corners(_walk(seen, view)))
    return _visible_intervals(seen, walk)


def _walk(seen: Sightings, view: _View) -> _Walk:
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
    return _Walk.of(view, owner, seen.station[owner], time_s)


def _with_corners(walk: _Walk) -> _Walk:
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
    target = masks.knot[corner] - walk.station[behind] * _APART
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
        return _wrapped(walk.view.sky(station[which], time_s)[0] - target[which])

    return walk.with_samples(
        behind, _solved(past, walk.time_s[behind], walk.time_s[behind + 1], positive_low=~rising)
    )


def _with_lowest(walk: _Walk) -> _Walk:
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


def _visible_intervals(seen: Sightings, walk: _Walk) -> Sightings:
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
        clipped_start=seen.clipped_start[owner] & fresh[first],
        clipped_end=seen.clipped_end[owner] & ends[last],
    )


def _crossing(walk: _Walk, behind: IntArray, *, at_end: BoolArray, end: IntArray) -> FloatArray:
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
    walk: _Walk, first: IntArray, last: IntArray, rise_s: FloatArray, set_s: FloatArray
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


def _wrapped(angle_deg: FloatArray) -> FloatArray:
    """Bring angles to −180…180. [°]"""
    return np.asarray((angle_deg + 180.0) % 360.0 - 180.0)
