"""``satqkd check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from satqkd.cli.options import MISSION, STATIONS, MissionFile, StationsFile, read_mission

if TYPE_CHECKING:
    from satqkd.elements.satellite import Satellite


def command(mission: MissionFile = MISSION, stations: StationsFile = STATIONS) -> None:
    """Read every file and list every mistake, with file, line and fix.

    Looks at the mission, the stations, the presets they name and the orbit elements. Nothing
    is computed and nothing is written.
    """
    from satqkd.report.counted import counted
    from satqkd.report.fixed import link_text

    value = read_mission(mission, stations, None, None)
    typer.echo(f"{_safe(str(mission))}: {_safe(value.name)}")
    for craft in value.spacecraft:
        typer.echo(
            f"  {_safe(craft.satellite.name)} ({_safe(craft.satellite.number_or_designator)}), "
            f"{_safe(craft.payload_name)}: " + _where(craft.satellite)
        )
    for ground in value.stations:
        typer.echo(
            f"  {_safe(ground.site.name)}, {_safe(ground.terminal_name)}: "
            f"{_degrees(ground.site.latitude_deg, 'NS')} "
            f"{_degrees(ground.site.longitude_deg, 'EW')}, "
            f"{ground.site.height_m:g} m"
        )
    for link in value.links:
        typer.echo(f"  {_safe(link.name)}: {link_text(link)}")
    for use in value.clocks:
        typer.echo(f"  {_safe(use.name)}: clocks, {_safe(use.clock_name)}")
    typer.echo(
        f"  {counted(len(value.demands), 'pair')} of stations, "
        f"{counted(len(value.assumptions), 'assumed value')}, "
        f"{counted(len(value.inputs), 'input file')}: no mistake found"
    )


def _degrees(angle_deg: float, letters: str) -> str:
    """Write an angle without sign; the first letter is for positive ones."""
    return f"{abs(angle_deg):.4f}° {letters[angle_deg < 0.0]}"


LONGEST_NAME = 80
"""Longest name on the screen. [characters]"""

LONGEST_DESIGN = 240
"""Longest words of a design: its numbers, not a name somebody chose. [characters]"""


def _safe(name: str, *, limit: int = LONGEST_NAME) -> str:
    """Return a name from a file so that the terminal shows it and does not obey it."""
    from satqkd.report.visible import visible

    return visible(name, limit=limit)


def _where(satellite: Satellite) -> str:
    """Say what tells where a satellite is."""
    from satqkd.elements.satellite import ElementSet
    from satqkd.report.counted import counted

    sources = satellite.element_sets
    sets = [source for source in sources if isinstance(source, ElementSet)]
    if sets and sets[0].synthetic:
        return _safe(sets[0].source, limit=LONGEST_DESIGN)
    parts = []
    if sets:
        first, last = (f"{one.epoch:%Y-%m-%d}" for one in (sets[0], sets[-1]))
        dates = f"epoch {first}" if first == last else f"epochs {first} to {last}"
        parts.append(f"{counted(len(sets), 'element set')}, {dates}")
    if tables := [source for source in sources if source not in sets]:
        parts.append(
            f"ephemer{'ides' if len(tables) > 1 else 'is'} "
            + ", ".join(_safe(table.source) for table in tables)
        )
    return "; ".join(parts)
