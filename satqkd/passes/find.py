"""Passes of many satellites over many stations."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from satqkd.elements.satellite import Satellite
from satqkd.errors import PropagationError, SatqkdWarning
from satqkd.passes.ephemeris import Ephemeris, ephemeris
from satqkd.passes.grazing_passes import with_exact_edges
from satqkd.passes.horizon_line import lowered
from satqkd.passes.manoeuvres import superseded, warn_of_manoeuvres
from satqkd.passes.mask import above_horizon
from satqkd.passes.neighbours import warn_of_jumps
from satqkd.passes.search import Places, Sightings, sightings
from satqkd.passes.source_intervals import source_intervals, uncovered
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray

Progress = Callable[[int, int], None]
"""Called with how much is done, of how much."""

LINKS_AT_ONCE = 200
"""Satellites times stations searched together: enough to pay for a call of numpy, few enough
for what it works on to stay in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passes:
    """The passes of a window and the ephemerides they were found in."""

    table: PassTable
    chains: dict[tuple[int, int], Ephemeris]
    """By (satellite, element set)."""
    stopped: tuple[str, ...]
    """Satellites that could not be followed through the whole window, and why."""
    hidden: PassTable = field(default_factory=PassTable.none)
    """Passes above a station's lowest elevation that its horizon hides whole; none where not
    asked for."""


