"""When key comes to pairs, realisation by realisation: as soon as the blocks it is made of are key.

What a plan relays in all under each sky is :func:`satqkd.schedule.realised.realise`'s; here it is
spread over time, each bit as early as can be, as ``deliveries.csv`` spreads it for a clear sky.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from satqkd.schedule.delivery import demand_of_block
from satqkd.schedule.problem import Problem
from satqkd.schedule.realised import realise
from satqkd.schedule.realised_keys import RealisedKeys
from satqkd.units import BoolArray, FloatArray

Pools = Mapping[tuple[int, int], float]
"""What pools hold, by satellite and station. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arrival:
    """Key that a pair gets at one instant, in each realisation."""

    at_s: float
    """When. [s]"""
    demand: int
    """Index of the demand."""
    bits: FloatArray
    """How much, shape (realisations,). [bit]"""


def arrivals(
    problem: Problem,
    chosen: BoolArray,
    succeeds: BoolArray,
    *,
    begin_s: float,
    pools: Pools | None = None,
) -> list[Arrival]:
    """Spread over time what is delivered, in order of time.

    Parameters
    ----------
    problem, chosen
        The contacts, and which are scheduled.
    succeeds
        Whether each contact gives its light, shape (realisations, contacts).
    begin_s
        What comes before is left out; what the pools hold then can be relayed then. [s]
    pools
        What they hold at that instant; None for what is left in them of the plan.

    Notes
    -----
    A block is key when the last of its scheduled contacts can be, flown or not. At that instant
    pairs get what both pools hold, those of the earliest deadline first, then those that get most
    on average; in all no more than is relayed to them under that sky. Where key may not wait on
    board however long, or not all of it, some may come later than told: pools do not say which of
    their bits a relay takes.
    """
    flow = _Flow.of(problem, chosen, succeeds)
    found: list[Arrival] = []
    last_s = -np.inf
    for at_s, block, bits in flow.blocks():
        if last_s < begin_s <= at_s:
            found += _begin(flow, begin_s, pools)
        last_s = at_s
        found += [one for one in flow.key(at_s, block, bits) if at_s >= begin_s]
    if last_s < begin_s:
        found += _begin(flow, begin_s, pools)
    return found


def _begin(flow: _Flow, begin_s: float, pools: Pools | None) -> Iterator[Arrival]:
    """Put into pools what they hold, and relay of that."""
    if pools is not None:
        flow.held = {place: np.full(flow.count, bits) for place, bits in pools.items()}
    yield from flow.relay(begin_s, flow.order)


@dataclass(slots=True, kw_only=True)
class _Flow:
    """Pools in each realisation as time goes on, and what is still to be relayed."""

    problem: Problem
    count: int
    """Realisations."""
    ready_s: FloatArray
    """When each block of :attr:`keys` is key. [s]"""
    keys: RealisedKeys
    """Their key."""
    left: dict[tuple[int, int], FloatArray]
    """What each satellite still relays to each demand. [bit]"""
    order: list[tuple[int, int]]
    """These in the order in which they are served."""
    held: dict[tuple[int, int], FloatArray] = field(default_factory=dict)

    @staticmethod
    def of(problem: Problem, chosen: BoolArray, succeeds: BoolArray) -> _Flow:
        """Work out the key of blocks, and what is relayed of it in all."""
        keys = RealisedKeys.of(problem, chosen, succeeds)
        ready_s = problem.end_s if problem.ready_s is None else problem.ready_s
        last = np.full(problem.first_of_block.size, -np.inf)
        np.maximum.at(last, problem.block[chosen], ready_s[chosen])
        left = dict(realise(problem, chosen, succeeds, each_relay=True).relayed)
        stations = problem.station_gap_s.size
        stock = np.zeros(0) if problem.stock_bits is None else problem.stock_bits
        return _Flow(
            problem=problem,
            count=len(succeeds),
            ready_s=last[keys.block],
            keys=keys,
            left=left,
            order=sorted(
                left, key=lambda one: (problem.demands[one[1]].by_s, -left[one].mean(), one)
            ),
            held={
                divmod(place, stations): np.full(len(succeeds), float(stock[place]))
                for place in np.flatnonzero(stock).tolist()
            },
        )

    def blocks(self) -> Iterator[tuple[float, int, FloatArray]]:
        """Yield instant, block and key of each in order of time. [s] [bit]"""
        blocks = self.keys.block
        for place in np.lexsort((blocks, self.ready_s)).tolist():
            yield float(self.ready_s[place]), int(blocks[place]), self.keys.of_block(place)

    def key(self, at_s: float, block: int, bits: FloatArray) -> Iterator[Arrival]:
        """Take in a block that is key, and yield what pairs get of it."""
        problem = self.problem
        first = int(problem.first_of_block[block])
        satellite, station = int(problem.satellite[first]), int(problem.station[first])
        if problem.partner[first] >= 0:
            demand = int(demand_of_block(problem)[block])
            if demand >= 0:
                yield Arrival(at_s=at_s, demand=demand, bits=bits)
            return
        place = satellite, station
        self.held[place] = self.held.get(place, np.zeros(self.count)) + bits
        yield from self.relay(
            at_s, [one for one in self.order if one[0] == satellite and station in self._ends(one)]
        )

    def relay(self, at_s: float, some: Sequence[tuple[int, int]]) -> Iterator[Arrival]:
        """Yield what satellites relay of what their pools hold."""
        nothing = np.zeros(self.count)
        for one in some:
            places = [(one[0], station) for station in self._ends(one)]
            own = [self.held.get(place, nothing) for place in places]
            bits = np.floor(np.minimum(self.left[one], np.minimum(*own)))
            if not bits.any():
                continue
            self.left[one] = self.left[one] - bits
            for place in places:
                self.held[place] = self.held[place] - bits
            yield Arrival(at_s=at_s, demand=one[1], bits=bits)

    def _ends(self, one: tuple[int, int]) -> tuple[int, int]:
        demand = self.problem.demands[one[1]]
        return demand.station_a, demand.station_b
