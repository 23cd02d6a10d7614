"""Work on a study as commands show it: options, how far it is, what was warned about."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.shown import told_if_stopped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.study.engine import Standing
    from satqkd.study.store import Asked

Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        help="Processes of this machine; as many as it has processors if not given; 0 for this one "
        "alone.",
        show_default=False,
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Address of a Dask scheduler whose workers do it instead, such as "
        "tcp://10.0.0.5:8786.",
        show_default=False,
    ),
]


def require_count(workers: int | None, scheduler: str | None) -> None:
    """Refuse a number of workers that is none, or one beside a scheduler."""
    if workers is not None and scheduler is not None:
        raise SatqkdError(
            "--workers: a scheduler has workers of its own\n  fix: leave out one of the two"
        )
    if workers is not None and not 0 <= workers <= 1_000:
        raise SatqkdError(
            f"--workers: {workers} is no number of them\n  fix: write a whole number from 0 to 1000"
        )


def holds(folder: Path, name: str) -> bool:
    """Whether a folder has results of a study of this name: those are gone on with."""
    from satqkd.study.results import MANIFEST, Results

    return (folder / MANIFEST).exists() and Results.read(folder).name == name


def work_on(
    asked: Asked,
    folder: Path,
    *,
    workers: int | None,
    scheduler: str | None,
    to_go_on: str,
    extend: bool = False,
    again: bool = False,
    origin: Path | None = None,
) -> None:
    """Work out what a study asks for; see :func:`satqkd.study.engine.run_study`.

    ``to_go_on`` says what to do after a stop.
    """
    from satqkd.study.engine import run_study, runner_of

    on_screen = sys.stderr.isatty()
    with told_if_stopped(f"what is done is kept in {folder}; to go on{to_go_on}"):
        warned = run_study(
            asked,
            folder,
            lambda: runner_of(workers, scheduler),
            extend=extend,
            again=again,
            origin=origin,
            tell=_tell if on_screen else None,
        )
    if on_screen:
        typer.echo("\r\x1b[K", err=True, nl=False)
    for text in warned:
        typer.echo(f"warning: {text}", err=True)


def _tell(standing: Standing) -> None:
    """Show in one line how far a run is."""
    left_s = standing.seconds_left
    time = "" if left_s is None else f", about {duration(left_s)} left"
    failed = f" ({standing.failed:,} failed)" if standing.failed else ""
    who = f"{standing.workers:,} at work" if standing.workers else "waiting for workers"
    sys.stderr.write(f"\r\x1b[K{standing.done:,} of {standing.rows:,} rows{failed}, {who}{time}")
    sys.stderr.flush()


def duration(seconds: float) -> str:
    """Write a time as people say it.

    Examples
    --------
    >>> duration(42.0), duration(600.0), duration(10_000.0), duration(2e5)
    ('42 s', '10 min', '2.8 h', '2.3 d')
    """
    if seconds < 90.0:
        return f"{seconds:.0f} s"
    if seconds < 90.0 * 60.0:
        return f"{seconds / 60.0:.0f} min"
    return (
        f"{seconds / 3600.0:.1f} h" if seconds < 1.5 * 86_400.0 else f"{seconds / 86_400.0:.1f} d"
    )
