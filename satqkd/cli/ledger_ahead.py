"""``satqkd ledger ahead``: what pairs will hold."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.asked import Asked, columns_listed
from satqkd.cli.ledger_book import bits_of
from satqkd.cli.options import (
    MISSION,
    SAMPLES,
    SEED,
    STATIONS,
    Columns,
    Csv,
    Days,
    Json,
    MissionFile,
    Now,
    Samples,
    Seed,
    Set,
    Start,
    StationsFile,
    draws_of,
    instant_of,
    now_of,
    read_mission,
)
from satqkd.cli.plan_kept import read_with_wishes, store_of
from satqkd.cli.shown import progress_bar, terminal_width, warnings_told, wrapped
from satqkd.cli.streams import put
from satqkd.constants import DAY_S
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission
    from satqkd.network.plan import Plan
    from satqkd.network.rolling import Rolled
    from satqkd.report.plan_store import PlanStore
    from satqkd.report.replan import PlanInForce
    from satqkd.report.tables.stock_ahead import AheadReport


def ahead(
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    start: Start = None,
    days: Days = None,
    samples: Samples = SAMPLES,
    seed: Seed = SEED,
    expected: Annotated[
        bool, typer.Option("--expected", help="Of the plan for the mean over the weather.")
    ] = False,
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at",
            metavar="INSTANT",
            help="Look at this instant, not at the end of each day; may be repeated.",
        ),
    ] = None,
    bits: Annotated[
        str | None,
        typer.Option("--bits", metavar="BITS", help="Say how likely so much key is there."),
    ] = None,
    columns: Columns = None,
    csv: Csv = False,
    json: Json = False,
    now: Now = None,
) -> None:
    """Say what each pair will hold at the end of each day: P10, P50 and P90, and when it runs dry.

    What it holds now comes from the ledger, or from 'held' of its demand where there is none; what
    comes, under every sky drawn, from the plan in force as 'satqkd plan --from ledger' goes on with
    it, or where there is none, and with --start or --days, from that of the mission's window as
    'satqkd plan' makes it; what it uses, from 'use' of its demand. Contacts that are booked as
    flown, failed or cancelled are what they are. Nothing is booked, and no plan is put in force.
    """
    from satqkd.network.plan import plan
    from satqkd.report.looked_ahead import looked_ahead
    from satqkd.report.replan import taken_over
    from satqkd.report.tables.stock_ahead import AHEAD_COLUMNS, AheadReport

    asked = Asked(json=json, csv=csv, columns=columns)
    if columns_listed(asked, AHEAD_COLUMNS):
        return
    draws, present = draws_of(samples, seed), now_of(now)
    if draws is None:
        raise SatqkdError("--samples: to look ahead needs realisations\n  fix: leave out 0")
    wanted = None if bits is None else float(bits_of("--bits", bits))
    store = store_of(mission, present)
    read = partial(read_mission, mission, stations, start, days, changes, now=present)
    value = read_with_wishes(read, [], store)
    begin, instants = _instants(value, present, at)
    if not value.demands:
        raise SatqkdError("the mission has no demands\n  fix: name pairs under 'demands'")
    force = None if start or days else _in_force(store, present)
    value, rolled = taken_over(value, force, None)
    with warnings_told(), progress_bar("searching passes") as progress:
        result = plan(
            value,
            value="expected" if expected else "clear",
            draws=draws,
            stakes=False,
            keeping=None if rolled is None else rolled.keeping,
            progress=progress,
        )
        pairs = looked_ahead(
            result, store, begin=max(begin, value.start), instants=instants, rolled=rolled
        )
    report = AheadReport(plan=result, pairs=pairs, asked_bits=wanted)
    if rolled is None:
        _tell_of_another(result, store)
    else:
        _tell_of_changes(result, rolled)
    _print(report, asked)


def _instants(
    mission: Mission, present: datetime, at: list[str] | None
) -> tuple[datetime, list[datetime]]:
    """Return from when to look, and at which instants: the end of each day of 24 h from then on."""
    from datetime import timedelta

    end = mission.start + timedelta(seconds=mission.duration_s)
    begin = max(present, mission.start)
    if begin >= end:
        raise SatqkdError(
            f"the mission's window ended at {end:%Y-%m-%dT%H:%M:%SZ}: nothing comes after it\n"
            "  fix: give --start and --days, or --now within the window"
        )
    if at:
        found = [instant_of("--at", text, now=present) for text in at]
        for instant in found:
            if not begin <= instant <= end:
                raise SatqkdError(
                    f"--at: {instant:%Y-%m-%dT%H:%M:%SZ} is not between "
                    f"{begin:%Y-%m-%dT%H:%M:%SZ} and {end:%Y-%m-%dT%H:%M:%SZ}\n"
                    "  fix: write an instant of the window that is to come"
                )
        return begin, sorted(set(found))
    whole = int((end - begin).total_seconds() // DAY_S)
    days = [begin + timedelta(days=number + 1) for number in range(whole)]
    return begin, days if days and days[-1] == end else [*days, end]


def _in_force(store: PlanStore | None, present: datetime) -> PlanInForce | None:
    """Read the plan in force; None where the ledger has none."""
    book = None if store is None else store.book()
    if book is None or book.in_force is None:
        return None
    from satqkd.report.replan import IN_FORCE, plan_in_force

    return plan_in_force(Path(IN_FORCE), now=present, store=store)


def _tell_of_changes(result: Plan, rolled: Rolled) -> None:
    """Say where the files are others by now, so that the plan in force would change."""
    planned = {one.contact_key for one in rolled.keeping.contacts}
    changed = len(planned ^ result.scheduled_keys)
    if changed:
        typer.echo(
            f"note: {changed} contacts are others than in the plan in force: files, pins, bans or "
            "outages changed; 'satqkd plan --from ledger' puts that in force",
            err=True,
        )


def _tell_of_another(result: Plan, store: PlanStore | None) -> None:
    """Say where the plan in force is of other inputs than this one."""
    from satqkd.network.ledger.issue import inputs_sha256

    if store is None or not store.path.exists():
        typer.echo("note: without a ledger, pairs hold what 'held' of their demands says", err=True)
        return
    with store.open(write=False) as ledger:
        force = ledger.plan_in_force()
    if force is None:
        typer.echo("note: no plan is in force; this is the one that 'satqkd plan' makes", err=True)
    elif force.plan_id.split("-")[1] != inputs_sha256(result)[:8]:
        typer.echo(
            f"note: the plan in force, {force.plan_id}, is of other files or options; this is the "
            "one that 'satqkd plan' makes of those of today",
            err=True,
        )


def _print(report: AheadReport, asked: Asked) -> None:
    from satqkd.report.export.csv import csv_chunks
    from satqkd.report.export.json import json_chunks
    from satqkd.report.export.printable import visible
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.stock_ahead import (
        AHEAD_COLUMNS,
        AHEAD_SCREEN,
        ahead_words,
    )

    columns = asked.of(AHEAD_COLUMNS)
    if asked.to_file:
        put((json_chunks if asked.json else csv_chunks)(columns, (report,)))
        return
    names = asked.names or AHEAD_SCREEN
    typer.echo(to_terminal(columns, report, names=names, width=terminal_width()), nl=False)
    typer.echo()
    for line in ahead_words(report):
        typer.echo(wrapped(visible(line)))
