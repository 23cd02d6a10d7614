"""Which clocks ``satqkd clock`` compares: a preset's, a mission's, or the packaged ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from satqkd.cli.options import MISSION, STATIONS
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.cli.clock_signals import StillClocks
    from satqkd.mission.clocks import Clock, ClockUse
    from satqkd.mission.mission import Mission

DEFAULT_ATTACKED = "qstt-micius-2020"
"""Preset that is attacked where nobody names one."""


def preset_of(name: str | None) -> Clock | None:
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
    found = {name: clock for name in named if (clock := preset_of(name)) is not None}
    return {name: clock for name, clock in found.items() if clock.stated is not None}


def is_there(mission: Path, stations: Path) -> bool:
    """Whether somebody asks for a mission, or one lies here."""
    return (mission, stations) != (MISSION, STATIONS) or mission.exists()


def of_preset(name: str, preset: Clock) -> StillClocks:
    """Return a packaged preset, compared over its own link."""
    from satqkd.cli.clock_signals import StillClocks

    note = f"{name}: packaged preset, over the link it states itself"
    return StillClocks(clocks={name: preset}, notes=[note])


def packaged(why: str, *, attack: bool, file: str = "mission.yaml") -> StillClocks:
    """Return presets in place of a mission's clocks, and say so."""
    from satqkd.cli.clock_signals import StillClocks

    every = _presets()
    chosen = {DEFAULT_ATTACKED: every[DEFAULT_ATTACKED]} if attack else every
    note = (
        f"{why}: packaged {'preset' if attack else 'presets'} {', '.join(chosen)}; with "
        f"'clocks: [{{clock: {DEFAULT_ATTACKED}}}]' in {file} the mission's own are taken"
    )
    return StillClocks(clocks=chosen, notes=[note])


def of_mission(
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
        return packaged("the mission has no 'clocks:'", attack=attack, file=value.inputs[0].path)
    uses = uses_of(value, name, station=station, satellite=satellite)
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


def uses_of(
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
    preset = preset_of(name)
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


def require_findable(name: str | None, mission: Path, stations: Path) -> None:
    """Refuse a name that is no preset's where there is no mission to look it up in."""
    if name is None or preset_of(name) is not None or is_there(mission, stations):
        return
    raise SatqkdError(
        f"no packaged clocks are called {name.strip()!r}, and there is no {mission} in "
        f"{Path.cwd()} that could hold them\n"
        f"  fix: write one of {', '.join(_presets())}; or name a mission's files with --mission "
        "and --stations"
    )
