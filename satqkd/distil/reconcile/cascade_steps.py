"""What Cascade asks next, and what follows from the answers: the same at both ends.

Both ends know where their parities differ, and nothing else steers this.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from satqkd.distil.bits import Words
from satqkd.distil.reconcile.cascade_asked import (
    CHECKS,
    FIRST_CHECKS,
    Asked,
    Blocks,
    Checks,
    Whole,
    search,
    subsets,
)
from satqkd.distil.reconcile.cascade_blocks import PASSES, padded_bits
from satqkd.distil.reconcile.cascade_question import Leaves, Question
from satqkd.distil.reconcile.cascade_strings import Layout, Parities, odd_ones
from satqkd.units import BoolArray, IntArray


@dataclass(slots=True, kw_only=True, eq=False)
class Batch:
    """A frame's checks, as they stand."""

    number: int = 0
    """Batches told so far."""
    words: Words | None = None
    differs: Parities = field(default_factory=lambda: np.empty(0, dtype=np.uint8))
    """Of the checks told so far, whether they differ now."""
    clean: bool = False
    """Whether none differed when they were told."""

    def take(self, words: Words, *, first: int, differs: Parities) -> None:
        """Take in a batch's first checks, or the rest of one that agreed so far."""
        self.number += first == 0
        self.words = words
        self.differs = np.concatenate([self.differs[:first], differs])
        self.clean = not differs.any()

    def turn(self, base: int) -> None:
        """Bob turns a bit."""
        if self.words is not None:
            taken = self.words[base // 64 : base // 64 + self.differs.size] >> np.uint64(base % 64)
            self.differs ^= (taken & np.uint64(1)).astype(np.uint8)


class Steps:
    """Where the talk stands.

    A *leaf* is a block of known parity without a smaller one in it. Odd leaves wait; those of a
    frame's lowest pass are halved side by side, all to the bit, before another pass is looked at.
    """

    def __init__(self, layout: Layout, *, seed: int) -> None:
        frames = layout.cut.frames
        self.layout = layout
        self.seed = seed
        self.sizes = np.array([layout.cut.frame(i) for i in range(frames)], dtype=np.int64)
        self.known: BoolArray = np.zeros(layout.cells, dtype=np.bool_)
        self.waiting = np.empty(0, dtype=np.int64)  # odd leaves, as pass · width + start
        self.width = frames * layout.slot_bits
        nothing = np.empty(0, dtype=np.int64)
        self.leaves = Leaves(number=nothing, level=nothing, start=nothing)
        self.asked: list[Asked] = []
        self.open = np.zeros(frames, dtype=np.int64)
        self.spent = np.zeros(frames, dtype=np.int64)
        self.told: BoolArray = np.zeros(frames, dtype=np.bool_)
        self.batches = [Batch() for _ in range(frames)]
        self.turned: list[IntArray] = []
        for frame in range(frames):
            least = CHECKS + sum(self._told_blocks(frame, number) for number in range(PASSES))
            if least > self.sizes[frame]:
                self._give_up(frame)
            else:
                self._next(frame)
        self._put_question()

    @property
    def done(self) -> bool:
        """Whether nothing is left to ask."""
        return not self.question.answered.size

    def _put_question(self) -> None:
        self.question = Question.of(self.leaves, self.asked, slot_bits=self.layout.slot_bits)

    def advance(self, differs: Parities) -> IntArray:
        """Go on to the next question.

        Parameters
        ----------
        differs
            For every parity of the question, whether Bob's is another.

        Returns
        -------
        Which bits Bob turns.
        """
        said = np.zeros(self.question.answered.size, dtype=np.uint8)
        said[self.question.answered] = differs
        by_kind = self.question.by_kind(said)
        at, asked = self.leaves.start.size, self.asked
        self.asked, self.turned = [], [np.empty(0, dtype=np.int64)]
        idle = self._halve(by_kind[:at])
        for each in asked:
            each.settle(self, by_kind[at : at + each.bits])
            at += each.bits
            idle[each.frame] = each.answered
        for each in self.asked:
            idle[each.frame] = False
        for frame in np.flatnonzero(self._begin_waves(idle)).tolist():
            self._next(frame)
        self._put_question()
        return np.concatenate(self.turned)

    def ask(self, asked: Asked) -> None:
        """Ask it next."""
        self.asked.append(asked)
        self.spent[asked.frame] += asked.bits

    def toggle(self, number: int, starts: IntArray) -> None:
        """Leaves of a pass turn odd or even."""
        self._wait_or_not(number * self.width + starts)

    def found_by_search(self, frame: int, base: int) -> None:
        """Turn a bit that a search led to."""
        self._turn(np.array([frame * self.layout.slot_bits + base]), np.array([PASSES]))

    def _wait_or_not(self, leaves: IntArray) -> None:
        self.waiting = odd_ones(np.concatenate([self.waiting, leaves]))

    def _halve(self, differs: Parities) -> BoolArray:
        """Go into the odd halves; return which frames have come to an end of theirs."""
        leaves, first = self.leaves, self.layout.first
        level = leaves.level - 1
        cell = first[leaves.number, level] + (leaves.start >> level)
        self.known[cell] = self.known[cell + 1] = True
        start = np.where(differs, leaves.start, leaves.start + (1 << level))
        self.leaves = Leaves(number=leaves.number, level=level, start=start)
        idle: BoolArray = np.zeros(self.sizes.size, dtype=np.bool_)
        found = level == 0
        if found.any():
            self.leaves = self.leaves.where(~found)
            bases = self.layout.bases_of(start[found], number=leaves.number[found])
            self._turn(bases, leaves.number[found])
            idle[bases // self.layout.slot_bits] = True
            idle[self.leaves.start // self.layout.slot_bits] = False
        return idle

    def _turn(self, bases: IntArray, number: IntArray) -> None:
        """Bob turns bits, found in passes: the leaves around them in other passes change."""
        self.turned.append(bases)
        places = self.layout.places_of(bases)
        level = self.known[self.layout.cells_around(places)].argmax(axis=1)
        passes = np.arange(PASSES)[:, None]
        frames = bases // self.layout.slot_bits
        changed = (self.open[frames] > passes) & (number != passes)
        self._wait_or_not(((places >> level << level) + passes * self.width)[changed])
        for frame, base in zip(
            frames.tolist(), (bases % self.layout.slot_bits).tolist(), strict=True
        ):
            self.batches[frame].turn(base)

    def _begin_waves(self, idle: BoolArray) -> BoolArray:
        """Take up the odd leaves of the lowest pass; return the idle frames that have none."""
        if not self.waiting.size or not idle.any():
            return idle
        layout = self.layout
        number, start = self.waiting // self.width, self.waiting % self.width
        frame = start // layout.slot_bits
        lowest = np.full(idle.size, PASSES)
        np.minimum.at(lowest, frame, number)
        chosen = idle[frame] & (number == lowest[frame])
        self.waiting = self.waiting[~chosen]
        number, start, frame = number[chosen], start[chosen], frame[chosen]
        cells = layout.first[number] + (start[:, None] >> layout.shift[number])
        level = self.known[cells].argmax(axis=1)
        cost = np.bincount(frame, level, minlength=idle.size).astype(np.int64)
        lies = np.bincount(frame[level == 0], minlength=idle.size) > 0
        given_up = idle & (lies | (self.spent + cost > self.sizes))
        if given_up.any():
            self.waiting = self.waiting[~given_up[self.waiting % self.width // layout.slot_bits]]
        self.spent += np.where(given_up, 0, cost)
        more = Leaves(number=number, level=level, start=start)
        self.leaves = self.leaves.with_more(more.where(~given_up[frame]))
        for each in np.flatnonzero(given_up).tolist():
            self._give_up(each)
        return np.asarray(idle & (cost == 0) & ~given_up)

    # ---- a frame without odd leaves -----------------------------------------------------------

    def _told_blocks(self, frame: int, number: int) -> int:
        return self.layout.cut.told_blocks(frame, number, level=self._level(frame, number))

    def _level(self, frame: int, number: int) -> int:
        return self.layout.levels[frame == self.sizes.size - 1][number]

    def _give_up(self, frame: int) -> None:
        self.told[frame] = True
        self.ask(Whole(frame=frame, bits=int(self.sizes[frame])))

    def _next(self, frame: int) -> None:
        """Ask the next that a frame without odd leaves needs, unless it has told too much."""
        wanted = self._open(frame) or self._look_into_checks(frame) or self._check(frame)
        if wanted is None:
            return
        if self.spent[frame] + wanted.cost > self.sizes[frame]:
            self._give_up(frame)
        else:
            self.ask(wanted)

    def _open(self, frame: int) -> Asked | None:
        """Begin the next pass that has something to tell: its blocks are known."""
        while self.open[frame] < PASSES:
            number = int(self.open[frame])
            start, level = frame * self.layout.slot_bits, self._level(frame, number)
            first = self.layout.first[number, level] + (start >> level)
            self.known[first : first + (padded_bits(int(self.sizes[frame])) >> level)] = True
            self.open[frame] += 1
            if told := self._told_blocks(frame, number):
                return Blocks(frame=frame, number=number, start=start, bits=told, level=level)
        return None

    def _look_into_checks(self, frame: int) -> Asked | None:
        batch = self.batches[frame]
        if batch.words is None or not batch.differs.any():
            return None
        return search(
            frame,
            subset=int(batch.differs.argmax()),
            words=batch.words,
            size=int(self.sizes[frame]),
        )

    def _check(self, frame: int) -> Asked | None:
        batch = self.batches[frame]
        told = batch.differs.size if batch.clean else 0
        if told == CHECKS:
            return None
        if batch.words is not None and told:
            return Checks(frame=frame, words=batch.words, first=told, bits=CHECKS - told)
        bits = padded_bits(int(self.sizes[frame]))
        words = subsets(self.seed, batch=batch.number, bits=bits)
        return Checks(frame=frame, words=words, first=0, bits=FIRST_CHECKS)
