"""Ways for satellites to bring two pools together for a demand, and what these take of pools."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Protocol

import numpy as np

from satqkd.schedule.problem import Delivery, Problem
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relays:
    """Every satellite, demand and deadline of it that could be brought together at a profit."""

    satellite: IntArray
    """Index of the satellite."""
    demand: IntArray
    """Index of the demand."""
    phase: IntArray
    """By which of the deadlines it delivers: the demand's, or that of one of its milestones."""
    pool_a: IntArray
    """Flat index satellite · stations + station of the first pool it claims on."""
    pool_b: IntArray
    """Flat index of the second."""
    profit: FloatArray
    """Worth of a delivered bit beyond leaving one spare in each pool."""
    most_bits: FloatArray
    """The smaller of its pools by its deadline. [bit]"""
    waiting: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Relay of each entry of what relays take of memories: their first key while it waits."""
    memory: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Flat index, behind those of pools, of the memory at some instant, of each entry."""

    def __len__(self) -> int:
        return int(self.satellite.size)

    def take(self, index: IntArray) -> Relays:
        """Return some of them, each once."""
        place = np.full(len(self), -1)
        place[index] = np.arange(index.size)
        kept = place[self.waiting] >= 0
        entries = {"waiting": place[self.waiting[kept]], "memory": self.memory[kept]}
        names = [one.name for one in fields(self) if one.name not in entries]
        return Relays(**{name: getattr(self, name)[index] for name in names}, **entries)


class Pools(Protocol):
    """What blocks fill and relays take from."""

    @property
    def of_block(self) -> IntArray:
        """Pool that each block fills; -1 for a joint one."""
        ...

    @property
    def stock_bits(self) -> FloatArray:
        """What each pool holds at the beginning, then each memory whenever. [bit]"""
        ...

    def relays(self, pool_bits: FloatArray) -> Relays:
        """List what could be relayed, with so much in every pool by each deadline. [bit]"""
        ...

    def blocks(self, pool: int) -> int | None:
        """Which block the key of a pool is from, -1 for stock; None for any."""
        ...

    def places(self, delivery: Delivery) -> tuple[int, int]:
        """Pools that a delivery takes from."""
        ...


def pool_of_contact(problem: Problem) -> IntArray:
    """Flat index satellite · stations + station of the pool each contact of one station fills."""
    return problem.satellite * problem.station_gap_s.size + problem.station


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StationPools:
    """A pool a satellite and station, whose key waits for its relay however long."""

    problem: Problem

    @property
    def of_block(self) -> IntArray:
        """Pool that each block fills; -1 for a joint one."""
        first = self.problem.first_of_block
        return np.where(self.problem.joint[first], -1, pool_of_contact(self.problem)[first])

    @property
    def stock_bits(self) -> FloatArray:
        """What each pool holds at the beginning. [bit]"""
        stock = self.problem.stock_bits
        size = self.problem.satellite_gap_s.size * self.problem.station_gap_s.size
        return np.zeros(size) if stock is None else stock

    def relays(self, pool_bits: FloatArray) -> Relays:
        """List what could be relayed, with so much in every pool by each deadline. [bit]"""
        return relays(self.problem, pool_bits)

    def blocks(self, pool: int) -> int | None:  # noqa: ARG002 - as of other pools
        """Which block the key of a pool is from: any."""
        return None

    def places(self, delivery: Delivery) -> tuple[int, int]:
        """Pools that a delivery takes from."""
        demand = self.problem.demands[delivery.demand]
        begin = delivery.satellite * self.problem.station_gap_s.size
        return begin + demand.station_a, begin + demand.station_b


