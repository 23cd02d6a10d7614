"""Passes in pieces, in each of which the geometry at a station is a polynomial of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from satqkd.constants import DAY_S
from satqkd.passes.bodies import Bodies
from satqkd.passes.eclipse import shadow_place
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable
from satqkd.units import FloatArray, IntArray

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
            itrf_m=np.array([s.itrf_m() for s in stations]).reshape(-1, 3).T,
            frame=np.moveaxis(
                np.array([s.east_north_up() for s in stations]).reshape(-1, 3, 3), 0, 2
            ),
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
    motion_m_s: FloatArray
    """How fast the line turns and lengthens, east, north and up, shape (3, n). [m/s]"""

    @property
    def range_m(self) -> FloatArray:
        """Distance. [m]

        By definition of a length.
        """
        square = self.east_m * self.east_m + self.north_m * self.north_m + self.up_m * self.up_m
        return np.asarray(np.sqrt(square))

    @property
    def turn_rad_s(self) -> FloatArray:
        """Turn of the line of sight. [rad/s]

        By definition: its cross product with its motion, over its square.
        """
        x, y, z = self.east_m, self.north_m, self.up_m
        u, v, w = self.motion_m_s
        p, q, r = y * w - z * v, z * u - x * w, x * v - y * u
        return np.asarray(np.sqrt(p * p + q * q + r * r) / (x * x + y * y + z * z))


_POLYNOMIALS: Final = tuple(f.name for f in fields(Seen) if f.name != "motion_m_s")
"""Fields that are polynomials of time, the line's first."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """Parts of passes within one interval of the ephemeris, pass by pass, each in order of time."""

    starts: IntArray
    """Offsets of the passes, one more than there are; none is without a piece."""
    begin_s: FloatArray
    """When each begins, shape (p,) like the next. [s]"""
    length_s: FloatArray
    coefficients: FloatArray
    """Of the powers of the fraction of a piece, for the fields of :class:`Seen`; (6, 10, p)."""

    def __len__(self) -> int:
        return int(self.begin_s.size)

    def take(self, passes: IntArray) -> Pieces:
        """Return the pieces of some passes, in that order."""
        length = np.diff(self.starts)[passes]
        starts = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        own = np.arange(starts[-1]) + np.repeat(self.starts[passes] - starts[:-1], length)
        return Pieces(
            starts=starts,
            begin_s=self.begin_s[own],
            length_s=self.length_s[own],
            coefficients=self.coefficients[:, :, own],
        )

    def of(self, owner: IntArray, time_s: FloatArray) -> IntArray:
        """Piece into which instants of passes fall, the nearest of the pass where none.

        By definition: the last one that has begun.
        """
        if len(self) == 0:
            return np.zeros(0, dtype=np.int64)
        first_s = float(self.begin_s.min())
        span_s = float(self.begin_s.max()) - first_s + DAY_S
        mine = np.repeat(np.arange(self.starts.size - 1), np.diff(self.starts))
        begins = (self.begin_s - first_s) + mine * span_s
        piece = np.searchsorted(begins, (time_s - first_s) + owner * span_s, side="right") - 1
        return np.clip(piece, self.starts[owner], self.starts[owner + 1] - 1)

    def seen(self, owner: IntArray, time_s: FloatArray) -> Seen:
        """Evaluate at instants of passes.

        By definition of a polynomial and its slope: coefficients times powers.

        Parameters
        ----------
        owner
            Index of the pass of each, shape (n,).
        time_s
            The instants, within their passes. [s]
        """
        piece = self.of(owner, time_s)
        length_s = self.length_s.take(piece)
        at = (time_s - self.begin_s.take(piece)) / length_s
        power = self.coefficients[-1].take(piece, axis=1)
        slope = np.zeros((3, time_s.size))
        for coefficients in self.coefficients[-2::-1]:
            slope *= at
            slope += power[:3]
            power *= at
            power += coefficients.take(piece, axis=1)
        slope /= length_s
        columns = dict(zip(_POLYNOMIALS, power, strict=True))
        return Seen(motion_m_s=slope, **columns)


def cut(passes: PassTable, scene: Scene) -> Pieces:
    """Cut passes at the nodes of their ephemerides.

    Derived here: quintics through six even nodes.

    Parameters
    ----------
    passes
        Rows in any order.
    scene
        Where everything is.
    """
    if len(passes) == 0:
        nothing = np.zeros(0)
        none = np.zeros((NODES.size, len(_POLYNOMIALS), 0))
        return Pieces(
            starts=np.zeros(1, dtype=np.int64),
            begin_s=nothing,
            length_s=nothing,
            coefficients=none,
        )
    found = [_of_chain(passes, mine, key, scene) for key, mine in _by_chain(passes)]
    owner, begin_s, length_s, coefficients = (
        np.concatenate(own, axis=-1) for own in zip(*found, strict=True)
    )
    order = np.argsort(owner, kind="stable")
    number = np.bincount(owner, minlength=len(passes))
    return Pieces(
        starts=np.concatenate([[0], np.cumsum(number)]).astype(np.int64),
        begin_s=begin_s[order],
        length_s=length_s[order],
        coefficients=np.ascontiguousarray(coefficients[:, :, order]),
    )


def _by_chain(passes: PassTable) -> Iterator[tuple[tuple[int, int], IntArray]]:
    """Satellite and element set, and the passes found with these."""
    order = np.lexsort((passes.element_set, passes.satellite))
    craft, source = passes.satellite[order], passes.element_set[order]
    change = np.flatnonzero((np.diff(craft) != 0) | (np.diff(source) != 0)) + 1
    for mine in np.split(order, change):
        yield (int(passes.satellite[mine[0]]), int(passes.element_set[mine[0]])), mine


def _of_chain(
    passes: PassTable, mine: IntArray, key: tuple[int, int], scene: Scene
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Pieces of the passes ``mine``, all of one ephemeris: pass, begin, length, coefficients."""
    chain, rise_s, set_s = scene.chains[key], passes.rise_s[mine], passes.set_s[mine]
    which, interval = _intervals(chain.node_s, rise_s, set_s)
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
    coefficients = np.einsum("kj,cpj->kcp", _FIT, values.reshape(len(values), -1, NODES.size))
    return mine[which], begin_s, length_s, coefficients


def _intervals(
    node_s: FloatArray, rise_s: FloatArray, set_s: FloatArray
) -> tuple[IntArray, IntArray]:
    """Pass and interval of each piece when passes are divided at nodes; each has one at least."""
    low = np.clip(np.searchsorted(node_s, rise_s, side="right") - 1, 0, node_s.size - 2)
    high = np.clip(np.searchsorted(node_s, set_s) - 1, low, node_s.size - 2)
    count = high - low + 1
    last = np.cumsum(count) - 1
    which = np.repeat(np.arange(count.size), count)
    interval = np.arange(which.size) + np.repeat(low - last + count - 1, count)
    return which, interval


def _seen(
    position_m: FloatArray,
    velocity_m_s: FloatArray,
    scene: Scene,
    *,
    station: IntArray,
    time_s: FloatArray,
) -> FloatArray:
    """Polynomials of :class:`Seen`, in their order, shape (10, n)."""
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
