"""``satqkd forecast``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from satqkd.cli.asked import Asked, one_of
from satqkd.cli.chosen import chosen_of, links_of, pairs_of
from satqkd.cli.forecast_listings import (
    availability_listing,
    block_listing,
    count_listing,
    key_listing,
    pass_listing,
    settings_listing,
)
from satqkd.cli.listing import print_listing
from satqkd.cli.options import (
    JOBS,
    MISSION,
    SAMPLES,
    SEED,
    STATIONS,
    Block,
    Clicks,
    Columns,
    Csv,
    Days,
    Jobs,
    Json,
    KeysTogether,
    Local,
    MissionFile,
    Optimise,
    OverGround,
    Samples,
    Satellite,
    Seed,
    Set,
    Start,
    Station,
    StationsFile,
    WhenUsable,
    draws_of,
    jobs_of,
    read_mission,
)
from satqkd.errors import NonPhysicalError, SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.settings import Grouping
    from satqkd.forecast.stream import Chosen
    from satqkd.mission.blocks import BlockSpan
    from satqkd.mission.mission import Mission

COLUMNS = (
    "culmination_utc",
    "secure_bits",
    "station",
    "satellite",
    "max_elevation_deg",
    "secure_bits_low",
    "secure_bits_high",
    "expected_secure_bits",
    "usable_s",
    "protocol",
    "reason",
    "clear_probability",
    "secure_bits_p10",
    "secure_bits_p50",
    "secure_bits_p90",
    "loss_min_db",
    "loss_mean_db",
    "pass_id",
    "sifted_bits",
    "qber",
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
    links: OverGround = False,
    block: Block = None,
    optimise: Optimise = None,
    availability: WhenUsable = False,
    counts: Clicks = False,
    samples: Samples = SAMPLES,
    seed: Seed = SEED,
    jobs: Jobs = JOBS,
    columns: Columns = None,
    local: Local = False,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Forecast the secret bits of every pass, and say why where there are none.

    secure_bits is the key under a clear sky; low and high take every stated range (pointing,
    atmosphere) at its worst and best end at once. The expected key and P10, P50 and P90 come from
    realisations of weather, air and pointing; where a station states no climate, its sky is
    clear. Exit code 1 when no pass gives key.

    With --together a row is a window in which two stations see a satellite that nobody has to
    trust: twin-field and measurement-device-independent protocols over two uplinks, entangled
    pairs over two downlinks. The window is one block of key; expected key and percentiles are over
    weather, air and pointing of both links.

    A terrestrial link makes key from the beginning of the window to its end, in sessions of an
    hour, or of the 'duration' of the two links: each is one block of key. Its place and weather
    are not given: the air is as stated, the night moonless.

    With --block passes are pooled before their key is made: mostly more than the sum of their
    keys (a pass with many errors can spoil a block), but there is no key before the last of them.
    --optimise keeps what the mission states where nothing better
    is found. These tables, and that of --availability, are under a clear sky; with --together they
    are of windows. --counts lists what keys are made of.
    """
    jobs_of(jobs)
    asked = Asked(json=json, csv=csv, columns=columns, local=local)
    one_of(
        {
            "--block": block is not None,
            "--optimise": optimise is not None,
            "--availability": availability,
            "--counts": counts,
        }
    )
    one_of({"--counts": counts, "--together": together, "--links": links})
    one_of({"--together": together, "--station": bool(station)})
    one_of({"--links": links, "--station": bool(station)})
    one_of({"--links": links, "--satellite": bool(satellite)})
    span = None if block is None else span_of(block)
    grouping = None if optimise is None else grouping_of(optimise)
    draws = draws_of(samples, seed)
    value = read_mission(mission, stations, start, days, changes)
    chosen = _chosen(value, together=together, links=links, station=station, satellite=satellite)
    if counts:
        print_listing(count_listing(value, chosen, jobs=jobs), asked)
    elif span is not None:
        print_listing(block_listing(value, chosen, span, jobs=jobs), asked)
    elif grouping is not None:
        print_listing(settings_listing(value, chosen, grouping, jobs=jobs), asked)
    elif availability:
        print_listing(availability_listing(value, chosen, jobs=jobs), asked)
    elif together or chosen.links:
        print_listing(key_listing(value, chosen, draws, jobs=jobs), asked)
    else:
        whole = asked.to_file and not asked.names
        stakes = whole or bool({"change_needed", "bits_at_stake"} & {*asked.names})
        listing = pass_listing(value, chosen, names=COLUMNS, draws=draws, stakes=stakes, jobs=jobs)
        print_listing(listing, asked)


def _chosen(
    mission: Mission,
    *,
    together: bool,
    links: bool,
    station: Sequence[str] | None,
    satellite: Sequence[str] | None,
) -> Chosen:
    """Passes, the joint contacts of the mission's pairs, or its terrestrial links."""
    from satqkd.forecast.stream import Chosen

    chosen = chosen_of(mission, station, satellite)
    if links or (mission.links and not mission.spacecraft):
        return links_of(mission, together=together)
    if not together:
        return chosen
    return Chosen(satellites=chosen.satellites, stations=(), pairs=pairs_of(mission, satellite))


GROUPINGS: tuple[Grouping, ...] = ("pass", "satellite")


def span_of(text: str) -> BlockSpan | float:
    """Return what a block gathers: a period, an amount of key, or a number of sifted bits.

    Raises
    ------
    SatqkdError
        For anything else.
    """
    from satqkd.mission.blocks import period_of

    try:
        bits = float(text.replace("_", ""))
    except ValueError:
        bits = 0.0
    if 1.0 <= bits <= 1e18 and bits.is_integer():
        return bits
    try:
        return period_of(text)
    except NonPhysicalError:
        raise SatqkdError(
            f"--block: {text!r} is no block\n  fix: write pass, night, week, some days such as "
            "'3 d', an amount of key such as 'until 1 Mbit', or a whole number of sifted bits from "
            "1 on, such as 1e6"
        ) from None


def grouping_of(text: str) -> Grouping:
    """Return which passes share a setting."""
    for grouping in GROUPINGS:
        if text == grouping:
            return grouping
    raise SatqkdError(f"--optimise: {text!r} is not known\n  fix: write {' or '.join(GROUPINGS)}")
