"""Last touches to a plan: contacts that spoil their block go, free ones that add key come."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from satqkd.schedule.delivery import dearest_worth
from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem
from satqkd.schedule.rules import kept_out
from satqkd.units import BoolArray, FloatArray, IntArray


def without_spoilers(problem: Problem, chosen: BoolArray) -> BoolArray:
    """Drop contacts without which their block holds as much key or more, the worst first."""
    kept = chosen.copy()
    while True:
        members = np.flatnonzero(kept & ~problem.in_any_case)
        gain = -change_of_block(problem, kept, members, add=False)
        worst = _first_of_each(problem.block[members], -gain)
        worst = worst[gain[worst] <= 0.0]
        worst = worst[problem.keeping_bits[members[worst]] <= 0.0]
        if worst.size == 0:
            return kept
        kept[members[worst]] = False


def polished(
    problem: Problem, cliques: Groups, chosen: BoolArray, worth: Callable[[BoolArray], float]
) -> BoolArray:
    """Drop contacts that spoil their block, and add free ones where spare bits are worth some.

    Where key may not wait however long, that can make a plan worse, as a block is key with its last
    contact: it is then done only as far as the plan is worth as much.
    """
    touched = without_spoilers(problem, chosen)
    if problem.spare_weight > 0:
        touched = with_free_contacts(problem, cliques, touched)
    if problem.waits_freely:
        return touched
    return without_idle(problem, touched if worth(touched) >= worth(chosen) else chosen, worth)


def without_idle(
    problem: Problem, chosen: BoolArray, worth: Callable[[BoolArray], float]
) -> BoolArray:
    """Drop contacts that add nothing to their block, where the plan is worth as much without."""
    kept, best = chosen, worth(chosen)
    members = np.flatnonzero(chosen & ~problem.in_any_case)
    gain = change_of_block(problem, kept, members, add=False)
    for contact in members[gain >= 0.0].tolist():
        wish = kept.copy()
        wish[contact] = False
        if worth(wish) >= best:
            kept, best = wish, worth(wish)
    return kept


def with_free_contacts(problem: Problem, cliques: Groups, chosen: BoolArray) -> BoolArray:
    """Add contacts that clash with none and raise the key of their block, the dearest first."""
    taken = chosen.copy()
    worth = dearest_worth(problem)
    of_contact = Groups.by(cliques.members, cliques.number)
    clashing = dict(zip(np.unique(cliques.members).tolist(), of_contact.parts(), strict=True))
    nowhere = np.zeros(0, dtype=np.int64)
    busy = np.zeros(len(cliques), dtype=np.bool_)
    busy[cliques.number[taken[cliques.members]]] = True
    while True:
        blocked = np.zeros(len(problem), dtype=np.bool_)
        blocked[cliques.members[busy[cliques.number]]] = True
        free = np.flatnonzero(~taken & ~blocked & ~kept_out(problem.rules, taken))
        gain = change_of_block(problem, taken, free, add=True)
        some = np.flatnonzero(gain > 0.0)
        if some.size == 0:
            return taken
        order = np.lexsort((problem.start_s[free[some]], -gain[some] * worth[free[some]]))
        grown: set[int] = set()
        for contact in free[some[order]].tolist():
            own, block = clashing.get(contact, nowhere), int(problem.block[contact])
            if block in grown or busy[own].any():
                continue
            taken[contact] = True
            if all(rule.keeps(taken) for rule in problem.rules):
                grown.add(block)
                busy[own] = True
            else:
                taken[contact] = False


def change_of_block(
    problem: Problem, chosen: BoolArray, contacts: IntArray, *, add: bool
) -> FloatArray:
    """Key that the block of each contact gains if it is added, or taken out. [bit]"""
    if contacts.size == 0:
        return np.zeros(0)
    number = problem.block[contacts]
    members = np.flatnonzero(chosen)
    of_block = dict.fromkeys(number.tolist(), np.zeros(0, dtype=np.int64))
    held = Groups.by(problem.block[members], members)
    of_block |= dict(zip(np.unique(problem.block[members]).tolist(), held.parts(), strict=True))
    changed = [
        np.append(of_block[block], contact) if add else of_block[block][of_block[block] != contact]
        for block, contact in zip(number.tolist(), contacts.tolist(), strict=True)
    ]
    return np.asarray(problem.key_of(Groups.of(changed)) - problem.block_bits(chosen)[number])


def _first_of_each(label: IntArray, rank: FloatArray) -> IntArray:
    """Place of the largest rank of each label."""
    order = np.lexsort((-rank, label))
    return order[np.unique(label[order], return_index=True)[1]]
