"""Tables of the commands that compare clocks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

import typer

from satqkd.cli.chosen import chosen_of, no_pass
from satqkd.cli.rows import Shown, cost_told, show_rows
from satqkd.cli.shown import progress_bar, silent, warnings_told

if TYPE_CHECKING:
    from satqkd.passes.find import Progress
    from satqkd.report.tables.column import Column

__all__ = ["chosen_of", "no_pass", "told"]

Source = TypeVar("Source")


def told(
    columns: Sequence[Column[Source]],
    blocks: Callable[[Progress], Iterable[Source]],
    shown: Shown,
    searched: str | None,
) -> int:
    """Print rows as they come and return how many; say what a long search has taken."""
    begin_s = time.monotonic()
    on_screen = shown.asked.to_file and sys.stdout.isatty()
    bar = nullcontext(silent) if on_screen else progress_bar("searching")
    with warnings_told(), bar as progress:
        count = show_rows(columns, blocks(progress), shown)
    if searched is not None:
        typer.echo(f"{count:,} {searched} in {cost_told(begin_s)}", err=True)
    return count
