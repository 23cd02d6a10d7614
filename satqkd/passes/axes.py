"""Angles of a mount's axes along passes, and how an axis that is too slow gets through."""

from __future__ import annotations

import numpy as np

from satqkd.passes.arcs import Arcs, ramped, too_fast
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


def ramp(
    arcs: Arcs, angle_deg: FloatArray, near: BoolArray, which: tuple[int, int], limit_deg_s: float
) -> tuple[FloatArray, BoolArray]:
    """Angle of one axis at the samples, and which of them it misses.

    Derived here: a gap is found twice, among the samples and then with more of them where it begins
    and ends. What one axis misses does not depend on the limit of the other.

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

    Returns
    -------
    FloatArray, BoolArray
        Angle of the axis [°], and whether each sample is missed.
    """
    way, axis = which
    missed = too_fast(arcs, angle_deg, limit_deg_s=limit_deg_s)
    followed_deg = angle_deg.copy()
    for passes in (near, arcs.any_of(missed) & ~near):
        if not passes.any():
            continue
        some, samples = arcs.take(passes)
        coarse, lost = Finer.near_zenith(some), missed[samples]
        if coarse.arcs is not some:
            lost = too_fast(coarse.arcs, _axes(coarse.arcs, way)[axis], limit_deg_s=limit_deg_s)
        finer = coarse.at_edges(lost)
        wanted_deg = _axes(finer.arcs, way)[axis]
        lost = too_fast(finer.arcs, wanted_deg, limit_deg_s=limit_deg_s)
        followed_deg[samples] = ramped(finer.arcs, wanted_deg, lost)[finer.at]
        missed[samples] = lost[finer.at]
    return followed_deg, missed


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
