"""A plan made better on average over realisations in which contacts fail."""

from __future__ import annotations

import numpy as np

from satqkd.schedule.cliques import clash_cliques
from satqkd.schedule.problem import Problem
from satqkd.schedule.realised import realise
from satqkd.units import BoolArray, FloatArray, IntArray


def mean_worth(problem: Problem, chosen: BoolArray, succeeds: BoolArray) -> float:
    """Worth of some contacts, mean over realisations. [bit]"""
    return float(realise(problem, chosen, succeeds).worth.mean())


def better_on_average(
    problem: Problem, chosen: BoolArray, succeeds: BoolArray, *, tries: int
) -> BoolArray:
    """Add contacts, in place of those they clash with, and drop others, while the mean rises.

    A contact that a rule has no room for is not added, and a pinned one is neither dropped nor
    displaced. What scheduling a contact is worth beside its key counts in every realisation.

    Parameters
    ----------
    problem, chosen
        The contacts, and a choice to begin with, within the rules and with what is pinned.
    succeeds
        Whether each contact gives its light, shape (realisations, contacts).
    tries
        Changes after which to stop.

    Notes
    -----
    Keys and relays belong to one satellite, so that a change asks for the means of those alone
    that gain or lose a contact. The answer fits the realisations given, some of it by chance:
    what it is worth is to be found out with others.
    """
    search = _Search(problem, chosen, succeeds)
    quiet = 0
    while quiet < len(problem):
        for contact in range(len(problem)):
            if tries == 0 or quiet == len(problem):
                return search.chosen
            tries -= 1
            quiet = 0 if search.change(contact) else quiet + 1
    return search.chosen


class _Search:
    """The choice so far, and the mean worth that each satellite has in it."""

    def __init__(self, problem: Problem, chosen: BoolArray, succeeds: BoolArray) -> None:
        self.problem, self.succeeds = problem, succeeds
        self.chosen = chosen.copy()
        self.clashes = _clashes(problem)
        self.worth: FloatArray = np.array(
            [self.mean(chosen, craft) for craft in range(problem.satellite_gap_s.size)]
        )

    def mean(self, chosen: BoolArray, satellite: int) -> float:
        """Mean worth of what a satellite has of a choice, and what keeping it is worth. [bit]"""
        own = chosen & (self.problem.satellite == satellite)
        kept = float(self.problem.keeping_bits[own].sum())
        return mean_worth(self.problem, own, self.succeeds) + kept

    def allowed(self, wish: BoolArray) -> bool:
        """Whether a choice has all that is pinned, and keeps to the rules."""
        if (self.problem.in_any_case & ~wish).any():
            return False
        return all(rule.keeps(wish) for rule in self.problem.rules)

    def change(self, contact: int) -> bool:
        """Add a contact, or drop it; say whether that is kept."""
        wish = self.chosen.copy()
        wish[contact] = not wish[contact]
        if wish[contact]:
            wish[self.clashes[contact]] = False
        if not self.allowed(wish):
            return False
        changed = np.unique(self.problem.satellite[wish != self.chosen])
        worth = np.array([self.mean(wish, craft) for craft in changed.tolist()])
        before = float(self.worth[changed].sum())
        if worth.sum() <= before + 1e-9 * abs(before):
            return False
        self.chosen, self.worth[changed] = wish, worth
        return True


def _clashes(problem: Problem) -> list[IntArray]:
    """For each contact those that cannot be scheduled with it."""
    cliques = clash_cliques(problem).parts()
    found: list[set[int]] = [set() for _ in range(len(problem))]
    for clique in cliques:
        for contact in clique.tolist():
            found[contact].update(clique.tolist())
    return [
        np.array(sorted(others - {contact}), dtype=np.int64) for contact, others in enumerate(found)
    ]
