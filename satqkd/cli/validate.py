"""``satqkd validate``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import Json
from satqkd.cli.shown import terminal_width

if TYPE_CHECKING:
    from satqkd.report.tables.column import Cell, Column, Values
    from satqkd.validation.case import Case, Outcome
    from satqkd.validation.papers import Paper

SCREEN = (
    "point", "published", "ours", "unit", "claimed", "within", "kind", "assumed_inputs",
    "deviation",
)  # fmt: skip
"""Columns on the screen, the most important first."""

MOST_ROWS = 5
"""Figures a case shows one by one among all the others; more are one row."""


def command(
    case: Annotated[
        list[str] | None, typer.Argument(help="Ids of cases, such as O-1; all when none is given.")
    ] = None,
    paper: Annotated[
        list[int] | None,
        typer.Option(metavar="N", help="Show the cases of one of the ten papers; may be repeated."),
    ] = None,
    json: Json = False,
) -> None:
    """Hold published figures against ours: case, published, ours, deviation, claimed.

    Without ids the ten papers come last, each with how many of its figures are predictions, fits,
    consistency checks or reproductions of another program. Of a case that is named every input is
    listed, published or assumed, with whence or why. --json has all of that for all. Exit code 1
    when a figure lies outside what satqkd claims for it.
    """
    from satqkd.report.export.json import to_json
    from satqkd.report.tables.validation import VALIDATION_COLUMNS
    from satqkd.validation.run import run_cases

    outcomes = run_cases(_wanted(case, paper))
    if json:
        typer.echo(to_json(VALIDATION_COLUMNS, outcomes), nl=False)
    elif case:
        _show_named(outcomes)
    elif paper:
        _show_papers(outcomes)
    else:
        _show_all(outcomes)
    failed = [outcome.point for outcome in outcomes if not outcome.within]
    if failed:
        typer.echo(f"outside what is claimed: {', '.join(failed)}", err=True)
        raise typer.Exit(ANSWER_IS_NO)
    typer.echo(f"{len(outcomes)} figures, all within what is claimed", err=True)


def _wanted(case: Sequence[str] | None, paper: Sequence[int] | None) -> list[str]:
    """Ids of the cases to run; none for all."""
    from satqkd.validation.papers import paper_of
    from satqkd.validation.read import read_cases

    numbers = [paper_of(number).number for number in paper or ()]
    return [*(case or ()), *(each.id for each in read_cases() if each.paper in numbers)]


def _show_named(outcomes: Sequence[Outcome]) -> None:
    """Print a table and all that is known of each case in it."""
    from satqkd.validation.described import case_text

    _show_table(outcomes)
    for case, _ in groupby(outcomes, key=lambda outcome: outcome.case):
        typer.echo(case_text(case, width=terminal_width()))


def _show_papers(outcomes: Sequence[Outcome]) -> None:
    """Print a table for each paper."""
    from satqkd.validation.described import paper_text
    from satqkd.validation.papers import PAPERS

    for paper in PAPERS:
        own = [outcome for outcome in outcomes if outcome.case.paper == paper.number]
        if own:
            typer.echo(paper_text(paper, width=terminal_width()), nl=False)
            _show_table(own)
    typer.echo("every input of a case: name it, as in 'satqkd validate K-7'")


def _show_all(outcomes: Sequence[Outcome]) -> None:
    """Print what the papers' systems are built on, then the ten papers, then how many of what."""
    from satqkd.report.export.terminal import to_terminal
    from satqkd.validation.papers import PAPERS

    typer.echo("orbits, links, clicks and keys, on which the ten papers' systems are built")
    _show_table(_in_short([outcome for outcome in outcomes if outcome.case.paper is None]))
    typer.echo("the ten papers, one after the other")
    of_papers = [outcome for outcome in outcomes if outcome.case.paper is not None]
    _show_table(sorted(of_papers, key=lambda outcome: outcome.case.paper or 0))
    table = to_terminal(_paper_columns(outcomes), PAPERS, width=terminal_width())
    typer.echo(table, nl=False)
    typer.echo(
        "every input of a case: 'satqkd validate K-7'; of a paper: 'satqkd validate --paper 2'"
    )


def _show_table(outcomes: Sequence[Outcome]) -> None:
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.validation import VALIDATION_COLUMNS

    table = to_terminal(VALIDATION_COLUMNS, outcomes, names=SCREEN, width=terminal_width())
    typer.echo(table, nl=False)


def _in_short(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return one row for each case that has many."""
    rows: list[Outcome] = []
    for case, found in groupby(outcomes, key=lambda outcome: outcome.case):
        own = list(found)
        rows += own if len(own) <= MOST_ROWS else [_summed(case, own)]
    return rows


def _summed(case: Case, outcomes: Sequence[Outcome]) -> Outcome:
    within = sum(outcome.within for outcome in outcomes)
    return replace(
        outcomes[0],
        point=f"{case.id} {len(outcomes)} figures",
        published="",
        ours_text=f"{within} within",
        unit="",
        deviation_text="",
        claimed="",
        within=within == len(outcomes),
    )


def _paper_columns(outcomes: Sequence[Outcome]) -> tuple[Column[Sequence[Paper]], ...]:
    """Return the columns of the summary of the papers."""
    from satqkd.report.tables.column import Column
    from satqkd.validation.page import kinds_text

    def own(paper: Paper) -> list[Outcome]:
        return [outcome for outcome in outcomes if outcome.case.paper == paper.number]

    def each(get: Callable[[Paper], Cell]) -> Callable[[Sequence[Paper]], Values]:
        return lambda papers: [get(paper) for paper in papers]

    return (
        Column("paper", "", "Number.", each(lambda p: p.number)),
        Column("system", "", "What it is about.", each(lambda p: p.title)),
        Column("presets", "", "What satqkd has of it.", each(lambda p: ", ".join(p.presets))),
        Column("figures", "", "How many, of which kind.", each(lambda p: kinds_text(own(p)))),
        Column("within", "", "Whether all are.", each(lambda p: all(o.within for o in own(p)))),
    )
