"""``satqkd forecast``."""

from __future__ import annotations

from typing import Annotated

import typer

from satqkd.cli.distilled import narrowed, show_availability, show_blocks, show_optimised
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
    Set,
    Start,
    Station,
    StationsFile,
    draws_of,
    one_format,
    read_mission,
)
from satqkd.cli.tables import show_passes
from satqkd.cli.together import show_joint_blocks, show_keys_together
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
    changes: Set = None,
    station: Station = None,
    satellite: Satellite = None,
    start: Start = None,
    days: Days = None,
    together: KeysTogether = False,
    block: Annotated[
        str | None,
        typer.Option(
            metavar="pass|night|week|BITS",
            help="List instead blocks of passes of one satellite over one station: each pass, "
            "those of a night, of seven days, or until so many sifted bits are there; with "
            "--together of windows of one satellite and two stations.",
        ),
    ] = None,
    optimise: Annotated[
        str | None,
        typer.Option(
            metavar="pass|satellite",
            help="List instead the intensities, probabilities and basis bias that leave most key, "
            "and how far to dim a source without decoys: of each pass, or one setting a satellite "
            "for the window.",
        ),
    ] = None,
    availability: Annotated[
        bool,
        typer.Option(
            "--availability",
            help="List instead when the key of each pass can be used, as 'distillation' says.",
        ),
    ] = False,
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
    pairs over two downlinks. The window is one block of key; expected key and percentiles are over
    weather, air and pointing of both links.

    With --block passes are pooled before their key is made: mostly more than the sum of their
    keys (a pass with many errors can spoil a block), but there is no key before the last of them.
    With --together it pools windows. --optimise keeps what the mission states where nothing better
    is found. These tables, and that of --availability, are under a clear sky.
    """
    one_format(json=json, csv=csv)
    _one_table(together=together, block=block, optimise=optimise, availability=availability)
    if together:
        if station:
            raise SatqkdError("--together and --station do not go together\n  fix: leave one out")
        value = read_mission(mission, stations, start, days, changes)
        if block is not None:
            show_joint_blocks(value, block, satellite=satellite, json=json, csv=csv)
            return
        draws = draws_of(samples, seed)
        show_keys_together(value, satellite=satellite, draws=draws, json=json, csv=csv)
        return
    if block is not None or optimise is not None or availability:
        value = narrowed(read_mission(mission, stations, start, days, changes), station, satellite)
        if block is not None:
            show_blocks(value, block, json=json, csv=csv)
        elif optimise is not None:
            show_optimised(value, optimise, json=json, csv=csv)
        else:
            show_availability(value, json=json, csv=csv)
        return
    show_passes(
        mission, stations, start, days, changes, names=COLUMNS, station=station,
        satellite=satellite, json=json, csv=csv, key_wanted=True, draws=draws_of(samples, seed),
    )  # fmt: skip


def _one_table(
    *, together: bool, block: str | None, optimise: str | None, availability: bool
) -> None:
    """Refuse to list two things at once; --together --block is one."""
    asked = {
        "--together": together and block is None,
        "--block": block is not None,
        "--optimise": optimise is not None,
        "--availability": availability,
    }
    given = [name for name, yes in asked.items() if yes]
    if len(given) > 1:
        why = "; docs/together.md says why" if "--together" in given else ""
        raise SatqkdError(f"{' and '.join(given)} do not go together\n  fix: leave one out{why}")
