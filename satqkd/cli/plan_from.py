"""``satqkd plan --from``: what the new plan takes over, and what it changes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from satqkd.cli.shown import terminal_width, wrapped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.network.rolling import Rolled
    from satqkd.report.compare import Comparison
    from satqkd.report.plan_store import PlanStore
    from satqkd.report.replan import PlanInForce


def asked_plan_in_force(
    path: Path | None, *, now: datetime, start: str | None, store: PlanStore | None
) -> PlanInForce | None:
    """Read the plan in force; None where none is named.

    Raises
    ------
    SatqkdError
        If it is no plan, or the window is moved as well.
    """
    if path is None:
        return None
    from satqkd.report.replan import plan_in_force

    if start is not None:
        raise SatqkdError(
            "--from and --start do not go together: a plan from another begins at --now\n"
            "  fix: leave out --start"
        )
    return plan_in_force(path, now=now, store=store)


def print_changes(found: Comparison, rolled: Rolled, *, cost_bits: float | None) -> None:
    """Print what changed and why: before the plan itself."""
    from satqkd.report.compare import CHANGED, summary
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.replan import told_of
    from satqkd.report.tables.compare import CHANGE_COLUMNS, CHANGE_SCREEN

    rows = [one for one in found.changes if one.what in CHANGED]
    if rows:
        width = terminal_width()
        typer.echo(to_terminal(CHANGE_COLUMNS, rows, names=CHANGE_SCREEN, width=width))
    for line in (*summary(found), *told_of(found, rolled)):
        typer.echo(wrapped(line))
    if cost_bits is not None:
        cost = f"{max(0.0, cost_bits):,.0f} weighted bit"
        typer.echo(wrapped(f"keeping what is in force costs {cost} against a plan that is free"))
    typer.echo()
