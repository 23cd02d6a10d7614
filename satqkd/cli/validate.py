"""``satqkd validate``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import JOBS, Jobs, Json, jobs_of
from satqkd.cli.shown import terminal_width

if TYPE_CHECKING:
    from satqkd.report.tables.column import Cell, Column, Values
    from satqkd.validation.case import Case, Outcome
    from satqkd.validation.papers import Paper

SCREEN = (
    "point", "published", "ours", "unit", "claimed", "verdict", "kind", "seen", "assumed_inputs",
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
    jobs: Jobs = JOBS,
    json: Json = False,
) -> None:
    """Hold published figures against ours: case, published, ours, deviation, claimed.

    Without ids it says first how many published figures are independent, how near ours come, how
    wide our intervals are, and what is not reproduced and why. The ten papers come last, each with
    how many of its figures are predictions, fits or reproductions of another program. Of a case
    that is named every input is listed, published or assumed, with whence or why. --json has all of
    that for all. Exit code 1 when a figure lies outside what satqkd claims for it, unless it is
    told as not reproduced.
    """
    jobs_of(jobs)
    from satqkd.report.export.json import to_json
    from satqkd.report.tables.validation import VALIDATION_COLUMNS
    from satqkd.validation.run import run_cases

    outcomes = run_cases(_wanted(case, paper), jobs=jobs)
    if json:
        typer.echo(to_json(VALIDATION_COLUMNS, outcomes), nl=False)
    elif case:
        _show_named(outcomes)
    elif paper:
        _show_papers(outcomes)
    else:
        _show_all(outcomes)
    _judge(outcomes)


def _judge(outcomes: Sequence[Outcome]) -> None:
    """Say on the side how it stands, and leave with 1 when a figure lies outside."""
    failed = [outcome.point for outcome in outcomes if outcome.status == "outside"]
    if failed:
        typer.echo(f"outside what is claimed: {', '.join(failed)}", err=True)
        raise typer.Exit(ANSWER_IS_NO)
    lost = sum(outcome.status == "not reproduced" for outcome in outcomes)
    typer.echo(
        f"{len(outcomes)} figures, {lost} not reproduced, the others within what is claimed"
        if lost
        else f"{len(outcomes)} figures, all within what is claimed",
        err=True,
    )


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
    """Print the summary, what the papers' systems are built on, then the ten papers."""
    from satqkd.report.export.terminal import to_terminal
    from satqkd.validation.papers import PAPERS

    _show_summary(outcomes)
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


def _show_summary(outcomes: Sequence[Outcome]) -> None:
    """Print how many figures there are of what, the independent ones, and what is missed."""
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.validation import COUNTED_COLUMNS
    from satqkd.validation.described import paragraphs
    from satqkd.validation.summary import summary
    from satqkd.validation.told import reasons, sentences

    told, wide = summary(outcomes), terminal_width()
    typer.echo(paragraphs(sentences(told), width=wide))
    typer.echo(to_terminal(COUNTED_COLUMNS, told.independent, width=wide), nl=False)
    typer.echo("not reproduced")
    typer.echo(paragraphs(reasons(told), width=wide, mark="- "))


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
    from satqkd.validation.summary import worst

    within = sum(outcome.within for outcome in outcomes)
    standing = worst(outcomes)
    one = next(outcome for outcome in outcomes if outcome.status == standing)
    figure = replace(one.of.figure, unit="")
    return replace(
        one,
        of=replace(one.of, name=f"{case.id} {len(outcomes)} figures", figure=figure),
        published="",
        ours_text=f"{within} within",
        deviation_text="",
        claimed="",
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
        Column(
            "figures",
            "",
            "How many, of which kind, how many missed.",
            each(lambda p: kinds_text(own(p))),
        ),
    )
