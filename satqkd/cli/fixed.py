"""A link that stands still, and two links at once, for ``satqkd link``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from satqkd.cli.shown import terminal_width, warnings_told
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast
    from satqkd.mission.links import FixedLink
    from satqkd.mission.mission import Mission


def fixed_named(mission: Mission, name: str) -> FixedLink | None:
    """Return the link of that name among those that stand still."""
    folded = name.strip().casefold()
    return next((link for link in mission.links if link.name.casefold() == folded), None)


def show_fixed(mission: Mission, link: FixedLink, *, json: bool) -> None:
    """Print where the light of a link goes and what it gives in an hour."""
    from satqkd.forecast.fixed import follow_fixed
    from satqkd.report.fixed import (
        FIXED_COLUMNS,
        FIXED_ROW_COLUMNS,
        fixed_rows,
        hour_text,
        link_text,
        rate_text,
    )
    from satqkd.report.json import to_json
    from satqkd.report.terminal import to_terminal
    from satqkd.report.visible import visible

    fixed = follow_fixed(link, mission.protocol)
    if json:
        typer.echo(to_json(FIXED_COLUMNS, (fixed,)), nl=False)
        return
    typer.echo(f"{visible(link.name)}: {link_text(link)}")
    table = to_terminal(FIXED_ROW_COLUMNS, fixed_rows(fixed), width=terminal_width())
    typer.echo(table, nl=False)
    typer.echo(f"{hour_text(fixed)}; {mission.protocol_name}")
    if rate := rate_text(fixed):
        typer.echo(rate)


def show_pair(found: Forecast, index: int, other: str, *, json: bool) -> None:
    """Print the waterfalls of a pass and of another station's link in their joint windows.

    Raises
    ------
    SatqkdError
        For a station nobody knows, the pass's own, and one that does not see the satellite then.
    """
    from satqkd.report.bulk import Chosen
    from satqkd.report.joint import joint_reports
    from satqkd.report.joint_waterfall import (
        instants_text,
        joint_waterfall,
        joint_waterfall_columns,
    )
    from satqkd.report.json import to_json
    from satqkd.report.pass_id import pass_ids
    from satqkd.report.terminal import to_terminal

    mission = found.mission
    station, satellite = int(found.passes.station[index]), int(found.passes.satellite[index])
    stations = [station, _other_station(mission, other, station)]
    names = [mission.stations[each].site.name for each in stations]
    wanted = pass_ids(found)[index]
    columns, shown = joint_waterfall_columns(names), 0
    with warnings_told():
        reports = list(joint_reports(mission, Chosen(satellites=[satellite], stations=stations)))
    for report in reports:
        for window in (i for i, name in enumerate(report.pass_id[0]) if name == wanted):
            if not report.linked[window]:
                notes = [why for arm in report.arms for why in arm.why_not.values()]
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
