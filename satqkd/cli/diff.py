"""``satqkd diff``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from satqkd.cli.asked import Asked, columns_listed
from satqkd.cli.options import Columns, Csv, Json, one_format
from satqkd.cli.rows import Shown, show_rows
from satqkd.cli.shown import terminal_width, wrapped
from satqkd.cli.streams import put


def command(
    before: Annotated[Path, typer.Argument(metavar="A", help="Folder of the first plan.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Folder of the second plan.")],
    every: Annotated[
        bool, typer.Option("--all", help="Show contacts that are kept, or past, too.")
    ] = False,
    columns: Columns = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Say what becomes of each contact from one plan to another, why, and what it brings.

    Kept, moved, cut, longer, added or dropped, each with its first cause: a limit, an outage, a
    pin or ban, other elements, a clash with a contact that is scheduled now. --json and --csv hold
    every contact.
    """
    from satqkd.report.compare import CHANGED, compare, summary
    from satqkd.report.export.json import json_document
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.plan_folder import read_plan
    from satqkd.report.tables.compare import CHANGE_COLUMNS, CHANGE_SCREEN, DELIVERED_COLUMNS

    one_format(json=json, csv=csv)
    asked = Asked(json=False, csv=csv, columns=columns)
    if columns_listed(asked, CHANGE_COLUMNS):
        return
    found = compare(read_plan(before), read_plan(after))
    if json:
        tables: dict[str, tuple[Any, Any]] = {
            "changes": (CHANGE_COLUMNS, (found.changes,)),
            "delivered": (DELIVERED_COLUMNS, (found.delivered,)),
        }
        put(json_document(tables, {"before": str(before), "after": str(after)}))
        return
    shown = found.changes
    if not (every or csv):
        shown = tuple(one for one in shown if one.what in CHANGED)
    if csv or shown:
        screen = Shown(names=CHANGE_SCREEN, order_by="begins_utc", asked=asked)
        show_rows(CHANGE_COLUMNS, (shown,), screen)
    if csv:
        return
    if found.delivered:
        typer.echo()
        typer.echo(to_terminal(DELIVERED_COLUMNS, found.delivered, width=terminal_width()))
    for line in summary(found):
        typer.echo(wrapped(line))
