r"""Linear limits on the key of a block: what each contact adds along an order of them.

With :math:`l = a n - b \sqrt{n} - c` above a threshold, the key of a block grows faster the more is
in it. A set function :math:`k` with that property (supermodular, or a convex game [1]_) satisfies,
for every order :math:`\pi` of the members and every set :math:`S` of them,

.. math:: k(S) \le \sum_{i \in S} m^\pi_i, \qquad
   m^\pi_i = k(\text{members up to } i) - k(\text{members before } i)

with equality where :math:`S` is a beginning of the order. These are all the facets; the one that a
point :math:`x` violates most has its members sorted by :math:`x`, largest first [2]_. Real keys
break the property (whole bits, poor contacts that spoil a block, the cut at 0), so that each
coefficient is raised to what the known keys need
(:meth:`~satqkd.schedule.subset_keys.SubsetKeys.coefficients`): then every subset is covered,
whatever the shape of its key.

References
----------
.. [1] L. S. Shapley, "Cores of convex games", Int. J. Game Theory 1, 11 (1971): the marginals
   along an order lie in the core (recalled).
.. [2] J. Edmonds, "Submodular functions, matroids, and certain polyhedra", in *Combinatorial
   Structures and Their Applications*, Gordon and Breach, 1970, p. 69: sorting solves the linear
   program over them (recalled).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import Problem
from satqkd.schedule.subset_keys import SubsetKeys
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cuts:
    """Limits on keys: ``key[block] ≤ Σ worth · x`` over the members; shape (cuts,)."""

    block: IntArray
    """Block of each."""
    orders: Groups
    """Its contacts, in the order that gave it."""
    worth: FloatArray
    """What each of ``orders.members`` adds to those before it, at most. [bit]"""

    def __len__(self) -> int:
        return int(self.block.size)

    @staticmethod
    def join(parts: Sequence[Cuts]) -> Cuts:
        """Put limits below each other; at least one part is needed."""
        sizes = np.concatenate([part.orders.sizes for part in parts])
        return Cuts(
            block=np.concatenate([part.block for part in parts]),
            orders=Groups(
                starts=np.concatenate(([0], np.cumsum(sizes))),
                members=np.concatenate([part.orders.members for part in parts]),
            ),
            worth=np.concatenate([part.worth for part in parts]),
        )

    def take(self, index: IntArray) -> Cuts:
        """Return some of them, in that order."""
        places = Groups(starts=self.orders.starts, members=np.arange(self.worth.size))
        return Cuts(
            block=self.block[index],
            orders=self.orders.take(index),
            worth=self.worth[places.take(index).members],
        )

    def limits(self, x: FloatArray) -> FloatArray:
        """Return what each allows at a point. [bit]"""
        total = np.concatenate(([0.0], np.cumsum(self.worth * x[self.orders.members])))
        return np.asarray(total[self.orders.starts[1:]] - total[self.orders.starts[:-1]])


def cuts_along(problem: Problem, orders: Groups, keys: SubsetKeys) -> Cuts:
    """Return the limits that some orders of the contacts of blocks give.

    Parameters
    ----------
    problem
        Contacts in blocks.
    orders
        All contacts of a block that may be scheduled, in some order; no group may be empty.
    keys
        What is known of their keys.
    """
    block = problem.block[orders.members[orders.starts[:-1]]]
    worth = [
        keys.coefficients(number, order)
        for number, order in zip(block.tolist(), orders.parts(), strict=True)
    ]
    return Cuts(block=block, orders=orders, worth=np.concatenate([np.zeros(0), *worth]))


def first_cuts(problem: Problem, blocks: Groups, keys: SubsetKeys) -> Cuts:
    """Return two limits a block: its best contact first, and its worst one.

    The best is the one whose block needs it most.
    """
    alone = problem.key_bits[blocks.members]
    every = blocks.number
    parts = []
    for rank in (-alone, alone):
        order = np.lexsort((blocks.members, rank, every))
        orders = Groups(starts=blocks.starts, members=blocks.members[order])
        parts.append(cuts_along(problem, orders, keys))
    return Cuts.join(parts)


def violated_cuts(
    problem: Problem,
    blocks: Groups,
    keys: SubsetKeys,
    *,
    x: FloatArray,
    bits: FloatArray,
    slack: FloatArray,
) -> Cuts:
    """Return the limits that a point violates most: each block's contacts sorted by ``x``.

    Parameters
    ----------
    problem
        Contacts in blocks.
    blocks
        Contacts of each block that may be scheduled.
    keys
        What is known of their keys.
    x
        How much of each contact is scheduled, shape (n,).
    bits
        Key that the point gives each of ``blocks``. [bit]
    slack
        Violation that is let pass. [bit]
    """
    some = np.flatnonzero(bits > slack)
    blocks = blocks.take(some)
    order = np.lexsort((blocks.members, -x[blocks.members], blocks.number))
    found = cuts_along(problem, Groups(starts=blocks.starts, members=blocks.members[order]), keys)
    return found.take(np.flatnonzero(bits[some] > found.limits(x) + slack[some]))
