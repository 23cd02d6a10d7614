"""Every pass of one ephemeris over many stations, none missed and none invented."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.constants import WGS84_FLATTENING, WGS84_RADIUS_M
from satqkd.passes.ephemeris import PLAIN_PERIOD_S, Ephemeris
from satqkd.passes.station import Station
from satqkd.units import BoolArray, FloatArray, IntArray

SAMPLES_PER_INTERVAL = 6
"""Looks at the elevation per interval of the ephemeris: every 40 s in low orbit. They need only
tell one maximum from the next; its height is then found by refinement."""

NEAR_MASK = 0.05
"""An extremum is refined when its sampled sine of elevation, extrapolated by a parabola, comes
this near to the mask (3° at the horizon), far more than a parabola errs between samples."""

SOLVER_STEPS = 60
"""Bisections at most; the secant steps between them end the search long before."""

TIME_TOLERANCE_S = 1e-5
"""Rise, set and culmination are solved to this. [s]"""

_Curve = Callable[[FloatArray, IntArray], FloatArray]
"""A function of times [s] and of which of the many brackets they belong to."""


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
class _Sky:
    """The sine of the elevation above the mask, and its slope, along an ephemeris."""

    chain: Ephemeris
    place_m: FloatArray
    up: FloatArray
    sin_mask: FloatArray

    def height(self, station: IntArray, seconds: FloatArray) -> FloatArray:
        """Sine of elevation minus sine of the mask."""
        line = self.chain.position_m(*self.chain.locate(seconds)) - self.place_m[station]
        rise = np.einsum("ij,ij->i", line, self.up[station])
        sine = rise / np.sqrt(np.einsum("ij,ij->i", line, line))
        return np.asarray(sine - self.sin_mask[station])

    def slope(self, station: IntArray, seconds: FloatArray) -> FloatArray:
        """Rate of the sine of elevation. [1/s]"""
        position, velocity = self.chain.state(*self.chain.locate(seconds))
        line, up = position - self.place_m[station], self.up[station]
        range2 = np.einsum("ij,ij->i", line, line)
        climb = np.einsum("ij,ij->i", velocity, up)
        sine_times_range = np.einsum("ij,ij->i", line, up)
        recede = np.einsum("ij,ij->i", line, velocity)
        return np.asarray((climb - sine_times_range * recede / range2) / np.sqrt(range2))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Samples:
    """Heights at increasing times, run after run; a run is one stay near one station."""

    run: IntArray
    station: IntArray
    time_s: FloatArray
    height: FloatArray

    def inserted(self, after: IntArray, time_s: FloatArray, height: FloatArray) -> _Samples:
        """Put further samples behind the samples ``after``."""
        return _Samples(
            run=np.insert(self.run, after + 1, self.run[after]),
            station=np.insert(self.station, after + 1, self.station[after]),
            time_s=np.insert(self.time_s, after + 1, time_s),
            height=np.insert(self.height, after + 1, height),
        )


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
    Intervals of the ephemeris that can come near a station by a cone test are sampled; maxima
    and minima near the mask are refined and put among the samples, so that each crossing of the
    mask lies between two samples of opposite sign, however short the pass; crossings are then
    solved for by bracketed secant steps.
    """
    sky = _Sky(
        chain=chain,
        place_m=np.stack([s.itrf_m() for s in stations]),
        up=np.stack([s.east_north_up()[2] for s in stations]),
        sin_mask=np.sin(np.radians([s.min_elevation_deg for s in stations])),
    )
    station, interval = _near_intervals(sky, stations, period_s=period_s)
    if station.size == 0:
        empty = np.zeros(0)
        none = np.zeros(0, dtype=np.bool_)
        return Sightings(
            station=np.zeros(0, dtype=np.int64), rise_s=empty, culmination_s=empty,
            set_s=empty, clipped_start=none, clipped_end=none,
        )  # fmt: skip
    samples = _with_extrema(sky, _sampled(sky, station, interval))
    return _crossings(sky, samples)


