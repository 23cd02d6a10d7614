"""Windows of two stations with a satellite, with what a plan decided about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.network.missed import Missed
from satqkd.network.plan import Plan
from satqkd.report.tables.column import Cell, Column, Values
from satqkd.report.tables.definitions import column
from satqkd.report.tables.missed import missed_columns
from satqkd.report.tables.together import TOGETHER_COLUMNS
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedWindows:
    """Some windows of a plan."""

    plan: Plan
    order: IntArray
    """Their indices, in the order of the rows."""


def planned_windows(plan: Plan, *statuses: str) -> PlannedWindows:
    """List the windows with one of ``statuses`` in order of time; all without any."""
    kept = [
        index
        for index, status in enumerate(plan.windows.status)
        if not statuses or status in statuses
    ]
    order = np.array(kept, dtype=np.int64)
    by_time = np.argsort(plan.windows.start_s[order], kind="stable")
    return PlannedWindows(plan=plan, order=order[by_time])


def _of_each(one: Column[Forecast]) -> Column[PlannedWindows]:
    """Fill a column of the table of windows from every pair and protocol."""

    def values(report: PlannedWindows) -> list[Cell]:
        filled: list[Cell] = []
        for found in report.plan.joint:
            filled += np.asarray(one.values(found), dtype=object).tolist()
        return [filled[index] for index in report.order.tolist()]

    return one.of(values)


def _decided(values: Callable[[Plan], Values]) -> Callable[[PlannedWindows], Values]:
    return lambda report: [values(report.plan)[index] for index in report.order.tolist()]


def _scheduled_utc(field: str) -> Callable[[PlannedWindows], Values]:
    def instants(report: PlannedWindows) -> list[Cell]:
        windows, index = report.plan.windows, report.order
        times = report.plan.forecast.timebase.iso(getattr(windows, field)[index])
        flown = windows.scheduled[index].tolist()
        return [time if one else None for time, one in zip(times, flown, strict=True)]

    return instants


def _missed(report: PlannedWindows) -> list[Missed]:
    passes = len(report.plan.forecast)
    return [report.plan.missed[passes + row] for row in report.order.tolist()]


PLANNED_WINDOW_COLUMNS: tuple[Column[PlannedWindows], ...] = (
    _of_each(column("contact_key", lambda found: list(found.contact_key))),
    *(_of_each(one) for one in TOGETHER_COLUMNS if one.name != "reason"),
    column("planned_bits", _decided(lambda plan: plan.windows.planned_bits.tolist())),
    column("scheduled_start_utc", _scheduled_utc("start_s")),
    column("scheduled_end_utc", _scheduled_utc("end_s")),
    column("status", _decided(lambda plan: plan.windows.status)),
    column("reason", _decided(lambda plan: plan.windows.reason)),
    *missed_columns(_missed),
    column("clashes_with", _decided(lambda plan: plan.windows.clashes_with)),
    column("pin", _decided(lambda plan: plan.windows.pin)),
)
"""Columns of ``together.csv``."""

PLANNED_WINDOW_SCREEN = (
    "start_utc", "protocol", "station_a", "station_b", "status", "planned_bits",
    "secure_bits_low", "secure_bits_high", "reason", "secure_bits", "satellite", "usable_s",
    "loss_a_db", "loss_b_db", "qber",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""
