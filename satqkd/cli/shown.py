"""Progress and warnings on standard error, results on standard output."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from satqkd.errors import SatqkdWarning

if TYPE_CHECKING:
    from satqkd.passes.find import Progress


@contextmanager
def progress_bar(what: str) -> Iterator[Progress]:
    """Show a bar while a satellite after the other is worked on; only on a terminal."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(
        f"{what}",
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def silent(done: int, total: int) -> None:
    """Show nothing."""
    del done, total


@contextmanager
def warnings_told() -> Iterator[list[str]]:
    """Collect satqkd's own warnings; say each once on standard error at the end."""
    told: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SatqkdWarning)
        yield told
    for warning in caught:
        if not issubclass(warning.category, SatqkdWarning):
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
        elif str(warning.message) not in told:
            told.append(str(warning.message))
            typer.echo(f"warning: {warning.message}", err=True)


def terminal_width() -> int:
    """Width of the terminal; 160 where there is none, so that a file holds whole tables."""
    if not sys.stdout.isatty():
        return 160
    from shutil import get_terminal_size

    return get_terminal_size().columns
