"""What ``satqkd plan`` prints: contacts, keys, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from satqkd.cli.asked import Asked, all_columns
from satqkd.cli.local_time import station_zones
from satqkd.cli.rows import Shown, show_rows
from satqkd.cli.shown import terminal_width

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission
    from satqkd.network.plan import Plan
    from satqkd.network.what_if import WhatIf
    from satqkd.report.tables.column import Column

_STATUSES = ("scheduled", "candidate")
"""What the terminal lists; the files hold the rejected contacts as well."""


def contact_columns(mission: Mission) -> list[Column[Any]]:
    """Columns that the tables of contacts can show: of passes, then of joint contacts alone."""
    from satqkd.report.tables.passes import PLANNED_PASS_COLUMNS
    from satqkd.report.tables.planned_windows import PLANNED_WINDOW_COLUMNS

    joint: Sequence[Column[Any]] = PLANNED_WINDOW_COLUMNS if mission.together else ()
    passes: Sequence[Column[Any]] = PLANNED_PASS_COLUMNS
    return all_columns((passes, joint))


def print_plan(result: Plan, asked: Asked, tried: Sequence[WhatIf] = ()) -> None:
    """Print the schedule, the keys, what was left out, and what changes would bring."""
    from satqkd.report.export.printable import visible
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.summary import plan_summary
    from satqkd.report.tables.deliveries import (
        KEY_COLUMNS,
        KEY_LAST_LEADING,
        key_report,
        key_screen,
    )

    for contacts in _contacts(result):
        own = asked.within(contacts.columns)
        if own is not None:
            shown = Shown(
                names=contacts.names,
                order_by=contacts.order_by,
                asked=own,
                zones=station_zones(result.forecast.mission),
                leading=_LEADING,
                elsewhere=f"{contacts.file} holds them all",
            )
            show_rows(contacts.columns, (contacts.rows,), shown)
            typer.echo()
    rows = key_report(result)
    pools = tuple(row for row in rows if row.kind == "pool")
    for part in (tuple(row for row in rows if row.kind != "pool"), pools):
        if part:
            names, width = key_screen(part), terminal_width()
            leading = names.index(KEY_LAST_LEADING) + 1
            typer.echo(to_terminal(KEY_COLUMNS, part, names=names, width=width, leading=leading))
    if tried:
        from satqkd.report.tables.what_if import WHAT_IF_COLUMNS, what_if_screen

        width = terminal_width()
        typer.echo(to_terminal(WHAT_IF_COLUMNS, tried, names=what_if_screen(tried), width=width))
    for line in plan_summary(result):
        typer.echo(visible(line))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contacts:
    """A table of contacts."""

    columns: Sequence[Column[Any]]
    rows: Any
    names: Sequence[str]
    """Columns for the terminal, the most important first."""
    order_by: str
    file: str
    """Where all of them are."""


def _contacts(result: Plan) -> Iterator[_Contacts]:
    """Yield the contacts that could be flown: passes, then joint contacts."""
    from satqkd.report.tables.passes import PLANNED_PASS_COLUMNS, pass_report, with_status
    from satqkd.report.tables.planned_windows import (
        PLANNED_WINDOW_COLUMNS,
        PLANNED_WINDOW_SCREEN,
        planned_windows,
    )

    passes = with_status(pass_report(result.forecast, plan=result), *_STATUSES)
    if passes.order.size:
        planned, alone = result.passes.planned_bits, result.forecast.yields.keys.secure_bits
        yield _Contacts(
            columns=PLANNED_PASS_COLUMNS,
            rows=passes,
            names=DIVIDED_SCREEN if (planned != alone).any() else PLAN_SCREEN,
            order_by="rise_utc",
            file="passes.csv",
        )
    windows = planned_windows(result, *_STATUSES)
    if windows.order.size:
        yield _Contacts(
            columns=PLANNED_WINDOW_COLUMNS,
            rows=windows,
            names=PLANNED_WINDOW_SCREEN,
            order_by="start_utc",
            file="together.csv",
        )


_LEADING = 8
"""So many of the following have to stand on a terminal, whatever gives way: when, between which
ends, how much key, and whether it is counted on."""

_LESS = ("reason", "usable_s", "qber", "loss_min_db", "culmination_local", "pass_id")

PLAN_SCREEN = (
    "station", "culmination_utc", "status", "secure_bits", "satellite", "secure_bits_low",
    "secure_bits_high", "max_elevation_deg", *_LESS,
)  # fmt: skip
"""Columns of passes worth a place on a terminal, the most important first."""

DIVIDED_SCREEN = (
    "station", "culmination_utc", "planned_bits", "satellite", "secure_bits_low",
    "secure_bits_high", "max_elevation_deg", "status", "secure_bits", *_LESS,
)  # fmt: skip
"""The same where the key a plan counts on is not that of the passes as one block each."""
