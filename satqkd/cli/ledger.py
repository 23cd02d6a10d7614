"""``satqkd ledger``: what was planned, flown, made, delivered, spent and lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli import ledger_ahead, ledger_book
from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.ledger_file import LedgerFile, author, ledger_path, open_ledger
from satqkd.cli.options import (
    MISSION,
    Csv,
    Json,
    MissionFile,
    Now,
    instant_of,
    now_of,
    one_format,
)
from satqkd.cli.shown import terminal_width, warnings_told
from satqkd.cli.streams import put
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from datetime import datetime

    from satqkd.network.ledger import Ledger

app = typer.Typer(
    no_args_is_help=True,
    help="What was planned, flown, made, delivered, spent and lost: one file beside the mission "
    "that is only added to. Numbers of bits and names, never key itself.",
)
for _command in (
    ledger_book.spend,
    ledger_book.note,
    ledger_book.commit,
    ledger_book.fly,
    ledger_book.fail,
    ledger_book.cancel,
    ledger_book.book,
):
    app.command()(_command)
app.command()(ledger_ahead.ahead)

LAST = 10
"""Entries that are shown where nobody says how many."""


@app.command()
def show(
    mission: MissionFile = MISSION,
    ledger: LedgerFile = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="As it was then: what was booked later is left out."),
    ] = None,
    last: Annotated[
        int, typer.Option(metavar="N", help="Show the last N entries; 0 for none.", min=0)
    ] = LAST,
    entries: Annotated[
        bool, typer.Option("--entries", help="List every entry instead, and no stock.")
    ] = False,
    csv: Csv = False,
    json: Json = False,
    now: Now = None,
) -> None:
    """Show the plan in force, pins, bans, outages, stock and the last entries.

    Stock is of each pair of stations and of each pool of a satellite and a station; with the age
    of its oldest bit and the sum of the epsilons of the blocks that it rests on.
    """
    one_format(json=json, csv=csv)
    present = now_of(now)
    when = None if at is None else instant_of("--at", at, now=present)
    with open_ledger(mission, ledger, now, write=False) as own:
        if entries:
            _print_entries(own, when, json=json, csv=csv)
        elif json or csv:
            _print_held(own, when, present, json=json)
        else:
            _print_all(own, when, present, last)


@app.command()
def audit(mission: MissionFile = MISSION, ledger: LedgerFile = None, json: Json = False) -> None:
    """Recompute the chain of hashes and every balance; exit code 1 when damage is found."""
    from satqkd.network.ledger import audit as looked_at
    from satqkd.report.counted import counted
    from satqkd.report.export.printable import visible

    path = ledger_path(mission, ledger)
    found = looked_at(path)
    if json:
        from satqkd.report.export.json import strict_json

        told = {
            "ledger": str(path),
            "entries": len(found.entries),
            "last_sha256": found.entries[-1].sha256 if found.entries else None,
            "faults": list(found.faults),
            "remarks": list(found.remarks),
        }
        typer.echo(strict_json(told), nl=False)
    else:
        for fault in found.faults:
            typer.echo(f"damaged: {visible(fault)}")
        for remark in found.remarks:
            typer.echo(f"not checked: {visible(remark)}")
        whole = f"{path}: {counted(len(found.entries), 'entry', many='entries')}"
        blocks = counted(len(found.accounts.epsilon), "block")
        if found.faults:
            typer.echo(f"{whole} before the damage are whole")
        else:
            end = f", the last {found.entries[-1].sha256}" if found.entries else ""
            typer.echo(
                f"{whole}, every hash and every balance as it should be: {blocks}, "
                f"{found.accounts.made_bits:,} bit made, {found.accounts.spent_bits:,} spent{end}"
            )
    if found.faults:
        raise typer.Exit(ANSWER_IS_NO)


@app.command()
def export(
    mission: MissionFile = MISSION,
    ledger: LedgerFile = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File to write, instead of standard output."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file of --out.")] = False,
    now: Now = None,
) -> None:
    """Write every entry as a line of JSON; 'satqkd ledger import' reads it back, hash for hash."""
    from satqkd.elements.whole_file import check_place, write_whole
    from satqkd.network.ledger.exchange import exported

    if force and out is None:
        raise SatqkdError("--force means nothing without --out\n  fix: add --out, or leave it out")
    if out is not None:
        check_place(out, replace=force)
    with open_ledger(mission, ledger, now, write=False) as own:
        lines = exported(own.events())
        if out is None:
            put(line.encode("ascii") for line in lines)
            return
        write_whole(out, "".join(lines).encode("ascii"), replace=force)
        typer.echo(f"written: {out}, {len(own.events())} entries", err=True)


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What 'ledger export' wrote.")],
    mission: MissionFile = MISSION,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Take over the entries of an export: into a new ledger, or behind those that are the same.

    Times, authors and hashes stay as they are. Entries of another history are refused, and then
    nothing is taken over.
    """
    from satqkd.cli.ledger_lines import lines_of
    from satqkd.network.ledger import Ledger
    from satqkd.network.ledger.exchange import imported
    from satqkd.report.counted import counted

    entries = imported(lines_of(file), str(file))
    if not entries:
        raise SatqkdError(f"{file}: holds no entry\n  fix: name what 'satqkd ledger export' wrote")
    path = ledger_path(mission, ledger)
    with (
        warnings_told(),
        Ledger.open(path, author=author(), now=now_of(now)) as own,
    ):
        new = own.restore(entries)
    typer.echo(f"{counted(len(new), 'entry', many='entries')} taken over into {path}", err=True)


