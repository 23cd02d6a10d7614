"""What pairs of stations ask of a plan: key of some worth, and amounts by some instants."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from satqkd.errors import NonPhysicalError, require_positive

MOST_PRIORITIES: Final = 3
"""Numerical: different priorities of amounts in a problem. What is asked first is worth more than
all the rest together, and a solver's tolerances leave room for few such steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """Key that a pair wants in all by some instant."""

    bits: float
    """How much, of all that it gets from the beginning on. [bit]"""
    by_s: float = math.inf
    """Until when, of blocks that are key by then; infinite for any time. [s]"""

    def __post_init__(self) -> None:
        require_positive("bits", self.bits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Two stations that are to share keys."""

    station_a: int
    """Index of one station."""
    station_b: int
    """Index of the other."""
    weight: float = 1.0
    """Worth of a delivered bit."""
    trusted_relay: bool = True
    """Whether key relayed by a satellite, which then holds a copy, is accepted."""
    milestones: tuple[Milestone, ...] = ()
    """What it asks for, served before the weights count: amounts and instants rise."""
    by_s: float = math.inf
    """Until when it wants its key, of blocks that are key by then; infinite for any time. [s]"""
    priority: int = 1
    """Its amounts come before all those of a lower one."""
    max_age_s: float = math.inf
    """So much later than the first of two keys the other may be made that it is relayed with;
    infinite for any time. [s]"""

    def __post_init__(self) -> None:
        require_positive("weight", self.weight)
        if not self.max_age_s > 0.0:
            raise NonPhysicalError("max_age_s", f"must be above 0, got {self.max_age_s:g}")
        if self.priority < 1:
            raise NonPhysicalError("priority", f"must be 1 or more, got {self.priority}")
        if self.station_a == self.station_b:
            raise NonPhysicalError("between", "must name two different stations")
        for one, other in pairwise(self.milestones):
            if not (one.by_s < other.by_s and one.bits < other.bits):
                raise NonPhysicalError("milestones", "must rise in bits and in time")
        if self.milestones and self.milestones[-1].by_s > self.by_s:
            raise NonPhysicalError("milestones", "must not lie after the deadline of the demand")


def check_priorities(demands: tuple[Demand, ...]) -> None:
    """Refuse more different priorities of amounts than can be told apart."""
    found = {demand.priority for demand in demands if demand.milestones}
    if len(found) > MOST_PRIORITIES:
        raise NonPhysicalError(
            "priority",
            f"must take no more than {MOST_PRIORITIES} different values among demands that ask "
            f"for an amount, but takes {len(found)}",
        )