def pools_bits(problem: Problem, block_bits: FloatArray, pools: Pools | None = None) -> FloatArray:
    """Key in every pool by each deadline, shape (deadlines, pools). [bit]

    Exactly rounded, whatever the order of blocks. Without ``pools`` they are those of a satellite
    and station each.
    """
    pools = StationPools(problem=problem) if pools is None else pools
    pool, stock = pools.of_block, pools.stock_bits
    filling = (block_bits != 0) & (pool >= 0)
    phase, pool = problem.phase_of_block[filling], pool[filling]
    key = block_bits[filling]
    bits = np.tile(stock, (problem.deadlines_s.size, 1))
    for number, row in enumerate(bits):
        early = phase <= number
        order = np.argsort(pool[early], kind="stable")
        held, begin = np.unique(pool[early][order], return_index=True)
        if held.size:
            parts = np.split(key[early][order], begin[1:])
            row[held] += [math.fsum(part) for part in parts]
    return bits


def relays(problem: Problem, pool_bits: FloatArray) -> Relays:
    """List satellites, demands and deadlines by which both pools hold key.

    Parameters
    ----------
    problem
        Contacts and demands.
    pool_bits
        Key in every pool by each deadline, shape (deadlines, pools). [bit]
    """
    satellites, stations = problem.satellite_gap_s.size, problem.station_gap_s.size
    ends = np.array([(d.station_a, d.station_b) for d in problem.demands], dtype=np.int64).reshape(
        -1, 2
    )
    weight = np.array([d.weight for d in problem.demands])
    relayed = np.array([d.trusted_relay for d in problem.demands], dtype=np.bool_)
    phases = problem.phases_of_demands
    # the last deadline first: it leaves most to others where several are worth the same
    last_first = [one[::-1] for one in phases]
    of_demand = np.repeat(np.arange(weight.size), [one.size for one in phases])
    satellite = np.repeat(np.arange(satellites), of_demand.size)
    demand = np.tile(of_demand, satellites)
    nothing = np.zeros(0, dtype=np.int64)
    phase = np.tile(np.concatenate([nothing, *last_first]), satellites)
    pool_a, pool_b = (satellite * stations + ends[demand, side] for side in (0, 1))
    profit = weight[demand] - 2.0 * problem.spare_weight
    most = np.minimum(pool_bits[phase, pool_a], pool_bits[phase, pool_b])
    asked = np.array([bool(d.milestones) for d in problem.demands], dtype=np.bool_)
    kept = ((profit > 0) | asked[demand]) & (most > 0) & relayed[demand]
    return Relays(
        satellite=satellite[kept],
        demand=demand[kept],
        phase=phase[kept],
        pool_a=pool_a[kept],
        pool_b=pool_b[kept],
        profit=profit[kept],
        most_bits=most[kept],
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Claims:
    """What relays take of pools, a row for each pool and each deadline of a relay on it.

    A relay delivers at its deadline, which leaves most to others: by each deadline the relays that
    have come to theirs have taken no more than the blocks that are key by then hold.
    """

    pool: IntArray
    """Pool of each row."""
    phase: IntArray
    """Deadline of each row."""
    row: IntArray
    """Row of each entry."""
    relay: IntArray
    """Relay of each entry: one that takes from the pool by the deadline."""


def claims_of(options: Relays) -> Claims:
    """List what relays take."""
    every = np.concatenate((np.tile(np.arange(len(options)), 2), options.waiting))
    pool = np.concatenate((options.pool_a, options.pool_b, options.memory))
    phase = options.phase[every]
    count = int(phase.max(initial=0)) + 1
    label, inverse = np.unique(pool * count + phase, return_inverse=True)
    row, relay = [inverse.astype(np.int64)], [every]
    for later in range(1, count):
        at = np.searchsorted(label, pool * count + phase + later)
        here = (phase + later < count) & (at < label.size)
        here[here] &= label[at[here]] == (pool * count + phase + later)[here]
        row.append(at[here])
        relay.append(every[here])
    return Claims(
        pool=label // count,
        phase=label % count,
        row=np.concatenate(row),
        relay=np.concatenate(relay),
    )
