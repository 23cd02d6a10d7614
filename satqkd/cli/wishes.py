"""``satqkd pin``, ``ban``, ``out`` and ``undo``: what people want of the next plan."""

from __future__ import annotations

from typing import Annotated

import typer

from satqkd.cli.ledger_file import Contact, LedgerFile, Why, book, open_ledger, require_contact
from satqkd.cli.options import (
    MISSION,
    STATIONS,
    MissionFile,
    Now,
    StationsFile,
    instant_of,
    now_of,
    read_mission,
)
from satqkd.errors import SatqkdError

Reason = Annotated[str, typer.Option("--why", help="Why, for those who read it later.")]


def pin(
    contact: Contact,
    why: Reason = "",
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Have plans schedule a contact in any case; kept in the ledger until 'satqkd undo'."""
    from satqkd.network.ledger import Pinned

    require_contact(contact, mission, stations, now)
    book(mission, ledger, now, [Pinned(contact_key=contact, why=why)])


def ban(
    contact: Contact,
    why: Reason = "",
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Have plans never schedule a contact; kept in the ledger until 'satqkd undo'."""
    from satqkd.network.ledger import Banned

    require_contact(contact, mission, stations, now)
    book(mission, ledger, now, [Banned(contact_key=contact, why=why)])


def out(
    station: Annotated[str, typer.Argument(metavar="STATION", help="Name of the station.")],
    begin: Annotated[
        str,
        typer.Argument(metavar="FROM", help="ISO 8601 with a zone; a date for its 00:00 UTC; now."),
    ],
    end: Annotated[str, typer.Argument(metavar="TO", help="Likewise; +2d for two days from now.")],
    why: Why,
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Have plans leave out a station for some time; kept in the ledger until 'satqkd undo'."""
    from satqkd.config.references import one_of
    from satqkd.network.ledger import StationOut

    present = now_of(now)
    value = read_mission(mission, stations, None, None, None, now=present)
    names = [ground.site.name for ground in value.stations]
    if station not in names:
        raise SatqkdError(f"there is no station {station!r}\n  fix: {one_of(station, names)}")
    event = StationOut(
        station=station,
        start=instant_of("FROM", begin, now=present),
        end=instant_of("TO", end, now=present),
        why=why,
    )
    book(mission, ledger, now, [event])


def undo(
    sequence: Annotated[
        int | None,
        typer.Argument(
            metavar="[ENTRY]",
            help="Number of the entry, as 'satqkd ledger show' has it; without it the latest pin, "
            "ban or outage that holds.",
            show_default=False,
        ),
    ] = None,
    why: Reason = "",
    mission: MissionFile = MISSION,
    ledger: LedgerFile = None,
    now: Now = None,
) -> None:
    """Take back a pin, a ban, an outage, or what was booked of a contact."""
    from satqkd.network.ledger import Undone

    if sequence is None:
        with open_ledger(mission, ledger, now, write=False) as own:
            sequence = own.book.wishes.last()
        if sequence is None:
            raise SatqkdError(
                "there is no pin, ban or outage to take back\n"
                "  fix: give the number of an entry, as 'satqkd ledger show --entries' has it"
            )
    book(mission, ledger, now, [Undone(sequence=sequence, why=why)])
