"""What attacks on clocks do, and what of it their owners notice."""

from __future__ import annotations

from collections.abc import Callable

from satqkd.report.export.printable import visible
from satqkd.report.tables.column import Cell, Column, Values
from satqkd.report.tables.definitions import column
from satqkd.study.clock_attacks import BLOCK_S, AttackOutcome, AttackStudy


def _each(get: Callable[[AttackOutcome], Cell]) -> Callable[[AttackStudy], Values]:
    return lambda study: [get(outcome) for outcome in study.outcomes]


def _each_clock(study: AttackStudy) -> Values:
    return [study.clock] * len(study.outcomes)


ATTACK_COLUMNS: tuple[Column[AttackStudy], ...] = (
    column("clock", _each_clock),
    Column("attack", "", "What somebody does to the light.", _each(lambda o: o.attack)),
    Column("shift_ns", "ns", "Mean error of the offset.", _each(lambda o: 1e9 * o.shift_s),
           digits=3),
    column("qber", _each(lambda o: o.qber), digits=4),
    Column("aborted", "", "Share of trials that the error fraction ends.",
           _each(lambda o: o.aborted), digits=3),
    Column("delay_alarm", "", "Share of trials in which the time of flight is not the orbit's.",
           _each(lambda o: o.delay_alarm), digits=3),
    Column("detected", "", "Share of trials in which either tells.", _each(lambda o: o.detected),
           digits=3),
)  # fmt: skip
"""Columns of ``satqkd clock --attack``."""


def attack_text(study: AttackStudy) -> str:
    """Say in a sentence what remains possible."""
    exchange = study.exchange
    of_whom = f"{visible(study.clock)}: " if study.clock else ""
    return (
        f"{of_whom}{exchange.events:,} time tags each way in {BLOCK_S:g} s; the range is known to "
        f"{exchange.range_error_m:g} m, so that a delay of one way can hide a shift of up to "
        f"{1e9 * study.hidden_shift_s:.3g} ns: the error fraction shows measuring, not detours"
    )
