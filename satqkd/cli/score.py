"""``satqkd score``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.asked import one_of
from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import (
    MISSION,
    SEED,
    STATIONS,
    Csv,
    Json,
    MissionFile,
    Samples,
    Seed,
    Set,
    StationsFile,
    draws_of,
    read_mission,
)
from satqkd.cli.shown import terminal_width, warnings_told, wrapped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from satqkd.calibration.score import Score
    from satqkd.calibration.tracked import Tracked

SAMPLES = 1_000
"""Realisations drawn where not given: contacts of logs are few."""


def command(
    logs: Annotated[
        list[Path], typer.Argument(metavar="LOG.csv…", help="What was flown, all logs so far.")
    ],
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    clear: Annotated[
        bool,
        typer.Option(
            "--clear",
            help="Draw clear skies: for logs without the contacts that clouds took.",
        ),
    ] = False,
    samples: Samples = SAMPLES,
    seed: Seed = SEED,
    out: Annotated[
        Path | None,
        typer.Option(help="Write score.csv, scored.csv and score.png into this folder."),
    ] = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Hold the forecast against what was flown, over all logs of a mission.

    The columns of a log are those of 'satqkd calibrate', and besides key_bits and sifted_bits of
    a contact (several lines add up; loss_db and qber beside them are of the whole contact) and
    contact_key, which is held against satellite, station and time. A log should have every
    contact that was tried, those without key as 0: the forecast counts clouds too. If it has only
    those under a clear sky, say --clear.

    Bias is flown minus forecast: of key, sifted bits and clicks in dB of their ratio, of losses
    in dB, of errors in %; its error takes contacts as independent. Where a bias exceeds two of
    its errors over five contacts or more, a calibration is proposed. Forecasts are made anew, with
    the elements and the calibration that the mission has now. Exit code 1 when nothing could be
    held against a forecast.
    """
    from satqkd.calibration.score_logs import score
    from satqkd.report.export.folder import check_folder

    one_of({"--json": json, "--csv": csv})
    if out is not None:
        check_folder(out)
    draws = draws_of(samples, seed)
    if draws is None:
        raise SatqkdError("--samples: a score needs realisations\n  fix: write a number from 1 on")
    value = read_mission(mission, stations, None, None, changes)
    with warnings_told():
        result = score(value, *logs, draws=draws, clear=clear)
    show_score(result, json=json, csv=csv)
    if result.leading is None:
        typer.echo("no contact has both a flown value and a forecast", err=True)
        raise typer.Exit(ANSWER_IS_NO)
    if out is not None:
        _write(result, out)


def show_score(
    result: Score | None, *, json: bool, csv: bool, tracked: Sequence[Tracked] | None = None
) -> None:
    """Print a score: on a terminal the headline, the contacts, the biases, and remarks.

    Parameters
    ----------
    result
        None where no log has anything of a score.
    json, csv
        In place of that.
    tracked
        What telescopes measured; None for a command that does not read it.
    """
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.json import records, strict_json
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.score import (
        SCORE_COLUMNS,
        SCORED_COLUMNS,
        SHOWN,
        contact_rows,
        headline_of,
        remarks,
        score_rows,
    )
    from satqkd.report.tables.tracked import TRACKED_COLUMNS, TRACKED_SCREEN, tracked_words

    contacts = [] if result is None else contact_rows(result)
    rows = [] if result is None else score_rows(result)
    said = [*([] if result is None else remarks(result)), *tracked_words(tracked or ())]
    if json:
        told = {
            "score": records(SCORE_COLUMNS, rows),
            "contacts": records(SCORED_COLUMNS, contacts),
            "remarks": said,
        }
        if tracked is not None:
            told["tracked"] = records(TRACKED_COLUMNS, tracked)
        typer.echo(strict_json(told), nl=False)
        return
    if csv:
        typer.echo(to_csv(SCORED_COLUMNS, contacts), nl=False)
        return
    width = terminal_width()
    if result is not None and contacts:
        typer.echo(headline_of(result))
        typer.echo(to_terminal(SCORED_COLUMNS, contacts, names=SHOWN, width=width), nl=False)
        typer.echo("\nBias: flown minus forecast")
        typer.echo(to_terminal(SCORE_COLUMNS, rows, width=width), nl=False)
    if tracked:
        typer.echo("Tracking: measured minus expected")
        text = to_terminal(TRACKED_COLUMNS, tracked, names=TRACKED_SCREEN, width=width)
        typer.echo(text, nl=False)
    for text in said:
        typer.echo(wrapped(text))


def _write(result: Score, out: Path) -> None:
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.folder import write_folder
    from satqkd.report.pictures.score import score_picture
    from satqkd.report.pictures.style import png
    from satqkd.report.tables.score import SCORE_COLUMNS, SCORED_COLUMNS, contact_rows, score_rows

    files: dict[str, str | bytes] = {
        "score.csv": to_csv(SCORE_COLUMNS, score_rows(result)),
        "scored.csv": to_csv(SCORED_COLUMNS, contact_rows(result)),
        "score.png": png(score_picture(result)),
    }
    write_folder(out, files)
    typer.echo(f"written: {', '.join(str(out / name) for name in files)}", err=True)
