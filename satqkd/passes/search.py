"""Every pass of many ephemerides over many stations, none missed and none invented."""

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
from satqkd.passes.horizon import horizontal
from satqkd.passes.station import Station
from satqkd.units import BoolArray, FloatArray, IntArray

TIME_TOLERANCE_S = 3e-3
"""The solver stops when a step is shorter; its steps shrink so fast that the error left is below
a millisecond. [s]"""

MOST_STEPS = 60
"""Where interpolation fails, the bracket is halved; this many halvings reach any tolerance."""

_Curve = Callable[[FloatArray], FloatArray]
"""Values of many functions at one fraction of the interval of each."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sightings:
    """Passes as columns; times in mission seconds."""

    chain: IntArray
    """Index of the ephemeris."""
    station: IntArray
    """Index of the station."""
    rise_s: FloatArray
    culmination_s: FloatArray
    set_s: FloatArray
    max_elevation_deg: FloatArray
    rise_azimuth_deg: FloatArray
    culmination_azimuth_deg: FloatArray
    set_azimuth_deg: FloatArray
    clipped_start: BoolArray
    clipped_end: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Stations as arrays."""

    place_m: FloatArray
    """Shape (3, m). [m]"""
    frame: FloatArray
    """East, north and up of each, shape (3, 3, m)."""
    sin_mask: FloatArray
    lowest_mask_rad: float

    @property
    def up(self) -> FloatArray:
        """Local verticals, shape (3, m)."""
        return np.asarray(self.frame[2])

    @staticmethod
    def of(stations: Sequence[Station]) -> Places:
        """Collect stations; at least one."""
        masks = np.radians([s.min_elevation_deg for s in stations])
        return Places(
            place_m=np.stack([s.itrf_m() for s in stations], axis=1),
            frame=np.stack([s.east_north_up() for s in stations], axis=2),
            sin_mask=np.sin(masks),
            lowest_mask_rad=float(masks.min()),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Chains:
    """The intervals of several ephemerides behind each other."""

    start_s: FloatArray
    """Begin of each interval. [s]"""
    length_s: FloatArray
    coefficients: FloatArray
    """Shape (6, 3, intervals). [m]"""
    owner: IntArray
    """Which ephemeris an interval belongs to."""

    @staticmethod
    def of(chains: Sequence[Ephemeris]) -> _Chains:
        lengths = [np.diff(chain.node_s) for chain in chains]
        return _Chains(
            start_s=np.concatenate([chain.node_s[:-1] for chain in chains]),
            length_s=np.concatenate(lengths),
            coefficients=np.concatenate([chain.coefficients for chain in chains], axis=2),
            owner=np.repeat(np.arange(len(chains)), [length.size for length in lengths]),
        )

    def time_s(self, interval: IntArray, fraction: FloatArray) -> FloatArray:
        """Mission seconds of fractions of intervals. [s]"""
        return np.asarray(self.start_s[interval] + fraction * self.length_s[interval])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Samples:
    """The sky at increasing times, run after run; a run is one stay near one station.

    ``height`` has the sign of elevation minus mask; ``climb`` has the sign of the elevation's
    rate. Both are free of the sharp peak that the elevation itself has in a high pass.
    """

    station: IntArray
    interval: IntArray
    """Interval that begins here, or in which the sample lies."""
    fraction: FloatArray
    sine: FloatArray
    """Of the elevation."""
    height: FloatArray
    height_rate: FloatArray
    climb: FloatArray
    joined: BoolArray
    """Whether the next sample belongs to the same run."""


def sightings(
    chains: Sequence[Ephemeris], places: Places, *, periods_s: Sequence[float]
) -> Sightings:
    """Find every stretch above each station's mask.

    Parameters
    ----------
    chains
        Where the satellites are; the span of each is its window.
    places
        Who looks, each with its own mask.
    periods_s
        Orbital period of each; long ones are searched with wider margins. [s]

    Returns
    -------
    Sightings
        Ordered by ephemeris, station, time. One that never sets gives one clipped pass.

    Notes
    -----
    Only nodes of the ephemeris from which the station can come into sight, by the angle along
    and across the track, are looked at. The elevation has at most one extremum between two of
    them; each is solved for and put among the nodes. Then every crossing of the mask lies
    between two neighbours of opposite sign, however short the pass, and is solved for.
    """
    every = _Chains.of(chains)
    samples = _at_nodes(chains, places, periods_s)
    samples = _with_extrema(every, places, samples)
    return _crossings(every, places, samples)


def _near(chain: Ephemeris, places: Places, *, period_s: float) -> BoolArray:
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
    near = np.maximum(closeness[:, 1:], closeness[:, :-1]) >= limit
    if period_s < PLAIN_PERIOD_S:
        x, y, z = direction
        across = np.stack(
            [
                y[:-1] * z[1:] - z[:-1] * y[1:],
                z[:-1] * x[1:] - x[:-1] * z[1:],
                x[:-1] * y[1:] - y[:-1] * x[1:],
            ]
        )
        across /= np.sin(np.minimum(0.5 * np.pi, see_rad + slack_rad)) * np.sin(moved_rad)
        near &= np.abs(place.T @ across) <= 1.0
    return np.asarray(near)


def _at_nodes(chains: Sequence[Ephemeris], places: Places, periods_s: Sequence[float]) -> _Samples:
    """Look from every station at the nodes of its near intervals."""
    stations, nodes, joins, intervals, lasts = [], [], [], [], []
    first_node = first_interval = 0
    for chain, period_s in zip(chains, periods_s, strict=True):
        near = _near(chain, places, period_s=period_s)
        count, size = near.shape[1], near.shape[1] + 1
        wanted = np.zeros((near.shape[0], size), dtype=np.bool_)
        wanted[:, :-1] = near
        wanted[:, 1:] |= near
        flat = np.flatnonzero(wanted)
        station = flat // size
        node = flat - station * size
        last = node == count
        stations.append(station)
        nodes.append(node + first_node)
        joins.append(~last & near.ravel()[np.minimum(flat - station, near.size - 1)])
        intervals.append(node - last + first_interval)
        lasts.append(last)
        first_node, first_interval = first_node + size, first_interval + count
    station, node = np.concatenate(stations), np.concatenate(nodes)
    position = np.concatenate([chain.node_m for chain in chains], axis=1)
    velocity = np.concatenate([chain.node_m_s for chain in chains], axis=1)
    look = _look(position[:, node] - places.place_m[:, station], velocity[:, node], places, station)
    return _Samples(
        station=station,
        interval=np.concatenate(intervals),
        fraction=np.concatenate(lasts).astype(np.float64),
        joined=np.concatenate(joins),
        **look,
    )


def _look(
    line: FloatArray, velocity: FloatArray, places: Places, station: IntArray
) -> dict[str, FloatArray]:
    """Sine, height, its rate and climb of targets at ``line`` from their stations."""
    (x, y, z), (u, v, w), (e, n, h) = line, velocity, places.up[:, station]
    sin_mask = places.sin_mask[station]
    range2 = x * x + y * y + z * z
    range_m = np.sqrt(range2)
    rise = x * e + y * n + z * h
    rising = u * e + v * n + w * h
    receding = x * u + y * v + z * w
    return {
        "sine": rise / range_m,
        "height": rise - sin_mask * range_m,
        "height_rate": rising - sin_mask * receding / range_m,
        "climb": rising * range2 - rise * receding,
    }


def _climb(line: FloatArray, velocity: FloatArray, up: FloatArray) -> FloatArray:
    """Range³ times the rate of the sine of elevation; linear in time on a straight path."""
    x, y, z = line
    u, v, w = velocity
    return np.asarray(
        (u * up[0] + v * up[1] + w * up[2]) * (x * x + y * y + z * z)
        - (x * up[0] + y * up[1] + z * up[2]) * (x * u + y * v + z * w)
    )


def _with_extrema(every: _Chains, places: Places, samples: _Samples) -> _Samples:
    """Put each maximum and minimum of the elevation among the samples."""
    rising = samples.climb > 0.0
    turn = np.flatnonzero(samples.joined[:-1] & (rising[:-1] != rising[1:]))
    if turn.size == 0:
        return samples
    station, interval = samples.station[turn], samples.interval[turn]
    per_s = 1.0 / every.length_s[interval]
    up = places.up[:, station]
    coefficients = every.coefficients[:, :, interval]
    coefficients[0] -= places.place_m[:, station]

    def climbs(which: IntArray | slice) -> _Curve:
        own, rate, upward = coefficients[:, :, which], per_s[which], up[:, which]

        def climb(fraction: FloatArray) -> FloatArray:
            line, slope = polynomial_and_slope(own, fraction)
            return _climb(line, slope * rate, upward)

        return climb

    low, at_low, at_high = np.zeros(turn.size), samples.climb[turn], samples.climb[turn + 1]
    fraction = _roots(
        climbs, low, low + 1.0, at_low, at_high, first=at_low / (at_low - at_high),
        tolerance=TIME_TOLERANCE_S * per_s,
    )  # fmt: skip
    line, slope = polynomial_and_slope(coefficients, fraction)
    look = _look(line, slope * per_s, places, station)
    look["climb"] = low
    return _Samples(
        station=np.insert(samples.station, turn + 1, station),
        interval=np.insert(samples.interval, turn + 1, interval),
        fraction=np.insert(samples.fraction, turn + 1, fraction),
        joined=np.insert(samples.joined, turn + 1, values=True),
        **{
            name: np.insert(getattr(samples, name), turn + 1, value) for name, value in look.items()
        },
    )


def _crossings(every: _Chains, places: Places, samples: _Samples) -> Sightings:
    """Turn changes of sign into passes."""
    above = samples.height > 0.0
    linked = samples.joined[:-1]
    edge = np.flatnonzero(linked & (above[:-1] != above[1:]))
    edge_fraction = _edges(every, places, samples, edge)
    edge_interval = samples.interval[edge]
    upward = above[edge + 1]
    no_link = np.ones(1, dtype=np.bool_)
    starts_up = np.flatnonzero(above & np.concatenate([no_link, ~linked]))
    ends_up = np.flatnonzero(above & np.concatenate([~linked, no_link]))

    def merged(
        crossed: BoolArray, sample: IntArray, cut: IntArray
    ) -> tuple[IntArray, IntArray, FloatArray, BoolArray]:
        """First or last samples above, and where in the chain the pass begins or ends."""
        index = np.concatenate([sample, cut])
        order = np.argsort(index, kind="stable")
        interval = np.concatenate([edge_interval[crossed], samples.interval[cut]])
        fraction = np.concatenate([edge_fraction[crossed], samples.fraction[cut]])
        return index[order], interval[order], fraction[order], order >= sample.size

    first, rise_interval, rise_fraction, clipped_start = merged(upward, edge[upward] + 1, starts_up)
    last, set_interval, set_fraction, clipped_end = merged(~upward, edge[~upward], ends_up)
    top = _highest(samples.sine, first, last)
    station = samples.station[first].astype(np.int64)
    interval = np.concatenate([rise_interval, samples.interval[top], set_interval])
    fraction = np.concatenate([rise_fraction, samples.fraction[top], set_fraction])
    who = np.tile(station, 3)
    line = polynomial(every.coefficients[:, :, interval], fraction) - places.place_m[:, who]
    sky = horizontal(line, places.frame[:, :, who])
    rise_s, culmination_s, set_s = every.time_s(interval, fraction).reshape(3, -1)
    azimuth = sky.azimuth_deg.reshape(3, -1)
    return Sightings(
        chain=every.owner[rise_interval],
        station=station,
        rise_s=rise_s,
        culmination_s=culmination_s,
        set_s=set_s,
        max_elevation_deg=sky.elevation_deg.reshape(3, -1)[1],
        rise_azimuth_deg=azimuth[0],
        culmination_azimuth_deg=azimuth[1],
        set_azimuth_deg=azimuth[2],
        clipped_start=clipped_start,
        clipped_end=clipped_end,
    )


def _edges(every: _Chains, places: Places, samples: _Samples, edge: IntArray) -> FloatArray:
    """Fraction of the interval at which the mask is crossed behind the samples ``edge``."""
    interval, station = samples.interval[edge], samples.station[edge]
    length_s = every.length_s[interval]
    begin = samples.fraction[edge]
    end = np.where(samples.interval[edge + 1] == interval, samples.fraction[edge + 1], 1.0)
    up, sin_mask = places.up[:, station], places.sin_mask[station]
    coefficients = every.coefficients[:, :, interval]
    coefficients[0] -= places.place_m[:, station]

    def heights(which: IntArray | slice) -> _Curve:
        own, (e, n, h), sine = coefficients[:, :, which], up[:, which], sin_mask[which]

        def height(fraction: FloatArray) -> FloatArray:
            x, y, z = polynomial(own, fraction)
            return np.asarray(x * e + y * n + z * h - sine * np.sqrt(x * x + y * y + z * z))

        return height

    at_begin, at_end = samples.height[edge], samples.height[edge + 1]
    return _roots(
        heights, begin, end, at_begin, at_end,
        first=_inverse_hermite(
            (begin, end), (at_begin, at_end),
            (samples.height_rate[edge] * length_s, samples.height_rate[edge + 1] * length_s),
        ),
        tolerance=TIME_TOLERANCE_S / length_s,
    )  # fmt: skip


def _inverse_hermite(
    ends: tuple[FloatArray, FloatArray],
    values: tuple[FloatArray, FloatArray],
    slopes: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Where the cubic x(f) with the given ends and slopes has f = 0; may lie outside."""
    (x0, x1), (f0, f1), (slope0, slope1) = ends, values, slopes
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        width = f1 - f0
        t = -f0 / width
        h10, h11 = t * (1.0 - t) ** 2, t * t * (t - 1.0)
        return np.asarray(
            x0 + (x1 - x0) * t * t * (3.0 - 2.0 * t) + width * (h10 / slope0 + h11 / slope1)
        )


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
    curves: Callable[[IntArray | slice], _Curve],
    low: FloatArray,
    high: FloatArray,
    at_low: FloatArray,
    at_high: FloatArray,
    *,
    first: FloatArray,
    tolerance: FloatArray,
) -> FloatArray:
    """Solve many brackets of opposite sign at once.

    Inverse quadratic interpolation through the last three points, halving where that leaves
    the bracket. ``curves`` gives the functions of some of the brackets; ``first`` is the first
    place looked at, where it lies inside.
    """
    answer = np.empty(low.size)
    which: IntArray = np.arange(low.size)
    curve = curves(slice(None))
    x0, f0, x1, f1 = low, at_low, high, at_high
    guess = np.where((first > low) & (first < high), first, 0.5 * (low + high))
    for step in range(MOST_STEPS):
        if which.size == 0:
            break
        value = curve(guess)
        left = (value > 0.0) == (at_low > 0.0)
        low, high = np.where(left, guess, low), np.where(left, high, guess)
        following = _inverse_quadratic((x0, x1, guess), (f0, f1, value))
        inside = (following > low) & (following < high) & (step % 6 != 5)
        following = np.where(inside, following, 0.5 * (low + high))
        done = (np.abs(following - guess) < tolerance) | (value == 0.0)
        answer[which[done]] = np.where(value == 0.0, guess, following)[done]
        x0, f0, x1, f1, guess = x1, f1, guess, value, following
        if done.any():
            rest = np.flatnonzero(~done)
            which, tolerance, guess = which[rest], tolerance[rest], guess[rest]
            x0, f0, x1, f1 = x0[rest], f0[rest], x1[rest], f1[rest]
            low, high, at_low = low[rest], high[rest], at_low[rest]
            curve = curves(which)
    answer[which] = guess
    return answer


def _inverse_quadratic(
    x: tuple[FloatArray, FloatArray, FloatArray], f: tuple[FloatArray, FloatArray, FloatArray]
) -> FloatArray:
    """Where the parabola x(f) through three points has f = 0; not finite if two f are equal."""
    (x0, x1, x2), (f0, f1, f2) = x, f
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        d01, d02, d12 = f0 - f1, f0 - f2, f1 - f2
        return np.asarray(
            x0 * f1 * f2 / (d01 * d02) - x1 * f0 * f2 / (d01 * d12) + x2 * f0 * f1 / (d02 * d12)
        )
