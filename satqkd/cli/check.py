"""``satqkd check``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import typer

from satqkd.cli.exit_codes import WRONG_INPUT
from satqkd.cli.options import (
    MISSION,
    STATIONS,
    Every,
    Json,
    MissionFile,
    Set,
    StationsFile,
    load_asked,
    read_mission,
)
from satqkd.cli.shown import warnings_told
from satqkd.cli.telling import every_mistake_told
from satqkd.constants import DAY_S

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from satqkd.elements.satellite import ElementSet, Satellite
    from satqkd.mission.mission import Mission


def command(
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    json: Json = False,
    every: Every = False,
) -> None:
    """Read every file and list every mistake, with file, line and fix.

    Looks at the mission, the stations, the presets they name and the orbit elements. Nothing
    is computed and nothing is written. Elements that are older in the window than
    'limits.max_element_age' are warned of.
    """
    if json:
        _print_json(mission, stations, changes)
        return
    from satqkd.report.counted import counted

    with every_mistake_told(every):
        value = read_mission(mission, stations, None, None, changes)
    window = _window(value)
    typer.echo(f"{_safe(str(mission))}: {_safe(value.name)}")
    if value.spacecraft:
        first, last = (f"{instant:%Y-%m-%dT%H:%M:%SZ}" for instant in window)
        days = value.duration_s / DAY_S
        typer.echo(f"  window: {first} to {last}, {days:g} day{'' if days == 1 else 's'}")
    for craft in value.spacecraft:
        typer.echo(
            f"  {_safe(craft.satellite.name)} ({_safe(craft.satellite.number_or_designator)}), "
            f"{_from(craft.payload_name, 'payload')}: {_where(craft.satellite, window)}"
        )
    for ground in value.stations:
        typer.echo(
            f"  {_safe(ground.site.name)}, {_from(ground.terminal_name, 'terminal')}: "
            f"{_degrees(ground.site.latitude_deg, 'NS')} "
            f"{_degrees(ground.site.longitude_deg, 'EW')}, "
            f"{ground.site.height_m:g} m"
        )
    for link in value.links:
        typer.echo(f"  {_safe(link.name)}: {link.in_words}")
    for pair in value.together_links:
        ends = " and ".join(_safe(link.name) for link in pair.links)
        typer.echo(f"  {_safe(pair.name)}: {ends}, {_from(pair.protocol_name, 'protocol')}")
    for use in value.clocks:
        typer.echo(f"  {_safe(use.name)}: {_from(use.clock_name, 'clocks')}")
    for one in value.set_values:
        typer.echo(f"  set beside the files: {_safe(one.path)}={_safe(one.value)}")
    with warnings_told():
        _warn_of_age(value, window)
        _warn_of_way(value)
    typer.echo(
        f"  {counted(len(value.demands), 'pair')} of stations, "
        f"{counted(len(value.assumptions), 'assumed value')}, "
        f"{counted(len(value.inputs), 'input file')}: no mistake found"
    )


def _print_json(mission: Path, stations: Path, changes: Sequence[str] | None) -> None:
    """Print what was found for programs: mistakes and warnings, or that there is none."""
    from dataclasses import asdict
    from json import dumps

    from satqkd.errors import InputError, SatqkdError

    findings: list[dict[str, object]] = []
    facts: dict[str, object] = {}
    with warnings_told() as told:
        try:
            value = load_asked(mission, stations, None, None, changes)
            window = _window(value)
            facts = {
                "mission": value.name,
                "window_utc": [f"{instant:%Y-%m-%dT%H:%M:%SZ}" for instant in window],
                "satellites": [craft.satellite.name for craft in value.spacecraft],
                "stations": [ground.site.name for ground in value.stations],
                "links": [link.name for link in value.links],
                "inputs": [{"path": one.path, "sha256": one.sha256} for one in value.inputs],
                "passed_over": [asdict(one) for one in value.passed_over],
            }
            _warn_of_age(value, window)
            _warn_of_way(value)
        except InputError as error:
            findings = [asdict(finding) for finding in error.findings]
        except SatqkdError as error:
            message, _, fix = str(error).partition("\n  fix: ")
            findings = [{"message": message, "fix": fix}]
    answer = {"sound": not findings, "findings": findings, "warnings": told, **facts}
    typer.echo(dumps(answer, ensure_ascii=False, indent=2))
    if findings:
        raise typer.Exit(WRONG_INPUT)


def _window(value: Mission) -> tuple[datetime, datetime]:
    """Begin and end of a mission's window, UTC; without satellites there is none.

    Raises
    ------
    CoverageError
        If no passes can be searched for in it.
    """
    from satqkd.passes.bodies import require_covered
    from satqkd.passes.timebase import Timebase

    start = value.start.astimezone(UTC)
    if not value.spacecraft:
        return start, start
    Timebase.starting(start)
    require_covered(start, duration_s=value.duration_s)
    return start, start + timedelta(seconds=value.duration_s)


def _warn_of_age(value: Mission, window: tuple[datetime, datetime]) -> None:
    """Warn of each satellite whose elements are too old somewhere in the window.

    An ephemeris is used where it holds; beside one nobody knows yet what elements are used for.
    """
    from satqkd.elements.age import warn_if_stale

    for craft in value.spacecraft:
        sets = _real_sets(craft.satellite)
        if sets and not craft.satellite.trajectories:
            oldest, when = _oldest_use(sets, window)
            warn_if_stale(oldest, when, limit_s=value.limits.max_element_age_s)


def _warn_of_way(value: Mission) -> None:
    """Warn of all that a plan would meet on the way of its satellites through the window.

    Both ends of the window are followed: sources that contradict each other, elements that give no
    positions there, times beyond the Earth-orientation tables.
    """
    import warnings

    from satqkd.errors import SatqkdWarning
    from satqkd.passes.ends import unfollowed
    from satqkd.passes.manoeuvres import warn_of_manoeuvres
    from satqkd.passes.neighbours import warn_of_jumps
    from satqkd.passes.timebase import Timebase

    if not value.spacecraft:
        return
    timebase = Timebase.starting(value.start.astimezone(UTC))
    timebase.warn_beyond_tables(0.0)
    timebase.warn_beyond_tables(value.duration_s)
    for craft in value.spacecraft:
        if craft.satellite.element_sets and not craft.satellite.element_sets[0].ages:
            continue  # a design
        warn_of_jumps(craft.satellite, timebase, duration_s=value.duration_s)
        warn_of_manoeuvres(craft.satellite, timebase, duration_s=value.duration_s)
        for text in unfollowed(craft.satellite, timebase, duration_s=value.duration_s):
            warnings.warn(text, SatqkdWarning, stacklevel=2)


def _real_sets(satellite: Satellite) -> list[ElementSet]:
    return [source for source in satellite.element_sets if source.ages]


def _oldest_use(
    sets: Sequence[ElementSet], window: tuple[datetime, datetime]
) -> tuple[ElementSet, datetime]:
    """Elements and the instant of the window at which the nearest epoch is farthest."""
    start, end = window
    epochs = sorted(one.epoch for one in sets)
    middles = [a + (b - a) / 2 for a, b in pairwise(epochs)]
    uses = [
        (min(sets, key=lambda one: abs(one.epoch - when)), when)
        for when in (start, end, *(middle for middle in middles if start < middle < end))
    ]
    return max(uses, key=lambda use: abs(use[0].epoch - use[1]))


def _degrees(angle_deg: float, letters: str) -> str:
    """Write an angle without sign; the first letter is for positive ones."""
    return f"{abs(angle_deg):.4f}° {letters[angle_deg < 0.0]}"


LONGEST_NAME = 80
"""Longest name on the screen. [characters]"""

LONGEST_DESIGN = 240
"""Longest words of a design: its numbers, not a name somebody chose. [characters]"""


def _safe(name: str, *, limit: int = LONGEST_NAME) -> str:
    """Return a name from a file so that the terminal shows it and does not obey it."""
    from satqkd.report.export.printable import visible

    return visible(name, limit=limit)


def _from(name: str, what: str) -> str:
    """Say where a payload, a terminal or clocks come from."""
    from satqkd.config.load import INLINE

    if name == INLINE:
        return f"{what} of its own"
    return f"clocks, {_safe(name)}" if what == "clocks" else _safe(name)


def _where(satellite: Satellite, window: tuple[datetime, datetime]) -> str:
    """Say what tells where a satellite is."""
    from satqkd.report.counted import counted

    sets = satellite.element_sets
    if sets and sets[0].synthetic:
        return _safe(sets[0].source.removeprefix("synthetic: "), limit=LONGEST_DESIGN)
    parts = []
    if sets:
        first, last = (f"{one.epoch:%Y-%m-%d}" for one in (sets[0], sets[-1]))
        dates = f"epoch {first}" if first == last else f"epochs {first} to {last}"
        oldest, when = _oldest_use(sets, window)
        age_d = abs(oldest.epoch - when).total_seconds() / DAY_S
        parts.append(
            f"{counted(len(sets), 'element set')}, {dates}, the nearest within {age_d:.1f} days "
            "all through the window"
        )
    if tables := satellite.trajectories:
        parts.append(
            f"ephemer{'ides' if len(tables) > 1 else 'is'} "
            + ", ".join(_safe(table.source) for table in tables)
        )
    return "; ".join(parts)
