"""What is left of a plan when some of its contacts fail, in many realisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.schedule.delivery import block_worth, demand_of_block
from satqkd.schedule.groups import Groups
from satqkd.schedule.losses import lost_of_lots, made_of_lots
from satqkd.schedule.lots import Lots, options_of
from satqkd.schedule.problem import Problem
from satqkd.schedule.realised_amounts import asked_of, relayed
from satqkd.schedule.relays import Pools, Relays, claims_of
from satqkd.units import BoolArray, FloatArray, IntArray

_BITS_AT_ONCE: Final = 32
"""Contacts of a block whose success is packed into one number."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Realised:
    """Key of a plan in each realisation; first axis realisations."""

    delivered: FloatArray
    """What each demand gets, relayed or by joint contacts, shape (realisations, demands). [bit]"""
    made: FloatArray
    """Key of all blocks together, shape (realisations,). [bit]"""
    worth: FloatArray
    """Weighted bits, as the planner counts them, shape (realisations,). [bit]"""
    reached: FloatArray
    """What demands get by each of their milestones, demand by demand, shape (realisations,
    milestones). [bit]"""
    relayed: Mapping[tuple[int, int], FloatArray]
    """What each satellite relays to each demand, by both, shape (realisations,); of what could be
    relayed under any of them. [bit]"""


def realise(problem: Problem, chosen: BoolArray, succeeds: BoolArray) -> Realised:
    """Distil and relay what is left, realisation by realisation.

    Parameters
    ----------
    problem, chosen
        The contacts, and which are scheduled.
    succeeds
        Whether each contact gives its light, shape (realisations, contacts); read for scheduled
        ones alone.

    Notes
    -----
    Keys and relays are those of a plan whose contacts are the ones that succeeded. Nothing is
    worked out twice: neither a block of the same members, nor pools filled alike. Satellites relay
    one after another: what a demand still asks for outranks the weights, as much of it as one
    satellite can bring. Of amounts by several instants the early ones come first, within those of
    a priority: as for somebody who does not know the clouds to come. A block is key when its last
    member is planned to be, whether that succeeds or not.
    """
    count = len(succeeds)
    block, bits = realised_blocks(problem, chosen, succeeds)
    delivered = np.zeros((count, len(problem.demands)))
    worth = bits @ block_worth(problem)[block]
    served = demand_of_block(problem)[block]
    for number in np.flatnonzero(served >= 0).tolist():
        delivered[:, served[number]] += bits[:, number]
    largest = np.zeros(problem.first_of_block.size)
    largest[block] = bits.max(axis=0, initial=0.0)
    could = options_of(problem, chosen, largest, chosen=True)
    options = could.relays
    pool, held = _pools(problem, could.pools, block, bits)
    drawn = np.zeros((count, 0 if problem.waits_freely else len(options)))
    asked = asked_of(problem)
    phase = problem.phase_of_block[block]
    reached = np.zeros((count, len(asked)))
    relayed_to: dict[tuple[int, int], FloatArray] = {}
    for place, (demand, until) in enumerate(zip(asked.demand, asked.phase, strict=True)):
        reached[:, place] = bits[:, (served == demand) & (phase <= until)].sum(axis=1)
    for own in _apart(options):
        here = options.take(own)
        claims = claims_of(here)
        some = asked.of(here.demand)
        lacking = np.maximum(asked.bits[some] - reached[:, some], 0.0)
        filled, alike = _distinct(
            np.hstack((held[:, claims.phase, np.searchsorted(pool, claims.pool)], lacking))
        )
        filled, lacking = np.split(filled, [claims.pool.size], axis=1)
        shares = relayed(here, claims, filled, lacking, asked)[alike]
        worth += shares @ here.profit
        if drawn.size:
            drawn[:, own] = shares
        for place, (satellite, demand, by) in enumerate(
            zip(here.satellite.tolist(), here.demand.tolist(), here.phase.tolist(), strict=True)
        ):
            delivered[:, demand] += shares[:, place]
            before = relayed_to.get((satellite, demand), 0.0)
            relayed_to[satellite, demand] = before + shares[:, place]
            later = (asked.demand == demand) & (asked.phase >= by)
            reached[:, later] += shares[:, [place]]
    if isinstance(could.pools, Lots) and problem.spare_weight > 0.0:
        made = np.zeros((count, largest.size))
        made[:, block] = bits
        lots = could.pools
        lost = lost_of_lots(lots, made_of_lots(lots, made), options.pool_a, options.pool_b, drawn)
        every = (lost.overflow_bits + lost.expired_bits).sum(axis=1)
        worth -= problem.spare_weight * every
    return Realised(
        delivered=delivered,
        made=bits.sum(axis=1),
        worth=worth,
        reached=reached,
        relayed=relayed_to,
    )


