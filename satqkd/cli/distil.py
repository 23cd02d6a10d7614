"""``satqkd distil``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.asked import Asked
from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.link import find_pass, run_forecast
from satqkd.cli.options import (
    MISSION,
    SEED,
    STATIONS,
    Days,
    Json,
    MissionFile,
    Seed,
    Set,
    Start,
    StationsFile,
    read_mission,
)
from satqkd.cli.rows import Shown, show_rows
from satqkd.cli.shown import progress_bar, wrapped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast
    from satqkd.network.distilled_contact import DistilledContact, How

ROUND_TRIP_MS = 5.0
"""Round trip of the classical link where the mission gives none. [ms]"""


def command(
    pass_id: Annotated[
        str,
        typer.Argument(
            metavar="PASS",
            help="Id of a pass as 'satqkd passes --columns pass_id' shows it, or its beginning.",
        ),
    ],
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    start: Start = None,
    days: Days = None,
    seed: Seed = SEED,
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
            help="Privacy amplification by toeplitz or multiply-shift; without it by the one that "
            "is faster at the length of a block.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write both keys (readable by their owner alone), tables and the transcript of "
            "what was said into this folder."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Distil a pass: from clicks, one by one, to two equal secret keys.

    The clicks of every second are drawn from what the forecast expects of it, then sifted; errors
    are corrected, both ends' bits compared and hashed, and all that was said is authenticated. The
    two ends are two objects that know of each other only what stands in the transcript. Keys of a
    simulation are marked so: whoever has the seed has them. Exit code 1 when no block gives key.
    """
    from satqkd.report.distilled_files import MANIFEST
    from satqkd.report.export.folder import check_folder

    if out is not None:
        check_folder(out, named=MANIFEST)
    value = read_mission(mission, stations, start, days, changes)
    result = run_forecast(value)
    index = find_pass(pass_id, result.ids)
    how = _how(
        result,
        index,
        seed=seed,
        engine=reconcile,
        round_trip_ms=round_trip,
        within_s=within,
        hashing=hashing,
    )
    made = _distilled(result, index, how)
    written = "" if out is None else _write(out, made)
    if json:
        _print_json(made)
    else:
        _tell(made, how)
    if written:
        typer.echo(wrapped(f"written: {written}"), err=True)
    if not made.bits:
        raise typer.Exit(ANSWER_IS_NO)


def _how(
    result: Forecast,
    index: int,
    *,
    seed: int,
    engine: str | None,
    round_trip_ms: float | None,
    within_s: float | None,
    hashing: str | None,
) -> How:
    from satqkd.distil.amplify import FAMILIES
    from satqkd.network.distilled_contact import How

    if hashing is not None and hashing not in FAMILIES:
        raise SatqkdError(
            f"--hash: no family is called {hashing!r}\n  fix: write one of {', '.join(FAMILIES)}"
        )
    own = result.mission.distilled(int(result.contacts.satellite[index]))
    if round_trip_ms is None:
        round_trip_ms = ROUND_TRIP_MS if own is None else 1e3 * own.round_latency_s
    if within_s is None and own is not None and own.stop_before_set_s > 0.0:
        within_s = own.stop_before_set_s
    return How(
        engine=engine,
        round_trip_s=1e-3 * round_trip_ms,
        within_s=within_s,
        family=None if hashing is None else FAMILIES[hashing],
        seed=seed,
    )


def _distilled(result: Forecast, index: int, how: How) -> DistilledContact:
    from satqkd.network.distilled_contact import distil_contact

    with progress_bar("distilling blocks") as progress:
        return distil_contact(result, index, how, progress=progress)


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


def _tell(made: DistilledContact, how: How) -> None:
    from satqkd.report.distilled_told import told
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
    for sentence in told(made):
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
