"""The pass table, as the subcommands that list passes show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import read_mission
from satqkd.cli.shown import progress_bar, terminal_width, warnings_told
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast
    from satqkd.units import BoolArray


def show_passes(
    mission: Path,
    stations: Path,
    start: str | None,
    days: float | None,
    *,
    names: Sequence[str],
    station: Sequence[str] | None,
    satellite: Sequence[str] | None,
    json: bool,
    csv: bool,
) -> None:
    """Forecast a mission and print its passes; exit code 1 when there is none."""
    from satqkd.report.csv import to_csv
    from satqkd.report.json import to_json
    from satqkd.report.passes import PASS_COLUMNS, pass_report
    from satqkd.report.terminal import to_terminal

    result = run_forecast(mission, stations, start, days)
    report = pass_report(result)
    report = replace(
        report, order=report.order[_asked_for(result, station, satellite)[report.order]]
    )
    if json:
        typer.echo(to_json(PASS_COLUMNS, report), nl=False)
    elif csv:
        typer.echo(to_csv(PASS_COLUMNS, report), nl=False)
    elif report.order.size:
        typer.echo(to_terminal(PASS_COLUMNS, report, names=names, width=terminal_width()), nl=False)
    else:
        typer.echo(no_pass(result), err=True)
    if report.order.size == 0:
        raise typer.Exit(ANSWER_IS_NO)


def run_forecast(mission: Path, stations: Path, start: str | None, days: float | None) -> Forecast:
    """Read the files and follow every pass."""
    from satqkd.forecast.forecast import forecast

    value = read_mission(mission, stations, start, days)
    with warnings_told(), progress_bar("searching passes") as progress:
        return forecast(value, progress=progress)


def no_pass(result: Forecast) -> str:
    """Say why a table is empty."""
    mission = result.mission
    if not mission.spacecraft:
        return "no pass: the mission names no satellite"
    if not mission.stations:
        return "no pass: there is no station"
    days = mission.duration_s / 86_400.0
    return (
        f"no pass: within {days:g} days from {mission.start:%Y-%m-%dT%H:%M:%SZ} no satellite "
        "rises above a station's lowest elevation"
    )


def _asked_for(
    result: Forecast, station: Sequence[str] | None, satellite: Sequence[str] | None
) -> BoolArray:
    """Passes of the stations and satellites named; of all when none is."""
    import numpy as np

    sites = [ground.site.name for ground in result.mission.stations]
    crafts = [craft.satellite.name for craft in result.mission.spacecraft]
    chosen_sites = np.array(named(station, sites, "station"), dtype=np.bool_)
    chosen_crafts = np.array(named(satellite, crafts, "satellite"), dtype=np.bool_)
    return np.asarray(chosen_sites[result.passes.station] & chosen_crafts[result.passes.satellite])


def named(wanted: Sequence[str] | None, names: Sequence[str], what: str) -> list[bool]:
    """Tell for each name whether it is wanted; one that nobody has is an error.

    The mark of synthetic orbits need not be written.
    """
    if not wanted:
        return [True] * len(names)
    folded = [_folded(name) for name in names]
    missing = [name for name in wanted if _folded(name) not in folded]
    if missing:
        raise SatqkdError(
            f"no {what} is called {', '.join(map(repr, missing))}\n"
            f"  fix: write one of {', '.join(names)}"
        )
    asked = {_folded(name) for name in wanted}
    return [name in asked for name in folded]


def _folded(name: str) -> str:
    from satqkd.elements.satellite import SYNTHETIC_MARK

    return name.casefold().removesuffix(SYNTHETIC_MARK)
