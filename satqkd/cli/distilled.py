"""What ``satqkd forecast`` shows of blocks, settings, and the time when key can be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import typer

from satqkd.cli.exit_codes import ANSWER_IS_NO
from satqkd.cli.rows import Shown
from satqkd.cli.shown import wrapped
from satqkd.cli.tables import chosen_of, no_pass, told
from satqkd.errors import NonPhysicalError, SatqkdError

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast
    from satqkd.forecast.key_blocks import Span
    from satqkd.forecast.settings import Grouping
    from satqkd.mission.mission import Mission
    from satqkd.report.tables.column import Column

Source = TypeVar("Source")

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


def narrowed(
    mission: Mission, station: Sequence[str] | None, satellite: Sequence[str] | None
) -> Mission:
    """Return the mission with the stations and satellites asked for, and nothing between them."""
    if not (station or satellite):
        return mission
    chosen = chosen_of(mission, station, satellite)
    return replace(
        mission,
        spacecraft=tuple(mission.spacecraft[index] for index in chosen.satellites),
        stations=tuple(mission.stations[index] for index in chosen.stations),
        demands=(),
        together=(),
        clocks=(),
    )


def show_blocks(mission: Mission, text: str, *, json: bool, csv: bool) -> None:
    """Print the key of blocks of passes; exit code 1 where no block leaves any."""
    from satqkd.forecast.key_blocks import key_blocks
    from satqkd.report.forecast_sum import blocks_line
    from satqkd.report.tables.key_blocks import BLOCK_COLUMNS, BLOCK_SCREEN

    span = span_of(text)
    shown = Shown(names=BLOCK_SCREEN, order_by="start_utc", json=json, csv=csv)
    _show(
        mission, BLOCK_COLUMNS, shown,
        lambda found: key_blocks(found, span),
        lambda found: bool((found.keys.secure_bits > 0).any()), blocks_line,
    )  # fmt: skip


def show_optimised(mission: Mission, text: str, *, json: bool, csv: bool) -> None:
    """Print the best settings; exit code 1 where no pass leaves key with them."""
    from satqkd.forecast.settings import optimised
    from satqkd.report.forecast_sum import optimised_line
    from satqkd.report.tables.settings import OPTIMISED_COLUMNS, OPTIMISED_SCREEN

    grouping = grouping_of(text)
    shown = Shown(names=OPTIMISED_SCREEN, order_by="culmination_utc", json=json, csv=csv)
    _show(
        mission, OPTIMISED_COLUMNS, shown,
        lambda found: optimised(found, grouping),
        lambda found: bool((found.after_bits > 0).any()), optimised_line,
    )  # fmt: skip


def show_availability(mission: Mission, *, json: bool, csv: bool) -> None:
    """Print when the key of each pass can be used; exit code 1 where there is none."""
    from satqkd.forecast.availability import availability
    from satqkd.report.forecast_sum import availability_line
    from satqkd.report.tables.availability import AVAILABILITY_COLUMNS, AVAILABILITY_SCREEN

    if not any(mission.distilled(index) for index in range(len(mission.spacecraft))):
        raise SatqkdError(
            "--availability: nobody says how clicks become key\n"
            "  fix: add 'distillation: {after_contact: 6 h}' to the mission or the payload, or "
            "begin with 'satqkd preset copy jinan-1-constellation'"
        )
    shown = Shown(names=AVAILABILITY_SCREEN, order_by="set_utc", json=json, csv=csv)
    _show(
        mission, AVAILABILITY_COLUMNS, shown, availability,
        lambda found: bool((found.keys.secure_bits > 0).any()), availability_line,
    )  # fmt: skip


def _show(
    mission: Mission,
    columns: Sequence[Column[Source]],
    shown: Shown,
    work_out: Callable[[Forecast], Source],
    has_key: Callable[[Source], bool],
    line: Callable[[Source], str],
) -> None:
    from satqkd.forecast.stream import forecast

    keyed, total = False, ""

    def reports(progress: Callable[[int, int], None]) -> list[Source]:
        nonlocal keyed, total
        try:
            found = work_out(forecast(mission, progress=progress))
        except NonPhysicalError as error:
            raise SatqkdError(f"{error}\n  fix: docs/keys.md says what this table needs") from error
        keyed, total = has_key(found), line(found)
        return [found]

    count = told(columns, reports, shown, None)
    if count and not (shown.json or shown.csv):
        typer.echo(wrapped(total))
    if not keyed:
        if not (shown.json or shown.csv):
            typer.echo("no key from any of these" if count else no_pass(mission), err=True)
        raise typer.Exit(ANSWER_IS_NO)
