"""``satqkd forecast``."""

from __future__ import annotations

from satqkd.cli.options import (
    MISSION,
    SAMPLES,
    SEED,
    STATIONS,
    Csv,
    Days,
    Json,
    MissionFile,
    Samples,
    Satellite,
    Seed,
    Start,
    Station,
    StationsFile,
    draws_of,
    one_format,
)
from satqkd.cli.tables import show_passes

COLUMNS = (
    "pass_id",
    "secure_bits",
    "clear_probability",
    "expected_secure_bits",
    "secure_bits_p10",
    "secure_bits_p50",
    "secure_bits_p90",
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
    samples: Samples = SAMPLES,
    seed: Seed = SEED,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Forecast the secret bits of every pass, and say why where there are none.

    secure_bits is the key under a clear sky; low and high take every stated range (pointing,
    atmosphere) at its worst and best end at once. The expected key and P10, P50 and P90 come from
    histories drawn over weather, air and pointing; where a station tells no climate, its sky is
    clear. Exit code 1 when no pass gives key.
    """
    one_format(json=json, csv=csv)
    show_passes(
        mission, stations, start, days, names=COLUMNS, station=station, satellite=satellite,
        json=json, csv=csv, key_wanted=True, draws=draws_of(samples, seed),
    )  # fmt: skip
