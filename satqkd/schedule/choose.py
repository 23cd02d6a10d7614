"""The best contacts of a model: search, look up the true keys, limit them, search again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.schedule.core_model import CoreModel
from satqkd.schedule.delivery import deliver
from satqkd.schedule.formulation import Formulation
from satqkd.schedule.groups import Groups
from satqkd.schedule.highs import maximise
from satqkd.schedule.problem import Problem, Solution
from satqkd.units import BoolArray, FloatArray

RELAXED_ROUNDS: Final = 12
"""Numerical: rounds of limits before contacts are asked for whole."""
RELAXED_VIOLATION: Final = 1e-3
"""Numerical: share of a block's key by which a point may break a limit in those rounds."""
WHOLE_VIOLATION: Final = 1e-7
"""Numerical: the same for an answer of whole contacts."""
NODES: Final = 50
"""Numerical: nodes of the first search trees; four times as many once no limit is broken."""
NODE_WORK: Final = 200
"""Numerical: iterations that a node takes, about, until a tree has taken more: none is begun larger
than work allows."""
LOOK_WORK: Final = 3000
"""Numerical: iterations that take as long as the rest of a look without a tree, about."""
LEAST_GAP: Final = 1e-9
"""Numerical: no plan is taken for better by less, relative to it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice:
    """Contacts chosen of a model, with what they are worth."""

    model: CoreModel
    """With the limits found on the way."""
    chosen: BoolArray
    """Which contacts, shape (n,)."""
    worth: float
    """By their true keys, prices paid. [bit]"""
    bound: float
    """No choice is worth more, as far as the limits hold. [bit]"""
    missed: float
    """By how much bounds found before with the same limits have to be raised. [bit]"""
    iterations: int
    """Work done."""


def choose(
    model: CoreModel,
    *,
    active: BoolArray,
    start: BoolArray,
    work: int,
    relative_gap: float = 1e-4,
    price: FloatArray | None = None,
    look: bool = True,
) -> Choice:
    """Search for the best contacts of a model.

    Parameters
    ----------
    model
        What to choose from.
    active
        Contacts that may be chosen.
    start
        A choice to begin with, free of clashes.
    work
        Iterations of the simplex method, after those with contacts in part, after which no
        further search begins.
    relative_gap
        Distance to the bound that is good enough.
    price
        What scheduling a contact costs, shape (n,); None for nothing. [bit]
    look
        Whether to look for a good choice first, without a tree, whatever the work; needless where
        ``start`` is one.

    Returns
    -------
    Choice
        Never worth less than ``start``, nor than nothing.
    """
    search = _Search(model, active, price)
    search.try_out(start)
    search.relax(relative_gap)
    work += search.iterations
    more = search.open(relative_gap) and (not look or search.look(relative_gap))
    while more and search.open(relative_gap) and search.iterations < work:
        more = search.whole(relative_gap, work - search.iterations)
    return Choice(
        model=search.model,
        chosen=search.best,
        worth=search.worth,
        bound=max(search.bound, search.worth),
        missed=search.missed,
        iterations=search.iterations,
    )


class _Search:
    """The best choice so far, and how much better another can be."""

    def __init__(self, model: CoreModel, active: BoolArray, price: FloatArray | None) -> None:
        self.model, self.active, self.price = model, active, price
        self.best = model.problem.in_any_case
        self.tried = self.best
        self.worth, self.bound = 0.0, np.inf
        self.missed = 0.0
        if self.best.any():
            self.worth = model.worth(self.best)
            self.worth -= 0.0 if price is None else float(price[self.best].sum())
        self.iterations = 0
        self.nodes = NODES
        self.node_work = NODE_WORK

    def open(self, relative_gap: float) -> bool:
        """Whether more may be gained than is asked for."""
        return self.bound > self.worth * (1.0 + max(relative_gap, LEAST_GAP))

    def try_out(self, chosen: BoolArray) -> None:
        """Look up what a choice is worth, and keep the best."""
        if np.array_equal(chosen, self.tried):
            return
        self.tried = chosen
        worth = self.model.worth(chosen)
        worth -= 0.0 if self.price is None else float(self.price[chosen].sum())
        self.model, missed = self.model.learned(chosen)
        self.bound += missed
        self.missed += missed
        if worth > self.worth:
            self.best, self.worth = chosen, worth

    def relax(self, relative_gap: float) -> None:
        """Add the limits that contacts in part break."""
        for _ in range(RELAXED_ROUNDS):
            found = self._in_part()
            if found is None or not self.open(relative_gap):
                return
            written, columns = found
            x = written.x(columns, len(self.model.problem))
            self.try_out(rounded(self.model.problem, self.model.cliques, x))
            self.model, added = self.model.with_cuts_at(written, columns, slack=RELAXED_VIOLATION)
            if added == 0:
                return

    def _in_part(self) -> tuple[Formulation, FloatArray] | None:
        """Bound the model by contacts in part; None when nothing is left to choose."""
        written = self.model.formulate(active=self.active, whole=False, price=self.price)
        if written.contact.size == 0:
            self.bound = 0.0
            return None
        answer = maximise(written.model)
        self.iterations += answer.iterations
        self.bound = min(self.bound, answer.bound * written.unit_bits)
        return None if answer.columns is None else (written, answer.columns)

    def look(self, relative_gap: float) -> bool:
        """Look for a good choice without a tree; False if nothing is left."""
        self.iterations += LOOK_WORK
        return self._search(relative_gap, nodes=1, tree_only=False)[1]

    def whole(self, relative_gap: float, work: int) -> bool:
        """Search a tree, and add the limits that its answer breaks; False if nothing is left."""
        nodes = min(self.nodes, 1 + work // self.node_work)
        added, more = self._search(relative_gap, nodes=nodes, tree_only=True)
        if added == 0:
            self.nodes *= 4
        return more

    def _search(self, relative_gap: float, *, nodes: int, tree_only: bool) -> tuple[int, bool]:
        """How many limits an answer of whole contacts breaks, and whether more can be found."""
        written = self.model.formulate(active=self.active, whole=True, price=self.price)
        answer = maximise(
            written.model,
            relative_gap=0.5 * relative_gap,
            nodes=nodes,
            guess=_columns(written, self.model, self.best),
            tree_only=tree_only,
        )
        self.iterations += answer.iterations
        if tree_only and answer.nodes > 0:
            self.node_work = max(NODE_WORK, answer.iterations // answer.nodes)
        self.bound = min(self.bound, answer.bound * written.unit_bits)
        if answer.columns is None:
            return 0, False
        known = self.model.keys
        self.try_out(written.x(answer.columns, len(self.model.problem)) > 0.5)
        self.model, added = self.model.with_cuts_at(written, answer.columns, slack=WHOLE_VIOLATION)
        changed = added > 0 or self.model.keys is not known
        return added, changed or not answer.finished


def rounded(problem: Problem, cliques: Groups, x: FloatArray) -> BoolArray:
    """Take contacts by how much of each is scheduled, as long as they clash with none taken."""
    chosen = problem.in_any_case.copy()
    of = Groups.by(cliques.members, cliques.number)
    clashing = np.unique(cliques.members)
    mine = dict(zip(clashing.tolist(), of.parts(), strict=True))
    busy = np.zeros(len(cliques), dtype=np.bool_)
    busy[cliques.number[chosen[cliques.members]]] = True
    rules_of: dict[int, list[tuple[int, float]]] = {}
    for number, rule in enumerate(problem.rules):
        for contact, use in zip(rule.contacts.tolist(), rule.use.tolist(), strict=True):
            rules_of.setdefault(contact, []).append((number, use))
    left = [rule.most * (1.0 + 1e-9) - rule.used(chosen) for rule in problem.rules]
    nowhere = np.zeros(0, dtype=np.int64)
    for contact in np.argsort(-x, kind="stable").tolist():
        own = mine.get(contact, nowhere)
        uses = rules_of.get(contact, [])
        if x[contact] <= 1e-6 or chosen[contact] or busy[own].any():
            continue
        if all(use <= left[number] for number, use in uses):
            chosen[contact] = True
            busy[own] = True
            for number, use in uses:
                left[number] -= use
    return chosen


def _columns(written: Formulation, model: CoreModel, chosen: BoolArray) -> FloatArray:
    deliveries, _ = deliver(model.problem, chosen, model.amounts)
    plan = Solution(chosen=chosen, deliveries=deliveries, objective=0.0, bound=0.0, status="")
    return written.guess(model.problem, plan)
