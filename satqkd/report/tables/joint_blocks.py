"""Blocks of windows of two stations as a table: key pooled and apart, gain, wait and risk."""

from __future__ import annotations

from collections.abc import Sequence

from satqkd.forecast.key_blocks import KeyBlocks
from satqkd.mission.together import Together
from satqkd.report.tables.column import Column, Values
from satqkd.report.tables.key_blocks import KEY_OF_BLOCK_COLUMNS, START, members_column
from satqkd.report.tables.together import alike, pair_columns

_SCREEN = (
    "start_utc", "protocol", "satellite", "station_a", "station_b", "windows", "secure_bits",
    "secure_bits_low", "secure_bits_high", "separate_bits", "gain", "available_utc",
    "wait_h", "epsilon", "epsilon_composed", "sifted_bits", "qber", "phase_error", "gain_bits",
    "epsilon_separate",
)  # fmt: skip


def joint_block_screen(pairs: Sequence[Together]) -> tuple[str, ...]:
    """Columns worth a place on a terminal, the most important first.

    What is the same in every row, and why there is no key, is told in lines below the table.
    """
    return tuple(name for name in _SCREEN if name not in alike(pairs))


def _starts(blocks: KeyBlocks) -> Values:
    instants = blocks.forecast.timebase.iso(blocks.forecast.contacts.start_s)
    return [" ".join(instants[index] for index in own.tolist()) for own in blocks.members]


JOINT_BLOCK_COLUMNS: tuple[Column[KeyBlocks], ...] = (
    *pair_columns(lambda blocks: (blocks.forecast, blocks.satellite)),
    START,
    members_column("windows", "Windows"),
    Column("window_starts", "UTC", "When each of them begins, as `start_utc` of `satqkd forecast "
           "--together`, with spaces between.", _starts),
    *KEY_OF_BLOCK_COLUMNS,
)  # fmt: skip
