"""Passes of a mission piece by piece, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from satqkd.forecast.forecast import follow, mission_nights, warn_of_age
from satqkd.forecast.skies import Draws, warn_of_clouds
from satqkd.mission.mission import Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.chunks import find_in_chunks, parts, satellites_at_once
from satqkd.passes.find import Passes, Progress
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.report.pass_id import pass_ids
from satqkd.report.tables.column import Column, Values, choose
from satqkd.report.tables.passes import CUT, PASS_COLUMNS, SHORT_REASON, PassReport, pass_report
from satqkd.units import FloatArray, IntArray

SAMPLES_AT_ONCE = 1 << 19
"""Samples followed together; with all that is computed for each, some 100 MB."""

ROWS_AT_ONCE = 1 << 14
"""Rows of geometry put into words together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Whose passes are wanted, by index."""

    satellites: Sequence[int]
    """Increasing."""
    stations: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sighted:
    """Passes that were found and not followed any further."""

    mission: Mission
    timebase: Timebase
    passes: PassTable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SightingReport:
    """What the geometric columns of a :class:`PassReport` ask for, and no more."""

    forecast: Sighted
    order: IntArray
    """Indices of the passes in the order of the rows."""
    pass_id: tuple[str, ...]
    """Ids, in the order of ``forecast.passes``."""


SIGHTING_COLUMNS = cast(
    "tuple[Column[SightingReport], ...]",
    tuple(
        choose(
            PASS_COLUMNS,
            (
                "pass_id",
                "satellite",
                "norad_id",
                "cospar_id",
                "station",
                "rise_utc",
                "culmination_utc",
                "set_utc",
                "duration_s",
                "clipped_start",
                "clipped_end",
                "station_there_s",
                "rise_azimuth_deg",
                "culmination_azimuth_deg",
                "set_azimuth_deg",
                "max_elevation_deg",
                "elements_epoch_utc",
                "elements_age_h",
                "elements_source",
            ),
        )
    ),
)
"""Columns of ``passes.csv`` that need no series; a test holds that they ask for nothing that a
:class:`SightingReport` lacks."""


def _off(report: SightingReport) -> Values:
    """Say of each pass whether its station is away or out of work."""
    passes, order = report.forecast.passes, report.order
    there_s = cast("FloatArray", _STATION_THERE.values(report))
    length_s = (passes.set_s - passes.rise_s)[order]
    words = np.where(there_s <= 0.0, "station off", "station off in part")
    return list(np.where(there_s < length_s, words, "").tolist())


_STATION_THERE = next(column for column in SIGHTING_COLUMNS if column.name == "station_there_s")

SIGHTING_SCREEN_COLUMNS: tuple[Column[SightingReport], ...] = (
    *SIGHTING_COLUMNS,
    Column("why_not", "", "Whether the station is away or out of work.", _off),
    cast("Column[SightingReport]", CUT),
)
"""Columns a terminal chooses from."""

PASS_SCREEN_COLUMNS: tuple[Column[PassReport], ...] = (*PASS_COLUMNS, SHORT_REASON, CUT)
"""Columns a terminal chooses from."""


def pass_reports(
    mission: Mission,
    chosen: Chosen,
    *,
    draws: Draws | None = None,
    progress: Progress | None = None,
) -> Iterator[PassReport]:
    """Forecast the passes of some satellites over some stations, a part at a time.

    Parameters
    ----------
    mission
        Who flies over whom, and when.
    chosen
        Whose passes.
    draws
        How often to draw weather and what is not known; None leaves the outlook out.
    progress
        Told how many satellites are done.

    Yields
    ------
    PassReport
        Rows by satellite, then rise; the same, each by each, as in a report on the forecast of
        the whole mission.
    """
    timebase = Timebase.starting(mission.start)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    nights = mission_nights(mission, bodies)
    for found, ids in found_passes(mission, timebase, chosen, progress=progress):
        warn_of_clouds(mission, found.table)
        order, samples = _by_satellite(found.table), _samples(found.table, mission.step_s)
        for rows in parts(order, samples, most=SAMPLES_AT_ONCE):
            some = replace(found, table=found.table.take(rows))
            forecast = follow(mission, timebase, some, bodies=bodies, nights=nights, draws=draws)
            report = pass_report(forecast, ids=[ids[row] for row in rows])
            yield replace(report, order=_by_satellite(some.table))
            if progress is not None:
                done = np.searchsorted(chosen.satellites, some.table.satellite.max())
                progress(int(done), len(chosen.satellites))


def sighting_reports(
    mission: Mission, chosen: Chosen, *, progress: Progress | None = None
) -> Iterator[SightingReport]:
    """Find the passes of some satellites over some stations; see :func:`pass_reports`."""
    timebase = Timebase.starting(mission.start)
    for found, ids in found_passes(mission, timebase, chosen, progress=progress):
        order = _by_satellite(found.table)
        for rows in parts(order, np.ones_like(order), most=ROWS_AT_ONCE):
            table = found.table.take(rows)
            yield SightingReport(
                forecast=Sighted(mission=mission, timebase=timebase, passes=table),
                order=_by_satellite(table),
                pass_id=tuple(ids[row] for row in rows),
            )


def found_passes(
    mission: Mission, timebase: Timebase, chosen: Chosen, *, progress: Progress | None = None
) -> Iterator[tuple[Passes, list[str]]]:
    """Search some satellites, a few at a time.

    Yields
    ------
    tuple
        Passes of the next satellites over the stations chosen, and their ids.

    Warns
    -----
    StaleElementsWarning
        For element sets used further from their epoch than the mission allows.
    """
    done = 0
    for found in find_in_chunks(
        [craft.satellite for craft in mission.spacecraft],
        [ground.site for ground in mission.stations],
        timebase,
        duration_s=mission.duration_s,
        wanted=chosen.satellites,
    ):
        ids = pass_ids(Sighted(mission=mission, timebase=timebase, passes=found.table))
        rows = np.flatnonzero(np.isin(found.table.station, chosen.stations))
        table = found.table.take(rows)
        warn_of_age(mission, timebase, table)
        yield replace(found, table=table), [ids[row] for row in rows]
        done = min(done + satellites_at_once(mission.duration_s), len(chosen.satellites))
        if progress is not None:
            progress(done, len(chosen.satellites))


def _by_satellite(table: PassTable) -> IntArray:
    """Rows ordered by satellite, rise, station."""
    order = np.lexsort((table.station, table.rise_s, table.satellite))
    return np.asarray(order, dtype=np.int64)


def _samples(table: PassTable, step_s: float) -> IntArray:
    """About how many samples each pass has, never too few."""
    return np.asarray((table.set_s - table.rise_s) / step_s, dtype=np.int64) + 3
