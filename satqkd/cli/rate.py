"""``satqkd rate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import JOBS, Csv, Jobs, Json, jobs_of, one_format
from satqkd.cli.shown import terminal_width, wrapped
from satqkd.errors import NonPhysicalError, SatqkdError

if TYPE_CHECKING:
    from satqkd.study.rate_conditions import RateConditions
    from satqkd.study.rates import RateCurves
    from satqkd.units import FloatArray

HIGHEST_DB, MOST_ROWS = 200.0, 2_001
FILES = ("rates.csv", "rates.json", "rates.png")


def command(
    protocol: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PROTOCOL",
            help="bb84-no-decoy, bb84-one-decoy, bb84-two-decoys, bb84-infinite-decoys, "
            "single-photon, bbm92, mdi, twin-field-sns, twin-field-cal; all when none is given.",
            show_default=False,
        ),
    ] = None,
    least_db: Annotated[
        float, typer.Option("--from", metavar="DB", help="Smallest loss, 0 or more.")
    ] = 0.0,
    most_db: Annotated[
        float, typer.Option("--to", metavar="DB", help=f"Largest loss, up to {HIGHEST_DB:g}.")
    ] = 80.0,
    step_db: Annotated[float, typer.Option("--step", metavar="DB", help="Between rows.")] = 1.0,
    detector_efficiency: Annotated[
        float, typer.Option(metavar="SHARE", help="Chance that a photon is counted, 0 to 1.")
    ] = 0.8,
    dark_probability: Annotated[
        float, typer.Option(metavar="SHARE", help="Dark counts a detector and gate.")
    ] = 4e-8,
    misalignment: Annotated[
        float, typer.Option(metavar="SHARE", help="Light in the wrong detector, 0 to 0.5.")
    ] = 0.015,
    ec_efficiency: Annotated[
        float, typer.Option(metavar="F", help="Error correction over Shannon's limit, 1 or more.")
    ] = 1.16,
    block: Annotated[
        float | None,
        typer.Option(
            metavar="PULSES",
            help="Finite key of blocks of so many pulses, such as 1e12; asymptotic if not given.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help=f"Write {', '.join(FILES)} into this folder.")
    ] = None,
    csv: Csv = False,
    json: Json = False,
    jobs: Jobs = JOBS,
) -> None:
    """Secret bits per pulse against loss, with the bounds no protocol passes.

    Loss is that from user to user up to the detectors' input, in dB, as the total of 'satqkd
    link'; where a node stands in the middle, each arm has half of it. Detector efficiency, dark
    counts, misalignment and error correction are the same for all protocols; intensities,
    probabilities and bases are the best at each loss. docs/rates.md says more. Exit code 1 when no
    protocol makes key anywhere.
    """
    jobs_of(jobs)
    from satqkd.report.export.folder import check_folder

    one_format(json=json, csv=csv)
    conditions = _conditions(
        detector_efficiency=detector_efficiency,
        dark_probability=dark_probability,
        misalignment=misalignment,
        ec_efficiency=ec_efficiency,
        block=block,
    )
    curves = _curves(protocol or [], _losses(least_db, most_db, step_db), conditions, jobs)
    if out is not None:
        check_folder(out)
        _write(curves, out)
    _show(curves, json=json, csv=csv)
    if out is not None:
        typer.echo(f"written: {', '.join(str(out / name) for name in FILES)}", err=True)
    if not any(rate.any() for rate in curves.rates.values()):
        raise typer.Exit(ANSWER_IS_NO)


def _conditions(*, block: float | None, **values: float) -> RateConditions:
    from satqkd.study.rate_conditions import RateConditions

    try:
        return RateConditions(block_pulses=block, **values)
    except NonPhysicalError as error:
        option = {"block_pulses": "block"}.get(error.field, error.field).replace("_", "-")
        raise SatqkdError(
            f"--{option}: {error.message}\n  fix: write a number within these limits"
        ) from error


def _losses(least_db: float, most_db: float, step_db: float) -> FloatArray:
    import numpy as np

    if not 0.0 <= least_db <= most_db <= HIGHEST_DB:
        raise SatqkdError(
            f"--from {least_db:g} --to {most_db:g}: no range of losses\n"
            f"  fix: write losses from 0 to {HIGHEST_DB:g} dB, the smaller one first"
        )
    if not step_db > 0.0 or (most_db - least_db) / step_db > MOST_ROWS - 1:
        raise SatqkdError(
            f"--step: {step_db:g} dB does not make 1 to {MOST_ROWS:,} rows\n"
            f"  fix: write a step above 0, {(most_db - least_db) / (MOST_ROWS - 1):.2g} or more"
        )
    rows = int((most_db - least_db) / step_db + 1e-9) + 1
    return np.asarray(least_db + step_db * np.arange(rows))


def _curves(
    names: list[str], loss_db: FloatArray, conditions: RateConditions, jobs: int
) -> RateCurves:
    from satqkd.study.rates import PROTOCOLS, rate_curves

    wanted = [name.strip().casefold() for name in names]
    for name, given in zip(wanted, names, strict=True):
        if name not in PROTOCOLS:
            raise SatqkdError(
                f"no protocol is called {given!r}\n  fix: write {_like(name, list(PROTOCOLS))}"
            )
    return rate_curves(loss_db, names=list(dict.fromkeys(wanted)), conditions=conditions, jobs=jobs)


def _like(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return near[0] if near else f"one of {', '.join(known)}"


def _show(curves: RateCurves, *, json: bool, csv: bool) -> None:
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.rates import (
        LOSS_TEXT,
        conditions_text,
        rate_columns,
        rates_json,
        reach_lines,
        screen_columns,
    )

    names = tuple(curves.rates)
    if json:
        typer.echo(rates_json(curves), nl=False)
        return
    for line in (conditions_text(curves.conditions), LOSS_TEXT):
        typer.echo(wrapped(line), err=csv)
    if csv:
        typer.echo(to_csv(rate_columns(names), curves), nl=False)
        return
    typer.echo(to_terminal(screen_columns(names), curves, width=terminal_width()), nl=False)
    for line in reach_lines(curves):
        typer.echo(wrapped(line))


def _write(curves: RateCurves, out: Path) -> None:
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.folder import write_folder
    from satqkd.report.pictures.rates import rate_picture
    from satqkd.report.pictures.style import png
    from satqkd.report.tables.rates import rate_columns, rates_json

    contents = (
        to_csv(rate_columns(tuple(curves.rates)), curves),
        rates_json(curves),
        png(rate_picture(curves)),
    )
    write_folder(out, dict(zip(FILES, contents, strict=True)))
