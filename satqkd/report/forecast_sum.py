"""What blocks, settings and availability come to, in a line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from satqkd.forecast.availability import Availability
from satqkd.forecast.key_blocks import KeyBlocks
from satqkd.forecast.settings import Optimised
from satqkd.report.counted import contact_words, counted, reason_lines
from satqkd.report.not_together import NotTogether


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
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Pooled)}
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
        self._words: dict[str, tuple[str, str]] = {}
        self._reasons: list[str] = []
        self._overlap = NotTogether()

    def add(self, found: KeyBlocks) -> bool:
        """Add the blocks of some satellites; return whether any has key."""
        name, own = _name(found), Pooled.of(found)
        self._sums[name] = self._sums[name] + own if name in self._sums else own
        if name:
            named = f" ({name.partition(',')[0]})"
            self._reasons += [why + named for why in found.keys.why_zero if why is not None]
        self._words[name] = contact_words(found.forecast)
        members = [np.zeros(0, dtype=np.int64), *found.members]
        self._overlap.add(found.forecast, np.concatenate(members))
        return own.keyed > 0

    def lines(self) -> Iterator[str]:
        """Say why joint contacts have no key, and what all come to."""
        if self._reasons:
            yield "no key:"
        yield from (f"  {line}" for line in reason_lines(self._reasons))
        for name, one in self._sums.items():
            line = one.line(*self._words[name])
            yield f"{name}: {line}" if name else line
        yield from self._overlap.lines()


def _name(found: KeyBlocks) -> str:
    """Protocol and stations of joint contacts, or link; empty for passes."""
    pair, link = found.forecast.pair, found.forecast.link
    if link is not None:
        return f"{link.protocol_name}, {link.name}"
    if pair is None:
        return ""
    stations = found.forecast.mission.stations
    names = " and ".join(stations[index].site.name for index in pair.stations)
    return f"{pair.protocol_name}, {names}"


class SettingSums:
    """Adds up what the best settings leave, against those the mission states."""

    def __init__(self) -> None:
        self._count = self._before = self._after = 0
        self._words = ("pass", "passes")
        self._overlap = NotTogether()

    def add(self, found: Optimised) -> bool:
        """Add the contacts of some satellites; return whether any has key."""
        self._words = contact_words(found.forecast)
        self._count += found.contacts.size
        self._before += int(found.before_bits.sum())
        self._after += int(found.after_bits.sum())
        self._overlap.add(found.forecast, found.contacts)
        return bool((found.after_bits > 0).any())

    def lines(self) -> Iterator[str]:
        """Say it."""
        yield (
            f"{counted(self._count, self._words[0], many=self._words[1])}: settings as stated "
            f"{self._before:,} bit, optimised {self._after:,} bit{gain(self._after, self._before)}"
        )
        yield from self._overlap.lines()


class AvailabilitySums:
    """Adds up how much of all key can be used before the satellite sets."""

    def __init__(self) -> None:
        self._count = self._total = self._during = 0
        self._late_s = -np.inf
        self._words = ("pass", "passes")

    def add(self, found: Availability) -> bool:
        """Add the contacts of some satellites; return whether any has key."""
        bits = found.keys.secure_bits
        self._words = contact_words(found.forecast)
        self._count += found.contacts.size
        self._total += int(bits.sum())
        self._during += int(bits[found.during].sum())
        if found.forecast.link is not None:
            end_s = found.forecast.contacts.end_s[found.contacts]
            late_s = found.usable_s - np.repeat(end_s, np.diff(found.starts))
            self._late_s = float(np.max(late_s[bits > 0], initial=self._late_s))
        return bool((bits > 0).any())

    def lines(self) -> Iterator[str]:
        """Say it."""
        if np.isfinite(self._late_s):
            yield (
                f"{counted(self._count, *self._words[:1])}: {self._total:,} bit, the last of a "
                f"session usable {self._late_s:,.1f} s after it ends"
            )
            return
        end = "the satellite sets" if self._words[0] == "pass" else "they end"
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
