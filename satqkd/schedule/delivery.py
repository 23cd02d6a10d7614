"""How to spend the keys of chosen contacts on pairs of stations, and what that is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from satqkd.schedule.amounts import SHARE_WORTH, Amounts
from satqkd.schedule.highs import Model, maximise
from satqkd.schedule.losses import lost_bits
from satqkd.schedule.lots import options_of
from satqkd.schedule.problem import Delivery, Problem
from satqkd.schedule.relays import (
    Claims,
    Relays,
    claims_of,
    pool_of_contact,
    pools_bits,
    relays,
)
from satqkd.units import BoolArray, FloatArray, IntArray

WHOLE_BIT: Final = 1e-6
"""Numerical: bits so near to a whole number are one. [bit]"""


def served_demand(problem: Problem) -> IntArray:
    """Index of the demand whose two stations a joint contact joins; -1 where no demand does."""
    served = np.full(len(problem), -1, dtype=np.int64)
    for number, demand in enumerate(problem.demands):
        ends = (demand.station_a, demand.station_b)
        for first, second in (ends, ends[::-1]):
            served[(problem.station == first) & (problem.partner == second)] = number
    return served


def demand_of_block(problem: Problem) -> IntArray:
    """Index of the demand that each joint block serves in time; -1 where it serves none."""
    served = served_demand(problem)[problem.first_of_block]
    deadline = problem.phase_of_demand[served] if len(problem.demands) else served
    return np.where((served >= 0) & (problem.phase_of_block <= deadline), served, -1)


def delivered_bits(
    problem: Problem, block_bits: FloatArray, deliveries: Sequence[Delivery]
) -> FloatArray:
    """Bits that each demand gets, of relays and of joint blocks; shape (demands,). [bit]"""
    bits = np.zeros(len(problem.demands))
    for delivery in deliveries:
        bits[delivery.demand] += delivery.bits
    served = demand_of_block(problem)
    np.add.at(bits, served[served >= 0], block_bits[served >= 0])
    return bits


def reached_bits(
    problem: Problem, amounts: Amounts, block_bits: FloatArray, deliveries: Sequence[Delivery]
) -> FloatArray:
    """Bits that demands get here by each of their milestones, shape (amounts,). [bit]"""
    of_relay = np.array([one.demand for one in deliveries], dtype=np.int64)
    phase = problem.phase_at(one.by_s for one in deliveries)
    if len(problem.demands):
        phase = np.minimum(phase, problem.phase_of_demand[of_relay])
    demand = np.concatenate((of_relay, demand_of_block(problem)))
    bits = np.concatenate(([float(one.bits) for one in deliveries], block_bits))
    phase = np.concatenate((phase, problem.phase_of_block))
    some = (demand >= 0) & (bits > 0)
    demand, bits, phase = demand[some], bits[some], phase[some]
    fits = (amounts.demand[:, np.newaxis] == demand) & (amounts.phase[:, np.newaxis] >= phase)
    return np.asarray(fits @ bits)


def bit_worth(problem: Problem) -> FloatArray:
    """Worth of a bit of each contact by itself: a spare one, or one a joint contact delivers."""
    weight = np.array([problem.spare_weight, *(d.weight for d in problem.demands)])
    return np.asarray(weight[1 + served_demand(problem)])


def block_worth(problem: Problem) -> FloatArray:
    """Worth of a bit of each block by itself: what a joint block delivers too late is spare."""
    weight = np.array([problem.spare_weight, *(d.weight for d in problem.demands)])
    return np.asarray(weight[1 + demand_of_block(problem)])


def deliver(
    problem: Problem, chosen: BoolArray, amounts: Amounts | None = None
) -> tuple[tuple[Delivery, ...], float]:
    """Spend the keys of the chosen contacts best.

    Parameters
    ----------
    problem, chosen
        Contacts, and which of them are scheduled.
    amounts
        Amounts to serve before the weights count; None for none.

    Returns
    -------
    deliveries
        Whole bits that the pools can bear, largest first.
    rounding
        What splitting bits could be worth beyond that. [bit]

    Notes
    -----
    With the pools known, what is left is a fractional matching: at a vertex of its polytope
    every delivery is a multiple of half a bit when pools hold whole bits [1]_. Halves are
    dropped and the bits that this frees handed out again, dearest pair first.

    References
    ----------
    .. [1] A. Schrijver, *Combinatorial Optimization*, Springer, 2003, ch. 30 (half-integrality
       of fractional matchings; recalled).
    """
    keys = problem.block_bits(chosen)
    found_options = options_of(problem, chosen, keys, chosen=True)
    pools, pool_bits, options = found_options.pools, found_options.bits, found_options.relays
    claims = claims_of(options)
    if amounts is not None:
        joint = reached_bits(problem, amounts, keys, ())
        amounts = replace(amounts, already_bits=amounts.already_bits + joint)
    split = _split_bits(options, claims, pool_bits, amounts)
    bits = _whole_bits(options, claims, pool_bits, split, amounts)
    rounding = math.fsum(options.profit * (split - bits)) if len(options) else 0.0
    by_s = problem.deadlines_s[options.phase].tolist()
    found = [
        Delivery(
            satellite=satellite,
            demand=demand,
            bits=count,
            by_s=until,
            block_a=pools.blocks(a),
            block_b=pools.blocks(b),
        )
        for satellite, demand, count, until, a, b in zip(
            options.satellite.tolist(),
            options.demand.tolist(),
            bits,
            by_s,
            options.pool_a.tolist(),
            options.pool_b.tolist(),
            strict=True,
        )
        if count > 0
    ]
    found.sort(key=lambda d: (-d.bits, d.satellite, d.demand, d.by_s))
    return tuple(found), max(0.0, rounding)


def _whole_bits(
    options: Relays,
    claims: Claims,
    pool_bits: FloatArray,
    split: FloatArray,
    amounts: Amounts | None,
) -> list[int]:
    """Drop parts of bits, and hand out what this frees: for amounts, then to the dearest pair."""
    left = [math.floor(bits) for bits in pool_bits[claims.phase, claims.pool].tolist()]
    rows: list[list[int]] = [[] for _ in range(len(options))]
    for row, relay in zip(claims.row.tolist(), claims.relay.tolist(), strict=True):
        rows[relay].append(row)
    bits = [0] * len(options)

    def take(index: int, wish: float) -> None:
        taken = min(wish, *(left[row] for row in rows[index]))
        bits[index] += taken
        for row in rows[index]:
            left[row] -= taken

    by_profit = np.argsort(-options.profit, kind="stable").tolist()
    whole = np.floor(split + WHOLE_BIT).astype(np.int64).tolist()
    for index in by_profit:
        take(index, whole[index])
    for serving, open_bits in () if amounts is None else _to_complete(options, amounts, split):
        for index in [one for one in by_profit if one in serving]:
            take(index, max(0, open_bits - sum(bits[one] for one in serving)))
    for index in by_profit:
        if options.profit[index] > 0:
            take(index, math.inf)
    return bits


def _to_complete(
    options: Relays, amounts: Amounts, split: FloatArray
) -> Iterator[tuple[frozenset[int], int]]:
    """Yield the relays that serve each open amount, and the whole bits that it lacks.

    First those that the best deliveries of split bits meet, then the dearest.
    """
    asked = np.flatnonzero(amounts.open)
    lacking = np.ceil((amounts.needed_bits - amounts.already_bits)[asked])
    amount, relay = amounts.serving(options.demand, options.phase)
    reached = np.bincount(amount, weights=split[relay], minlength=asked.size)
    short = reached < lacking - WHOLE_BIT * lacking.clip(1.0)
    for one in np.lexsort((amounts.phase[asked], -amounts.met[asked], short)).tolist():
        yield frozenset(relay[amount == one].tolist()), int(lacking[one])


def _split_bits(
    options: Relays, claims: Claims, pool_bits: FloatArray, amounts: Amounts | None
) -> FloatArray:
    """Best deliveries when bits can be split, with halves restored to full precision. [bit]"""
    if len(options) == 0:
        return np.zeros(0)
    held = pool_bits[claims.phase, claims.pool]
    wished = np.bincount(claims.row, weights=options.most_bits[claims.relay], minlength=held.size)
    if np.all(wished <= held) and np.all(options.profit > 0):
        return options.most_bits
    unit = 2.0 ** math.frexp(float(options.most_bits.max()))[1]
    answer = maximise(
        _with_amounts(
            Model(
                worth=options.profit / np.abs(options.profit).max(),
                upper=options.most_bits / unit,
                integer=np.zeros(len(options), dtype=np.bool_),
                limit=held / unit,
                row=claims.row,
                column=claims.relay,
                value=np.ones(claims.row.size),
            ),
            options,
            amounts,
            unit,
        )
    )
    if answer.columns is None:
        return np.zeros(len(options))
    bits = np.clip(answer.columns[: len(options)] * unit, 0.0, options.most_bits)
    halves = np.round(2.0 * bits) / 2.0
    return np.where(np.abs(bits - halves) < 1e-3, halves, bits)


def _with_amounts(model: Model, options: Relays, amounts: Amounts | None, unit: float) -> Model:
    """Add the share of each open amount and whether all of it is served, both worth most."""
    if amounts is None or not amounts.open.any():
        return model
    asked = np.flatnonzero(amounts.open)
    at, relay = amounts.serving(options.demand, options.phase)
    needed, count = amounts.needed_bits[asked] / unit, asked.size
    share, rows = len(options) + np.arange(count), model.limit.size + np.arange(count)
    most = SHARE_WORTH * (float(np.abs(model.worth * model.upper).sum()) or 1.0)
    met = amounts.met[asked] / amounts.share
    return Model(
        worth=np.concatenate((model.worth, np.full(count, most), most * met)),
        upper=np.concatenate((model.upper, np.ones(2 * count))),
        integer=np.concatenate((model.integer, np.repeat([False, True], count))),
        limit=np.concatenate((model.limit, amounts.already_bits[asked] / unit, np.zeros(count))),
        row=np.concatenate((model.row, rows, rows[at], rows + count, rows + count)),
        column=np.concatenate((model.column, share, relay, share + count, share)),
        value=np.concatenate(
            (model.value, needed, -np.ones(relay.size), np.ones(count), -np.ones(count))
        ),
    )


def worth_bits(problem: Problem, chosen: BoolArray, deliveries: tuple[Delivery, ...]) -> float:
    """Weighted bits of a plan and of contacts kept, the same in any order of contacts. [bit]"""
    bits, joint = problem.block_bits(chosen), problem.joint[problem.first_of_block]
    relayed = math.fsum(problem.demands[d.demand].weight * d.bits for d in deliveries)
    spare = math.fsum(bits[~joint]) - 2 * sum(d.bits for d in deliveries)
    shared = math.fsum(block_worth(problem)[joint] * bits[joint])
    if not problem.waits_freely:
        spare -= lost_bits(problem, chosen, bits, deliveries).bits
    kept = math.fsum(problem.keeping_bits[chosen])
    return relayed + problem.spare_weight * spare + shared + kept


def most_worth_bits(problem: Problem) -> float:
    """Worth of every contact scheduled and every bit spent the dearest way, of stock too. [bit]

    An upper limit of any plan where no contact lowers the key of its block.
    """
    bits = problem.block_bits(np.ones(len(problem), dtype=np.bool_))
    worth = math.fsum(bits * dearest_worth(problem)[problem.first_of_block])
    worth += math.fsum(problem.keeping_bits)
    if problem.stock_bits is None:
        return worth
    return worth + math.fsum(problem.stock_bits * _relayed_worth(problem))


def dearest_worth(problem: Problem) -> FloatArray:
    """Worth of a bit of each contact if spent the dearest way."""
    extra = _relayed_worth(problem)
    own = np.where(problem.joint, 0.0, extra[pool_of_contact(problem)])
    return np.asarray(bit_worth(problem) + own)


def _relayed_worth(problem: Problem) -> FloatArray:
    """Worth of a bit of each pool beyond a spare one, if relayed the dearest way.

    A relayed bit costs one bit of either pool, so each of the two brings half its worth.
    """
    pool_bits = pools_bits(problem, problem.block_bits(np.ones(len(problem), dtype=np.bool_)))
    options = relays(problem, pool_bits)
    extra = np.zeros(pool_bits.shape[1])
    np.maximum.at(extra, options.pool_a, options.profit / 2)
    np.maximum.at(extra, options.pool_b, options.profit / 2)
    return extra
