"""Relays of one satellite for amounts by several instants, in many realisations at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.schedule.problem import Problem
from satqkd.schedule.relays import Claims, Relays, claims_of
from satqkd.schedule.share_out import share_out
from satqkd.units import FloatArray, IntArray

FIRST_WORTH: Final = 100.0
"""Numerical: worth of a bit that is asked for, over the dearest other one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """Milestones of all demands, demand by demand and rising in time, shape (milestones,)."""

    demand: IntArray
    """Demand of each."""
    phase: IntArray
    """Deadline of each."""
    bits: FloatArray
    """What is asked for in all by then. [bit]"""
    priority: IntArray
    """That of the demand."""

    def __len__(self) -> int:
        return int(self.demand.size)

    def of(self, demands: IntArray) -> IntArray:
        """Return the milestones of some demands."""
        return np.flatnonzero(np.isin(self.demand, demands))

    def turns(self, some: IntArray) -> list[IntArray]:
        """Return some milestones in the order in which they are served: those of a turn at once.

        The highest priority first, and what is asked for early before what is asked for late.
        """
        key = np.stack((-self.priority[some], self.phase[some]))
        order = np.lexsort(key[::-1])
        begins = np.flatnonzero(np.any(np.diff(key[:, order]) != 0, axis=0)) + 1
        return [some[part] for part in np.split(order, begins)] if some.size else []


def asked_of(problem: Problem) -> Asked:
    """List the milestones of a problem."""
    every = [(d, one) for d, demand in enumerate(problem.demands) for one in demand.milestones]
    return Asked(
        demand=np.array([d for d, _ in every], dtype=np.int64),
        phase=problem.phase_at(one.by_s for _, one in every),
        bits=np.ceil(np.array([one.bits for _, one in every], dtype=np.float64)),
        priority=np.array([problem.demands[d].priority for d, _ in every], dtype=np.int64),
    )


def relayed(
    options: Relays, claims: Claims, filled: FloatArray, lacking: FloatArray, asked: Asked
) -> FloatArray:
    """Best relays of one satellite, amounts that are asked for first; whole bits.

    Parameters
    ----------
    options, claims
        Its relays, and what they take of pools.
    filled
        What pools hold, shape (fillings, claims). [bit]
    lacking
        What its demands still need for each of their milestones, shape (fillings, milestones of
        these demands). [bit]
    asked
        All milestones.

    Returns
    -------
    FloatArray
        What each relay delivers, shape (fillings, relays). [bit]

    Notes
    -----
    Amounts are served turn by turn (:meth:`Asked.turns`), each as far as earlier turns leave key;
    with those of the last turn what is left is shared out by weights. What was missed by one
    instant is still asked for by the next.
    """
    some = asked.of(options.demand)
    turns = asked.turns(some)
    dear = FIRST_WORTH * float(np.abs(options.profit).max())
    rest = np.flatnonzero((options.profit > 0.0) & _last_of_each(options))
    shares = np.zeros((len(filled), len(options)))
    taken = np.zeros((claims.pool.size, len(options)))
    taken[claims.row, claims.relay] = 1.0
    for number, turn in enumerate(turns or [some]):
        last = number >= len(turns) - 1
        first, layer = _serving(options, asked, turn)
        # a column for each relay up to what is asked for, and one for the rest
        of = np.concatenate((first, rest if last else rest[:0]))
        profit = options.profit[of] + np.where(np.arange(of.size) < first.size, dear, 0.0)
        own = claims_of(options.take(of))
        left = _left(claims, filled - shares @ taken.T, own)
        caps = [
            lacking[:, some == one].max(axis=1) - shares[:, _by(options, asked, one)].sum(axis=1)
            for one in turn.tolist()
        ]
        held = np.column_stack((left, *(np.maximum(cap, 0.0) for cap in caps)))
        row = np.concatenate((own.row, own.pool.size + layer))
        column = np.concatenate((own.relay, np.arange(first.size)))
        if of.size:
            bits = share_out(held, row, column, profit)
            for place, one in enumerate(of.tolist()):
                shares[:, one] += bits[:, place]
    return shares


def _serving(options: Relays, asked: Asked, turn: IntArray) -> tuple[IntArray, IntArray]:
    """Relays that deliver at the instant of some milestones, and which of these each serves."""
    fits = (options.demand[:, np.newaxis] == asked.demand[turn]) & (
        options.phase[:, np.newaxis] == asked.phase[turn]
    )
    relay, milestone = np.nonzero(fits)
    return relay, milestone


def _by(options: Relays, asked: Asked, milestone: int) -> IntArray:
    """Relays of the demand of a milestone that deliver by then."""
    mine = options.demand == asked.demand[milestone]
    return np.flatnonzero(mine & (options.phase <= asked.phase[milestone]))


def _left(claims: Claims, left: FloatArray, own: Claims) -> FloatArray:
    """What some relays may take of pools: no more than is left by any later deadline. [bit]"""
    found = np.zeros((len(left), own.pool.size))
    for row, (pool, phase) in enumerate(zip(own.pool.tolist(), own.phase.tolist(), strict=True)):
        later = (claims.pool == pool) & (claims.phase >= phase)
        found[:, row] = left[:, later].min(axis=1)
    return found


def _last_of_each(options: Relays) -> np.ndarray:
    """Which relays have the last deadline of their satellite and demand."""
    place = options.satellite * (int(options.demand.max(initial=0)) + 1) + options.demand
    last = np.full(int(place.max(initial=0)) + 1, -1)
    np.maximum.at(last, place, options.phase)
    return np.asarray(options.phase == last[place])
