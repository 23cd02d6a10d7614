"""Every pass of many ephemerides over many stations, none missed and none invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from satqkd.constants import WGS84_FLATTENING, WGS84_RADIUS_M
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.horizon import azimuth_deg
from satqkd.passes.nodes import PLAIN_PERIOD_S
from satqkd.passes.roots import Arcs, climb, height, roots
from satqkd.passes.station import Station
from satqkd.units import BoolArray, FloatArray, IntArray

EDGE_TOLERANCE_S = 0.1
"""The solver of rise and set stops after a step that is shorter. It converges so fast that the
error left is below a millisecond unless the pass is shorter than 10 s. [s]"""

TURN_TOLERANCE_S = 0.3
"""The same for culminations, where a millisecond is nothing to the elevation. [s]"""


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
    culmination_range_m: FloatArray
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
    direction: FloatArray
    """From the centre of the Earth to each, shape (m, 3), single precision."""

    @property
    def up(self) -> FloatArray:
        """Local verticals, shape (3, m)."""
        return np.asarray(self.frame[2])

    @staticmethod
    def of(stations: Sequence[Station]) -> Places:
        """Collect stations; at least one."""
        masks = np.radians([s.min_elevation_deg for s in stations])
        place_m = np.stack([s.itrf_m() for s in stations], axis=1)
        return Places(
            place_m=place_m,
            frame=np.stack([s.east_north_up() for s in stations], axis=2),
            sin_mask=np.sin(masks),
            lowest_mask_rad=float(masks.min()),
            direction=(place_m / np.sqrt(np.sum(place_m**2, axis=0))).T.astype(np.float32),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Chains:
    """The nodes of several ephemerides behind each other, and the interval behind each.

    Behind the last node of an ephemeris stands an interval of no use, so that a node and the
    interval behind it have the same number.
    """

    start_s: FloatArray
    """Time of each node. [s]"""
    length_s: FloatArray
    coefficients: FloatArray
    """Shape (6, 3, nodes). [m]"""
    velocity_m_s: FloatArray
    """At the nodes, shape (3, nodes). [m/s]"""
    owner: IntArray
    """Which ephemeris a node belongs to."""

    @staticmethod
    def of(chains: Sequence[Ephemeris]) -> _Chains:
        sizes = [chain.node_s.size for chain in chains]
        total = sum(sizes)
        length_s, coefficients = np.ones(total), np.zeros((6, 3, total))
        first = 0
        for chain, size in zip(chains, sizes, strict=True):
            last = first + size - 1
            np.subtract(chain.node_s[1:], chain.node_s[:-1], out=length_s[first:last])
            coefficients[:, :, first:last] = chain.coefficients
            coefficients[0, :, last] = chain.node_m[:, -1]
            first = last + 1
        return _Chains(
            start_s=np.concatenate([chain.node_s for chain in chains]),
            length_s=length_s,
            coefficients=coefficients,
            velocity_m_s=np.concatenate([chain.node_m_s for chain in chains], axis=1),
            owner=np.repeat(np.arange(len(chains)), sizes),
        )

    def arcs(self, node: IntArray, places: Places, station: IntArray) -> Arcs:
        """Lines from stations through the intervals behind nodes."""
        coefficients = self.coefficients.take(node, axis=2)
        coefficients[0] -= places.place_m.take(station, axis=1)
        return Arcs(
            coefficients=coefficients,
            up=places.up.take(station, axis=1),
            sin_mask=places.sin_mask.take(station),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Samples:
    """The sky at increasing times, run after run; a run is one stay near one station.

    ``height`` has the sign of elevation minus mask; ``climb`` has the sign of the elevation's
    rate. Both are free of the sharp peak that the elevation itself has in a high pass.
    """

    station: IntArray
    node: IntArray
    """Node at which the sample lies or behind which it does."""
    fraction: FloatArray
    """Of the interval behind the node."""
    line_m: FloatArray
    """From the station to the satellite, shape (3, n). [m]"""
    height: FloatArray
    rate: FloatArray
    """Of the height, at nodes; 0 at extrema. [m/s]"""
    joined: BoolArray
    """Whether the next sample belongs to the same run."""


def sightings(
    chains: Sequence[Ephemeris], places: Places, *, periods_s: Sequence[float]
) -> Sightings:
    """Find every interval above each station's mask.

    Derived here, see the notes.

    Parameters
    ----------
    chains
        Where the satellites are; the span of each is its window.
    places
        The stations, each with its own mask.
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
    return _crossings(every, places, _samples(every, places, *_near(chains, places, periods_s)))


def _near(
    chains: Sequence[Ephemeris], places: Places, periods_s: Sequence[float]
) -> tuple[IntArray, IntArray, BoolArray]:
    """Stations and nodes to look at, ordered, and whether each is joined to the next."""
    stations, nodes, joins = [], [], []
    number = np.arange(places.sin_mask.size)
    first = 0
    for chain, period_s in zip(chains, periods_s, strict=True):
        size = chain.node_s.size
        behind = np.zeros((number.size, size), dtype=np.bool_)
        behind[:, :-1] = _may_see(chain, places, period_s=period_s)
        wanted = behind.copy()
        wanted[:, 1:] |= behind[:, :-1]
        flat = np.flatnonzero(wanted)
        station = np.repeat(number, np.count_nonzero(wanted, axis=1))
        stations.append(station)
        nodes.append(flat - station * size + first)
        joins.append(behind.ravel().take(flat))
        first += size
    return np.concatenate(stations), np.concatenate(nodes), np.concatenate(joins)


