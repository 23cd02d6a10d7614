"""One round of Cascade: what is asked of all frames, in the order in which it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from satqkd.distil.reconcile.cascade_asked import Asked
from satqkd.distil.reconcile.cascade_strings import Parities, Strings
from satqkd.units import BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leaves:
    """Odd blocks that are being halved, by rising start; those of a frame lie in one pass."""

    number: IntArray
    """Of the pass."""
    level: IntArray
    start: IntArray

    def where(self, kept: BoolArray) -> Leaves:
        """Return some of them."""
        return Leaves(number=self.number[kept], level=self.level[kept], start=self.start[kept])

    def with_more(self, other: Leaves) -> Leaves:
        """Return these and others."""
        start = np.concatenate([self.start, other.start])
        order = np.argsort(start, kind="stable")
        return Leaves(
            number=np.concatenate([self.number, other.number])[order],
            level=np.concatenate([self.level, other.level])[order],
            start=start[order],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """What Alice answers next.

    ::

        by kind      leaves of all frames │ asked[0] │ asked[1] …
        as said      frame 0 │ frame 1 │ …                          = by kind [order]
    """

    leaves: Leaves
    """Of each the left half is asked."""
    asked: Sequence[Asked]
    order: IntArray | slice
    answered: BoolArray
    """For each bit as said, whether Bob says where he differs."""

    @staticmethod
    def of(leaves: Leaves, asked: Sequence[Asked], *, slot_bits: int) -> Question:
        """Put leaves, which rise, and what else is asked in the order of the frames."""
        answered = [np.ones(leaves.start.size, dtype=np.bool_)]
        if not asked:
            return Question(leaves=leaves, asked=asked, order=slice(None), answered=answered[0])
        owner = [leaves.start // slot_bits]
        owner += [np.full(each.bits, each.frame, dtype=np.int64) for each in asked]
        order = np.argsort(np.concatenate(owner), kind="stable")
        answered += [np.full(each.bits, each.answered) for each in asked]
        return Question(
            leaves=leaves, asked=asked, order=order, answered=np.concatenate(answered)[order]
        )

    def read(self, strings: Strings) -> Parities:
        """Return what is asked, as an end's string has it."""
        leaves, first = self.leaves, strings.layout.first
        level = leaves.level - 1
        halves = strings.cells[first[leaves.number, level] + (leaves.start >> level)]
        return np.concatenate([halves, *(each.read(strings) for each in self.asked)])[self.order]

    def by_kind(self, said: Parities) -> Parities:
        """Return what was said, by kind."""
        by_kind = np.empty_like(said)
        by_kind[self.order] = said
        return by_kind

    def whole_frames(self, said: Parities) -> list[tuple[int, Parities]]:
        """Return frames that are told in full, and their bits, out of what was said."""
        if self.answered.all():
            return []
        by_kind = self.by_kind(said)
        ends = self.leaves.start.size + np.cumsum([each.bits for each in self.asked])
        return [
            (each.frame, by_kind[end - each.bits : end])
            for each, end in zip(self.asked, ends.tolist(), strict=True)
            if not each.answered
        ]
