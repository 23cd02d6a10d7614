"""Amounts that demands ask for: first as many as can be, then as large a share as can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.schedule.problem import Problem
from satqkd.units import BoolArray, FloatArray

SHARE_WORTH: Final = 100.0
"""Numerical: worth of an amount's whole share, over all that weights could bring: a hundredth of an
amount outranks them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Amounts:
    """What serving amounts is worth, against the weights."""

    needed_bits: FloatArray
    """What each demand asks for, 0 for nothing; shape (demands,). [bit]"""
    already_bits: FloatArray
    """What it gets from elsewhere, shape (demands,). [bit]"""
    met: float
    """Worth of an amount served whole. [bit]"""
    share: float
    """Worth of all of an amount, less for a part of it. [bit]"""

    @property
    def scale(self) -> float:
        """Worth of all amounts over all that weights could bring."""
        count = int(np.count_nonzero(self.needed_bits))
        return SHARE_WORTH * count * (self.met / self.share + 1.0)

    @property
    def open(self) -> BoolArray:
        """Which demands ask for more than they get from elsewhere."""
        return self.needed_bits > self.already_bits

    def worth(self, bits: FloatArray) -> float:
        """Worth of what demands get here, beside the weights; shape (demands,). [bit]"""
        return float(self.worths(bits[np.newaxis])[0])

    def worths(self, bits: FloatArray) -> FloatArray:
        """Return the same in many cases, bits of shape (cases, demands). [bit]"""
        asked = self.needed_bits > 0
        part = np.minimum(1.0, (self.already_bits + bits)[:, asked] / self.needed_bits[asked])
        met = np.count_nonzero(part >= 1.0, axis=1)
        return np.asarray(self.met * met + self.share * part.sum(axis=1))


def amounts_of(problem: Problem, most_worth: float) -> Amounts | None:
    """Return what amounts are worth where all that weights could bring is known; None for none."""
    needed = np.ceil([demand.at_least_bits for demand in problem.demands])
    count = int(np.count_nonzero(needed))
    if count == 0:
        return None
    share = SHARE_WORTH * max(1.0, most_worth)
    return Amounts(
        needed_bits=needed,
        already_bits=np.zeros(needed.size),
        met=(count + 1) * share,
        share=share,
    )
