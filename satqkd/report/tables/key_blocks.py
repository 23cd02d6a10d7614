"""Blocks of contacts as tables: key pooled and apart, gain, wait and risk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from satqkd.forecast.key_blocks import KeyBlocks
from satqkd.report.tables.column import Cell, Column, Values, present
from satqkd.report.tables.definitions import column
from satqkd.report.tables.keys import protocols
from satqkd.report.tables.kinds import Kinds, Shape
from satqkd.report.tables.named import satellite_names, station_names
from satqkd.report.tables.sessions import link_columns
from satqkd.report.tables.together import pair_columns
from satqkd.units import FloatArray, IntArray

BLOCK_SCREEN = (
    "start_utc", "secure_bits", "station", "satellite", "secure_bits_low", "secure_bits_high",
    "passes", "protocol", "separate_bits", "gain",
    "available_utc", "wait_h", "epsilon", "epsilon_composed", "reason", "sifted_bits", "qber",
    "gain_bits", "epsilon_separate", "pass_ids",
)  # fmt: skip
"""Columns worth a place on a terminal, the most important first."""

_JOINT_SCREEN = (
    "start_utc", "protocol", "satellite", "station_a", "station_b", "windows", "secure_bits",
    "secure_bits_low", "secure_bits_high", "separate_bits", "gain", "available_utc", "wait_h",
    "epsilon", "epsilon_composed", "sifted_bits", "qber", "phase_error", "gain_bits",
    "epsilon_separate",
)  # fmt: skip
"""The same of joint contacts; why there is no key stands below the table."""


def _ids(found: KeyBlocks) -> Values:
    ids = found.forecast.ids
    return [" ".join(ids[index] for index in own.tolist()) for own in found.members]


def _utc(get: Callable[[KeyBlocks], FloatArray]) -> Callable[[KeyBlocks], Values]:
    return lambda found: found.forecast.timebase.iso(get(found))


def _if_complete(found: KeyBlocks, cells: Values) -> Values:
    """Keep the cells of blocks that reached their size."""
    return present(np.asarray(cells, dtype=object), np.array(found.complete, dtype=np.bool_))


def _gain(found: KeyBlocks) -> Values:
    """Key of each block over that of its members apart, less 1."""
    apart = found.separate_bits
    share = found.keys.secure_bits / np.maximum(apart, 1) - 1.0
    return present(share, (apart > 0) & np.array(found.complete, dtype=np.bool_))


def _risk(times: Callable[[KeyBlocks], IntArray]) -> Callable[[KeyBlocks], list[Cell]]:
    """What so many blocks like each risk together; None in the asymptotic limit."""

    def cells(found: KeyBlocks) -> list[Cell]:
        each = zip(found.budgets, times(found).tolist(), strict=True)
        return [
            None if budget is None else float(f"{budget.over(many).total:.7g}")
            for budget, many in each
        ]

    return cells


def _once(found: KeyBlocks) -> IntArray:
    """One block each."""
    return np.ones(len(found), dtype=np.int64)


START: Final[Column[KeyBlocks]] = column("start_utc", _utc(lambda b: b.start_s))
"""When a block begins."""


def members_column(name: str, what: str) -> Column[KeyBlocks]:
    """Column of how many contacts a block is made of."""
    return Column(name, "", f"{what} in it.", lambda b: [own.size for own in b.members])


KEY_OF_BLOCK_COLUMNS: tuple[Column[KeyBlocks], ...] = (
    column("sifted_bits", lambda b: b.keys.sifted_bits, digits=1),
    column("qber", lambda b: b.keys.qber, digits=6),
    column("phase_error", lambda b: b.keys.phase_error, digits=6),
    column("secure_bits", lambda b: b.keys.secure_bits),
    column("secure_bits_low", lambda b: present(b.keys_low.secure_bits, b.ranged)),
    column("secure_bits_high", lambda b: present(b.keys_high.secure_bits, b.ranged)),
    column("reason", lambda b: b.keys.why_zero),
    column("separate_bits", lambda b: b.separate_bits),
    column("gain_bits", lambda b: _if_complete(b, b.keys.secure_bits - b.separate_bits)),
    column("gain", _gain),
    Column("available_utc", "UTC", "End of its last pass or window; before, there is no key of "
           "the block.", lambda b: _if_complete(b, b.forecast.timebase.iso(b.end_s))),
    Column("wait_h", "h", "How long the key of its first pass or window has to wait for the "
           "others.", lambda b: _if_complete(b, (b.end_s - b.first_end_s) / 3600.0), digits=3),
    Column("epsilon", "", "What the block's key risks: secrecy, correctness and, of passes, "
           "authentication; empty in the asymptotic limit.", _risk(_once)),
    Column("epsilon_separate", "", "What the keys of its passes or windows risk together, each a "
           "block.", _risk(lambda b: b.separate_blocks)),
    Column("epsilon_composed", "", "What all keys of this satellite and station, or of this "
           "satellite, pair and protocol, risk together, up to this block.",
           _risk(lambda b: b.keyed_so_far)),
)  # fmt: skip
"""Columns of blocks of passes and of windows: what each holds, gains, waits for and risks."""


def _starts(found: KeyBlocks) -> Values:
    instants = found.forecast.timebase.iso(found.forecast.contacts.start_s)
    return [" ".join(instants[index] for index in own.tolist()) for own in found.members]


BLOCK_COLUMNS: tuple[Column[KeyBlocks], ...] = (
    column("satellite", lambda b: satellite_names(b.forecast.mission, b.satellite)),
    column("station", lambda b: station_names(b.forecast.mission, b.stations[0])),
    START,
    column("protocol", lambda b: protocols(b.forecast.mission, b.keys)),
    members_column("passes", "Passes"),
    Column("pass_ids", "", "Their ids, with spaces between.", _ids),
    *KEY_OF_BLOCK_COLUMNS,
)

BLOCKS: Final[Kinds[KeyBlocks]] = Kinds(
    passes=Shape(BLOCK_COLUMNS, BLOCK_SCREEN, "start_utc"),
    joint=Shape(
        (
            *pair_columns(lambda found: (found.forecast, found.satellite)),
            START,
            members_column("windows", "Windows"),
            Column("window_starts", "UTC", "When each of them begins, as `start_utc` of `satqkd "
                   "forecast --together`, with spaces between.", _starts),
            *KEY_OF_BLOCK_COLUMNS,
        ),
        _JOINT_SCREEN,
        "start_utc",
    ),
    links=Shape(
        (
            *link_columns(lambda found: (found.forecast, found.satellite)),
            START,
            members_column("sessions", "Sessions"),
            *KEY_OF_BLOCK_COLUMNS,
        ),
        ("start_utc", "link", "sessions", *_JOINT_SCREEN[6:], "protocol"),
        "start_utc",
    ),
)  # fmt: skip
"""Tables of ``satqkd forecast --block``."""
