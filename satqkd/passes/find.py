"""Passes of many satellites over many stations."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.elements.satellite import Satellite
from satqkd.errors import PropagationError, SatqkdWarning
from satqkd.passes.ephemeris import PLAIN_PERIOD_S, Ephemeris, ephemeris
from satqkd.passes.horizon import horizontal
from satqkd.passes.search import Sightings, sightings
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""

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
    chains: dict[tuple[int, int], Ephemeris] = {}
    tables: list[PassTable] = [_no_passes()]
    stopped: list[str] = []
    for index, satellite in enumerate(satellites):
        own: list[PassTable] = []
        for chosen, start_s, end_s in _stretches(satellite, timebase, duration_s):
            element_set = satellite.element_sets[chosen]
            try:
                chain = ephemeris(element_set, timebase, start_s=start_s, end_s=end_s)
            except PropagationError as error:
                stopped.append(str(error))
                continue
            if chain.stopped:
                stopped.append(chain.stopped)
            chains[index, chosen] = chain
            if stations:
                seen = sightings(chain, stations, period_s=element_set.period_s)
                own.append(
                    _rows(seen, chain, stations, satellite=index, element_set=chosen,
                          epoch_s=timebase.seconds(element_set.epoch))
                )  # fmt: skip
        if own:
            tables.append(_nearest_epoch(PassTable.join(own)))
        if progress is not None:
            progress(index + 1, len(satellites))
    for text in stopped:
        warnings.warn(text, SatqkdWarning, stacklevel=2)
    table = PassTable.join(tables)
    order = np.lexsort((table.rise_s, table.station, table.satellite))
    return Passes(table=table.take(order), chains=chains, stopped=tuple(stopped))


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


def _rows(
    seen: Sightings,
    chain: Ephemeris,
    stations: Sequence[Station],
    *,
    satellite: int,
    element_set: int,
    epoch_s: float,
) -> PassTable:
    """Complete sightings with directions."""
    place = np.stack([s.itrf_m() for s in stations], axis=1)
    frame = np.stack([s.east_north_up() for s in stations], axis=2)
    count = seen.rise_s.size

    def direction(seconds: FloatArray) -> tuple[FloatArray, FloatArray]:
        line = chain.position_m(*chain.locate(seconds)) - place[:, seen.station]
        sky = horizontal(line, frame[:, :, seen.station])
        return sky.elevation_deg, sky.azimuth_deg

    max_elevation, culmination_azimuth = direction(seen.culmination_s)
    return PassTable(
        satellite=np.full(count, satellite, dtype=np.int64),
        station=seen.station,
        element_set=np.full(count, element_set, dtype=np.int64),
        rise_s=seen.rise_s,
        culmination_s=seen.culmination_s,
        set_s=seen.set_s,
        max_elevation_deg=max_elevation,
        rise_azimuth_deg=direction(seen.rise_s)[1],
        culmination_azimuth_deg=culmination_azimuth,
        set_azimuth_deg=direction(seen.set_s)[1],
        clipped_start=seen.clipped_start,
        clipped_end=seen.clipped_end,
        element_age_s=seen.culmination_s - epoch_s,
    )


def _nearest_epoch(table: PassTable) -> PassTable:
    """Of sightings of one pass through several element sets keep the one with nearest epoch.

    Sightings at one station that overlap in time are one pass.
    """
    order = np.lexsort((table.rise_s, table.station))
    table = table.take(order)
    if len(table) == 0 or np.unique(table.element_set).size == 1:
        return table
    group = _overlap_groups(table.station, table.rise_s, table.set_s)
    best = np.lexsort((np.abs(table.element_age_s), group))
    _, first = np.unique(group[best], return_index=True)
    return table.take(best[first])


def _overlap_groups(station: IntArray, rise_s: FloatArray, set_s: FloatArray) -> IntArray:
    """Number runs of overlapping intervals, station by station; rows ordered by both."""
    span_s = float(set_s.max() - rise_s.min()) + 1.0
    offset_s = station * span_s
    reach = np.maximum.accumulate(set_s + offset_s)
    fresh = np.ones(station.size, dtype=np.bool_)
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
