"""A bookkeeping of the test's own: plain dictionaries, nothing of what it checks."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime

from operations_desk import Plan, instant

EDGE_S = 1.5
"""A window that begins elsewhere may take usable edges a second earlier or later. [s]"""
NEAR_S = 0.1
"""So near to where a contact counts as moved or cut either answer is right. [s]"""
SAME_S = 0.5
"""From where on it does. [s]"""


@dataclass(slots=True)
class Books:
    """Where every bit is, what became of every contact, and how far the forecast was off."""

    pools: dict[str, int] = field(default_factory=dict)
    """What the satellite holds with each station. [bit]"""
    on_the_way: dict[str, int] = field(default_factory=dict)
    """Relayed to pairs, named with a comma between, and not confirmed. [bit]"""
    held: dict[str, int] = field(default_factory=dict)
    """What pairs hold. [bit]"""
    made: int = 0
    spent: int = 0
    states: dict[str, str] = field(default_factory=dict)
    """Of contacts: flown or failed."""
    open: set[str] = field(default_factory=set)
    """Contacts whose counts are booked and not yet key."""
    decibels: list[float] = field(default_factory=list)
    """Sifted bits over those of the forecast, of contacts that had any. [dB]"""
    wishes: dict[str, dict[str, int]] = field(
        default_factory=lambda: {"pinned": {}, "banned": {}, "out": {}}
    )
    """Entry of the ledger that each pin, ban and outage is."""

    def make(self, station: str, bits: int, contacts: list[str]) -> None:
        """A block is key."""
        self.pools[station] = self.pools.get(station, 0) + bits
        self.made += bits
        self.open -= set(contacts)

    def relay(self, pair: str, bits: int) -> None:
        """The satellite announces the XOR of two pools."""
        for station in pair.split(","):
            self.pools[station] -= bits
        self.on_the_way[pair] = self.on_the_way.get(pair, 0) + bits

    def deliver(self, pair: str, bits: int) -> None:
        """Both stations have confirmed it."""
        self.on_the_way[pair] -= bits
        self.held[pair] = self.held.get(pair, 0) + bits

    def spend(self, pair: str, bits: int) -> None:
        """It is used."""
        self.held[pair] -= bits
        self.spent += bits

    def fly(self, key: str, flown: float, forecast: float) -> None:
        """A contact was tried: sifted bits that came, and those that were forecast."""
        self.states[key] = "flown" if flown > 0.0 else "failed"
        if flown > 0.0:
            self.open.add(key)
            self.decibels.append(10.0 * math.log10(flown / forecast))

    def bias(self) -> tuple[int, float]:
        """How many contacts the score compares, and by how much they are off on average. [dB]"""
        return len(self.decibels), math.fsum(self.decibels) / max(1, len(self.decibels))

    def stock(self) -> dict[str, tuple[int, int]]:
        """What is held and on the way, by pair and by station; what never was is left out."""
        pairs = {
            pair: (self.held.get(pair, 0), self.on_the_way.get(pair, 0))
            for pair in {*self.held, *self.on_the_way}
        }
        return pairs | {station: (bits, 0) for station, bits in self.pools.items()}


def changes(before: Plan, after: Plan) -> dict[str, set[str]]:
    """Say what becomes of each contact that either plan flies; where it is near, both answers."""
    old, new = before.scheduled, after.scheduled
    found = {key: {"added"} for key in new.keys() - old.keys()}
    for key, row in old.items():
        if key not in new:
            over = instant(row["scheduled_end_utc"]) <= after.start
            found[key] = {"past" if over else "dropped"}
        else:
            found[key] = _changed(row, new[key])
    return found


def _changed(old: dict[str, str], new: dict[str, str]) -> set[str]:
    shift_s = abs(_seconds(old["rise_utc"], new["rise_utc"]))
    longer_s = _seconds(new["scheduled_start_utc"], new["scheduled_end_utc"])
    longer_s -= _seconds(old["scheduled_start_utc"], old["scheduled_end_utc"])
    words = set()
    if shift_s > SAME_S - NEAR_S:
        words.add("moved")
    if shift_s < SAME_S + NEAR_S:
        if abs(longer_s) < SAME_S + NEAR_S:
            words.add("kept")
        if abs(longer_s) > SAME_S - NEAR_S:
            words.add("longer" if longer_s > 0.0 else "cut")
    return words


def shifts_s(old: dict[str, str], new: dict[str, str]) -> tuple[float, float]:
    """How much later a contact begins and ends in another plan. [s]"""
    return (
        _seconds(old["scheduled_start_utc"], new["scheduled_start_utc"]),
        _seconds(old["scheduled_end_utc"], new["scheduled_end_utc"]),
    )


def _seconds(begin: str, end: str) -> float:
    return (instant(end) - instant(begin)).total_seconds()


def week_of(at: datetime, start: datetime) -> int:
    """Which week of the mission an instant is in, from 0."""
    return int((at - start).total_seconds() // (7 * 86_400))
