"""What blocks, settings and availability come to, in a line each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.forecast.availability import Availability
from satqkd.forecast.key_blocks import KeyBlocks
from satqkd.forecast.settings import Optimised
from satqkd.report.counted import counted
from satqkd.report.tables.together import pair_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """Blocks of one kind, added up."""

    blocks: int
    members: int
    """Passes or windows in them."""
    keyed: int
    """Blocks that leave key."""
    bits: int
    """Their key. [bit]"""
    separate_bits: int
    """Key of their passes or windows, each a block of its own. [bit]"""

    @staticmethod
    def of(found: KeyBlocks) -> Pooled:
        """Add the blocks of a table up."""
        return Pooled(
            blocks=len(found),
            members=sum(own.size for own in found.members),
            keyed=int(np.count_nonzero(found.keys.secure_bits)),
            bits=int(found.keys.secure_bits.sum()),
            separate_bits=int(found.separate_bits.sum()),
        )

    def __add__(self, other: Pooled) -> Pooled:
        return Pooled(
            blocks=self.blocks + other.blocks,
            members=self.members + other.members,
            keyed=self.keyed + other.keyed,
            bits=self.bits + other.bits,
            separate_bits=self.separate_bits + other.separate_bits,
        )

    def line(self, one: str, many: str) -> str:
        """Say it, with what a member is called."""
        return (
            f"{counted(self.blocks, 'block')} of {counted(self.members, one, many=many)}, "
            f"{self.keyed:,} with key: pooled {self.bits:,} bit, separately "
            f"{self.separate_bits:,} bit{gain(self.bits, self.separate_bits)}"
        )


def blocks_line(found: KeyBlocks) -> str:
    """Say what blocks of passes leave, against the passes apart."""
    return Pooled.of(found).line("pass", "passes")


def joint_blocks_name(found: KeyBlocks) -> str:
    """Name the protocol and the stations of a table of blocks of windows."""
    pair, stations = pair_of(found.forecast), found.forecast.mission.stations
    names = " and ".join(stations[index].site.name for index in pair.stations)
    return f"{pair.protocol_name}, {names}"


def optimised_line(found: Optimised) -> str:
    """Say what the best settings leave, against those the mission states."""
    before, after = int(found.before_bits.sum()), int(found.after_bits.sum())
    passes = counted(found.contacts.size, "pass", many="passes")
    return (
        f"{passes}: settings as stated {before:,} bit, optimised {after:,} bit{gain(after, before)}"
    )


def availability_line(found: Availability) -> str:
    """Say how much of all key can be used before the satellite sets."""
    bits = found.keys.secure_bits
    total, during = int(bits.sum()), int(bits[found.during].sum())
    share = f" ({100.0 * during / total:.1f} %)" if total else ""
    passes = counted(found.contacts.size, "pass", many="passes")
    return f"{passes}: usable before the satellite sets {during:,} of {total:,} bit{share}"


def gain(after: int, before: int) -> str:
    """Return the change in brackets; nothing where there was nothing.

    Examples
    --------
    >>> gain(110, 100), gain(95, 100), gain(5, 0)
    (' (+10.0 %)', ' (-5.0 %)', '')
    """
    return f" ({100.0 * (after / before - 1.0):+.1f} %)" if before else ""
