"""The ledger that a command works on: which file, whose command, at what time."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.options import clock_of, now_of, read_mission
from satqkd.cli.shown import warnings_told
from satqkd.errors import SatqkdError
from satqkd.report.export.printable import visible

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission
    from satqkd.network.ledger import Entry, Event, Ledger, Pair

LedgerFile = Annotated[
    Path | None,
    typer.Option(
        "--ledger",
        metavar="FILE",
        help="This ledger, not the one that the mission names.",
        show_default=False,
    ),
]
Contact = Annotated[
    str, typer.Argument(metavar="ID", help="Contact, by the contact_key of passes.csv.")
]
Why = Annotated[str, typer.Option("--why", help="Why, for those who read it later.")]

_LONGEST = 190
"""Longest command that an entry names whole. [characters]"""


def author() -> str:
    """Return the command as it was typed, in one line of plain characters."""
    typed = " ".join(["satqkd", *sys.argv[1:]])
    plain = "".join(char if char.isprintable() else "?" for char in typed)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def ledger_path(mission: Path, ledger: Path | None) -> Path:
    """Return the file of the ledger."""
    from satqkd.config.ledger_place import ledger_place

    return ledger_place(mission).path if ledger is None else ledger


@contextmanager
def open_ledger(
    mission: Path, ledger: Path | None, now: str | None, *, write: bool
) -> Iterator[Ledger]:
    """Open the ledger of a mission, and close it behind the command."""
    from satqkd.network.ledger import Ledger

    path = ledger_path(mission, ledger)
    with (
        warnings_told(),
        Ledger.open(
            path, author=author(), now=now_of(now), write=write, clock=clock_of(now)
        ) as own,
    ):
        yield own


def book(
    mission: Path, ledger: Path | None, now: str | None, events: Sequence[Event]
) -> tuple[Entry, ...]:
    """Book events in one act, and say what was booked."""
    with open_ledger(mission, ledger, now, write=True) as own:
        entries = own.append_all(events)
        told_booked(own.path, entries)
        _tell_of_unknown(own, entries)
    return entries


def require_contact(contact: str, mission: Path, stations: Path, now: str | None) -> None:
    """Refuse what no contact of the mission can be called."""
    require_contact_of(read_mission(mission, stations, None, None, None, now=now_of(now)), contact)


def require_contact_of(mission: Mission, contact: str) -> None:
    """Refuse what no contact of a mission can be called."""
    from satqkd.forecast.contact_id import can_be_called

    if not can_be_called(mission, contact):
        raise SatqkdError(
            f"no contact of this mission can be called {contact!r}\n"
            "  fix: take a key from the column contact_key of passes.csv, such as "
            "'micius-xinglong-1907'"
        )


def _tell_of_unknown(own: Ledger, entries: Sequence[Entry]) -> None:
    """Name contacts that no plan of the ledger knows: a digit is missing, or a window away."""
    planned = {one.contact_key for plan in own.book.plans.values() for one in plan.decisions}
    if not planned:
        return
    for entry in entries:
        key = entry.event.about()
        if key is not None and key not in planned and re.search("-[0-9]+$", key):
            typer.echo(
                f"note: no plan of this ledger has a contact {visible(key)}; if it is none, "
                f"'satqkd undo {entry.sequence}' takes it back",
                err=True,
            )


def pair_of(text: str) -> Pair:
    """Read a pair of stations.

    Raises
    ------
    SatqkdError
        If it is none.
    """
    from satqkd.network.ledger import Pair

    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or not all(names):
        raise SatqkdError(
            f"{text!r} is no pair of stations\n  fix: write two names with a comma between, such "
            "as 'Graz,Matera'"
        )
    return Pair(station_a=names[0], station_b=names[1])


def told_booked(path: Path, entries: Sequence[Entry], *, err: bool = False) -> None:
    """Say what was booked, a line an entry; on standard error where a program reads the other."""
    for entry in entries:
        typer.echo(f"{entry.sequence}: {visible(entry.event.in_words())}", err=err)
    typer.echo(f"booked in {path}" if entries else f"nothing new for {path}", err=True)