def _near_intervals(
    sky: _Sky, stations: Sequence[Station], *, period_s: float
) -> tuple[IntArray, IntArray]:
    """Pairs (station, interval) that may hold a sample above the mask; never too few."""
    distance_m = np.linalg.norm(sky.chain.node_m, axis=1)
    direction = sky.chain.node_m / distance_m[:, None]
    lowest_m = WGS84_RADIUS_M * (1.0 - WGS84_FLATTENING) - 1_000.0
    mask_rad = np.radians(min(s.min_elevation_deg for s in stations))
    reach_m = np.maximum(distance_m[1:], distance_m[:-1])
    see_rad = np.arccos(np.minimum(1.0, lowest_m / reach_m * np.cos(mask_rad))) - mask_rad
    moved_rad = np.arccos(np.clip(np.einsum("ij,ij->i", direction[1:], direction[:-1]), -1.0, 1.0))
    # 0.2° is what geodetic and geocentric vertical differ by at most; slow figures of eight in
    # high orbits turn back between two nodes, by less than 5° at 24 nodes an orbit.
    slack_rad = np.radians(0.7 if period_s < PLAIN_PERIOD_S else 5.7)
    limit = np.cos(np.minimum(np.pi, see_rad + 0.55 * moved_rad + slack_rad))
    place = sky.place_m / np.linalg.norm(sky.place_m, axis=1)[:, None]
    closeness = place @ direction.T
    near = (closeness[:, 1:] >= limit) | (closeness[:, :-1] >= limit)
    station, interval = np.nonzero(near)
    return station, interval


def _sampled(sky: _Sky, station: IntArray, interval: IntArray) -> _Samples:
    """Sample neighbouring intervals as one run, each node once."""
    per = SAMPLES_PER_INTERVAL
    new_run = np.ones(station.size, dtype=np.bool_)
    new_run[1:] = (np.diff(station) != 0) | (np.diff(interval) != 1)
    run = np.cumsum(new_run) - 1
    fractions = np.arange(per + 1) / per
    used, back = np.unique(interval, return_inverse=True)
    times = sky.chain.time_s(used[:, None], fractions[None, :])
    where = sky.chain.position_m(np.repeat(used, per + 1), np.tile(fractions, used.size)).reshape(
        used.size, per + 1, 3
    )
    line = where[back] - sky.place_m[station][:, None, :]
    rise = np.einsum("ijk,ik->ij", line, sky.up[station])
    height = rise / np.sqrt(np.einsum("ijk,ijk->ij", line, line))
    height -= sky.sin_mask[station][:, None]
    last_of_run = np.append(new_run[1:], True)
    keep = np.ones((station.size, per + 1), dtype=np.bool_)
    keep[:, per] = last_of_run
    everywhere = np.broadcast_to
    return _Samples(
        run=everywhere(run[:, None], keep.shape)[keep],
        station=everywhere(station[:, None], keep.shape)[keep],
        time_s=times[back][keep],
        height=height[keep],
    )


def _with_extrema(sky: _Sky, samples: _Samples) -> _Samples:
    """Add the maxima and minima that might hide a crossing, at their true place."""
    height, run = samples.height, samples.run
    inner = np.zeros(height.size, dtype=np.bool_)
    inner[1:-1] = (run[2:] == run[1:-1]) & (run[:-2] == run[1:-1])
    before, after = np.roll(height, 1), np.roll(height, -1)
    peak = inner & (height >= before) & (height > after)
    trough = inner & (height <= before) & (height < after)
    overshoot = np.maximum(np.abs(height - before), np.abs(height - after))
    index = np.flatnonzero(
        (peak & (height + overshoot > -NEAR_MASK)) | (trough & (height - overshoot < NEAR_MASK))
    )
    if index.size == 0:
        return samples
    station = samples.station[index]
    time_s = _root(
        lambda seconds, which: sky.slope(station[which], seconds),
        samples.time_s[index - 1],
        samples.time_s[index + 1],
    )
    behind = index - (time_s < samples.time_s[index])
    return samples.inserted(behind, time_s, sky.height(station, time_s))


