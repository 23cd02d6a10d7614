"""Tables of ``satqkd forecast``: passes, joint contacts, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from satqkd.cli.chosen import no_pass
from satqkd.cli.listing import Listing, over_stations
from satqkd.cli.local_time import station_zones
from satqkd.errors import NonPhysicalError, SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.availability import Availability
    from satqkd.forecast.forecast import Forecast
    from satqkd.forecast.key_blocks import KeyBlocks
    from satqkd.forecast.settings import Grouping, Optimised
    from satqkd.forecast.stream import Chosen
    from satqkd.mission.blocks import BlockSpan
    from satqkd.mission.mission import Mission
    from satqkd.passes.find import Progress
    from satqkd.report.tables.kinds import Kinds
    from satqkd.report.tables.passes import PassReport
    from satqkd.weather.clear_sky import Draws

Source = TypeVar("Source")
Added_contra = TypeVar("Added_contra", contravariant=True)


def _each(
    mission: Mission,
    chosen: Chosen,
    work_out: Callable[[Forecast], Any],
    progress: Progress,
    jobs: int,
) -> Iterator[Any]:
    """Work something out of all contacts of a few satellites at a time."""
    from satqkd.forecast.stream import worked_out

    try:
        yield from worked_out(
            mission,
            chosen,
            lambda chunks: map(work_out, chunks),
            distil=False,
            whole=True,
            progress=progress,
            jobs=jobs,
        )
    except NonPhysicalError as error:
        raise SatqkdError(f"{error}\n  fix: docs/keys.md says what this table needs") from error


def pass_listing(
    mission: Mission,
    chosen: Chosen,
    *,
    names: Sequence[str],
    draws: Draws | None = None,
    stakes: bool = False,
    key_wanted: bool = True,
    jobs: int,
) -> Listing[PassReport]:
    """List passes; with ``key_wanted`` one that gives none is no answer.

    With ``stakes`` contacts that limits hide are followed once more, without the first of them.
    """
    from satqkd.report.counted import counted
    from satqkd.report.tables.passes import PASS_COLUMNS
    from satqkd.report.tables.sightings import PASS_SCREEN_COLUMNS, pass_reports

    return Listing(
        columns=PASS_COLUMNS,
        screen=PASS_SCREEN_COLUMNS,
        names=_of_protocol(mission, names),
        order_by="rise_utc",
        zones=station_zones(mission),
        sources=lambda progress, finish: pass_reports(
            mission,
            chosen,
            draws=draws,
            stakes=stakes,
            progress=progress,
            jobs=jobs,
            finish=finish,
        ),
        tells=lambda report: not key_wanted or "candidate" in report.status,
        answers=bool,
        nothing=no_pass(mission),
        keyless=lambda count: f"no key from {counted(count, 'pass', many='passes')}",
        searched=over_stations("passes", len(chosen.satellites), len(chosen.stations)),
    )


def _of_protocol(mission: Mission, names: Sequence[str]) -> list[str]:
    """Leave out which protocol makes the key where it can be one only."""
    one = len(mission.protocol.choices()) == 1
    return [name for name in names if not (one and name == "protocol")]


def key_listing(
    mission: Mission, chosen: Chosen, draws: Draws | None, *, jobs: int
) -> Listing[Forecast]:
    """List the key of each joint contact, or session; those of which nothing is usable are counted.

    A pair that gives key only as one block of all its contacts is an answer.
    """
    from satqkd.forecast.stream import worked_out
    from satqkd.report.counted import reason_lines
    from satqkd.report.tables.kinds import alike
    from satqkd.report.tables.sessions import SESSION_COLUMNS, SESSION_SCREEN
    from satqkd.report.tables.together import (
        TOGETHER_COLUMNS,
        TOGETHER_SCREEN,
        TOGETHER_SCREEN_COLUMNS,
    )
    from satqkd.report.together_sum import WindowSum, keyless, sum_lines, window_sums

    sums, reasons = list[WindowSum](), list[str]()

    def tells(found: Forecast) -> tuple[list[WindowSum], list[str]]:
        return list(window_sums(found)), list(keyless(found))

    def answers(told: tuple[list[WindowSum], list[str]]) -> bool:
        own, why = told
        sums.extend(own)
        reasons.extend(why)
        return any(one.keyed or one.block_bits for one in own)

    def closing() -> Iterator[str]:
        yield from ["no key:"] * bool(reasons)
        yield from (f"  {line}" for line in reason_lines(reasons))
        yield from sum_lines(sums)

    ground = bool(chosen.links)
    names = SESSION_SCREEN if ground else TOGETHER_SCREEN
    return Listing(
        columns=SESSION_COLUMNS if ground else TOGETHER_COLUMNS,
        screen=SESSION_COLUMNS if ground else TOGETHER_SCREEN_COLUMNS,
        names=[name for name in names if ground or name not in alike(chosen.pairs)],
        order_by="start_utc",
        zones=station_zones(mission),
        sources=lambda progress, finish: _by_pair(
            chosen,
            lambda own: worked_out(
                mission,
                own,
                lambda chunks: map(finish, chunks),
                draws=draws,
                distil=False,
                whole=True,
                progress=progress,
                jobs=jobs,
            ),
        ),
        tells=tells,
        answers=answers,
        closing=closing,
        fold=lambda row: str(row["unusable"]) if row.get("unusable") is not None else None,
        row=("session", "sessions") if ground else ("row", "rows"),
        nothing="no two stations see a satellite at once in this window",
        keyless=lambda _: f"no key in any of these {'sessions' if ground else 'windows'}",
    )


def _by_pair(chosen: Chosen, follow: Callable[[Chosen], Iterator[Source]]) -> Iterator[Source]:
    """Follow one pair after the other; all at once where there is none."""
    from dataclasses import replace

    for pair in chosen.pairs:
        own = [craft for craft in chosen.satellites if craft in pair.spacecraft]
        yield from follow(replace(chosen, pairs=(pair,), satellites=own))
    if not chosen.pairs:
        yield from follow(chosen)


def block_listing(
    mission: Mission, chosen: Chosen, span: BlockSpan | float, *, jobs: int
) -> Listing[KeyBlocks]:
    """List blocks of contacts of one satellite and its stations, or of one link."""
    from satqkd.forecast.key_blocks import key_blocks
    from satqkd.report.forecast_sum import BlockSums
    from satqkd.report.tables.key_blocks import BLOCKS

    return _worked_out(
        mission, chosen, BLOCKS, lambda found: key_blocks(found, span), BlockSums(), jobs
    )


def count_listing(mission: Mission, chosen: Chosen, *, jobs: int) -> Listing[Forecast]:
    """List the counts of each pass, by intensity.

    Raises
    ------
    SatqkdError
        Of links over the ground: no block of theirs is open.
    """
    from satqkd.report.tables.counts import COUNT_COLUMNS, COUNT_SCREEN

    if chosen.links:
        raise SatqkdError(
            "--counts: links over the ground are in no plan\n  fix: leave out --counts"
        )
    return Listing(
        columns=COUNT_COLUMNS,
        names=COUNT_SCREEN,
        order_by="start_utc",
        zones=station_zones(mission),
        sources=lambda progress, finish: _each(mission, chosen, finish, progress, jobs),
        tells=lambda found: bool((found.yields.usable_s > 0.0).any()),
        answers=bool,
        nothing=no_pass(mission),
        keyless=lambda _: "no pass is usable",
    )


def settings_listing(
    mission: Mission, chosen: Chosen, grouping: Grouping, *, jobs: int
) -> Listing[Optimised]:
    """List the settings that leave most key."""
    from satqkd.forecast.settings import optimised
    from satqkd.report.forecast_sum import SettingSums
    from satqkd.report.tables.settings import SETTINGS

    return _worked_out(
        mission, chosen, SETTINGS, lambda found: optimised(found, grouping), SettingSums(), jobs
    )


def availability_listing(mission: Mission, chosen: Chosen, *, jobs: int) -> Listing[Availability]:
    """List when the key of each contact can be used."""
    from satqkd.forecast.availability import availability
    from satqkd.report.forecast_sum import AvailabilitySums
    from satqkd.report.tables.availability import AVAILABILITIES

    flying = range(len(mission.spacecraft))
    if not chosen.links and not any(mission.distilled(index) for index in flying):
        raise SatqkdError(
            "--availability: how clicks become key is not given\n"
            "  fix: add 'distillation: {after_contact: 6 h}' to the mission or the payload, or "
            "begin with 'satqkd preset copy jinan-1-constellation'"
        )
    return _worked_out(mission, chosen, AVAILABILITIES, availability, AvailabilitySums(), jobs)


class _Sums(Protocol[Added_contra]):
    """Adds tables up as they come."""

    def add(self, found: Added_contra) -> bool:
        """Add a table; return whether it holds key."""
        ...

    def lines(self) -> Iterable[str]:
        """Say what all come to."""
        ...


def _worked_out(
    mission: Mission,
    chosen: Chosen,
    kinds: Kinds[Source],
    work_out: Callable[[Forecast], Source],
    sums: _Sums[Source],
    jobs: int,
) -> Listing[Source]:
    """List what is worked out of contacts of any kind."""
    shape = kinds.chosen(chosen)
    return Listing(
        columns=shape.columns,
        names=shape.screen if chosen.pairs or chosen.links else _of_protocol(mission, shape.screen),
        order_by=shape.order_by,
        zones=station_zones(mission),
        sources=lambda progress, finish: _by_pair(
            chosen,
            lambda own: _each(mission, own, lambda found: finish(work_out(found)), progress, jobs),
        ),
        tells=lambda found: found,  # with the mission and its satellites left out
        answers=sums.add,
        closing=sums.lines,
        nothing=_no_contact(mission, chosen),
        keyless=lambda _: "no key from any of these",
    )


def _no_contact(mission: Mission, chosen: Chosen) -> str:
    if chosen.pairs:
        return "in no window two stations can use a satellite at once"
    return no_pass(mission)
