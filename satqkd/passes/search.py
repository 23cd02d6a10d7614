"""Every pass of one ephemeris over many stations, none missed and none invented."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.constants import WGS84_FLATTENING, WGS84_RADIUS_M
from satqkd.passes.ephemeris import (
    PLAIN_PERIOD_S,
    Ephemeris,
    polynomial,
    polynomial_and_slope,
)
from satqkd.passes.station import Station
from satqkd.units import BoolArray, FloatArray, IntArray

TIME_TOLERANCE_S = 1e-3
"""Secant steps end when the last is shorter; they converge so fast that the error left is a
hundred times smaller. [s]"""

MOST_STEPS = 60
"""Where secant steps fail, the bracket is halved; this many halvings reach any tolerance."""

_Curve = Callable[[FloatArray], FloatArray]
"""Values of many functions at one fraction of the interval of each."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sightings:
    """Passes of one ephemeris, as columns; times in mission seconds."""

    station: IntArray
    rise_s: FloatArray
    culmination_s: FloatArray
    set_s: FloatArray
    clipped_start: BoolArray
    clipped_end: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Places:
    """Stations as arrays."""

    place_m: FloatArray
    """Shape (3, m). [m]"""
    up: FloatArray
    """Shape (3, m)."""
    sin_mask: FloatArray
    lowest_mask_rad: float

    @staticmethod
    def of(stations: Sequence[Station]) -> _Places:
        masks = np.radians([s.min_elevation_deg for s in stations])
        return _Places(
            place_m=np.stack([s.itrf_m() for s in stations], axis=1),
            up=np.stack([s.east_north_up()[2] for s in stations], axis=1),
            sin_mask=np.sin(masks),
            lowest_mask_rad=float(masks.min()),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Samples:
    """The sky at increasing times, run after run; a run is one stay near one station.

    ``height`` has the sign of elevation minus mask; ``climb`` has the sign of the elevation's
    rate. Both are free of the sharp peak that the elevation itself has in a high pass.
    """

    station: IntArray
    interval: IntArray
    """Interval of the ephemeris that begins here, or in which the sample lies."""
    fraction: FloatArray
    sine: FloatArray
    """Of the elevation."""
    height: FloatArray
    climb: FloatArray
    joined: BoolArray
    """Whether the next sample belongs to the same run."""


def sightings(chain: Ephemeris, stations: Sequence[Station], *, period_s: float) -> Sightings:
    """Find every stretch above each station's mask.

    Parameters
    ----------
    chain
        Where the satellite is; its span is the window.
    stations
        Who looks, each with its own mask.
    period_s
        Orbital period; long ones are searched with wider margins. [s]

    Returns
    -------
    Sightings
        Ordered by station, then time. A satellite that never sets gives one clipped pass.

    Notes
    -----
    Only nodes of the ephemeris from which the station can come into sight, by the angle along
    and across the track, are looked at. The elevation has at most one extremum between two of
    them; each is solved for and put among the nodes. Then every crossing of the mask lies
    between two neighbours of opposite sign, however short the pass, and is solved for.
    """
    places = _Places.of(stations)
    samples = _with_extrema(chain, places, _at_nodes(chain, places, period_s=period_s))
    return _crossings(chain, places, samples)


def _near(chain: Ephemeris, places: _Places, *, period_s: float) -> BoolArray:
    """Intervals in which a station may be in sight, shape (m, k − 1); never too few."""
    distance = np.sqrt(np.einsum("ij,ij->j", chain.node_m, chain.node_m))
    direction = chain.node_m / distance
    lowest_m = WGS84_RADIUS_M * (1.0 - WGS84_FLATTENING) - 1_000.0
    reach_m = np.maximum(distance[1:], distance[:-1])
    mask = places.lowest_mask_rad
    see_rad = np.arccos(np.minimum(1.0, lowest_m / reach_m * np.cos(mask))) - mask
    along = np.einsum("ij,ij->j", direction[:, 1:], direction[:, :-1])
    moved_rad = np.arccos(np.clip(along, -1.0, 1.0))
    # 0.2° is what geodetic and geocentric vertical differ by at most, 0.2° what the turning
    # Earth bends a track between nodes. High orbits turn back between nodes, by less than 5°.
    slack_rad = np.radians(0.7 if period_s < PLAIN_PERIOD_S else 5.7)
    limit = np.cos(np.minimum(np.pi, see_rad + 0.5 * moved_rad + slack_rad))
    place = places.place_m / np.sqrt(np.einsum("ij,ij->j", places.place_m, places.place_m))
    closeness = place.T @ direction
    near = (closeness[:, 1:] >= limit) | (closeness[:, :-1] >= limit)
    if period_s < PLAIN_PERIOD_S:
        across = np.cross(direction[:, :-1], direction[:, 1:], axis=0)
        across /= np.sqrt(np.einsum("ij,ij->j", across, across))
        near &= np.abs(place.T @ across) <= np.sin(np.minimum(0.5 * np.pi, see_rad + slack_rad))
    return np.asarray(near)


def _at_nodes(chain: Ephemeris, places: _Places, *, period_s: float) -> _Samples:
    """Look from every station at the nodes of its near intervals."""
    near = _near(chain, places, period_s=period_s)
    wanted = np.zeros((near.shape[0], near.shape[1] + 1), dtype=np.bool_)
    wanted[:, :-1] = near
    wanted[:, 1:] |= near
    station, node = np.nonzero(wanted)
    line = chain.node_m[:, node] - places.place_m[:, station]
    up = places.up[:, station]
    velocity = chain.node_m_s[:, node]
    joined = np.zeros(station.size, dtype=np.bool_)
    joined[:-1] = (np.diff(station) == 0) & (np.diff(node) == 1)
    joined[:-1] &= near[station[:-1], np.minimum(node[:-1], near.shape[1] - 1)]
    last = node == near.shape[1]
    sine, height = _sine_and_height(line, up, places.sin_mask[station])
    return _Samples(
        station=station,
        interval=node - last,
        fraction=last.astype(np.float64),
        sine=sine,
        height=height,
        climb=_climb(line, velocity, up),
        joined=joined,
    )


def _sine_and_height(
    line: FloatArray, up: FloatArray, sin_mask: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Sine of the elevation, and range times (that sine − sine of the mask) [m]."""
    x, y, z = line
    range_m = np.sqrt(x * x + y * y + z * z)
    rise_m = x * up[0] + y * up[1] + z * up[2]
    return rise_m / range_m, rise_m - sin_mask * range_m


def _climb(line: FloatArray, velocity: FloatArray, up: FloatArray) -> FloatArray:
    """Range³ times the rate of the sine of elevation; linear in time on a straight path."""
    x, y, z = line
    u, v, w = velocity
    return np.asarray(
        (u * up[0] + v * up[1] + w * up[2]) * (x * x + y * y + z * z)
        - (x * up[0] + y * up[1] + z * up[2]) * (x * u + y * v + z * w)
    )


def _with_extrema(chain: Ephemeris, places: _Places, samples: _Samples) -> _Samples:
    """Put each maximum and minimum of the elevation among the samples."""
    rising = samples.climb > 0.0
    turn = np.flatnonzero(samples.joined[:-1] & (rising[:-1] != rising[1:]))
    if turn.size == 0:
        return samples
    station, interval = samples.station[turn], samples.interval[turn]
    place, up = places.place_m[:, station], places.up[:, station]
    length_s = np.diff(chain.node_s)[interval]

    def climbs(which: IntArray) -> _Curve:
        coefficients = chain.coefficients[:, :, interval[which]]
        coefficients[0] -= place[:, which]
        per_s, upward = 1.0 / length_s[which], up[:, which]

        def climb(fraction: FloatArray) -> FloatArray:
            line, slope = polynomial_and_slope(coefficients, fraction)
            return _climb(line, slope * per_s, upward)

        return climb

    ones = np.ones(turn.size)
    fraction = _roots(
        climbs, 0.0 * ones, ones, samples.climb[turn], samples.climb[turn + 1],
        tolerance=TIME_TOLERANCE_S / length_s,
    )  # fmt: skip
    line = chain.position_m(interval, fraction) - place
    sine, height = _sine_and_height(line, up, places.sin_mask[station])
    return _Samples(
        station=np.insert(samples.station, turn + 1, station),
        interval=np.insert(samples.interval, turn + 1, interval),
        fraction=np.insert(samples.fraction, turn + 1, fraction),
        sine=np.insert(samples.sine, turn + 1, sine),
        height=np.insert(samples.height, turn + 1, height),
        climb=np.insert(samples.climb, turn + 1, 0.0),
        joined=np.insert(samples.joined, turn + 1, values=True),
    )


def _crossings(chain: Ephemeris, places: _Places, samples: _Samples) -> Sightings:
    """Turn changes of sign into passes."""
    above = samples.height > 0.0
    linked = samples.joined[:-1]
    time_s = chain.time_s(samples.interval, samples.fraction)
    edge = np.flatnonzero(linked & (above[:-1] != above[1:]))
    edge_s = _edge_times(chain, places, samples, edge)
    upward = above[edge + 1]
    no_link = np.ones(1, dtype=np.bool_)
    starts_up = np.flatnonzero(above & np.concatenate([no_link, ~linked]))
    ends_up = np.flatnonzero(above & np.concatenate([~linked, no_link]))
    first, rise_s, clipped_start = _merged(
        edge[upward] + 1, edge_s[upward], starts_up, time_s[starts_up]
    )
    last, set_s, clipped_end = _merged(edge[~upward], edge_s[~upward], ends_up, time_s[ends_up])
    return Sightings(
        station=samples.station[first].astype(np.int64),
        rise_s=rise_s,
        culmination_s=time_s[_highest(samples.sine, first, last)],
        set_s=set_s,
        clipped_start=clipped_start,
        clipped_end=clipped_end,
    )


def _edge_times(chain: Ephemeris, places: _Places, samples: _Samples, edge: IntArray) -> FloatArray:
    """When the mask is crossed between samples ``edge`` and ``edge + 1``. [s]"""
    interval, station = samples.interval[edge], samples.station[edge]
    length_s = np.diff(chain.node_s)[interval]
    begin = samples.fraction[edge]
    end = np.where(samples.interval[edge + 1] == interval, samples.fraction[edge + 1], 1.0)

    def heights(which: IntArray) -> _Curve:
        coefficients = chain.coefficients[:, :, interval[which]]
        coefficients[0] -= places.place_m[:, station[which]]
        up, sin_mask = places.up[:, station[which]], places.sin_mask[station[which]]

        def height(fraction: FloatArray) -> FloatArray:
            return _sine_and_height(polynomial(coefficients, fraction), up, sin_mask)[1]

        return height

    fraction = _roots(
        heights, begin, end, samples.height[edge], samples.height[edge + 1],
        tolerance=TIME_TOLERANCE_S / length_s,
    )  # fmt: skip
    return chain.time_s(interval, fraction)


def _merged(
    crossed: IntArray, crossed_s: FloatArray, cut: IntArray, cut_s: FloatArray
) -> tuple[IntArray, FloatArray, BoolArray]:
    """Samples, times and flags of crossings and of cuts, in order of the samples."""
    index = np.concatenate([crossed, cut])
    order = np.argsort(index, kind="stable")
    clipped = np.arange(index.size) >= crossed.size
    return index[order], np.concatenate([crossed_s, cut_s])[order], clipped[order]


def _highest(sine: FloatArray, first: IntArray, last: IntArray) -> IntArray:
    """Index of the largest sine in each stretch first…last."""
    if first.size == 0:
        return first
    length = last - first + 1
    starts = np.concatenate([[0], np.cumsum(length)[:-1]])
    flat = np.arange(int(length.sum())) + np.repeat(first - starts, length)
    top = np.maximum.reduceat(sine[flat], starts)
    hit = np.flatnonzero(sine[flat] == np.repeat(top, length))
    stretch = np.searchsorted(starts, hit, side="right") - 1
    _, first_hit = np.unique(stretch, return_index=True)
    return np.asarray(flat[hit[first_hit]])


def _roots(
    curves: Callable[[IntArray], _Curve],
    low: FloatArray,
    high: FloatArray,
    at_low: FloatArray,
    at_high: FloatArray,
    *,
    tolerance: FloatArray,
) -> FloatArray:
    """Solve many brackets of opposite sign at once; secant steps, halving where they leave.

    ``curves`` gives the functions of some of the brackets; those still open are followed
    together until fewer than half are left, then picked out.
    """
    if low.size == 0:
        return low
    which = np.arange(low.size)
    answer = np.empty(low.size)
    curve = curves(which)
    x0, x1, f0, f1 = low, high, at_low, at_high
    low_sign, open_ = at_low > 0.0, np.ones(low.size, dtype=np.bool_)
    for step in range(MOST_STEPS):
        with np.errstate(divide="ignore", invalid="ignore"):
            guess = x1 - f1 * (x1 - x0) / (f1 - f0)
        stays = (guess > low) & (guess < high)
        guess = np.where(stays & (step % 8 != 7), guess, 0.5 * (low + high))
        value = curve(guess)
        left = (value > 0.0) == low_sign
        low, high = np.where(left, guess, low), np.where(left, high, guess)
        done = open_ & (
            (stays & (np.abs(guess - x1) < tolerance)) | (high - low < tolerance) | (value == 0.0)
        )
        answer[which[done]] = guess[done]
        open_ &= ~done
        x0, f0, x1, f1 = x1, f1, guess, value
        left_over = np.flatnonzero(open_)
        if left_over.size == 0:
            return answer
        if 2 * left_over.size < open_.size:
            which, tolerance, low_sign = which[left_over], tolerance[left_over], low_sign[left_over]
            x0, x1, f0, f1 = x0[left_over], x1[left_over], f0[left_over], f1[left_over]
            low, high, open_ = low[left_over], high[left_over], open_[left_over]
            curve = curves(which)
    answer[which[open_]] = guess[open_]
    return answer