def find_passes(
    satellites: Sequence[Satellite],
    stations: Sequence[Station],
    timebase: Timebase,
    *,
    duration_s: float,
    hidden: bool = False,
    progress: Progress | None = None,
) -> Passes:
    """Find every pass from mission second 0 on.

    Parameters
    ----------
    satellites
        Each with one or more element sets; every pass uses the one whose epoch is nearest to
        its culmination (in deep space: to each interval of time, at whose border a pass is cut).
        A pass that lies within a trajectory uses that, the newest of several.
    stations
        Each with its own lowest elevation or horizon.
    timebase
        Second 0 is the beginning of the window.
    duration_s
        Length of the window. [s]
    hidden
        Whether also those that a station's horizon hides whole, in a table of their own.
    progress
        Called after each satellite.

    Returns
    -------
    Passes
        Rows ordered by satellite, station, rise. A pass at an end of the window is cut there and
        flagged.

    Warns
    -----
    SatqkdWarning
        For a satellite that cannot be followed through the whole window, by SGP4 or because its
        trajectories do not cover it; its good part is kept.
    EarthOrientationWarning
        If the window reaches beyond the Earth-orientation tables.
    """
    timebase.warn_beyond_tables(0.0)
    timebase.warn_beyond_tables(duration_s)
    places = Places.of([lowered(station) for station in stations]) if stations else None
    chains: dict[tuple[int, int], Ephemeris] = {}
    tables: list[PassTable] = [PassTable.none()]
    level: list[PassTable] = [PassTable.none()]
    plain = _without_horizon(stations) if hidden else ()
    stopped: list[str] = []
    at_once = min(32, max(1, LINKS_AT_ONCE // max(1, len(stations))))
    for begin in range(0, len(satellites), at_once):
        numbers = range(begin, min(begin + at_once, len(satellites)))
        block = chains_of(
            satellites, numbers, timebase, duration_s=duration_s, stopped=stopped, progress=progress
        )
        if block and places is not None:
            tables.append(
                _search(satellites, stations, places, timebase, block, duration_s=duration_s)
            )
            if plain:
                level.append(
                    _search(
                        satellites, plain, Places.of(plain), timebase, block, duration_s=duration_s
                    )
                )
        chains |= block
    for text in stopped:
        warnings.warn(text, SatqkdWarning, stacklevel=2)
    table = PassTable.join(tables)
    if len(chains) > len({index for index, _ in chains}):
        table = table.take(np.lexsort((table.rise_s, table.station, table.satellite)))
    return Passes(
        table=table,
        chains=chains,
        stopped=tuple(stopped),
        hidden=_hidden(PassTable.join(level), table, stations),
    )


def _without_horizon(stations: Sequence[Station]) -> list[Station]:
    """All stations without what stands around them; none where nothing does around any."""
    if not any(station.horizon_deg for station in stations):
        return []
    return [replace(station, horizon_deg=()) for station in stations]


def _hidden(level: PassTable, table: PassTable, stations: Sequence[Station]) -> PassTable:
    """Passes over a level horizon of which the real one leaves nothing."""
    if not len(level):
        return level
    masked = np.array([bool(station.horizon_deg) for station in stations], dtype=np.bool_)
    apart_s = 2.0 * float(max(level.set_s.max(), table.set_s.max(initial=0.0)) + 1.0)

    def line_s(rows: PassTable, time_s: FloatArray) -> FloatArray:
        return (rows.satellite * len(stations) + rows.station) * apart_s + time_s

    begin_s = np.sort(line_s(table, table.rise_s))
    inside = np.searchsorted(begin_s, line_s(level, level.set_s)) - np.searchsorted(
        begin_s, line_s(level, level.rise_s - 1.0)
    )
    return level.take(np.flatnonzero(masked[level.station] & (inside == 0)))


def chains_of(
    satellites: Sequence[Satellite],
    numbers: Sequence[int],
    timebase: Timebase,
    *,
    duration_s: float,
    stopped: list[str] | None = None,
    progress: Progress | None = None,
) -> dict[tuple[int, int], Ephemeris]:
    """Ephemerides of some satellites over a window, by (satellite, element set).

    Parameters
    ----------
    satellites, numbers
        All, and the indices of those wanted.
    timebase, duration_s, progress
        As for :func:`find_passes`.
    stopped
        Grows by why a satellite cannot be followed to the end.
    """
    why = [] if stopped is None else stopped
    block: dict[tuple[int, int], Ephemeris] = {}
    for index in numbers:
        satellite = satellites[index]
        why += uncovered(satellite, timebase, duration_s)
        warn_of_jumps(satellite, timebase, duration_s=duration_s)
        warn_of_manoeuvres(satellite, timebase, duration_s=duration_s)
        for chosen, start_s, end_s in source_intervals(satellite, timebase, duration_s):
            element_set = satellite.sources[chosen]
            try:
                chain = ephemeris(element_set, timebase, start_s=start_s, end_s=end_s)
            except PropagationError as error:
                why.append(str(error))
                continue
            if chain.stopped:
                why.append(chain.stopped)
            block[index, chosen] = chain
        if progress is not None:
            progress(index + 1, len(satellites))
    return block


def _search(
    satellites: Sequence[Satellite],
    stations: Sequence[Station],
    places: Places,
    timebase: Timebase,
    block: Mapping[tuple[int, int], Ephemeris],
    *,
    duration_s: float,
) -> PassTable:
    """Passes of some satellites, each of them with all its element sets."""
    sets = [satellites[index].sources[chosen] for index, chosen in block]
    elements = [
        satellites[index].element_sets[chosen]
        if chosen < len(satellites[index].element_sets)
        else None
        for index, chosen in block
    ]
    followed = list(block.values())
    seen = sightings(followed, places, periods_s=[source.period_s for source in sets])
    seen = with_exact_edges(seen, elements, places, timebase)
    seen = above_horizon(seen, followed, stations)
    keys = np.array(list(block), dtype=np.int64)
    epoch_s = np.array([timebase.seconds(element_set.epoch) for element_set in sets])
    shared = {f.name: getattr(seen, f.name) for f in fields(Sightings) if f.name != "chain"}
    table = PassTable(
        satellite=keys[seen.chain, 0],
        element_set=keys[seen.chain, 1],
        element_age_s=seen.culmination_s - epoch_s.take(seen.chain),
        **shared,
    )
    several = len(block) > len({index for index, _ in block})
    if not several or not len(table):
        return table
    from_table = np.array([source is None for source in elements])
    own = ~(_overruled(table, block, from_table) | _superseded(satellites, table, timebase))
    table, from_table = table.take(own), from_table[seen.chain][own]
    return _one_source(table, from_table, duration_s=duration_s) if len(table) else table


def _overruled(
    table: PassTable, block: Mapping[tuple[int, int], Ephemeris], from_table: BoolArray
) -> BoolArray:
    """Sightings within the span of a newer trajectory, which has the same or better ones."""
    overruled = np.zeros(len(table), dtype=np.bool_)
    for (satellite, chosen), chain in (
        item for item, tabulated in zip(block.items(), from_table, strict=True) if tabulated
    ):
        older = (table.satellite == satellite) & (table.element_set < chosen)
        inside = (table.rise_s >= chain.node_s[0]) & (table.set_s <= chain.node_s[-1])
        overruled |= older & inside
    return overruled


def _superseded(satellites: Sequence[Satellite], table: PassTable, timebase: Timebase) -> BoolArray:
    """Sightings predicted across a declared manoeuvre, where another element set is not."""
    found = np.zeros(len(table), dtype=np.bool_)
    for index in np.unique(table.satellite).tolist():
        if satellites[index].manoeuvres:
            own = np.flatnonzero(table.satellite == index)
            found[own] = superseded(
                satellites[index],
                timebase,
                source=table.element_set[own],
                start_s=table.rise_s[own],
                end_s=table.set_s[own],
            )
    return found


def _one_source(table: PassTable, from_table: BoolArray, *, duration_s: float) -> PassTable:
    """Of several sightings of one pass keep the best.

    Sightings at one station that overlap in time are one pass. A whole one is better than one
    that ends where its source does, a trajectory better than elements, a newer trajectory better
    than an older one, and elements the better the nearer their epoch.
    """
    order = np.lexsort((table.rise_s, table.station, table.satellite))
    table, from_table = table.take(order), from_table[order]
    stations = int(table.station.max()) + 1
    pair = table.satellite * stations + table.station
    group = _overlap_groups(pair, table.rise_s, table.set_s)
    cut = table.clipped_start & (table.rise_s > 0.0)
    cut |= table.clipped_end & (table.set_s < duration_s)
    newest = np.where(from_table, -1 - table.element_set, 0)
    best = np.lexsort((np.abs(table.element_age_s), newest, cut, group))
    _, first = np.unique(group[best], return_index=True)
    return table.take(best[first])


def _overlap_groups(pair: IntArray, rise_s: FloatArray, set_s: FloatArray) -> IntArray:
    """Number runs of overlapping intervals, pair by pair; rows ordered by pair and rise."""
    rank = np.unique(pair, return_inverse=True)[1]
    offset_s = rank * (float(set_s.max() - rise_s.min()) + 1.0)
    reach = np.maximum.accumulate(set_s + offset_s)
    fresh = np.ones(pair.size, dtype=np.bool_)
    fresh[1:] = rise_s[1:] + offset_s[1:] >= reach[:-1]
    return np.asarray(np.cumsum(fresh) - 1, dtype=np.int64)
