"""Whether a plan that lies in a folder is of the mission at hand."""

from __future__ import annotations

from satqkd.errors import SatqkdError
from satqkd.mission.mission import Mission
from satqkd.report.plan_folder import PlanFolder


def require_same_mission(folder: PlanFolder, mission: Mission) -> None:
    """Refuse the plan of another mission.

    Raises
    ------
    SatqkdError
        Also if it has satellites or stations that the mission no longer has.
    """
    planned = folder.manifest.get("mission")
    if planned != mission.name:
        raise SatqkdError(
            f"{folder.path}: is a plan of {planned!r}, the mission is {mission.name!r}\n"
            "  fix: name its folder, or the mission with --mission"
        )
    names = {craft.satellite.name for craft in mission.spacecraft}
    names |= {ground.site.name for ground in mission.stations}
    ends = ("satellite", "station", "station_a", "station_b")
    used = {row.get(end) or "" for row in (*folder.passes, *folder.windows) for end in ends}
    gone = sorted(used - names - {""})
    if gone:
        raise SatqkdError(
            f"{folder.path}: the mission no longer has {', '.join(gone)}\n"
            "  fix: run 'satqkd plan' again"
        )
