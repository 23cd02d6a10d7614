"""Progress and warnings on standard error, results on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from satqkd.cli.exit_codes import SIGNALLED
from satqkd.errors import own_warnings

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
        auto_refresh=False,  # no thread of its own: processes are forked while it is shown
        redirect_stdout=False,
    ) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, refresh=True)
            if done >= total:  # what is told after it has the line to itself
                bar.stop()

        yield tell


@contextmanager
def plan_so_far() -> Iterator[Callable[[float, float], None]]:
    """Show the worth of the plan so far and its bound in one line; only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _worth, _bound: None
        return

    def tell(worth: float, bound: float) -> None:
        gap = 100.0 * (1.0 - worth / bound) if bound > 0.0 else 0.0
        sys.stderr.write(
            f"\r\x1b[Kplanning: worth {worth:,.0f} bit, at most {bound:,.0f} ({gap:.1f} % off); "
            "Ctrl-C keeps the best so far"
        )
        sys.stderr.flush()

    try:
        yield tell
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def silent(done: int, total: int) -> None:
    """Show nothing."""
    del done, total


@contextmanager
def warnings_told() -> Iterator[list[str]]:
    """Collect satqkd's own warnings; say each once on standard error at the end, come what may."""
    told: list[str] = []
    try:
        with own_warnings() as told:
            yield told
    finally:
        for text in told:
            typer.echo(f"warning: {text}", err=True)


@contextmanager
def told_if_stopped(what: str) -> Iterator[None]:
    """Say on standard error what a stop by a signal has left behind."""
    try:
        yield
    except SystemExit as stop:
        if isinstance(stop.code, int) and stop.code > SIGNALLED:
            typer.echo(what, err=True)
        raise


def terminal_width() -> int:
    """Width that COLUMNS states, or the terminal's; 160 without either, so that a file is whole."""
    from shutil import get_terminal_size

    return get_terminal_size(fallback=(160, 24)).columns


def wrapped(text: str) -> str:
    """Break a sentence between words where the terminal ends; later lines are set in.

    Names in it that act instead of showing, such as marks of direction, are written out.
    """
    from textwrap import fill

    from satqkd.report.export.printable import visible

    return fill(
        visible(text.replace("\n", " ")),
        max(terminal_width(), 20),
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
