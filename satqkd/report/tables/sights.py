"""When satellites see each other, as a table: one row a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np

from satqkd.elements.age import warn_if_stale
from satqkd.forecast.seen import largest, smallest
from satqkd.forecast.stream import SAMPLES_AT_ONCE
from satqkd.forecast.views import SightLosses, sight_losses
from satqkd.mission.mission import Mission
from satqkd.passes.chunks import find_in_chunks, parts
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.find import Progress
from satqkd.passes.intersatellite import (
    Fleet,
    SightTracks,
    SightWindows,
    sight_tracks,
    sight_windows,
)
from satqkd.passes.timebase import Timebase
from satqkd.report.tables.column import Column, Values, present
from satqkd.report.tables.definitions import column
from satqkd.report.tables.named import (
    clipped_columns,
    norad_ids,
    satellite_names,
    span_columns,
)
from satqkd.units import FloatArray

PAIRS_AT_ONCE = 256
"""Pairs of satellites worked on together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SightReport:
    """Windows of some pairs of satellites, with their series."""

    mission: Mission
    timebase: Timebase
    windows: SightWindows
    tracks: SightTracks
    losses: SightLosses


def sight_reports(
    mission: Mission,
    satellites: Sequence[int],
    *,
    grazing_height_m: float,
    progress: Progress | None = None,
) -> Iterator[SightReport]:
    """Find when satellites see each other, in pieces of bounded memory.

    Parameters
    ----------
    mission
        Who flies, and when.
    satellites
        Indices of those whose pairs are searched.
    grazing_height_m
        No line of sight comes lower. [m]
    progress
        Told how many pairs are done.

    Yields
    ------
    SightReport
        Rows by pair, then time.
    """
    timebase = Timebase.starting(mission.start)
    crafts = [craft.satellite for craft in mission.spacecraft]
    chains: dict[tuple[int, int], Ephemeris] = {}
    for found in find_in_chunks(
        crafts, [], timebase, duration_s=mission.duration_s, wanted=satellites
    ):
        chains |= found.chains
    if not chains:
        return
    _warn_of_age(mission, timebase, chains)
    fleet = Fleet.of(crafts, chains)
    pairs, done = combinations(satellites, 2), 0
    total = len(satellites) * (len(satellites) - 1) // 2
    while some := list(islice(pairs, PAIRS_AT_ONCE)):
        windows = sight_windows(fleet, pairs=some, grazing_height_m=grazing_height_m)
        samples = np.asarray((windows.end_s - windows.start_s) / mission.step_s, dtype=np.int64)
        for rows in parts(np.arange(len(windows)), samples + 3, most=SAMPLES_AT_ONCE):
            seen = windows.take(rows)
            tracks = sight_tracks(seen, fleet, step_s=mission.step_s)
            yield SightReport(
                mission=mission,
                timebase=timebase,
                windows=seen,
                tracks=tracks,
                losses=sight_losses(mission, seen, tracks),
            )
        done += len(some)
        if progress is not None:
            progress(done, total)


def _warn_of_age(
    mission: Mission, timebase: Timebase, chains: Mapping[tuple[int, int], Ephemeris]
) -> None:
    """Warn of element sets followed too far from their epoch, at the far end."""
    for (index, source), chain in chains.items():
        elements = mission.spacecraft[index].satellite.sources[source]
        epoch_s = timebase.seconds(elements.epoch)
        farthest = max(chain.node_s[0], chain.node_s[-1], key=lambda end: abs(end - epoch_s))
        warn_if_stale(
            elements, timebase.utc(float(farthest)), limit_s=mission.limits.max_element_age_s
        )


def _fold(
    get: Callable[[SightTracks], FloatArray],
    fold: Callable[[SightTracks, FloatArray], FloatArray],
) -> Callable[[SightReport], Values]:
    return lambda report: fold(report.tracks, get(report.tracks))


def _sender(report: SightReport) -> Values:
    names = [craft.satellite.name for craft in report.mission.spacecraft]
    return [names[index] if index >= 0 else None for index in report.losses.sender.tolist()]


def _loss_db(
    fold: Callable[[SightTracks, FloatArray], FloatArray],
) -> Callable[[SightReport], Values]:
    return lambda report: present(
        fold(report.tracks, report.losses.total_db), report.losses.sender >= 0
    )


SIGHT_COLUMNS: tuple[Column[SightReport], ...] = (
    column("satellite", lambda r: satellite_names(r.mission, r.windows.one)),
    column("norad_id", lambda r: norad_ids(r.mission, r.windows.one)),
    Column("other_satellite", "", "Name of the other.",
           lambda r: satellite_names(r.mission, r.windows.other)),
    Column("other_norad_id", "", "Its catalogue number; empty when unknown.",
           lambda r: norad_ids(r.mission, r.windows.other)),
    *span_columns(lambda r: (r.timebase, r.windows)),
    *clipped_columns(lambda r: r.windows),
    Column("range_min_km", "km", "Smallest distance.",
           _fold(lambda tracks: 1e-3 * tracks.range_m, smallest), digits=2),
    Column("range_max_km", "km", "Largest distance.",
           _fold(lambda tracks: 1e-3 * tracks.range_m, largest), digits=2),
    Column("range_rate_min_km_s", "km/s", "Fastest approach, or slowest parting.",
           _fold(lambda tracks: 1e-3 * tracks.range_rate_m_s, smallest), digits=4),
    Column("range_rate_max_km_s", "km/s", "Fastest parting, or slowest approach.",
           _fold(lambda tracks: 1e-3 * tracks.range_rate_m_s, largest), digits=4),
    Column("grazing_height_min_km", "km",
           "Least height above the ellipsoid of any point of the line of sight.",
           _fold(lambda tracks: 1e-3 * tracks.grazing_height_m, smallest), digits=2),
    Column("sender", "", "Which of the two sends, the first where both could; empty when neither "
           "has a transmitter that the other has a receiver for.", _sender),
    column("loss_min_db", _loss_db(smallest)),
    Column("loss_max_db", "dB", "Largest loss.", _loss_db(largest), digits=2),
)  # fmt: skip
"""Columns of ``satqkd passes --between-satellites``."""

SIGHT_SCREEN = (
    "satellite", "other_satellite", "start_utc", "end_utc", "duration_s", "range_min_km",
    "range_max_km", "loss_min_db", "loss_max_db", "grazing_height_min_km", "range_rate_min_km_s",
    "range_rate_max_km_s", "sender",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""
