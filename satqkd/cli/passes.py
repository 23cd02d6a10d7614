"""``satqkd passes``."""

from __future__ import annotations

from satqkd.cli.options import (
    MISSION,
    STATIONS,
    Csv,
    Days,
    Json,
    MissionFile,
    Satellite,
    Start,
    Station,
    StationsFile,
)
from satqkd.cli.tables import show_passes

COLUMNS = (
    "pass_id",
    "rise_utc",
    "culmination_utc",
    "set_utc",
    "max_elevation_deg",
    "min_range_km",
    "duration_s",
    "usable_s",
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
    station: Station = None,
    satellite: Satellite = None,
    start: Start = None,
    days: Days = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List who sees whom, and when: every pass above the stations' lowest elevation.

    The terminal shows the columns that fit; --csv and --json hold all of them. 'usable' is the
    time the pass is dark, high and near enough by the mission's limits.
    """
    show_passes(
        mission, stations, start, days, names=COLUMNS, station=station, satellite=satellite,
        json=json, csv=csv,
    )  # fmt: skip
