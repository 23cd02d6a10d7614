"""``satqkd study choose``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.options import Csv
from satqkd.cli.shown import terminal_width, told_if_stopped, warnings_told, wrapped
from satqkd.cli.study import StudyFile
from satqkd.cli.study_at_work import Scheduler, Workers, holds, require_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from satqkd.study.choose import Choice
    from satqkd.study.point import Point
    from satqkd.study.results import Results


def command(
    study: StudyFile = Path("study.yaml"),
    take: Annotated[int, typer.Option(metavar="N", help="How many are taken.")] = 1,
    measure: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What is to be large; the study's first measure if not given.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the results go; NAME-chosen beside the file if not given.",
            show_default=False,
        ),
    ] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    csv: Csv = False,
) -> None:
    """Choose a few of many stations or satellites, one by one: each time what brings most.

    The study varies one thing: 'keep: stations', with one name in each of its values. What was
    taken stays. Where keys add up, that is the best choice there is; else it is greedy, and says
    nothing of choices that no single step leads to.
    """
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.choices import choice_columns
    from satqkd.study.choose import choose
    from satqkd.study.engine import study as work
    from satqkd.study.read_study import load_study
    from satqkd.study.summary import output_of

    require_count(workers, scheduler)
    with warnings_told():
        asked = load_study(study)
    folder = to or study.with_name(f"{study.stem}-chosen")
    name = measure or asked.measures[0].name

    def work_out(points: Sequence[Point]) -> Results:
        return work(asked, to=folder, workers=workers, scheduler=scheduler, points=points,
                    extend=holds(folder, asked.name))  # fmt: skip

    def tell(one: Choice) -> None:
        typer.echo(f"{one.round}: {one.taken}", err=True)

    with warnings_told(), told_if_stopped(f"what is done is kept in {folder}"):
        found = choose(asked, take, work_out, measure=name, tell=tell)
    columns = choice_columns(next(output_of(one) for one in asked.measures if one.name == name))
    if csv:
        typer.echo(to_csv(columns, found), nl=False)
        return
    typer.echo(to_terminal(columns, found, width=terminal_width()), nl=False)
    typer.echo(wrapped(f"taken, one by one: {', '.join(one.taken for one in found)}"))
