"""``satqkd rehearse``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import (
    JOBS,
    MISSION,
    STATIONS,
    Csv,
    Days,
    Jobs,
    Json,
    MissionFile,
    Seed,
    Set,
    Start,
    StationsFile,
    draws_of,
    jobs_of,
    one_format,
    read_mission,
)
from satqkd.cli.shown import progress_bar, terminal_width, warnings_told, wrapped
from satqkd.cli.streams import put
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.mission.mission import Mission

SEED, REALISATIONS = 2, 60
"""Of the random generator, another than plans are judged by; and how many where not given."""


def command(
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    start: Start = None,
    days: Days = None,
    realisations: Annotated[
        int, typer.Option("--realisations", metavar="N", help="How often the weather is drawn.")
    ] = REALISATIONS,
    seed: Seed = SEED,
    jobs: Jobs = JOBS,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Play the daily round through: what planning again each day would bring.

    On fresh realisations of the weather the plan is flown as it is, changed each noon with what
    the nights before left, and changed each noon with the sky of the coming night known. The
    difference is what a reaction is worth, and what a forecast of tonight's clouds is.
    """
    jobs_of(jobs)
    from satqkd.network.plan import forecasts_of
    from satqkd.network.rehearsal import POLICIES, rehearse
    from satqkd.network.undivided import chosen_from
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.json import json_list, json_rows
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.export.typed import filled
    from satqkd.report.tables.rehearsal import (
        REHEARSAL_COLUMNS,
        REHEARSAL_SCREEN,
        rehearsal_lines,
    )

    one_format(json=json, csv=csv)
    draws = draws_of(realisations, seed)
    if draws is None or draws.samples < 2:
        raise SatqkdError("--realisations: one is no weather\n  fix: write 2 or more")
    value = read_mission(mission, stations, start, days, changes)
    with warnings_told():
        with progress_bar("searching passes") as progress:
            forecasts = forecasts_of(value, progress=progress, jobs=jobs)
        candidates, solution = chosen_from(forecasts, value.solver)
        if not solution.chosen.any():
            typer.echo("nothing to schedule: there is nothing to rehearse", err=True)
            raise typer.Exit(ANSWER_IS_NO)
        with progress_bar("playing") as progress:
            found = rehearse(
                value,
                candidates,
                solution.chosen,
                draws,
                policies=POLICIES,
                done=progress,
                jobs=jobs,
            )
    if json:
        put(json_list(json_rows(REHEARSAL_COLUMNS, filled(REHEARSAL_COLUMNS, found))))
    elif csv:
        put([to_csv(REHEARSAL_COLUMNS, found).encode()])
    else:
        width = terminal_width()
        typer.echo(to_terminal(REHEARSAL_COLUMNS, found, names=REHEARSAL_SCREEN, width=width))
        for line in rehearsal_lines(found, _pairs(value)):
            typer.echo(wrapped(line))


def _pairs(mission: Mission) -> list[str]:
    """Names of the pairs that ask for key."""
    names = [ground.site.name for ground in mission.stations]
    return [f"{names[one.station_a]} and {names[one.station_b]}" for one in mission.demands]
