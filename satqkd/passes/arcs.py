"""Arcs of passes over the sky, where an axis is too slow for them, and how it catches up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from satqkd.units import BoolArray, FloatArray, IntArray

TIE_S: Final = 0.02
"""Numerical: an axis turns ahead and waits only where that saves more than this against lagging. Of
most passes both cost the same, and a choice by rounding is none. [s]"""

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arcs:
    """Passes in a mount's axes; pass i is ``starts[i]:starts[i + 1]``."""

    starts: IntArray
    time_s: FloatArray
    weight_s: FloatArray
    """Share of the pass each sample stands for. [s]"""
    azimuth_deg: FloatArray
    elevation_deg: FloatArray

    def __len__(self) -> int:
        return int(self.starts.size - 1)

    def of_sample(self, values: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """Repeat one value a pass for each of its samples."""
        return np.repeat(values, np.diff(self.starts))

    def any_of(self, samples: BoolArray) -> BoolArray:
        """Whether any sample of each pass is among some."""
        if len(self) == 0:
            return np.zeros(0, dtype=np.bool_)
        return np.asarray(np.logical_or.reduceat(samples, self.starts[:-1]))

    def take(self, passes: BoolArray) -> tuple[Arcs, IntArray]:
        """Return some passes, and where their samples are."""
        samples = np.flatnonzero(self.of_sample(passes))
        starts = np.concatenate([[0], np.cumsum(np.diff(self.starts)[passes])])
        arcs = Arcs(
            starts=starts.astype(np.int64),
            time_s=self.time_s[samples],
            weight_s=self.weight_s[samples],
            azimuth_deg=self.azimuth_deg[samples],
            elevation_deg=self.elevation_deg[samples],
        )
        return arcs, samples

    def per_pass(self, values: FloatArray) -> FloatArray:
        """Sum over each pass."""
        if len(self) == 0:
            return np.zeros(0)
        return np.asarray(np.add.reduceat(values, self.starts[:-1]), dtype=np.float64)

    def cells(self) -> BoolArray:
        """Whether a sample and the next belong to one pass; one shorter than the samples."""
        inside = np.ones(max(self.time_s.size - 1, 0), dtype=np.bool_)
        inside[self.starts[1:-1] - 1] = False
        return inside


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Missed:
    """What an axis misses of passes because it turns slower than the satellite."""

    lost: BoolArray
    """Samples between the last one before and the first one after each gap."""
    near: IntArray
    """Samples near which a gap may begin or end: where the satellite becomes too fast and where it
    meets the axis again, and where the axis turns ahead and where that ends."""


def too_fast(arcs: Arcs, angle_deg: FloatArray, *, limit_deg_s: float) -> Missed:
    """Find the gaps in which an axis cannot follow.

    Derived here: an axis meets again where the angle between is at most its rate times the time.

    Parameters
    ----------
    arcs
        The passes.
    angle_deg
        Angle the axis should have at each sample, without jumps. [°]
    limit_deg_s
        Largest rate of the axis. [°/s]

    Returns
    -------
    Missed
        The shortest gaps.
    """
    owner = arcs.of_sample(np.arange(len(arcs)))
    kept: IntArray = np.arange(arcs.time_s.size)
    near: list[IntArray] = [kept[:0]]
    while True:
        # gaps that overlap may leave more to cover, so what is kept is looked at again
        missed, ends = _gaps(
            arcs.time_s[kept], angle_deg[kept], owner[kept], limit_deg_s=limit_deg_s
        )
        near.append(kept[ends])
        if not missed.any():
            break
        kept = kept[~missed]
    lost = np.ones(arcs.time_s.size, dtype=np.bool_)
    lost[kept] = False
    return Missed(lost=lost, near=np.concatenate(near))


def ramped(arcs: Arcs, angle_deg: FloatArray, missed: BoolArray) -> FloatArray:
    """Angles of an axis that turns evenly through each gap, from where it leaves to where it meets.

    A gap is the shortest the axis can cover, so that it turns at its limit there, up to what the
    samples leave. Where a pass begins or ends with a gap the axis waits. [°]

    By definition of a straight line through two points.
    """
    if not missed.any():
        return angle_deg
    index = np.arange(missed.size)
    owner = arcs.of_sample(np.arange(len(arcs)))
    before = np.maximum.accumulate(np.where(missed, -1, index))
    after = np.minimum.accumulate(np.where(missed, missed.size, index)[::-1])[::-1]
    leaves = (before >= 0) & (owner[before] == owner)
    after = np.where((after < missed.size) & (owner[after % missed.size] == owner), after, before)
    before = np.where(leaves, before, after)
    run_s = arcs.time_s[after] - arcs.time_s[before]
    share = (arcs.time_s - arcs.time_s[before]) / np.where(run_s > 0.0, run_s, np.inf)
    return np.asarray(angle_deg[before] + share * (angle_deg[after] - angle_deg[before]))


def _gaps(
    time_s: FloatArray, angle_deg: FloatArray, owner: IntArray, *, limit_deg_s: float
) -> tuple[BoolArray, IntArray]:
    """Samples to give up around each run of steps that is too fast by itself; :class:`Missed`."""
    near: list[int] = []
    missed = np.zeros(time_s.size, dtype=np.bool_)
    fast = np.abs(np.diff(angle_deg)) > limit_deg_s * np.diff(time_s) * (1.0 + 1e-9)
    fast &= owner[1:] == owner[:-1]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], fast.astype(np.int8), [0]])))
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        begin, end = np.searchsorted(owner, [owner[first], owner[first] + 1]).tolist()
        sense = 1.0 if angle_deg[last] >= angle_deg[first] else -1.0
        lead_deg = sense * angle_deg[begin:end] - limit_deg_s * time_s[begin:end]
        gap, ends = _shortest_gap(time_s[begin:end], lead_deg, first - begin, last - begin)
        missed[begin + gap.start : begin + gap.stop] = True
        near += [begin + one for one in ends]
    return missed, np.array(near, dtype=np.int64)


def _shortest_gap(
    time_s: FloatArray, lead_deg: FloatArray, first: int, last: int
) -> tuple[slice, list[int]]:
    """Samples to give up around a run ``first`` … ``last`` that is too fast.

    ``lead_deg`` is the angle wanted minus what the axis can turn by then: leaving at one sample
    and meeting the satellite at a later one works if it has not grown between the two. To begin
    the pass behind the run, or to end it there, always works. Beside the gap the samples at which
    one ends that begins with the run, and at which one begins that ends with it: of one run the
    shortest is either. Of a pass as steep before as behind both are equal: it is the first then.
    """
    leave = np.arange(first + 1)
    reachable = np.minimum.accumulate(lead_deg[last:])
    meet = last + np.searchsorted(-reachable, -lead_deg[leave], side="left")
    end_s = np.append(time_s, time_s[-1])
    lost_s = end_s[meet] - time_s[leave]
    best = int(np.argmin(lost_s))
    if lost_s[first] <= lost_s[best] + TIE_S:
        best = first
    ahead = np.flatnonzero(meet == last)[-1:].tolist()
    ends = [first, last, best, *ahead, int(meet[first]), int(meet[best])]
    near = [one for one in ends if one < time_s.size]
    if time_s[last] - time_s[0] <= lost_s[best]:
        return slice(0, last), near
    return slice(best + 1, int(meet[best])), near
