"""``satqkd forecast``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from satqkd.cli.chosen import chosen_of, no_pass, pairs_of
from satqkd.cli.listing import Listing, over_stations, print_listing
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
from satqkd.errors import NonPhysicalError, SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.availability import Availability
    from satqkd.forecast.forecast import Forecast
    from satqkd.forecast.key_blocks import KeyBlocks, Span
    from satqkd.forecast.settings import Grouping, Optimised
    from satqkd.forecast.stream import Chosen
    from satqkd.mission.mission import Mission
    from satqkd.passes.find import Progress
    from satqkd.report.tables.passes import PassReport
    from satqkd.weather.clear_sky import Draws

Source = TypeVar("Source")

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
    "why_not",
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
            "and how far to dim a source without decoys: of each pass (with --together: window of "
            "two stations), or one setting a satellite for the whole time.",
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
    --optimise keeps what the mission states where nothing better
    is found. These tables, and that of --availability, are under a clear sky; with --together they
    are of windows.
    """
    one_format(json=json, csv=csv)
    _one_table(block=block, optimise=optimise, availability=availability)
    if together and station:
        raise SatqkdError("--together and --station do not go together\n  fix: leave one out")
    span = None if block is None else span_of(block)
    grouping = None if optimise is None else grouping_of(optimise)
    draws = draws_of(samples, seed)
    value = read_mission(mission, stations, start, days, changes)
    chosen = _chosen(value, together=together, station=station, satellite=satellite)
    if span is not None:
        print_listing(_blocks(value, chosen, span), json=json, csv=csv)
    elif grouping is not None:
        print_listing(_settings(value, chosen, grouping), json=json, csv=csv)
    elif availability:
        print_listing(_availability(value, chosen), json=json, csv=csv)
    elif together:
        print_listing(_joint(value, chosen, draws), json=json, csv=csv)
    else:
        print_listing(pass_listing(value, chosen, names=COLUMNS, draws=draws), json=json, csv=csv)


def _one_table(*, block: str | None, optimise: str | None, availability: bool) -> None:
    """Refuse to list two things at once."""
    asked = {
        "--block": block is not None,
        "--optimise": optimise is not None,
        "--availability": availability,
    }
    given = [name for name, yes in asked.items() if yes]
    if len(given) > 1:
        raise SatqkdError(f"{' and '.join(given)} do not go together\n  fix: leave one out")


def _chosen(
    mission: Mission,
    *,
    together: bool,
    station: Sequence[str] | None,
    satellite: Sequence[str] | None,
) -> Chosen:
    """Passes, or the joint contacts of the mission's pairs."""
    from satqkd.forecast.stream import Chosen

    chosen = chosen_of(mission, station, satellite)
    if not together:
        return chosen
    return Chosen(satellites=chosen.satellites, stations=(), pairs=pairs_of(mission, satellite))


def _each(
    mission: Mission, chosen: Chosen, work_out: Callable[[Forecast], Source], progress: Progress
) -> Iterator[Source]:
    """Work something out of all contacts of a few satellites at a time."""
    from satqkd.forecast.stream import stream

    try:
        for found in stream(mission, chosen, whole=True, progress=progress):
            yield work_out(found)
    except NonPhysicalError as error:
        raise SatqkdError(f"{error}\n  fix: docs/keys.md says what this table needs") from error


def pass_listing(
    mission: Mission,
    chosen: Chosen,
    *,
    names: Sequence[str],
    draws: Draws | None = None,
    key_wanted: bool = True,
) -> Listing[PassReport]:
    """List passes; with ``key_wanted`` one that gives none is no answer."""
    from satqkd.report.counted import counted
    from satqkd.report.tables.passes import PASS_COLUMNS
    from satqkd.report.tables.sightings import PASS_SCREEN_COLUMNS, pass_reports

    return Listing(
        columns=PASS_COLUMNS,
        screen=PASS_SCREEN_COLUMNS,
        names=names,
        order_by="rise_utc",
        sources=lambda progress: pass_reports(mission, chosen, draws=draws, progress=progress),
        answers=lambda report: not key_wanted or "candidate" in report.status,
        nothing=no_pass(mission),
        keyless=lambda count: f"no key from {counted(count, 'pass', many='passes')}",
        searched=over_stations("passes", len(chosen.satellites), len(chosen.stations)),
    )


