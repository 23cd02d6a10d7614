"""The table of what pairs will hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.network.plan import Plan
from satqkd.network.stock_ahead import StockAhead
from satqkd.report.tables.column import Cell, Column, Values
from satqkd.report.tables.definitions import column
from satqkd.report.tables.ledger import BITS_OF_BYTE, REKEY_BITS

PERCENTS: Final = (10, 50, 90)
"""Percentiles that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadReport:
    """What pairs will hold, a row a pair and instant."""

    plan: Plan
    pairs: tuple[StockAhead, ...]
    asked_bits: float | None = None
    """Key whose chance is asked for; None for none. [bit]"""


def _each(get: Callable[[StockAhead], Values]) -> Callable[[AheadReport], list[Cell]]:
    def values(report: AheadReport) -> list[Cell]:
        return [cell for pair in report.pairs for cell in np.asarray(get(pair)).tolist()]

    return values


def _same(get: Callable[[AheadReport, StockAhead], Cell]) -> Callable[[AheadReport], list[Cell]]:
    """Fill a column with what is the same at every instant of a pair."""

    def values(report: AheadReport) -> list[Cell]:
        return [get(report, pair) for pair in report.pairs for _ in range(pair.at_s.size)]

    return values


def _station(side: str) -> Callable[[AheadReport], list[Cell]]:
    def name(report: AheadReport, pair: StockAhead) -> Cell:
        mission = report.plan.mission
        end: int = getattr(mission.demands[pair.demand], side)
        return mission.stations[end].site.name

    return _same(name)


def _utc(report: AheadReport) -> list[Cell]:
    timebase = report.plan.forecast.timebase
    return [text for pair in report.pairs for text in timebase.iso(pair.at_s)]


def _percentile(percent: int, over: int = 1) -> Callable[[AheadReport], list[Cell]]:
    return _each(lambda pair: np.floor(pair.percentile_bits(percent) / over).astype(np.int64))


def _use(report: AheadReport, pair: StockAhead) -> Cell:
    return report.plan.mission.demands[pair.demand].use_bit_s or None


def dry_utc(report: AheadReport, pair: StockAhead, share: float) -> str | None:
    """When so large a share of the realisations has run dry; None for never in the window."""
    at_s = pair.dry_s_of(share)
    return None if at_s is None else report.plan.forecast.timebase.iso(np.array([at_s]))[0]


def _chance(report: AheadReport) -> list[Cell]:
    asked = report.asked_bits
    if asked is None:
        return [None] * sum(pair.at_s.size for pair in report.pairs)
    return _each(lambda pair: pair.chance_of(asked))(report)


AHEAD_COLUMNS: tuple[Column[AheadReport], ...] = (
    column("station_a", _station("station_a")),
    column("station_b", _station("station_b")),
    Column("at_utc", "UTC", "When.", _utc),
    Column("ahead_p10_bits", "bit", "Nine realisations in ten leave the pair more than this, after "
           "what it uses.", _percentile(10)),
    Column("ahead_p50_bits", "bit", "Half of the realisations leave it more.", _percentile(50)),
    Column("ahead_p90_bits", "bit", "One realisation in ten leaves it more.", _percentile(90)),
    Column("ahead_p10_rekeys", "", "AES-256 keys, of 256 bit each, that ahead_p10_bits is enough "
           "for.", _percentile(10, REKEY_BITS)),
    Column("ahead_p50_rekeys", "", "The same of ahead_p50_bits.", _percentile(50, REKEY_BITS)),
    Column("ahead_p10_pad_bytes", "B", "Bytes that ahead_p10_bits encrypts as a one-time pad.",
           _percentile(10, BITS_OF_BYTE)),
    Column("ahead_p50_pad_bytes", "B", "The same of ahead_p50_bits.",
           _percentile(50, BITS_OF_BYTE)),
    Column("asked_there", "", "Chance that the key asked about is there; empty where none is.",
           _chance, digits=3),
    Column("dry_by_then", "", "Share of the realisations in which the pair has run dry once by "
           "then.", _each(lambda pair: pair.dry_by()), digits=3),
    Column("dry_p10_utc", "UTC", "By when one realisation in ten has run dry; empty for never in "
           "the window.", _same(lambda report, pair: dry_utc(report, pair, 0.1))),
    Column("dry_p50_utc", "UTC", "By when half have.",
           _same(lambda report, pair: dry_utc(report, pair, 0.5))),
    Column("use_bit_s", "bit/s", "What the pair uses; empty if not given.", _same(_use)),
    Column("begin_bits", "bit", "What the pair holds now.",
           _same(lambda _, pair: int(pair.held_bits))),
)  # fmt: skip
"""Columns of ``satqkd ledger ahead``: a row a pair and instant."""

AHEAD_SCREEN: Sequence[str] = (
    "station_a", "at_utc", "station_b", "ahead_p50_bits", "ahead_p10_bits", "ahead_p90_bits",
    "dry_by_then", "asked_there", "ahead_p10_rekeys", "ahead_p10_pad_bytes",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""


def ahead_words(report: AheadReport) -> list[str]:
    """Return a sentence a pair: what it holds, and when it runs dry."""
    mission = report.plan.mission
    told = []
    for pair in report.pairs:
        demand = mission.demands[pair.demand]
        names = " – ".join(
            mission.stations[one].site.name for one in (demand.station_a, demand.station_b)
        )
        held = f"{names} holds {int(pair.held_bits):,} bit now"
        if not demand.use_bit_s:
            told.append(f"{held}; its use is not given ('use' of the demand)")
            continue
        dry = float(np.isfinite(pair.dry_s).mean())
        half = dry_utc(report, pair, 0.5)
        tenth = dry_utc(report, pair, 0.1)
        if tenth is None:
            told.append(f"{held}; runs dry in {dry:.1%} of the realisations")
        else:
            when = f"half of the realisations have run dry by {half}, " if half else ""
            told.append(f"{held}; {when}one in ten by {tenth}, {dry:.0%} within the window")
    return told
