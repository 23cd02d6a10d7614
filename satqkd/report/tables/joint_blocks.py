"""Blocks of windows of two stations as a table: key pooled and apart, gain, wait and risk."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from satqkd.forecast.key_blocks import KeyBlocks
from satqkd.mission.together import Together
from satqkd.report.tables.column import Column, Values
from satqkd.report.tables.key_blocks import gain, gain_bits, if_complete, once, risk, wait_h
from satqkd.report.tables.together import alike, pair_of
from satqkd.units import FloatArray

_SCREEN = (
    "start_utc", "protocol", "satellite", "station_a", "station_b", "windows", "secure_bits",
    "separate_bits", "gain", "available_utc", "wait_h", "epsilon", "epsilon_composed",
    "sifted_bits", "qber", "phase_error", "gain_bits", "epsilon_separate",
)  # fmt: skip


def joint_block_screen(pairs: Sequence[Together]) -> tuple[str, ...]:
    """Columns worth a place on a terminal, the most important first.

    What is the same in every row, and why there is no key, is told in lines below the table.
    """
    return tuple(name for name in _SCREEN if name not in alike(pairs))


def _satellite(blocks: KeyBlocks) -> Values:
    craft = blocks.forecast.mission.spacecraft
    return [craft[index].satellite.name for index in blocks.satellite.tolist()]


def _station(blocks: KeyBlocks, place: int) -> Values:
    stations = blocks.forecast.mission.stations
    return [stations[pair_of(blocks.forecast).stations[place]].site.name] * len(blocks)


def _utc(get: Callable[[KeyBlocks], FloatArray]) -> Callable[[KeyBlocks], Values]:
    return lambda blocks: blocks.forecast.timebase.iso(get(blocks))


def _starts(blocks: KeyBlocks) -> Values:
    instants = blocks.forecast.timebase.iso(blocks.forecast.contacts.start_s)
    return [" ".join(instants[index] for index in own.tolist()) for own in blocks.members]


JOINT_BLOCK_COLUMNS: tuple[Column[KeyBlocks], ...] = (
    Column("satellite", "", "Name of the satellite in the middle.", _satellite),
    Column("station_a", "", "First station.", lambda b: _station(b, 0)),
    Column("station_b", "", "Second station.", lambda b: _station(b, 1)),
    Column("protocol", "", "Preset or model of the key over both links at once.",
           lambda b: [pair_of(b.forecast).protocol_name] * len(b)),
    Column("start_utc", "UTC", "First usable instant of the block.", _utc(lambda b: b.start_s)),
    Column("windows", "", "Windows in it.", lambda b: [own.size for own in b.members]),
    Column("window_starts", "UTC", "When each of them begins, as `start_utc` of `satqkd forecast "
           "--together`, with spaces between.", _starts),
    Column("sifted_bits", "bit", "Bits of all of them before error correction, after sifting and "
           "pairing.", lambda b: b.keys.sifted_bits, digits=1),
    Column("qber", "", "Error fraction of these.", lambda b: b.keys.qber, digits=6),
    Column("phase_error", "", "Upper bound on the phase error fraction.",
           lambda b: b.keys.phase_error, digits=6),
    Column("secure_bits", "bit", "Key of the windows as one block, under a clear sky.",
           lambda b: b.keys.secure_bits),
    Column("reason", "", "Why there is none.", lambda b: b.keys.why_zero, below=True),
    Column("separate_bits", "bit", "Sum of their keys if each window is a block.",
           lambda b: b.separate_bits),
    Column("gain_bits", "bit", "Key of the block less that sum.", gain_bits),
    Column("gain", "", "The same over that sum.", gain, digits=4),
    Column("available_utc", "UTC", "End of its last window; before, there is no key of the block.",
           lambda b: if_complete(b, b.forecast.timebase.iso(b.end_s))),
    Column("wait_h", "h", "How long the first window's key has to wait for the others.",
           wait_h, digits=3),
    Column("epsilon", "", "What the block's key risks: secrecy and correctness; empty for a "
           "protocol of endless blocks.", risk(once)),
    Column("epsilon_separate", "", "What the keys of its windows risk together, each a block.",
           risk(lambda b: b.separate_blocks)),
    Column("epsilon_composed", "", "What all keys of this satellite, pair and protocol risk "
           "together, up to this block.", risk(lambda b: b.keyed_so_far)),
)  # fmt: skip
