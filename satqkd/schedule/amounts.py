"""Amounts that demands ask for: first as many as can be, then as large a share as can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.schedule.problem import Problem
from satqkd.units import BoolArray, FloatArray, IntArray

SHARE_WORTH: Final = 100.0
"""Numerical: worth of an amount's whole share, over all that weights could bring: a hundredth of an
amount outranks them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Amounts:
    """What serving amounts is worth, against the weights; one a milestone, shape (amounts,)."""

    demand: IntArray
    """Demand that asks for each."""
    phase: IntArray
    """Deadline by which it has to be there."""
    needed_bits: FloatArray
    """What is asked for in all by then, above 0. [bit]"""
    already_bits: FloatArray
    """What the demand gets by then from elsewhere. [bit]"""
    met: FloatArray
    """Worth of an amount served whole. [bit]"""
    share: float
    """Worth of all of an amount, less for a part of it. [bit]"""

    def __len__(self) -> int:
        return int(self.needed_bits.size)

    @property
    def scale(self) -> float:
        """Worth of all amounts over all that weights could bring."""
        return SHARE_WORTH * float((self.met / self.share + 1.0).sum())

    @property
    def open(self) -> BoolArray:
        """Which amounts are more than is got from elsewhere."""
        return self.needed_bits > self.already_bits

    def serving(self, demand: IntArray, phase: IntArray) -> tuple[IntArray, IntArray]:
        """Pair open amounts with what serves them: of the same demand, no later.

        Parameters
        ----------
        demand, phase
            Demand, −1 for none, and deadline of each way to serve one.

        Returns
        -------
        amount, way
            Place among the open amounts, and index of the way, of each pair.
        """
        asked = np.flatnonzero(self.open)
        fits = (self.demand[asked, np.newaxis] == demand) & (self.phase[asked, np.newaxis] >= phase)
        amount, way = np.nonzero(fits)
        return amount, way

    def worth(self, bits: FloatArray) -> float:
        """Worth of what is got here by each, beside the weights; shape (amounts,). [bit]"""
        return float(self.worths(bits[np.newaxis])[0])

    def worths(self, bits: FloatArray) -> FloatArray:
        """Return the same in many cases, bits of shape (cases, amounts). [bit]"""
        part = np.minimum(1.0, (self.already_bits + bits) / self.needed_bits)
        return np.asarray((part >= 1.0) @ self.met + self.share * part.sum(axis=1))


def amounts_of(problem: Problem, most_worth: float) -> Amounts | None:
    """Return what amounts are worth where all that weights could bring is known; None for none.

    Notes
    -----
    All shares together are worth less than one amount met, and all amounts of a priority that are
    met, with those of lower ones, less than one of the next.
    """
    asked = [
        (number, one, demand.priority)
        for number, demand in enumerate(problem.demands)
        for one in demand.milestones
    ]
    if not asked:
        return None
    share = SHARE_WORTH * max(1.0, most_worth)
    priority = np.array([level for _, _, level in asked])
    met, below = np.zeros(len(asked)), len(asked) * share
    for level in np.unique(priority).tolist():
        own = priority == level
        met[own] = below + share
        below += float(met[own].sum())
    return Amounts(
        demand=np.array([number for number, _, _ in asked], dtype=np.int64),
        phase=problem.phase_at(one.by_s for _, one, _ in asked),
        needed_bits=np.ceil([one.bits for _, one, _ in asked]),
        already_bits=np.zeros(len(asked)),
        met=met,
        share=share,
    )
