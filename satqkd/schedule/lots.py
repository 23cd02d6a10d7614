"""Pools of a single block each, for key that may wait so long, or so much of it, and no more."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.schedule.problem import Delivery, Problem
from satqkd.schedule.relays import Pools, Relays, StationPools, pools_bits
from satqkd.units import BoolArray, FloatArray, IntArray

MOST_PAIRS: Final = 6_000
"""Numerical: relays that are told apart by the blocks they take from; with more those of a plan are
the ones whose keys are made nearest to each other, and its bound is that of key that waits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lots:
    """A pool for each block and each stock, then the memory of satellites at some instants.

    A relay takes from two of them, and its bits are delivered when the later one is key; until
    then those of the earlier one wait. So it is the difference of both that may not exceed
    ``max_age_s``, and of all keys that wait at an instant a memory holds so much.

    While contacts are not chosen yet, a block can be key from that of its first contact to that of
    its last: what is listed then holds for whichever are chosen.
    """

    problem: Problem
    early_s: FloatArray
    """When each can be key at the earliest, blocks, then stocks; infinite for none. [s]"""
    late_s: FloatArray
    """At the latest. [s]"""
    memory_of: IntArray
    """Satellite of each memory."""
    memory_s: FloatArray
    """Instant of each, just after what is key then. [s]"""

    @property
    def of_block(self) -> IntArray:
        """Pool that each block fills; -1 for a joint one."""
        joint = self.problem.joint[self.problem.first_of_block]
        return np.where(joint, -1, np.arange(joint.size))

    @property
    def blocks_count(self) -> int:
        """How many blocks there are."""
        return int(self.problem.first_of_block.size)

    @property
    def stock_bits(self) -> FloatArray:
        """What each pool holds at the beginning, then each memory whenever. [bit]"""
        stock = StationPools(problem=self.problem).stock_bits
        room = np.zeros(0)
        if self.problem.memory_bits is not None:
            room = np.floor(self.problem.memory_bits[self.memory_of])
        return np.concatenate((np.zeros(self.blocks_count), stock, room))

    @property
    def places_of_lots(self) -> tuple[IntArray, IntArray]:
        """Satellite and station of each block, then of each stock; -1 for those of two."""
        first, stations = self.problem.first_of_block, self.problem.station_gap_s.size
        joint = self.problem.joint[first]
        every = np.arange(self.problem.satellite_gap_s.size * stations)
        return (
            np.concatenate((self.problem.satellite[first], every // stations)),
            np.concatenate((np.where(joint, -1, self.problem.station[first]), every % stations)),
        )

    def relays(self, pool_bits: FloatArray) -> Relays:
        """List what could be relayed, with so much in every pool by each deadline. [bit]"""
        problem = self.problem
        rows = list(self._rows(pool_bits[-1]))
        nothing = np.zeros(0, dtype=np.int64)
        satellite, demand, phase, a, b = (
            np.concatenate([nothing, *(row[place] for row in rows)]) for place in range(5)
        )
        weight = np.array([d.weight for d in problem.demands])
        most = np.minimum(pool_bits[-1][a], pool_bits[-1][b])
        room = np.full(problem.satellite_gap_s.size, math.inf)
        if problem.memory_bits is not None:
            room = np.floor(problem.memory_bits)
        apart = (self.late_s[a] < self.early_s[b]) | (self.late_s[b] < self.early_s[a])
        apart |= self._never_at_once(a, b)
        found = Relays(
            satellite=satellite,
            demand=demand,
            phase=phase,
            pool_a=a,
            pool_b=b,
            profit=(weight[demand] if demand.size else np.zeros(0)) - 2.0 * problem.spare_weight,
            most_bits=np.where(apart, np.minimum(most, room[satellite]), most),
        )
        waiting, memory = self._waiting(found)
        return replace(found, waiting=waiting, memory=memory)

    def _rows(self, bits: FloatArray) -> Iterator[tuple[IntArray, ...]]:
        """Yield satellite, demand, deadline and both pools of relays that could be."""
        problem = self.problem
        craft, station = self.places_of_lots
        phase_of = np.zeros(craft.size, dtype=np.int64)
        phase_of[: self.blocks_count] = problem.phase_of_block
        held = (bits[: craft.size] > 0) & np.isfinite(self.late_s)
        phases = problem.phases_of_demands
        for satellite in np.unique(craft[held]).tolist():
            own = held & (craft == satellite)
            for number, demand in enumerate(problem.demands):
                if not demand.trusted_relay:
                    continue
                if demand.weight <= 2.0 * problem.spare_weight and not demand.milestones:
                    continue
                ends = (demand.station_a, demand.station_b)
                at_a, at_b = (np.flatnonzero(own & (station == end)) for end in ends)
                a, b = np.repeat(at_a, at_b.size), np.tile(at_b, at_a.size)
                near = self._apart_s(a, b) <= demand.max_age_s
                a, b = a[near], b[near]
                since = np.maximum(phase_of[a], phase_of[b])
                for phase in phases[number][::-1].tolist():
                    some = since <= phase
                    count = int(some.sum())
                    yield (
                        np.full(count, satellite),
                        np.full(count, number),
                        np.full(count, phase),
                        a[some],
                        b[some],
                    )

    def _apart_s(self, a: IntArray, b: IntArray) -> FloatArray:
        """How far apart two lots are key, at the least. [s]"""
        gap = np.maximum(self.early_s[b] - self.late_s[a], self.early_s[a] - self.late_s[b])
        return np.maximum(gap, 0.0)

    def _never_at_once(self, a: IntArray, b: IntArray) -> BoolArray:
        """Which two lots cannot be key at one instant, whichever contacts are chosen."""
        if self.problem.memory_bits is None:
            return np.zeros(a.size, dtype=np.bool_)
        instants = [
            set(self.problem.key_s[self.problem.block == one].tolist())
            for one in range(self.blocks_count)
        ]
        instants += [{self.problem.window_s[0]}] * (self.late_s.size - len(instants))
        return np.array(
            [
                instants[one].isdisjoint(instants[other])
                for one, other in zip(a.tolist(), b.tolist(), strict=True)
            ],
            dtype=np.bool_,
        )

    def _waiting(self, found: Relays) -> tuple[IntArray, IntArray]:
        """Relays and memories in which one of their keys surely waits."""
        a, b = found.pool_a, found.pool_b
        since = np.minimum(self.late_s[a], self.late_s[b])
        until = np.maximum(self.early_s[a], self.early_s[b])
        pools = self.late_s.size
        waiting, memory = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for number, (satellite, at_s) in enumerate(
            zip(self.memory_of.tolist(), self.memory_s.tolist(), strict=True)
        ):
            here = (found.satellite == satellite) & (since <= at_s) & (at_s < until)
            waiting.append(np.flatnonzero(here))
            memory.append(np.full(waiting[-1].size, pools + number))
        return np.concatenate(waiting), np.concatenate(memory)

    def blocks(self, pool: int) -> int | None:
        """Which block the key of a pool is from, -1 for stock."""
        return pool if pool < self.blocks_count else -1

    def places(self, delivery: Delivery) -> tuple[int, int]:
        """Pools that a delivery takes from."""
        demand = self.problem.demands[delivery.demand]
        begin = self.blocks_count + delivery.satellite * self.problem.station_gap_s.size
        a, b = delivery.block_a, delivery.block_b
        return (
            begin + demand.station_a if a is None or a < 0 else a,
            begin + demand.station_b if b is None or b < 0 else b,
        )


def lots_of(problem: Problem, contacts: BoolArray, *, chosen: bool) -> Lots:
    """Return the pools of some contacts: those that are chosen, or that can be."""
    count = problem.first_of_block.size
    early, late = np.full(count, math.inf), np.full(count, -math.inf)
    block, key_s = problem.block[contacts], problem.key_s[contacts]
    np.minimum.at(early, block, key_s)
    np.maximum.at(late, block, key_s)
    early = np.where(np.isfinite(late), late if chosen else early, math.inf)
    late = np.where(np.isfinite(late), late, math.inf)
    stocks = problem.satellite_gap_s.size * problem.station_gap_s.size
    begin = np.full(stocks, problem.window_s[0])
    early, late = np.append(early, begin), np.append(late, begin)
    lots = Lots(
        problem=problem,
        early_s=early,
        late_s=late,
        memory_of=np.zeros(0, dtype=np.int64),
        memory_s=np.zeros(0),
    )
    if problem.memory_bits is None:
        return lots
    craft = lots.places_of_lots[0]
    real = np.isfinite(late) & np.isfinite(problem.memory_bits[craft])
    instants = np.unique(np.stack((craft[real], late[real])), axis=1)
    return Lots(
        problem=problem,
        early_s=early,
        late_s=late,
        memory_of=instants[0].astype(np.int64),
        memory_s=instants[1],
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Options:
    """Pools, what they hold, and what could be relayed of it."""

    pools: Pools
    bits: FloatArray
    """Key in every pool by each deadline, shape (deadlines, pools). [bit]"""
    relays: Relays


def options_of(
    problem: Problem, contacts: BoolArray, block_bits: FloatArray, *, chosen: bool
) -> Options:
    """List what could be relayed of the keys of blocks.

    Parameters
    ----------
    problem, contacts
        Contacts, and some of them.
    block_bits
        Key of each block. [bit]
    chosen
        Whether these contacts are chosen; else any of them can be, and what is listed is at least
        what could be relayed then.
    """
    pools: Pools = StationPools(problem=problem)
    if not problem.waits_freely:
        lots = lots_of(problem, contacts, chosen=chosen)
        bits = pools_bits(problem, block_bits, lots)
        options = lots.relays(bits)
        if len(options) <= MOST_PAIRS:
            return Options(pools=lots, bits=bits, relays=options)
        if chosen:
            apart = np.abs(lots.late_s[options.pool_a] - lots.late_s[options.pool_b])
            nearest = np.sort(np.argsort(apart, kind="stable")[:MOST_PAIRS])
            return Options(pools=lots, bits=bits, relays=options.take(nearest))
    bits = pools_bits(problem, block_bits, pools)
    return Options(pools=pools, bits=bits, relays=pools.relays(bits))
