"""``satqkd check``."""

from __future__ import annotations

import typer

from satqkd.cli.options import MISSION, STATIONS, MissionFile, StationsFile, read_mission


def command(mission: MissionFile = MISSION, stations: StationsFile = STATIONS) -> None:
    """Read every file and list every mistake, with file, line and fix.

    Looks at the mission, the stations, the presets they name and the orbit elements. Nothing
    is computed and nothing is written.
    """
    value = read_mission(mission, stations, None, None)
    typer.echo(f"{mission}: {value.name}")
    for craft in value.spacecraft:
        sets = craft.satellite.element_sets
        first, last = sets[0].epoch, sets[-1].epoch
        typer.echo(
            f"  {craft.satellite.name} ({craft.satellite.norad_id}), {craft.payload_name}: "
            f"{len(sets)} element set{'s' if len(sets) > 1 else ''}, epochs "
            f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
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
