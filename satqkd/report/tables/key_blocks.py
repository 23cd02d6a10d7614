"""Blocks of passes as a table: key pooled and apart, gain, wait and risk."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from satqkd.forecast.key_blocks import KeyBlocks
from satqkd.report.tables.column import Cell, Column, Values, present
from satqkd.units import FloatArray, IntArray

BLOCK_SCREEN = (
    "start_utc", "secure_bits", "station", "satellite", "passes", "separate_bits", "gain",
    "available_utc", "wait_h", "epsilon", "epsilon_composed", "reason", "sifted_bits", "qber",
    "gain_bits", "epsilon_separate", "pass_ids",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""


def _satellite(found: KeyBlocks) -> Values:
    craft = found.forecast.mission.spacecraft
    return [craft[index].satellite.name for index in found.satellite.tolist()]


def _station(found: KeyBlocks) -> Values:
    stations = found.forecast.mission.stations
    return [stations[index].site.name for index in found.stations[0].tolist()]


def _ids(found: KeyBlocks) -> Values:
    ids = found.forecast.ids
    return [" ".join(ids[index] for index in own.tolist()) for own in found.members]


def _utc(get: Callable[[KeyBlocks], FloatArray]) -> Callable[[KeyBlocks], Values]:
    return lambda found: found.forecast.timebase.iso(get(found))


def if_complete(found: KeyBlocks, cells: Values) -> Values:
    """Keep the cells of blocks that reached their size."""
    return present(np.asarray(cells, dtype=object), np.array(found.complete, dtype=np.bool_))


def gain_bits(found: KeyBlocks) -> Values:
    """Key of each block less that of its members apart. [bit]"""
    return if_complete(found, found.keys.secure_bits - found.separate_bits)


def gain(found: KeyBlocks) -> Values:
    """The same over that of its members apart."""
    apart = found.separate_bits
    share = found.keys.secure_bits / np.maximum(apart, 1) - 1.0
    return present(share, (apart > 0) & np.array(found.complete, dtype=np.bool_))


def wait_h(found: KeyBlocks) -> Values:
    """How long the first member's key waits for the others. [h]"""
    return if_complete(found, (found.end_s - found.first_end_s) / 3600.0)


def risk(times: Callable[[KeyBlocks], IntArray]) -> Callable[[KeyBlocks], list[Cell]]:
    """What so many blocks like each risk together; None in the asymptotic limit."""

    def cells(found: KeyBlocks) -> list[Cell]:
        each = zip(found.budgets, times(found).tolist(), strict=True)
        return [
            None if budget is None else float(f"{budget.over(many).total:.7g}")
            for budget, many in each
        ]

    return cells


def once(found: KeyBlocks) -> IntArray:
    """One block each."""
    return np.ones(len(found), dtype=np.int64)


BLOCK_COLUMNS: tuple[Column[KeyBlocks], ...] = (
    Column("satellite", "", "Name of the satellite.", _satellite),
    Column("station", "", "Name of the station.", _station),
    Column("start_utc", "UTC", "First usable instant of the block.", _utc(lambda b: b.start_s)),
    Column("passes", "", "Passes in it.", lambda b: [own.size for own in b.members]),
    Column("pass_ids", "", "Their ids, with spaces between.", _ids),
    Column("sifted_bits", "bit", "Sifted bits of all of them.",
           lambda b: b.keys.sifted_bits, digits=1),
    Column("qber", "", "Error fraction of these.", lambda b: b.keys.qber, digits=6),
    Column("phase_error", "", "Upper bound on the phase error fraction of single photons.",
           lambda b: b.keys.phase_error, digits=6),
    Column("secure_bits", "bit", "Key of the passes as one block, under a clear sky.",
           lambda b: b.keys.secure_bits),
    Column("reason", "", "Why there is none.", lambda b: b.keys.why_zero, below=True),
    Column("separate_bits", "bit", "Sum of their keys if each pass is a block.",
           lambda b: b.separate_bits),
    Column("gain_bits", "bit", "Key of the block less that sum.", gain_bits),
    Column("gain", "", "The same over that sum.", gain, digits=4),
    Column("available_utc", "UTC", "End of its last pass; before, there is no key of the block.",
           lambda b: if_complete(b, b.forecast.timebase.iso(b.end_s))),
    Column("wait_h", "h", "How long the first pass's key has to wait for the others.",
           wait_h, digits=3),
    Column("epsilon", "", "What the block's key risks: secrecy, correctness, authentication.",
           risk(once)),
    Column("epsilon_separate", "", "What the keys of its passes risk together, each a block.",
           risk(lambda b: b.separate_blocks)),
    Column("epsilon_composed", "", "What all keys of this satellite and station risk together, "
           "up to this block.", risk(lambda b: b.keyed_so_far)),
)  # fmt: skip