def _crossings(sky: _Sky, samples: _Samples) -> Sightings:
    """Turn changes of sign into passes."""
    above = samples.height > 0
    same = samples.run[1:] == samples.run[:-1]
    rising = np.flatnonzero(same & ~above[:-1] & above[1:])
    setting = np.flatnonzero(same & above[:-1] & ~above[1:])
    starts_up = np.flatnonzero(above & np.append(True, ~same))
    ends_up = np.flatnonzero(above & np.append(~same, True))
    station = samples.station

    def solved(index: IntArray) -> FloatArray:
        return _root(
            lambda seconds, which: sky.height(station[index[which]], seconds),
            samples.time_s[index],
            samples.time_s[index + 1],
        )

    first = np.concatenate([rising + 1, starts_up])
    order = np.argsort(first, kind="stable")
    first = first[order]
    rise_s = np.concatenate([solved(rising), samples.time_s[starts_up]])[order]
    clipped_start = np.concatenate([np.zeros(rising.size, bool), np.ones(starts_up.size, bool)])
    last = np.concatenate([setting, ends_up])
    order_end = np.argsort(last, kind="stable")
    last = last[order_end]
    set_s = np.concatenate([solved(setting), samples.time_s[ends_up]])[order_end]
    clipped_end = np.concatenate([np.zeros(setting.size, bool), np.ones(ends_up.size, bool)])
    return Sightings(
        station=station[first].astype(np.int64),
        rise_s=rise_s,
        culmination_s=samples.time_s[_highest(samples.height, first, last)],
        set_s=set_s,
        clipped_start=clipped_start[order],
        clipped_end=clipped_end[order_end],
    )


def _highest(height: FloatArray, first: IntArray, last: IntArray) -> IntArray:
    """Index of the largest height in each stretch first…last."""
    if first.size == 0:
        return first
    length = last - first + 1
    offset = np.repeat(first - np.concatenate([[0], np.cumsum(length)[:-1]]), length)
    flat = np.arange(int(length.sum())) + offset
    starts = np.concatenate([[0], np.cumsum(length)[:-1]])
    top = np.maximum.reduceat(height[flat], starts)
    hit = np.flatnonzero(height[flat] == np.repeat(top, length))
    stretch = np.searchsorted(starts, hit, side="right") - 1
    _, first_hit = np.unique(stretch, return_index=True)
    return np.asarray(flat[hit[first_hit]])


def _root(function: _Curve, low_s: FloatArray, high_s: FloatArray) -> FloatArray:
    """Solve many brackets at once by Illinois steps, halving where those stall. [s]"""
    low, high = low_s.copy(), high_s.copy()
    every = np.arange(low.size)
    at_low, at_high = function(low, every), function(high, every)
    answer = np.where(np.abs(at_low) < np.abs(at_high), low, high)
    open_ = np.flatnonzero(np.signbit(at_low) != np.signbit(at_high))
    for step in range(SOLVER_STEPS):
        if open_.size == 0:
            break
        a, b, fa, fb = low[open_], high[open_], at_low[open_], at_high[open_]
        guess = 0.5 * (a + b) if step % 4 == 3 else a - fa * (b - a) / (fb - fa)
        value = function(guess, open_)
        answer_before = answer[open_]
        answer[open_] = guess
        left = np.signbit(value) == np.signbit(fa)
        low[open_], at_low[open_] = np.where(left, guess, a), np.where(left, value, 0.5 * fa)
        high[open_], at_high[open_] = np.where(left, b, guess), np.where(left, 0.5 * fb, value)
        moved = np.abs(guess - answer_before)
        done = (value == 0) | (high[open_] - low[open_] < TIME_TOLERANCE_S)
        done |= (moved < TIME_TOLERANCE_S) & (step % 4 != 3)
        open_ = open_[~done]
    return answer
