"""What a plan makes of each demand: how much key it gets, whether that is enough, and why not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.network.plan import Plan
from satqkd.schedule.delivery import delivered_bits, demand_of_block, pools_bits, served_demand
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What one demand gets."""

    delivered_bits: int
    """By its deadline, relayed or of joint contacts. [bit]"""
    asked_bits: int | None
    """What it asks for beyond what the pair holds; None for no amount. [bit]"""
    chance_met: float | None
    """Share of the realisations of the weather with as much; None where there is no amount, or
    nothing was drawn."""
    why: str
    """What stands in the way of the amount, or of any key where none is asked for; empty where it
    gets that."""

    @property
    def met(self) -> bool | None:
        """Whether it gets what it asks for; None for no amount."""
        return None if self.asked_bits is None else self.delivered_bits >= self.asked_bits

    @property
    def short_bits(self) -> int:
        """What is missing. [bit]"""
        return max(0, (self.asked_bits or 0) - self.delivered_bits)


def served(plan: Plan) -> tuple[Served, ...]:
    """Say of each demand of the mission what it gets."""
    problem, solution = plan.problem, plan.solution
    keys = problem.block_bits(solution.chosen)
    bits = delivered_bits(problem, keys, solution.deliveries)
    short = _Short(plan, keys, bits)
    found = []
    for number, demand in enumerate(plan.mission.demands):
        asked = math.ceil(demand.needed_bits) if demand.at_least_bits > 0 else None
        got = math.floor(bits[number])
        drawn = None if plan.outlook is None else plan.outlook.demands[number]
        enough = got >= asked if asked is not None else got > 0
        found.append(
            Served(
                delivered_bits=got,
                asked_bits=asked,
                chance_met=None if asked is None or drawn is None else drawn.chance_of(asked),
                why="" if enough else short.why(number),
            )
        )
    return tuple(found)


class _Short:
    """What stands in the way of demands, as far as the plan tells."""

    def __init__(self, plan: Plan, keys: FloatArray, delivered: FloatArray) -> None:
        self.plan, self.problem, self.keys, self.delivered = plan, plan.problem, keys, delivered
        shape = (
            self.problem.deadlines_s.size,
            self.problem.satellite_gap_s.size,
            self.problem.station_gap_s.size,
        )
        self.held = pools_bits(self.problem, keys).reshape(shape)
        self.spent = np.zeros(self.held.shape)
        for delivery in plan.solution.deliveries:
            phase = int(self.problem.phase_of_demand[delivery.demand])
            self.spent[phase:, delivery.satellite, self.ends(delivery.demand)] += delivery.bits

    def ends(self, demand: int) -> list[int]:
        """Stations of a demand."""
        one = self.problem.demands[demand]
        return [one.station_a, one.station_b]

    def why(self, demand: int) -> str:
        """Say what stands in the way of more key for a demand."""
        if not self.problem.demands[demand].trusted_relay:
            return self._of_windows(demand)
        phase = int(self.problem.phase_of_demand[demand])
        ends = self.ends(demand)
        in_time, ever = self.held[phase][:, ends], self.held[-1][:, ends]
        without = [end for end, bits in zip(ends, ever.T, strict=True) if not bits.any()]
        late = [
            end
            for end, soon, bits in zip(ends, in_time.T, ever.T, strict=True)
            if bits.any() and not soon.any()
        ]
        both = np.flatnonzero((in_time > 0).all(axis=1))
        told = [
            f"no scheduled key at {self._names(without)}" if without else "",
            f"key at {self._names(late)} only after the deadline" if late else "",
        ]
        if without or late:
            return ", ".join(text for text in told if text)
        if both.size == 0:
            return "no satellite holds key of both stations" + (
                " by the deadline" if (ever > 0).all(axis=1).any() else ""
            )
        return self._of_pools(demand, phase, both)

    def _of_windows(self, demand: int) -> str:
        mine = served_demand(self.problem)[self.problem.first_of_block] == demand
        if not (mine & (self.keys > 0)).any():
            return "trusts no relay, and no window with both stations is scheduled"
        in_time = demand_of_block(self.problem) == demand
        if (mine & ~in_time & (self.keys > 0)).any():
            return "trusts no relay, and other windows are key only after the deadline"
        return "trusts no relay, and the scheduled windows make no more"

    def _of_pools(self, demand: int, phase: int, satellites: IntArray) -> str:
        """Say which pools are spent, of satellites that hold key of both stations in time."""
        left = (self.held - self.spent)[phase:].min(axis=0)
        empty = list(dict.fromkeys(self._empty(demand, left, satellites.tolist())))
        if not empty:
            return "no bits of both pools of one satellite are left for this pair"
        spent = "spent" if self.delivered[demand] > 0 else "spent on other pairs"
        more = self.held[-1][:, empty].sum() > self.held[phase][:, empty].sum()
        names = self._names(empty, between=" and " if satellites.size == 1 else " or ")
        return f"all key of {names} is {spent}" + (
            ", more comes only after the deadline" if more else ""
        )

    def _empty(self, demand: int, left: FloatArray, satellites: Sequence[int]) -> Iterator[int]:
        for satellite in satellites:
            yield from (end for end in self.ends(demand) if left[satellite, end] < 1.0)

    def _names(self, stations: Sequence[int], *, between: str = " and ") -> str:
        return between.join(self.plan.mission.stations[one].site.name for one in stations)
