"""``satqkd calibrate``."""

from __future__ import annotations

from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import MISSION, STATIONS, Json, MissionFile, Set, StationsFile, read_mission
from satqkd.cli.shown import terminal_width, warnings_told

if TYPE_CHECKING:
    from satqkd.calibration.calibrate import CalibratedLog

OVERLAY = "calibration.yaml"


def command(
    log: Annotated[
        Path, typer.Argument(metavar="LOG.csv", help="What was flown, one instant a line.")
    ],
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    out: Annotated[
        Path | None,
        typer.Option(help=f"Write {OVERLAY}, flown.csv and calibration.png into this folder."),
    ] = None,
    json: Json = False,
) -> None:
    """Fit the constants in which sky and model differ to flown passes.

    The log's columns: utc (ISO 8601 with a zone, the middle of the interval); satellite and
    station where the mission has several; and any of loss_db (to the detectors' input, as the
    total of 'satqkd link'), clicks with interval_s (all intensities and detectors, before
    sifting) and qber; besides loss_sigma_db, clicks_sigma, qber_sigma and note. Zenith
    transmittance, pointing, receiver efficiency, intrinsic error and background are fitted as
    far as these data can tell them apart, for each satellite over each station by itself. With
    'calibration: FOLDER/calibration.yaml' in mission.yaml the next forecast heeds the result.
    Exit code 1 when nothing could be fitted.
    """
    from satqkd.calibration.calibrate import calibrate
    from satqkd.calibration.log import read_log
    from satqkd.report.export.folder import check_folder

    if out is not None:
        check_folder(out)
    value = read_mission(mission, stations, None, None, changes)
    recorded = read_log(log)
    with warnings_told():
        result = calibrate(value, recorded)
    _show(result, json=json)
    if result.overlay is None:
        if not json:
            typer.echo(f"nothing could be fitted to {log}", err=True)
        raise typer.Exit(ANSWER_IS_NO)
    if out is not None:
        name = Path(relpath(out / OVERLAY, mission.parent)).as_posix()
        _write(result, out, name)
        typer.echo(
            f"written: {', '.join(str(out / file) for file in _FILES)}\n"
            f"to use it: add 'calibration: {name}' to {mission}",
            err=True,
        )


_FILES = (OVERLAY, "flown.csv", "calibration.png")


def _show(result: CalibratedLog, *, json: bool) -> None:
    from satqkd.report.export.json import records, strict_json
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.calibration import (
        AGREEMENT_COLUMNS,
        CONSTANT_COLUMNS,
        SHOWN,
        agreement_rows,
        constant_rows,
        remarks,
        summary,
    )

    constants, agreement = constant_rows(result), agreement_rows(result)
    if json:
        told = {
            "constants": records(CONSTANT_COLUMNS, constants),
            "agreement": records(AGREEMENT_COLUMNS, agreement),
            "remarks": remarks(result),
        }
        typer.echo(strict_json(told), nl=False)
        return
    if not constants:
        return
    width = terminal_width()
    typer.echo(summary(result))
    typer.echo(to_terminal(CONSTANT_COLUMNS, constants, names=SHOWN, width=width), nl=False)
    for text in remarks(result):
        typer.echo(text)
    typer.echo("\nForecast against flown: flown minus forecast, before and after")
    typer.echo(to_terminal(AGREEMENT_COLUMNS, agreement, width=width), nl=False)


def _write(result: CalibratedLog, out: Path, name: str) -> None:
    from satqkd.calibration.overlay import overlay_text
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.folder import write_folder
    from satqkd.report.pictures.calibration import calibration_picture
    from satqkd.report.pictures.style import png
    from satqkd.report.tables.calibration import FLOWN_COLUMNS, flown_rows

    contents = (
        overlay_text(result, name=name),
        to_csv(FLOWN_COLUMNS, flown_rows(result)),
        png(calibration_picture(result)),
    )
    write_folder(out, dict(zip(_FILES, contents, strict=True)))
