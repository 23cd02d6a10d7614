"""What an alt-azimuth mount can follow, and what it loses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.errors import (
    NonPhysicalError,
    require_between,
    require_finite,
    require_not_negative,
    require_positive,
)
from satqkd.passes.arcs import Arcs
from satqkd.passes.axes import axes_of, ramp
from satqkd.passes.edges import Edges
from satqkd.passes.finer import turning
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """An alt-azimuth mount: its stops, its speed, its cable. None where not given: no limit."""

    min_elevation_deg: float | None = None
    """Lower stop of the elevation axis. [°]"""
    max_elevation_deg: float | None = None
    """Upper stop of the elevation axis; above 90° it points back over the zenith. [°]"""
    max_azimuth_rate_deg_s: float | None = None
    """Largest rate of the azimuth axis. [°/s]"""
    max_elevation_rate_deg_s: float | None = None
    """Largest rate of the elevation axis. [°/s]"""
    azimuth_range_deg: tuple[float, float] | None = None
    """What the cable allows, counted from north without jump, such as −270…270. [°]"""
    flip: bool = False
    """Whether the elevation axis may be turned past the zenith."""
    acquisition_s: float = 0.0
    """Time from pointing at a satellite to the first usable second, after each interruption. [s]"""
    turnaround_s: float = 0.0
    """Time to unwind and to turn to where the next pass begins; beside ``turn_rate_deg_s`` the part
    of it that is the same for every angle, such as to settle. [s]"""
    turn_rate_deg_s: float | None = None
    """How fast both axes turn from where a pass ends to where the next begins. None where not
    given: ``turnaround_s`` says it all. [°/s]"""

    def __post_init__(self) -> None:
        highest = 180.0 if self.flip else 90.0
        for name in ("min_elevation_deg", "max_elevation_deg"):
            if getattr(self, name) is not None:
                require_between(name, getattr(self, name), 0.0, highest)
        self._check_stops()
        for name in ("max_azimuth_rate_deg_s", "max_elevation_rate_deg_s"):
            if getattr(self, name) is not None:
                require_positive(name, getattr(self, name))
        self._check_azimuth_range()
        require_not_negative("acquisition_s", self.acquisition_s)
        require_not_negative("turnaround_s", self.turnaround_s)
        if self.turn_rate_deg_s is not None:
            require_positive("turn_rate_deg_s", self.turn_rate_deg_s)

    def turn_deg(self, begin: tuple[float, float], end: tuple[float, float]) -> float:
        """Largest angle that an axis turns by between two pairs of azimuth and elevation. [°]

        By definition: both axes turn at once, the azimuth the shorter way round unless a cable
        tells which.
        """
        azimuth_deg = abs(end[0] - begin[0])
        if self.azimuth_range_deg is None:
            azimuth_deg = min(azimuth_deg % 360.0, -azimuth_deg % 360.0)
        return max(azimuth_deg, abs(end[1] - begin[1]))

    @property
    def longest_turn_s(self) -> float:
        """Time that no turn exceeds; 0 where no rate is given. [s]"""
        if self.turn_rate_deg_s is None:
            return 0.0
        low_deg, high_deg = self.azimuth_range_deg or (0.0, 180.0)
        return max(high_deg - low_deg, 180.0 if self.flip else 90.0) / self.turn_rate_deg_s

    def _check_stops(self) -> None:
        low, high = self.min_elevation_deg or 0.0, self.max_elevation_deg
        if high is not None and high <= low:
            raise NonPhysicalError(
                "max_elevation_deg", f"must lie above min_elevation, {low:g}°, got {high:g}°"
            )

    def _check_azimuth_range(self) -> None:
        if self.azimuth_range_deg is None:
            return
        low, high = self.azimuth_range_deg
        require_finite("azimuth_range_deg", low)
        require_finite("azimuth_range_deg", high)
        if high <= low:
            raise NonPhysicalError(
                "azimuth_range_deg", f"must be [low, high], low first, got [{low:g}, {high:g}]"
            )


WAYS: Final = (
    "upright",
    "past the zenith",
    "upright, then past the zenith",
    "past the zenith, then upright",
)
"""How a mount can follow a pass; the change, where there is one, is at the culmination."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Followed:
    """How the mount follows each pass, and where it cannot."""

    way: IntArray
    """For each pass, index into :data:`WAYS`."""
    azimuth_deg: FloatArray
    """Angle of the azimuth axis at each sample, without jump at north; where it is too slow, its
    own and not the satellite's. [°]"""
    elevation_deg: FloatArray
    """Angle of the elevation axis at each sample, likewise. [°]"""
    stopped: BoolArray
    """Samples beyond a stop of the elevation axis."""
    slow: BoolArray
    """Samples lost because an axis is too slow: the keyhole at the zenith and the time it takes to
    catch up. One that lies between the edges of a gap, which are sharper than the samples."""
    gaps: Edges
    """Where such gaps begin and end, to a millisecond of samples every second."""
    wound: BoolArray
    """Samples beyond what the cable allows."""


