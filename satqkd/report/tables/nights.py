"""The table of nights: when Sun and Moon rise and set over each station."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.network.nights import SkyEvent, sky_events
from satqkd.network.plan import Plan
from satqkd.report.tables.column import Column
from satqkd.report.tables.definitions import column


@dataclass(frozen=True, slots=True, kw_only=True)
class NightReport:
    """What Sun and Moon do over the stations of a plan."""

    plan: Plan
    rows: tuple[SkyEvent, ...]


def night_report(plan: Plan) -> NightReport:
    """List what Sun and Moon do over the window of a plan."""
    return NightReport(plan=plan, rows=sky_events(plan.forecast))


NIGHT_COLUMNS: tuple[Column[NightReport], ...] = (
    column("station",
           lambda r: [r.plan.mission.stations[one.station].site.name for one in r.rows]),
    Column("sky_event", "", "`sunset`, `dark` (the Sun sinks below the limit of the mission), "
           "`light` (it climbs above it), `sunrise`, `moonrise` or `moonset`; of rise and set the "
           "upper edge counts.", lambda r: [one.event for one in r.rows]),
    Column("event_utc", "UTC", "When; the begin of the window for what holds there already, such "
           "as a night begun before.",
           lambda r: r.plan.forecast.timebase.instants(np.array([one.at_s for one in r.rows]))),
)  # fmt: skip
"""Columns of ``nights.csv``."""
