"""Which samples may carry key, and what takes the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.mission.mission import GroundStation, Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.exclusion import separation_on_sky_deg, too_near
from satqkd.passes.horizon import horizontal
from satqkd.passes.mount import Arcs, Followed, Mount, acquired, follow
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import samples_of
from satqkd.units import BoolArray, FloatArray, IntArray

OBSTACLES: Final = (
    "low",
    "daylight",
    "range",
    "outage",
    "absent",
    "sun",
    "moon",
    "stops",
    "keyhole",
    "cable",
    "acquisition",
)
"""What can take a sample; where several do, the first of them is named and charged."""

ROUNDING_DEG: Final = 1e-3
"""So much under the mission's lowest elevation a sample is not low: rises are found in SGP4, series
are interpolated up to 7 m from it. [°]"""

FREE: Final = -1
"""Obstacle of a sample that nothing takes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Axes:
    """Angles of a mount's axes at each sample; NaN at stations whose mount has no limits."""

    azimuth_deg: FloatArray
    """Without jump at north, as the cable sees it. [°]"""
    elevation_deg: FloatArray
    """Above 90° the telescope looks back over the zenith. [°]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Usage:
    """What is left of each pass, and what took the rest."""

    obstacle: npt.NDArray[np.int8]
    """For each sample, index into :data:`OBSTACLES`, or :data:`FREE`."""
    lost_s: FloatArray
    """Time each obstacle takes from each pass, shape (obstacles, passes); with the usable time it
    adds up to the length of the pass. [s]"""
    whole: BoolArray
    """Obstacles that cover a pass all alone, shape (obstacles, passes)."""
    sun_separation_max_deg: FloatArray
    """Largest angle between satellite and Sun in each pass; NaN where the station has no exclusion
    angle. [°]"""
    axes: Axes | None = None
    """None where no mount has limits."""

    @property
    def usable(self) -> BoolArray:
        """Samples that nothing takes."""
        return np.asarray(self.obstacle == FREE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ledger:
    """Obstacles found so far; filled in place."""

    tracks: Tracks
    obstacle: npt.NDArray[np.int8]
    whole: BoolArray

    def charge(self, name: str, part: _Part, blocked: BoolArray) -> None:
        """Give the blocked samples of a part that are still free to an obstacle."""
        code = OBSTACLES.index(name)
        mine = part.samples[blocked & (self.obstacle[part.samples] == FREE)]
        self.obstacle[mine] = code
        if part.passes.size:
            self.whole[code, part.passes] = np.logical_and.reduceat(blocked, part.starts[:-1])

    def free(self, part: _Part) -> BoolArray:
        """Samples of a part that nothing has taken yet."""
        return np.asarray(self.obstacle[part.samples] == FREE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """The passes of one station."""

    passes: IntArray
    samples: IntArray
    starts: IntArray

    @staticmethod
    def of(tracks: Tracks, passes: IntArray) -> _Part:
        length = np.diff(tracks.starts)[passes]
        return _Part(
            passes=passes,
            samples=samples_of(tracks.starts, passes),
            starts=np.concatenate([[0], np.cumsum(length)]).astype(np.int64),
        )


def usage(
    mission: Mission, timebase: Timebase, passes: PassTable, tracks: Tracks, bodies: Bodies
) -> Usage:
    """Hold every sample against the limits of the mission, its station and its mount.

    Parameters
    ----------
    mission
        Holds the limits; one that is not given takes nothing.
    timebase
        Turns dates of outages into mission seconds.
    passes, tracks
        The passes and their series.
    bodies
        The Sun over the window.
    """
    ledger = _Ledger(
        tracks=tracks,
        obstacle=np.full(tracks.time_s.size, FREE, dtype=np.int8),
        whole=np.zeros((len(OBSTACLES), len(passes)), dtype=np.bool_),
    )
    _charge_mission(ledger, mission)
    sun_separation_max_deg = np.full(len(passes), np.nan)
    axes: Axes | None = None
    for index, ground in enumerate(mission.stations):
        if not _limited(ground):
            continue
        part = _Part.of(tracks, np.flatnonzero(passes.station == index))
        _charge_dates(ledger, part, ground.site, timebase)
        _charge_sun(ledger, part, ground, bodies, sun_separation_max_deg)
        _charge_moon(ledger, part, ground)
        if ground.terminal.mount is not None:
            axes = axes or _no_axes(tracks.time_s.size)
            _charge_mount(ledger, part, ground.terminal.mount, axes)
    lost_s = np.zeros((len(OBSTACLES), len(passes)))
    for code in range(len(OBSTACLES)):
        taken = ledger.obstacle == code
        if taken.any():
            lost_s[code] = tracks.per_pass(np.where(taken, tracks.weight_s, 0.0))
    return Usage(
        obstacle=ledger.obstacle,
        lost_s=lost_s,
        whole=ledger.whole,
        sun_separation_max_deg=sun_separation_max_deg,
        axes=axes,
    )


def _charge_mission(ledger: _Ledger, mission: Mission) -> None:
    """Limits that hold at every station."""
    tracks, limits = ledger.tracks, mission.limits
    every = _Part(
        passes=np.arange(len(tracks)), samples=np.arange(tracks.time_s.size), starts=tracks.starts
    )
    lowest_deg = limits.min_elevation_deg - ROUNDING_DEG
    ledger.charge("low", every, tracks.elevation_deg < lowest_deg)
    ledger.charge("daylight", every, tracks.sun_elevation_deg >= limits.max_sun_elevation_deg)
    if limits.max_range_m is not None:
        ledger.charge("range", every, tracks.range_m > limits.max_range_m)


def _limited(ground: GroundStation) -> bool:
    site, terminal = ground.site, ground.terminal
    return bool(site.outages) or any(
        limit is not None
        for limit in (
            site.available,
            terminal.sun_exclusion_deg,
            terminal.moon_exclusion_deg,
            terminal.mount,
        )
    )


def _charge_dates(ledger: _Ledger, part: _Part, site: Station, timebase: Timebase) -> None:
    """Outages, and the time before a station comes and after it goes."""
    time_s = ledger.tracks.time_s[part.samples]
    spans = [(timebase.seconds(o.from_), timebase.seconds(o.to)) for o in site.outages]
    if spans:
        ledger.charge("outage", part, _within(time_s, spans))
    if site.available is not None:
        begin, end = site.available.from_, site.available.to
        begin_s = -np.inf if begin is None else timebase.seconds(begin)
        end_s = np.inf if end is None else timebase.seconds(end)
        ledger.charge("absent", part, ~_within(time_s, [(begin_s, end_s)]))


def station_there_s(
    site: Station, timebase: Timebase, *, rise_s: FloatArray, set_s: FloatArray
) -> FloatArray:
    """Time of each pass in which a station stands there and has no outage, shape (n,). [s]"""
    begin_s, end_s = rise_s, set_s
    if site.available is not None:
        first, last = site.available.from_, site.available.to
        begin_s = rise_s if first is None else np.maximum(rise_s, timebase.seconds(first))
        end_s = set_s if last is None else np.minimum(set_s, timebase.seconds(last))
    there_s = np.maximum(end_s - begin_s, 0.0)
    done_s = -np.inf
    for outage in sorted(site.outages, key=lambda one: one.from_):
        from_s = max(timebase.seconds(outage.from_), done_s)
        done_s = max(timebase.seconds(outage.to), done_s)
        there_s -= np.maximum(np.minimum(end_s, done_s) - np.maximum(begin_s, from_s), 0.0)
    return np.asarray(there_s)


def _within(time_s: FloatArray, spans: Sequence[tuple[float, float]]) -> BoolArray:
    inside = np.zeros(time_s.size, dtype=np.bool_)
    for begin_s, end_s in spans:
        inside |= (begin_s <= time_s) & (time_s < end_s)
    return inside


def _charge_sun(
    ledger: _Ledger, part: _Part, ground: GroundStation, bodies: Bodies, most_deg: FloatArray
) -> None:
    exclusion_deg = ground.terminal.sun_exclusion_deg
    if exclusion_deg is None or part.passes.size == 0:
        return
    tracks, samples = ledger.tracks, part.samples
    line = bodies.sun_itrf_m(tracks.time_s[samples]) - ground.site.itrf_m()[:, None]
    sun = horizontal(line, ground.site.east_north_up())
    separation = separation_on_sky_deg(
        tracks.elevation_deg[samples],
        tracks.azimuth_deg[samples],
        sun.elevation_deg,
        sun.azimuth_deg,
    )
    near = too_near(separation, sun.elevation_deg, exclusion_deg=exclusion_deg)
    ledger.charge("sun", part, near)
    most_deg[part.passes] = np.maximum.reduceat(separation, part.starts[:-1])


def _charge_moon(ledger: _Ledger, part: _Part, ground: GroundStation) -> None:
    exclusion_deg = ground.terminal.moon_exclusion_deg
    if exclusion_deg is None:
        return
    near = too_near(
        ledger.tracks.moon_separation_deg[part.samples],
        ledger.tracks.moon_elevation_deg[part.samples],
        exclusion_deg=exclusion_deg,
    )
    ledger.charge("moon", part, near)


def _no_axes(samples: int) -> Axes:
    return Axes(azimuth_deg=np.full(samples, np.nan), elevation_deg=np.full(samples, np.nan))


def _charge_mount(ledger: _Ledger, part: _Part, mount: Mount, axes: Axes) -> None:
    """Stops, keyhole, cable, then acquisition in what is left."""
    tracks, samples = ledger.tracks, part.samples
    arcs = Arcs(
        starts=part.starts,
        time_s=tracks.time_s[samples],
        weight_s=tracks.weight_s[samples],
        azimuth_deg=tracks.azimuth_deg[samples],
        elevation_deg=tracks.elevation_deg[samples],
    )
    followed: Followed = follow(mount, arcs, wanted=ledger.free(part))
    ledger.charge("stops", part, followed.stopped)
    ledger.charge("keyhole", part, followed.slow)
    ledger.charge("cable", part, followed.wound)
    free = ledger.free(part)
    held = acquired(arcs, free, acquisition_s=mount.acquisition_s)
    ledger.charge("acquisition", part, free & ~held)
    axes.azimuth_deg[samples] = followed.azimuth_deg
    axes.elevation_deg[samples] = followed.elevation_deg
