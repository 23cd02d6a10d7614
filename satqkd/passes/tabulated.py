"""Tables of states, placed in mission time and turned with the Earth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.elements.interpolation import interpolate
from satqkd.elements.trajectory import Instants, Segment, TimeSystem, Trajectory
from satqkd.passes.frames import turned_to_itrf
from satqkd.passes.timebase import TT_MINUS_TAI_S, Timebase
from satqkd.units import FloatArray

AHEAD_OF_TAI_S: Final[dict[TimeSystem, float | None]] = {
    "UTC": None,
    "TAI": 0.0,
    "TT": TT_MINUS_TAI_S,
    "GPS": -19.0,
}
"""What clocks show when TAI shows 0; None for UTC, which has leap seconds. GPS began on UTC in
January 1980, 19 s behind TAI (IS-GPS-200, section 3.3.4; recalled). [s]"""

BLOCK: Final = 1 << 12
"""Times worked on at once, so that the differences of their polynomials stay in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """A segment in mission time."""

    segment: Segment
    timebase: Timebase
    time_s: FloatArray
    """Of the states, mission seconds. [s]"""
    start_s: float
    """First second at which the table may be used. [s]"""
    end_s: float
    """Last second. [s]"""

    def state_itrf(self, seconds: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Earth-fixed position [m] and its slope [m/s] at mission seconds, shapes (3, n)."""
        segment = self.segment
        parts = [
            interpolate(
                self.time_s,
                segment.position_m,
                segment.velocity_m_s,
                seconds[begin : begin + BLOCK],
                method=segment.method,
                degree=segment.degree,
            )
            for begin in range(0, seconds.size, BLOCK)
        ]
        position, velocity = (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
        return turned_to_itrf(segment.frame, self.timebase, seconds, position, velocity)


def tables(trajectory: Trajectory, timebase: Timebase) -> list[Table]:
    """Place every segment of a trajectory in mission time."""
    placed = []
    for segment in trajectory.segments:
        time_s = _mission_s(segment.times, trajectory.time_system, timebase)
        start_s, end_s = _mission_s(segment.usable, trajectory.time_system, timebase)
        placed.append(
            Table(
                segment=segment,
                timebase=timebase,
                time_s=time_s,
                start_s=max(float(start_s), float(time_s[0])),
                end_s=min(float(end_s), float(time_s[-1])),
            )
        )
    return placed


def span_s(trajectory: Trajectory, timebase: Timebase) -> tuple[float, float]:
    """First and last mission second at which a trajectory may be used. [s]"""
    placed = tables(trajectory, timebase)
    return placed[0].start_s, placed[-1].end_s


def _mission_s(instants: Instants, clock: TimeSystem, timebase: Timebase) -> FloatArray:
    """Mission seconds of what a clock shows. [s]"""
    return timebase.seconds_of(
        instants.mjd, instants.second_s, ahead_of_tai_s=AHEAD_OF_TAI_S[clock]
    )
