"""``satqkd preset``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from satqkd.cli.options import Json

app = typer.Typer(
    no_args_is_help=True, help="Published payloads, terminals and missions to start from."
)
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Name, as 'satqkd preset list' shows it.")
]

NAMED_IN = {
    "payload": ("mission.yaml", "of a satellite"),
    "terminal": ("stations.yaml", "at a station"),
    "protocol": ("mission.yaml", "of a pair under 'together'"),
    "clock": ("mission.yaml", "of an entry under 'clocks'"),
}
"""File and place that name a copied file, by its kind."""


@app.command(name="list")
def list_(json: Json = False) -> None:
    """List the presets with what each holds."""
    from satqkd.config.preset import list_presets

    found = list_presets()
    if json:
        from json import dumps

        rows = [{"name": one.name, "kind": one.kind, "title": one.title} for one in found]
        typer.echo(dumps(rows, ensure_ascii=False, indent=2))
        return
    width = max(len(preset.name) for preset in found)
    for preset in found:
        typer.echo(f"{preset.name:{width}}  {preset.kind:8}  {preset.title}")


@app.command()
def show(name: Name) -> None:
    """Print a preset: every value with its source, every assumption with its reason."""
    from satqkd.config.preset import show_preset

    typer.echo(show_preset(name), nl=False)


@app.command()
def copy(
    name: Name,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where to; nothing there is overwritten.")
    ] = Path(),
) -> None:
    """Copy a preset's files, so that you can change them into your own."""
    from satqkd.config.preset import copy_preset, preset_kind

    paths = copy_preset(name, folder)
    for path in paths:
        typer.echo(str(path))
    kind = preset_kind(name)
    if kind in NAMED_IN:
        file, place = NAMED_IN[kind]
        typer.echo(
            f"to use it, write '{kind}: {paths[0]}' {place} in {file} (path from the folder of "
            f"{file})",
            err=True,
        )
