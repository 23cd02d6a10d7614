"""Tables of ``satqkd forecast``: passes, joint contacts, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from satqkd.cli.chosen import no_pass
from satqkd.cli.listing import Listing, over_stations
from satqkd.cli.local_time import station_zones
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


def _each(
    mission: Mission, chosen: Chosen, work_out: Callable[[Forecast], Source], progress: Progress
) -> Iterator[Source]:
    """Work something out of all contacts of a few satellites at a time."""
    from satqkd.forecast.stream import stream

    try:
        for found in stream(mission, chosen, distil=False, whole=True, progress=progress):
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
        names=_of_protocol(mission, names),
        order_by="rise_utc",
        zones=station_zones(mission),
        sources=lambda progress: pass_reports(mission, chosen, draws=draws, progress=progress),
        answers=lambda report: not key_wanted or "candidate" in report.status,
        nothing=no_pass(mission),
        keyless=lambda count: f"no key from {counted(count, 'pass', many='passes')}",
        searched=over_stations("passes", len(chosen.satellites), len(chosen.stations)),
    )


def _of_protocol(mission: Mission, names: Sequence[str]) -> list[str]:
    """Leave out which protocol makes the key where it can be one only."""
    one = len(mission.protocol.choices()) == 1
    return [name for name in names if not (one and name == "protocol")]


def joint_listing(mission: Mission, chosen: Chosen, draws: Draws | None) -> Listing[Forecast]:
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
        zones=station_zones(mission),
        sources=lambda progress: _by_pair(
            chosen,
            lambda own: stream(
                mission, own, draws=draws, distil=False, whole=True, progress=progress
            ),
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


def block_listing(mission: Mission, chosen: Chosen, span: Span | float) -> Listing[KeyBlocks]:
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
        zones=station_zones(mission),
        columns=JOINT_BLOCK_COLUMNS if chosen.pairs else BLOCK_COLUMNS,
        names=joint_block_screen(chosen.pairs)
        if chosen.pairs
        else _of_protocol(mission, BLOCK_SCREEN),
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


def settings_listing(mission: Mission, chosen: Chosen, grouping: Grouping) -> Listing[Optimised]:
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
        zones=station_zones(mission),
        sources=lambda progress: _by_pair(
            chosen,
            lambda own: _each(mission, own, lambda found: optimised(found, grouping), progress),
        ),
        answers=answers,
        closing=sums.lines,
        nothing=_no_contact(mission, chosen),
        keyless=lambda _: "no key from any of these",
    )


def availability_listing(mission: Mission, chosen: Chosen) -> Listing[Availability]:
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
        zones=station_zones(mission),
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
