"""Passes of a mission piece by piece, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.stream import Chosen, found_passes, worked_out
from satqkd.mission.mission import Mission
from satqkd.passes.chunks import parts
from satqkd.passes.find import Progress
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.report.tables.column import Column, Values, choose
from satqkd.report.tables.definitions import column
from satqkd.report.tables.passes import CUT, PASS_COLUMNS, SHORT_REASON, PassReport, pass_report
from satqkd.units import FloatArray, IntArray
from satqkd.weather.clear_sky import Draws

Result = TypeVar("Result")

ROWS_AT_ONCE = 1 << 14
"""Rows of geometry put into words together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sighted:
    """Passes that were found and not followed any further."""

    mission: Mission
    timebase: Timebase
    passes: PassTable
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SightingReport:
    """What the geometric columns of a :class:`PassReport` ask for, and no more."""

    forecast: Sighted
    order: IntArray
    """Indices of the passes in the order of the rows."""


SIGHTING_COLUMNS = cast(
    "tuple[Column[SightingReport], ...]",
    tuple(
        choose(
            PASS_COLUMNS,
            (
                "pass_id", "satellite", "norad_id", "cospar_id", "station", "rise_utc",
                "culmination_utc", "set_utc", "duration_s", "clipped_start", "clipped_end",
                "station_there_s", "rise_azimuth_deg", "culmination_azimuth_deg",
                "set_azimuth_deg", "max_elevation_deg", "culmination_range_km",
                "elements_epoch_utc", "elements_age_h", "elements_source",
            ),
        )
    ),
)  # fmt: skip
"""Columns of ``passes.csv`` that need no series; a test holds that they ask for nothing that a
:class:`SightingReport` lacks."""


def _off(report: SightingReport) -> Values:
    """Say of each pass whether its station is away or out of work."""
    passes, order = report.forecast.passes, report.order
    there_s = cast("FloatArray", _STATION_THERE.values(report))
    length_s = (passes.set_s - passes.rise_s)[order]
    words = np.where(there_s <= 0.0, "station off", "station off in part")
    return list(np.where(there_s < length_s, words, "").tolist())


_STATION_THERE = next(one for one in SIGHTING_COLUMNS if one.name == "station_there_s")

SIGHTING_SCREEN_COLUMNS: tuple[Column[SightingReport], ...] = (
    *SIGHTING_COLUMNS,
    column("reason", _off),
    cast("Column[SightingReport]", CUT),
)
"""Columns a terminal chooses from."""

PASS_SCREEN_COLUMNS: tuple[Column[PassReport], ...] = (
    *(SHORT_REASON if one.name == "reason" else one for one in PASS_COLUMNS),
    CUT,
)
"""Columns a terminal chooses from."""


def pass_reports(
    mission: Mission,
    chosen: Chosen,
    *,
    draws: Draws | None = None,
    stakes: bool = False,
    progress: Progress | None = None,
    jobs: int = 1,
    finish: Callable[[PassReport], Result],
) -> Iterator[Result]:
    """Forecast the passes of some satellites over some stations, a chunk at a time.

    Rows by satellite, then rise; the same, each by each, as in a report on the forecast of the
    whole mission. Parameters are those of :func:`satqkd.forecast.stream.stream`, and ``stakes``:
    whether to work out what limits cost, a chunk by itself, and ``finish``: what to make of each
    report, in the process that worked it out.
    """

    def work(chunks: Iterator[Forecast]) -> Iterator[Result]:
        for found in chunks:
            report = pass_report(found, stakes=stakes)
            yield finish(replace(report, order=np.arange(len(found))))

    return worked_out(
        mission, chosen, work, draws=draws, distil=False, progress=progress, jobs=jobs
    )


def sighting_reports(
    mission: Mission, chosen: Chosen, *, progress: Progress | None = None
) -> Iterator[SightingReport]:
    """Find the passes of some satellites over some stations; see :func:`pass_reports`."""
    timebase = Timebase.starting(mission.start)
    for found in found_passes(mission, timebase, chosen, progress=progress):
        every = found.passes.table
        order = np.lexsort((every.station, every.rise_s, every.satellite))
        for rows in parts(order, np.ones_like(order), most=ROWS_AT_ONCE):
            table = every.take(rows)
            yield SightingReport(
                forecast=Sighted(
                    mission=mission,
                    timebase=timebase,
                    passes=table,
                    ids=tuple(found.pass_id[row] for row in rows.tolist()),
                ),
                order=np.lexsort((table.station, table.rise_s, table.satellite)),
            )
