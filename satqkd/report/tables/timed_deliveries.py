"""The table of deliveries over time: who gets how much key, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from satqkd.network.deliveries import TimedDelivery, timed_deliveries
from satqkd.network.plan import Plan
from satqkd.report.tables.column import Cell, Column, Values
from satqkd.report.tables.definitions import column


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """Deliveries of a plan in order of time."""

    plan: Plan
    rows: tuple[TimedDelivery, ...]


def delivery_report(plan: Plan) -> DeliveryReport:
    """List when a plan delivers what."""
    rows = timed_deliveries(plan.problem, plan.solution)
    return DeliveryReport(plan=plan, rows=tuple(sorted(rows, key=lambda one: one.at_s)))


def _utc(report: DeliveryReport) -> Values:
    return report.plan.forecast.timebase.iso(np.array([one.at_s for one in report.rows]))


def _satellite(report: DeliveryReport) -> list[Cell]:
    craft = report.plan.mission.spacecraft
    return [craft[one.satellite].satellite.name for one in report.rows]


def _station(side: str) -> Callable[[DeliveryReport], list[Cell]]:
    def names(report: DeliveryReport) -> list[Cell]:
        mission = report.plan.mission
        return [
            mission.stations[getattr(mission.demands[one.demand], side)].site.name
            for one in report.rows
        ]

    return names


def _so_far(report: DeliveryReport) -> list[Cell]:
    totals: dict[int, int] = {}
    found: list[Cell] = []
    for one in report.rows:
        totals[one.demand] = totals.get(one.demand, 0) + one.bits
        found.append(totals[one.demand])
    return found


TIMED_DELIVERY_COLUMNS: tuple[Column[DeliveryReport], ...] = (
    Column("delivered_utc", "UTC", "When the pair gets it: as soon as the blocks it is made of are "
           "key.", _utc),
    column("satellite", _satellite),
    column("station_a", _station("station_a")),
    column("station_b", _station("station_b")),
    Column("given_bits", "bit", "How much key it gets then.",
           lambda r: [one.bits for one in r.rows]),
    Column("so_far_bits", "bit", "What the pair has got of this plan with it.", _so_far),
    Column("relayed", "", "Whether a satellite that holds a copy relays it; else the stations make "
           "it together.", lambda r: [one.relayed for one in r.rows]),
)  # fmt: skip
"""Columns of ``deliveries.csv``."""
