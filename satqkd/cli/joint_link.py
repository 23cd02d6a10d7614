"""The links of a satellite to two stations at once, for ``satqkd link --together``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from satqkd.cli.asked import Asked, columns_listed
from satqkd.cli.chosen import named
from satqkd.cli.local_time import on_clock, station_zones
from satqkd.cli.rows import Shown, show_rows
from satqkd.cli.shown import warnings_told, wrapped
from satqkd.errors import SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast
    from satqkd.mission.mission import Mission


def show_pair(found: Forecast, index: int, other: str, asked: Asked) -> None:
    """Print the waterfalls of a pass and of another station's link in their joint windows.

    Raises
    ------
    SatqkdError
        For a station nobody knows, the pass's own, one that does not see the satellite then, and a
        column that the waterfall lacks.
    """
    from satqkd.forecast.views import views
    from satqkd.report.tables.waterfall import (
        joint_instants,
        joint_waterfall,
        joint_waterfall_columns,
    )

    mission = found.mission
    station, satellite = int(found.passes.station[index]), int(found.passes.satellite[index])
    stations = [station, _other_station(mission, other, station)]
    names = [mission.stations[each].site.name for each in stations]
    wanted = found.ids[index]
    columns, shown = joint_waterfall_columns(names), 0
    if columns_listed(asked, columns):
        return
    zone = station_zones(mission).get(names[0])
    with warnings_told():
        reports = list(views(mission, [satellite], stations))
    for report in reports:
        for window in (i for i, name in enumerate(report.pass_id[0]) if name == wanted):
            if not report.linked[window]:
                notes = list(report.missing.values())
                raise SatqkdError(f"no link: {'; '.join(notes)}")
            shown += 1
            if not asked.to_file:
                instants = joint_instants(report, window).items()
                told = [
                    f"{name} {on_clock(one, zone, local=asked.local)}" for name, one in instants
                ]
                who = f"{wanted} with {report.pass_id[1][window]}"
                typer.echo(wrapped(f"{who}: {', '.join(told)}"))
            show_rows(columns, (joint_waterfall(report, window),), Shown(names=(), asked=asked))
            if asked.to_file:
                return
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
