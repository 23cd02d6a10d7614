"""Passes of many satellites over many stations."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from satqkd.elements.satellite import Satellite
from satqkd.errors import PropagationError, SatqkdWarning
from satqkd.passes.ephemeris import PLAIN_PERIOD_S, Ephemeris, ephemeris
from satqkd.passes.search import Places, Sightings, sightings
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""

SATELLITES_AT_ONCE = 16
"""Satellites searched together: enough to pay for a call, few enough for the cache."""

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
        For a satellite that SGP4 cannot follow through the whole window; its good part is kept.
    EarthOrientationWarning
        If the window reaches beyond the Earth-orientation tables.
    """
    timebase.warn_beyond_tables(0.0)
    timebase.warn_beyond_tables(duration_s)
    places = Places.of(stations) if stations else None
    chains: dict[tuple[int, int], Ephemeris] = {}
    tables: list[PassTable] = [_no_passes()]
    stopped: list[str] = []
    for begin in range(0, len(satellites), SATELLITES_AT_ONCE):
        some = satellites[begin : begin + SATELLITES_AT_ONCE]
        block: dict[tuple[int, int], Ephemeris] = {}
        for index, satellite in enumerate(some, start=begin):
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
            tables.append(_search(satellites, places, timebase, block))
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
    return _nearest_epoch(table) if several and len(table) else table


def _stretches(
    satellite: Satellite, timebase: Timebase, duration_s: float
) -> list[tuple[int, float, float]]:
    """Element sets with the part of the window in which each is the nearest. [s]"""
    epochs = np.array([timebase.seconds(e.epoch) for e in satellite.element_sets])
    middles = 0.5 * (epochs[1:] + epochs[:-1])
    begins = np.concatenate([[-np.inf], middles])
    ends = np.concatenate([middles, [np.inf]])
    low = satellite.element_sets[-1].period_s < PLAIN_PERIOD_S
    overlap_s = OVERLAP_S if low else 0.0
    return [
        (i, max(0.0, float(begins[i]) - overlap_s), min(duration_s, float(ends[i]) + overlap_s))
        for i in range(epochs.size)
        if begins[i] < duration_s and ends[i] > 0.0
    ]


def _nearest_epoch(table: PassTable) -> PassTable:
    """Of sightings of one pass through several element sets keep the one with nearest epoch.

    Sightings at one station that overlap in time are one pass.
    """
    table = table.take(np.lexsort((table.rise_s, table.station, table.satellite)))
    stations = int(table.station.max()) + 1
    pair = table.satellite * stations + table.station
    group = _overlap_groups(pair, table.rise_s, table.set_s)
    best = np.lexsort((np.abs(table.element_age_s), group))
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
