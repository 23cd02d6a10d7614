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
    value = read_mission(mission, stations, None, None)
    typer.echo(f"{mission}: {value.name}")
    for craft in value.spacecraft:
        typer.echo(
            f"  {craft.satellite.name} ({craft.satellite.norad_id}), {craft.payload_name}: "
            + _where(craft.satellite)
        )
    for ground in value.stations:
        typer.echo(
            f"  {ground.site.name}, {ground.terminal_name}: {ground.site.latitude_deg:.4f}° N "
            f"{ground.site.longitude_deg:.4f}° E, {ground.site.height_m:g} m"
        )
    typer.echo(
        f"  {len(value.demands)} pairs of stations, {len(value.assumptions)} assumed values, "
        f"{len(value.inputs)} input files: no mistake found"
    )


def _where(satellite: Satellite) -> str:
    """Say what tells where a satellite is."""
    from satqkd.elements.satellite import ElementSet

    sources = satellite.element_sets
    sets = [source for source in sources if isinstance(source, ElementSet)]
    if sets and sets[0].synthetic:
        return sets[0].source
    parts = []
    if sets:
        some = f"{len(sets)} element set{'s' if len(sets) > 1 else ''}, epochs "
        parts.append(f"{some}{sets[0].epoch:%Y-%m-%d} to {sets[-1].epoch:%Y-%m-%d}")
    if tables := [source for source in sources if source not in sets]:
        parts.append(
            f"ephemer{'ides' if len(tables) > 1 else 'is'} "
            + ", ".join(table.source for table in tables)
        )
    return "; ".join(parts)
