"""Angles of a mount's axes along passes, and how an axis that is too slow gets through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.passes.arcs import Arcs, ramped, too_fast
from satqkd.passes.edges import Edges
from satqkd.passes.finer import Finer
from satqkd.units import BoolArray, FloatArray


def axes_of(arcs: Arcs, way: int, near: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Angles of both axes on one way, with more samples where passes come near the zenith. [°]

    By definition of azimuth and elevation, past the zenith of those of the other side.

    Parameters
    ----------
    arcs
        The passes.
    way
        Index into :data:`satqkd.passes.mount.WAYS`.
    near
        Passes that come near the zenith, see :func:`satqkd.passes.finer.turning`.

    Returns
    -------
    FloatArray, FloatArray
        Azimuth, continuous within a pass, and elevation at each sample. [°]
    """
    azimuth, elevation = _axes(arcs, way)
    if near.any():
        some, samples = arcs.take(near)
        finer = Finer.near_zenith(some)
        for angle, axis in zip((azimuth, elevation), _axes(finer.arcs, way), strict=True):
            angle[samples] = axis[finer.at]
    return azimuth, elevation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ramped:
    """How one axis gets along passes."""

    angle_deg: FloatArray
    """Its angle at each sample. [°]"""
    missed: BoolArray
    """Samples that it misses."""
    edges: Edges
    """Where its gaps begin, and where they end."""


NEARER: Final = 3
"""Numerical: so often the cells about the ends of gaps are divided: to an 8000th of a step."""


def ramp(
    arcs: Arcs, angle_deg: FloatArray, near: BoolArray, which: tuple[int, int], limit_deg_s: float
) -> Ramped:
    """Follow passes by one axis that is slow.

    Derived here: gaps are found among the samples, and again with more of them wherever a gap may
    begin or end. What one axis misses does not depend on the limit of the other.

    Parameters
    ----------
    arcs, near
        As for :func:`axes_of`.
    angle_deg
        Angle the axis should have. [°]
    which
        The way, and which of the two axes of :func:`axes_of` it is.
    limit_deg_s
        Largest rate of the axis. [°/s]
    """
    way, axis = which
    missed = too_fast(arcs, angle_deg, limit_deg_s=limit_deg_s).lost
    slow = near | arcs.any_of(missed)
    if not slow.any():
        return Ramped(angle_deg=angle_deg, missed=missed, edges=Edges.none())
    some, samples = arcs.take(slow)
    finer = Finer.near_zenith(some)
    for _ in range(NEARER):
        found = too_fast(finer.arcs, _axes(finer.arcs, way)[axis], limit_deg_s=limit_deg_s)
        finer = finer.about(found.near)
    wanted_deg = _axes(finer.arcs, way)[axis]
    lost = too_fast(finer.arcs, wanted_deg, limit_deg_s=limit_deg_s).lost
    followed_deg = angle_deg.copy()
    followed_deg[samples] = ramped(finer.arcs, wanted_deg, lost)[finer.at]
    missed[samples] = lost[finer.at]
    ends = _ends(finer.arcs, lost)
    edges = Edges(owner=np.flatnonzero(slow)[ends.owner], time_s=ends.time_s)
    return Ramped(angle_deg=followed_deg, missed=missed, edges=edges)


def _ends(arcs: Arcs, lost: BoolArray) -> Edges:
    """Where runs of samples begin and end: at the last one before, and the first one after."""
    owner = arcs.of_sample(np.arange(len(arcs)))
    change = np.flatnonzero((lost[1:] != lost[:-1]) & arcs.cells())
    at = np.where(lost[change], change + 1, change)
    return Edges(owner=owner[at], time_s=arcs.time_s[at])


def _axes(arcs: Arcs, way: int) -> tuple[FloatArray, FloatArray]:
    """Angles of both axes on one way; azimuth continuous within a pass, starting in 0…360. [°]"""
    over = np.full(arcs.time_s.size, way in {1, 3}, dtype=np.bool_)
    if way in {2, 3}:
        over ^= _past_culmination(arcs)
    elevation = np.where(over, 180.0 - arcs.elevation_deg, arcs.elevation_deg)
    azimuth = (arcs.azimuth_deg + np.where(over, 180.0, 0.0)) % 360.0
    if azimuth.size == 0:
        return azimuth, elevation
    step = (np.diff(azimuth) + 180.0) % 360.0 - 180.0
    path = np.concatenate([[0.0], np.cumsum(np.where(arcs.cells(), step, 0.0))])
    first = arcs.starts[:-1]
    return path + arcs.of_sample(azimuth[first] - path[first]), elevation


def _past_culmination(arcs: Arcs) -> BoolArray:
    """Samples after the highest one of each pass."""
    if len(arcs) == 0:
        return np.zeros(0, dtype=np.bool_)
    highest = arcs.of_sample(np.maximum.reduceat(arcs.elevation_deg, arcs.starts[:-1]))
    reached = np.cumsum(arcs.elevation_deg == highest)
    before = reached - (arcs.elevation_deg == highest)
    at_start = arcs.of_sample(before[arcs.starts[:-1]])
    return np.asarray(before > at_start)
