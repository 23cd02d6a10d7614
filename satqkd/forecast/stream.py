"""Contacts of a mission a chunk at a time: memory is bounded by a chunk, never by the mission."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.forecast.arms import Sky
from satqkd.forecast.conditions import warn_of_age, warn_of_clouds
from satqkd.forecast.contact_id import contact_keys, pass_ids
from satqkd.forecast.ensemble import station_numbers
from satqkd.forecast.forecast import (
    Forecast,
    Nights,
    follow,
    follow_terrestrial,
    mission_nights,
)
from satqkd.forecast.systems import JointSystems, PassSystems, Systems
from satqkd.forecast.terrestrial import TerrestrialLink, terrestrial_links
from satqkd.mission.mission import Mission, require_mission
from satqkd.mission.together import Together
from satqkd.passes.bodies import Bodies
from satqkd.passes.chunks import find_in_chunks, parts, satellites_at_once
from satqkd.passes.contacts import Contacts, joint_contacts, pass_contacts
from satqkd.passes.find import Passes, Progress
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.processes import in_order
from satqkd.units import BoolArray, IntArray
from satqkd.weather.clear_sky import Draws
from satqkd.weather.drawn import StationNumbers

Result = TypeVar("Result")

SAMPLES_AT_ONCE = 1 << 19
"""Samples followed together; with all that is computed for each, some 100 MB."""

WITHOUT_SERIES = 4
"""So many times as many where no series is kept: of a pass only a tenth as many nodes are followed
then, with all that is computed for them some 10 kB a pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Whose contacts are wanted, by index."""

    satellites: Sequence[int]
    """Increasing."""
    stations: Sequence[int]
    """For passes."""
    pairs: Sequence[Together] = ()
    """For joint contacts."""
    links: Sequence[TerrestrialLink] = ()
    """For sessions over the ground."""

    @staticmethod
    def all_of(mission: Mission) -> Chosen:
        """Return every pass and every joint contact of a mission."""
        return Chosen(
            satellites=range(len(mission.spacecraft)),
            stations=range(len(mission.stations)),
            pairs=mission.together,
        )

    @staticmethod
    def over_ground(mission: Mission, *, alone: bool = True) -> Chosen:
        """Return every session of a mission's links, or only of those with a node between."""
        return Chosen(satellites=(), stations=(), links=terrestrial_links(mission, alone=alone))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """Passes of some satellites over all stations, and their ids."""

    passes: Passes
    pass_id: tuple[str, ...]
    hidden: BoolArray
    """Which passes a horizon hides whole."""


