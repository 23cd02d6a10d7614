"""The table of key blocks of a plan: what is distilled together, when, and what it brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from satqkd.mission.blocks import Until
from satqkd.network.plan import Plan
from satqkd.network.planned_blocks import PlannedBlocks
from satqkd.report.tables.column import Cell, Column, Values
from satqkd.report.tables.definitions import column
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockReport:
    """Some blocks of a plan."""

    plan: Plan
    order: IntArray
    """Their numbers, in the order of the rows."""


def block_report(plan: Plan, *, planned: bool = False) -> BlockReport:
    """List the blocks in order of their last contact, those without any after the others.

    Parameters
    ----------
    plan
        The plan.
    planned
        Whether to leave out blocks of which no contact is scheduled.
    """
    blocks = plan.blocks
    some = blocks.planned if planned else np.arange(len(blocks))
    order = np.lexsort((blocks.station[some], blocks.satellite[some], blocks.end_s[some]))
    return BlockReport(plan=plan, order=some[order])


def _of(get: Callable[[BlockReport], np.ndarray]) -> Callable[[BlockReport], Values]:
    return lambda report: np.asarray(get(report))[report.order]


def _station(get: Callable[[BlockReport], IntArray]) -> Callable[[BlockReport], list[Cell]]:
    def names(report: BlockReport) -> list[Cell]:
        stations = report.plan.mission.stations
        every = get(report)[report.order].tolist()
        return [stations[one].site.name if one >= 0 else "" for one in every]

    return names


def _satellite(report: BlockReport) -> list[Cell]:
    craft = report.plan.mission.spacecraft
    every = report.plan.blocks.satellite[report.order].tolist()
    return [craft[one].satellite.name for one in every]


def _utc(name: str) -> Callable[[BlockReport], Values]:
    def instants(report: BlockReport) -> list[Cell]:
        at_s = getattr(report.plan.blocks, name)[report.order]
        known = np.isfinite(at_s)
        texts = iter(report.plan.forecast.timebase.iso(at_s[known]))
        return [next(texts) if one else None for one in known.tolist()]

    return instants


def _gathers(report: BlockReport) -> list[Cell]:
    blocks, cut = report.plan.blocks, report.plan.blocks.cut
    return [
        f"{blocks.gathers[block]}{', divided' if cut[block] else ''}"
        for block in report.order.tolist()
    ]


def _contacts(report: BlockReport) -> list[Cell]:
    keys = [key for one in report.plan.forecasts for key in one.contact_key]
    at = report.plan.candidate_rows
    members = report.plan.blocks.members
    return [";".join(keys[at[one]] for one in members[block]) for block in report.order.tolist()]


def _opening(report: BlockReport) -> list[Cell]:
    """Keys of the contacts flown before that are distilled with each block."""
    plan = report.plan
    first = len(plan.problem) - len(plan.opening)
    return [
        ";".join(plan.opening[one - first].contact_key for one in plan.blocks.taken[block])
        for block in report.order.tolist()
    ]


def _note(report: BlockReport) -> list[Cell]:
    return ["; ".join(_told(report.plan.blocks, block)) for block in report.order.tolist()]


def _told(blocks: PlannedBlocks, block: int) -> Iterator[str]:
    """Yield what there is to say of a block."""
    count, taken = blocks.possible[block].size, blocks.members[block].size
    before, kept = blocks.opening[block].size, blocks.taken[block].size
    if blocks.hopeless[block]:
        yield f"no key whichever of its {count + before} contacts are pooled"
        return
    if taken + kept == 0:
        yield "no contact of it is scheduled"
        return
    if kept < before:
        yield f"{before - kept} of {before} contacts flown before are left out"
    gathers = blocks.gathers[block]
    if isinstance(gathers, Until) and blocks.bits[block] < gathers.bits <= blocks.all_bits[block]:
        yield f"less than {str(gathers).removeprefix('until ')}: not all its contacts are in it"


PLANNED_BLOCK_COLUMNS: tuple[Column[BlockReport], ...] = (
    column("satellite", _satellite),
    column("station_a", _station(lambda r: r.plan.blocks.station)),
    column("station_b", _station(lambda r: r.plan.blocks.partner)),
    Column("gathers", "", "How long contacts are gathered: pass, night, week, days, or until all "
           "of them together make so much key; divided, where it is a part of such a block, which "
           "an instant by which a pair wants key divides: a deadline, a floor or a use.",
           _gathers),
    Column("scheduled", "", "Contacts of it that are scheduled, and distilled together.",
           lambda r: [r.plan.blocks.members[block].size for block in r.order.tolist()]),
    Column("possible", "", "Contacts that could be in it.",
           lambda r: [r.plan.blocks.possible[block].size for block in r.order.tolist()]),
    Column("first_utc", "UTC", "First usable second of the first of them, or of what was flown "
           "before; empty for none.",
           _utc("start_s")),
    Column("closes_utc", "UTC", "Last usable second of the last of them: before, there is no key "
           "of the block; empty for none.", _utc("end_s")),
    Column("block_bits", "bit", "Key of the scheduled contacts, distilled as one.",
           _of(lambda r: r.plan.blocks.bits)),
    column("separate_bits", _of(lambda r: r.plan.blocks.separate_bits)),
    Column("all_bits", "bit", "Key of all contacts that could be in it, clashes ignored.",
           _of(lambda r: r.plan.blocks.all_bits)),
    Column("contacts", "", "Keys of the scheduled contacts, with semicolons between.", _contacts),
    Column("opening", "", "Keys of the contacts flown before the window whose counts are distilled "
           "with them, with semicolons between.", _opening),
    column("note", _note),
)  # fmt: skip
"""Columns of ``blocks.csv``."""

PLANNED_BLOCK_SCREEN = (
    "satellite", "station_a", "station_b", "scheduled", "possible", "block_bits", "separate_bits",
    "closes_utc", "note", "first_utc", "gathers", "all_bits", "opening",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""
