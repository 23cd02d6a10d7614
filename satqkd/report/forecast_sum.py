"""What blocks, settings and availability come to, in a line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.forecast.availability import Availability
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.key_blocks import KeyBlocks
from satqkd.forecast.settings import Optimised
from satqkd.report.counted import counted
from satqkd.report.together_sum import reason_lines

_PASSES: Final = ("pass", "passes")
_WINDOWS: Final = ("window", "windows")


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


class BlockSums:
    """Adds blocks up as they come: one line for passes, one for each pair and protocol."""

    def __init__(self) -> None:
        self._sums: dict[str, Pooled] = {}
        self._reasons: list[str] = []

    def add(self, found: KeyBlocks) -> None:
        """Add the blocks of some satellites."""
        name, own = _name(found), Pooled.of(found)
        self._sums[name] = self._sums[name] + own if name in self._sums else own
        if found.forecast.pair is not None:
            named = f" ({found.forecast.pair.protocol_name})"
            self._reasons += [why + named for why in found.keys.why_zero if why is not None]

    def lines(self) -> Iterator[str]:
        """Say why joint contacts have no key, and what all come to."""
        if self._reasons:
            yield "no key:"
        yield from (f"  {line}" for line in reason_lines(self._reasons))
        for name, one in self._sums.items():
            words = _WINDOWS if name else _PASSES
            yield f"{name}: {one.line(*words)}" if name else one.line(*words)


def _name(found: KeyBlocks) -> str:
    """Protocol and stations of joint contacts; empty for passes."""
    pair, stations = found.forecast.pair, found.forecast.mission.stations
    if pair is None:
        return ""
    names = " and ".join(stations[index].site.name for index in pair.stations)
    return f"{pair.protocol_name}, {names}"


def _words(found: Forecast) -> tuple[str, str]:
    """What a contact is called, one and many."""
    return _PASSES if found.pair is None else _WINDOWS


class SettingSums:
    """Adds up what the best settings leave, against those the mission states."""

    def __init__(self) -> None:
        self._count = self._before = self._after = 0
        self._words = _PASSES

    def add(self, found: Optimised) -> None:
        """Add the contacts of some satellites."""
        self._words = _words(found.forecast)
        self._count += found.contacts.size
        self._before += int(found.before_bits.sum())
        self._after += int(found.after_bits.sum())

    def lines(self) -> Iterator[str]:
        """Say it."""
        yield (
            f"{counted(self._count, self._words[0], many=self._words[1])}: settings as stated "
            f"{self._before:,} bit, optimised {self._after:,} bit{gain(self._after, self._before)}"
        )


class AvailabilitySums:
    """Adds up how much of all key can be used before the satellite sets."""

    def __init__(self) -> None:
        self._count = self._total = self._during = 0
        self._words = _PASSES

    def add(self, found: Availability) -> None:
        """Add the contacts of some satellites."""
        bits = found.keys.secure_bits
        self._words = _words(found.forecast)
        self._count += found.contacts.size
        self._total += int(bits.sum())
        self._during += int(bits[found.during].sum())

    def lines(self) -> Iterator[str]:
        """Say it."""
        end = "the satellite sets" if self._words == _PASSES else "they end"
        share = f" ({100.0 * self._during / self._total:.1f} %)" if self._total else ""
        yield (
            f"{counted(self._count, self._words[0], many=self._words[1])}: usable before {end} "
            f"{self._during:,} of {self._total:,} bit{share}"
        )


def gain(after: int, before: int) -> str:
    """Return the change in brackets; nothing where there was nothing.

    Examples
    --------
    >>> gain(110, 100), gain(95, 100), gain(5, 0)
    (' (+10.0 %)', ' (-5.0 %)', '')
    """
    return f" ({100.0 * (after / before - 1.0):+.1f} %)" if before else ""
