"""``satqkd clock``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.asked import Asked, columns_listed, one_of, refuse_columns
from satqkd.cli.clock_chosen import (
    is_there,
    of_mission,
    of_preset,
    packaged,
    preset_of,
    require_findable,
    uses_of,
)
from satqkd.cli.clock_links import check_attack, show_attack, show_instability, show_stated
from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.local_time import station_zones
from satqkd.cli.options import (
    MISSION,
    SEED,
    STATIONS,
    Columns,
    Csv,
    Days,
    Json,
    Local,
    MissionFile,
    Satellite,
    Seed,
    Set,
    Start,
    Station,
    StationsFile,
    read_mission,
)
from satqkd.cli.shown import wrapped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.clocks import ClockPasses
    from satqkd.mission.clocks import ClockUse
    from satqkd.mission.mission import Mission
    from satqkd.passes.find import Progress


def command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="Clocks of the mission, or a preset of clocks; all of the mission's if not "
            "given. A preset is compared over the link it states itself.",
        ),
    ] = None,
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    start: Start = None,
    days: Days = None,
    station: Station = None,
    satellite: Satellite = None,
    passes: Annotated[
        bool,
        typer.Option("--passes", help="Compare a preset's clocks along the mission's passes."),
    ] = False,
    stated: Annotated[
        bool,
        typer.Option("--stated", help="Compare the mission's clocks over the link they state."),
    ] = False,
    instability: Annotated[
        bool,
        typer.Option(
            "--instability",
            help="Show instability against averaging time, of the mission's clocks on their "
            "best pass, of packaged presets without a mission; with --out also as a picture.",
        ),
    ] = False,
    attack: Annotated[
        bool,
        typer.Option("--attack", help="Play attacks on the same clocks and show what is detected."),
    ] = False,
    trials: Annotated[
        int, typer.Option(metavar="N", help="With --attack: how often each is played.")
    ] = 200,
    seed: Seed = SEED,
    out: Annotated[
        Path | None,
        typer.Option(help="With --instability: write instability.csv and .png into this folder."),
    ] = None,
    columns: Columns = None,
    local: Local = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Say how well clocks are compared: along passes, or over a link that stands still.

    Time tags, their rate and their error fraction come from the forecast of each pass's own
    link; an error fraction that could hide an eavesdropper ends the comparison. The motion of
    the satellite, the turning of the Earth and relativity are listed beside it.
    """
    asked = Asked(json=json, csv=csv, columns=columns, local=local)
    one_of(
        {
            "--instability": instability,
            "--attack": attack,
            "--passes": passes,
            "--stated": stated,
        }
    )
    if out is not None and not instability:
        raise SatqkdError("--out means nothing without --instability\n  fix: leave it out")
    require_findable(name, mission, stations)
    still = instability or attack or stated or not (passes or preset_of(name) is None)

    def loaded() -> Mission:
        return read_mission(mission, stations, start, days, changes)

    if not still:
        value = loaded()
        uses = uses_of(value, name, station=station, satellite=satellite)
        _show_passes(value, uses, asked)
        return
    refuse_columns(asked)
    if attack:
        check_attack(trials=trials, seed=seed)
    preset = preset_of(name)
    unread = preset is not None or (name is None and not stated and not is_there(mission, stations))
    _heeded(changes, unread=unread)
    if preset is not None:
        chosen = of_preset(str(name), preset)
    elif unread:
        chosen = packaged("no mission here", attack=attack)
    else:
        chosen = of_mission(
            loaded(), name, attack=attack, stated=stated, station=station, satellite=satellite
        )
    for note in chosen.notes:
        typer.echo(wrapped(note), err=json or csv or out is not None)
    found = chosen.clocks
    if instability:
        show_instability(found, out=out, json=json, csv=csv)
    elif attack:
        show_attack(found, trials=trials, seed=seed, json=json, csv=csv)
    else:
        show_stated(found, json=json, csv=csv)


def _heeded(changes: Sequence[str] | None, *, unread: bool) -> None:
    """Refuse values for a mission that is not read."""
    if changes and unread:
        raise SatqkdError("--set: no mission is read here\n  fix: leave it out, or add --passes")


def _show_passes(value: Mission, uses: Sequence[ClockUse], asked: Asked) -> None:
    """Print a row a pass; exit code 1 when clocks are compared on none."""
    from satqkd.cli.clock_signals import along
    from satqkd.cli.rows import Record, Shown
    from satqkd.cli.tables import no_pass, told
    from satqkd.report.export.printable import visible
    from satqkd.report.tables.clocks import CLOCK_COLUMNS, CLOCK_SCREEN, without_light

    usable, seen = False, False

    def blocks(progress: Progress) -> Iterator[ClockPasses]:
        nonlocal usable, seen
        every = along(value, uses, progress=progress)
        seen = every.seen
        for compared in every.compared:
            usable |= None in compared.result.why_not
            yield compared

    def fold(row: Record) -> str | None:
        why = without_light(row)
        several = len(uses) > 1 and why is not None
        return f"{why} ({visible(str(row['clock']))})" if several else why

    if columns_listed(asked, CLOCK_COLUMNS):
        return
    shown = Shown(
        names=CLOCK_SCREEN,
        order_by="rise_utc",
        asked=asked,
        fold=fold,
        zones=station_zones(value),
    )
    count = told(CLOCK_COLUMNS, blocks, shown, None)
    if not usable:
        if not asked.to_file:
            none = "no pass over these stations" if seen else no_pass(value)
            typer.echo("no pass compares clocks" if count else none, err=True)
        raise typer.Exit(ANSWER_IS_NO)
