"""What is left of a plan when some of its contacts fail, in many realisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from satqkd.schedule.delivery import block_worth, demand_of_block
from satqkd.schedule.groups import Groups
from satqkd.schedule.losses import lost_of_lots, made_of_lots
from satqkd.schedule.lots import Lots, options_of
from satqkd.schedule.problem import Problem
from satqkd.schedule.realised_amounts import asked_of, relayed
from satqkd.schedule.realised_keys import RealisedKeys
from satqkd.schedule.relays import Claims, Relays, claims_of
from satqkd.units import BoolArray, FloatArray, IntArray


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
    relayed under any of them. Empty unless asked for. [bit]"""


def realise(
    problem: Problem, chosen: BoolArray, succeeds: BoolArray, *, each_relay: bool = False
) -> Realised:
    """Distil and relay what is left, realisation by realisation.

    Parameters
    ----------
    problem, chosen
        The contacts, and which are scheduled.
    succeeds
        Whether each contact gives its light, shape (realisations, contacts); read for scheduled
        ones alone.
    each_relay
        Whether to keep what each satellite relays to each demand.

    Notes
    -----
    Keys and relays are those of a plan whose contacts are the ones that succeeded. Nothing is
    worked out twice: neither a block of the same members, nor pools filled alike. Satellites relay
    one after another: what a demand still asks for outranks the weights, as much of it as one
    satellite can bring. Of amounts by several instants the early ones come first, within those of
    a priority: as for somebody who does not know the clouds to come. A block is key when its last
    member is planned to be, whether that succeeds or not.
    """
    keys = RealisedKeys.of(problem, chosen, succeeds)
    count, block = keys.count, keys.block
    made, worth = np.zeros(count), np.zeros(count)
    delivered = np.zeros((count, len(problem.demands)))
    asked = asked_of(problem)
    reached = np.zeros((count, len(asked)))
    served = demand_of_block(problem)[block]
    phase = problem.phase_of_block[block]
    by_then = [
        (served == demand) & (phase <= until)
        for demand, until in zip(asked.demand, asked.phase, strict=True)
    ]
    worth_of_bit = block_worth(problem)[block]
    for some, bits in keys.by_realisations():
        worth[some] = bits @ worth_of_bit
        made[some] = bits.sum(axis=1)
        for place, own in enumerate(by_then):
            reached[some, place] = bits[:, own].sum(axis=1)
    for place in np.flatnonzero(served >= 0).tolist():
        delivered[:, served[place]] += keys.of_block(place)
    largest = np.zeros(problem.first_of_block.size)
    largest[block] = keys.largest_bits
    could = options_of(problem, chosen, largest, chosen=True)
    options = could.relays
    drawn = np.zeros((count, 0 if problem.waits_freely else len(options)))
    relayed_to: dict[tuple[int, int], FloatArray] = {}
    alone = problem.partner[problem.first_of_block[block]] < 0
    filling = np.where(alone, could.pools.of_block[block], -1)
    stock_bits = could.pools.stock_bits
    for own in _apart(options):
        here = options.take(own)
        claims = claims_of(here)
        milestones = asked.of(here.demand)
        lacking = np.maximum(asked.bits[milestones] - reached[:, milestones], 0.0)
        filled, alike = _distinct(
            np.hstack((_held(keys, claims, filling, phase, stock_bits), lacking))
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
            if each_relay:
                before = relayed_to.get((satellite, demand), 0.0)
                relayed_to[satellite, demand] = before + shares[:, place]
            later = (asked.demand == demand) & (asked.phase >= by)
            reached[:, later] += shares[:, [place]]
    if isinstance(could.pools, Lots) and problem.spare_weight > 0.0:
        worth -= problem.spare_weight * _lost(could.pools, keys, options, drawn)
    return Realised(
        delivered=delivered,
        made=made,
        worth=worth,
        reached=reached,
        relayed=relayed_to,
    )


def _held(
    keys: RealisedKeys,
    claims: Claims,
    filling: IntArray,
    phase: IntArray,
    stock_bits: FloatArray,
) -> FloatArray:
    """What pools that relays take from hold by each deadline, shape (realisations, claims). [bit]

    Parameters
    ----------
    keys
        Of blocks with scheduled contacts.
    claims
        What relays take of pools.
    filling, phase
        Pool that each of the blocks fills, -1 for none, and from which deadline on.
    stock_bits
        What each pool holds at the beginning. [bit]
    """
    held = np.zeros((keys.count, claims.pool.size)) + stock_bits[claims.pool]
    for place in np.flatnonzero(np.isin(filling, claims.pool)).tolist():
        fills = (claims.pool == filling[place]) & (claims.phase >= phase[place])
        held[:, fills] += keys.of_block(place)[:, np.newaxis]
    return held


def _lost(lots: Lots, keys: RealisedKeys, options: Relays, drawn: FloatArray) -> FloatArray:
    """Key that is lost in each realisation, shape (realisations,). [bit]

    Parameters
    ----------
    lots, keys
        Pools of scheduled contacts, and keys of blocks.
    options, drawn
        Relays, and what each takes, shape (realisations, relays). [bit]
    """
    found = np.zeros(keys.count)
    for some, bits in keys.by_realisations():
        made = np.zeros((len(bits), lots.blocks_count))
        made[:, keys.block] = bits
        own = made_of_lots(lots, made)
        lost = lost_of_lots(lots, own, options.pool_a, options.pool_b, drawn[some])
        found[some] = (lost.overflow_bits + lost.expired_bits).sum(axis=1)
    return found


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
