"""Which samples may carry key: every limit as a function that says what it blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.elements.synthetic import design_name
from satqkd.forecast.conditions import crossed_manoeuvres, timing_error_s
from satqkd.forecast.obstacles import NAMES
from satqkd.mission.avoid import AvoidWindow
from satqkd.mission.mission import GroundStation, Mission
from satqkd.mission.thresholds import ROUNDING_DEG
from satqkd.passes.arcs import Arcs
from satqkd.passes.cells import Cells
from satqkd.passes.edges import Edges
from satqkd.passes.exclusion import too_near
from satqkd.passes.manoeuvres import NONE
from satqkd.passes.mount import Followed, acquired, follow
from satqkd.passes.spans import within
from satqkd.passes.station import Outage, Station
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import samples_of
from satqkd.units import BoolArray, FloatArray, IntArray

FREE: Final = -1
"""Obstacle of a sample that nothing takes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Axes:
    """Angles of a mount's axes at each sample; NaN at stations whose mount has no limits."""

    azimuth_deg: FloatArray
    """Without jump at north, as the cable counts it. [°]"""
    elevation_deg: FloatArray
    """Above 90° the telescope looks back over the zenith. [°]"""

    def along(self, cells: Cells, cell: IntArray, at_s: FloatArray) -> Axes:
        """Angles at instants of some cells, on the line through its middle and a neighbour's."""
        middle_s = 0.5 * (cells.begin_s + cells.end_s)
        mine = cells.owner[cell]
        first, last = cells.starts[mine], cells.starts[mine + 1] - 1
        later = (at_s >= middle_s[cell]) & (cell < last) | (cell == first)
        other = np.clip(np.where(later, cell + 1, cell - 1), first, last)
        run_s = middle_s[other] - middle_s[cell]
        share = (at_s - middle_s[cell]) / np.where(np.abs(run_s) > 0.0, run_s, np.inf)
        azimuth_deg, elevation_deg = (
            values[cell] + share * (values[other] - values[cell])
            for values in (self.azimuth_deg, self.elevation_deg)
        )
        return Axes(azimuth_deg=azimuth_deg, elevation_deg=elevation_deg)

    def at_the_satellite(self, tracks: Tracks, followed: BoolArray) -> Axes:
        """Put straight lines right where the mount follows the satellite, whichever way round."""
        azimuth_deg, elevation_deg = self.azimuth_deg, self.elevation_deg
        off_deg = (tracks.azimuth_deg - azimuth_deg + 90.0) % 180.0 - 90.0
        height_deg = np.where(
            elevation_deg > 90.0, 180.0 - tracks.elevation_deg, tracks.elevation_deg
        )
        return Axes(
            azimuth_deg=np.where(followed, azimuth_deg + off_deg, azimuth_deg),
            elevation_deg=np.where(
                followed & np.isfinite(elevation_deg), height_deg, elevation_deg
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Usage:
    """What is left of each contact at one station, and what took the rest."""

    obstacle: npt.NDArray[np.int8]
    """For each sample, index into :data:`~satqkd.forecast.obstacles.OBSTACLES`, or :data:`FREE`."""
    lost_s: FloatArray
    """Time each obstacle takes from each contact, shape (obstacles, contacts); with the usable time
    it adds up to the length of the contact. [s]"""
    whole: BoolArray
    """Obstacles that cover a contact all alone, shape (obstacles, contacts)."""
    only: npt.NDArray[np.int8]
    """For each sample that a single obstacle takes, its index; of the others :data:`FREE`."""
    gaps: Edges = field(default_factory=Edges.none)
    """Where gaps begin and end in which an axis is too slow, of each contact."""
    axes: Axes | None = None
    """None where no mount has limits."""

    @property
    def usable(self) -> BoolArray:
        """Samples that nothing takes."""
        return np.asarray(self.obstacle == FREE)

    def along(self, cells: Cells, cell: IntArray, at_s: FloatArray) -> Usage:
        """Return the same at instants of some of the cells, shape (n,). [s]"""
        axes = None if self.axes is None else self.axes.along(cells, cell, at_s)
        return replace(self, obstacle=self.obstacle[cell], only=self.only[cell], axes=axes)


Span = tuple[float, float]
"""First instant of a stretch of time, and first one after it. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """The contacts of one station, as its limits look at them."""

    mission: Mission
    timebase: Timebase
    ground: GroundStation
    contacts: IntArray
    """Their indices."""
    satellite: IntArray
    """Index of the satellite of each."""
    avoid: Sequence[tuple[AvoidWindow, Span]]
    """Windows to avoid that may be about them."""
    samples: IntArray
    """Where their samples are in the series of all contacts."""
    tracks: Tracks
    """Theirs alone."""
    hidden: BoolArray
    """Which of them a horizon hides whole."""
    uncertain_s: FloatArray
    """How early or late each may come for the age of its elements; 0 where they do not age,
    infinite across a declared manoeuvre. [s]"""

    def per_sample(self, values: npt.NDArray[np.bool_]) -> BoolArray:
        """Repeat one value a contact for each of its samples."""
        return np.repeat(values, np.diff(self.tracks.starts))

    def within(self, spans: Mapping[int, Sequence[Span]]) -> BoolArray:
        """Whether samples lie within stretches of time, which are given for each satellite."""
        inside = np.zeros(self.samples.size, dtype=np.bool_)
        for craft, own in spans.items():
            if own:
                here = self.per_sample(self.satellite == craft)
                inside[here] = within(self.tracks.time_s[here], own)
        return inside

    def arcs(self) -> Arcs:
        """The contacts as a mount follows them."""
        tracks = self.tracks
        return Arcs(
            starts=tracks.starts,
            time_s=tracks.time_s,
            weight_s=tracks.weight_s,
            azimuth_deg=tracks.azimuth_deg,
            elevation_deg=tracks.elevation_deg,
        )


Blocked = Callable[[View, BoolArray], dict[str, BoolArray]]
"""From the samples that no limit before blocks: whether a limit blocks each, by the obstacle's
name. A limit that is not given blocks nothing and has no entry."""


def _sky(view: View, free: BoolArray) -> dict[str, BoolArray]:
    """Limits of the mission, and what stands around the station."""
    del free
    tracks, limits = view.tracks, view.mission.limits
    found = {
        "horizon": view.per_sample(view.hidden),
        "low": tracks.elevation_deg < limits.min_elevation_deg - ROUNDING_DEG,
        "daylight": tracks.sun_elevation_deg >= limits.max_sun_elevation_deg,
    }
    if limits.max_range_m is not None:
        found["range"] = tracks.range_m > limits.max_range_m
    return found


def _dates(view: View, free: BoolArray) -> dict[str, BoolArray]:
    """Outages, the time before a station comes and after it goes, and windows to avoid."""
    del free
    site, timebase, time_s = view.ground.site, view.timebase, view.tracks.time_s
    found: dict[str, BoolArray] = {}
    crafts = {one: view.mission.spacecraft[one] for one in np.unique(view.satellite).tolist()}
    if site.outages or any(craft.outages for craft in crafts.values()):
        found["outage"] = view.within(
            {
                one: [span_of(out, timebase) for out in (*site.outages, *craft.outages)]
                for one, craft in crafts.items()
            }
        )
    if site.available is not None:
        begin, end = site.available.from_, site.available.to
        begin_s = -np.inf if begin is None else timebase.seconds(begin)
        end_s = np.inf if end is None else timebase.seconds(end)
        found["absent"] = ~within(time_s, [(begin_s, end_s)])
    if view.avoid:
        found["avoid"] = view.within(
            {
                one: [
                    span
                    for window, span in view.avoid
                    if window.concerns(
                        craft.satellite.name, design_name(craft.satellite), site.name
                    )
                ]
                for one, craft in crafts.items()
            }
        )
    return found


def _bodies(view: View, free: BoolArray) -> dict[str, BoolArray]:
    """Sun and Moon too near."""
    del free
    terminal, tracks, found = view.ground.terminal, view.tracks, dict[str, BoolArray]()
    if terminal.sun_exclusion_deg is not None:
        found["sun"] = too_near(
            tracks.sun_separation_deg,
            tracks.sun_elevation_deg,
            exclusion_deg=terminal.sun_exclusion_deg,
        )
    if terminal.moon_exclusion_deg is not None:
        found["moon"] = too_near(
            tracks.moon_separation_deg,
            tracks.moon_elevation_deg,
            exclusion_deg=terminal.moon_exclusion_deg,
        )
    return found


def _axes_of_mount(view: View, free: BoolArray) -> Followed | None:
    """Stops, keyhole, cable: how the mount follows the contacts."""
    mount = view.ground.terminal.mount
    return None if mount is None else follow(mount, view.arcs(), wanted=free)


def _acquisition(view: View, free: BoolArray) -> dict[str, BoolArray]:
    """Acquisition in what is left."""
    mount = view.ground.terminal.mount
    if mount is None:
        return {}
    held = acquired(view.arcs(), free, acquisition_s=mount.acquisition_s)
    return {"acquisition": free & ~held}


def _prediction(view: View, free: BoolArray) -> dict[str, BoolArray]:
    """Contacts that may come so early or late that nothing of them need be left."""
    usable_s = view.tracks.per_pass(np.where(free, view.tracks.weight_s, 0.0))
    return {"uncertain": view.per_sample((usable_s > 0.0) & (view.uncertain_s > usable_s))}


BEFORE_MOUNT: Final[tuple[Blocked, ...]] = (_sky, _dates, _bodies)
"""In the order of :data:`~satqkd.forecast.obstacles.OBSTACLES`; then come a mount's axes."""

AFTER_MOUNT: Final[tuple[Blocked, ...]] = (_acquisition, _prediction)
"""What looks at what those leave."""


def usage(
    mission: Mission,
    timebase: Timebase,
    passes: PassTable,
    tracks: Tracks,
    *,
    hidden: BoolArray | None = None,
    axes: bool = True,
) -> Usage:
    """Hold every sample against the limits of the mission, its station and its mount.

    Parameters
    ----------
    mission
        Holds the limits; one that is not given takes nothing.
    timebase
        Turns dates of outages into mission seconds.
    passes, tracks
        The contacts and their series.
    hidden
        Contacts that a horizon hides whole; None for none.
    axes
        Whether to tell where the axes of mounts with limits stand.
    """
    behind = np.zeros(len(passes), dtype=np.bool_) if hidden is None else hidden
    parted = crossed_manoeuvres(mission, timebase, passes) != NONE
    uncertain_s = np.where(parted, np.inf, timing_error_s(mission, passes))
    obstacle = np.full(tracks.time_s.size, FREE, dtype=np.int8)
    whole = np.zeros((len(NAMES), len(passes)), dtype=np.bool_)
    only = np.full(tracks.time_s.size, FREE, dtype=np.int8)
    avoid = [(one, span_of(one, timebase)) for one in mission.avoid] if len(passes) else []
    turned: Axes | None = None
    gaps = [Edges.none()]
    for index, ground in enumerate(mission.stations):
        contacts = np.flatnonzero(passes.station == index)
        if contacts.size == 0:
            continue
        view = View(
            mission=mission,
            timebase=timebase,
            ground=ground,
            contacts=contacts,
            satellite=passes.satellite[contacts],
            avoid=[(one, span) for one, span in avoid if one.station in {None, ground.site.name}],
            samples=samples_of(tracks.starts, contacts),
            tracks=tracks if contacts.size == len(passes) else tracks.take(contacts),
            hidden=behind[contacts],
            uncertain_s=uncertain_s[contacts],
        )
        first, alone, whole[:, contacts], followed = _first_blocked(view)
        obstacle[view.samples], only[view.samples] = first, alone
        if followed is not None:
            own = followed.gaps
            gaps.append(Edges(owner=contacts[own.owner], time_s=own.time_s))
        if axes and followed is not None:
            turned = turned or _no_axes(tracks.time_s.size)
            turned.azimuth_deg[view.samples] = followed.azimuth_deg
            turned.elevation_deg[view.samples] = followed.elevation_deg
    return Usage(
        obstacle=obstacle,
        lost_s=_lost_s(obstacle, tracks),
        whole=whole,
        only=only,
        gaps=Edges.join(gaps),
        axes=turned,
    )


Codes = npt.NDArray[np.int8]
"""Of each sample an index into :data:`~satqkd.forecast.obstacles.OBSTACLES`, or :data:`FREE`."""


def _first_blocked(view: View) -> tuple[Codes, Codes, BoolArray, Followed | None]:
    """First obstacle of each sample, the only one, and which cover whole contacts alone.

    And how the mount follows them: None where it has no limits.
    """
    first = np.full(view.samples.size, FREE, dtype=np.int8)
    several = np.zeros(view.samples.size, dtype=np.bool_)
    whole = np.zeros((len(NAMES), view.contacts.size), dtype=np.bool_)
    starts = view.tracks.starts[:-1]

    def take(found: Mapping[str, BoolArray]) -> None:
        for name, taken in found.items():
            code = NAMES.index(name)
            several[taken & (first != FREE)] = True
            first[taken & (first == FREE)] = code
            whole[code] = np.logical_and.reduceat(taken, starts)

    for blocked in BEFORE_MOUNT:
        take(blocked(view, first == FREE))
    followed = _axes_of_mount(view, first == FREE)
    if followed is not None:
        take({"stops": followed.stopped, "keyhole": followed.slow, "cable": followed.wound})
    for blocked in AFTER_MOUNT:
        take(blocked(view, first == FREE))
    return first, np.where(several, np.int8(FREE), first), whole, followed


def _lost_s(obstacle: npt.NDArray[np.int8], tracks: Tracks) -> FloatArray:
    """Time each obstacle takes from each contact. [s]"""
    lost_s = np.zeros((len(NAMES), len(tracks)))
    for code in range(len(NAMES)):
        taken = obstacle == code
        if taken.any():
            lost_s[code] = tracks.per_pass(np.where(taken, tracks.weight_s, 0.0))
    return lost_s


def _no_axes(samples: int) -> Axes:
    return Axes(azimuth_deg=np.full(samples, np.nan), elevation_deg=np.full(samples, np.nan))


def span_of(stretch: Outage | AvoidWindow, timebase: Timebase) -> Span:
    """Return a stretch of time in mission seconds. [s]"""
    return timebase.seconds(stretch.from_), timebase.seconds(stretch.to)


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
