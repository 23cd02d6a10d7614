"""``satqkd distil``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.asked import Asked
from satqkd.cli.distil_log import (
    ROUND_TRIP_MS,
    Booking,
    Links,
    LogAsked,
    distil_file,
    is_log,
    require_kept,
)
from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.ledger_file import LedgerFile
from satqkd.cli.link import find_pass, run_forecast
from satqkd.cli.options import (
    MISSION,
    SEED,
    STATIONS,
    Days,
    Json,
    MissionFile,
    Now,
    Set,
    Start,
    StationsFile,
    read_mission,
)
from satqkd.cli.rows import Shown, show_rows
from satqkd.cli.shown import progress_bar, wrapped
from satqkd.cli.terrestrial import is_terrestrial
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.distil.recovered import Recovered
    from satqkd.mission.mission import Mission
    from satqkd.network.distilled_contact import DistilledContact, How


def command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="PASS|LOG",
            help="Id of a pass as 'satqkd passes --columns pass_id' shows it, or its beginning: "
            "its clicks are simulated. Or a file (.npz, .parquet) of what both ends recorded.",
        ),
    ],
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    start: Start = None,
    days: Days = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help=f"Of a simulation: same seed, same bytes; without it {SEED}. For a log real "
            "randomness is drawn unless it is given.",
        ),
    ] = None,
    reconcile: Annotated[
        str | None,
        typer.Option(
            metavar="ENGINE",
            help="Way to correct errors: cascade, cascade-fast, ldpc-blind or ldpc; without it the "
            "one that leaves most key within --within.",
        ),
    ] = None,
    round_trip: Annotated[
        float | None,
        typer.Option(
            metavar="MS",
            min=0.0,
            help="Round trip of the classical link in milliseconds; without it the round_latency "
            f"of 'distillation', or {ROUND_TRIP_MS:g}.",
        ),
    ] = None,
    within: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            min=0.0,
            help="Seconds that the error correction of a block may take; without it the "
            "stop_before_set of 'distillation', or as long as it takes.",
        ),
    ] = None,
    hashing: Annotated[
        str | None,
        typer.Option(
            "--hash",
            metavar="FAMILY",
            help="Privacy amplification by toeplitz (the usual one) or multiply-shift.",
        ),
    ] = None,
    satellite: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a log: whose clicks it holds.")
    ] = None,
    station: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a log: who recorded them.")
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Of a log: its contact, by the contact_key of passes.csv."),
    ] = None,
    qber: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            min=0.0,
            max=0.5,
            help="Of a log: error fraction to be expected of the key bits, 0.01 for 1 %; without "
            "it that of source and detectors.",
        ),
    ] = None,
    pulses: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Of a log that does not say it: pulses sent while the receiver listened.",
        ),
    ] = None,
    ledger: LedgerFile = None,
    now: Now = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write both keys (readable by their owner alone), tables and the transcript of "
            "what was said into this folder."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Distil a pass, or what a station recorded: from clicks to two equal secret keys.

    Of a pass the clicks of every second are drawn from what the forecast expects of it. They are
    sifted, errors are corrected, both ends' bits compared and hashed, and all that was said is
    authenticated. The two ends are two objects that know of each other only what stands in the
    transcript. Keys of a simulation are marked so: whoever has the seed has them; with --ledger
    they are refused. Key of a log is booked there, a block an entry, and has to be kept by
    --out. Exit code 1 when no block gives key.
    """
    from satqkd.report.distilled_files import MANIFEST
    from satqkd.report.export.folder import check_folder

    if out is not None:
        check_folder(out, named=MANIFEST)
    value = read_mission(mission, stations, start, days, changes)
    asked = Links(engine=reconcile, round_trip_ms=round_trip, within_s=within, hashing=hashing)
    found: Recovered | None = None
    booking: Booking | None = None
    if is_log(what):
        log = LogAsked(
            path=Path(what), satellite=satellite, station=station, contact=contact, qber=qber,
            pulses=pulses, seed=seed,
        )  # fmt: skip
        if ledger is not None:
            require_kept(log, out)
            booking = Booking(mission=mission, ledger=ledger, now=now)
        made, found, how = distil_file(value, log, asked, booking)
    else:
        _require_pass(
            satellite=satellite, station=station, contact=contact, qber=qber, pulses=pulses,
            ledger=ledger,
        )  # fmt: skip
        made, how = _distil_pass(value, what, asked, seed=SEED if seed is None else seed)
    written = "" if out is None else _write(out, made)
    if json:
        _print_json(made)
    else:
        _tell(made, found, how)
    if booking is not None:
        booking.book(made, json=json)
    if written:
        typer.echo(wrapped(f"written: {written}"), err=True)
    if not made.bits:
        raise typer.Exit(ANSWER_IS_NO)


