"""A problem as a mixed-integer linear program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.schedule.ages import age_rows
from satqkd.schedule.amounts import Amounts
from satqkd.schedule.core_cuts import Cuts
from satqkd.schedule.delivery import block_worth, demand_of_block, reached_bits
from satqkd.schedule.groups import Groups
from satqkd.schedule.highs import Model
from satqkd.schedule.lots import Options, options_of
from satqkd.schedule.problem import Problem, Solution
from satqkd.schedule.relays import Pools, Relays, claims_of
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Formulation:
    """A model whose columns are contacts, keys of blocks, relays, then shares of amounts."""

    model: Model
    contact: IntArray
    """Contact behind each of the first columns."""
    block: IntArray
    """Block behind each of the next."""
    full_bits: FloatArray
    """What one unit of those stands for: most of its key. [bit]"""
    relays: Relays
    """What the next columns stand for."""
    pools: Pools
    """What they take from."""
    amounts: Amounts | None
    """Amounts that demands ask for: of each that is open a column for the share that is served,
    then one for whether all of it is; None for none."""
    unit_bits: float
    """Worth of one unit of the model's objective. [bit]"""

    def x(self, columns: FloatArray, count: int) -> FloatArray:
        """Return how much of each of ``count`` contacts a point schedules."""
        x = np.zeros(count)
        x[self.contact] = columns[: self.contact.size]
        return x

    def bits(self, columns: FloatArray) -> FloatArray:
        """Return the key a point gives each of ``block``. [bit]"""
        first = self.contact.size
        return np.asarray(columns[first : first + self.block.size] * self.full_bits)

    def guess(self, problem: Problem, plan: Solution) -> FloatArray:
        """Return the columns of a known plan."""
        options = self.relays
        phase = problem.phase_at(d.by_s for d in plan.deliveries).tolist()
        delivered: dict[tuple[int, ...], int] = {}
        for d, by in zip(plan.deliveries, phase, strict=True):
            key = (d.demand, by, *self.pools.places(d))
            delivered[key] = delivered.get(key, 0) + d.bits
        columns = (options.demand, options.phase, options.pool_a, options.pool_b)
        keys = zip(*(column.tolist() for column in columns), strict=True)
        bits = np.array([delivered.get(key, 0) for key in keys], dtype=np.float64)
        made = problem.block_bits(plan.chosen)
        parts = [
            plan.chosen[self.contact].astype(np.float64),
            np.minimum(made[self.block] / self.full_bits, 1.0),
            bits / np.maximum(options.most_bits, 1.0),
        ]
        if self.amounts is not None:
            served = reached_bits(problem, self.amounts, made, plan.deliveries)
            served += self.amounts.already_bits
            asked = self.amounts.open
            share = np.minimum(1.0, served[asked] / self.amounts.needed_bits[asked])
            parts += [share, np.floor(share)]
        return np.concatenate(parts)