def found_passes(
    mission: Mission,
    timebase: Timebase,
    chosen: Chosen,
    *,
    hidden: bool = False,
    progress: Progress | None = None,
) -> Iterator[Found]:
    """Search some satellites, a few at a time; with hidden passes on request.

    Yields
    ------
    Found
        Passes of the next satellites over the stations that are wanted, alone or in pairs.

    Warns
    -----
    StaleElementsWarning
        For element sets used further from their epoch than the mission allows.
    """
    done = 0
    stations = {*chosen.stations, *(one for pair in chosen.pairs for one in pair.stations)}
    for found in find_in_chunks(
        [craft.satellite for craft in mission.spacecraft],
        [ground.site for ground in mission.stations],
        timebase,
        duration_s=mission.duration_s,
        wanted=chosen.satellites,
        hidden=hidden,
    ):
        every = PassTable.join([found.table, found.hidden])
        ids = pass_ids(mission, timebase, every)
        rows = np.flatnonzero(np.isin(every.station, list(stations)))
        table = every.take(rows)
        warn_of_age(mission, timebase, table)
        yield Found(
            passes=replace(found, table=table),
            pass_id=tuple(ids[row] for row in rows.tolist()),
            hidden=rows >= len(found.table),
        )
        done = min(done + satellites_at_once(mission.duration_s), len(chosen.satellites))
        if progress is not None:
            progress(done, len(chosen.satellites))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opened:
    """What every piece of the work on a mission looks at, made once."""

    mission: Mission
    timebase: Timebase
    bodies: Bodies
    nights: Nights
    numbers: StationNumbers | None
    """What is drawn of the stations; None where nothing is."""

    @staticmethod
    def of(mission: Mission, draws: Draws | None = None) -> Opened:
        """Prepare a mission's window."""
        bodies = Bodies.over(
            timebase := Timebase.starting(mission.start), start_s=0.0, end_s=mission.duration_s
        )
        return Opened(
            mission=mission,
            timebase=timebase,
            bodies=bodies,
            nights=mission_nights(mission, bodies),
            numbers=None if draws is None else station_numbers(mission, draws),
        )

    @property
    def shared(self) -> Sequence[object]:
        """What forecasts hold of it."""
        crafts, mission = self.mission.spacecraft, self.mission
        return [
            *(
                mission,
                self.timebase,
                self.bodies,
                self.nights,
                mission.protocol,
                *mission.together,
            ),
            *(one for craft in crafts for one in (craft, craft.satellite, craft.payload)),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of the work on a mission that does not depend on the others."""

    number: int
    """From 0."""
    chosen: Chosen
    """Satellites that are searched together."""
    done: int
    """Satellites of it and of the pieces before."""
    last: bool
    """Whether sessions over the ground are its own."""


def pieces(mission: Mission, chosen: Chosen) -> list[Piece]:
    """Divide the work on a mission, the same way for any number of processes."""
    at_once, many = satellites_at_once(mission.duration_s), len(chosen.satellites)
    return [
        Piece(
            number=number,
            chosen=replace(chosen, satellites=chosen.satellites[begin : begin + at_once]),
            done=min(begin + at_once, many),
            last=begin + at_once >= many,
        )
        for number, begin in enumerate(range(0, max(many, 1), at_once))
    ]


def stream(
    mission: Mission,
    chosen: Chosen | None = None,
    *,
    draws: Draws | None = None,
    series: bool = False,
    distil: bool = True,
    whole: bool = False,
    progress: Progress | None = None,
    jobs: int = 1,
) -> Iterator[Forecast]:
    """Forecast contacts a chunk at a time: passes, then joint contacts, satellite by satellite.

    Parameters
    ----------
    mission
        Satellites, stations and window.
    chosen
        Whose contacts; None for all.
    draws
        How often to draw weather and what is not known; None leaves the outlook out.
    series
        Whether each chunk keeps the series of every sample.
    distil
        Whether to work out the key in the blocks that a satellite distils in flight too, as a plan
        needs it.
    whole
        Whether all contacts of a satellite come in one chunk, as blocks of several need them: then
        without series.
    progress
        Called with the number of satellites done.
    jobs
        Processes that work; chunks and their order are the same for any number.

    Yields
    ------
    Forecast
        Contacts of one kind: passes by satellite, rise, station; joint contacts of one pair by
        satellite, then time; at last the sessions of each terrestrial link. At least one without
        contacts for passes and for each pair.

    Raises
    ------
    WrongTypeError
        If it is given no mission, but its path.

    Warns
    -----
    StaleElementsWarning
        For element sets used further from their epoch than the mission allows.
    SatqkdWarning
        For satellites that could not be followed to the end, times beyond the tables, and passes
        beyond a cloud forecast.
    """
    require_mission(mission, by="stream")
    selection = Chosen.all_of(mission) if chosen is None else chosen
    yield from worked_out(
        mission,
        selection,
        lambda found: found,
        draws=draws,
        series=series,
        distil=distil,
        whole=whole,
        progress=progress,
        jobs=jobs,
    )


def worked_out(
    mission: Mission,
    chosen: Chosen,
    work: Callable[[Iterator[Forecast]], Iterable[Result]],
    *,
    draws: Draws | None = None,
    series: bool = False,
    distil: bool = True,
    whole: bool = False,
    progress: Progress | None = None,
    jobs: int = 1,
) -> Iterator[Result]:
    """Work something out of the chunks of :func:`stream`, each in the process that made it.

    Parameters
    ----------
    mission, chosen, draws, series, distil, whole, progress, jobs
        As for :func:`stream`.
    work
        Gives the results of the chunks of a piece; it must not depend on chunks of others.

    Yields
    ------
    Result
        In the order of the chunks.
    """
    opened, every = Opened.of(mission, draws), pieces(mission, chosen)

    def done(count: int) -> None:
        if progress is not None and chosen.satellites:
            progress(every[count - 1].done, len(chosen.satellites))

    yield from in_order(
        lambda piece: work(_followed(opened, piece, series=series, distil=distil, whole=whole)),
        every,
        jobs=jobs,
        shared=opened.shared,
        done=done,
    )


def _followed(
    opened: Opened, piece: Piece, *, series: bool, distil: bool, whole: bool
) -> Iterator[Forecast]:
    """Follow the contacts of a piece."""
    mission, timebase, bodies = opened.mission, opened.timebase, opened.bodies
    searched = found_passes(mission, timebase, piece.chosen, hidden=True)
    drawn = distil and opened.numbers is not None
    nothing = Found(passes=_nothing(), pass_id=(), hidden=np.zeros(0, dtype=np.bool_))
    for found in _or_nothing(searched, nothing):
        warn_of_clouds(mission, found.passes.table)
        sky = Sky(timebase=timebase, bodies=bodies, chains=found.passes.chains)
        for kind in _kinds(mission, piece.chosen, found):
            stopped = found.passes.stopped if kind.pair is None else ()
            keys = contact_keys(mission, kind.contacts, pair=kind.pair)
            chunks = (
                follow(
                    mission,
                    kind.contacts.take(rows),
                    sky,
                    systems=kind.systems,
                    pair=kind.pair,
                    nights=opened.nights,
                    stopped=stopped,
                    pass_id=tuple(
                        tuple(found.pass_id[row] for row in own[rows].tolist())
                        for own in kind.contacts.rows
                    ),
                    contact_key=tuple(keys[row] for row in rows.tolist()),
                    numbers=opened.numbers,
                    series=series,
                    distil=distil,
                )
                for rows in _chunks(
                    kind.contacts,
                    mission.step_s,
                    number=piece.number,
                    most=SAMPLES_AT_ONCE * (1 if series or drawn else WITHOUT_SERIES),
                )
            )
            yield from _joined(chunks) if whole else chunks
    if piece.last:
        ground = Sky(timebase=timebase, bodies=bodies, chains={})
        for link in piece.chosen.links:
            yield follow_terrestrial(mission, link, ground)


def _joined(chunks: Iterator[Forecast]) -> Iterator[Forecast]:
    """Yield all of them as one; nothing for none."""
    every = list(chunks)
    if every:
        yield Forecast.join(every)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Kind:
    contacts: Contacts
    systems: Systems
    pair: Together | None


def _kinds(mission: Mission, chosen: Chosen, found: Found) -> Iterator[_Kind]:
    """Yield the passes, then the joint contacts of each pair."""
    table = found.passes.table
    if chosen.stations or not (chosen.pairs or chosen.links):
        own = pass_contacts(table, found.hidden)
        own = own.take(np.isin(table.station, list(chosen.stations)))
        yield _Kind(
            contacts=own.take(_by_satellite(own.arms[0])),
            systems=PassSystems(mission=mission),
            pair=None,
        )
    for pair in chosen.pairs:
        serving = np.flatnonzero(np.isin(table.satellite, pair.spacecraft))
        joint = joint_contacts(table.take(serving), pair.stations, found.hidden[serving])
        yield _Kind(
            contacts=replace(joint, rows=tuple(serving[own] for own in joint.rows)),
            systems=JointSystems(pair=pair),
            pair=pair,
        )


def _chunks(contacts: Contacts, step_s: float, *, number: int, most: int) -> Iterator[IntArray]:
    """Divide contacts by their samples; of none, one empty chunk of the first search."""
    arms = len(contacts.arms)
    samples = np.asarray((contacts.end_s - contacts.start_s) / step_s, dtype=np.int64) + 3
    order = np.arange(len(contacts))
    if order.size == 0 and number == 0:
        yield order
    yield from parts(order, samples, most=most // arms)


def _or_nothing(searched: Iterator[Found], nothing: Found) -> Iterator[Found]:
    """Yield what is found; nothing once where no satellite is searched."""
    empty = True
    for found in searched:
        empty = False
        yield found
    if empty:
        yield nothing


def _nothing() -> Passes:
    return Passes(table=PassTable.none(), chains={}, stopped=())


def _by_satellite(table: PassTable) -> IntArray:
    """Rows ordered by satellite, rise, station."""
    order = np.lexsort((table.station, table.rise_s, table.satellite))
    return np.asarray(order, dtype=np.int64)


def forecast(
    mission: Mission,
    chosen: Chosen | None = None,
    *,
    draws: Draws | None = None,
    series: bool = False,
    progress: Progress | None = None,
    jobs: int = 1,
) -> Forecast:
    """Forecast every pass of a mission, in memory bounded by a chunk.

    Parameters
    ----------
    mission, chosen, draws, progress, jobs
        As for :func:`stream`, which has joint contacts as well.
    series
        Whether to keep the series of every sample, for all passes at once.

    Returns
    -------
    Forecast
        Passes ordered by satellite, station, rise.

    Raises
    ------
    WrongTypeError
        If it is given no mission, but its path.
    """
    require_mission(mission, by="forecast")
    asked = Chosen.all_of(mission) if chosen is None else chosen
    passes = stream(mission, replace(asked, pairs=()), draws=draws, progress=progress, jobs=jobs)
    found = Forecast.join(list(passes)).in_order()
    return found.with_series() if series else found


def find_contacts(mission: Mission, *stations: str) -> Contacts:
    """Find contacts without following any light.

    Parameters
    ----------
    mission
        Satellites, stations and window.
    stations
        Names of stations that see the same satellite at once; the passes of every station if none
        is named.

    Returns
    -------
    Contacts
        Passes by satellite, station, rise; joint contacts by satellite, then time.

    Raises
    ------
    SatqkdError
        For a name that no station has.
    WrongTypeError
        If it is given no mission, but its path.
    """
    require_mission(mission, by="find_contacts")
    names = [ground.site.name for ground in mission.stations]
    unknown = [name for name in stations if name not in names]
    if unknown:
        raise SatqkdError(
            f"no station is called {', '.join(map(repr, unknown))}\n"
            f"  fix: write one of {', '.join(names)}"
        )
    timebase = Timebase.starting(mission.start)
    found = list(found_passes(mission, timebase, Chosen.all_of(mission), hidden=True))
    table = PassTable.join([PassTable.none(), *(one.passes.table for one in found)])
    hidden = np.concatenate([np.zeros(0, dtype=np.bool_), *(one.hidden for one in found)])
    if not stations:
        return pass_contacts(table, hidden)
    return joint_contacts(table, [names.index(name) for name in stations], hidden)
