"""Key of all common windows of a satellite and a pair of stations, in a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.forecast.forecast import Forecast
from satqkd.forecast.key_blocks import pooled_by_satellite
from satqkd.report.counted import counted
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

    def __add__(self, other: WindowSum) -> WindowSum:
        drawn = None not in {self.expected_bits, other.expected_bits}
        return WindowSum(
            protocol=self.protocol,
            stations=self.stations,
            satellites=(*self.satellites, *other.satellites),
            windows=self.windows + other.windows,
            keyed=self.keyed + other.keyed,
            bits=self.bits + other.bits,
            block_bits=self.block_bits + other.block_bits,
            expected_bits=(self.expected_bits or 0) + (other.expected_bits or 0) if drawn else None,
            why_zero=self.why_zero,
        )


def window_sums(found: Forecast) -> Iterator[WindowSum]:
    """Yield one sum a satellite that has a joint contact."""
    mission, satellites, pair = found.mission, found.contacts.satellite, pair_of(found)
    names = [mission.stations[index].site.name for index in pair.stations]
    outlook = found.yields.outlook
    for craft, pooled in pooled_by_satellite(found).items():
        own = satellites == craft
        bits = found.yields.keys.secure_bits[own]
        yield WindowSum(
            protocol=pair.protocol_name,
            stations=" and ".join(names),
            satellites=(mission.spacecraft[craft].satellite.name,),
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
    windows = counted(one.windows, "window")
    head = f"{one.protocol}, {who}, {one.stations}:"
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
    """Yield why usable joint contacts give no key, one each."""
    yields = found.yields
    for usable, why in zip((yields.usable_s > 0.0).tolist(), yields.why_zero, strict=True):
        if usable and why is not None:
            yield f"{why} ({pair_of(found).protocol_name})"


def reason_lines(reasons: Iterable[str]) -> list[str]:
    """Say each reason once, with how often it stands and its numbers from least to most.

    Examples
    --------
    >>> reason_lines(["21 bits are too few", "no light", "1,030 bits are too few"])
    ['2 rows: 21…1,030 bits are too few', '1 row: no light']
    """
    alike: dict[str, list[list[str]]] = {}
    for reason in reasons:
        alike.setdefault(_NUMBER.sub("{}", reason.translate(_BRACES)), []).append(
            _NUMBER.findall(reason)
        )
    return [
        f"{counted(len(rows), 'row')}: {words.format(*map(_span, zip(*rows, strict=True)))}"
        for words, rows in sorted(alike.items(), key=lambda item: -len(item[1]))
    ]


_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")

_BRACES = str.maketrans({"{": "{{", "}": "}}"})


def _span(numbers: Sequence[str]) -> str:
    """Least and most of some numbers; one where they are alike."""
    ordered = sorted(set(numbers), key=lambda text: float(text.replace(",", "")))
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]}…{ordered[-1]}"