def _joint(mission: Mission, chosen: Chosen, draws: Draws | None) -> Listing[Forecast]:
    """List the key of each joint contact; those of which nothing is usable are counted.

    A pair that gives key only as one block of all its contacts is an answer.
    """
    from satqkd.forecast.stream import stream
    from satqkd.report.tables.together import (
        TOGETHER_COLUMNS,
        TOGETHER_SCREEN_COLUMNS,
        together_screen,
    )
    from satqkd.report.together_sum import WindowSum, keyless, reason_lines, sum_lines, window_sums

    sums, reasons = list[WindowSum](), list[str]()

    def answers(found: Forecast) -> bool:
        own = list(window_sums(found))
        sums.extend(own)
        reasons.extend(keyless(found))
        return any(one.keyed or one.block_bits for one in own)

    def closing() -> Iterator[str]:
        yield from ["no key:"] * bool(reasons)
        yield from (f"  {line}" for line in reason_lines(reasons))
        yield from sum_lines(sums)

    return Listing(
        columns=TOGETHER_COLUMNS,
        screen=TOGETHER_SCREEN_COLUMNS,
        names=together_screen(chosen.pairs),
        order_by="start_utc",
        sources=lambda progress: _by_pair(
            chosen,
            lambda own: stream(mission, own, draws=draws, whole=True, progress=progress),
        ),
        answers=answers,
        closing=closing,
        fold=lambda row: None if row["unusable"] is None else str(row["unusable"]),
        row=("row", "rows"),
        nothing="no two stations see a satellite at once in this window",
        keyless=lambda _: "no key in any of these windows",
    )


def _by_pair(chosen: Chosen, follow: Callable[[Chosen], Iterator[Source]]) -> Iterator[Source]:
    """Follow one pair after the other; all at once where there is none."""
    from dataclasses import replace

    for pair in chosen.pairs:
        own = [craft for craft in chosen.satellites if craft in pair.spacecraft]
        yield from follow(replace(chosen, pairs=(pair,), satellites=own))
    if not chosen.pairs:
        yield from follow(chosen)


def _blocks(mission: Mission, chosen: Chosen, span: Span | float) -> Listing[KeyBlocks]:
    """List blocks of contacts of one satellite and its stations."""
    from satqkd.forecast.key_blocks import key_blocks
    from satqkd.report.forecast_sum import BlockSums
    from satqkd.report.tables.joint_blocks import JOINT_BLOCK_COLUMNS, joint_block_screen
    from satqkd.report.tables.key_blocks import BLOCK_COLUMNS, BLOCK_SCREEN

    sums = BlockSums()

    def answers(found: KeyBlocks) -> bool:
        sums.add(found)
        return bool((found.keys.secure_bits > 0).any())

    return Listing(
        columns=JOINT_BLOCK_COLUMNS if chosen.pairs else BLOCK_COLUMNS,
        names=joint_block_screen(chosen.pairs) if chosen.pairs else BLOCK_SCREEN,
        order_by="start_utc",
        sources=lambda progress: _by_pair(
            chosen,
            lambda own: _each(mission, own, lambda found: key_blocks(found, span), progress),
        ),
        answers=answers,
        closing=sums.lines,
        nothing=_no_contact(mission, chosen),
        keyless=lambda _: "no key from any of these",
    )