def _require_pass(**of_log: object) -> None:
    """Refuse what only a log can have."""
    given = [name for name, value in of_log.items() if value is not None]
    if given == ["ledger"]:
        raise SatqkdError(
            "--ledger: simulated keys are no stock: whoever has the seed has them\n"
            "  fix: leave it out; the key of a log can be booked"
        )
    if given:
        raise SatqkdError(
            f"--{given[0]} is of a log, and a pass is asked for\n  fix: leave it out, or name a "
            "file (.npz, .parquet)"
        )


def _distil_pass(
    mission: Mission, pass_id: str, asked: Links, *, seed: int
) -> tuple[DistilledContact, How]:
    """Simulate and distil a pass."""
    from satqkd.network.distilled_contact import distil_contact

    if Path(pass_id).is_file():
        raise SatqkdError(
            f"{pass_id}: is no log by its name\n"
            "  fix: save what both ends recorded as .npz or .parquet (docs/distil.md)"
        )
    if is_terrestrial(mission, pass_id):
        raise SatqkdError(
            f"{pass_id!r} is a terrestrial link, and passes are distilled\n"
            "  fix: name a pass, or a file (.npz, .parquet) of what both ends recorded"
        )
    result = run_forecast(mission)
    index = find_pass(pass_id, result.ids)
    how = asked.how(mission, int(result.contacts.satellite[index]))
    with progress_bar("distilling blocks") as progress:
        return distil_contact(result, index, how, seed=seed, progress=progress), how


def _write(out: Path, made: DistilledContact) -> str:
    from satqkd.report.distilled_files import KEYS, MANIFEST, distilled_facts, distilled_files
    from satqkd.report.export.folder import write_folder

    files = distilled_files(made)
    write_folder(out, files, provenance=distilled_facts(made), named=MANIFEST, private=KEYS)
    return ", ".join(str(out / name) for name in files)


def _print_json(made: DistilledContact) -> None:
    from satqkd.cli.streams import put
    from satqkd.report.distilled_files import distilled_facts
    from satqkd.report.export.json import json_document
    from satqkd.report.tables.distilled import (
        COUNTED_COLUMNS,
        DISTILLED_COLUMNS,
        TIMED_COLUMNS,
        count_rows,
        stage_rows,
    )

    put(
        json_document(
            {
                "blocks": (DISTILLED_COLUMNS, (made.blocks,)),
                "counted": (COUNTED_COLUMNS, (count_rows(made.blocks),)),
                "said": (TIMED_COLUMNS, (stage_rows(made.blocks),)),
            },
            distilled_facts(made),
        )
    )


def _tell(made: DistilledContact, found: Recovered | None, how: How) -> None:
    from satqkd.report.distilled_told import told, told_of_log
    from satqkd.report.tables.distilled import (
        COUNTED_COLUMNS,
        COUNTED_SCREEN,
        DISTILLED_COLUMNS,
        DISTILLED_SCREEN,
        TIMED_COLUMNS,
        count_rows,
        stage_rows,
        trial_columns,
    )

    asked = Asked(json=False, columns=None, local=False)
    for sentence in (*told(made), *(() if found is None else told_of_log(found))):
        typer.echo(wrapped(sentence))
    columns = trial_columns(how.round_trip_s)
    names = tuple(column.name for column in columns)
    typer.echo(f"\nengines, at a round trip of {1e3 * how.round_trip_s:g} ms")
    show_rows(columns, (made.trials,), Shown(names=names, asked=asked))
    typer.echo("\nblocks")
    show_rows(DISTILLED_COLUMNS, (made.blocks,), Shown(names=DISTILLED_SCREEN, asked=asked))
    for block in made.blocks:
        rows = [block]
        typer.echo(f"\nblock {block.terms.block}: what was counted")
        show_rows(COUNTED_COLUMNS, (count_rows(rows),), Shown(names=COUNTED_SCREEN, asked=asked))
        typer.echo(f"\nblock {block.terms.block}: what was said")
        shown = Shown(names=[own.name for own in TIMED_COLUMNS[1:]], asked=asked)
        show_rows(TIMED_COLUMNS, (stage_rows(rows),), shown)
