"""Passes in pieces, in each of which the geometry at a station is a polynomial of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from satqkd.passes.bodies import Bodies
from satqkd.passes.eclipse import shadow_place
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable
from satqkd.units import BoolArray, FloatArray, IntArray

NODES: Final = np.linspace(0.0, 1.0, 6)
"""Where in a piece everything is worked out. The satellite's place is a quintic anyway; the rest
follows its quintic to some 1e-8 of itself, because an interval of an ephemeris is short against
the satellite's way and the turn of the Earth alike. Only where SGP4 itself jumps, or decays, is
the range rate off by more than 1 cm/s."""

_FIT: Final = np.linalg.inv(np.vander(NODES, increasing=True))
"""Coefficients from values at the nodes."""

SHORTEST_S: Final = 1e-6
"""A shorter piece is lengthened to this, so that fractions of it exist. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """Where everything is."""

    chains: Mapping[tuple[int, int], Ephemeris]
    """Ephemerides by (satellite, element set)."""
    itrf_m: FloatArray
    """Earth-fixed positions of the stations, shape (3, stations). [m]"""
    frame: FloatArray
    """Rows east, north and up of each, shape (3, 3, stations)."""
    bodies: Bodies
    """Sun and Moon over the window."""

    @staticmethod
    def of(
        chains: Mapping[tuple[int, int], Ephemeris], stations: Sequence[Station], bodies: Bodies
    ) -> Scene:
        """Put stations side by side."""
        return Scene(
            chains=chains,
            itrf_m=np.stack([s.itrf_m() for s in stations], axis=1),
            frame=np.stack([s.east_north_up() for s in stations], axis=2),
            bodies=bodies,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What the columns of a series are made of, shape (n,) each."""

    east_m: FloatArray
    north_m: FloatArray
    up_m: FloatArray
    """Satellite minus station. [m]"""
    approach_m2_s: FloatArray
    """Range times range rate. [m²/s]"""
    sun_sine: FloatArray
    """Sine of the elevation of the Sun."""
    towards_sun_m: FloatArray
    """Satellite minus station, along the direction of the Sun. [m]"""
    moon_sine: FloatArray
    towards_moon_m: FloatArray
    """Satellite minus station, along the direction of the Moon. [m]"""
    sunward_m: FloatArray
    distance2_m2: FloatArray
    """See :func:`satqkd.passes.eclipse.shadow_place`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """Parts of passes within one interval of the ephemeris, in the order of their samples."""

    owner: IntArray
    """Pass of each, shape (p,) like the columns below."""
    first: IntArray
    """Its first sample."""
    size: IntArray
    """How many samples fall into it."""
    begin_s: FloatArray
    length_s: FloatArray
    coefficients: FloatArray
    """Of the powers of the fraction of a piece, for the fields of :class:`Seen`; (p, 10, 6)."""

    def __len__(self) -> int:
        return int(self.owner.size)

    def take(self, index: IntArray | BoolArray | slice) -> Pieces:
        """Return the pieces at ``index``, in that order."""
        return Pieces(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def seen(self, time_s: FloatArray) -> Seen:
        """Evaluate at the times of all samples, one piece after the other.

        By definition of a polynomial: coefficients times powers.
        """
        powers = np.empty((NODES.size, time_s.size))
        powers[0] = 1.0
        np.subtract(time_s, np.repeat(self.begin_s, self.size), out=powers[1])
        powers[1] *= np.repeat(1.0 / self.length_s, self.size)
        for power in range(2, NODES.size):
            np.multiply(powers[power - 1], powers[1], out=powers[power])
        values = np.empty((len(fields(Seen)), time_s.size))
        ends = np.cumsum(self.size)
        for coefficients, begin, end in zip(
            self.coefficients, (ends - self.size).tolist(), ends.tolist(), strict=True
        ):
            np.matmul(coefficients, powers[:, begin:end], out=values[:, begin:end])
        return Seen(**{f.name: row for f, row in zip(fields(Seen), values, strict=True)})


def cut(passes: PassTable, scene: Scene, *, starts: IntArray, step_s: float) -> Pieces:
    """Cut passes at the nodes of their ephemerides.

    Derived here: quintics through six even nodes.

    Parameters
    ----------
    passes
        Rows in any order.
    scene
        Where everything is.
    starts
        Offsets of the passes in the series. Samples fall on the rise, on whole steps, on the set.
    step_s
        The step. [s]

    Returns
    -------
    Pieces
        Those into which a sample falls.
    """
    found = [
        _of_chain(passes, mine, key, scene, starts=starts, step_s=step_s)
        for key, mine in _by_chain(passes)
    ]
    joined = Pieces(
        **{f.name: np.concatenate([getattr(p, f.name) for p in found]) for f in fields(Pieces)}
    )
    return joined.take(np.argsort(joined.first))


def _by_chain(passes: PassTable) -> Iterator[tuple[tuple[int, int], IntArray]]:
    """Satellite and element set, and the passes found with these."""
    order = np.lexsort((passes.element_set, passes.satellite))
    craft, source = passes.satellite[order], passes.element_set[order]
    change = np.flatnonzero((np.diff(craft) != 0) | (np.diff(source) != 0)) + 1
    for mine in np.split(order, change):
        yield (int(passes.satellite[mine[0]]), int(passes.element_set[mine[0]])), mine


def _of_chain(
    passes: PassTable,
    mine: IntArray,
    key: tuple[int, int],
    scene: Scene,
    *,
    starts: IntArray,
    step_s: float,
) -> Pieces:
    """Pieces of the passes ``mine``, all of one ephemeris."""
    chain, rise_s, set_s = scene.chains[key], passes.rise_s[mine], passes.set_s[mine]
    which, interval, before, size = _intervals(
        chain.node_s, rise_s, set_s, np.diff(starts)[mine], step_s=step_s
    )
    start_s, next_s = chain.node_s[interval], chain.node_s[interval + 1]
    begin_s = np.maximum(start_s, rise_s[which])
    length_s = np.maximum(np.minimum(next_s, set_s[which]) - begin_s, SHORTEST_S)
    time_s = begin_s[:, None] + length_s[:, None] * NODES
    fraction = (time_s - start_s[:, None]) / (next_s - start_s)[:, None]
    values = _seen(
        *chain.state(np.repeat(interval, NODES.size), fraction.ravel()),
        scene,
        station=np.repeat(passes.station[mine[which]], NODES.size),
        time_s=time_s.ravel(),
    )
    return Pieces(
        owner=mine[which],
        first=starts[mine[which]] + before,
        size=size,
        begin_s=begin_s,
        length_s=length_s,
        coefficients=values.reshape(len(values), -1, NODES.size).swapaxes(0, 1) @ _FIT.T,
    )


def _intervals(
    node_s: FloatArray, rise_s: FloatArray, set_s: FloatArray, length: IntArray, *, step_s: float
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Divide passes of ``length`` samples at nodes.

    Returns
    -------
    which, interval, before, size
        Pass and interval of each piece, samples of the pass before it and in it; none is empty.
    """
    low = np.clip(np.searchsorted(node_s, rise_s, side="right") - 1, 0, node_s.size - 2)
    high = np.clip(np.searchsorted(node_s, set_s) - 1, low, node_s.size - 2)
    count = high - low + 1
    last = np.cumsum(count) - 1
    which = np.repeat(np.arange(count.size), count)
    interval = np.arange(which.size) + np.repeat(low - last + count - 1, count)
    # Before a node lie the rise and whole steps; before the first piece of a pass nothing.
    steps = np.ceil(node_s[interval] / step_s) - 1.0 - np.floor(rise_s / step_s)[which]
    before = 1 + np.clip(steps, 0, length[which] - 2).astype(np.int64)
    before[last - count + 1] = 0
    after = np.append(before[1:], 0)
    after[last] = length
    filled = after > before
    return which[filled], interval[filled], before[filled], (after - before)[filled]


def _seen(
    position_m: FloatArray,
    velocity_m_s: FloatArray,
    scene: Scene,
    *,
    station: IntArray,
    time_s: FloatArray,
) -> FloatArray:
    """Fields of :class:`Seen`, in their order, shape (10, n)."""
    place_m, frame = scene.itrf_m[:, station], scene.frame[:, :, station]
    sun_m, moon_m = scene.bodies.sun_itrf_m(time_s), scene.bodies.moon_itrf_m(time_s)
    line = position_m - place_m
    sun, moon = _direction(sun_m - place_m), _direction(moon_m - place_m)
    return np.stack(
        [
            *(_dot(axis, line) for axis in frame),
            _dot(line, velocity_m_s),
            _dot(frame[2], sun),
            _dot(line, sun),
            _dot(frame[2], moon),
            _dot(line, moon),
            *shadow_place(position_m, sun_m),
        ]
    )


def _direction(vectors: FloatArray) -> FloatArray:
    """Unit vectors along vectors (3, n)."""
    return np.asarray(vectors / np.sqrt(_dot(vectors, vectors)))


def _dot(one: FloatArray, other: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("ij,ij->j", one, other))
