"""What a pair of stations asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from satqkd.errors import NonPhysicalError, require_not_negative, require_positive

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
    held_bits: float = 0.0
    """Key that the pair holds when the window begins. [bit]"""
    by: datetime | None = None
    """Until when it wants its key: later key is worth nothing to it; None for any time."""

    def __post_init__(self) -> None:
        require_positive("weight", self.weight)
        require_not_negative("at_least_bits", self.at_least_bits)
        require_not_negative("held_bits", self.held_bits)
        if self.station_a == self.station_b:
            raise NonPhysicalError("between", "must name two different stations")
        if self.by is not None and self.by.utcoffset() is None:
            raise NonPhysicalError("by", "must name its time zone")

    @property
    def needed_bits(self) -> float:
        """Key asked for beyond what is held. [bit]"""
        return max(0.0, self.at_least_bits - self.held_bits)
