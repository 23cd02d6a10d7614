"""The series of all passes, in flat arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from satqkd.passes.bodies import Bodies
from satqkd.passes.eclipse import sunlit_fraction
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.horizon import elevation_deg, horizontal
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
    owner = np.repeat(np.arange(len(passes)), np.diff(starts))
    columns = {name: np.empty(time_s.size) for name in _COLUMNS}
    place = np.array([s.itrf_m() for s in stations]).reshape(-1, 3).T
    frame = np.moveaxis(np.array([s.east_north_up() for s in stations]).reshape(-1, 3, 3), 0, 2)
    for key, chain in chains.items():
        mine = np.flatnonzero((passes.satellite == key[0]) & (passes.element_set == key[1]))
        index = samples_of(starts, mine)
        for begin in range(0, index.size, BLOCK):
            block = index[begin : begin + BLOCK]
            station = passes.station[owner[block]]
            values = _geometry(
                chain, time_s[block], place[:, station], frame[:, :, station], bodies
            )
            for name, value in zip(_COLUMNS, values, strict=True):
                columns[name][block] = value
    return Tracks(
        starts=starts, time_s=time_s, weight_s=_trapezoid_weights(starts, time_s), **columns
    )


_COLUMNS = (
    "elevation_deg",
    "azimuth_deg",
    "range_m",
    "range_rate_m_s",
    "sun_elevation_deg",
    "moon_elevation_deg",
    "moon_separation_deg",
    "sunlit",
)


def sample_times(
    begin_s: FloatArray, end_s: FloatArray, *, step_s: float
) -> tuple[IntArray, FloatArray]:
    """Instants at which stretches of time are sampled.

    Parameters
    ----------
    begin_s, end_s
        The stretches, shape (n,). [s]
    step_s
        Spacing; samples fall on its multiples, and on the begin and end of each. [s]

    Returns
    -------
    tuple
        Offsets of the stretches, shape (n + 1,), and the times of all samples.
    """
    first = np.floor(begin_s / step_s).astype(np.int64) + 1
    last = np.ceil(end_s / step_s).astype(np.int64) - 1
    inner = np.maximum(0, last - first + 1)
    starts = np.concatenate([[0], np.cumsum(inner + 2)]).astype(np.int64)
    owner = np.repeat(np.arange(begin_s.size), inner + 2)
    within = np.arange(starts[-1]) - starts[:-1][owner]
    time_s = np.asarray((first[owner] + within - 1) * step_s, dtype=np.float64)
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


def _geometry(
    chain: Ephemeris,
    time_s: FloatArray,
    place_m: FloatArray,
    frame: FloatArray,
    bodies: Bodies,
) -> tuple[FloatArray, ...]:
    """Columns of :data:`_COLUMNS` at some samples."""
    position, velocity = chain.state(*chain.locate(time_s))
    line = position - place_m
    target = horizontal(line, frame)
    sun_m = bodies.sun_itrf_m(time_s)
    moon_line = bodies.moon_itrf_m(time_s) - place_m
    moon_m = np.sqrt(np.einsum("ij,ij->j", moon_line, moon_line))
    cosine = np.einsum("ij,ij->j", line, moon_line) / (target.range_m * moon_m)
    return (
        target.elevation_deg,
        target.azimuth_deg,
        target.range_m,
        np.einsum("ij,ij->j", line, velocity) / target.range_m,
        elevation_deg(sun_m - place_m, frame[2]),
        elevation_deg(moon_line, frame[2]),
        np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))),
        sunlit_fraction(position, sun_m),
    )