def _may_see(chain: Ephemeris, places: Places, *, period_s: float) -> BoolArray:
    """Intervals in which a station may see the satellite, shape (m, k − 1); never too few.

    In single precision, whose 1e-7 is nothing beside the slack.
    """
    x, y, z = chain.node_m
    distance = np.sqrt(x * x + y * y + z * z)
    direction = chain.node_m / distance
    lowest_m = WGS84_RADIUS_M * (1.0 - WGS84_FLATTENING) - 1_000.0
    reach_m = np.maximum(distance[1:], distance[:-1])
    mask = places.lowest_mask_rad
    # 0.2° is what geodetic and geocentric vertical differ by at most, 0.4° what the turning
    # Earth bends a track between nodes. High orbits turn back between nodes, by less than 5°.
    slack_rad = np.radians(0.8 if period_s < PLAIN_PERIOD_S else 5.7)
    see = np.exp(1j * (slack_rad - mask)) * _turn(
        np.minimum(1.0, lowest_m * np.cos(mask) / reach_m)
    )
    middle = direction[:, 1:] + direction[:, :-1]
    x, y, z = middle
    half = _turn(np.minimum(1.0, 0.5 * np.sqrt(x * x + y * y + z * z)))
    both = see * half
    limit = np.where(both.imag > 0.0, both.real, -1.0)
    middle /= np.maximum(2.0 * half.real, 1e-9)
    place = places.direction
    near = place @ middle.astype(np.float32) >= limit.astype(np.float32)
    if period_s < PLAIN_PERIOD_S:
        x, y, z = direction
        across = np.empty_like(middle)
        np.subtract(y[:-1] * z[1:], z[:-1] * y[1:], out=across[0])
        np.subtract(z[:-1] * x[1:], x[:-1] * z[1:], out=across[1])
        np.subtract(x[:-1] * y[1:], y[:-1] * x[1:], out=across[2])
        across /= np.where(see.real > 0.0, see.imag, 1.0) * (2.0 * half.real * half.imag)
        aside = place @ across.astype(np.float32)
        near &= np.abs(aside, out=aside) <= 1.0
    return np.asarray(near)


def _turn(cosine: FloatArray) -> npt.NDArray[np.complex128]:
    """Cosine and sine of angles from 0 to 180° as unit complex numbers."""
    turn = np.empty(cosine.size, dtype=np.complex128)
    turn.real = cosine
    turn.imag = np.sqrt(1.0 - cosine * cosine)
    return turn


def _samples(
    every: _Chains, places: Places, station: IntArray, node: IntArray, joined: BoolArray
) -> _Samples:
    """Look from stations at nodes, and at each extremum of the elevation between them."""
    line = every.coefficients[0].take(node, axis=1)
    line -= places.place_m.take(station, axis=1)
    (x, y, z), (u, v, w) = line, every.velocity_m_s.take(node, axis=1)
    e, n, h = places.up.take(station, axis=1)
    sin_mask = places.sin_mask.take(station)
    range2 = x * x + y * y + z * z
    range_m = np.sqrt(range2)
    rise, rising = x * e + y * n + z * h, u * e + v * n + w * h
    receding = x * u + y * v + z * w
    climbs = rising * range2 - rise * receding
    at_nodes = _Samples(
        station=station,
        node=node,
        fraction=np.zeros(node.size),
        line_m=line,
        height=rise - sin_mask * range_m,
        rate=rising - sin_mask * receding / range_m,
        joined=joined,
    )
    return _with_extrema(every, places, at_nodes, climbs)


def _with_extrema(
    every: _Chains, places: Places, samples: _Samples, climbs: FloatArray
) -> _Samples:
    """Put each maximum and minimum of the elevation among the samples.

    A minimum between two samples below the mask is left out.
    """
    upward, above = climbs > 0.0, samples.height > 0.0
    turn = np.flatnonzero(
        samples.joined[:-1] & (upward[:-1] != upward[1:]) & (upward[:-1] | above[1:] | above[:-1])
    )
    if turn.size == 0:
        return samples
    station, node = samples.station.take(turn), samples.node.take(turn)
    arcs = every.arcs(node, places, station)
    begin, end = climbs.take(turn), climbs.take(turn + 1)
    zero = np.zeros(turn.size)
    fraction = roots(
        climb,
        arcs,
        low=zero,
        high=zero + 1.0,
        grows=end > begin,
        guess=begin / (begin - end),
        tolerance=TURN_TOLERANCE_S / every.length_s.take(node),
    )
    line = arcs.line_m(fraction)
    (x, y, z), (e, n, h) = line, arcs.up
    high = x * e + y * n + z * h - arcs.sin_mask * np.sqrt(x * x + y * y + z * z)
    size = samples.node.size
    order = np.insert(np.arange(size), turn + 1, np.arange(size, size + turn.size))
    extra = {
        "station": station,
        "node": node,
        "fraction": fraction,
        "height": high,
        "rate": zero,
        "joined": np.ones(turn.size, dtype=np.bool_),
    }
    return _Samples(
        line_m=np.concatenate([samples.line_m, line], axis=1).take(order, axis=1),
        **{
            name: np.concatenate([getattr(samples, name), values]).take(order)
            for name, values in extra.items()
        },
    )


