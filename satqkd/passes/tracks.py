"""The series of all passes, in flat arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from satqkd.passes.bodies import Bodies
from satqkd.passes.chunks import parts
from satqkd.passes.eclipse import plain_light, sunlit_fraction
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.horizon import DEGREE, in_sky
from satqkd.passes.pieces import Scene, Seen, cut
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable, Tracks
from satqkd.units import FloatArray, IntArray

BLOCK = 1 << 14
"""Samples worked on at a time, so that intermediates stay in the cache."""


def sample(
    passes: PassTable,
    chains: Mapping[tuple[int, int], Ephemeris],
    stations: Sequence[Station],
    bodies: Bodies,
    *,
    step_s: float,
) -> Tracks:
    """Sample every pass at its rise, at every whole step between, and at its set.

    Parameters
    ----------
    passes
        Rows in any order; the series keep it.
    chains
        Ephemerides by (satellite, element set).
    stations
        By index.
    bodies
        Sun and Moon over the window.
    step_s
        Spacing; samples fall on multiples of it since the mission epoch. [s]

    Returns
    -------
    Tracks
        At least two samples a pass, however short.
    """
    starts, time_s = sample_times(passes.rise_s, passes.set_s, step_s=step_s)
    columns = {name: np.empty(time_s.size) for name in _COLUMNS}
    if len(passes):
        scene = Scene.of(chains, stations, bodies)
        pieces = cut(passes, scene, starts=starts, step_s=step_s)
        for block in parts(np.arange(len(pieces)), pieces.size, most=BLOCK):
            some = pieces.take(slice(block[0], block[-1] + 1))
            here = slice(some.first[0], some.first[-1] + some.size[-1])
            seen = some.seen(time_s[here])
            station = np.repeat(passes.station[some.owner], some.size)
            columns["sunlit"][here] = _sunlit(seen, scene, station=station, time_s=time_s[here])
            for name, values in _columns(seen).items():
                columns[name][here] = values
    return Tracks(
        starts=starts, time_s=time_s, weight_s=_trapezoid_weights(starts, time_s), **columns
    )


_COLUMNS = (
    "elevation_deg",
    "azimuth_deg",
    "range_m",
    "range_rate_m_s",
    "sun_elevation_deg",
    "sun_separation_deg",
    "moon_elevation_deg",
    "moon_separation_deg",
    "sunlit",
)


def sample_counts(begin_s: FloatArray, end_s: FloatArray, *, step_s: float) -> IntArray:
    """How many instants :func:`sample_times` takes of each interval, which is at least two.

    By definition: the multiples of the step inside, and both ends.
    """
    first = np.floor(begin_s / step_s).astype(np.int64) + 1
    last = np.ceil(end_s / step_s).astype(np.int64) - 1
    return np.asarray(np.maximum(0, last - first + 1) + 2, dtype=np.int64)


def sample_times(
    begin_s: FloatArray, end_s: FloatArray, *, step_s: float
) -> tuple[IntArray, FloatArray]:
    """Instants at which intervals of time are sampled.

    By definition: the multiples of the step inside, and both ends.

    Parameters
    ----------
    begin_s, end_s
        The intervals, shape (n,). [s]
    step_s
        Spacing; samples fall on its multiples, and on the begin and end of each. [s]

    Returns
    -------
    tuple
        Offsets of the intervals, shape (n + 1,), and the times of all samples.
    """
    first = np.floor(begin_s / step_s).astype(np.int64) + 1
    size = sample_counts(begin_s, end_s, step_s=step_s)
    starts = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    time_s = np.arange(starts[-1], dtype=np.float64)
    time_s += np.repeat(first - 1 - starts[:-1], size)
    time_s *= step_s
    time_s[starts[:-1]] = begin_s
    time_s[starts[1:] - 1] = end_s
    return starts, time_s


def samples_of(starts: IntArray, passes: IntArray) -> IntArray:
    """Indices of all samples of some passes."""
    length = np.diff(starts)[passes]
    offset = np.repeat(starts[passes] - np.cumsum(length) + length, length)
    return np.asarray(np.arange(int(length.sum())) + offset, dtype=np.int64)


def _trapezoid_weights(starts: IntArray, time_s: FloatArray) -> FloatArray:
    """Half the way to either neighbour within a pass. [s]"""
    step = np.diff(time_s, append=0.0)
    step[starts[1:] - 1] = 0.0
    return 0.5 * (step + np.roll(step, 1))


def _columns(seen: Seen) -> dict[str, FloatArray]:
    """Columns of a series but the sunlight."""
    sky = in_sky(seen.east_m, seen.north_m, seen.up_m)
    return {
        "elevation_deg": sky.elevation_deg,
        "azimuth_deg": sky.azimuth_deg,
        "range_m": sky.range_m,
        "range_rate_m_s": seen.approach_m2_s / sky.range_m,
        "sun_elevation_deg": DEGREE * np.arcsin(_within_one(seen.sun_sine)),
        "sun_separation_deg": DEGREE * np.arccos(_within_one(seen.towards_sun_m / sky.range_m)),
        "moon_elevation_deg": DEGREE * np.arcsin(_within_one(seen.moon_sine)),
        "moon_separation_deg": DEGREE * np.arccos(_within_one(seen.towards_moon_m / sky.range_m)),
    }


def _within_one(value: FloatArray) -> FloatArray:
    return np.asarray(np.minimum(np.maximum(value, -1.0), 1.0))


def _sunlit(seen: Seen, scene: Scene, *, station: IntArray, time_s: FloatArray) -> FloatArray:
    """Sunlit fraction, worked out in full only near the edge of the shadow."""
    fraction = plain_light(seen.sunward_m, seen.distance2_m2)
    edge = np.flatnonzero(np.isnan(fraction))
    at = station[edge]
    line = np.stack([seen.east_m[edge], seen.north_m[edge], seen.up_m[edge]])
    position = scene.itrf_m[:, at] + np.einsum("ijn,in->jn", scene.frame[:, :, at], line)
    fraction[edge] = sunlit_fraction(position, scene.bodies.sun_itrf_m(time_s[edge]))
    return fraction
