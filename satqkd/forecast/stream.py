"""Contacts of a mission a chunk at a time: memory is bounded by a chunk, never by the mission."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from satqkd.elements.age import warn_if_stale
from satqkd.errors import SatqkdWarning
from satqkd.forecast.arms import Sky
from satqkd.forecast.contact_id import contact_keys, pass_ids
from satqkd.forecast.forecast import Forecast, follow, mission_nights
from satqkd.forecast.systems import JointSystems, PassSystems, Systems
from satqkd.mission.mission import GroundStation, Mission
from satqkd.mission.together import Together
from satqkd.passes.bodies import Bodies
from satqkd.passes.chunks import find_in_blocks, parts, satellites_at_once
from satqkd.passes.contacts import Contacts, joint_contacts, pass_contacts
from satqkd.passes.find import Passes, Progress
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray
from satqkd.weather.clear_sky import Draws
from satqkd.weather.cloud_forecast import CloudForecast

SAMPLES_AT_ONCE = 1 << 19
"""Samples followed together; with all that is computed for each, some 100 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Whose contacts are wanted, by index."""

    satellites: Sequence[int]
    """Increasing."""
    stations: Sequence[int]
    """For passes."""
    pairs: Sequence[Together] = ()
    """For joint contacts."""

    @staticmethod
    def all_of(mission: Mission) -> Chosen:
        """Return every pass and every joint contact of a mission."""
        return Chosen(
            satellites=range(len(mission.spacecraft)),
            stations=range(len(mission.stations)),
            pairs=mission.together,
        )


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
    """Search some satellites, a few at a time; hidden passes as well where asked for.

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
    for found in find_in_blocks(
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


def stream(
    mission: Mission,
    chosen: Chosen | None = None,
    *,
    draws: Draws | None = None,
    series: bool = False,
    progress: Progress | None = None,
) -> Iterator[Forecast]:
    """Forecast contacts a chunk at a time: passes, then joint contacts, satellite by satellite.

    Parameters
    ----------
    mission
        Who flies over whom, and when.
    chosen
        Whose contacts; None for all.
    draws
        How often to draw weather and what is not known; None leaves the outlook out.
    series
        Whether each chunk keeps the series of every sample.
    progress
        Told how many satellites are done.

    Yields
    ------
    Forecast
        Contacts of one kind: passes by satellite, rise, station; joint contacts of one pair by
        satellite, then time. At least one without contacts for passes and for each pair.

    Warns
    -----
    StaleElementsWarning
        For element sets used further from their epoch than the mission allows.
    SatqkdWarning
        For satellites that could not be followed to the end, times beyond the tables, and passes
        beyond a cloud forecast.
    """
    asked = Chosen.all_of(mission) if chosen is None else chosen
    timebase = Timebase.starting(mission.start)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    nights = mission_nights(mission, bodies)
    searched = found_passes(mission, timebase, asked, hidden=True, progress=progress)
    nothing = Found(passes=_nothing(), pass_id=(), hidden=np.zeros(0, dtype=np.bool_))
    for number, found in enumerate(_or_nothing(searched, nothing)):
        warn_of_clouds(mission, found.passes.table)
        sky = Sky(timebase=timebase, bodies=bodies, chains=found.passes.chains)
        for kind in _kinds(mission, asked, found):
            stopped = found.passes.stopped if kind.pair is None else ()
            for rows in _chunks(kind.contacts, mission.step_s, number=number):
                contacts = kind.contacts.take(rows)
                yield follow(
                    mission, contacts, sky,
                    systems=kind.systems, pair=kind.pair, nights=nights, stopped=stopped,
                    pass_id=tuple(
                        tuple(found.pass_id[row] for row in own.tolist()) for own in contacts.rows
                    ),
                    contact_key=contact_keys(mission, contacts),
                    draws=draws, series=series,
                )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Kind:
    contacts: Contacts
    systems: Systems
    pair: Together | None


def _kinds(mission: Mission, chosen: Chosen, found: Found) -> Iterator[_Kind]:
    """Yield the passes, then the joint contacts of each pair."""
    table = found.passes.table
    if chosen.stations or not chosen.pairs:
        own = pass_contacts(table, found.hidden)
        own = own.take(np.isin(table.station, list(chosen.stations)))
        yield _Kind(
            contacts=own.take(_by_satellite(own.arms[0])),
            systems=PassSystems(mission=mission),
            pair=None,
        )
    for pair in chosen.pairs:
        serving = np.flatnonzero(np.isin(table.satellite, pair.spacecraft) & ~found.hidden)
        joint = joint_contacts(table.take(serving), pair.stations)
        yield _Kind(
            contacts=replace(joint, rows=tuple(serving[own] for own in joint.rows)),
            systems=JointSystems(pair=pair),
            pair=pair,
        )


def _chunks(contacts: Contacts, step_s: float, *, number: int) -> Iterator[IntArray]:
    """Divide contacts by their samples; of none, one empty chunk of the first search."""
    arms = len(contacts.arms)
    samples = np.asarray((contacts.end_s - contacts.start_s) / step_s, dtype=np.int64) + 3
    order = np.arange(len(contacts))
    if order.size == 0 and number == 0:
        yield order
    yield from parts(order, samples, most=SAMPLES_AT_ONCE // arms)


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
) -> Forecast:
    """Forecast every pass of a mission, in memory bounded by a chunk.

    Parameters
    ----------
    mission, chosen, draws, progress
        As for :func:`stream`, which has joint contacts as well.
    series
        Whether to keep the series of every sample, for all passes at once.

    Returns
    -------
    Forecast
        Passes ordered by satellite, station, rise.
    """
    asked = Chosen.all_of(mission) if chosen is None else chosen
    found = Forecast.join(
        list(stream(mission, replace(asked, pairs=()), draws=draws, progress=progress))
    )
    return in_order(found).with_series() if series else in_order(found)


def in_order(found: Forecast) -> Forecast:
    """Return passes ordered by satellite, station, rise."""
    table = found.passes
    return found.take(np.lexsort((table.rise_s, table.station, table.satellite)))


def warn_of_age(mission: Mission, timebase: Timebase, passes: PassTable) -> None:
    """Warn once for each element set used too far from its epoch, at its worst pass."""
    keys = np.stack([passes.satellite, passes.element_set], axis=1)
    for satellite, element_set in np.unique(keys, axis=0):
        source = mission.spacecraft[satellite].satellite.sources[element_set]
        mine = np.flatnonzero((keys == (satellite, element_set)).all(axis=1))
        worst = mine[np.argmax(np.abs(passes.element_age_s[mine]))]
        warn_if_stale(
            source,
            timebase.utc(float(passes.culmination_s[worst])),
            limit_s=mission.limits.max_element_age_s,
        )


def warn_of_clouds(mission: Mission, passes: PassTable) -> None:
    """Warn of passes that a cloud forecast leaves out and of its gaps, once a station each.

    Parameters
    ----------
    mission
        Holds the stations' climates and cloud forecasts.
    passes
        The passes, with times counted from the mission's beginning.

    Warns
    -----
    SatqkdWarning
        For passes beyond a forecast's ends that no climate speaks for, which count as clear, and
        for neighbouring instants further apart than
        :data:`~satqkd.weather.cloud_forecast.LONGEST_STEP_S`.
    """
    for station, ground in enumerate(mission.stations):
        if ground.clouds is None:
            continue
        times_s = passes.culmination_s[passes.station == station]
        if ground.climate is None:
            _warn_of_reach(ground, ground.clouds, times_s, start=mission.start)
        for before, after in ground.clouds.gaps():
            first_s, last_s = ((time - mission.start).total_seconds() for time in (before, after))
            count = int(((times_s > first_s) & (times_s < last_s)).sum())
            if count:
                warnings.warn(
                    f"{ground.clouds.source} says nothing for {(last_s - first_s) / 3600.0:.3g} h "
                    f"after {before.isoformat()}: {_passes(count)} of {ground.site.name} in "
                    "between take a straight line; add lines",
                    SatqkdWarning,
                    stacklevel=2,
                )


def _warn_of_reach(
    ground: GroundStation, clouds: CloudForecast, times_s: FloatArray, *, start: datetime
) -> None:
    first_s, last_s = clouds.reach_s(start)
    for words, end, outside in (
        ("begins", clouds.times[0], times_s < first_s),
        ("ends", clouds.times[-1], times_s > last_s),
    ):
        count = int(outside.sum())
        if count:
            warnings.warn(
                f"{clouds.source} {words} at {end.isoformat()}: {_passes(count)} of "
                f"{ground.site.name} outside are taken as clear; give the station a climate",
                SatqkdWarning,
                stacklevel=3,
            )


def _passes(count: int) -> str:
    return "1 pass" if count == 1 else f"{count:,} passes"
