"""``satqkd forecast``."""

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
    "secure_bits",
    "reason",
    "secure_bits_low",
    "secure_bits_high",
    "usable_s",
    "qber",
    "loss_min_db",
    "loss_mean_db",
    "sifted_bits",
    "max_elevation_deg",
    "culmination_utc",
    "culmination_local",
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
    """Forecast the secret bits of every pass, and say why where there are none.

    low and high take every stated range (pointing, atmosphere) at its worst and best end at
    once: limits of what is known, not a standard deviation. Weather is not counted: this is
    the key of a clear night.
    """
    show_passes(
        mission, stations, start, days, names=COLUMNS, station=station, satellite=satellite,
        json=json, csv=csv,
    )  # fmt: skip
