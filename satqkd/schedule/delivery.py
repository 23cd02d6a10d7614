"""How to spend the keys of chosen contacts on pairs of stations, and what that is worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from satqkd.schedule.amounts import Amounts
from satqkd.schedule.highs import Model, maximise
from satqkd.schedule.problem import Delivery, Problem
from satqkd.units import BoolArray, FloatArray, IntArray

WHOLE_BIT: Final = 1e-6
"""Numerical: bits so near to a whole number are one. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relays:
    """Every satellite and demand that could be brought together at a profit."""

    satellite: IntArray
    """Index of the satellite."""
    demand: IntArray
    """Index of the demand."""
    phase: IntArray
    """Which deadline it has."""
    pool_a: IntArray
    """Flat index satellite · stations + station of the first pool it claims on."""
    pool_b: IntArray
    """Flat index of the second."""
    profit: FloatArray
    """Worth of a delivered bit beyond leaving one spare in each pool."""
    most_bits: FloatArray
    """The smaller of its pools by its deadline. [bit]"""

    def __len__(self) -> int:
        return int(self.satellite.size)

    def take(self, index: IntArray) -> Relays:
        """Return some of them."""
        return Relays(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


def pool_of_contact(problem: Problem) -> IntArray:
    """Flat index satellite · stations + station of the pool each contact of one station fills."""
    return problem.satellite * problem.station_gap_s.size + problem.station


def pools_bits(problem: Problem, block_bits: FloatArray) -> FloatArray:
    """Key in every pool by each deadline, shape (deadlines, pools). [bit]

    Exactly rounded, whatever the order of blocks.
    """
    first = problem.first_of_block
    filling = (block_bits != 0) & ~problem.joint[first]
    size = problem.satellite_gap_s.size * problem.station_gap_s.size
    stock = np.zeros(size) if problem.stock_bits is None else problem.stock_bits
    phase = problem.phase_of_block[filling]
    pool = pool_of_contact(problem)[first[filling]]
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
    """List the satellites and demands for which both pools hold key by the deadline.

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
    satellite = np.repeat(np.arange(satellites), weight.size)
    demand = np.tile(np.arange(weight.size), satellites)
    phase = problem.phase_of_demand[demand]
    pool_a, pool_b = (satellite * stations + ends[demand, side] for side in (0, 1))
    profit = weight[demand] - 2.0 * problem.spare_weight
    most = np.minimum(pool_bits[phase, pool_a], pool_bits[phase, pool_b])
    asked = np.array([d.at_least_bits > 0 for d in problem.demands], dtype=np.bool_)
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
    every = np.tile(np.arange(len(options)), 2)
    pool = np.concatenate((options.pool_a, options.pool_b))
    phase = np.tile(options.phase, 2)
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
    pool_bits = pools_bits(problem, keys)
    options = relays(problem, pool_bits)
    claims = claims_of(options)
    if amounts is not None:
        joint = delivered_bits(problem, keys, ())
        amounts = replace(amounts, already_bits=amounts.already_bits + joint)
    split = _split_bits(options, claims, pool_bits, amounts)
    whole = np.floor(split + WHOLE_BIT).astype(np.int64).tolist()
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
    demand = options.demand.tolist()
    for index in by_profit:
        take(index, whole[index])
    if amounts is not None:
        open_bits = (amounts.needed_bits - amounts.already_bits).tolist()
        for index in by_profit:
            so_far = sum(
                n for n, served in zip(bits, demand, strict=True) if served == demand[index]
            )
            take(index, max(0, math.ceil(open_bits[demand[index]]) - so_far))
    for index in by_profit:
        if options.profit[index] > 0:
            take(index, math.inf)
    rounding = math.fsum(options.profit * (split - bits)) if len(options) else 0.0
    found = [
        Delivery(satellite=satellite, demand=demand, bits=count)
        for satellite, demand, count in zip(
            options.satellite.tolist(), options.demand.tolist(), bits, strict=True
        )
        if count > 0
    ]
    found.sort(key=lambda d: (-d.bits, d.satellite, d.demand))
    return tuple(found), max(0.0, rounding)


def _split_bits(
    options: Relays, claims: Claims, pool_bits: FloatArray, amounts: Amounts | None
) -> FloatArray:
    """Best deliveries when bits can be split, with halves restored to full precision. [bit]"""
    if len(options) == 0:
        return np.zeros(0)
    held = pool_bits[claims.phase, claims.pool]
    wished = np.bincount(claims.row, weights=options.most_bits[claims.relay], minlength=held.size)
    if np.all(wished <= held):
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
    place = np.full(amounts.needed_bits.size, -1)
    place[asked] = np.arange(asked.size)
    relay = np.flatnonzero(place[options.demand] >= 0)
    at = place[options.demand[relay]]
    needed, count = amounts.needed_bits[asked] / unit, asked.size
    share, rows = len(options) + np.arange(count), model.limit.size + np.arange(count)
    most = float(np.abs(model.worth * model.upper).sum()) or 1.0
    return Model(
        worth=np.concatenate(
            (model.worth, np.full(count, 100.0 * most), np.full(count, 100.0 * most * (count + 1)))
        ),
        upper=np.concatenate((model.upper, np.ones(2 * count))),
        integer=np.concatenate((model.integer, np.repeat([False, True], count))),
        limit=np.concatenate((model.limit, amounts.already_bits[asked] / unit, np.zeros(count))),
        row=np.concatenate((model.row, rows, rows[at], rows + count, rows + count)),
        column=np.concatenate((model.column, share, relay, share + count, share)),
        value=np.concatenate(
            (
                model.value,
                needed,
                -np.ones(relay.size),
                np.ones(count),
                -np.ones(count),
            )
        ),
    )


def worth_bits(problem: Problem, chosen: BoolArray, deliveries: tuple[Delivery, ...]) -> float:
    """Weighted bits of a plan, the same in any order of contacts. [bit]"""
    bits, joint = problem.block_bits(chosen), problem.joint[problem.first_of_block]
    relayed = math.fsum(problem.demands[d.demand].weight * d.bits for d in deliveries)
    spare = math.fsum(bits[~joint]) - 2 * sum(d.bits for d in deliveries)
    shared = math.fsum(block_worth(problem)[joint] * bits[joint])
    return relayed + problem.spare_weight * spare + shared


def most_worth_bits(problem: Problem) -> float:
    """Worth of every contact scheduled and every bit spent the dearest way, of stock too. [bit]

    An upper limit of any plan where no contact lowers the key of its block.
    """
    bits = problem.block_bits(np.ones(len(problem), dtype=np.bool_))
    worth = math.fsum(bits * dearest_worth(problem)[problem.first_of_block])
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
