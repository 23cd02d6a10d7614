"""Two links that stand still with a node between them, for ``satqkd link``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from satqkd.cli.shown import terminal_width, wrapped

if TYPE_CHECKING:
    from satqkd.mission.links import FixedLink
    from satqkd.mission.mission import Mission
    from satqkd.mission.together import TogetherLinks


def pair_named(mission: Mission, name: str) -> TogetherLinks | None:
    """Return the two links of that name among those that make key together."""
    folded = name.strip().casefold()
    return next((pair for pair in mission.together_links if pair.name.casefold() == folded), None)


def show_fixed_pair(pair: TogetherLinks, *, out: Path | None, json: bool) -> None:
    """Print where the light of both links goes and what key they give; write it where asked."""
    from satqkd.forecast.terrestrial import follow_pair
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.folder import write_folder
    from satqkd.report.export.json import to_json
    from satqkd.report.export.printable import visible
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.fixed import link_text
    from satqkd.report.tables.fixed_pair import (
        FIXED_PAIR_COLUMNS,
        pair_columns,
        pair_lines,
        pair_rows,
    )

    found = follow_pair(pair)
    columns, rows = pair_columns(found), pair_rows(found)
    files = {
        "pair.csv": to_csv(FIXED_PAIR_COLUMNS, (found,)),
        "waterfall.csv": to_csv(columns, rows),
    }
    if out is not None:
        write_folder(out, files)
    if json:
        typer.echo(to_json(FIXED_PAIR_COLUMNS, (found,)), nl=False)
        return
    typer.echo(f"{visible(pair.name)}: {pair.protocol_name}, a node between")
    for link in pair.links:
        typer.echo(f"  {visible(link.name)}: {link_text(link)}")
    typer.echo(to_terminal(columns, rows, width=terminal_width()), nl=False)
    for line in pair_lines(found):
        typer.echo(wrapped(line))
    if out is not None:
        typer.echo(f"written: {', '.join(str(out / name) for name in files)}", err=True)


def show_arm(mission: Mission, link: FixedLink, *, out: Path | None, json: bool) -> None:
    """Print where the light of a link goes that makes key with another one only."""
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.folder import write_folder
    from satqkd.report.export.json import to_json
    from satqkd.report.export.printable import visible
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.fixed import link_text
    from satqkd.report.tables.fixed_pair import ARM_COLUMNS, arm_rows

    rows = arm_rows(link)
    if out is not None:
        write_folder(out, {"waterfall.csv": to_csv(ARM_COLUMNS, rows)})
    if json:
        typer.echo(to_json(ARM_COLUMNS, rows), nl=False)
        return
    typer.echo(f"{visible(link.name)}: {link_text(link)}")
    typer.echo(to_terminal(ARM_COLUMNS, rows, width=terminal_width()), nl=False)
    pairs = [repr(visible(pair.name)) for pair in mission.together_links if link in pair.links]
    typer.echo(f"it makes key with another link only: satqkd link {' or '.join(pairs)}")
    if out is not None:
        typer.echo(f"written: {out / 'waterfall.csv'}", err=True)