def realised_blocks(
    problem: Problem, chosen: BoolArray, succeeds: BoolArray
) -> tuple[IntArray, FloatArray]:
    """Return blocks with scheduled contacts, and the key of each, shape (realisations, blocks).

    Parameters are those of :func:`realise`. [bit]
    """
    members = np.flatnonzero(chosen)
    number = problem.block[members]
    blocks = Groups.by(number, members).parts() if members.size else []
    groups: list[IntArray] = []
    places: list[tuple[int, IntArray]] = []
    for own in blocks:
        left = succeeds[:, own]
        first, alike = _patterns(left)
        places.append((len(groups), alike))
        groups += [own[left[row]] for row in first.tolist()]
    keys = problem.key_of(Groups.of(groups))
    bits = np.zeros((len(succeeds), len(blocks)))
    for column, (begin, alike) in enumerate(places):
        bits[:, column] = keys[begin + alike]
    return np.unique(number), bits


def _pools(
    problem: Problem, pools: Pools, block: IntArray, bits: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Pools that hold anything, and what by each deadline, shape (realisations, deadlines, pools).

    Parameters
    ----------
    problem
        Contacts.
    pools
        Which blocks fill which, and what they hold at the beginning.
    block, bits
        Blocks with scheduled contacts, and the key of each, shape (realisations, blocks).
    """
    first = problem.first_of_block[block]
    alone = np.flatnonzero(problem.partner[first] < 0)
    filling = pools.of_block[block[alone]]
    stock = pools.stock_bits
    pool = np.unique(np.concatenate((filling, np.flatnonzero(stock))))
    phases = problem.deadlines_s.size
    held = np.zeros((len(bits), phases, pool.size)) + stock[pool]
    place, phase = np.searchsorted(pool, filling), problem.phase_of_block[block[alone]]
    for number, column, since in zip(alone.tolist(), place.tolist(), phase.tolist(), strict=True):
        held[:, since:, column] += bits[:, number, np.newaxis]
    return pool, held


def _patterns(left: BoolArray) -> tuple[IntArray, IntArray]:
    """First row of each kind of rows, and the kind of every row."""
    kind = np.zeros(len(left), dtype=np.int64)
    first = np.zeros(min(1, len(left)), dtype=np.int64)
    for begin in range(0, left.shape[1], _BITS_AT_ONCE):
        part = left[:, begin : begin + _BITS_AT_ONCE]
        packed = part @ (1 << np.arange(part.shape[1], dtype=np.int64))
        _, first, kind = np.unique(
            (kind << _BITS_AT_ONCE) + packed, return_index=True, return_inverse=True
        )
    return first.astype(np.int64), kind.astype(np.int64)


def _distinct(filled: FloatArray) -> tuple[FloatArray, IntArray]:
    """Different rows, and which of them every row is."""
    kind = np.zeros(len(filled), dtype=np.int64)
    first = np.zeros(min(1, len(filled)), dtype=np.int64)
    for column in filled.T:
        own = np.unique(column, return_inverse=True)[1]
        _, first, kind = np.unique(
            kind * (int(own.max(initial=0)) + 1) + own, return_index=True, return_inverse=True
        )
    return filled[first], kind.astype(np.int64)


def _apart(options: Relays) -> list[IntArray]:
    """Relays that share no pool with others, directly or through further ones, apart."""
    if len(options) == 0:
        return []
    count, waiting = len(options), options.waiting
    pools = np.concatenate((options.pool_a, options.pool_b, options.memory))
    used, ends = np.unique(pools, return_inverse=True)
    a, b, memory = np.split(ends, [count, 2 * count])
    first, second = np.concatenate((a, a[waiting])), np.concatenate((b, memory))
    return Groups.by(_first_reached(first, second, used.size)[a], np.arange(count)).parts()


def _first_reached(a: IntArray, b: IntArray, count: int) -> IntArray:
    """For each of so many pools the first that it is linked with, directly or through others.

    The smaller end of each link is handed to the other until nothing changes; a pool then also
    takes what the one it was handed has come to, so that long chains need few rounds.
    """
    first = np.arange(count)
    while True:
        nearer = first.copy()
        np.minimum.at(nearer, a, first[b])
        np.minimum.at(nearer, b, first[a])
        nearer = nearer[nearer]
        if np.array_equal(nearer, first):
            return first
        first = nearer
