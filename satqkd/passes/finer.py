"""Arcs with more samples where more is needed: near the zenith, and where an axis leaves or meets.

Of six samples, the second cell in five parts::

    coarse   0   1   2   3   4   5
             |   |---|   |   |   |
    finer    0   1...5...6   7   8      at = 0 1 6 7 8 9
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.passes.arcs import Arcs
from satqkd.units import BoolArray, FloatArray, IntArray

PARTS: Final = 20
"""Numerical: into how many a cell is divided."""

TURN_DEG: Final = 5.0
"""A cell in which the azimuth turns by more is divided: below it the fastest rate of a straight
flight is within 0.1 % of the mean. [°]"""

_POINTS: Final = 4
"""Numerical: samples through which a direction is interpolated; a shorter pass is left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finer:
    """Arcs with samples put in."""

    arcs: Arcs
    at: IntArray
    """Where the samples of the arcs they were made from are."""

    @staticmethod
    def near_zenith(arcs: Arcs) -> Finer:
        """Divide the cells in which the azimuth turns fast."""
        return Finer(arcs=arcs, at=np.arange(arcs.time_s.size)).divided(_turned(arcs) > TURN_DEG)

    def about(self, samples: IntArray) -> Finer:
        """Divide the two cells on either side of some samples."""
        cells = np.zeros(max(self.arcs.time_s.size - 1, 0), dtype=np.bool_)
        for side in (-2, -1, 0, 1):
            cell = samples + side
            cells[cell[(cell >= 0) & (cell < cells.size)]] = True
        return self.divided(cells)

    def divided(self, cells: BoolArray) -> Finer:
        """Divide some cells; those between two passes and of passes of few samples are not.

        Derived here: the cubic through the unit vectors of four samples, lengthened to one again.

        Parameters
        ----------
        cells
            Whether to divide each, one fewer than there are samples.

        Returns
        -------
        Finer
            Its old samples hold what they held. The cubic strays by less than 1e-4 rad where a
            low orbit is sampled every 10 s, 1e-8 every second.
        """
        arcs, size = self.arcs, self.arcs.time_s.size
        length = np.diff(arcs.starts)
        cells = cells & arcs.cells() & arcs.of_sample(length >= _POINTS)[:-1]
        behind = np.repeat(np.flatnonzero(cells), PARTS - 1)
        if behind.size == 0:
            return self
        part = np.tile(np.arange(1, PARTS), behind.size // (PARTS - 1))
        put_in = np.concatenate([[0], np.cumsum(np.where(cells, PARTS - 1, 0))])
        old, new = np.arange(size) + put_in, behind + put_in[behind] + part
        begin_s, end_s = arcs.time_s[behind], arcs.time_s[behind + 1]
        time_s = begin_s + part / PARTS * (end_s - begin_s)
        azimuth_deg, elevation_deg = _between(arcs, behind, time_s)

        def merged(kept: FloatArray, added: FloatArray) -> FloatArray:
            values = np.empty(size + behind.size)
            values[old], values[new] = kept, added
            return values

        every_s = merged(arcs.time_s, time_s)
        starts = np.concatenate([old[arcs.starts[:-1]], [every_s.size]]).astype(np.int64)
        finer = Arcs(
            starts=starts,
            time_s=every_s,
            weight_s=_weights_s(starts, every_s),
            azimuth_deg=merged(arcs.azimuth_deg, azimuth_deg),
            elevation_deg=merged(arcs.elevation_deg, elevation_deg),
        )
        return Finer(arcs=finer, at=old[self.at])


def turning(arcs: Arcs) -> BoolArray:
    """Which passes have a cell that is divided because the azimuth turns fast."""
    fast = np.append(arcs.cells() & (_turned(arcs) > TURN_DEG), [False] * bool(len(arcs)))
    return arcs.any_of(fast.astype(np.bool_))


def _turned(arcs: Arcs) -> FloatArray:
    """How far the azimuth turns in each cell, the short way round. [°]"""
    return np.asarray(np.abs((np.diff(arcs.azimuth_deg) + 180.0) % 360.0 - 180.0))


def _between(arcs: Arcs, behind: IntArray, time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Azimuth and elevation at instants behind samples. [°]"""
    owner = np.searchsorted(arcs.starts, behind, side="right") - 1
    first = np.clip(behind - 1, arcs.starts[owner], arcs.starts[owner + 1] - _POINTS)
    near = first + np.arange(_POINTS)[:, None]
    azimuth, elevation = np.radians(arcs.azimuth_deg[near]), np.radians(arcs.elevation_deg[near])
    level = np.cos(elevation)
    knots_s = arcs.time_s[near]
    share = np.ones_like(knots_s)
    for one in range(_POINTS):
        for other in range(_POINTS):
            if one != other:
                share[one] *= (time_s - knots_s[other]) / (knots_s[one] - knots_s[other])
    east, north, up = (
        np.sum(share * part, axis=0)
        for part in (level * np.sin(azimuth), level * np.cos(azimuth), np.sin(elevation))
    )
    azimuth_deg = np.degrees(np.arctan2(east, north)) % 360.0
    return azimuth_deg, np.degrees(np.arctan2(up, np.hypot(east, north)))


def _weights_s(starts: IntArray, time_s: FloatArray) -> FloatArray:
    """Half the way to either neighbour within a pass. [s]"""
    step_s = np.diff(time_s, append=0.0)
    step_s[starts[1:] - 1] = 0.0
    return 0.5 * (step_s + np.roll(step_s, 1))
