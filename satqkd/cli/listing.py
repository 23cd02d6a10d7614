"""What a command lists, and the one way to print it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import typer

from satqkd.cli.asked import Asked, all_columns, columns_listed
from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.rows import Record, Rendered, Shown, cost_told, renderer, show_rendered
from satqkd.cli.shown import progress_bar, silent, warnings_told, wrapped

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from satqkd.passes.find import Progress
    from satqkd.report.tables.column import Column

Source = TypeVar("Source")

FEW_SATELLITES = 20
"""A search of more says at its end what it has taken."""


Finish = Callable[[Source], Any]
"""What is made of a chunk in the process that worked it out."""
Sources = Callable[["Progress", Finish[Source]], Iterable[Any]]
"""Works chunks out one after the other, and gives what is made of each."""


def _always(told: object) -> bool:
    del told
    return True


def _nothing(source: object) -> None:
    del source


def each(chunks: Callable[[Progress], Iterable[Source]]) -> Sources[Source]:
    """Return chunks that one process works out."""
    return lambda progress, finish: map(finish, chunks(progress))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Source]):
    """A table that is worked out chunk by chunk, and what to say below it."""

    columns: Sequence[Column[Source]]
    """Of CSV and JSON."""
    names: Sequence[str]
    """Columns for a terminal, the most important first."""
    order_by: str
    """Column the terminal's rows are ordered by: instants."""
    sources: Sources[Source]
    """Chunks of rows, finished where they are worked out."""
    nothing: str
    """Said where there is no row."""
    keyless: Callable[[int], str] = lambda count: f"no key from any of these {count:,}"
    """Said where there are rows, and none is an answer."""
    tells: Callable[[Source], Any] = _nothing
    """What of a chunk ``answers`` is given: little, where it comes from another process."""
    answers: Callable[[Any], bool] = _always
    """Whether a chunk holds an answer; without any the exit code is 1."""
    closing: Callable[[], Iterable[str]] = tuple
    """Lines below the table of a terminal, asked for once all rows are there."""
    screen: Sequence[Column[Source]] | None = None
    """What a terminal chooses from; None for ``columns``."""
    fold: Callable[[Record], str | None] | None = None
    """What to count a row of a terminal under instead of showing it; None to show it."""
    row: tuple[str, str] = ("pass", "passes")
    """What a row is, one and many."""
    searched: str | None = None
    """What a search of many satellites has found, to say what it has taken; None for few."""
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    """Time zones of the stations by name, for a terminal."""

    @property
    def known(self) -> Sequence[Column[Source]]:
        """Every column somebody can ask for: of files first, then those of the terminal alone."""
        return all_columns((self.columns, self.screen or ()))


def print_listing(listing: Listing[Source], asked: Asked) -> None:
    """Print a table as its chunks come, and say below what it comes to.

    Raises
    ------
    typer.Exit
        With the code of a "no" where no row is an answer.
    SatqkdError
        For a column that is asked for and not known.
    """
    if columns_listed(asked, listing.known):
        return
    to_file, answered = asked.to_file, False

    begin_s = time.monotonic()
    columns = listing.columns if to_file or listing.screen is None else listing.screen
    shown = Shown(
        names=listing.names,
        order_by=listing.order_by,
        asked=asked,
        zones=listing.zones,
        fold=listing.fold,
        row=listing.row,
    )
    known = listing.known if asked.names else columns
    render = renderer(known, shown)

    def finish(source: Source) -> tuple[Rendered, Any]:
        return render(source), listing.tells(source)

    def watched(progress: Progress) -> Generator[Rendered]:
        nonlocal answered
        for rendered, told in listing.sources(progress, finish):
            answered |= listing.answers(told)
            yield rendered

    on_screen = to_file and sys.stdout.isatty()
    bar = nullcontext(silent) if on_screen else progress_bar("searching")
    with warnings_told(), bar as progress, closing(watched(progress)) as blocks:
        count = show_rendered(known, blocks, shown)
    if listing.searched is not None:
        typer.echo(f"{count:,} {listing.searched} in {cost_told(begin_s)}", err=True)
    if count and not to_file:
        for line in listing.closing():
            typer.echo(wrapped(line))
    if count == 0 or not answered:
        typer.echo(listing.keyless(count) if count else listing.nothing, err=True)
        raise typer.Exit(ANSWER_IS_NO)


def over_stations(what: str, satellites: int, stations: int) -> str | None:
    """What a search of many satellites has found; None for few."""
    if satellites <= FEW_SATELLITES:
        return None
    return f"{what} of {satellites:,} satellites over {stations:,} stations"
