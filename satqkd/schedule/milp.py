"""The best plan, with a proof: a mixed-integer linear program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.errors import require_not_negative
from satqkd.schedule.cliques import Cliques, clash_cliques
from satqkd.schedule.delivery import (
    Relays,
    bit_worth,
    deliver,
    most_worth_bits,
    pool_of_contact,
    pools_bits,
    relays,
    worth_bits,
)
from satqkd.schedule.greedy import solve_greedy, take_richest
from satqkd.schedule.highs import Model, maximise
from satqkd.schedule.problem import Problem, Solution
from satqkd.units import BoolArray, FloatArray, IntArray

SOLVER_SLACK = 1e-8
"""Relative error of a bound that HiGHS proves with tolerances of 1e-9 (assumed)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Formulation:
    """A problem as a model: the contacts with key, then the relays."""

    model: Model
    contact: IntArray
    """Index of the contact behind each of the first columns."""
    relays: Relays
    """What the other columns stand for."""
    unit_bits: float
    """Worth of one unit of the model's objective. [bit]"""


def formulate(problem: Problem, cliques: Cliques) -> Formulation:
    r"""Write a problem as a mixed-integer linear program.

    .. math::

        \max \sum_i v_i k_i x_i + \sum_r (w_r - 2 s)\, y_r, \qquad
        \sum_{i \in C} x_i \le 1, \qquad
        \sum_{r \ni p} y_r \le \sum_{i \in p} k_i x_i

    with :math:`x_i \in \{0, 1\}` for contact *i* of key :math:`k_i`, each of its bits worth
    :math:`v_i` (:math:`s`, or the weight of the demand that a joint contact serves), bits
    :math:`y_r \ge 0` that relay *r* (a satellite and a demand of weight :math:`w_r`) delivers,
    :math:`s` the worth of a spare bit, one row per maximal clique *C*, and one row per pool *p*
    that a relay draws on.

    Notes
    -----
    Keys span many orders of magnitude while the tolerances of a solver are absolute, so a
    pool's row is divided by all the key it could hold, and a relay's column by all it could
    carry.
    """
    contact = np.flatnonzero(problem.key_bits > 0)
    column = np.full(len(problem), -1)
    column[contact] = np.arange(contact.size)
    full = pools_bits(problem, problem.key_bits > 0)
    options = relays(problem, full)
    key = problem.key_bits[contact]
    used, pool_row = np.unique(
        np.concatenate((options.pool_a, options.pool_b)), return_inverse=True
    )
    pool = pool_of_contact(problem)[contact]
    at = np.searchsorted(used, pool)
    feeds = np.flatnonzero((at < used.size) & np.isin(pool, used) & ~problem.joint[contact])
    relay = contact.size + np.tile(np.arange(len(options)), 2)
    carried = np.tile(options.most_bits, 2) / full[used[pool_row]]
    held = column[cliques.members] >= 0
    clique_row = np.repeat(np.arange(len(cliques)), np.diff(cliques.starts))[held]
    worth = np.concatenate((bit_worth(problem)[contact] * key, options.profit * options.most_bits))
    unit = float(worth.max())
    model = Model(
        worth=worth / unit,
        upper=np.ones(worth.size),
        integer=np.arange(worth.size) < contact.size,
        limit=np.concatenate((np.ones(len(cliques)), np.zeros(used.size))),
        row=np.concatenate((clique_row, len(cliques) + at[feeds], len(cliques) + pool_row)),
        column=np.concatenate((column[cliques.members[held]], feeds, relay)),
        value=np.concatenate((np.ones(clique_row.size), -key[feeds] / full[pool[feeds]], carried)),
    )
    return Formulation(model=model, contact=contact, relays=options, unit_bits=unit)


def solve_milp(
    problem: Problem, *, relative_gap: float = 1e-6, time_limit_s: float = 60.0
) -> Solution:
    """Choose the contacts and route the keys that are worth most, and say how sure that is.

    Parameters
    ----------
    problem
        Contacts that could be scheduled.
    relative_gap
        Distance to the bound, relative to the bound, at which to stop.
    time_limit_s
        Time after which to return the best plan found so far. [s]

    Returns
    -------
    Solution
        Never worth less than :func:`satqkd.schedule.greedy.solve_greedy`'s. The same input
        gives the same plan unless the time runs out.

    Raises
    ------
    SolverError
        HiGHS cannot be loaded or fails.
    """
    require_not_negative("relative_gap", relative_gap)
    require_not_negative("time_limit_s", time_limit_s)
    by_hand = solve_greedy(problem, relative_gap=relative_gap)
    if by_hand.status in {"nothing to schedule", "optimal"}:
        return by_hand
    cliques = clash_cliques(problem)
    formulation = formulate(problem, cliques)
    answer = maximise(
        formulation.model,
        relative_gap=relative_gap,
        time_limit_s=time_limit_s,
        guess=guess_columns(formulation, by_hand),
    )
    chosen = by_hand.chosen
    if answer.columns is not None:
        chosen = np.zeros(len(problem), dtype=np.bool_)
        chosen[formulation.contact] = answer.columns[: formulation.contact.size] > 0.5
        if problem.spare_weight > 0:
            chosen = take_richest(problem, cliques, chosen)
    bound = min(answer.bound * formulation.unit_bits, most_worth_bits(problem))
    return _judged(problem, chosen, by_hand, bound, relative_gap, finished=answer.finished)


def guess_columns(formulation: Formulation, plan: Solution) -> FloatArray:
    """Values of a formulation's columns for a known plan."""
    x = plan.chosen[formulation.contact].astype(np.float64)
    options = formulation.relays
    bits = {(d.satellite, d.demand): d.bits for d in plan.deliveries}
    keys = zip(options.satellite.tolist(), options.demand.tolist(), strict=True)
    delivered = np.array([bits.get(key, 0) for key in keys], dtype=np.float64)
    return np.concatenate((x, delivered / options.most_bits))


def _judged(
    problem: Problem,
    chosen: BoolArray,
    by_hand: Solution,
    bound: float,
    relative_gap: float,
    *,
    finished: bool,
) -> Solution:
    """Recompute what the chosen contacts are worth, and hold it against the bound."""
    deliveries, rounding = deliver(problem, chosen)
    objective = worth_bits(problem, chosen, deliveries)
    if objective < by_hand.objective:
        chosen, deliveries, objective = by_hand.chosen, by_hand.deliveries, by_hand.objective
    bound = max(bound, objective)
    proven = bound - objective - rounding <= (relative_gap + SOLVER_SLACK) * bound
    status = "optimal" if proven else "not proven" if finished else "time limit"
    return Solution(
        chosen=chosen, deliveries=deliveries, objective=objective, bound=bound, status=status
    )
