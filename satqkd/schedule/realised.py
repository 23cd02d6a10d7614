"""What is left of a plan when some of its contacts fail, in many realisations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.schedule.delivery import block_worth, demand_of_block
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem
from satqkd.schedule.realised_amounts import Asked, asked_of, relayed
from satqkd.schedule.relays import Relays, claims_of, pool_of_contact, relays
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
    relayed: dict[tuple[int, int], FloatArray]
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
    a priority: as for somebody who does not know the clouds to come.

    Blocks and pools belong to one satellite, and what all blocks hold in each realisation is more
    than anything else of a plan: so no more of it is held at a time than those of one.
    """
    count, asked = len(succeeds), asked_of(problem)
    found = Realised(
        delivered=np.zeros((count, len(problem.demands))),
        made=np.zeros(count),
        worth=np.zeros(count),
        reached=np.zeros((count, len(asked))),
        relayed={},
    )
    for own in _of_satellites(problem, chosen & problem.joint):
        _deliver_joint(problem, asked, realised_blocks(problem, own, succeeds), found)
    alone = chosen & ~problem.joint
    holding = np.zeros(problem.satellite_gap_s.size, dtype=np.bool_)
    holding[problem.satellite[alone]] = True
    if problem.stock_bits is not None:
        holding |= problem.stock_bits.reshape(holding.size, -1).any(axis=1)
    for satellite in np.flatnonzero(holding).tolist():
        own = alone & (problem.satellite == satellite)
        _relay(problem, asked, satellite, realised_blocks(problem, own, succeeds), found)
    return found


def _of_satellites(problem: Problem, chosen: BoolArray) -> Iterator[BoolArray]:
    """Yield those of some contacts that each satellite flies."""
    for satellite in np.unique(problem.satellite[chosen]).tolist():
        yield chosen & (problem.satellite == satellite)


def _deliver_joint(
    problem: Problem, asked: Asked, keys: tuple[IntArray, FloatArray], found: Realised
) -> None:
    """Add what blocks of joint contacts hold: where somebody asks for it, it is delivered."""
    block, bits = keys
    served, phase = demand_of_block(problem)[block], problem.phase_of_block[block]
    found.made[:] += bits.sum(axis=1)
    found.worth[:] += bits @ block_worth(problem)[block]
    for number in np.flatnonzero(served >= 0).tolist():
        found.delivered[:, served[number]] += bits[:, number]
    for place, (demand, until) in enumerate(zip(asked.demand, asked.phase, strict=True)):
        found.reached[:, place] += bits[:, (served == demand) & (phase <= until)].sum(axis=1)


def _relay(
    problem: Problem,
    asked: Asked,
    satellite: int,
    keys: tuple[IntArray, FloatArray],
    found: Realised,
) -> None:
    """Add what the blocks of one satellite hold, and what it relays of them and of its stock."""
    block, bits = keys
    found.made[:] += bits.sum(axis=1)
    found.worth[:] += bits @ block_worth(problem)[block]
    pool, held = _pools(problem, satellite, block, bits)
    most = np.zeros((held.shape[1], problem.satellite_gap_s.size * problem.station_gap_s.size))
    most[:, pool] = held.max(axis=0, initial=0.0)
    options = relays(problem, most)
    for own in _apart(options):
        here = options.take(own)
        claims = claims_of(here)
        some = asked.of(here.demand)
        lacking = np.maximum(asked.bits[some] - found.reached[:, some], 0.0)
        filled, alike = _distinct(
            np.hstack((held[:, claims.phase, np.searchsorted(pool, claims.pool)], lacking))
        )
        filled, lacking = np.split(filled, [claims.pool.size], axis=1)
        shares = relayed(here, claims, filled, lacking, asked)[alike]
        found.worth[:] += shares @ here.profit
        for place, (demand, by) in enumerate(
            zip(here.demand.tolist(), here.phase.tolist(), strict=True)
        ):
            found.delivered[:, demand] += shares[:, place]
            before = found.relayed.get((satellite, demand), 0.0)
            found.relayed[satellite, demand] = before + shares[:, place]
            later = (asked.demand == demand) & (asked.phase >= by)
            found.reached[:, later] += shares[:, [place]]


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
    problem: Problem, satellite: int, block: IntArray, bits: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Pools of a satellite that hold anything, and what by each deadline.

    Parameters
    ----------
    problem
        Contacts, and what pools hold at the beginning.
    satellite
        Its index.
    block, bits
        Its blocks with scheduled contacts of one station, and the key of each, shape
        (realisations, blocks).

    Returns
    -------
    tuple
        Flat indices of the pools, rising, and their key, shape (realisations, deadlines, pools).
    """
    stations = problem.station_gap_s.size
    filling = pool_of_contact(problem)[problem.first_of_block[block]]
    stock = np.zeros(problem.satellite_gap_s.size * stations)
    if problem.stock_bits is not None:
        stock[satellite * stations :][:stations] = problem.stock_bits[satellite * stations :][
            :stations
        ]
    pool = np.unique(np.concatenate((filling, np.flatnonzero(stock))))
    held = np.zeros((len(bits), problem.deadlines_s.size, pool.size)) + stock[pool]
    place, phase = np.searchsorted(pool, filling), problem.phase_of_block[block]
    for number, (column, since) in enumerate(zip(place.tolist(), phase.tolist(), strict=True)):
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
    pools = np.concatenate((options.pool_a, options.pool_b))
    used, ends = np.unique(pools, return_inverse=True)
    a, b = np.split(ends, 2)
    return Groups.by(_first_reached(a, b, used.size)[a], np.arange(a.size)).parts()


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