def follow(mount: Mount, arcs: Arcs, *, wanted: BoolArray) -> Followed:
    """Choose for each pass how to follow it, so that most usable time is left.

    Parameters
    ----------
    mount
        What it can do.
    arcs
        The passes.
    wanted
        Samples that all other limits leave.

    Returns
    -------
    Followed
        The start of the azimuth axis (in which turn of the cable) and the way past the zenith are
        chosen before the pass begins and kept: a part that does not fit is lost.

    Notes
    -----
    Near the zenith the azimuth turns faster than the mount. The axis then lags and catches up, or
    turns ahead and waits; of all gaps in which the axis can cover the angle between, the shortest
    is taken. Angles are geometric; rates are those between samples, of which there are more near
    the zenith and where a gap begins and ends: its edges are found to an 8000th of a step, and a
    sample is lost if its instant lies between them.
    """
    best_s = np.full(len(arcs), -np.inf)
    best: Followed | None = None
    for candidate in _candidates(mount, arcs):
        unblocked = wanted & ~candidate.stopped & ~candidate.slow & ~candidate.wound
        held = acquired(arcs, unblocked, acquisition_s=mount.acquisition_s)
        score_s = arcs.per_pass(np.where(held, arcs.weight_s, 0.0)) - _strain(
            mount, arcs, candidate
        )
        better = score_s > best_s
        best_s = np.where(better, score_s, best_s)
        best = candidate if best is None else _merged(arcs, better, candidate, best)
    if best is None:
        raise ValueError("a mount has at least one way")
    return best


def acquired(arcs: Arcs, unblocked: BoolArray, *, acquisition_s: float) -> BoolArray:
    """Samples that lie at least ``acquisition_s`` after the begin of their unblocked interval.

    That begins with the time that its first sample stands for, half of it before the sample.
    """
    if acquisition_s <= 0.0 or unblocked.size == 0:
        return unblocked
    index = np.arange(unblocked.size)
    first = arcs.of_sample(arcs.starts[:-1])
    begin = np.maximum(np.maximum.accumulate(np.where(unblocked, 0, index + 1)), first)
    begin = np.minimum(begin, index)
    begin_s = arcs.time_s[begin] - 0.5 * arcs.weight_s[begin]
    return np.asarray(unblocked & (arcs.time_s - begin_s >= acquisition_s))


def _strain(mount: Mount, arcs: Arcs, candidate: Followed) -> FloatArray:
    """Tie-break, far below a second: how far from the middle of the cable a pass is followed."""
    if len(arcs) == 0:
        return np.zeros(0)
    low, high = mount.azimuth_range_deg or (0.0, 360.0)
    lowest = np.minimum.reduceat(candidate.azimuth_deg, arcs.starts[:-1])
    highest = np.maximum.reduceat(candidate.azimuth_deg, arcs.starts[:-1])
    return np.asarray(1e-9 * np.abs(0.5 * (lowest + highest - low - high)) + 1e-6 * candidate.way)


def _merged(arcs: Arcs, better: BoolArray, new: Followed, old: Followed) -> Followed:
    """Take ``new`` for some passes and ``old`` for the others."""
    sample = arcs.of_sample(better)
    return Followed(
        way=np.where(better, new.way, old.way),
        azimuth_deg=np.where(sample, new.azimuth_deg, old.azimuth_deg),
        elevation_deg=np.where(sample, new.elevation_deg, old.elevation_deg),
        stopped=np.where(sample, new.stopped, old.stopped),
        slow=np.where(sample, new.slow, old.slow),
        gaps=Edges.join([new.gaps.of_passes(better), old.gaps.of_passes(~better)]),
        wound=np.where(sample, new.wound, old.wound),
    )


def _candidates(mount: Mount, arcs: Arcs) -> Iterator[Followed]:
    """All ways and all turns of the cable."""
    near = turning(arcs)
    for way in range(len(WAYS) if mount.flip else 1):
        azimuth, elevation = axes_of(arcs, way, near)
        stopped = np.zeros(arcs.time_s.size, dtype=np.bool_)
        if mount.min_elevation_deg is not None:
            stopped |= elevation < mount.min_elevation_deg
        if mount.max_elevation_deg is not None:
            stopped |= elevation > mount.max_elevation_deg
        slow, gaps = np.zeros_like(stopped), Edges.none()
        axes = [azimuth, elevation]
        limits = mount.max_azimuth_rate_deg_s, mount.max_elevation_rate_deg_s
        for axis, limit_deg_s in enumerate(limits):
            if limit_deg_s is not None:
                moved = ramp(arcs, axes[axis], near, (way, axis), limit_deg_s)
                axes[axis], gaps = moved.angle_deg, Edges.join([gaps, moved.edges])
                slow |= moved.missed
        azimuth, elevation = axes
        for turned in _turns(mount, azimuth):
            wound = np.zeros_like(stopped)
            if mount.azimuth_range_deg is not None:
                low, high = mount.azimuth_range_deg
                wound = (azimuth + turned < low) | (azimuth + turned > high)
            yield Followed(
                way=np.full(len(arcs), way, dtype=np.int64),
                azimuth_deg=azimuth + turned,
                elevation_deg=elevation,
                stopped=stopped,
                slow=slow,
                gaps=gaps,
                wound=wound,
            )


def _turns(mount: Mount, azimuth_deg: FloatArray) -> list[float]:
    """Whole turns to add to the azimuths so that some of them fall into the range. [°]"""
    if mount.azimuth_range_deg is None or azimuth_deg.size == 0:
        return [0.0]
    low, high = mount.azimuth_range_deg
    first = int(np.ceil((low - float(azimuth_deg.max())) / 360.0))
    last = int(np.floor((high - float(azimuth_deg.min())) / 360.0))
    return [360.0 * turn for turn in range(first, last + 1)] or [0.0]
