"""``satqkd clock``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from satqkd.cli.clock_links import check_attack, show_attack, show_instability, show_stated
from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.options import (
    MISSION,
    SEED,
    STATIONS,
    Csv,
    Days,
    Json,
    MissionFile,
    Satellite,
    Seed,
    Set,
    Start,
    Station,
    StationsFile,
    one_format,
    read_mission,
)
from satqkd.cli.shown import wrapped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.cli.clock_signals import StillClocks
    from satqkd.forecast.clocks import ClockPasses
    from satqkd.mission.clocks import Clock, ClockUse
    from satqkd.mission.mission import Mission
    from satqkd.passes.find import Progress

DEFAULT_ATTACKED = "qstt-micius-2020"
"""Preset that is attacked where nobody names one."""


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
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Say how well clocks are compared: along passes, or over a link that stands still.

    Time tags, their rate and their error fraction come from the forecast of each pass's own
    link; an error fraction that could hide an eavesdropper ends the comparison. The motion of
    the satellite, the turning of the Earth and relativity are listed beside it.
    """
    one_format(json=json, csv=csv)
    _one_task(instability=instability, attack=attack, passes=passes, stated=stated)
    if out is not None and not instability:
        raise SatqkdError("--out means nothing without --instability\n  fix: leave it out")
    _require_findable(name, mission, stations)
    still = instability or attack or stated or not (passes or _preset(name) is None)

    def loaded() -> Mission:
        return read_mission(mission, stations, start, days, changes)

    if not still:
        value = loaded()
        uses = _uses(value, name, station=station, satellite=satellite)
        _show_passes(value, uses, json=json, csv=csv)
        return
    if attack:
        check_attack(trials=trials, seed=seed)
    preset = _preset(name)
    unread = preset is not None or (name is None and not stated and not _there(mission, stations))
    _heeded(changes, unread=unread)
    if preset is not None:
        chosen = _of_preset(str(name), preset)
    elif unread:
        chosen = _packaged("no mission here", attack=attack)
    else:
        chosen = _of_mission(
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


def _one_task(**asked: bool) -> None:
    """Refuse options that ask for different things."""
    said = [f"--{name}" for name, yes in asked.items() if yes]
    if len(said) > 1:
        raise SatqkdError(f"{' and '.join(said)} do not go together\n  fix: keep one of them")


def _preset(name: str | None) -> Clock | None:
    """Return the clocks of a packaged preset; None for any other name."""
    from satqkd.config.parts import preset_values
    from satqkd.config.preset import preset_kind

    if name is None or preset_kind(name) != "clock":
        return None
    found: Clock = preset_values(name).content.value
    return found


def _presets() -> dict[str, Clock]:
    """Every packaged preset of clocks that states a signal, by name."""
    from satqkd.config.preset import list_presets

    named = [preset.name for preset in list_presets() if preset.kind == "clock"]
    found = {name: clock for name in named if (clock := _preset(name)) is not None}
    return {name: clock for name, clock in found.items() if clock.stated is not None}


def _there(mission: Path, stations: Path) -> bool:
    """Whether somebody asks for a mission, or one lies here."""
    return (mission, stations) != (MISSION, STATIONS) or mission.exists()


def _of_preset(name: str, preset: Clock) -> StillClocks:
    from satqkd.cli.clock_signals import StillClocks

    note = f"{name}: packaged preset, over the link it states itself"
    return StillClocks(clocks={name: preset}, notes=[note])


def _packaged(why: str, *, attack: bool) -> StillClocks:
    """Return presets in place of a mission's clocks, and say so."""
    from satqkd.cli.clock_signals import StillClocks

    every = _presets()
    chosen = {DEFAULT_ATTACKED: every[DEFAULT_ATTACKED]} if attack else every
    note = (
        f"{why}: packaged {'preset' if attack else 'presets'} {', '.join(chosen)}; with "
        f"'clocks: [{{clock: {DEFAULT_ATTACKED}}}]' in mission.yaml the mission's own are taken"
    )
    return StillClocks(clocks=chosen, notes=[note])


def _of_mission(
    value: Mission,
    name: str | None,
    *,
    attack: bool,
    stated: bool,
    station: Sequence[str] | None,
    satellite: Sequence[str] | None,
) -> StillClocks:
    """Return the clocks of a mission; presets where it has none and none is named.

    Raises
    ------
    SatqkdError
        If they have no signal, or there is not one pair to attack.
    """
    from satqkd.cli.clock_signals import StillClocks, own_clocks

    if name is None and not stated and not value.clocks:
        return _packaged("the mission has no 'clocks:'", attack=attack)
    uses = _uses(value, name, station=station, satellite=satellite)
    if stated:
        return StillClocks(clocks={use.name: use.clock for use in uses}, notes=[])
    example = f"satqkd clock {DEFAULT_ATTACKED} {'--attack' if attack else '--instability'}"
    return own_clocks(value, _attackable(uses, example) if attack else uses, example=example)


def _attackable(uses: Sequence[ClockUse], example: str) -> Sequence[ClockUse]:
    """Return the one pair that single photons compare.

    Raises
    ------
    SatqkdError
        If there is none, or more than one.
    """
    single = [use for use in uses if use.clock.system.qber_limit is not None]
    if not single:
        raise SatqkdError(
            "attacks are played on single photons, which none of these clocks of the mission "
            f"compare\n  fix: name a packaged preset: '{example}'"
        )
    if len(single) > 1:
        names = ", ".join(repr(use.name) for use in single)
        raise SatqkdError(f"--attack plays on one pair of clocks\n  fix: name one of {names}")
    return single


def _uses(
    value: Mission,
    name: str | None,
    *,
    station: Sequence[str] | None,
    satellite: Sequence[str] | None,
) -> list[ClockUse]:
    """Clocks of that name, or all; on the satellites and stations that are asked for.

    Raises
    ------
    SatqkdError
        If the mission has none, or none of that name.
    """
    from satqkd.cli.tables import chosen_of
    from satqkd.mission.clocks import ClockUse

    chosen = chosen_of(value, station, satellite)
    preset = _preset(name)
    uses = list(value.clocks)
    if preset is not None and name is not None:
        everywhere = {
            "spacecraft": tuple(range(len(value.spacecraft))),
            "stations": tuple(range(len(value.stations))),
        }
        uses = [ClockUse(name=name, clock=preset, clock_name=name, **everywhere)]
    elif name is not None:
        uses = [use for use in uses if use.name.casefold() == name.strip().casefold()]
    if not uses:
        raise SatqkdError(_no_clocks(value, name))
    return [
        replace(
            use,
            spacecraft=tuple(index for index in use.spacecraft if index in chosen.satellites),
            stations=tuple(index for index in use.stations if index in chosen.stations),
        )
        for use in uses
    ]


def _no_clocks(value: Mission, name: str | None) -> str:
    example = f"'satqkd clock {DEFAULT_ATTACKED} --passes'"
    if not value.spacecraft:
        example = f"'satqkd clock {DEFAULT_ATTACKED}'"
    if name is None:
        return (
            "the mission has no 'clocks:'\n"
            f"  fix: add 'clocks: [{{clock: {DEFAULT_ATTACKED}}}]' to it, or try {example}"
        )
    known = [*(use.name for use in value.clocks), *_presets()]
    return f"no clocks are called {name.strip()!r}\n  fix: write one of {', '.join(known)}"


def _require_findable(name: str | None, mission: Path, stations: Path) -> None:
    """Refuse a name that is no preset's where there is no mission to look it up in."""
    if name is None or _preset(name) is not None or _there(mission, stations):
        return
    raise SatqkdError(
        f"no packaged clocks are called {name.strip()!r}, and there is no {mission} in "
        f"{Path.cwd()} that could hold them\n"
        f"  fix: write one of {', '.join(_presets())}; or name a mission's files with --mission "
        "and --stations"
    )


def _show_passes(value: Mission, uses: Sequence[ClockUse], *, json: bool, csv: bool) -> None:
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

    shown = Shown(names=CLOCK_SCREEN, order_by="rise_utc", json=json, csv=csv, fold=fold)
    count = told(CLOCK_COLUMNS, blocks, shown, None)
    if not usable:
        if not (json or csv):
            none = "no pass over these stations" if seen else no_pass(value)
            typer.echo("no pass compares clocks" if count else none, err=True)
        raise typer.Exit(ANSWER_IS_NO)
