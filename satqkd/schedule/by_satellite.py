"""A plan and its bound, satellite by satellite: they meet only where their stations clash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.schedule.amounts import Amounts
from satqkd.schedule.choose import Choice, choose
from satqkd.schedule.core_model import CoreModel, Relaxed
from satqkd.schedule.delivery import deliver, reached_bits, worth_bits
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem
from satqkd.schedule.rules import Rule
from satqkd.units import BoolArray, FloatArray, IntArray

FIRST_GAP: Final = 2e-3
"""Numerical: distance to its bound at which the first searches of one satellite end."""
LAST_GAP: Final = 1e-4
"""Numerical: the same for those with what work is left."""
BOUND_SHARE: Final = 0.2
"""Numerical: least share of the work that goes into bounds."""
CLUSTER: Final = 400
"""Numerical: contacts up to which satellites that follow each other are searched together."""
SWEEP_GAIN: Final = 1e-4
"""Numerical: sweeps end when one gains less, relative to the plan."""

Told = Callable[[float, float], None]
"""Called with the worth of the plan so far and the bound. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BySatellite:
    """A choice of contacts, and how much better another can be."""

    chosen: BoolArray
    """Which contacts, shape (n,)."""
    worth: float
    """By their true keys. [bit]"""
    bound: float
    """No choice is worth more, as far as the limits hold. [bit]"""
    iterations: int
    """Work done."""
    stopped: bool
    """Whether Ctrl-C ended the search."""


def plan_by_satellite(
    relaxed: Relaxed,
    *,
    work: int,
    relative_gap: float,
    amounts: Amounts | None = None,
    start: BoolArray | None = None,
    told: Told | None = None,
) -> BySatellite:
    r"""Choose contacts satellite after satellite, and again with those of the others known.

    Notes
    -----
    Keys, pools and relays belong to one satellite; what couples them is that a station serves one
    at a time. With prices :math:`\lambda_C \ge 0` on the clashes of different satellites,

    .. math:: \text{bound} = \sum_C \lambda_C + \sum_s
       \max_{x \in X_s} \Bigl( w_s(x) - \sum_{i} x_i \sum_{C \ni i} \lambda_C \Bigr)

    holds for any prices (Lagrange), here those of the relaxation, and the largest values are
    bounded by the search over each satellite. It is nearer than the relaxation's own bound, which
    lets contacts be scheduled in part within a satellite too.
    """
    fleet = _Fleet(relaxed, amounts, told)
    try:
        fleet.search(work, relative_gap, start)
    except KeyboardInterrupt:
        fleet.stopped = True
    return BySatellite(
        chosen=fleet.chosen,
        worth=fleet.worth,
        bound=max(fleet.bound, fleet.worth),
        iterations=fleet.iterations,
        stopped=fleet.stopped,
    )


def _rules_of(problem: Problem, cluster: IntArray) -> list[list[Rule]]:
    """Rules about the contacts of each cluster of satellites, which every contact's is given."""
    found: list[list[Rule]] = [[] for _ in np.unique(cluster)]
    label = np.unique(cluster, return_inverse=True)[1]
    for rule in problem.rules:
        for one in np.unique(label[rule.contacts]).tolist():
            found[one].append(rule)
    return found


