"""A problem of blocks made ready: what could help, what is known of the keys, and the limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.schedule.amounts import Amounts
from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.core_cuts import Cuts, cuts_along, first_cuts, violated_cuts
from satqkd.schedule.delivery import deliver, reached_bits, worth_bits
from satqkd.schedule.formulation import Formulation, formulate
from satqkd.schedule.groups import Groups
from satqkd.schedule.highs import maximise, proven_bound
from satqkd.schedule.problem import Problem
from satqkd.schedule.subset_keys import SubsetKeys, subset_keys
from satqkd.units import BoolArray, FloatArray, IntArray

VIOLATION: Final = 1e-4
"""Numerical: share of a block's key by which a point may break a limit not yet written down."""
GAIN: Final = 1e-5
"""Numerical: rounds end when the limit of the plan falls by less, relative to it."""
LARGE: Final = 8000
"""Numerical: contacts from which a round takes so long that it has to bring more."""
LARGE_GAIN: Final = 1.5e-2
"""Numerical: as GAIN, from that size on."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoreModel:
    """A problem with what has been found out about its blocks."""

    problem: Problem
    cliques: Groups
    """Its clashes."""
    active: BoolArray
    """Contacts that raise the key of some set of others of their block."""
    most_bits: FloatArray
    """Most key of each block, over the subsets known. [bit]"""
    keys: SubsetKeys
    """Known keys of blocks of several contacts."""
    cuts: Cuts
    """Limits written down."""
    amounts: Amounts | None = None
    """Amounts to serve before the weights count; None for none."""

    def worths(self, chosen: BoolArray) -> tuple[float, float]:
        """Worth of some contacts by the keys they really make, and of the amounts served. [bit]"""
        problem = self.problem
        deliveries, _ = deliver(problem, chosen, self.amounts)
        worth = worth_bits(problem, chosen, deliveries)
        if self.amounts is None:
            return worth, 0.0
        bits = reached_bits(problem, self.amounts, problem.block_bits(chosen), deliveries)
        return worth, self.amounts.worth(bits)

    def worth(self, chosen: BoolArray) -> float:
        """Worth of some contacts with that of the amounts served. [bit]"""
        return sum(self.worths(chosen))

    def formulate(
        self, *, active: BoolArray, whole: bool, price: FloatArray | None = None
    ) -> Formulation:
        """Write the problem of some of the active contacts as a model."""
        return formulate(
            self.problem,
            self.cliques,
            active=active,
            cuts=self.cuts,
            most_bits=self.most_bits,
            amounts=self.amounts,
            price=price,
            whole=whole,
        )

    def with_cuts_at(
        self, formulation: Formulation, columns: FloatArray, *, slack: float = VIOLATION
    ) -> tuple[CoreModel, int]:
        """Add the limits that a point of the model breaks; also how many there are.

        Each holds for all active contacts, also those that the model left out: another model of
        the same blocks may ask for them.

        Parameters
        ----------
        formulation, columns
            The model, and the point.
        slack
            Share of a block's key by which it may break them.
        """
        count = len(self.problem)
        bits = np.zeros(self.most_bits.size)
        bits[formulation.block] = formulation.bits(columns)
        blocks = _several(self.problem, self.active)
        if len(blocks) == 0:
            return self, 0
        number = self.problem.block[blocks.members[blocks.starts[:-1]]]
        found = violated_cuts(
            self.problem,
            blocks,
            self.keys,
            x=formulation.x(columns, count),
            bits=bits[number],
            slack=slack * self.most_bits[number],
        )
        if len(found) == 0:
            return self, 0
        return replace(self, cuts=Cuts.join([self.cuts, found])), len(found)

    def learned(self, chosen: BoolArray) -> tuple[CoreModel, float]:
        """Return the model after a look at the true keys of a choice, and what bounds miss.

        Of large blocks only a sample of subsets is known: where a key turns out larger than some
        limit allows, it is added to the sample and the limits of that block are raised. Limits
        all raised by the excess would do too, and move a bound found before by no more than every
        bit of it spent the dearest way: the second value. [bit]
        """
        problem, keys = self.problem, self.keys
        if not keys.listed:
            return self, 0.0
        bits = problem.block_bits(chosen)
        allowed = self.most_bits.copy()
        np.minimum.at(allowed, self.cuts.block, self.cuts.limits(chosen.astype(np.float64)))
        excess = bits - allowed
        broken = [one for one in np.flatnonzero(excess > 1.0).tolist() if not keys.every(one)]
        if not broken:
            return self, 0.0
        for block in broken:
            keys = keys.learned(block, chosen[keys.members[block]], float(bits[block]))
        again = np.isin(self.cuts.block, broken)
        raised = cuts_along(problem, self.cuts.orders.take(np.flatnonzero(again)), keys)
        most = self.most_bits.copy()
        most[broken] = np.maximum(most[broken], bits[broken])
        kept = self.cuts.take(np.flatnonzero(~again))
        model = replace(self, keys=keys, cuts=Cuts.join([kept, raised]), most_bits=most)
        dearest = max([problem.spare_weight, *(one.weight for one in problem.demands)])
        return model, dearest * float(excess[broken].sum())

    def part(self, contacts: IntArray) -> CoreModel:
        """Return the model of all contacts of some blocks, given by rising index."""
        problem = self.problem.part(contacts)
        old = np.unique(self.problem.block[contacts])
        number = {block: new for new, block in enumerate(old.tolist())}
        mine = self.cuts.take(np.flatnonzero(np.isin(self.cuts.block, old)))
        orders = replace(mine.orders, members=np.searchsorted(contacts, mine.orders.members))
        return CoreModel(
            problem=problem,
            cliques=clash_cliques(problem),
            active=self.active[contacts],
            most_bits=self.most_bits[old],
            keys=self.keys.part(contacts, number, problem.key_of),
            cuts=replace(mine, block=np.searchsorted(old, mine.block), orders=orders),
        )


def core_model(problem: Problem) -> CoreModel:
    """Find out what could help, and write down the first limits."""
    every = np.ones(len(problem), dtype=np.bool_)
    blocks = _several(problem, every)
    keys = subset_keys(problem, blocks)
    active = problem.key_bits > 0
    most = problem.block_bits(every)
    for block, members in keys.members.items():
        most[block] = keys.most_bits(block)
        active[members] = keys.helpful(block)
    active |= problem.in_any_case | (problem.keeping_bits > 0.0)
    some = _several(problem, active)
    return CoreModel(
        problem=problem,
        cliques=clash_cliques(problem),
        active=active,
        most_bits=most,
        keys=keys,
        cuts=first_cuts(problem, some, keys) if len(some) else _none(),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxed:
    """The best plan if contacts could be scheduled in part."""

    model: CoreModel
    """With the limits found on the way."""
    x: FloatArray
    """How much of each contact, shape (n,)."""
    bound: float
    """No plan is worth more, as far as the limits hold. [bit]"""
    clique_price: FloatArray
    """What a little more room in each clash would be worth, shape (cliques,). [bit]"""
    iterations: int
    """Work done."""


def relax(model: CoreModel, *, most_rounds: int = 30) -> Relaxed:
    """Solve the relaxation, adding limits until none that matters is broken.

    Parameters
    ----------
    model
        What to solve.
    most_rounds
        Rounds after which to stop: the bound holds at any of them.
    """
    count, iterations = len(model.problem), 0
    bound = np.inf if model.active.any() else 0.0
    x, price = np.zeros(count), np.zeros(len(model.cliques))
    gain = GAIN if count < LARGE else LARGE_GAIN
    for _ in range(most_rounds if model.active.any() else 0):
        written = model.formulate(active=model.active, whole=False)
        answer = maximise(written.model, interior=True)
        iterations += answer.iterations
        if answer.columns is None or answer.row_price is None:
            break
        limit = proven_bound(written.model, answer.row_price) * written.unit_bits
        before, bound = bound, min(bound, limit)
        x = np.clip(written.x(answer.columns, count), 0.0, 1.0)
        price = answer.row_price[: len(model.cliques)] * written.unit_bits
        model, added = model.with_cuts_at(written, answer.columns)
        if added == 0 or before - bound <= gain * bound:
            break
    return Relaxed(model=model, x=x, bound=bound, clique_price=price, iterations=iterations)


def _several(problem: Problem, active: BoolArray) -> Groups:
    """Active contacts of each block that has at least two, rising."""
    members = np.flatnonzero(active)
    blocks = Groups.by(problem.block[members], members)
    return blocks.take(np.flatnonzero(blocks.sizes > 1))


def _none() -> Cuts:
    nothing = np.zeros(0, dtype=np.int64)
    return Cuts(
        block=nothing,
        orders=Groups(starts=np.zeros(1, dtype=np.int64), members=nothing),
        worth=np.zeros(0),
    )
