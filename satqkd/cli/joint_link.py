"""The links of a satellite to two stations at once, for ``satqkd link --together``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from satqkd.cli.chosen import named
from satqkd.cli.shown import terminal_width, warnings_told
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast
    from satqkd.mission.mission import Mission


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
    from satqkd.report.tables.waterfall import (
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
    index = named([name.strip()], names, "station").index(True)
    if index == own:
        raise SatqkdError(
            f"--together: the pass is over {names[own]} itself\n  fix: name another station"
        )
    return index
