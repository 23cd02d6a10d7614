"""``satqkd validate``."""

from __future__ import annotations

from typing import Annotated

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import Json
from satqkd.cli.shown import terminal_width


def command(
    case: Annotated[
        list[str] | None, typer.Argument(help="Ids of cases, such as O-1; all when none is given.")
    ] = None,
    json: Json = False,
) -> None:
    """Hold published figures against ours: case, published, ours, deviation, claimed.

    Exit code 1 when a figure lies outside what satqkd claims for it.
    """
    from satqkd.report.json import to_json
    from satqkd.report.terminal import to_terminal
    from satqkd.report.validation import VALIDATION_COLUMNS
    from satqkd.validation.run import run_cases

    outcomes = run_cases(case)
    if json:
        typer.echo(to_json(VALIDATION_COLUMNS, outcomes), nl=False)
    else:
        typer.echo(to_terminal(VALIDATION_COLUMNS, outcomes, width=terminal_width()), nl=False)
    failed = [outcome.point for outcome in outcomes if not outcome.within]
    if failed:
        typer.echo(f"outside what is claimed: {', '.join(failed)}", err=True)
        raise typer.Exit(ANSWER_IS_NO)
    typer.echo(f"{len(outcomes)} figures, all within what is claimed", err=True)
