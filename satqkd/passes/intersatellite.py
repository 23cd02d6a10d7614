"""When two satellites see each other past the Earth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import erfa
import numpy as np

from satqkd.constants import EARTH_ROTATION_RAD_S, WGS84_FLATTENING, WGS84_RADIUS_M
from satqkd.elements.satellite import Satellite
from satqkd.errors import NonPhysicalError, require_between
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.polynomials import polynomial_and_slope
from satqkd.passes.tracks import sample_times
from satqkd.units import BoolArray, FloatArray, IntArray

GRAZING_HEIGHT_M = 100_000.0
"""Assumed: light that stays this high meets no cloud and next to no air. [m]"""

LONGEST_STEP_S = 1_200.0
"""Spacing of the first samples where nothing moves fast. [s]"""

FARTHEST_STEP_RAD = 0.1
"""No satellite goes farther round the Earth between two samples, so that the line of sight of a
pair, which rises and sinks about four times an orbit, turns at most once between them. [rad]"""

TOLERANCE_S = 1e-4
"""To which edges and turning points are solved. [s]"""

SAMPLES_AT_ONCE = 1 << 18
"""Pairs times instants worked on together; bounds the memory."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SightWindows:
    """Intervals in which two satellites see each other, ordered by pair as given, then time."""

    one: IntArray
    """Index of the first satellite of the pair, shape (n,) like the columns below."""
    other: IntArray
    """Index of the second."""
    start_s: FloatArray
    """When the line of sight climbs above the grazing height, mission seconds. [s]"""
    end_s: FloatArray
    """When it sinks below. [s]"""
    clipped_start: BoolArray
    """Already in sight where the ephemeris of either begins."""
    clipped_end: BoolArray
    """Still in sight where the ephemeris of either ends."""

    def __len__(self) -> int:
        return int(self.start_s.size)

    def take(self, index: IntArray | BoolArray) -> SightWindows:
        """Return the windows at ``index``, in that order."""
        return SightWindows(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SightTracks:
    """The series of all windows in flat arrays; window i is ``starts[i]:starts[i + 1]``.

    Both satellites are taken at the same instant: light time is left out.
    """

    starts: IntArray
    """Offsets of the windows, one more than there are windows."""
    time_s: FloatArray
    """SI seconds from the mission epoch: start, every whole step between, end. [s]"""
    range_m: FloatArray
    """Distance of the two. [m]"""
    range_rate_m_s: FloatArray
    """Positive when it grows. [m/s]"""
    angular_rate_rad_s: FloatArray
    """How fast the line of sight turns among the stars; 0 at one place. [rad/s]"""
    grazing_height_m: FloatArray
    """Lowest height above the WGS84 ellipsoid on the way from one to the other. [m]"""

    def __len__(self) -> int:
        return int(self.starts.size - 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fleet:
    """Satellites' ways over the turning Earth, each as one piecewise polynomial.

    Of several ephemerides of a satellite each instant uses one: a tabulated one where there is
    one, else the element set that is near in time; two element sets change over in the middle of
    their overlap.
    """

    reach_s: FloatArray
    """Times at which an ephemeris begins or ends, increasing. [s]"""
    covered: BoolArray
    """Whether a satellite has positions from one of them to the next, (n, len(reach_s) − 1)."""
    key_s: FloatArray
    """Begin of each interval, shifted satellite by satellite so that all increase. [s]"""
    shift_s: float
    start_s: FloatArray
    length_s: FloatArray
    coefficients: FloatArray
    """Of the powers 0…5 of the fraction of an interval, shape (6, 3, intervals). [m]"""
    fastest_rad_s: float
    """Largest angular rate of any of them about the Earth's centre. [rad/s]"""

    @staticmethod
    def of(satellites: Sequence[Satellite], chains: Mapping[tuple[int, int], Ephemeris]) -> Fleet:
        """Put ephemerides by (satellite, source), as :func:`find_passes` leaves them, in a row."""
        own: list[dict[int, Ephemeris]] = [{} for _ in satellites]
        for (index, source), chain in chains.items():
            own[index][source] = chain
        pieces = [
            (index, *piece)
            for index, satellite in enumerate(satellites)
            for piece in _pieces(satellite, own[index])
        ]
        if not pieces:
            raise NonPhysicalError("chains", "must hold an ephemeris of some satellite")
        begins, ends = (np.array([piece[i] for piece in pieces]) for i in (1, 2))
        reach_s = np.unique(np.concatenate([begins, ends]))
        shift_s = float(reach_s[-1] - reach_s[0]) + 1.0
        covered = np.zeros((len(satellites), reach_s.size - 1), dtype=np.bool_)
        parts = []
        for index, begin, end, chain in pieces:
            covered[index] |= (reach_s[:-1] >= begin) & (reach_s[:-1] < end)
            mine = (chain.node_s[1:] > begin) & (chain.node_s[:-1] < end)
            start_s, length_s = chain.node_s[:-1][mine], np.diff(chain.node_s)[mine]
            key_s = np.maximum(start_s, begin) + index * shift_s
            parts.append((key_s, start_s, length_s, chain.coefficients[:, :, mine]))
        key_s, start_s, length_s, coefficients = (
            np.concatenate(column, axis=-1) for column in zip(*parts, strict=True)
        )
        return Fleet(
            reach_s=reach_s,
            covered=covered,
            key_s=key_s,
            shift_s=shift_s,
            start_s=start_s,
            length_s=length_s,
            coefficients=coefficients,
            fastest_rad_s=max(_fastest_rad_s(chain) for *_, chain in pieces),
        )

    def state(self, satellite: IntArray, seconds: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Earth-fixed positions [m] and velocities [m/s] of some at some times, (3, n) each.

        By definition of the piecewise polynomial and its derivative.
        """
        at = np.searchsorted(self.key_s, seconds + satellite * self.shift_s, side="right") - 1
        at = np.maximum(at, 0)
        length_s = self.length_s[at]
        fraction = np.clip((seconds - self.start_s[at]) / length_s, 0.0, 1.0)
        position, slope = polynomial_and_slope(self.coefficients[:, :, at], fraction)
        return position, slope / length_s


def sight_windows(
    fleet: Fleet,
    *,
    pairs: Sequence[tuple[int, int]] | None = None,
    grazing_height_m: float = GRAZING_HEIGHT_M,
) -> SightWindows:
    """Find when pairs of satellites see each other above a grazing height.

    Derived here, see the notes; the ellipsoid is WGS84.

    Parameters
    ----------
    fleet
        Where the satellites are.
    pairs
        Indices of two satellites each; every pair when None.
    grazing_height_m
        No point of the line of sight is lower above the WGS84 ellipsoid; 0…1,000 km. [m]

    Returns
    -------
    SightWindows
        Ordered by pair, time. Where there are no positions of either there is no window.

    Notes
    -----
    All pairs are looked at at the same instants, so near to each other that the lowest point of
    a line of sight turns at most once between two of them. Each turning point is solved for and
    put among them; then every edge lies between two of opposite sign, however short the window
    or the gap. The limit is an ellipsoid with both axes longer by the grazing height, which at
    100 km differs from the surface of constant height by less than 0.15 m, at 1,000 km by 1.3 m.
    """
    require_between("grazing_height_m", grazing_height_m, 0.0, 1e6)
    one, other = _indices(pairs, fleet.covered.shape[0])
    time_s = _instants(fleet)
    at_once = max(1, SAMPLES_AT_ONCE // time_s.size)
    limit = _Limit(fleet=fleet, height_m=grazing_height_m)
    return _joined(
        [
            _windows(
                _look(limit, one[begin : begin + at_once], other[begin : begin + at_once], time_s)
            )
            for begin in range(0, one.size, at_once)
        ]
    )


def sight_tracks(windows: SightWindows, fleet: Fleet, *, step_s: float) -> SightTracks:
    """Sample windows at their start, at every whole step between, and at their end.

    By definition: range rate is the part of the relative velocity along the line, angular rate the
    part across it over the range.

    Parameters
    ----------
    windows
        Found in ``fleet``.
    fleet
        Of the same satellites and ephemerides.
    step_s
        Spacing; samples fall on multiples of it since the mission epoch. [s]

    Returns
    -------
    SightTracks
        At least two samples a window.
    """
    starts, time_s = sample_times(windows.start_s, windows.end_s, step_s=step_s)
    count = np.diff(starts)
    position, velocity = fleet.state(np.repeat(windows.one, count), time_s)
    far_position, far_velocity = fleet.state(np.repeat(windows.other, count), time_s)
    line = far_position - position
    range_m = np.sqrt(np.einsum("ij,ij->j", line, line))
    parting = far_velocity - velocity
    closing = np.einsum("ij,ij->j", line, parting)
    return SightTracks(
        starts=starts,
        time_s=time_s,
        range_m=range_m,
        range_rate_m_s=closing / np.maximum(range_m, SAME_PLACE_M),
        angular_rate_rad_s=_angular_rate_rad_s(line, parting),
        grazing_height_m=grazing_height_m(position, far_position),
    )


def _angular_rate_rad_s(line_m: FloatArray, parting_m_s: FloatArray) -> FloatArray:
    """Turn of an Earth-fixed line, shape (3, n), among the stars. [rad/s]"""
    x, y, _ = line_m
    carried = EARTH_ROTATION_RAD_S * np.stack([-y, x, np.zeros_like(x)])
    across = np.cross(line_m, parting_m_s + carried, axis=0)
    square = np.einsum("ij,ij->j", line_m, line_m)
    return np.asarray(np.linalg.norm(across, axis=0) / np.maximum(square, SAME_PLACE_M**2))


SAME_PLACE_M = 1e-3
"""Satellites nearer than this are at one place; their range rate is given as 0. [m]"""


def grazing_height_m(one_m: FloatArray, other_m: FloatArray) -> FloatArray:
    """Lowest geodetic height of straight lines between points.

    Derived here: on an ellipsoid stretched to a ball the nearest point of a line is a projection.

    Parameters
    ----------
    one_m, other_m
        Earth-fixed ends, shape (3, n). [m]

    Returns
    -------
    FloatArray
        Height above the WGS84 ellipsoid, within 1 m of the lowest from 0 to 1,000 km; deep
        inside the Earth only its sign means something; shape (n,). [m]
    """
    height = np.zeros(one_m.shape[1])
    for _ in range(2):
        stretch = _stretch(np.maximum(height, 0.0))
        share = _nearest_share(_stretched(one_m, stretch), _stretched(other_m, stretch))
        x, y, z = one_m + share * (other_m - one_m)
        _, _, height = erfa.gc2gd(1, np.stack([x, y, z], axis=-1))
    return np.asarray(height)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Limit:
    """How far lines of sight pass from the ellipsoid they must not touch.

    The polar axis is stretched until that ellipsoid is a sphere.
    """

    fleet: Fleet
    height_m: float

    def clearance_m2(
        self, one: IntArray, other: IntArray, time_s: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Half of distance² minus radius² of the nearest point [m²], and its rate [m²/s]."""
        stretch = _stretch(self.height_m)
        (p, v), (q, w) = self.fleet.state(one, time_s), self.fleet.state(other, time_s)
        return _clearance(
            (_stretched(p, stretch), _stretched(v, stretch)),
            (_stretched(q, stretch), _stretched(w, stretch)),
            radius_m=WGS84_RADIUS_M + self.height_m,
        )


def _clearance(
    one: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray], *, radius_m: float
) -> tuple[FloatArray, FloatArray]:
    """Half of distance² minus radius² of the nearest point of each line, and its rate."""
    (p, v), (q, w) = one, other
    share = _nearest_share(p, q)
    point = p + share * (q - p)
    motion = v + share * (w - v)
    value = 0.5 * (np.einsum("i...,i...->...", point, point) - radius_m**2)
    return value, np.einsum("i...,i...->...", point, motion)


def _nearest_share(p: FloatArray, q: FloatArray) -> FloatArray:
    """How far from p to q, 0…1, the point nearest to the centre lies."""
    line = q - p
    length2 = np.einsum("i...,i...->...", line, line)
    share = -np.einsum("i...,i...->...", p, line) / np.where(length2 > 0.0, length2, 1.0)
    return np.asarray(np.clip(share, 0.0, 1.0))


def _stretch(height_m: FloatArray | float) -> FloatArray:
    """Ratio of the axes of the ellipsoid with both axes longer by a height."""
    polar_m = WGS84_RADIUS_M * (1.0 - WGS84_FLATTENING)
    return np.asarray((WGS84_RADIUS_M + height_m) / (polar_m + height_m))


def _stretched(vectors: FloatArray, stretch: FloatArray) -> FloatArray:
    """Vectors (3, …) with their polar part stretched."""
    x, y, z = vectors
    return np.stack([x, y, z * stretch])


def _fastest_rad_s(chain: Ephemeris) -> float:
    """Largest angular rate about the Earth's centre at the nodes. [rad/s]"""
    distance2 = np.einsum("ij,ij->j", chain.node_m, chain.node_m)
    speed2 = np.einsum("ij,ij->j", chain.node_m_s, chain.node_m_s)
    return float(np.sqrt((speed2 / distance2).max()))


def _pieces(
    satellite: Satellite, chains: Mapping[int, Ephemeris]
) -> list[tuple[float, float, Ephemeris]]:
    """From when to when each ephemeris of a satellite is used; without overlap, in order."""
    spans = {source: [c.node_s[0], c.node_s[-1]] for source, c in sorted(chains.items())}
    tables = [i for i in spans if i >= len(satellite.element_sets)]
    sets = [i for i in spans if i not in tables]
    for older, newer in pairwise(sets):
        if spans[newer][0] < spans[older][1]:
            spans[older][1] = spans[newer][0] = 0.5 * (spans[newer][0] + spans[older][1])
    edges = sorted({float(edge) for span in spans.values() for edge in span})
    pieces = []
    for begin, end in pairwise(edges):
        there = [i for i in (*sets, *tables) if spans[i][0] <= begin and end <= spans[i][1]]
        if there:
            pieces.append((begin, end, chains[there[-1]]))
    return pieces


def _indices(pairs: Sequence[tuple[int, int]] | None, count: int) -> tuple[IntArray, IntArray]:
    """First and second satellite of each pair."""
    if pairs is None:
        one, other = np.triu_indices(count, k=1)
        return one.astype(np.int64), other.astype(np.int64)
    both = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    if (both[:, 0] == both[:, 1]).any() or (both < 0).any() or (both >= count).any():
        raise NonPhysicalError("pairs", f"must name two different satellites of {count} each")
    return both[:, 0], both[:, 1]


def _instants(fleet: Fleet) -> FloatArray:
    """When all are looked at first: every change of ephemeris, and evenly between. [s]"""
    step_s = min(LONGEST_STEP_S, FARTHEST_STEP_RAD / fleet.fastest_rad_s)
    even = np.arange(fleet.reach_s[0], fleet.reach_s[-1], step_s)
    return np.unique(np.concatenate([even, fleet.reach_s]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Looks:
    """Some pairs at all instants; shapes (pairs, instants)."""

    limit: _Limit
    one: IntArray
    other: IntArray
    time_s: FloatArray
    above: BoolArray
    rising: BoolArray
    linked: BoolArray
    """Whether both have positions from an instant to the next; one column less."""


def _look(limit: _Limit, one: IntArray, other: IntArray, time_s: FloatArray) -> _Looks:
    """Look at some pairs at all instants."""
    value, rate = limit.clearance_m2(
        np.repeat(one, time_s.size), np.repeat(other, time_s.size), np.tile(time_s, one.size)
    )
    reach_s, covered = limit.fleet.reach_s, limit.fleet.covered
    interval = np.searchsorted(reach_s, time_s[:-1], side="right") - 1
    return _Looks(
        limit=limit,
        one=one,
        other=other,
        time_s=time_s,
        above=(value > 0.0).reshape(one.size, -1),
        rising=(rate > 0.0).reshape(one.size, -1),
        linked=(covered[one] & covered[other])[:, interval],
    )


def _windows(looks: _Looks) -> SightWindows:
    """Windows of some pairs; see :func:`sight_windows`."""
    limit, time_s = looks.limit, looks.time_s
    pair, low_s, high_s, upward = _brackets(looks)

    def height(at_s: FloatArray, first: IntArray, second: IntArray) -> FloatArray:
        return limit.clearance_m2(first, second, at_s)[0]

    edge_s = _solved(height, low_s, high_s, looks.one[pair], looks.other[pair])
    unlinked = np.zeros((looks.one.size, 1), dtype=np.bool_)
    before = np.concatenate([unlinked, looks.linked], axis=1)
    after = np.concatenate([looks.linked, unlinked], axis=1)
    start_pair, start_s, clipped_start = _merged(
        pair[upward], edge_s[upward], np.nonzero(looks.above & after & ~before), time_s
    )
    _, end_s, clipped_end = _merged(
        pair[~upward], edge_s[~upward], np.nonzero(looks.above & before & ~after), time_s
    )
    return SightWindows(
        one=looks.one[start_pair],
        other=looks.other[start_pair],
        start_s=start_s,
        end_s=end_s,
        clipped_start=clipped_start,
        clipped_end=clipped_end,
    )


def _brackets(looks: _Looks) -> tuple[IntArray, FloatArray, FloatArray, BoolArray]:
    """Pair, begin, end and direction of every interval with one crossing of the limit. [s]"""
    limit, time_s, above, rising = looks.limit, looks.time_s, looks.above, looks.rising
    changed = above[:, 1:] != above[:, :-1]
    pair, index = np.nonzero(looks.linked & changed)
    turning = (rising[:, :-1] != above[:, :-1]) & (rising[:, 1:] == above[:, 1:])
    turn_pair, turn_index = np.nonzero(looks.linked & ~changed & turning)

    def slope(at_s: FloatArray, first: IntArray, second: IntArray) -> FloatArray:
        return limit.clearance_m2(first, second, at_s)[1]

    first, second = looks.one[turn_pair], looks.other[turn_pair]
    turn_s = _solved(slope, time_s[turn_index], time_s[turn_index + 1], first, second)
    side = above[turn_pair, turn_index]
    beyond = (limit.clearance_m2(first, second, turn_s)[0] > 0.0) != side
    turn_pair, turn_index, turn_s, side = (
        column[beyond] for column in (turn_pair, turn_index, turn_s, side)
    )
    return (
        np.concatenate([pair, turn_pair, turn_pair]),
        np.concatenate([time_s[index], time_s[turn_index], turn_s]),
        np.concatenate([time_s[index + 1], turn_s, time_s[turn_index + 1]]),
        np.concatenate([~above[pair, index], ~side, side]),
    )


def _solved(
    curve: Callable[[FloatArray, IntArray, IntArray], FloatArray],
    low_s: FloatArray,
    high_s: FloatArray,
    one: IntArray,
    other: IntArray,
) -> FloatArray:
    """Where ``curve`` of each pair changes sign; Chandrupatla's method on all at once. [s]"""
    if low_s.size == 0:
        return np.zeros(0)
    from scipy.optimize import elementwise  # noqa: PLC0415 -- only pairs of satellites pay

    found = elementwise.find_root(
        curve,
        (low_s, high_s),
        args=(one, other),
        tolerances={"xatol": TOLERANCE_S, "xrtol": 0.0, "fatol": 0.0, "frtol": 0.0},
    )
    return np.asarray(found.x, dtype=np.float64)


def _merged(
    pair: IntArray, edge_s: FloatArray, clips: tuple[IntArray, ...], time_s: FloatArray
) -> tuple[IntArray, FloatArray, BoolArray]:
    """Edges and clipped ends in order of pair and time, and which of them are clipped."""
    every_pair = np.concatenate([pair, clips[0]])
    every_s = np.concatenate([edge_s, time_s[clips[1]]])
    order = np.lexsort((every_s, every_pair))
    return every_pair[order], every_s[order], order >= pair.size


def _joined(parts: Sequence[SightWindows]) -> SightWindows:
    """Put the rows of several tables below each other."""
    whole, real, yes = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_)
    none = SightWindows(
        one=whole, other=whole, start_s=real, end_s=real, clipped_start=yes, clipped_end=yes
    )
    return SightWindows(
        **{
            f.name: np.concatenate([getattr(part, f.name) for part in (none, *parts)])
            for f in fields(SightWindows)
        }
    )
