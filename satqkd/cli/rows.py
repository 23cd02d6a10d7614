"""Rows of a table as they are worked out, so that no table has to fit into memory."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from satqkd.cli.asked import Asked
from satqkd.cli.local_time import on_local_clocks
from satqkd.cli.shown import terminal_width
from satqkd.cli.streams import put

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from satqkd.report.tables.column import Cell, Column

MOST_SHOWN = 1_000
"""Rows a terminal is given; who wants more wants a file."""

Source = TypeVar("Source")
Record = dict[str, "Cell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How a table is to be shown."""

    names: Sequence[str]
    """Columns for the terminal, the most important first; those the table lacks are left out.
    Empty for all.
    """
    asked: Asked
    order_by: str | None = None
    """Column the terminal's rows are ordered by: instants; None to keep their order."""
    fold: Callable[[Record], str | None] | None = None
    """What to count a row of the terminal under instead of showing it; None to show it."""
    row: tuple[str, str] = ("pass", "passes")
    """What a row is, one and many."""
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)
    """Time zones by the name of the station."""
    elsewhere: str = "--csv and --json write them all"
    """Where the rows are that a terminal does not show."""
    leading: int = 7
    """So many of ``names`` are worth that others are made narrower for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A block of rows as it is printed, wherever that was worked out."""

    rows: int
    text: Sequence[bytes] = ()
    """Of CSV or JSON."""
    records: Sequence[Record] = ()
    """Of a terminal."""


def show_rows(columns: Sequence[Column[Source]], blocks: Iterable[Source], shown: Shown) -> int:
    """Print blocks of rows one after the other and return how many rows there were.

    CSV and JSON hold all columns, or those asked for, and are written block by block, in the order
    they come. The terminal gets the earliest rows, in order.
    """
    return show_rendered(columns, map(renderer(columns, shown), blocks), shown)


def renderer(columns: Sequence[Column[Source]], shown: Shown) -> Callable[[Source], Rendered]:
    """Return what makes of a block what :func:`show_rendered` prints."""
    chosen = shown.asked.of(columns)
    if shown.asked.json:
        return partial(_json_of, chosen)
    if shown.asked.csv:
        return partial(_csv_of, chosen)
    return partial(_records_of, _wanted(columns, shown))


def show_rendered(columns: Sequence[Column[Any]], blocks: Iterable[Rendered], shown: Shown) -> int:
    """Print what :func:`renderer` made of blocks, as :func:`show_rows` does."""
    if shown.asked.json:
        return _json(blocks)
    if shown.asked.csv:
        return _csv(shown.asked.of(columns), blocks)
    return _table(columns, blocks, shown)


def _csv_of(columns: Sequence[Column[Source]], block: Source) -> Rendered:
    from satqkd.report.export.csv import csv_rows
    from satqkd.report.export.typed import filled, rows_of

    table = filled(columns, block)
    return Rendered(rows=rows_of(table), text=list(csv_rows(table)))


def _json_of(columns: Sequence[Column[Source]], block: Source) -> Rendered:
    from satqkd.report.export.json import json_rows
    from satqkd.report.export.typed import filled, rows_of

    table = filled(columns, block)
    return Rendered(rows=rows_of(table), text=list(json_rows(columns, table)))


def _records_of(columns: Sequence[Column[Source]], block: Source) -> Rendered:
    from satqkd.report.export.json import records

    rows = records(columns, block)
    return Rendered(rows=len(rows), records=rows)


def _csv(columns: Sequence[Column[Any]], blocks: Iterable[Rendered]) -> int:
    from satqkd.report.export.csv import csv_header

    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        yield csv_header(columns)
        for block in blocks:
            count += block.rows
            yield from block.text

    put(lines())
    return count


def _json(blocks: Iterable[Rendered]) -> int:
    from satqkd.report.export.json import json_list

    count = 0

    def rows() -> Iterator[bytes]:
        nonlocal count
        for block in blocks:
            count += block.rows
            yield from block.text

    put(json_list(rows()))
    return count


def _wanted(columns: Sequence[Column[Source]], shown: Shown) -> list[Column[Source]]:
    """Return the columns that a terminal's rows are made of."""
    from satqkd.report.tables.column import choose

    there = {column.name: None for column in columns}
    names = [name for name in shown.names or there if name in there]
    beside = [name for name in (shown.order_by, "station", "station_a") if name in there]
    wanted = list(choose(columns, [*names, *beside]))
    if shown.asked.names:
        chosen = shown.asked.of(columns)
        wanted = [*chosen, *(column for column in wanted if column.name not in shown.asked.names)]
    return wanted


def _table(columns: Sequence[Column[Any]], blocks: Iterable[Rendered], shown: Shown) -> int:
    from satqkd.report.export.terminal import to_terminal

    order_by = shown.order_by
    there = {column.name: None for column in columns}
    names = [name for name in shown.names or there if name in there]
    if shown.asked.names:
        names = list(shown.asked.names)
    count = 0
    first: list[Record] = []
    folded: Counter[str] = Counter()
    wanted = _wanted(columns, shown)
    for block in blocks:
        count += block.rows
        first += _unfolded(list(block.records), shown, folded)
        if order_by is not None:
            first.sort(key=lambda row: str(row[order_by]))
        del first[MOST_SHOWN:]
    if first or (count and not folded):
        if shown.asked.local:
            wanted, first = on_local_clocks(wanted, first, shown.zones)
        kept = [_of_records(column) for column in wanted]
        every = bool(shown.asked.names)
        table = to_terminal(
            kept, first, names=names, width=terminal_width(), every=every, leading=shown.leading
        )
        typer.echo(table, nl=False)
    _tell_folded(folded, shown)
    more = count - folded.total() - len(first)
    if more:
        typer.echo(f"{more:,} more; {shown.elsewhere}", err=True)
    return count


def _unfolded(rows: list[Record], shown: Shown, folded: Counter[str]) -> list[Record]:
    """Return the rows to show, and count the others."""
    if shown.fold is None:
        return rows
    under = [shown.fold(row) for row in rows]
    folded.update(word for word in under if word is not None)
    return [row for row, word in zip(rows, under, strict=True) if word is None]


def _tell_folded(folded: Counter[str], shown: Shown) -> None:
    """Say how many rows are not shown, by what they were counted under."""
    from satqkd.report.counted import counted

    if folded:
        typer.echo(f"not shown, {shown.elsewhere}:")
    for word, number in folded.most_common():
        typer.echo(f"  {counted(number, shown.row[0], many=shown.row[1])}: {word}")


def _of_records(column: Column[Any]) -> Column[list[Record]]:
    """Return a column with the same heading that takes its cells from records."""
    from satqkd.report.tables.column import Column

    return Column(
        column.name,
        column.unit,
        column.description,
        lambda rows: [row[column.name] for row in rows],
        digits=column.digits,
        below=column.below,
    )


def cost_told(begin_s: float) -> str:
    """Say what the run has taken since ``begin_s`` of :func:`time.monotonic`."""
    taken = f"{time.monotonic() - begin_s:.0f} s"
    peak = _peak_bytes()
    return taken if peak is None else f"{taken}, {peak / 1e6:.0f} MB of memory at most"


def _peak_bytes() -> int | None:
    """Largest resident memory of this process; None where the system does not tell."""
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:
        return None
    peak = getrusage(RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
