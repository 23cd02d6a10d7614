"""Relays of one satellite for amounts by several instants, in many realisations at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.schedule.problem import Problem
from satqkd.schedule.relays import Claims, Relays
from satqkd.schedule.share_out import share_out
from satqkd.units import FloatArray, IntArray

FIRST_WORTH: Final = 100.0
"""Numerical: worth of a bit that is asked for, over the dearest other one."""
PRIORITY_WORTH: Final = 10.0
"""Numerical: worth of a bit asked for with a higher priority over one of the next lower: a relayed
bit takes two bits of pools, and stands in the way of few others."""
LATE: Final = 7
"""Numerical: by how many milestones a bit may come too late and still count as asked for: those of
a week of days."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """Milestones of all demands, demand by demand and rising in time, shape (milestones,)."""

    demand: IntArray
    """Demand of each."""
    phase: IntArray
    """Deadline of each."""
    bits: FloatArray
    """What is asked for in all by then. [bit]"""
    level: IntArray
    """Priority among those there are, 0 for the lowest."""

    def __len__(self) -> int:
        return int(self.demand.size)

    def of(self, demand: int) -> IntArray:
        """Return the milestones of a demand."""
        return np.flatnonzero(self.demand == demand)

    def lacking(self, reached: FloatArray, demands: IntArray) -> FloatArray:
        """Return what some demands still need for each milestone beyond the one before it. [bit]

        Parameters
        ----------
        reached
            What is got by each milestone, shape (realisations, milestones). [bit]
        demands
            Which demands; those that ask for nothing are passed over.

        Returns
        -------
        FloatArray
            Shape (realisations, milestones of these demands), demand by demand.
        """
        found = [np.zeros((len(reached), 0))]
        for demand in np.unique(demands).tolist():
            own = self.of(demand)
            open_bits = np.maximum(self.bits[own] - reached[:, own], 0.0)
            rising = np.maximum.accumulate(open_bits, axis=1)
            found.append(np.diff(rising, axis=1, prepend=0.0))
        return np.hstack(found)


def asked_of(problem: Problem) -> Asked:
    """List the milestones of a problem."""
    every = [(d, one) for d, demand in enumerate(problem.demands) for one in demand.milestones]
    priority = np.array([problem.demands[d].priority for d, _ in every], dtype=np.int64)
    return Asked(
        demand=np.array([d for d, _ in every], dtype=np.int64),
        phase=problem.phase_at(one.by_s for _, one in every),
        bits=np.ceil(np.array([one.bits for _, one in every], dtype=np.float64)),
        level=np.unique(priority, return_inverse=True)[1].astype(np.int64),
    )


def relayed(options: Relays, claims: Claims, filled: FloatArray, asked: Asked) -> FloatArray:
    """Best relays of one satellite, amounts that are asked for first; whole bits.

    Parameters
    ----------
    options, claims
        Its relays, and what they take of pools.
    filled
        Fillings, shape (fillings, claims, then what is lacking for each milestone of the demands).
    asked
        All milestones.

    Returns
    -------
    FloatArray
        What each relay delivers, shape (fillings, relays). [bit]

    Notes
    -----
    The bits that a milestone needs beyond the one before it make a layer. A bit of a layer that is
    there by the layer's own instant, or a later one, is of use to all milestones from then on,
    and worth the more the more these are. Layers cap what is delivered at that worth; the rest is
    worth its weight, and comes by the last instant of the demand.
    """
    dear = FIRST_WORTH * float(np.abs(options.profit).max())
    first: list[tuple[int, int, float]] = []
    layers = 0
    for demand in np.unique(options.demand).tolist():
        own = asked.of(demand)
        ways = np.flatnonzero(options.demand == demand)
        for place, milestone in enumerate(own.tolist()):
            base = dear * PRIORITY_WORTH ** float(asked.level[milestone])
            for late, other in enumerate(own[place : place + 1 + LATE].tolist()):
                served = own.size - place - late - 1
                worth = base * (1.0 + served / (own.size + 1.0))
                by = ways[options.phase[ways] == asked.phase[other]]
                first += [(way, layers + place, worth) for way in by.tolist()]
        layers += own.size
    relay, layer, worth_bits = zip(*first, strict=True) if first else ((), (), ())
    some = np.flatnonzero((options.profit > 0.0) & _last_of_each(options))
    # a column for each relay and layer that it serves, and one for the rest
    of = np.concatenate((np.array(relay, dtype=np.int64), some))
    profit = options.profit[of] + np.concatenate((worth_bits, np.zeros(some.size)))
    columns_of = [np.flatnonzero(of == one) for one in range(len(options))]
    taken = [columns_of[one] for one in claims.relay.tolist()]
    row = np.repeat(claims.row, [one.size for one in taken])
    column = np.concatenate([*taken, np.arange(len(first))])
    row = np.concatenate((row, claims.pool.size + np.array(layer, dtype=np.int64)))
    bits = share_out(filled, row, column.astype(np.int64), profit)
    shares = np.zeros((len(filled), len(options)))
    for place, one in enumerate(of.tolist()):
        shares[:, one] += bits[:, place]
    return shares


def _last_of_each(options: Relays) -> np.ndarray:
    """Which relays have the last deadline of their satellite and demand."""
    place = options.satellite * (int(options.demand.max(initial=0)) + 1) + options.demand
    last = np.full(int(place.max(initial=0)) + 1, -1)
    np.maximum.at(last, place, options.phase)
    return np.asarray(options.phase == last[place])
