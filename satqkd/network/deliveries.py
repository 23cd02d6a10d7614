"""When a plan delivers key: as soon as the blocks that it is made of are key."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.schedule.delivery import demand_of_block
from satqkd.schedule.losses import lost_bits
from satqkd.schedule.lots import lots_of
from satqkd.schedule.problem import Delivery, Problem, Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedDelivery:
    """Key that a pair gets at one instant."""

    at_s: float
    """When. [s]"""
    satellite: int
    """Index of the satellite."""
    demand: int
    """Index of the demand."""
    bits: int
    """How much. [bit]"""
    relayed: bool
    """Whether a satellite that holds a copy relays it; else both stations made it together."""


def timed_deliveries(problem: Problem, solution: Solution) -> tuple[TimedDelivery, ...]:
    """Spread the deliveries of a plan over time, each bit as early as can be.

    Notes
    -----
    A pool fills when a block becomes key. At each of these instants pairs get what both of their
    pools hold, the earliest deadline first, then the larger delivery; what a pair of an earlier
    deadline still needs of a pool is kept for it. At the deadlines, and at the end, all of the
    plan's deliveries are made. What a satellite gives a pair at one instant is one delivery.

    Where key may not wait however long, or not all of it, the plan says which blocks each delivery
    is of: it is made when the later one is key.
    """
    ready_s = problem.key_s
    bits = problem.block_bits(solution.chosen)
    first = problem.first_of_block
    key_s = np.full(bits.size, -math.inf)
    np.maximum.at(key_s, problem.block[solution.chosen], ready_s[solution.chosen])
    events = sorted(
        (float(key_s[block]), block, math.floor(bits[block]))
        for block in np.flatnonzero(bits > 0).tolist()
    )
    joint = problem.joint[first]
    served = demand_of_block(problem)
    of_any = tuple(one for one in solution.deliveries if one.block_a is None)
    pools = _Pools(problem, of_any, [one for one in events if not joint[one[1]]])
    found: list[TimedDelivery] = []
    here = problem.occupies
    begin_s = min([float(problem.start_s[here].min(initial=0.0)), *(at_s for at_s, _, _ in events)])
    for satellite in range(problem.satellite_gap_s.size):
        found += pools.deliver(begin_s, satellite)
    found += _of_blocks(problem, solution)
    for at_s, block, count in events:
        satellite = int(problem.satellite[first[block]])
        if joint[block]:
            if served[block] >= 0:
                found.append(
                    TimedDelivery(
                        at_s=at_s,
                        satellite=satellite,
                        demand=int(served[block]),
                        bits=count,
                        relayed=False,
                    )
                )
            continue
        pools.fill((satellite, int(problem.station[first[block]])), count)
        found += pools.deliver(at_s, satellite)
    return _added_up(found)


def lost_of_pools(problem: Problem, solution: Solution) -> dict[tuple[int, int], tuple[int, int]]:
    """Return what is lost of the key of each satellite and station, none where key waits for ever.

    Without room on board, and too old for every pair. [bit]
    """
    if problem.waits_freely:
        return {}
    bits = problem.block_bits(solution.chosen)
    lost = lost_bits(problem, solution.chosen, bits, solution.deliveries)
    craft, station = lots_of(problem, solution.chosen, chosen=True).places_of_lots
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for lot in np.flatnonzero(lost.overflow_bits + lost.expired_bits).tolist():
        place = int(craft[lot]), int(station[lot])
        before = found.get(place, (0, 0))
        own = (lost.overflow_bits[lot], lost.expired_bits[lot])
        found[place] = (before[0] + round(own[0]), before[1] + round(own[1]))
    return found


def _of_blocks(problem: Problem, solution: Solution) -> Iterator[TimedDelivery]:
    """Yield the deliveries of which the plan says which blocks they are of."""
    lots = lots_of(problem, solution.chosen, chosen=True)
    for one in solution.deliveries:
        if one.block_a is not None:
            yield TimedDelivery(
                at_s=max(float(lots.late_s[pool]) for pool in lots.places(one)),
                satellite=one.satellite,
                demand=one.demand,
                bits=one.bits,
                relayed=True,
            )


def _added_up(found: Sequence[TimedDelivery]) -> tuple[TimedDelivery, ...]:
    """Add up what one satellite gives a demand at one instant, for whichever of its amounts."""
    bits: dict[tuple[float, int, int, bool], int] = {}
    for one in found:
        place = (one.at_s, one.satellite, one.demand, one.relayed)
        bits[place] = bits.get(place, 0) + one.bits
    return tuple(
        TimedDelivery(at_s=at_s, satellite=satellite, demand=demand, bits=count, relayed=relayed)
        for (at_s, satellite, demand, relayed), count in bits.items()
    )


class _Pools:
    """What pools hold as time goes on, and what is still to be delivered of them."""

    def __init__(
        self,
        problem: Problem,
        deliveries: Sequence[Delivery],
        events: Sequence[tuple[float, int, int]],
    ) -> None:
        self.problem = problem
        self.held: dict[tuple[int, int], int] = {}
        self.supply: dict[tuple[int, int], list[tuple[float, int]]] = {}
        self.left = [delivery.bits for delivery in deliveries]
        self.by_s = [
            min(delivery.by_s, problem.demands[delivery.demand].by_s) for delivery in deliveries
        ]
        self.deliveries = deliveries
        self.order: dict[int, list[int]] = {}
        """Deliveries of each satellite, in the order in which they are served."""
        self.claiming: dict[tuple[int, int], list[int]] = {}
        """Deliveries that take of each pool."""
        for index in sorted(
            range(len(deliveries)), key=lambda i: (self.by_s[i], -deliveries[i].bits, i)
        ):
            self.order.setdefault(deliveries[index].satellite, []).append(index)
            for place in self._places(index):
                self.claiming.setdefault(place, []).append(index)
        first, stations = problem.first_of_block, problem.station_gap_s.size
        for at_s, block, count in events:
            place = int(problem.satellite[first[block]]), int(problem.station[first[block]])
            self.supply.setdefault(place, []).append((at_s, count))
        if problem.stock_bits is not None:
            for index in np.flatnonzero(problem.stock_bits).tolist():
                place = divmod(index, stations)
                self.held[place] = math.floor(problem.stock_bits[index])

    def fill(self, place: tuple[int, int], bits: int) -> None:
        """Put key into a pool."""
        self.held[place] = self.held.get(place, 0) + bits
        self.supply[place].pop(0)

    def deliver(self, at_s: float, satellite: int) -> Iterator[TimedDelivery]:
        """Yield what a satellite can deliver now: where nothing was filled nothing can."""
        for index in self.order.get(satellite, ()):
            delivery, places = self.deliveries[index], self._places(index)
            bits = min(self.left[index], *(self._free(place, index) for place in places))
            if bits <= 0:
                continue
            self.left[index] -= bits
            for place in places:
                self.held[place] -= bits
            yield TimedDelivery(
                at_s=at_s,
                satellite=satellite,
                demand=delivery.demand,
                bits=bits,
                relayed=True,
            )

    def _places(self, index: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Both pools that a delivery takes of."""
        delivery = self.deliveries[index]
        demand = self.problem.demands[delivery.demand]
        return (delivery.satellite, demand.station_a), (delivery.satellite, demand.station_b)

    def _free(self, place: tuple[int, int], index: int) -> int:
        """What a pool holds beyond what others with earlier deadlines will need of it."""
        free = held = self.held.get(place, 0)
        claiming = self.claiming[place]
        for by_s in {self.by_s[one] for one in claiming if self.by_s[one] < self.by_s[index]}:
            coming = sum(count for at_s, count in self.supply.get(place, ()) if at_s <= by_s)
            needed = sum(self.left[one] for one in claiming if self.by_s[one] <= by_s)
            free = min(free, held + coming - needed)
        return free
