"""Blocks of passes as a table: key pooled and apart, gain, wait and risk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from satqkd.forecast.blocks import Blocks
from satqkd.key.result import KeyResult
from satqkd.report.pass_id import pass_ids
from satqkd.report.tables.column import Cell, Column, Values, present
from satqkd.units import FloatArray, IntArray

BLOCK_SCREEN = (
    "satellite", "station", "start_utc", "passes", "secure_bits", "separate_bits", "gain",
    "available_utc", "wait_h", "epsilon", "epsilon_composed", "reason", "sifted_bits", "qber",
    "gain_bits", "epsilon_separate", "pass_ids",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""


class Pooled(Protocol):
    """Blocks of passes, or of windows of two stations."""

    @property
    def complete(self) -> tuple[bool, ...]:
        """Whether each block reached its size."""
        ...

    @property
    def keys(self) -> KeyResult:
        """Key of each as one."""
        ...

    @property
    def separate_bits(self) -> IntArray:
        """Sum of the keys of its members, each a block of its own. [bit]"""
        ...

    @property
    def first_end_s(self) -> FloatArray:
        """End of its first member. [s]"""
        ...

    @property
    def end_s(self) -> FloatArray:
        """End of its last member. [s]"""
        ...


def _figures(values: list[float]) -> list[Cell]:
    """Round sums of failure probabilities to what means something."""
    return [float(f"{value:.7g}") for value in values]


def _satellite(found: Blocks) -> Values:
    craft = found.forecast.mission.spacecraft
    return [craft[index].satellite.name for index in found.satellite.tolist()]


def _station(found: Blocks) -> Values:
    stations = found.forecast.mission.stations
    return [stations[index].site.name for index in found.station.tolist()]


def _ids(found: Blocks) -> Values:
    ids = pass_ids(found.forecast)
    return [" ".join(ids[index] for index in own.tolist()) for own in found.members]


def _utc(get: Callable[[Blocks], FloatArray]) -> Callable[[Blocks], Values]:
    return lambda found: found.forecast.timebase.iso(get(found))


def if_complete(found: Pooled, cells: Values) -> Values:
    """Keep the cells of blocks that reached their size."""
    return present(np.asarray(cells, dtype=object), np.array(found.complete, dtype=np.bool_))


def gain_bits(found: Pooled) -> Values:
    """Key of each block less that of its members apart. [bit]"""
    return if_complete(found, found.keys.secure_bits - found.separate_bits)


def gain(found: Pooled) -> Values:
    """The same over that of its members apart."""
    apart = found.separate_bits
    share = found.keys.secure_bits / np.maximum(apart, 1) - 1.0
    return present(share, (apart > 0) & np.array(found.complete, dtype=np.bool_))


def wait_h(found: Pooled) -> Values:
    """How long the first member's key waits for the others. [h]"""
    return if_complete(found, (found.end_s - found.first_end_s) / 3600.0)


def _separate(found: Blocks) -> list[Cell]:
    each = zip(found.budgets, found.separate_blocks.tolist(), strict=True)
    return _figures([budget.over(many).total for budget, many in each])


BLOCK_COLUMNS: tuple[Column[Blocks], ...] = (
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
    Column("reason", "", "Why there is none.", lambda b: b.keys.why_zero),
    Column("separate_bits", "bit", "Sum of their keys if each pass is a block.",
           lambda b: b.separate_bits),
    Column("gain_bits", "bit", "Key of the block less that sum.", gain_bits),
    Column("gain", "", "The same over that sum.", gain, digits=4),
    Column("available_utc", "UTC", "End of its last pass; before, there is no key of the block.",
           lambda b: if_complete(b, b.forecast.timebase.iso(b.end_s))),
    Column("wait_h", "h", "How long the first pass's key has to wait for the others.",
           wait_h, digits=3),
    Column("epsilon", "", "What the block's key risks: secrecy, correctness, authentication.",
           lambda b: _figures([budget.block for budget in b.budgets])),
    Column("epsilon_separate", "", "What the keys of its passes risk together, each a block.",
           _separate),
    Column("epsilon_composed", "", "What all keys of this satellite and station risk together, "
           "up to this block.", lambda b: _figures(b.composed.tolist())),
)  # fmt: skip
