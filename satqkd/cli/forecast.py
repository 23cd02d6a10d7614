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
    KeysTogether,
    MissionFile,
    Samples,
    Satellite,
    Seed,
    Start,
    Station,
    StationsFile,
    draws_of,
    one_format,
    read_mission,
)
from satqkd.cli.tables import show_passes
from satqkd.cli.together import show_keys_together
from satqkd.errors import SatqkdError

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
    together: KeysTogether = False,
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

    With --together a row is a window in which two stations see a satellite that nobody has to
    trust: twin-field and measurement-device-independent protocols over two uplinks, entangled
    pairs over two downlinks. The window is one block of key, under a clear sky.
    """
    one_format(json=json, csv=csv)
    if together:
        if station:
            raise SatqkdError("--together and --station do not go together\n  fix: leave one out")
        value = read_mission(mission, stations, start, days)
        show_keys_together(value, satellite=satellite, json=json, csv=csv)
        return
    show_passes(
        mission, stations, start, days, names=COLUMNS, station=station, satellite=satellite,
        json=json, csv=csv, key_wanted=True, draws=draws_of(samples, seed),
    )  # fmt: skip