class _Fleet:
    """What is chosen so far, satellite by satellite."""

    def __init__(self, relaxed: Relaxed, amounts: Amounts | None, told: Told | None) -> None:
        model = relaxed.model
        problem = model.problem
        self.told = told
        self.whole, self.cliques = problem, model.cliques
        cluster = _clusters(problem.satellite, model.active)[problem.satellite]
        of_member = cluster[model.cliques.members]
        first = model.cliques.starts[:-1]
        self.shared = np.zeros(len(model.cliques), dtype=np.bool_)
        if first.size:
            self.shared = np.not_equal(
                np.minimum.reduceat(of_member, first), np.maximum.reduceat(of_member, first)
            )
        of_clique = np.where(self.shared, relaxed.clique_price, 0.0)
        self.price = np.zeros(len(problem))
        np.add.at(self.price, model.cliques.members, of_clique[model.cliques.number])
        self.contacts: list[IntArray] = Groups.by(cluster, np.arange(len(problem))).parts()
        self.rules = _rules_of(problem, cluster)
        self.parts: list[CoreModel] = [model.part(own) for own in self.contacts]
        self.chosen = problem.in_any_case.copy()
        self.worths = np.zeros(len(self.contacts))
        self.bounds = np.full(len(self.contacts), np.inf)
        self.prices = float(of_clique.sum())
        self.relaxed_bound = relaxed.bound
        self.wished: list[BoolArray] = [np.zeros(own.size, np.bool_) for own in self.contacts]
        self.amounts = amounts
        self.reached = np.zeros((len(self.contacts), 0 if amounts is None else len(amounts)))
        self.idle_most, _ = _from_stock_alone(problem.waiting_freely(), None)
        self.idle, self.idle_bits = _from_stock_alone(problem, amounts)
        self.done: list[tuple[int, bytes, bytes] | None] = [None] * len(self.contacts)
        self.gap = FIRST_GAP
        self.random = np.random.default_rng(0)
        self.iterations = 0
        self.stopped = False

    def search(self, work: int, relative_gap: float, start: BoolArray | None) -> None:
        """Choose at prices, again without, bound each satellite, and choose with what is left.

        With a plan to start from nothing is chosen at prices.
        """
        richest = self.by_richness()
        if start is not None:
            self.take(start)
        for satellite in richest if start is None else ():
            self.improve(satellite, 0, priced=True)
            self.tell()
        share = int(BOUND_SHARE * work)
        self.sweep(0, work - share, relative_gap)
        self.gap = LAST_GAP
        bounded = max((work + self.iterations) // 2, self.iterations + share)
        for place, satellite in enumerate(richest):
            if self.open(relative_gap):
                each = (bounded - self.iterations) // (len(richest) - place)
                self.bound_one(satellite, max(0, each))
                self.tell()
        self.sweep(max(1, (work - self.iterations) // len(richest)), work, relative_gap)

    def take(self, start: BoolArray) -> None:
        """Take a plan for the one so far."""
        self.chosen = start.copy()
        for satellite, own in enumerate(self.contacts):
            problem, chosen = self.parts[satellite].problem, start[own]
            deliveries, _ = deliver(problem, chosen, self._left_for(satellite))
            if self.amounts is not None:
                keys = problem.block_bits(chosen)
                self.reached[satellite] = reached_bits(problem, self.amounts, keys, deliveries)
            self.worths[satellite] = worth_bits(problem, chosen, deliveries)
        self.tell()

    def sweep(self, each: int, until: int, relative_gap: float) -> None:
        """Choose the contacts of all satellites again, in any order, until that gains nothing."""
        gain = np.inf
        while gain > SWEEP_GAIN * self.worth:
            before = self.total
            for satellite in self.random.permutation(len(self.contacts)).tolist():
                if self.iterations < until and self.open(relative_gap):
                    self.improve(satellite, each)
            self.tell()
            gain = self.total - before

    def open(self, relative_gap: float) -> bool:
        """Whether more may be gained than is asked for."""
        return not self.served or self.bound > self.worth * (1.0 + relative_gap)

    @property
    def worth(self) -> float:
        return self.idle + float(self.worths.sum())

    @property
    def served(self) -> bool:
        """Whether every amount is met."""
        return self.amounts is None or bool(np.all(self.amounts.needed_bits <= self.reached_bits))

    @property
    def reached_bits(self) -> FloatArray:
        """What demands get so far by each of their milestones. [bit]"""
        return np.asarray(self.idle_bits + self.reached.sum(axis=0))

    @property
    def total(self) -> float:
        """Worth of the plan with that of the amounts it serves. [bit]"""
        served = 0.0 if self.amounts is None else self.amounts.worth(self.reached_bits)
        return self.worth + served

    @property
    def bound(self) -> float:
        return min(self.relaxed_bound, self.idle_most + self.prices + float(self.bounds.sum()))

    def tell(self) -> None:
        if self.told is not None:
            self.told(self.worth, self.bound)

    def by_richness(self) -> list[int]:
        """Satellites, the one with most key in its blocks first."""
        most = np.array([part.most_bits.sum() for part in self.parts])
        return [int(craft) for craft in np.argsort(-most, kind="stable")]

    def bound_one(self, satellite: int, work: int) -> None:
        """Find out what a satellite could bring at the prices of the stations' time."""
        part, own = self.parts[satellite], self.contacts[satellite]
        found = choose(
            part,
            active=part.active,
            start=self._best_at_prices(satellite),
            work=work,
            relative_gap=self.gap,
            price=self.price[own],
            look=False,
        )
        self._keep(satellite, found)
        self.wished[satellite] = found.chosen
        self.bounds[satellite] = min(self.bounds[satellite], found.bound)

    def _best_at_prices(self, satellite: int) -> BoolArray:
        """What is chosen of a satellite, or was wished for: what is worth more at the prices."""
        part, own = self.parts[satellite], self.contacts[satellite]
        known = (self.chosen[own], self.wished[satellite])
        worths = [part.worth(one) - float(self.price[own][one].sum()) for one in known]
        return known[int(np.argmax(worths))]

    def improve(self, satellite: int, work: int, *, priced: bool = False) -> None:
        """Choose the contacts of a satellite again, with those of the others as they are.

        At prices it leaves to the others what they make more of.
        """
        part, own = self.parts[satellite], self.contacts[satellite]
        active = part.active & self._free(own)
        start = self.chosen[own]
        beside = replace(
            part,
            amounts=None if priced else self._left_for(satellite),
            problem=self._beside(satellite),
        )
        if not priced:
            wish = self.wished[satellite] & active
            kept = all(rule.keeps(wish) for rule in beside.problem.rules)
            if kept and beside.worth(wish) > beside.worth(start):
                start = wish
            task = (work, active.tobytes(), start.tobytes())
            settled = self.amounts is None and not beside.problem.rules
            if settled and task == self.done[satellite]:
                return
        found = choose(
            beside,
            active=active,
            start=start,
            work=work,
            relative_gap=self.gap,
            price=self.price[own] if priced else None,
        )
        self._keep(satellite, found)
        alone = not self.price[own].any()
        whole = np.array_equal(active, part.active) and not beside.problem.rules
        if whole and (priced or alone) and beside.amounts is None:
            self.wished[satellite] = found.chosen
            self.bounds[satellite] = min(self.bounds[satellite], found.bound)
        self.chosen[own] = found.chosen
        deliveries, _ = deliver(part.problem, found.chosen, beside.amounts)
        if self.amounts is not None:
            keys = part.problem.block_bits(found.chosen)
            self.reached[satellite] = reached_bits(part.problem, self.amounts, keys, deliveries)
        self.worths[satellite] = worth_bits(part.problem, found.chosen, deliveries)
        if alone or not priced:
            self.done[satellite] = (work, active.tobytes(), found.chosen.tobytes())

    def _keep(self, satellite: int, found: Choice) -> None:
        """Keep what was learnt about the keys of a satellite, which may raise earlier bounds."""
        own = self.parts[satellite]
        self.parts[satellite] = replace(found.model, amounts=None, problem=own.problem)
        self.bounds[satellite] += found.missed
        self.relaxed_bound += found.missed
        self.iterations += found.iterations

    def _beside(self, satellite: int) -> Problem:
        """Return the problem of a satellite with what the others leave of the rules."""
        problem, own = self.parts[satellite].problem, self.contacts[satellite]
        if not problem.rules:
            return problem
        others = self.chosen.copy()
        others[own] = False
        rules = tuple(rule.beside(others).part(own) for rule in self.rules[satellite])
        return replace(problem, rules=rules)

    def _left_for(self, satellite: int) -> Amounts | None:
        """Return the amounts as a satellite sees them: with what the others deliver."""
        if self.amounts is None:
            return None
        others = self.reached_bits - self.reached[satellite]
        return replace(self.amounts, already_bits=others)

    def _free(self, own: IntArray) -> BoolArray:
        """Which contacts of a satellite clash with none chosen of the others."""
        others = self.chosen.copy()
        others[own] = False
        busy = np.zeros(len(self.cliques), dtype=np.bool_)
        busy[self.cliques.number[others[self.cliques.members]]] = True
        blocked = np.zeros(others.size, dtype=np.bool_)
        blocked[self.cliques.members[(busy & self.shared)[self.cliques.number]]] = True
        return np.asarray(~blocked[own])


def _from_stock_alone(problem: Problem, amounts: Amounts | None) -> tuple[float, FloatArray]:
    """Worth, and bits by each milestone, of what satellites without contacts relay of stock."""
    nothing_by = np.zeros(0 if amounts is None else len(amounts))
    if problem.stock_bits is None:
        return 0.0, nothing_by
    flying = np.isin(np.arange(problem.satellite_gap_s.size), problem.satellite)
    stock = np.where(np.repeat(flying, problem.station_gap_s.size), 0.0, problem.stock_bits)
    alone, nothing = replace(problem, stock_bits=stock), np.zeros(len(problem), dtype=np.bool_)
    deliveries, _ = deliver(alone, nothing, amounts)
    worth = worth_bits(alone, nothing, deliveries)
    if amounts is None:
        return worth, nothing_by
    return worth, reached_bits(alone, amounts, problem.block_bits(nothing), deliveries)


def _clusters(satellite: IntArray, active: BoolArray) -> IntArray:
    """Number of the cluster of each satellite: neighbours, as long as they have few contacts."""
    counts = np.bincount(satellite[active], minlength=int(satellite.max()) + 1)
    clusters = np.zeros(counts.size, dtype=np.int64)
    cluster, held = 0, 0
    for craft, count in enumerate(counts.tolist()):
        if held and held + count > CLUSTER:
            cluster, held = cluster + 1, 0
        clusters[craft] = cluster
        held += count
    return clusters
