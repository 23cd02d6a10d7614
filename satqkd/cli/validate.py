"""``satqkd validate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import Json
from satqkd.cli.shown import terminal_width

if TYPE_CHECKING:
    from satqkd.report.column import Column
    from satqkd.validation.case import Outcome

SCREEN = ("point", "published", "ours", "claimed", "within", "unit", "deviation")
"""Columns on the screen, the most important first."""


def command(
    case: Annotated[
        list[str] | None, typer.Argument(help="Ids of cases, such as O-1; all when none is given.")
    ] = None,
    json: Json = False,
) -> None:
    """Hold published figures against ours: case, published, ours, deviation, claimed.

    --json adds the citation, how the figure is known, what was assumed, and why the claim is no
    nearer. Exit code 1 when a figure lies outside what satqkd claims for it.
    """
    from satqkd.report.json import to_json
    from satqkd.report.terminal import to_terminal
    from satqkd.validation.run import run_cases

    outcomes = run_cases(case)
    columns = validation_columns()
    if json:
        typer.echo(to_json(columns, outcomes), nl=False)
    else:
        typer.echo(to_terminal(columns, outcomes, names=SCREEN, width=terminal_width()), nl=False)
    failed = [outcome.point for outcome in outcomes if not outcome.within]
    if failed:
        typer.echo(f"outside what is claimed: {', '.join(failed)}", err=True)
        raise typer.Exit(ANSWER_IS_NO)
    typer.echo(f"{len(outcomes)} figures, all within what is claimed", err=True)


def validation_columns() -> tuple[Column[Sequence[Outcome]], ...]:
    """Return the columns of the table of outcomes."""
    from satqkd.report.column import Column

    return (
        Column("case", "", "Id of the case", lambda rows: [o.case.id for o in rows]),
        Column("point", "", "Case, run and figure", lambda rows: [o.point for o in rows]),
        Column("published", "", "Published value", lambda rows: [o.published for o in rows]),
        Column("ours", "", "Our value, to a hundredth of the claim",
               lambda rows: [o.ours_text for o in rows]),
        Column("unit", "", "Unit of both", lambda rows: [o.unit for o in rows]),
        Column("deviation", "", "Ours against published: difference, fraction or ratio",
               lambda rows: [o.deviation_text for o in rows]),
        Column("claimed", "", "How near satqkd says it comes",
               lambda rows: [o.claimed for o in rows]),
        Column("within", "", "Whether it does", lambda rows: [o.within for o in rows]),
        Column("ours_value", "", "Our value in full; of an interval the low end",
               lambda rows: [o.ours[0] if isinstance(o.ours, tuple) else o.ours for o in rows]),
        Column("ours_high", "", "High end of an interval",
               lambda rows: [o.ours[1] if isinstance(o.ours, tuple) else None for o in rows]),
        Column("deviation_value", "", "Deviation in full, in the terms of the claim",
               lambda rows: [o.deviation for o in rows]),
        Column("title", "", "What the case is about", lambda rows: [o.case.title for o in rows]),
        Column("cite", "", "Who published it", lambda rows: [o.case.cite for o in rows]),
        Column("known", "", "How the published value came to us",
               lambda rows: [o.case.known for o in rows]),
        Column("assumed", "", "What nobody printed",
               lambda rows: ["; ".join(o.case.assumed) for o in rows]),
        Column("why", "", "Why the claim is no nearer", lambda rows: [o.why for o in rows]),
    )  # fmt: skip
