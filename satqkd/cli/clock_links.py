"""Clocks over links that stand still, their instability, and attacks, for ``satqkd clock``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.shown import terminal_width, wrapped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from satqkd.mission.clocks import Clock
    from satqkd.report.tables.column import Column, Source

MOST_TRIALS = 2_000
"""Trials of an attack that fit into memory: each holds every time tag."""

PER_DECADE = 10
"""Averaging times a decade of ``instability.csv``."""


def show_stated(clocks: Mapping[str, Clock], *, json: bool, csv: bool) -> None:
    """Print what each comparison gives over its link, and its instability.

    Exit code 1 when none of them compares anything.
    """
    from satqkd.report.tables.instability import (
        INSTABILITY_COLUMNS,
        averaging_times_s,
        comparison_text,
    )
    from satqkd.study.clock_curves import curves_of, stated_comparison

    compared = {name: stated_comparison(clock) for name, clock in clocks.items()}
    if not (json or csv):
        for name, result in compared.items():
            typer.echo(wrapped(comparison_text(name, result)))
    curves = curves_of(clocks, tau_s=averaging_times_s(per_decade=1))
    _print(INSTABILITY_COLUMNS, curves, json=json, csv=csv)
    if all(result.why_not[0] for result in compared.values()):
        raise typer.Exit(ANSWER_IS_NO)


def show_instability(
    clocks: Mapping[str, Clock], *, out: Path | None, json: bool, csv: bool
) -> None:
    """Print instability against averaging time, or write it with its picture into a folder."""
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.folder import check_folder, write_folder
    from satqkd.report.tables.instability import INSTABILITY_COLUMNS, averaging_times_s
    from satqkd.study.clock_curves import curves_of

    if out is None:
        curves = curves_of(clocks, tau_s=averaging_times_s(per_decade=1))
        _print(INSTABILITY_COLUMNS, curves, json=json, csv=csv)
        return
    from satqkd.report.pictures.instability import instability
    from satqkd.report.pictures.style import png

    check_folder(out)
    curves = curves_of(clocks, tau_s=averaging_times_s(per_decade=PER_DECADE))
    write_folder(
        out,
        {
            "instability.csv": to_csv(INSTABILITY_COLUMNS, curves),
            "instability.png": png(instability(curves)),
        },
    )
    typer.echo(f"written: {out / 'instability.csv'}, {out / 'instability.png'}", err=True)


def check_attack(*, trials: int, seed: int) -> None:
    """Refuse numbers that nothing can be played with, before anything is searched."""
    if not 1 <= trials <= MOST_TRIALS:
        raise SatqkdError(
            f"--trials: {trials} is no number of trials\n"
            f"  fix: write a number from 1 to {MOST_TRIALS:,}"
        )
    if seed < 0:
        raise SatqkdError(f"--seed: {seed} is below 0\n  fix: write a whole number from 0 on")


def show_attack(
    clocks: Mapping[str, Clock], *, trials: int, seed: int, json: bool, csv: bool
) -> None:
    """Print what attacks do and which are noticed."""
    from satqkd.report.tables.attacks import ATTACK_COLUMNS, attack_text
    from satqkd.study.clock_attacks import attack_study

    if len(clocks) > 1:
        raise SatqkdError(f"--attack plays on one\n  fix: name one of {', '.join(clocks)}")
    ((name, clock),) = clocks.items()
    study = attack_study(clock, trials=trials, seed=seed, name=name)
    _print(ATTACK_COLUMNS, study, json=json, csv=csv)
    if not (json or csv):
        typer.echo(wrapped(attack_text(study)))


def _print(columns: Sequence[Column[Source]], source: Source, *, json: bool, csv: bool) -> None:
    """Print a whole table in the format that is asked for."""
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.json import to_json
    from satqkd.report.export.terminal import to_terminal

    if json:
        typer.echo(to_json(columns, source), nl=False)
    elif csv:
        typer.echo(to_csv(columns, source), nl=False)
    else:
        typer.echo(to_terminal(columns, source, width=terminal_width()), nl=False)
