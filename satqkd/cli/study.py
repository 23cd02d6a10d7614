"""``satqkd study``: many missions, on this machine or on a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import Csv
from satqkd.cli.shown import wrapped
from satqkd.cli.study_at_work import (
    Scheduler,
    Workers,
    duration,
    require_count,
    work_on,
)
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.study.explain import Explained
    from satqkd.study.results import Results
    from satqkd.study.store import Asked

app = typer.Typer(
    no_args_is_help=True,
    help="Vary a mission, and see what its key depends on: on this machine or on a cluster.",
)
StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="What is varied (YAML).")]
Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", help="Folder of a study's results, see --to of run; or the study's file."
    ),
]
Again = Annotated[bool, typer.Option("--again", help="Try again what failed before.")]


@app.command()
def run(
    study: StudyFile = Path("study.yaml"),
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the results go; NAME-results beside the file if not given.",
            show_default=False,
        ),
    ] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Say how many points there are and what they take; start nothing."
        ),
    ] = False,
    extend: Annotated[
        bool,
        typer.Option(
            "--extend",
            help="Go on in the folder of another study; points that both ask for are kept.",
        ),
    ] = False,
    again: Again = False,
) -> None:
    """Work out every point of a study; what its folder has already is not worked out again.

    Each point that is done is a file at once: a run that is killed goes on where it was. Exit code
    1 when no point has a result.
    """
    from satqkd.study.engine import results_folder
    from satqkd.study.read_study import load_study
    from satqkd.study.results import MANIFEST
    from satqkd.study.store import Asked

    require_count(workers, scheduler)
    if (study / MANIFEST).exists():
        raise SatqkdError(
            f"{study}: holds the results of a study\n"
            f"  fix: go on with it: satqkd study resume {study}"
        )
    asked = Asked.of(load_study(study))
    folder = results_folder(study) if to is None else to
    if explain:
        _explain(asked, folder, workers)
        return
    _run(asked, folder, study, workers=workers, scheduler=scheduler, extend=extend, again=again)


@app.command()
def resume(
    folder: Folder = Path("study-results"),
    workers: Workers = None,
    scheduler: Scheduler = None,
    again: Again = False,
) -> None:
    """Go on with a study that was stopped; the same as to run it again."""
    from satqkd.study.engine import folder_of
    from satqkd.study.origin import origin_of
    from satqkd.study.read_study import load_study
    from satqkd.study.store import Asked

    require_count(workers, scheduler)
    folder = folder_of(folder)
    study = origin_of(folder)
    asked = Asked.of(load_study(study))
    _run(asked, folder, study, workers=workers, scheduler=scheduler, again=again)


@app.command()
def status(folder: Folder = Path("study-results")) -> None:
    """Say how much of a study is done, what failed and why, and how long the rest will take."""
    from satqkd.cli.shown import warnings_told
    from satqkd.report.counted import counted
    from satqkd.study.engine import folder_of
    from satqkd.study.results import Results
    from satqkd.study.standing import changed_since, standing_of

    folder = folder_of(folder)
    found = standing_of(folder)
    typer.echo(
        f"{found.name}: {counted(found.rows, 'row')}: {found.done:,} done, {found.failed:,} "
        f"failed, {found.left:,} left"
    )
    for reason, count in found.reasons:
        typer.echo(wrapped(f"  failed, {counted(count, 'row')}: {reason}"))
    begun = "" if found.begun is None else f" since {found.begun:%Y-%m-%d %H:%M} UTC"
    typer.echo(f"a run is at work{begun}" if found.at_work else "no run is at work")
    if found.left and found.seconds_left is not None:
        typer.echo(f"about {duration(found.seconds_left)} left at the pace of the last run")
    with warnings_told():
        changed = changed_since(folder, Results.read(folder).manifest)
    if changed:
        typer.echo(wrapped(f"not what these results rest on any more: {changed}"))
    elif found.left and not found.at_work:
        typer.echo(f"to go on: satqkd study resume {folder}")


@app.command()
def table(folder: Folder = Path("study-results"), csv: Csv = False) -> None:
    """Print the results: one row a point, in the order of the study.

    With --csv all digits and all columns, as summary.csv has them.
    """
    from satqkd.cli.asked import Asked as Format
    from satqkd.cli.rows import Shown, show_rows
    from satqkd.cli.streams import put
    from satqkd.report.tables.study import screen_columns, study_notes
    from satqkd.study.engine import folder_of
    from satqkd.study.results import SUMMARY, Results

    folder = folder_of(folder)
    if csv:
        Results.read(folder)
        put([(folder / SUMMARY).read_bytes()])
        return
    found = Results.read(folder)
    columns = screen_columns(found)
    shown = Shown(
        names=[one.name for one in columns],
        asked=Format(),
        row=("row", "rows"),
        leading=len(columns),
        elsewhere="--csv writes them all",
    )
    show_rows(columns, [found], shown)
    for text in study_notes(found):
        typer.echo(wrapped(text))


def _run(
    asked: Asked,
    folder: Path,
    path: Path,
    *,
    workers: int | None,
    scheduler: str | None,
    extend: bool = False,
    again: bool = False,
) -> None:
    from satqkd.study.results import Results

    work_on(
        asked,
        folder,
        workers=workers,
        scheduler=scheduler,
        to_go_on=f": satqkd study resume {folder}",
        extend=extend,
        again=again,
        origin=path,
    )
    _told(Results.read(folder), folder)


def _told(found: Results, folder: Path) -> None:
    """Say what came of it."""
    from satqkd.report.counted import counted

    done = int(found.done.sum())
    failed = len(found) - done
    text = f"{counted(done, 'row')} in {folder / 'summary.csv'}"
    if failed:
        text += f"; {failed:,} failed, for reasons that 'satqkd study status {folder}' tells"
    typer.echo(text)
    if not done:
        raise typer.Exit(ANSWER_IS_NO)


def _explain(asked: Asked, folder: Path, workers: int | None) -> None:
    from os import cpu_count

    from satqkd.cli.shown import warnings_told
    from satqkd.study.explain import explain
    from satqkd.study.folder import keys_done

    done = sorted(keys_done(folder)) if folder.exists() else []
    with warnings_told():
        found = explain(
            asked, done, workers=max(1, cpu_count() or 1 if workers is None else workers)
        )
    for line in _explained(found, folder):
        typer.echo(wrapped(line))


def _explained(found: Explained, folder: Path) -> list[str]:
    """Say what a study will take."""
    from satqkd.report.counted import counted

    differ = "differs" if found.rows == 1 else "differ"
    text = [f"{counted(found.points, 'point')}, {counted(found.rows, 'row')} that {differ}"]
    if found.done:
        text.append(f"{found.done:,} of them done in {folder}")
    if found.divided:
        text.append(
            f"{counted(found.divided, 'point')} divided between satellites: "
            f"{counted(found.units, 'unit')} of work"
        )
    if found.row_s is not None:
        text.append(
            f"{found.row_s:.3g} s a row, measured on {found.measured:,}; with "
            f"{counted(found.workers, 'worker')} about {duration(found.seconds)}"
        )
        if found.memory_bytes is not None:
            text.append(f"about {found.memory_bytes / 1e6:,.0f} MB of memory a worker")
    else:
        text.append("nothing is left to do")
    if found.failed:
        text.append(f"a measured row failed: {found.failed}")
    return text