def _print_entries(own: Ledger, when: datetime | None, *, json: bool, csv: bool) -> None:
    from satqkd.report.export.csv import csv_chunks
    from satqkd.report.export.json import json_chunks
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.ledger import ENTRY_COLUMNS, ENTRY_SCREEN

    rows = [entry for entry in own.events() if when is None or entry.at <= when]
    if json or csv:
        put((json_chunks if json else csv_chunks)(ENTRY_COLUMNS, (rows,)))
        return
    text = to_terminal(ENTRY_COLUMNS, rows, names=ENTRY_SCREEN, width=terminal_width())
    typer.echo(text, nl=False)


def _print_held(own: Ledger, when: datetime | None, present: datetime, *, json: bool) -> None:
    from satqkd.report.export.csv import csv_chunks
    from satqkd.report.export.json import records, strict_json
    from satqkd.report.tables.ledger import HELD_COLUMNS, held_keys, utc

    rows = held_keys(own.stocks(when), when or present)
    if not json:
        put(csv_chunks(HELD_COLUMNS, (rows,)))
        return
    book = own.book_at(when)
    wishes = book.wishes
    told = {
        "ledger": str(own.path),
        "entries": len(own.events()),
        "plan_in_force": book.in_force,
        "pinned": {one.contact_key: number for number, one in wishes.pins.items()},
        "banned": {one.contact_key: number for number, one in wishes.bans.items()},
        "out": [
            {
                "sequence": number,
                "station": one.station,
                "start_utc": utc(one.start),
                "end_utc": utc(one.end),
                "why": one.why,
            }
            for number, one in wishes.outages.items()
        ],
        "contacts": {key: own[-1][1] for key, own in book.contacts.states.items() if own},
        "stock": records(HELD_COLUMNS, rows),
    }
    typer.echo(strict_json(told), nl=False)


def _print_all(own: Ledger, when: datetime | None, present: datetime, last: int) -> None:
    from satqkd.report.counted import counted
    from satqkd.report.export.printable import visible
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.ledger import (
        ENTRY_COLUMNS,
        ENTRY_SCREEN,
        HELD_COLUMNS,
        HELD_SCREEN,
        held_keys,
    )

    book, width = own.book_at(when), terminal_width()
    rows = [entry for entry in own.events() if when is None or entry.at <= when]
    typer.echo(f"{own.path}: {counted(len(rows), 'entry', many='entries')}")
    typer.echo(f"plan in force: {book.in_force or 'none'}")
    for own_wishes in (book.wishes.pins, book.wishes.bans, book.wishes.outages):
        for number, wish in own_wishes.items():
            typer.echo(f"{number}: {visible(wish.in_words())}")
    held = held_keys(own.stocks(when), when or present)
    if held:
        typer.echo()
        typer.echo(to_terminal(HELD_COLUMNS, held, names=HELD_SCREEN, width=width), nl=False)
    if last and rows:
        typer.echo()
        typer.echo(
            to_terminal(ENTRY_COLUMNS, rows[-last:], names=ENTRY_SCREEN, width=width), nl=False
        )
