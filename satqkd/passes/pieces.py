"""Passes in pieces, in each of which what a station sees is a polynomial of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from satqkd.passes.bodies import Bodies
from satqkd.passes.eclipse import light_throughout
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable
from satqkd.units import FloatArray, IntArray

NODES: Final = np.linspace(0.0, 1.0, 6)
"""Where in a piece everything is worked out. The satellite's place is a quintic anyway; the rest
follows its quintic to 1e-8 of itself, because an interval of an ephemeris is short against the
satellite's way and the turn of the Earth alike."""

POWERS: Final = np.arange(NODES.size)

_FIT: Final = np.linalg.inv(NODES[:, None] ** POWERS)
"""Coefficients from values at the nodes."""

SHORTEST_S: Final = 1e-6
"""A piece is stretched to this, so that fractions of it exist. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Stations as columns."""

    itrf_m: FloatArray
    """Earth-fixed positions, shape (3, stations). [m]"""
    frame: FloatArray
    """Rows east, north and up of each, shape (3, 3, stations)."""

    @staticmethod
    def of(stations: Sequence[Station]) -> Places:
        """Put stations side by side."""
        return Places(
            itrf_m=np.array([s.itrf_m() for s in stations]).reshape(-1, 3).T,
            frame=np.array([s.east_north_up() for s in stations]).reshape(-1, 3, 3).T.swapaxes(0, 1),
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
    moon_sine: FloatArray
    towards_moon_m: FloatArray
    """Satellite minus station, along the direction of the Moon. [m]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """Stretches of passes within one interval of the ephemeris, ordered by pass and time."""

    owner: IntArray
    """Pass of each, shape (p,)."""
    starts: IntArray
    """Offsets of their samples, shape (p + 1,)."""
    begin_s: FloatArray
    length_s: FloatArray
    coefficients: FloatArray
    """Of the powers of the fraction of a piece, for the fields of :class:`Seen`; (p, 7, 6)."""
    light: FloatArray
    """1 where the satellite is in full light throughout, 0 in umbra, NaN where that is open."""

    def __len__(self) -> int:
        return int(self.owner.size)

    def seen(self, begin: int, end: int, time_s: FloatArray) -> Seen:
        """Evaluate pieces ``begin`` to ``end`` (exclusive) at the times of all their samples."""
        some = slice(begin, end)
        starts = self.starts[begin : end + 1] - self.starts[begin]
        size = np.diff(starts)
        powers = np.empty((POWERS.size, time_s.size))
        powers[0] = 1.0
        np.subtract(time_s, np.repeat(self.begin_s[some], size), out=powers[1])
        powers[1] *= np.repeat(1.0 / self.length_s[some], size)
        for power in POWERS[2:]:
            np.multiply(powers[power - 1], powers[1], out=powers[power])
        values = np.empty((len(fields(Seen)), time_s.size))
        edges = starts.tolist()
        for coefficients, first, last in zip(
            self.coefficients[some], edges[:-1], edges[1:], strict=True
        ):
            np.matmul(coefficients, powers[:, first:last], out=values[:, first:last])
        return Seen(**{f.name: row for f, row in zip(fields(Seen), values, strict=True)})


def cut(
    passes: PassTable,
    chains: Mapping[tuple[int, int], Ephemeris],
    places: Places,
    bodies: Bodies,
    *,
    starts: IntArray,
    step_s: float,
) -> Pieces:
    """Cut passes at the nodes of their ephemerides.

    Parameters
    ----------
    passes, chains, places, bodies
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
    parts = [_no_pieces()]
    for craft, source in sorted(set(zip(passes.satellite.tolist(), passes.element_set.tolist(), strict=True))):
        mine = np.flatnonzero((passes.satellite == craft) & (passes.element_set == source))
        parts.append(_of_chain(passes, mine, chains[craft, source], places, bodies, starts, step_s))
    joined = {
        f.name: np.concatenate([getattr(part, f.name) for part in parts])
        for f in fields(Pieces)
    }
    order = np.argsort(joined["starts"], kind="stable")
    whole = {name: column[order] for name, column in joined.items()}
    whole["starts"] = np.append(whole["starts"], starts[-1])
    return Pieces(**whole)
