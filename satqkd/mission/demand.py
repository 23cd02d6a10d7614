"""What a pair of stations asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from satqkd.errors import NonPhysicalError, require_not_negative, require_positive
from satqkd.mission.blocks import BlockSpan

Per = Literal["night", "d", "week"]
"""Noon to noon of local mean solar time half-way between two stations; 24 h, or seven days, from
when the mission counts: the beginning of its window, or of that of the first of plans made again.
"""


class Floor(NamedTuple):
    """Key that a pair wants each night, day or week."""

    bits: float
    """How much. [bit]"""
    per: Per

    def __str__(self) -> str:
        return f"{self.bits:g} bit/{self.per}"


Fairness = Literal["none", "max-min"]
"""``none``, or ``max-min``: as many pairs served as can be, then the smallest share of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Two stations that want to share key."""

    station_a: int
    """Index of one station."""
    station_b: int
    """Index of the other."""
    weight: float = 1.0
    """Worth of a delivered bit."""
    trusted_relay: bool = True
    """Whether key relayed by a satellite, which then holds a copy, is accepted."""
    at_least_bits: float = 0.0
    """Key that the pair asks for; what it holds already counts. [bit]"""
    floor: Floor | None = None
    """What it asks for each night, day or week of the window, beside what it holds; what comes
    earlier than asked for counts, as key can be kept. None for nothing."""
    delivered_bits: float = 0.0
    """Key that it got between the instant from which a mission counts and the beginning of its
    window: it counts for the floor. [bit]"""
    use_bit_s: float = 0.0
    """What the pair spends; what it holds is spent first. [bit/s]"""
    reserve_s: float = 0.0
    """For how long what it spends has to last at the end of each day, were no more to come. [s]"""
    held_bits: float = 0.0
    """Key that the pair holds when the window begins. [bit]"""
    by: datetime | None = None
    """Until when it wants its key: later key is worth nothing to it; None for any time."""
    blocks: BlockSpan | None = None
    """How long contacts with its stations gather for a key block; None for what the mission says.
    """
    priority: int = 1
    """What it asks for comes before all that is asked for with a lower one."""
    max_age_s: float | None = None
    """How old relayed key may be when the pair gets it, from when the first of the two keys that it
    is made of was distilled; None for any age. [s]"""

    def __post_init__(self) -> None:
        require_positive("weight", self.weight)
        for name in ("at_least_bits", "use_bit_s", "reserve_s", "held_bits", "delivered_bits"):
            require_not_negative(name, getattr(self, name))
        if self.floor is not None:
            require_positive("floor", self.floor.bits)
        if self.max_age_s is not None:
            require_positive("max_age_s", self.max_age_s)
        if self.station_a == self.station_b:
            raise NonPhysicalError("between", "must name two different stations")
        if self.by is not None and self.by.utcoffset() is None:
            raise NonPhysicalError("by", "must name its time zone")
        if self.priority < 1:
            raise NonPhysicalError("priority", f"must be 1 or more, got {self.priority}")
        if self.reserve_s > 0 and not self.use_bit_s:
            raise NonPhysicalError("reserve_s", "means nothing without use_bit_s")

    @property
    def needed_bits(self) -> float:
        """Key asked for in one amount, beyond what is held. [bit]"""
        return max(0.0, self.at_least_bits - self.held_bits)

    def concerns(self, stations: frozenset[int]) -> bool:
        """Whether a block of one station, or of two, can make key for the pair."""
        own = frozenset((self.station_a, self.station_b))
        return stations <= own and (self.trusted_relay or len(stations) > 1)

    @property
    def asks(self) -> bool:
        """Whether it asks for any amount."""
        return self.at_least_bits > 0 or self.floor is not None or self.use_bit_s > 0