def _settings(mission: Mission, chosen: Chosen, grouping: Grouping) -> Listing[Optimised]:
    """List the settings that leave most key."""
    from satqkd.forecast.settings import optimised
    from satqkd.report.forecast_sum import SettingSums
    from satqkd.report.tables.joint_settings import (
        JOINT_OPTIMISED_COLUMNS,
        joint_settings_screen,
    )
    from satqkd.report.tables.settings import OPTIMISED_COLUMNS, OPTIMISED_SCREEN

    sums = SettingSums()

    def answers(found: Optimised) -> bool:
        sums.add(found)
        return bool((found.after_bits > 0).any())

    return Listing(
        columns=JOINT_OPTIMISED_COLUMNS if chosen.pairs else OPTIMISED_COLUMNS,
        names=joint_settings_screen(chosen.pairs) if chosen.pairs else OPTIMISED_SCREEN,
        order_by="start_utc" if chosen.pairs else "culmination_utc",
        sources=lambda progress: _by_pair(
            chosen,
            lambda own: _each(mission, own, lambda found: optimised(found, grouping), progress),
        ),
        answers=answers,
        closing=sums.lines,
        nothing=_no_contact(mission, chosen),
        keyless=lambda _: "no key from any of these",
    )


def _availability(mission: Mission, chosen: Chosen) -> Listing[Availability]:
    """List when the key of each contact can be used."""
    from satqkd.forecast.availability import availability
    from satqkd.report.forecast_sum import AvailabilitySums
    from satqkd.report.tables.availability import AVAILABILITY_COLUMNS, AVAILABILITY_SCREEN
    from satqkd.report.tables.joint_availability import (
        JOINT_AVAILABILITY_COLUMNS,
        joint_availability_screen,
    )

    if not any(mission.distilled(index) for index in range(len(mission.spacecraft))):
        raise SatqkdError(
            "--availability: how clicks become key is not given\n"
            "  fix: add 'distillation: {after_contact: 6 h}' to the mission or the payload, or "
            "begin with 'satqkd preset copy jinan-1-constellation'"
        )
    sums = AvailabilitySums()

    def answers(found: Availability) -> bool:
        sums.add(found)
        return bool((found.keys.secure_bits > 0).any())

    return Listing(
        columns=JOINT_AVAILABILITY_COLUMNS if chosen.pairs else AVAILABILITY_COLUMNS,
        names=joint_availability_screen(chosen.pairs) if chosen.pairs else AVAILABILITY_SCREEN,
        order_by="end_utc" if chosen.pairs else "set_utc",
        sources=lambda progress: _by_pair(
            chosen, lambda own: _each(mission, own, availability, progress)
        ),
        answers=answers,
        closing=sums.lines,
        nothing=_no_contact(mission, chosen),
        keyless=lambda _: "no key from any of these",
    )


def _no_contact(mission: Mission, chosen: Chosen) -> str:
    if chosen.pairs:
        return "in no window two stations can use a satellite at once"
    return no_pass(mission)


SPANS: tuple[Span, ...] = ("pass", "night", "week")
GROUPINGS: tuple[Grouping, ...] = ("pass", "satellite")


def span_of(text: str) -> Span | float:
    """Return what a block gathers: a span, or a number of sifted bits.

    Raises
    ------
    SatqkdError
        For anything else.
    """
    for span in SPANS:
        if text == span:
            return span
    try:
        bits = float(text.replace("_", ""))
    except ValueError:
        bits = 0.0
    if not (1.0 <= bits <= 1e18 and bits.is_integer()):
        raise SatqkdError(
            f"--block: {text!r} is no block\n  fix: write {', '.join(SPANS)}, or a whole number of "
            "sifted bits from 1 on, such as 1e6"
        )
    return bits


def grouping_of(text: str) -> Grouping:
    """Return which passes share a setting."""
    for grouping in GROUPINGS:
        if text == grouping:
            return grouping
    raise SatqkdError(f"--optimise: {text!r} is not known\n  fix: write {' or '.join(GROUPINGS)}")
