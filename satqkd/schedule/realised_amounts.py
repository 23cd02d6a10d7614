"""Relays of one satellite for amounts by several instants, in many realisations at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.schedule.problem import Problem
from satqkd.schedule.relays import Claims, Relays, claims_of
from satqkd.schedule.share_out import share_out
from satqkd.schedule.whole_amounts import whole_amounts
from satqkd.units import FloatArray, IntArray

FIRST_WORTH: Final = 100.0
"""Numerical: worth of a bit that is asked for, over the dearest other one."""
LEAST_SHARE: Final = 1e-3
"""Numerical: amounts count as no more than so many times the smallest beside them, so that worths
of bits stay within what floating point tells apart."""


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
    Amounts are served turn by turn (:meth:`Asked.turns`), as many whole as earlier turns leave key
    for (:func:`~satqkd.schedule.whole_amounts.whole_amounts`); then the largest shares of the
    others, and with them, by weights, the rest. Where a demand asks for several amounts, shares
    come turn by turn too, and what was missed by one instant is still asked for by the next. The
    order of demands makes no difference: of what is worth the same the pools of smaller index get
    most.
    """
    some = asked.of(options.demand)
    order = _by_worth_and_pools(options) if some.size else np.arange(len(options))
    shares = np.zeros((len(filled), len(options)))
    claims = replace(claims, relay=np.argsort(order)[claims.relay])
    shares[:, order] = _in_turns(options.take(order), claims, filled, lacking, asked)
    return shares


def _in_turns(
    options: Relays, claims: Claims, filled: FloatArray, lacking: FloatArray, asked: Asked
) -> FloatArray:
    """Best relays; of what is worth the same the first get most."""
    some = asked.of(options.demand)
    steps = _steps(asked, some)
    dear = FIRST_WORTH * float(np.abs(options.profit).max())
    rest = np.flatnonzero((options.profit > 0.0) & _last_of_each(options))
    shares = np.zeros((len(filled), len(options)))
    taken = np.zeros((claims.pool.size, len(options)))
    taken[claims.row, claims.relay] = 1.0

    def lacks(milestones: IntArray) -> FloatArray:
        caps = np.zeros((len(filled), milestones.size))
        for place, one in enumerate(milestones.tolist()):
            by_then = shares[:, _by(options, asked, one)].sum(axis=1)
            caps[:, place] = lacking[:, some == one].max(axis=1) - by_then
        return np.maximum(caps, 0.0)

    for whole, part in steps:
        of, one = _serving(options, asked, whole)
        if of.size:
            own = claims_of(options.take(of))
            takes = np.zeros((own.pool.size, of.size))
            takes[own.row, own.relay] = 1.0
            left = _left(claims, filled - shares @ taken.T, own)
            shares[:, of] += whole_amounts(left, takes, lacks(one), options.profit[of])
        # a column for each relay up to what is asked for, and one for the rest
        first, one = _serving(options, asked, part)
        of = np.concatenate((first, rest if part is steps[-1][1] else rest[:0]))
        if of.size:
            profit = options.profit[of]
            profit[: first.size] += dear * _worth_of_shares(asked.bits[one])
            own = claims_of(options.take(of))
            left = _left(claims, filled - shares @ taken.T, own)
            row = np.concatenate((own.row, own.pool.size + np.arange(first.size)))
            column = np.concatenate((own.relay, np.arange(first.size)))
            bits = share_out(np.column_stack((left, lacks(one))), row, column, profit)
            for place, relay in enumerate(of.tolist()):
                shares[:, relay] += bits[:, place]
    return shares


def _steps(asked: Asked, some: IntArray) -> list[tuple[IntArray, IntArray]]:
    """Milestones to be met whole, and those to get shares of what is left, step by step.

    Shares come last of all. Where a demand asks for several amounts they come turn by turn: what
    it has got by one instant counts for the next.
    """
    turns = asked.turns(some)
    if np.unique(asked.demand[some]).size < some.size:
        return [(turn, turn) for turn in turns]
    return [*((turn, some[:0]) for turn in turns), (some[:0], some)]


def _worth_of_shares(bits: FloatArray) -> FloatArray:
    """Worth of a bit of each amount if equal shares of all are worth the same; 1 at least."""
    if bits.size == 0:
        return bits
    share = np.maximum(bits.min() / bits, LEAST_SHARE)
    return np.asarray(share / share.min())


def _by_worth_and_pools(options: Relays) -> IntArray:
    """Order of relays that does not depend on that of demands: the dearest first."""
    a, b = options.pool_a, options.pool_b
    keys = (-options.phase, np.maximum(a, b), np.minimum(a, b), -options.profit)
    return np.asarray(np.lexsort(keys), dtype=np.int64)


def _serving(options: Relays, asked: Asked, turn: IntArray) -> tuple[IntArray, IntArray]:
    """Relays that deliver at the instant of some milestones, and the milestone of each."""
    fits = (options.demand[:, np.newaxis] == asked.demand[turn]) & (
        options.phase[:, np.newaxis] == asked.phase[turn]
    )
    relay, place = np.nonzero(fits)
    return relay, turn[place]


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
