"""What a plan makes of each demand: how much key it gets, whether that is enough, and why not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from satqkd.network.plan import Plan
from satqkd.schedule.amounts import amounts_of
from satqkd.schedule.delivery import delivered_bits, reached_bits, served_demand
from satqkd.schedule.relays import pools_bits
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What one demand gets by one of its milestones."""

    by_s: float
    """The instant; infinite for any time. [s]"""
    asked_bits: int
    """What is asked for in all by then. [bit]"""
    delivered_bits: int
    """What is there by then. [bit]"""
    chance: float | None
    """Share of the realisations of the weather with as much; None where nothing was drawn."""

    @property
    def met(self) -> bool:
        """Whether it is there."""
        return self.delivered_bits >= self.asked_bits

    @property
    def short_bits(self) -> int:
        """What is missing. [bit]"""
        return max(0, self.asked_bits - self.delivered_bits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What one demand gets."""

    delivered_bits: int
    """By its deadline, relayed or of joint contacts. [bit]"""
    asked_bits: int | None
    """What it asks for in all beyond what the pair holds; None for no amount. [bit]"""
    milestones: tuple[Reached, ...]
    """By when it asks for how much of that, rising; empty where what is held is enough."""
    chance_met: float | None
    """Share of the realisations of the weather in which all of that is there in time; None where
    there is no amount, or nothing was drawn."""
    why: str
    """What stands in the way of the first amount that is missing, or of any key where none is asked
    for; empty where it gets that."""

    @property
    def met(self) -> bool | None:
        """Whether it gets all it asks for in time; None for no amount."""
        return None if self.asked_bits is None else self.first_short is None

    @property
    def first_short(self) -> Reached | None:
        """The first milestone that is not reached; None where all are."""
        return next((one for one in self.milestones if not one.met), None)

    @property
    def amounts(self) -> int:
        """How many amounts it asks for, by whichever instant."""
        return 0 if self.asked_bits is None else max(1, len(self.milestones))

    @property
    def amounts_met(self) -> int:
        """How many of them are there in time."""
        return self.amounts - sum(1 for one in self.milestones if not one.met)

    @property
    def short_bits(self) -> int:
        """What is missing for the first milestone that is not reached. [bit]"""
        return 0 if self.first_short is None else self.first_short.short_bits


def served(plan: Plan) -> tuple[Served, ...]:
    """Say of each demand of the mission what it gets."""
    problem, solution = plan.problem, plan.solution
    keys = problem.block_bits(solution.chosen)
    bits = delivered_bits(problem, keys, solution.deliveries)
    short = _Short(plan, keys, bits)
    reached = _reached(plan, keys)
    found = []
    for number, demand in enumerate(plan.mission.demands):
        own = tuple(reached[number])
        asked = (own[-1].asked_bits if own else 0) if demand.asks else None
        got = math.floor(bits[number])
        one = Served(
            delivered_bits=got,
            asked_bits=asked,
            milestones=own,
            chance_met=None
            if asked is None or plan.outlook is None
            else plan.outlook.met[number].every,
            why="",
        )
        missing = one.first_short
        by_s = problem.demands[number].by_s if missing is None else missing.by_s
        enough = missing is None if asked is not None else got > 0
        found.append(one if enough else replace(one, why=short.why(number, by_s)))
    return tuple(found)


def _reached(plan: Plan, keys: FloatArray) -> list[list[Reached]]:
    """What each demand gets by each of its milestones."""
    problem = plan.problem
    found: list[list[Reached]] = [[] for _ in problem.demands]
    amounts = amounts_of(problem, 0.0)
    if amounts is None:
        return found
    bits = iter(np.floor(reached_bits(problem, amounts, keys, plan.solution.deliveries)).tolist())
    for number, demand in enumerate(problem.demands):
        chances = None if plan.outlook is None else plan.outlook.met[number].each
        for place, one in enumerate(demand.milestones):
            found[number].append(
                Reached(
                    by_s=one.by_s,
                    asked_bits=math.ceil(one.bits),
                    delivered_bits=int(next(bits)),
                    chance=None if chances is None else chances[place],
                )
            )
    return found


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
            by_s = min(delivery.by_s, self.problem.demands[delivery.demand].by_s)
            phase = int(self.problem.phase_at([by_s])[0])
            self.spent[phase:, delivery.satellite, self.ends(delivery.demand)] += delivery.bits

    def ends(self, demand: int) -> list[int]:
        """Stations of a demand."""
        one = self.problem.demands[demand]
        return [one.station_a, one.station_b]

    def why(self, demand: int, by_s: float) -> str:
        """Say what stands in the way of more key for a demand by some instant."""
        phase = int(self.problem.phase_at([by_s])[0])
        if not self.problem.demands[demand].trusted_relay:
            return self._of_windows(demand, phase)
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
            f"no scheduled key at {self._names(without)}{self._divided(without)}"
            if without
            else "",
            f"key at {self._names(late)} only after the deadline" if late else "",
        ]
        if without or late:
            return ", ".join(text for text in told if text)
        if both.size == 0:
            return "no satellite holds key of both stations" + (
                " by the deadline" if (ever > 0).all(axis=1).any() else ""
            )
        return self._of_pools(demand, phase, both)

    def _divided(self, stations: Sequence[int]) -> str:
        """Say that deadlines divide blocks of some stations; nothing where they do not."""
        blocks = self.plan.blocks
        own = [
            number
            for number, pairs in enumerate(blocks.divided_for)
            if pairs and int(blocks.station[number]) in stations
        ]
        pairs = sorted({tuple(sorted(pair)) for one in own for pair in blocks.divided_for[one]})
        whose = ", ".join(self._names(pair) for pair in pairs)
        return f" in blocks divided at the deadlines of {whose}" if pairs else ""

    def _of_windows(self, demand: int, phase: int) -> str:
        mine = served_demand(self.problem)[self.problem.first_of_block] == demand
        if not (mine & (self.keys > 0)).any():
            return "trusts no relay, and no window with both stations is scheduled"
        in_time = self.problem.phase_of_block <= phase
        if (mine & ~in_time & (self.keys > 0)).any():
            return "trusts no relay, and other windows are key only after the deadline"
        return "trusts no relay, and the scheduled windows make no more"

    def _of_pools(self, demand: int, phase: int, satellites: IntArray) -> str:
        """Say which pools are spent, of satellites that hold key of both stations in time."""
        left = (self.held - self.spent)[phase:].min(axis=0)
        empty = list(dict.fromkeys(self._empty(demand, left, satellites.tolist())))
        if not empty and not self.problem.waits_freely:
            return "what is left of both pools is too old for each other, or has no room on board"
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
