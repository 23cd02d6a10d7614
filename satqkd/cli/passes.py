"""``satqkd passes``."""

from __future__ import annotations

from collections.abc import Sequence

from satqkd.cli.options import (
    MISSION,
    STATIONS,
    Between,
    Csv,
    Days,
    Geometry,
    GrazingHeight,
    Json,
    MissionFile,
    Satellite,
    Set,
    Start,
    Station,
    StationsFile,
    Together,
    grazing_km,
    one_format,
    read_mission,
)
from satqkd.cli.tables import show_passes
from satqkd.cli.together import show_between, show_together
from satqkd.errors import SatqkdError

COLUMNS = (
    "pass_id",
    "max_elevation_deg",
    "why_not",
    "cut",
    "rise_utc",
    "usable_s",
    "set_utc",
    "culmination_utc",
    "min_range_km",
    "duration_s",
    "culmination_azimuth_deg",
    "rise_azimuth_deg",
    "set_azimuth_deg",
    "sun_elevation_max_deg",
    "culmination_local",
    "sunlit_fraction",
    "moon_separation_min_deg",
    "elements_age_h",
)


def command(
    mission: MissionFile = MISSION,
    stations: StationsFile = STATIONS,
    changes: Set = None,
    station: Station = None,
    satellite: Satellite = None,
    start: Start = None,
    days: Days = None,
    together: Together = None,
    between: Between = False,
    grazing_height: GrazingHeight = None,
    geometry: Geometry = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List who sees whom, and when: every pass above the stations' lowest elevation.

    The terminal shows the columns that fit, of the first 1,000 passes; --csv and --json write all
    of them, satellite by satellite, while they are worked out. 'usable' is the time the pass is
    dark, high and near enough by the mission's limits.
    """
    one_format(json=json, csv=csv)
    _one_table(station, together=together, between=between, geometry=geometry)
    grazing_height_km = grazing_km(grazing_height, between=between)
    if together is not None:
        value = read_mission(mission, stations, start, days, changes)
        show_together(value, together, satellite=satellite, json=json, csv=csv)
    elif between:
        value = read_mission(mission, stations, start, days, changes)
        show_between(
            value, satellite=satellite, grazing_height_km=grazing_height_km, json=json, csv=csv
        )
    else:
        show_passes(
            mission, stations, start, days, changes, names=COLUMNS, station=station,
            satellite=satellite, json=json, csv=csv, geometry=geometry,
        )  # fmt: skip


def _one_table(
    station: Sequence[str] | None, *, together: str | None, between: bool, geometry: bool
) -> None:
    """Refuse options that ask for different tables."""
    asked = {
        "--together": together is not None,
        "--between-satellites": between,
        "--geometry": geometry,
    }
    clash = [name for name, given in asked.items() if given]
    if station and (together is not None or between):
        clash.append("--station")
    if len(clash) > 1:
        raise SatqkdError(f"{' and '.join(clash)} do not go together\n  fix: leave out one of them")
