"""Passes of many satellites over many stations."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from satqkd.elements.satellite import ElementSet, Satellite
from satqkd.elements.trajectory import Trajectory
from satqkd.errors import PropagationError, SatqkdWarning
from satqkd.passes.ephemeris import PLAIN_PERIOD_S, Ephemeris, ephemeris
from satqkd.passes.search import Places, Sightings, sightings
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable
from satqkd.passes.tabulated import span_s
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""

LINKS_AT_ONCE = 200
"""Satellites times stations searched together: enough to pay for a call of numpy, few enough
for what it works on to stay in the cache."""

OVERLAP_S = 7_200.0
"""How far beyond its own stretch of time an element set of a low orbit is searched, so that a
pass that straddles two stretches is seen whole by both. Longer than any low pass. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passes:
    """The passes of a window and the ephemerides they were found in."""

    table: PassTable
    chains: dict[tuple[int, int], Ephemeris]
    """By (satellite, element set)."""
    stopped: tuple[str, ...]
    """Satellites that could not be followed through the whole window, and why."""


def find_passes(
    satellites: Sequence[Satellite],
    stations: Sequence[Station],
    timebase: Timebase,
    *,
    duration_s: float,
    progress: Progress | None = None,
) -> Passes:
    """Find every pass from mission second 0 on.

    Parameters
    ----------
    satellites
        Each with one or more element sets; every pass uses the one whose epoch is nearest to
        its culmination (in deep space: to each stretch of time, at whose border a pass is cut).
        A pass that lies within a trajectory uses that, the newest of several.
    stations
        Who looks.
    timebase
        Second 0 is the beginning of the window.
    duration_s
        Length of the window. [s]
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
    places = Places.of(stations) if stations else None
    chains: dict[tuple[int, int], Ephemeris] = {}
    tables: list[PassTable] = [_no_passes()]
    stopped: list[str] = []
    at_once = min(32, max(1, LINKS_AT_ONCE // max(1, len(stations))))
    for begin in range(0, len(satellites), at_once):
        some = satellites[begin : begin + at_once]
        block: dict[tuple[int, int], Ephemeris] = {}
        for index, satellite in enumerate(some, start=begin):
            stopped += _uncovered(satellite, timebase, duration_s)
            for chosen, start_s, end_s in _stretches(satellite, timebase, duration_s):
                element_set = satellite.element_sets[chosen]
                try:
                    chain = ephemeris(element_set, timebase, start_s=start_s, end_s=end_s)
                except PropagationError as error:
                    stopped.append(str(error))
                    continue
                if chain.stopped:
                    stopped.append(chain.stopped)
                block[index, chosen] = chain
            if progress is not None:
                progress(index + 1, len(satellites))
        if block and places is not None:
            tables.append(_search(satellites, places, timebase, block, duration_s=duration_s))
        chains |= block
    for text in stopped:
        warnings.warn(text, SatqkdWarning, stacklevel=2)
    table = PassTable.join(tables)
    order = np.lexsort((table.rise_s, table.station, table.satellite))
    return Passes(table=table.take(order), chains=chains, stopped=tuple(stopped))


def _search(
    satellites: Sequence[Satellite],
    places: Places,
    timebase: Timebase,
    block: Mapping[tuple[int, int], Ephemeris],
    *,
    duration_s: float,
) -> PassTable:
    """Passes of some satellites, each of them with all its element sets."""
    sets = [satellites[index].element_sets[chosen] for index, chosen in block]
    seen = sightings(
        list(block.values()), places, periods_s=[element_set.period_s for element_set in sets]
    )
    keys = np.array(list(block), dtype=np.int64)
    epoch_s = np.array([timebase.seconds(element_set.epoch) for element_set in sets])
    shared = {f.name: getattr(seen, f.name) for f in fields(Sightings) if f.name != "chain"}
    table = PassTable(
        satellite=keys[seen.chain, 0],
        element_set=keys[seen.chain, 1],
        element_age_s=seen.culmination_s - epoch_s[seen.chain],
        **shared,
    )
    several = len(block) > len({index for index, _ in block})
    if not several or not len(table):
        return table
    from_table = np.array([isinstance(source, Trajectory) for source in sets])
    own = ~_overruled(table, block, from_table)
    return _one_source(table.take(own), from_table[seen.chain][own], duration_s=duration_s)


def _stretches(
    satellite: Satellite, timebase: Timebase, duration_s: float
) -> list[tuple[int, float, float]]:
    """What to follow through which part of the window. [s]

    Element sets where each is the nearest, except where trajectories say more.
    """
    covered = _covered(satellite, timebase, duration_s)
    return [
        *(
            (i, max(0.0, begin - overlap_s), min(duration_s, end + overlap_s))
            for i, begin, end, overlap_s in _nearest(satellite, timebase)
            if begin < duration_s and end > 0.0
            if not any(
                start <= max(0.0, begin) and min(duration_s, end) <= stop
                for _, start, stop in covered
            )
        ),
        *covered,
    ]


def _nearest(satellite: Satellite, timebase: Timebase) -> list[tuple[int, float, float, float]]:
    """Element sets, from when to when each is the nearest, and how far to look beyond. [s]"""
    sets = [source for source in satellite.element_sets if isinstance(source, ElementSet)]
    epochs = np.array([timebase.seconds(element_set.epoch) for element_set in sets])
    middles = 0.5 * (epochs[1:] + epochs[:-1])
    borders = [-np.inf, *middles.tolist(), np.inf]
    low = bool(sets) and sets[-1].period_s < PLAIN_PERIOD_S
    overlap_s = OVERLAP_S if low else 0.0
    return [(i, borders[i], borders[i + 1], overlap_s) for i in range(len(sets))]


def _covered(
    satellite: Satellite, timebase: Timebase, duration_s: float
) -> list[tuple[int, float, float]]:
    """Trajectories with the part of the window each covers. [s]"""
    spans = [
        (i, *span_s(source, timebase))
        for i, source in enumerate(satellite.element_sets)
        if isinstance(source, Trajectory)
    ]
    return [
        (i, max(0.0, start), min(duration_s, end))
        for i, start, end in spans
        if max(0.0, start) < min(duration_s, end)
    ]


def _uncovered(satellite: Satellite, timebase: Timebase, duration_s: float) -> list[str]:
    """Sentence about a satellite whose trajectories leave parts of the window without positions."""
    if any(isinstance(source, ElementSet) for source in satellite.element_sets):
        return []
    gaps, reached_s = [], 0.0
    spans = sorted(span[1:] for span in _covered(satellite, timebase, duration_s))
    for start, end in [*spans, (duration_s, duration_s)]:
        if start > reached_s:
            gaps.append(" to ".join(timebase.iso(np.array([reached_s, start]), digits=0)))
        reached_s = max(reached_s, end)
    if not gaps:
        return []
    there = [
        f"{source.source} "
        + " to ".join(timebase.iso(np.array(span_s(source, timebase)), digits=0))
        for source in satellite.element_sets
        if isinstance(source, Trajectory)
    ]
    return [
        f"{satellite.name}: no ephemeris covers {', '.join(gaps)}; there are {', '.join(there)}"
    ]


def _overruled(
    table: PassTable, block: Mapping[tuple[int, int], Ephemeris], from_table: BoolArray
) -> BoolArray:
    """Sightings within the span of a newer trajectory, which either sees the same or knows better."""
    overruled = np.zeros(len(table), dtype=np.bool_)
    for (satellite, chosen), chain in (
        item for item, tabulated in zip(block.items(), from_table, strict=True) if tabulated
    ):
        older = (table.satellite == satellite) & (table.element_set < chosen)
        inside = (table.rise_s >= chain.node_s[0]) & (table.set_s <= chain.node_s[-1])
        overruled |= older & inside
    return overruled


def _one_source(table: PassTable, from_table: BoolArray, *, duration_s: float) -> PassTable:
    """Of several sightings of one pass keep the best.

    Sightings at one station that overlap in time are one pass. A whole one is better than one
    that ends where its source does, a trajectory better than elements, a newer trajectory better
    than an older one, and elements the better the nearer their epoch.
    """
    order = np.lexsort((table.rise_s, table.station, table.satellite))
    table, from_table = table.take(order), from_table[order]
    stations = int(table.station.max(initial=0)) + 1
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


def _no_passes() -> PassTable:
    """Return a table without rows."""
    whole, real, yes = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_)
    return PassTable(
        satellite=whole, station=whole, element_set=whole, rise_s=real, culmination_s=real,
        set_s=real, max_elevation_deg=real, rise_azimuth_deg=real, culmination_azimuth_deg=real,
        set_azimuth_deg=real, clipped_start=yes, clipped_end=yes, element_age_s=real,
    )  # fmt: skip
