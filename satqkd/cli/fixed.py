"""A link that stands still, and two links at once, for ``satqkd link``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from satqkd.cli.shown import terminal_width, warnings_told
from satqkd.cli.streams import put
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast
    from satqkd.forecast.terrestrial import Terrestrial
    from satqkd.mission.links import FixedLink
    from satqkd.mission.mission import Mission
    from satqkd.report.tables.column import Column


def fixed_named(mission: Mission, name: str) -> FixedLink | None:
    """Return the link of that name among those that stand still."""
    folded = name.strip().casefold()
    return next((link for link in mission.links if link.name.casefold() == folded), None)


def show_fixed(mission: Mission, link: FixedLink, *, out: Path | None, json: bool) -> None:
    """Print where the light of a link goes and what it gives in an hour; write it where asked."""
    from satqkd.forecast.terrestrial import follow_link
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.folder import write_folder
    from satqkd.report.export.json import to_json
    from satqkd.report.export.printable import visible
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.fixed import (
        FIXED_COLUMNS,
        FIXED_ROW_COLUMNS,
        fixed_rows,
        hour_text,
        link_text,
        pulse_text,
        rate_text,
    )

    fixed = follow_link(link, mission.protocol, mission.protocol_name)
    files = {
        "link.csv": to_csv(FIXED_COLUMNS, (fixed,)),
        "waterfall.csv": to_csv(FIXED_ROW_COLUMNS, fixed_rows(fixed)),
    }
    if out is not None:
        write_folder(out, files)
    if json:
        typer.echo(to_json(FIXED_COLUMNS, (fixed,)), nl=False)
        return
    typer.echo(f"{visible(link.name)}: {link_text(link)}")
    table = to_terminal(FIXED_ROW_COLUMNS, fixed_rows(fixed), width=terminal_width())
    typer.echo(table, nl=False)
    typer.echo(f"{hour_text(fixed)}; {mission.protocol_name}")
    if rate := rate_text(fixed):
        typer.echo(f"{rate}; {pulse_text(fixed)}")
    if out is not None:
        typer.echo(f"written: {', '.join(str(out / name) for name in files)}", err=True)


def show_every_fixed(mission: Mission, *, out: Path | None, json: bool) -> None:
    """Print one row for each link that stands still, then for each pair of them; write them.

    Raises
    ------
    SatqkdError
        If the mission has none.
    """
    from satqkd.forecast.terrestrial import follow_link, follow_pair
    from satqkd.report.export.csv import to_csv
    from satqkd.report.export.folder import write_folder
    from satqkd.report.export.json import json_list, json_rows
    from satqkd.report.export.typed import filled
    from satqkd.report.tables.fixed import FIXED_COLUMNS
    from satqkd.report.tables.fixed_pair import FIXED_PAIR_COLUMNS

    if not mission.links:
        raise SatqkdError(
            "no pass is named, and the mission has no links that stand still\n"
            "  fix: copy the id of a pass from 'satqkd passes'"
        )
    alone = [link for link in mission.links if link.source is not None]
    every = [follow_link(link, mission.protocol, mission.protocol_name) for link in alone]
    pairs = [follow_pair(pair) for pair in mission.together_links]
    files = {"links.csv": to_csv(FIXED_COLUMNS, every)} if every else {}
    files |= {"pairs.csv": to_csv(FIXED_PAIR_COLUMNS, pairs)} if pairs else {}
    if out is not None:
        write_folder(out, files)
    if json:
        tables = (
            json_rows(FIXED_COLUMNS, filled(FIXED_COLUMNS, every)),
            json_rows(FIXED_PAIR_COLUMNS, filled(FIXED_PAIR_COLUMNS, pairs)),
        )
        put(json_list(chain.from_iterable(tables)))
        return
    _show_alone(mission, every)
    _show_pairs(mission, pairs)
    example = pairs[0].name if pairs else mission.links[0].name
    typer.echo(f"where the light of one goes: satqkd link {visible_argument(example)}")
    if out is not None:
        typer.echo(f"written: {', '.join(str(out / name) for name in files)}", err=True)


def _show_alone(mission: Mission, every: Sequence[Terrestrial]) -> None:
    """Print the links that make key alone; nothing where there are none."""
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.column import Column
    from satqkd.report.tables.fixed import FIXED_COLUMNS, FIXED_SCREEN

    if not every:
        return
    printed = _printed_bits(mission)
    columns = [
        *FIXED_COLUMNS,
        _published_column(mission),
        Column(
            "published_bits_per_pulse", "bit", "Key per pulse in print.",
            lambda found: [printed.get(fixed.link.name) for fixed in found],
        ),
    ]  # fmt: skip
    names = [
        *FIXED_SCREEN[:1], "published_rate_hz", "published_bits_per_pulse", *FIXED_SCREEN[1:],
    ]  # fmt: skip
    typer.echo(to_terminal(columns, every, names=names, width=terminal_width()), nl=False)
    typer.echo(f"key of an hour as one block; {mission.protocol_name}")


def _show_pairs(mission: Mission, pairs: Sequence[Terrestrial]) -> None:
    """Print pairs of links with a node between them; nothing where there are none."""
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.column import Column
    from satqkd.report.tables.fixed_pair import FIXED_PAIR_COLUMNS, FIXED_PAIR_SCREEN

    if not pairs:
        return
    printed = _printed_bits(mission)
    columns = [
        *FIXED_PAIR_COLUMNS,
        Column(
            "published_bits_per_use", "bit", "Key per use in print.",
            lambda found: [printed.get(each.name) for each in found],
        ),
    ]  # fmt: skip
    names = [*FIXED_PAIR_SCREEN[:1], "published_bits_per_use", *FIXED_PAIR_SCREEN[1:]]
    typer.echo(to_terminal(columns, pairs, names=names, width=terminal_width()), nl=False)
    typer.echo("two links at once, a node between them; key of each duration as one block")


def visible_argument(name: str) -> str:
    """Return a name as it is written behind a command."""
    from satqkd.report.export.printable import visible

    return f"'{visible(name)}'"


def _published_column(mission: Mission) -> Column[Sequence[Terrestrial]]:
    """Return the column of published key rates; empty for links nobody published anything of."""
    from satqkd.report.tables.column import Column

    published = _published_hz(mission)
    return Column(
        "published_rate_hz", "Hz", "Key rate in print, as 'satqkd validate' holds against ours.",
        lambda every: [published.get(fixed.link.name) for fixed in every],
    )  # fmt: skip


def _printed_bits(mission: Mission) -> dict[str, float]:
    """Bits per use in print of what the packaged mission of ground links holds, or a copy of it."""
    from satqkd.config.preset import list_presets
    from satqkd.study.published_rates import PUBLISHED_RATES

    titles = {preset.name: preset.title for preset in list_presets()}
    if mission.name != titles["ground-links"]:
        return {}
    rates = {rate.label: rate.bits_per_use for rate in PUBLISHED_RATES}
    return {
        "Quantum dot": rates["quantum dot, free space"],
        "Twin-field": rates["twin-field, free space"],
    }


def _published_hz(mission: Mission) -> dict[str, str]:
    """Key rates in print of the links of a packaged mission, or of a copy that kept its name."""
    from satqkd.config.preset import list_presets
    from satqkd.validation.checks.sources import KeyOfFixedLink
    from satqkd.validation.read import read_cases

    titles = {preset.name: preset.title for preset in list_presets()}
    return {
        run.check.link: f"{float(point.published):,.10g}"
        for case in read_cases()
        for run in case.runs
        if isinstance(run.check, KeyOfFixedLink) and titles[run.check.mission] == mission.name
        for point in run.points
    }


def show_pair(found: Forecast, index: int, other: str, *, json: bool) -> None:
    """Print the waterfalls of a pass and of another station's link in their joint windows.

    Raises
    ------
    SatqkdError
        For a station nobody knows, the pass's own, and one that does not see the satellite then.
    """
    from satqkd.forecast.views import views
    from satqkd.report.export.json import to_json
    from satqkd.report.export.terminal import to_terminal
    from satqkd.report.tables.joint_waterfall import (
        instants_text,
        joint_waterfall,
        joint_waterfall_columns,
    )

    mission = found.mission
    station, satellite = int(found.passes.station[index]), int(found.passes.satellite[index])
    stations = [station, _other_station(mission, other, station)]
    names = [mission.stations[each].site.name for each in stations]
    wanted = found.ids[index]
    columns, shown = joint_waterfall_columns(names), 0
    with warnings_told():
        reports = list(views(mission, [satellite], stations))
    for report in reports:
        for window in (i for i, name in enumerate(report.pass_id[0]) if name == wanted):
            if not report.linked[window]:
                notes = list(report.missing.values())
                raise SatqkdError(f"no link: {'; '.join(notes)}")
            shown += 1
            rows = joint_waterfall(report, window)
            if json:
                typer.echo(to_json(columns, rows), nl=False)
                return
            typer.echo(
                f"{wanted} with {report.pass_id[1][window]}: {instants_text(report, window)}"
            )
            typer.echo(to_terminal(columns, rows, width=terminal_width()), nl=False)
    if shown == 0:
        raise SatqkdError(
            f"{names[1]} does not see the satellite during {wanted}\n"
            f"  fix: choose a window of 'satqkd passes --together {','.join(names)}'"
        )


def _other_station(mission: Mission, name: str, own: int) -> int:
    names = [ground.site.name for ground in mission.stations]
    folded = [known.casefold() for known in names]
    if name.strip().casefold() not in folded:
        raise SatqkdError(
            f"--together: no station is called {name.strip()!r}\n"
            f"  fix: write one of {', '.join(names)}"
        )
    index = folded.index(name.strip().casefold())
    if index == own:
        raise SatqkdError(
            f"--together: the pass is over {names[own]} itself\n  fix: name another station"
        )
    return index
