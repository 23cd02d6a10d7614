"""Key of all joint contacts of a satellite and a pair, or of all sessions of a link, in a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.key_blocks import pooled_by_satellite
from satqkd.report.counted import contact_words, counted
from satqkd.report.tables.together import pair_of

MOST_LINES = 20
"""Satellites that get a line each; those of more are added up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSum:
    """All windows of some satellites with one pair of stations and one protocol."""

    protocol: str
    stations: str
    satellites: tuple[str, ...]
    windows: int
    keyed: int
    """Windows that give key as a block of their own."""
    bits: int
    """Their key added up. [bit]"""
    block_bits: int
    """Key of all windows of a satellite as one block, added up over satellites. [bit]"""
    expected_bits: int | None
    """Mean of ``bits`` over weather, air and pointing, each window's rounded down to whole bits;
    None if nobody drew it. [bit]"""
    why_zero: str | None
    """Why not even one block has a key."""
    words: tuple[str, str] = ("window", "windows")
    """What one is called, and many."""

    def __add__(self, other: WindowSum) -> WindowSum:
        drawn = None not in {self.expected_bits, other.expected_bits}
        added = ("satellites", "windows", "keyed", "bits", "block_bits")
        return replace(
            self,
            expected_bits=(self.expected_bits or 0) + (other.expected_bits or 0) if drawn else None,
            **{name: getattr(self, name) + getattr(other, name) for name in added},
        )


def window_sums(found: Forecast) -> Iterator[WindowSum]:
    """Yield one sum a satellite that has a joint contact, or one of all sessions of a link."""
    outlook, satellites = found.yields.outlook, found.contacts.satellite
    for craft, pooled in pooled_by_satellite(found).items():
        own = satellites == craft
        bits = found.yields.keys.secure_bits[own]
        protocol, stations, name = _names(found, craft)
        yield WindowSum(
            protocol=protocol,
            stations=stations,
            satellites=(name,),
            words=contact_words(found),
            windows=int(own.sum()),
            keyed=int((bits > 0).sum()),
            bits=int(bits.sum()),
            block_bits=int(pooled.secure_bits[0]),
            expected_bits=(
                None if outlook is None else int(np.floor(outlook.expected_bits[own]).sum())
            ),
            why_zero=(
                pooled.why_zero[0] if found.yields.usable_s[own].any() else "nothing is usable"
            ),
        )


def _names(found: Forecast, craft: int) -> tuple[str, str, str]:
    """Protocol, stations and satellite; of a link no stations, and its own name."""
    if found.link is not None:
        return found.link.protocol_name, "", found.link.name
    mission, pair = found.mission, pair_of(found)
    names = [mission.stations[index].site.name for index in pair.stations]
    return pair.protocol_name, " and ".join(names), mission.spacecraft[craft].satellite.name


def sum_lines(sums: Sequence[WindowSum]) -> list[str]:
    """Return a line a satellite, or one a pair and protocol for many satellites."""
    if len(sums) <= MOST_LINES:
        return [_line(one) for one in sums]
    added: dict[tuple[str, str], WindowSum] = {}
    for one in sums:
        at = (one.protocol, one.stations)
        added[at] = added[at] + one if at in added else one
    return [_line(one) for one in added.values()]


def _line(one: WindowSum) -> str:
    several = len(one.satellites) > 1
    who = f"{len(one.satellites):,} satellites" if several else one.satellites[0]
    block = "a block each satellite" if several else "one block"
    windows = counted(one.windows, one.words[0])
    head = f"{', '.join(filter(None, (one.protocol, who, one.stations)))}:"
    pooled = f"{one.block_bits:,} bit as {block} under clear skies"
    if one.keyed == 0 and one.block_bits == 0:
        why = f": {one.why_zero}" if one.why_zero and not several else ""
        return f"{head} no key in {windows}, and none as {block}{why}"
    if one.keyed == 0:
        return f"{head} no key in {windows} alone, {pooled}"
    expected = "" if one.expected_bits is None else f" ({one.expected_bits:,} expected)"
    return (
        f"{head} key in {one.keyed:,} of {windows}, {one.bits:,} bit added up{expected}, {pooled}"
    )


def keyless(found: Forecast) -> Iterator[str]:
    """Yield why usable joint contacts, or sessions, give no key, one each."""
    yields, protocol = found.yields, (found.link or pair_of(found)).protocol_name
    for usable, why in zip((yields.usable_s > 0.0).tolist(), yields.why_zero, strict=True):
        if usable and why is not None:
            yield f"{why} ({protocol})"
