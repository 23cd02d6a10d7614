"""What people book by hand: key spent, what became of contacts, notes, and events from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from satqkd.cli.ledger_file import Contact, LedgerFile, Why, pair_of, require_contact
from satqkd.cli.ledger_file import book as booked
from satqkd.cli.options import MISSION, STATIONS, MissionFile, Now, StationsFile
from satqkd.errors import SatqkdError


def spend(
    pair: Annotated[
        str, typer.Argument(metavar="PAIR", help="Two stations, such as 'Graz,Matera'.")
    ],
    bits: Annotated[str, typer.Argument(metavar="BITS", help="How much, such as 25600.")],
    purpose: Annotated[
        str,
        typer.Option("--for", help="For what: what is set aside for that goes first."),
    ] = "",
    mission: MissionFile = MISSION,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Book that a pair used key: the oldest first. More than it holds is refused."""
    from satqkd.network.ledger import KeySpent

    event = KeySpent(pair=pair_of(pair), bits=bits_of("BITS", bits), purpose=purpose)
    booked(mission, ledger, now, [event])


def note(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to remember.")],
    contact: Annotated[
        str | None,
        typer.Option("--contact", metavar="ID", help="About this contact.", show_default=False),
    ] = None,
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Book a note."""
    from satqkd.network.ledger import Note

    if contact is not None:
        require_contact(contact, mission, stations, now)
    booked(mission, ledger, now, [Note(text=text, contact_key=contact)])


def commit(
    contact: Contact,
    note: Annotated[str, typer.Option("--note", help="What to remember of it.")] = "",
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Book that a contact is commanded."""
    from satqkd.network.ledger import ContactCommitted

    require_contact(contact, mission, stations, now)
    booked(mission, ledger, now, [ContactCommitted(contact_key=contact, note=note)])


def fly(
    contact: Contact,
    note: Annotated[str, typer.Option("--note", help="What to remember of it.")] = "",
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Book that a contact gave light; its counts and key come with 'ledger book'."""
    from satqkd.network.ledger import ContactFlown

    require_contact(contact, mission, stations, now)
    booked(mission, ledger, now, [ContactFlown(contact_key=contact, note=note)])


def fail(
    contact: Contact,
    why: Why,
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Book that a contact was tried and gave no light."""
    from satqkd.network.ledger import ContactFailed

    require_contact(contact, mission, stations, now)
    booked(mission, ledger, now, [ContactFailed(contact_key=contact, why=why)])


def cancel(
    contact: Contact,
    why: Why,
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Book that a contact is not tried."""
    from satqkd.network.ledger import ContactCancelled

    require_contact(contact, mission, stations, now)
    booked(mission, ledger, now, [ContactCancelled(contact_key=contact, why=why)])


def book(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Events, one JSON object a line.")],
    mission: MissionFile = MISSION,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Book the events of a file: all of them, or none.

    Each line is a JSON object with the name of the event and what it holds, such as {"event": "key
    relayed", "satellite": "Micius", "pair": {"station_a": "Graz", "station_b": "Matera"}, "bits":
    4096}. 'satqkd ledger export' shows what each event holds, under 'body'.
    """
    from satqkd.cli.ledger_lines import lines_of
    from satqkd.network.ledger.exchange import events_of

    events = events_of(lines_of(file), str(file))
    if not events:
        raise SatqkdError(f"{file}: holds no event\n  fix: write one JSON object a line")
    booked(mission, ledger, now, events)


def bits_of(option: str, text: str) -> int:
    """Read whole bits, plain or with a unit.

    Raises
    ------
    SatqkdError
        If it is no whole number of them.
    """
    from satqkd.config.mistake import Mistake
    from satqkd.config.quantity import parse_quantity

    try:
        bits = float(text) if text.strip().isdigit() else parse_quantity(text, "bit", "25600 bit")
    except Mistake as mistake:
        raise SatqkdError(f"{option}: {mistake.message}\n  fix: {mistake.fix}") from mistake
    if bits != int(bits):
        raise SatqkdError(f"{option}: {text!r} are no whole bits\n  fix: write a whole number")
    return int(text) if text.strip().isdigit() else int(bits)
