"""Contacts seen from each of their stations: series, limits, and what hardly changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final, NamedTuple

import numpy as np

from satqkd.constants import DAY_S
from satqkd.forecast.conditions import (
    Circumstances,
    circumstances,
    crossed_manoeuvres,
)
from satqkd.forecast.constraints import FREE, Usage, usage
from satqkd.forecast.obstacles import (
    LEAST_NAMED_S,
    NAMES,
    OBSTACLES,
    Case,
    Shortfall,
    lost_in_words,
)
from satqkd.mission.mission import Mission
from satqkd.mission.thresholds import Asked, Looked, edges_of, edges_of_limits
from satqkd.passes.bodies import Bodies
from satqkd.passes.cells import Cells, cells_between
from satqkd.passes.contacts import Contacts
from satqkd.passes.edges import Edges
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.manoeuvres import NONE
from satqkd.passes.quadrature import Panels, longest_panel_s, panels_of
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import Courses, sampled, samples_of
from satqkd.units import BoolArray, FloatArray, IntArray

SHORTEST_S: Final = 1e-3
"""Numerical: samples nearer to each other have no rate between them. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sky:
    """What every contact of a window has in common."""

    timebase: Timebase
    bodies: Bodies
    """Sun and Moon over the window."""
    chains: Mapping[tuple[int, int], Ephemeris]
    """Ephemerides by (satellite, element set)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One station's side of some contacts, before any limit."""

    passes: PassTable
    """The pass behind each contact, cut to it."""
    facts: Circumstances
    looked: Looked
    """What it looks like."""

    @property
    def courses(self) -> Courses:
        """The same, to be looked at whenever one likes."""
        return self.looked.seen.courses

    def take(self, rows: IntArray) -> Side:
        """Return some of the contacts, each once, in that order."""
        return Side(
            passes=self.passes.take(rows),
            facts=self.facts.take(rows),
            looked=self.looked.take(rows),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Along:
    """One station's side of some contacts at instants of a series or of a quadrature."""

    passes: PassTable
    """The pass behind each contact, cut to it."""
    facts: Circumstances
    tracks: Tracks


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arm:
    """One station's side of some contacts, before any light."""

    passes: PassTable
    """The pass behind each contact, cut to it."""
    courses: Courses
    """The same, to be looked at whenever one likes."""
    tracks: Tracks
    """Seen at both ends, at every extremum and edge, and often between."""
    cell: IntArray
    """Cell of each instant of these."""
    cells: Cells
    """Between all edges, those of the other stations' limits included."""
    facts: Circumstances
    usage: Usage
    """What its limits leave of the cells, as for a pass that is as long as the contact: a mount
    begins to acquire, and chooses its way, where the contact begins."""

    def shortfalls(self, mission: Mission, timebase: Timebase) -> tuple[Shortfall | None, ...]:
        """For each contact, why nothing of it is usable here; None where something is."""
        if len(self.passes) == 0:
            return ()
        hidden = np.flatnonzero(self.cells.seconds(self.usage.usable) <= 0.0)
        whole = self.usage.whole[:, hidden]
        alone = np.where(whole.any(axis=0), whole.argmax(axis=0), FREE)
        every = _reached(self.tracks, self.passes.max_elevation_deg, hidden)
        found: list[Shortfall | None] = [None] * len(self.passes)
        for contact, code, own in zip(hidden.tolist(), alone.tolist(), every, strict=True):
            found[contact] = (
                self._shortfall(mission, timebase, contact)
                if code == FREE
                else OBSTACLES[code].hides(self._case(mission, timebase, contact, own))
            )
        return tuple(found)

    def _shortfall(self, mission: Mission, timebase: Timebase, contact: int) -> Shortfall:
        """Name the first limit that would free a contact which none hides alone."""
        here = self.cells.pass_slice(contact)
        lost_s = self.usage.lost_s[:, contact]
        alone = np.unique(self.usage.only[here])
        code = int(alone[alone >= 0][0]) if alone.max() >= 0 else int(np.argmax(lost_s > 0.0))
        seconds = zip(NAMES, lost_s.tolist(), strict=True)
        taken_by = {name for name, one_s in seconds if one_s >= LEAST_NAMED_S}
        sentence = "never dark, high and near at the same time"
        if not taken_by <= {"low", "daylight", "range"}:
            sentence = f"never free of every limit at once: {lost_in_words(lost_s)}"
        among = here.start + np.flatnonzero(self.usage.only[here] == code)
        return self.shortfall_in_part(mission, timebase, contact, code, among, sentence=sentence)

    def shortfall_in_part(
        self,
        mission: Mission,
        timebase: Timebase,
        contact: int,
        code: int,
        among: IntArray,
        *,
        sentence: str,
    ) -> Shortfall:
        """Say how near a contact comes to one of several limits, at the cells ``among``."""
        case = self.case(mission, timebase, contact, among)
        return OBSTACLES[code].hides(case, sentence=sentence)

    def case(self, mission: Mission, timebase: Timebase, contact: int, among: IntArray) -> Case:
        """Describe a contact in some of its cells; angles and ranges are NaN if at none."""
        tracks = self.tracks
        looks = tracks.pass_slice(contact)
        seen = looks.start + np.flatnonzero(np.isin(self.cell[looks], among))
        elevation_deg = tracks.elevation_deg[seen]
        azimuth_deg_s, elevation_deg_s = _rates_deg_s(tracks.take(np.array([contact])))
        reached = _Reached(
            highest_deg=float(elevation_deg.max(initial=-np.inf)),
            lowest_deg=float(elevation_deg.min(initial=np.inf)),
            lowest_sun_deg=float(tracks.sun_elevation_deg[seen].min(initial=np.inf)),
            nearest_m=float(tracks.range_m[seen].min(initial=np.inf)),
            sun_away_deg=float(tracks.sun_separation_deg[seen].max(initial=-np.inf)),
            moon_away_deg=float(tracks.moon_separation_deg[seen].max(initial=-np.inf)),
            azimuth_deg_s=float(azimuth_deg_s.max()),
            elevation_deg_s=float(elevation_deg_s.max()),
        )
        return self._case(mission, timebase, contact, reached)

    def _case(self, mission: Mission, timebase: Timebase, contact: int, reached: _Reached) -> Case:
        """Describe a contact that reaches so much."""
        passes, i = self.passes, contact
        craft = mission.spacecraft[int(passes.satellite[i])]
        parted = NONE
        if craft.satellite.manoeuvres:
            own = passes.take(np.array([i]))
            parted = int(crossed_manoeuvres(mission, timebase, own)[0])
        return Case(
            limits=mission.limits,
            craft=craft,
            avoid=mission.avoid,
            ground=mission.stations[int(passes.station[i])],
            timebase=timebase,
            rise_s=float(passes.rise_s[i]),
            set_s=float(passes.set_s[i]),
            culmination_deg=reached.highest_deg,
            lowest_deg=reached.lowest_deg,
            culmination_azimuth_deg=float(passes.culmination_azimuth_deg[i]),
            lowest_sun_deg=reached.lowest_sun_deg,
            nearest_m=reached.nearest_m,
            sun_away_deg=reached.sun_away_deg,
            moon_away_deg=reached.moon_away_deg,
            azimuth_rate_deg_s=reached.azimuth_deg_s,
            elevation_rate_deg_s=reached.elevation_deg_s,
            uncertain_s=float(self.facts.timing_error_s[i]),
            age_d=float(passes.element_age_s[i]) / DAY_S,
            manoeuvre=None if parted == NONE else craft.satellite.manoeuvres[parted],
            usable_s=float(self.usage.lost_s[NAMES.index("uncertain"), i]),
        )

    def along(self, tracks: Tracks) -> Along:
        """Return the same side at other instants."""
        return Along(passes=self.passes, facts=self.facts, tracks=tracks)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sampled:
    """One station's side of some contacts as a series."""

    side: Along
    usage: Usage
    """What its limits leave of the samples."""
    usable_s: FloatArray
    """Of the time that each stands for, what no limit of any station takes. [s]"""


def see(mission: Mission, contacts: Contacts, sky: Sky) -> tuple[Arm, ...]:
    """Follow contacts from each of their stations, and hold them against its limits.

    Parameters
    ----------
    mission
        Holds the stations and their limits.
    contacts
        What to follow.
    sky
        Where everything is.

    Notes
    -----
    Limits begin and end at instants that are solved for. What a mount cannot follow is told by
    looks :data:`MOUNT_S` apart, counted from the contact's own edges, and more of them wherever its
    axes fall behind or catch up.
    """
    return held(mission, sky.timebase, contacts, sides_of(mission, contacts, sky))


def sides_of(mission: Mission, contacts: Contacts, sky: Sky) -> tuple[Side, ...]:
    """Look at contacts from each of their stations, whatever the limits."""
    sites = [ground.site for ground in mission.stations]
    found = []
    for cut, arm in zip(contacts.cut_arms(), contacts.arms, strict=True):
        courses = Courses.of(cut, sky.chains, sites, sky.bodies)
        facts = circumstances(mission, sky.timebase, arm, sky.bodies)
        found.append(Side(passes=cut, facts=facts, looked=Looked.of(courses)))
    return tuple(found)


def held(
    mission: Mission, timebase: Timebase, contacts: Contacts, sides: Sequence[Side]
) -> tuple[Arm, ...]:
    """Hold contacts against limits; see :func:`see`.

    Parameters
    ----------
    mission, timebase
        Holds the limits; what dates mean.
    contacts
        What is followed, and which of it a horizon hides.
    sides
        The same from each station.
    """
    edges = [edges_of(mission, timebase, side.looked) for side in sides]
    tables = [side.passes for side in sides]
    if len(sides) > 1:
        looks = [side.looked.seen.also(own) for side, own in zip(sides, edges, strict=True)]
        tables = [
            replace(cut, max_elevation_deg=_highest_deg(seen.tracks()))
            for cut, seen in zip(tables, looks, strict=True)
        ]
    cells, found = _divided(mission, timebase, contacts, sides, tables=tables, edges=edges)
    middles = Edges(owner=cells.owner, time_s=0.5 * (cells.begin_s + cells.end_s))
    tracks = [
        side.looked.seen.also(Edges.join([own, middles])).tracks()
        for side, own in zip(sides, edges, strict=True)
    ]
    return tuple(
        Arm(
            passes=table,
            courses=side.courses,
            tracks=seen,
            cell=cells.of_samples(seen.starts, seen.time_s),
            cells=cells,
            facts=side.facts,
            usage=own,
        )
        for table, side, seen, own in zip(tables, sides, tracks, found, strict=True)
    )


def free_cells(
    mission: Mission, timebase: Timebase, contacts: Contacts, sides: Sequence[Side]
) -> tuple[Cells, BoolArray]:
    """Divide contacts as :func:`held`, sooner, and say which cells no limit of any station takes.

    Where the light changes contacts are divided only if a mount has to follow, which is looked at
    from the beginning of each cell on.
    """
    tables = [side.passes for side in sides]
    close = bool(mounted(mission, tables).any())
    edges = [edges_of(mission, timebase, side.looked, light=close) for side in sides]
    cells, found = _divided(
        mission, timebase, contacts, sides, tables=tables, edges=edges, axes=False
    )
    return cells, np.asarray(reduce(np.logical_and, (own.usable for own in found)))


def free_cells_of_each(
    asked: Asked, timebase: Timebase, contacts: Contacts, sides: Sequence[Side]
) -> tuple[Cells, BoolArray]:
    """Divide contacts as :func:`free_cells`, each at the limits of its own mission.

    Not for contacts that a mount with limits follows, see :func:`mounted`.
    """
    every = Edges.join([edges_of_limits(asked, timebase, side.looked) for side in sides])
    endless_s = np.full(len(contacts), np.inf)
    cells = cells_between(contacts.start_s, contacts.end_s, every, longest_s=endless_s)
    free = np.ones(len(cells), dtype=np.bool_)
    for side, hidden in zip(sides, contacts.hidden, strict=True):
        middles = cells.middles(side.courses)
        for mission, rows in asked:
            found = usage(
                mission,
                timebase,
                side.passes.take(rows),
                middles.take(rows),
                hidden=hidden[rows],
                axes=False,
            )
            free[samples_of(cells.starts, rows)] &= found.usable
    return cells, free


MOUNT_S: Final = 1.0
"""Longest time between two looks at a contact whose station has a mount with limits. [s]"""


def mounted(mission: Mission, tables: Sequence[PassTable]) -> BoolArray:
    """Which contacts a mount with limits follows, at any of their stations."""
    moved = np.array([one.terminal.mount is not None for one in mission.stations], np.bool_)
    return np.asarray(reduce(np.logical_or, (moved[table.station] for table in tables)))


MOST_LOOKS: Final = 4
"""Numerical: so often contacts are held against limits at most. Twice is the rule; a mount that
takes another way once its gaps are known needs more, until the edges of both are known."""


def _divided(
    mission: Mission,
    timebase: Timebase,
    contacts: Contacts,
    sides: Sequence[Side],
    *,
    tables: Sequence[PassTable],
    edges: Sequence[Edges],
    axes: bool = True,
) -> tuple[Cells, list[Usage]]:
    """Divide contacts at edges and at those of a mount, and hold the cells against limits.

    A mount's are where its axes fall behind or have caught up, and where acquisitions end.
    """
    every, known = Edges.join(edges), Edges.none()
    for _ in range(MOST_LOOKS):
        cells, found = _held(
            mission, timebase, contacts, sides, tables=tables, edges=every, axes=axes
        )
        own = Edges.join(
            [
                Edges.join([usage.gaps, _acquisitions(mission, side.passes, cells, usage)])
                for side, usage in zip(sides, found, strict=True)
            ]
        )
        if own.owner.size == 0 or _alike(own, known):
            break
        every, known = Edges.join([every, own]), own
    return cells, found


ALIKE_S: Final = 0.05
"""Numerical: edges of a mount that are found again within this are the same. [s]"""


def _alike(new: Edges, old: Edges) -> bool:
    """Whether edges are the same ones."""
    if new.owner.size != old.owner.size:
        return False
    (owner, time_s), (was, was_s) = (
        (own.owner[order], own.time_s[order])
        for own in (new, old)
        for order in [np.lexsort((own.time_s, own.owner))]
    )
    return bool((owner == was).all() and (np.abs(time_s - was_s) < ALIKE_S).all())


def _held(
    mission: Mission,
    timebase: Timebase,
    contacts: Contacts,
    sides: Sequence[Side],
    *,
    tables: Sequence[PassTable],
    edges: Edges,
    axes: bool,
) -> tuple[Cells, list[Usage]]:
    """Divide contacts at edges, and hold what lies between against every station's limits."""
    cells = cells_between(
        contacts.start_s,
        contacts.end_s,
        edges,
        longest_s=np.where(mounted(mission, tables), MOUNT_S, np.inf),
    )
    return cells, [
        usage(mission, timebase, table, cells.middles(side.courses), hidden=hidden, axes=axes)
        for table, side, hidden in zip(tables, sides, contacts.hidden, strict=True)
    ]


def _acquisitions(mission: Mission, passes: PassTable, cells: Cells, found: Usage) -> Edges:
    """Ends of every acquisition; after a gap of the axes it begins where they have caught up."""
    mounts = [ground.terminal.mount for ground in mission.stations]
    takes_s = np.array([0.0 if one is None else one.acquisition_s for one in mounts])
    wanted = found.usable | (found.obstacle == NAMES.index("acquisition"))
    before = np.concatenate([[False], wanted[:-1]])
    before[cells.starts[:-1]] = False
    begins = wanted & ~before & (takes_s[passes.station][cells.owner] > 0.0)
    begin_s = cells.begin_s.copy()
    slow = found.obstacle == NAMES.index("keyhole")
    for owner, gap_s in zip(found.gaps.owner.tolist(), found.gaps.time_s.tolist(), strict=True):
        here = cells.pass_slice(owner)
        middles_s = 0.5 * (cells.begin_s[here] + cells.end_s[here])
        after = here.start + int(np.searchsorted(middles_s, gap_s))
        if here.start < after < here.stop and begins[after] and slow[after - 1]:
            begin_s[after] = gap_s
    first = np.flatnonzero(begins)
    own = cells.owner[first]
    return Edges(owner=own, time_s=begin_s[first] + takes_s[passes.station[own]])


def usable_of(arms: Sequence[Arm]) -> BoolArray:
    """Cells that no limit of any station takes."""
    return np.asarray(reduce(np.logical_and, (arm.usage.usable for arm in arms)))


def nodes_of(
    arms: Sequence[Arm], usable: BoolArray, *, slice_s: float | None = None
) -> tuple[Panels, tuple[Along, ...]]:
    """Place the nodes of a quadrature on what of contacts is usable, and look at them there.

    Parameters
    ----------
    arms
        The sides of the contacts.
    usable
        Cells that may carry key.
    slice_s
        Length of even panels of one node each, which tell when something comes rather than how
        much in all; None for the panels that integrals need. [s]
    """
    cells = arms[0].cells
    if slice_s is not None:
        starts, begin_s, end_s = cells.stretches(usable)
        longest_s = np.full(begin_s.size, slice_s)
        panels = panels_of(starts, begin_s, end_s, longest_s=longest_s)
        panels = replace(panels, nodes=np.arange(len(panels) + 1))
        return panels, _along(arms, panels)
    fastest = reduce(
        np.maximum, (_largest(arm.tracks, arm.tracks.angular_rate_rad_s) for arm in arms)
    )
    starts, begin_s, end_s = cells.stretches(usable)
    longest_s = np.repeat(longest_panel_s(fastest), np.diff(starts))
    panels = panels_of(starts, begin_s, end_s, longest_s=longest_s)
    return panels, _along(arms, panels)


def _along(arms: Sequence[Arm], panels: Panels) -> tuple[Along, ...]:
    """Look at contacts at the nodes of panels."""
    time_s, weight_s = panels.points()
    return tuple(
        arm.along(arm.courses.tracks(panels.node_starts, time_s, weight_s)) for arm in arms
    )


def samples_along(arms: Sequence[Arm], *, step_s: float) -> tuple[Sampled, ...]:
    """Look at contacts at whole steps and both ends, from each of their stations."""
    found = []
    cells, usable = arms[0].cells, usable_of(arms)
    for arm in arms:
        tracks = sampled(arm.courses, step_s=step_s)
        cell = cells.of_samples(tracks.starts, tracks.time_s)
        own = arm.usage.along(cells, cell, tracks.time_s)
        if own.axes is not None:
            followed = own.obstacle != NAMES.index("keyhole")
            own = replace(own, axes=own.axes.at_the_satellite(tracks, followed))
        found.append(
            Sampled(
                side=arm.along(tracks),
                usage=own,
                usable_s=cells.seconds_of(usable, cell, tracks),
            )
        )
    return tuple(found)


def _highest_deg(tracks: Tracks) -> FloatArray:
    return _largest(tracks, tracks.elevation_deg)


def _largest(tracks: Tracks, values: FloatArray) -> FloatArray:
    if len(tracks) == 0:
        return np.zeros(0)
    return np.asarray(np.maximum.reduceat(values, tracks.starts[:-1]))


def why_unusable(
    mission: Mission, timebase: Timebase, arms: Sequence[Arm], usable_s: FloatArray
) -> list[Shortfall | None]:
    """For each contact of which nothing is usable, why, station by station; None of the others.

    The numbers are those of the first station that hides it.
    """
    reasons = [arm.shortfalls(mission, timebase) for arm in arms]
    if len(arms) == 1:
        return list(reasons[0])
    names = [
        [mission.stations[index].site.name for index in arm.passes.station.tolist()] for arm in arms
    ]

    def why(contact: int) -> Shortfall | None:
        if usable_s[contact] > 0.0:
            return None
        here = [own[contact] for own in names]
        alone = [
            (name, short)
            for name, own in zip(here, reasons, strict=True)
            if (short := own[contact]) is not None
        ]
        if alone:
            sentence = "; ".join(f"{name}: {short.sentence}" for name, short in alone)
            return replace(alone[0][1], sentence=sentence)
        lost = [
            f"{name} loses {text}"
            for name, arm in zip(here, arms, strict=True)
            if (text := lost_in_words(arm.usage.lost_s[:, contact]))
        ]
        every = "both" if len(arms) == 2 else "all of them"
        sentence = f"never usable at {every} at once: {'; '.join(lost)}"
        return _first_in_the_way(mission, timebase, arms, contact, sentence)

    return [why(contact) for contact in range(usable_s.size)]


def _first_in_the_way(
    mission: Mission, timebase: Timebase, arms: Sequence[Arm], contact: int, sentence: str
) -> Shortfall:
    """Of contacts usable at each station, but never at once: what takes a sample all alone."""
    here = arms[0].cells.pass_slice(contact)
    for arm in arms:
        others = [other.usage.usable[here] for other in arms if other is not arm]
        only = np.where(np.logical_and.reduce(others), arm.usage.only[here], FREE)
        if only.max() >= 0:
            code = int(only[only >= 0].min())
            among = here.start + np.flatnonzero(only == code)
            return arm.shortfall_in_part(mission, timebase, contact, code, among, sentence=sentence)
    code = int(np.argmax(arms[0].usage.lost_s[:, contact] > 0.0))
    nowhere = np.zeros(0, dtype=np.int64)
    return arms[0].shortfall_in_part(mission, timebase, contact, code, nowhere, sentence=sentence)


def usable_span(
    contacts: Contacts, cells: Cells, usable: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Begin of the first and end of the last usable cell of each contact; its start where none."""
    if len(contacts) == 0:
        return np.zeros(0), np.zeros(0)
    some = usable & (cells.length_s > 0.0)
    first = np.minimum.reduceat(np.where(some, cells.begin_s, np.inf), cells.starts[:-1])
    last = np.maximum.reduceat(np.where(some, cells.end_s, -np.inf), cells.starts[:-1])
    none = ~np.isfinite(first)
    return np.where(none, contacts.start_s, first), np.where(none, contacts.start_s, last)


class _Reached(NamedTuple):
    """What a contact comes to in some of its cells; see :class:`Case`."""

    highest_deg: float
    lowest_deg: float
    lowest_sun_deg: float
    nearest_m: float
    sun_away_deg: float
    moon_away_deg: float
    azimuth_deg_s: float
    elevation_deg_s: float


def _reached(tracks: Tracks, highest_deg: FloatArray, rows: IntArray) -> Iterator[_Reached]:
    """Yield what some of the contacts come to in all of their cells."""
    columns = [
        highest_deg,
        -_largest(tracks, -tracks.elevation_deg),
        -_largest(tracks, -tracks.sun_elevation_deg),
        -_largest(tracks, -tracks.range_m),
        _largest(tracks, tracks.sun_separation_deg),
        _largest(tracks, tracks.moon_separation_deg),
        *(_largest(tracks, rate_deg_s) for rate_deg_s in _rates_deg_s(tracks)),
    ]
    for row in zip(*(column[rows].tolist() for column in columns), strict=True):
        yield _Reached._make(row)


def _rates_deg_s(tracks: Tracks) -> tuple[FloatArray, FloatArray]:
    """How fast azimuth and elevation turn from each sample to the next of its contact. [°/s]"""
    step_s = np.diff(tracks.time_s, append=np.inf)
    step_s[tracks.starts[1:] - 1] = np.inf
    step_s[step_s < SHORTEST_S] = np.inf
    azimuth_deg, elevation_deg = (
        np.diff(angle_deg, append=0.0) for angle_deg in (tracks.azimuth_deg, tracks.elevation_deg)
    )
    turned_deg = (azimuth_deg + 180.0) % 360.0 - 180.0
    return np.abs(turned_deg) / step_s, np.abs(elevation_deg) / step_s