def _crossings(every: _Chains, places: Places, samples: _Samples) -> Sightings:
    """Turn changes of sign into passes."""
    above = samples.height > 0.0
    no_link = np.zeros(1, dtype=np.bool_)
    linked = samples.joined[:-1]
    after, before = np.concatenate([no_link, linked]), np.concatenate([linked, no_link])
    first = np.flatnonzero(above & ~(after & np.concatenate([no_link, above[:-1]])))
    last = np.flatnonzero(above & ~(before & np.concatenate([above[1:], no_link])))
    rises, sets = after.take(first), before.take(last)
    edge, edge_node, edge_fraction = _edges(
        every,
        places,
        samples,
        outside=np.concatenate([first[rises] - 1, last[sets] + 1]),
        inside=np.concatenate([first[rises], last[sets]]),
    )
    seen = np.concatenate([first, _highest(samples, first, last, places), last])
    node, fraction = samples.node.take(seen), samples.fraction.take(seen)
    line = samples.line_m.take(seen, axis=1)
    crossed = np.flatnonzero(np.concatenate([rises, np.zeros_like(rises), sets]))
    node[crossed], fraction[crossed], line[:, crossed] = edge_node, edge_fraction, edge
    time_s = every.start_s.take(node) + fraction * every.length_s.take(node)
    rise_s, culmination_s, set_s = time_s.reshape(3, -1)
    station = samples.station.take(first)
    frame = places.frame.take(np.tile(station, 3), axis=2)
    azimuth = azimuth_deg(line, frame).reshape(3, -1)
    top = line[:, first.size : 2 * first.size]
    sine = _sine(top, places.up.take(station, axis=1))
    return Sightings(
        chain=every.owner.take(node[: first.size]),
        station=station,
        rise_s=rise_s,
        culmination_s=culmination_s,
        set_s=set_s,
        max_elevation_deg=np.degrees(np.arcsin(np.minimum(1.0, sine))),
        rise_azimuth_deg=azimuth[0],
        culmination_azimuth_deg=azimuth[1],
        set_azimuth_deg=azimuth[2],
        culmination_range_m=np.sqrt(np.einsum("ij,ij->j", top, top)),
        clipped_start=~rises,
        clipped_end=~sets,
    )


def _edges(
    every: _Chains, places: Places, samples: _Samples, *, outside: IntArray, inside: IntArray
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Line [m], node and fraction where the mask is crossed between neighbouring samples.

    The first guess is the root of a parabola through both heights with the slope outside.
    """
    left = np.minimum(outside, inside)
    node = samples.node.take(left)
    begin = samples.fraction.take(left)
    end = samples.fraction.take(left + 1)
    end[samples.node.take(left + 1) != node] = 1.0
    grows = outside == left
    from_, width = np.where(grows, begin, end), np.where(grows, end - begin, begin - end)
    low, length_s = samples.height.take(outside), every.length_s.take(node)
    slope = samples.rate.take(outside) * length_s * width
    curvature = samples.height.take(inside) - low - slope
    with np.errstate(divide="ignore", invalid="ignore"):
        way = -2.0 * low / (slope + np.sqrt(slope * slope - 4.0 * curvature * low))
    arcs = every.arcs(node, places, samples.station.take(left))
    fraction = roots(
        height,
        arcs,
        low=begin,
        high=end,
        grows=grows,
        guess=from_ + way * width,
        tolerance=EDGE_TOLERANCE_S / length_s,
    )
    return arcs.line_m(fraction), node, fraction


def _highest(samples: _Samples, first: IntArray, last: IntArray, places: Places) -> IntArray:
    """Index of the sample with the largest elevation in each run first…last."""
    length = last - first + 1
    starts = np.cumsum(length) - length
    flat = np.arange(int(length.sum())) + np.repeat(first - starts, length)
    if first.size == 0:
        return first
    sine = _sine(
        samples.line_m.take(flat, axis=1), places.up.take(samples.station.take(flat), axis=1)
    )
    top = np.maximum.reduceat(sine, starts)
    pass_ = np.repeat(np.arange(first.size), length)
    hit = np.flatnonzero(sine == top.take(pass_))[::-1]
    highest = np.empty_like(first)
    highest[pass_.take(hit)] = flat.take(hit)
    return highest


def _sine(line_m: FloatArray, up: FloatArray) -> FloatArray:
    """Sine of the elevation of lines, shape (3, n), above horizontals."""
    (x, y, z), (e, n, h) = line_m, up
    return np.asarray((x * e + y * n + z * h) / np.sqrt(x * x + y * y + z * z))