def formulate(
    problem: Problem,
    cliques: Groups,
    *,
    active: BoolArray,
    cuts: Cuts | None = None,
    most_bits: FloatArray | None = None,
    amounts: Amounts | None = None,
    price: FloatArray | None = None,
    whole: bool = True,
) -> Formulation:
    r"""Write a problem as a mixed-integer linear program.

    .. math::

        \max \sum_b v_b K_b + \sum_r (w_r - 2 s)\, y_r
             + \sum_i (c_i - \lambda_i)\, x_i, \qquad
        \sum_{i \in C} x_i \le 1, \qquad
        K_b \le \sum_{i \in b} a_i x_i, \qquad
        \sum_{r \ni p,\; t_r \le t} y_r \le \text{stock}_p + \sum_{b \in p,\; t_b \le t} K_b

    with :math:`x_i \in \{0, 1\}` for contact *i*, which is worth :math:`c_i` if it is kept and
    costs :math:`\lambda_i` besides, the key :math:`K_b` of block *b*, each of its bits worth
    :math:`v_b` (:math:`s`, or the weight of the demand that a joint block serves), bits
    :math:`y_r \ge 0` that relay *r* (a satellite, a demand of weight :math:`w_r` and a deadline
    :math:`t_r` of it) delivers,
    :math:`s` the worth of a spare bit, one row per maximal clique *C*, per rule, per limit of a
    block (:mod:`satqkd.schedule.core_cuts`), and per pool *p* that a relay claims and deadline *t*
    of one. Where key may not wait for its relay however long, or not all of it, pools are single
    blocks and memories (:mod:`satqkd.schedule.lots`). The key of a block of one contact is
    :math:`k_i x_i`, without a column of its own. An
    amount :math:`A_j` by :math:`t_j` has a share :math:`f_j \le 1`,
    :math:`A_j f_j \le \sum_{t_r \le t_j} y_r`, and a column :math:`u_j \in \{0, 1\}`,
    :math:`u_j \le f_j`, each worth more than all weights together.

    Parameters
    ----------
    problem
        Contacts in blocks.
    cliques
        Its clashes.
    active
        Contacts that may be scheduled.
    cuts
        Limits on the blocks of two and more active contacts, at least one for each; none needed
        where there is no such block.
    most_bits
        Most key of each block, shape (blocks,); None for that of all its active contacts. [bit]
    amounts
        Amounts that demands ask for, served before the weights count; None for none.
    price
        What scheduling a contact costs besides, shape (n,); None for nothing. [bit]
    whole
        Whether contacts are scheduled whole or not at all.

    Notes
    -----
    Keys span many orders of magnitude while the tolerances of a solver are absolute, so a
    block's column and rows are divided by all its key, a pool's row by all the key it could hold,
    and a relay's column by all it could carry.
    """
    contact = np.flatnonzero(active)
    column = np.full(len(problem), -1)
    column[contact] = np.arange(contact.size)
    full = problem.block_bits(active) if most_bits is None else most_bits
    sizes = np.bincount(problem.block[contact], minlength=full.size)
    block = np.flatnonzero((sizes > 1) & (full > 0))
    place = np.full(full.size, -1)
    place[block] = contact.size + np.arange(block.size)
    relayed = options_of(problem, active, full, chosen=False)
    options = relayed.relays
    rows = _Rows()
    held = column[cliques.members] >= 0
    rows.add(
        row=cliques.number[held],
        column=column[cliques.members[held]],
        value=np.ones(int(held.sum())),
        limit=np.ones(len(cliques)),
    )
    for rule in problem.rules:
        on = column[rule.contacts] >= 0
        rows.add(
            row=np.zeros(int(on.sum()), dtype=np.int64),
            column=column[rule.contacts[on]],
            value=rule.use[on] / max(rule.most, float(rule.use.max(initial=1.0))),
            limit=np.array([rule.most / max(rule.most, float(rule.use.max(initial=1.0)))]),
        )
    if cuts is not None and len(cuts):
        _add_cuts(rows, cuts, column=column, place=place, full=full)
    _add_pools(problem, rows, relayed, contact=contact, sizes=sizes, full=full, place=place)
    _add_ages(problem, rows, relayed, active=active, column=column, first=contact.size + block.size)
    worth_of_block = block_worth(problem)
    single = sizes[problem.block[contact]] == 1
    worth_x = np.where(
        single, worth_of_block[problem.block[contact]] * problem.key_bits[contact], 0.0
    )
    worth_x = worth_x + problem.keeping_bits[contact]
    if price is not None:
        worth_x = worth_x - price[contact]
    worth = np.concatenate(
        (worth_x, worth_of_block[block] * full[block], options.profit * options.most_bits)
    )
    whole_columns = np.arange(worth.size) < contact.size
    if amounts is not None:
        _add_amounts(
            problem, rows, options, amounts,
            contact=contact, single=single, block=block, full=full, first=worth.size,
        )  # fmt: skip
        count = int(np.count_nonzero(amounts.open))
        worth = np.concatenate((worth, np.full(count, amounts.share), amounts.met[amounts.open]))
        whole_columns = np.append(whole_columns, np.repeat([False, True], count))
    lower = np.zeros(worth.size)
    lower[: contact.size] = problem.in_any_case[contact]
    unit = float(np.abs(worth).max(initial=0.0)) or 1.0
    return Formulation(
        model=Model(
            worth=worth / unit,
            upper=np.ones(worth.size),
            integer=whole_columns & whole,
            lower=lower,
            **rows.arrays(),
        ),
        contact=contact,
        block=block,
        full_bits=full[block],
        relays=options,
        pools=relayed.pools,
        amounts=amounts,
        unit_bits=unit,
    )


class _Rows:
    """Rows of a model, gathered part by part."""

    def __init__(self) -> None:
        self.parts: list[tuple[IntArray, IntArray, FloatArray]] = []
        self.limits: list[FloatArray] = []
        self.count = 0

    def add(self, *, row: IntArray, column: IntArray, value: FloatArray, limit: FloatArray) -> None:
        self.parts.append((row + self.count, column, value))
        self.limits.append(limit)
        self.count += limit.size

    def arrays(self) -> dict[str, np.ndarray]:
        row, column, value = (np.concatenate(part) for part in zip(*self.parts, strict=True))
        return {
            "limit": np.concatenate(self.limits),
            "row": row,
            "column": column,
            "value": value,
        }


