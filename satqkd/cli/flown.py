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
from satqkd.cli.shown import warnings_told, wrapped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.calibration.score import FlownContact
    from satqkd.calibration.tracked import Tracked
    from satqkd.mission.mission import Mission
    from satqkd.network.ledger import Ledger


def command(
    logs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="LOG…",
            help="What stations recorded, all logs so far: tables (CSV), and tracking data "
            "messages (CCSDS TDM).",
        ),
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

    Of a tracking data message (CCSDS 503.0-B, keywords and values, UTC) azimuth and elevation, and
    ranges, are held against where the satellite was expected: that is a note to its contact, and
    says how late the satellite was. That it was tracked does not say that it gave key: the contact
    stays what it was. What else the message holds is named as left aside.
    """
    from satqkd.calibration.tdm import names_tdm
    from satqkd.network.booked_before import differing
    from satqkd.network.booking import tracking_notes
    from satqkd.report.flown_booking import counts_of_file, flown

    if not logs and counts is None:
        raise SatqkdError("nothing is given\n  fix: name a log, or counts with --counts")
    draws = draws_of(samples, seed)
    if draws is None:
        raise SatqkdError("--samples: a score needs realisations\n  fix: write a number from 1 on")
    value = read_mission(mission, stations, None, None, changes)
    with warnings_told():
        tables = [path for path in logs or () if not names_tdm(path)]
        measured = () if counts is None else counts_of_file(counts, value)
        told = flown(value, tables, measured, draws=draws, clear=clear)
        tracked = _tracked(value, [path for path in logs or () if path not in tables])
    with open_ledger(mission, ledger, now, write=True) as own:
        others = list(differing(told.recorded, told.counts, own))
        found = told.booking(value, own.book, own.now)
        noted = tracking_notes(tracked, own.events())
        entries = own.append_all([*found.events, *noted])
        told_booked(own.path, entries, err=json)
        if found.known:
            typer.echo(f"booked before: {', '.join(found.known)}", err=True)
        for sentence in others:
            typer.echo(f"note: {sentence}; what is booked stays", err=True)
        if not json:
            _tell_stock(own, told.contacts)
    if told.score is not None or tracked:
        show_score(told.score, json=json, csv=False, tracked=tracked)


def _tracked(mission: Mission, paths: list[Path]) -> tuple[Tracked, ...]:
    """Read tracking data messages; say what of them is left aside."""
    from satqkd.calibration.tdm import read_tdm
    from satqkd.calibration.tracked import tracked_contacts

    found: list[Tracked] = []
    for path in paths:
        message = read_tdm(path)
        if message.left_aside:
            typer.echo(wrapped(f"{path}: left aside: {', '.join(message.left_aside)}"), err=True)
        found += tracked_contacts(mission, message)
    return tuple(found)


def _tell_stock(ledger: Ledger, contacts: tuple[FlownContact, ...]) -> None:
    """Say what the pools hold that the contacts fill."""
    from satqkd.network.ledger import Pool
    from satqkd.report.counted import counted

    pools = {
        Pool(satellite=one.satellite, station=one.station) for one in contacts if not one.partner
    }
    for pool in sorted(pools):
        held = ledger.stock(pool)
        if held.bits:
            blocks = counted(len(held.blocks), "block")
            typer.echo(f"{pool} holds {held.bits:,} bit of {blocks}")
