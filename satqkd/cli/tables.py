"""The pass table, as the subcommands that list passes show it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import read_mission
from satqkd.cli.rows import Shown, cost_told, show_rows
from satqkd.cli.shown import progress_bar, silent, warnings_told
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast
    from satqkd.forecast.skies import Draws
    from satqkd.mission.mission import Mission
    from satqkd.passes.find import Progress
    from satqkd.report.bulk import Chosen
    from satqkd.report.column import Column
    from satqkd.report.passes import PassReport

Source = TypeVar("Source")


def show_passes(
    mission: Path,
    stations: Path,
    start: str | None,
    days: float | None,
    changes: Sequence[str] | None,
    *,
    names: Sequence[str],
    station: Sequence[str] | None,
    satellite: Sequence[str] | None,
    json: bool,
    csv: bool,
    geometry: bool = False,
    key_wanted: bool = False,
    draws: Draws | None = None,
) -> None:
    """Forecast a mission and print its passes; exit code 1 when there is none.

    With ``key_wanted`` also when none of them gives key.
    """
    from satqkd.report.bulk import (
        PASS_SCREEN_COLUMNS,
        SIGHTING_COLUMNS,
        SIGHTING_SCREEN_COLUMNS,
        pass_reports,
        sighting_reports,
    )
    from satqkd.report.counted import counted
    from satqkd.report.passes import PASS_COLUMNS

    value = read_mission(mission, stations, start, days, changes)
    chosen = chosen_of(value, station, satellite)
    keyed, to_file = False, json or csv

    def reports(progress: Progress) -> Iterator[PassReport]:
        nonlocal keyed
        for report in pass_reports(value, chosen, draws=draws, progress=progress):
            keyed |= "candidate" in report.status
            yield report

    shown = Shown(names=names, order_by="rise_utc", json=json, csv=csv)
    searched = over_stations("passes", chosen)
    if geometry:
        count = told(
            SIGHTING_COLUMNS if to_file else SIGHTING_SCREEN_COLUMNS,
            lambda progress: sighting_reports(value, chosen, progress=progress),
            shown,
            searched,
        )
    else:
        count = told(PASS_COLUMNS if to_file else PASS_SCREEN_COLUMNS, reports, shown, searched)
    if count == 0 or (key_wanted and not keyed):
        if not (json or csv):
            many = counted(count, "pass", many="passes")
            typer.echo(f"no key from {many}" if count else no_pass(value), err=True)
        raise typer.Exit(ANSWER_IS_NO)


def told(
    columns: Sequence[Column[Source]],
    blocks: Callable[[Progress], Iterable[Source]],
    shown: Shown,
    searched: str | None,
) -> int:
    """Print rows as they come and return how many; say what a long search has taken."""
    begin_s = time.monotonic()
    on_screen = (shown.json or shown.csv) and sys.stdout.isatty()
    bar = nullcontext(silent) if on_screen else progress_bar("searching")
    with warnings_told(), bar as progress:
        count = show_rows(columns, blocks(progress), shown)
    if searched is not None:
        typer.echo(f"{count:,} {searched} in {cost_told(begin_s)}", err=True)
    return count


def over_stations(what: str, chosen: Chosen) -> str | None:
    """What a search of many satellites has found, for :func:`told`; None for few."""
    satellites, stations = len(chosen.satellites), len(chosen.stations)
    if satellites <= FEW_SATELLITES:
        return None
    return f"{what} of {satellites:,} satellites over {stations:,} stations"


FEW_SATELLITES = 20
"""A search of more says at its end what it has taken."""


def run_forecast(mission: Mission) -> Forecast:
    """Follow every pass, also those that may carry no key."""
    from satqkd.forecast.forecast import forecast

    with warnings_told(), progress_bar("searching passes") as progress:
        return forecast(mission, every=True, progress=progress)


def no_pass(mission: Mission) -> str:
    """Say why a table is empty."""
    if not mission.spacecraft:
        standing = (*mission.together_links, *mission.links)
        names = ", ".join(repr(link.name) for link in standing)
        return "no pass: the mission names no satellite" + (
            f"\n  fix: 'satqkd link' lists its links; name one of them: {names}" if names else ""
        )
    if not mission.stations:
        return "no pass: there is no station"
    days = mission.duration_s / 86_400.0
    return (
        f"no pass: within {days:g} days from {mission.start:%Y-%m-%dT%H:%M:%SZ} no satellite "
        "rises above a station's lowest elevation"
    )


def chosen_of(
    mission: Mission, station: Sequence[str] | None, satellite: Sequence[str] | None
) -> Chosen:
    """Stations and satellites named; all when none is."""
    from satqkd.elements.synthetic import design_name
    from satqkd.report.bulk import Chosen

    sites = [ground.site.name for ground in mission.stations]
    crafts = [craft.satellite.name for craft in mission.spacecraft]
    numbers = [craft.satellite.number_or_designator.casefold() for craft in mission.spacecraft]
    flown = named(
        satellite, crafts, "satellite", or_by=numbers,
        families=[design_name(craft.satellite) for craft in mission.spacecraft],
    )  # fmt: skip
    return Chosen(
        satellites=[i for i, yes in enumerate(flown) if yes],
        stations=[i for i, yes in enumerate(named(station, sites, "station")) if yes],
    )


_FILE_OF = {"station": "stations.yaml", "satellite": "mission.yaml"}


def named(
    wanted: Sequence[str] | None,
    names: Sequence[str],
    what: str,
    *,
    or_by: Sequence[str] = (),
    families: Sequence[str] = (),
) -> list[bool]:
    """Tell for each name whether it is wanted; one that nobody has is an error.

    The mark of synthetic orbits need not be written; ``or_by`` are other names of the same,
    ``families`` what several go by together. A word that is a name means that one alone.
    """
    if not wanted:
        return [True] * len(names)
    folded = [_folded(name) for name in names]
    others = list(or_by) or folded
    groups = [_folded(family) for family in families] or folded
    alone = {*folded, *others}
    asked = {_folded(name) for name in wanted}
    if not names:
        raise SatqkdError(
            f"--{what}: the mission has none\n"
            f"  fix: leave out --{what}, or add one under '{what}s:' in {_FILE_OF[what]}"
        )
    missing = [name for name in wanted if _folded(name) not in {*alone, *groups}]
    if missing:
        raise SatqkdError(
            f"no {what} is called {', '.join(map(repr, missing))}\n"
            f"  fix: write one of {', '.join(dict.fromkeys([*families] or names))}"
        )
    together = asked - alone
    return [
        not asked.isdisjoint(pair) or group in together
        for *pair, group in zip(folded, others, groups, strict=True)
    ]


def _folded(name: str) -> str:
    from satqkd.elements.satellite import SYNTHETIC_MARK

    return name.casefold().removesuffix(SYNTHETIC_MARK)
