"""``satqkd flown``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.ledger_file import LedgerFile, open_ledger, told_booked
from satqkd.cli.options import (
    MISSION,
    SEED,
    STATIONS,
    Json,
    MissionFile,
    Now,
    Samples,
    Seed,
    Set,
    StationsFile,
    draws_of,
    read_mission,
)
from satqkd.cli.score import SAMPLES, show_score
from satqkd.cli.shown import warnings_told
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from satqkd.calibration.score import FlownContact
    from satqkd.mission.mission import Mission
    from satqkd.mission.opening import OpeningCounts
    from satqkd.network.booking import Recorded
    from satqkd.network.ledger import Ledger


def command(
    logs: Annotated[
        list[Path] | None,
        typer.Argument(metavar="LOG.csv…", help="What stations recorded: all logs so far."),
    ] = None,
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    counts: Annotated[
        Path | None,
        typer.Option(
            "--counts",
            metavar="FILE",
            help="What contacts of open blocks collected, by intensity and basis: a table as "
            "'satqkd forecast --counts --csv' writes it, with what was measured in it.",
            show_default=False,
        ),
    ] = None,
    clear: Annotated[
        bool,
        typer.Option("--clear", help="Score against clear skies, as 'satqkd score --clear'."),
    ] = False,
    samples: Samples = SAMPLES,
    seed: Seed = SEED,
    ledger: LedgerFile = None,
    now: Now = None,
    json: Json = False,
) -> None:
    """Book what was flown, and hold it against the forecast.

    A log is read as 'satqkd score' and 'satqkd calibrate' read it, and each of its contacts is
    named. In one act the ledger learns: which contacts were flown, which failed (no sifted bit),
    the key of each as a block of its own (key_bits), and with --counts what contacts of open
    blocks collected. What is booked already is left out, so that all logs so far can be given each
    time. Then the running score is printed, and a calibration proposed where the score says so.
    """
    from satqkd.calibration.score_logs import score
    from satqkd.network.booked_before import differing, require_past
    from satqkd.network.booking import booking

    if not logs and counts is None:
        raise SatqkdError("nothing is given\n  fix: name a log, or counts with --counts")
    draws = draws_of(samples, seed)
    if draws is None:
        raise SatqkdError("--samples: a score needs realisations\n  fix: write a number from 1 on")
    value = read_mission(mission, stations, None, None, changes)
    with warnings_told():
        result = score(value, *logs, draws=draws, clear=clear) if logs else None
        contacts = () if result is None else result.contacts
        measured = _counts(counts, value)
    with open_ledger(mission, ledger, now, write=True) as own:
        recorded = list(_recorded(contacts))
        require_past(recorded, measured, own.now)
        others = list(differing(recorded, measured, own))
        found = booking(value, recorded, measured, book=own.book, now=own.now)
        entries = own.append_all(found.events)
        told_booked(own.path, entries, err=json)
        if found.known:
            typer.echo(f"booked before: {', '.join(found.known)}", err=True)
        for sentence in others:
            typer.echo(f"note: {sentence}; what is booked stays", err=True)
        if not json:
            _tell_stock(own, contacts)
    if result is not None:
        show_score(result, json=json, csv=False)


def _recorded(contacts: tuple[FlownContact, ...]) -> Iterator[Recorded]:
    from satqkd.network.booking import Recorded

    for one in contacts:
        yield Recorded(
            contact_key=one.contact_key,
            satellite=one.satellite,
            station=one.station,
            utc=one.utc,
            sifted_bits=one.sifted_bits,
            key_bits=one.key_bits,
        )


def _counts(path: Path | None, mission: Mission) -> tuple[OpeningCounts, ...]:
    if path is None:
        return ()
    from satqkd.calibration.log import MAX_BYTES
    from satqkd.config.counts_file import parse_counts
    from satqkd.elements.input_file import InputFileError, read_content, text_of
    from satqkd.errors import InputError

    try:
        data = read_content(path, most_bytes=MAX_BYTES)
        text = text_of(data, file=str(path), most_bytes=MAX_BYTES)
    except InputFileError as error:
        raise InputError([error.finding]) from error
    known = {
        "satellite": [craft.satellite.name for craft in mission.spacecraft],
        "station": [ground.site.name for ground in mission.stations],
    }
    return parse_counts(text, file=str(path), known=known)


def _tell_stock(ledger: Ledger, contacts: tuple[FlownContact, ...]) -> None:
    """Say what the pools hold that the contacts fill."""
    from satqkd.network.ledger import Pool
    from satqkd.report.counted import counted

    pools = {Pool(satellite=one.satellite, station=one.station) for one in contacts}
    for pool in sorted(pools):
        held = ledger.stock(pool)
        if held.bits:
            blocks = counted(len(held.blocks), "block")
            typer.echo(f"{pool} holds {held.bits:,} bit of {blocks}")
