"""When several stations see the same satellite at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from satqkd.errors import NonPhysicalError
from satqkd.passes.bodies import Bodies
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.tracks import sample
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointWindows:
    """Intervals in which all of some stations see one satellite, ordered by satellite, time."""

    stations: IntArray
    """Indices of the stations, shape (k,)."""
    satellite: IntArray
    """Index of the satellite, shape (n,) like the columns below."""
    start_s: FloatArray
    """When the last of the stations begins to see it, mission seconds. [s]"""
    end_s: FloatArray
    """When the first of them ceases to see it. [s]"""
    clipped_start: BoolArray
    """The pass that begins last was already under way: ``start_s`` is no rise."""
    clipped_end: BoolArray
    """The pass that ends first goes on: ``end_s`` is no set."""
    passes: IntArray
    """Row of each station's pass in the pass table, shape (k, n)."""

    def __len__(self) -> int:
        return int(self.start_s.size)

    def take(self, index: IntArray | BoolArray) -> JointWindows:
        """Return the windows at ``index``, in that order."""
        columns = {
            f.name: getattr(self, f.name)[..., index] for f in fields(self) if f.name != "stations"
        }
        return JointWindows(stations=self.stations, **columns)


def joint_windows(passes: PassTable, stations: Sequence[int]) -> JointWindows:
    """Find when all of ``stations`` see the same satellite.

    Parameters
    ----------
    passes
        Rows in any order; passes of one satellite over one station do not overlap.
    stations
        Indices of two or more different stations.

    Returns
    -------
    JointWindows
        One window for each combination of passes that have a time in common. Passes that only
        touch have none.

    Raises
    ------
    NonPhysicalError
        If fewer than two different stations are given.
    """
    wanted = np.asarray(stations, dtype=np.int64)
    if wanted.size < 2 or np.unique(wanted).size < wanted.size:
        raise NonPhysicalError("stations", "must be two or more different ones")
    rows = np.flatnonzero(np.isin(passes.station, wanted))
    row = np.tile(rows, 2)
    time_s = np.concatenate([passes.rise_s[rows], passes.set_s[rows]])
    change = np.repeat([1, -1], rows.size)
    order = np.lexsort((change, time_s, passes.satellite[row]))
    row, time_s, change = row[order], time_s[order], change[order]
    first = np.flatnonzero(np.cumsum(change)[:-1] == wanted.size)
    first = first[time_s[first + 1] > time_s[first]]
    begin, end = row[first], row[first + 1]
    rising = (change > 0) & (passes.station[row] == wanted[:, None])
    latest = np.maximum.accumulate(np.where(rising, np.arange(row.size), 0), axis=1)
    return JointWindows(
        stations=wanted,
        satellite=passes.satellite[begin],
        start_s=time_s[first],
        end_s=time_s[first + 1],
        clipped_start=passes.clipped_start[begin],
        clipped_end=passes.clipped_end[end],
        passes=row[latest[:, first]],
    )


def joint_tracks(
    windows: JointWindows,
    passes: PassTable,
    chains: Mapping[tuple[int, int], Ephemeris],
    stations: Sequence[Station],
    bodies: Bodies,
    *,
    step_s: float,
) -> tuple[Tracks, ...]:
    """Sample joint windows from each of their stations at the same instants.

    Parameters
    ----------
    windows, passes
        Windows and the passes they were found in.
    chains
        Ephemerides of the passes. Where one window joins passes of two element sets, each
        station's series follows its own pass.
    stations
        All stations, by index.
    bodies
        Sun and Moon over the window.
    step_s
        Spacing; samples fall on multiples of it since the mission epoch. [s]

    Returns
    -------
    tuple of Tracks
        One for each of ``windows.stations``, a series a window; ``starts``, ``time_s`` and
        ``weight_s`` are the same in all of them.
    """
    return tuple(
        sample(
            replace(passes.take(own), rise_s=windows.start_s, set_s=windows.end_s),
            chains,
            stations,
            bodies,
            step_s=step_s,
        )
        for own in windows.passes
    )