def _add_cuts(
    rows: _Rows, cuts: Cuts, *, column: IntArray, place: IntArray, full: FloatArray
) -> None:
    """Add the limits of blocks that have a column, divided by all the key of the block."""
    kept = cuts.take(np.flatnonzero(place[cuts.block] >= 0))
    scale = full[kept.block]
    row = kept.orders.number
    on = column[kept.orders.members] >= 0
    rows.add(
        row=np.concatenate((row[on], np.arange(len(kept)))),
        column=np.concatenate((column[kept.orders.members[on]], place[kept.block])),
        value=np.concatenate((-kept.worth[on] / scale[row[on]], np.ones(len(kept)))),
        limit=np.zeros(len(kept)),
    )


def _add_pools(
    problem: Problem,
    rows: _Rows,
    relayed: Options,
    *,
    contact: IntArray,
    sizes: IntArray,
    full: FloatArray,
    place: IntArray,
) -> None:
    """Add a row a pool: what relays take is what its blocks hold; and a row a memory."""
    options, held = relayed.relays, relayed.bits
    claims = claims_of(options)
    total = np.maximum(held[claims.phase, claims.pool], 1.0)
    relay = int(contact.size + np.count_nonzero(place >= 0)) + claims.relay
    carried = options.most_bits[claims.relay] / total[claims.row]
    pool, phase = relayed.pools.of_block, problem.phase_of_block
    own = problem.block[contact]
    single = (sizes[own] == 1) & (problem.key_bits[contact] > 0)
    parts = [(claims.row, relay, carried)]
    for late in np.unique(claims.phase).tolist():
        rows_of_pool = np.full(held.shape[1], -1)
        rows_of_pool[claims.pool[claims.phase == late]] = np.flatnonzero(claims.phase == late)
        at = np.where((pool >= 0) & (phase <= late), rows_of_pool[pool], -1)
        blocks = np.flatnonzero((at >= 0) & (place >= 0))
        alone = np.flatnonzero(single & (at[own] >= 0))
        parts += [
            (at[blocks], place[blocks], -full[blocks] / total[at[blocks]]),
            (at[own[alone]], alone, -problem.key_bits[contact[alone]] / total[at[own[alone]]]),
        ]
    stock = relayed.pools.stock_bits
    row, column, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    rows.add(row=row, column=column, value=value, limit=stock[claims.pool] / total)


def _add_ages(
    problem: Problem,
    rows: _Rows,
    relayed: Options,
    *,
    active: BoolArray,
    column: IntArray,
    first: int,
) -> None:
    """Add rows of relays whose two keys may be made too far apart; their columns begin so."""
    found = list(age_rows(problem, relayed, active))
    if not found:
        return
    entries = [
        (row, place, value)
        for row, one in enumerate(found)
        for place, value in (
            (first + one.relay, 1.0),
            (int(column[one.contact]), 1.0),
            *((int(column[other]), -1.0) for other in one.others),
        )
    ]
    row, place, value = zip(*entries, strict=True)
    rows.add(
        row=np.array(row, dtype=np.int64),
        column=np.array(place, dtype=np.int64),
        value=np.array(value),
        limit=np.ones(len(found)),
    )


def _add_amounts(
    problem: Problem,
    rows: _Rows,
    options: Relays,
    amounts: Amounts,
    *,
    contact: IntArray,
    single: BoolArray,
    block: IntArray,
    full: FloatArray,
    first: int,
) -> None:
    """Add two rows an open amount: its share is what is delivered, and it is met by all of it."""
    asked = np.flatnonzero(amounts.open)
    needed = amounts.needed_bits[asked]
    share = first + np.arange(asked.size)
    parts = [(np.arange(asked.size), share, np.ones(asked.size))]
    at, relay = amounts.serving(options.demand, options.phase)
    begin = first - len(options)
    parts.append((at, begin + relay, -options.most_bits[relay] / needed[at]))
    served, phase = demand_of_block(problem), problem.phase_of_block
    own = problem.block[contact]
    at, lone = amounts.serving(np.where(single, served[own], -1), phase[own])
    parts.append((at, lone, -problem.key_bits[contact[lone]] / needed[at]))
    at, joint = amounts.serving(served[block], phase[block])
    parts.append((at, contact.size + joint, -full[block[joint]] / needed[at]))
    row, column, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    rows.add(row=row, column=column, value=value, limit=amounts.already_bits[asked] / needed)
    rows.add(
        row=np.tile(np.arange(asked.size), 2),
        column=np.concatenate((share + asked.size, share)),
        value=np.repeat([1.0, -1.0], asked.size),
        limit=np.zeros(asked.size),
    )
