"""What may be asked of one frame in a round beside the halves of odd blocks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from satqkd.distil.bits import Words
from satqkd.distil.reconcile.cascade_blocks import padded_bits
from satqkd.distil.reconcile.cascade_strings import Parities, Strings
from satqkd.distil.stream import stream

if TYPE_CHECKING:
    from satqkd.distil.reconcile.cascade_steps import Steps

CHECKS: Final = 20
"""Parities of random subsets that must agree: an error outlives them with 2⁻²⁰."""
FIRST_CHECKS: Final = 4
"""Those told alone, so that the rest is not told in vain where an error is left."""
_FIRST_BATCH: Final = 1 << 14
_DRAWS_OF_BATCH: Final = 1 << 11


@lru_cache(maxsize=4)
def subsets(seed: int, *, batch: int, bits: int) -> Words:
    """Return the words of a batch of subsets; subset s takes them from word s on.

    ::

        subset 0   │ r₀ r₁ r₂ … │
        subset 1     │ r₁ r₂ r₃ … │        for a pattern of errors that is not 0, the parities are
                                           independent and even with 1/2 each

    Parameters
    ----------
    seed
        64 public bits.
    batch
        Which, from 0.
    bits
        Of the frame with its zeros.

    References
    ----------
    Derived here: let word w be the last one with errors e_w. The parity of subset s holds
    ⟨e_w, r_{s+w}⟩, and r_{s+w} stands in no parity before it. So each is a fair coin, given those
    before.
    """
    first = _FIRST_BATCH + batch * _DRAWS_OF_BATCH
    return stream(seed, count=bits // 64 + CHECKS - 1, first=first)


class Asked(Protocol):
    """What is asked of one frame."""

    @property
    def frame(self) -> int:
        """Whose it is."""
        ...

    @property
    def bits(self) -> int:
        """How many bits Alice answers."""
        ...

    @property
    def cost(self) -> int:
        """How many it may come to until it is settled."""
        ...

    @property
    def answered(self) -> bool:
        """Whether Bob says where he differs."""
        ...

    def read(self, strings: Strings) -> Parities:
        """Return those bits of a string."""
        ...

    def settle(self, steps: Steps, differs: Parities) -> None:
        """Go on, given where Bob differs."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The parities that open a pass."""

    frame: int
    number: int
    """Of the pass."""
    start: int
    """Place of the first block, counted over all frames."""
    bits: int
    level: int
    """Of the blocks."""
    answered: bool = True

    @property
    def cost(self) -> int:
        """Those bits."""
        return self.bits

    def read(self, strings: Strings) -> Parities:
        """Return the parities of the blocks."""
        first = strings.layout.first[self.number, self.level] + (self.start >> self.level)
        return strings.cells[first : first + self.bits]

    def settle(self, steps: Steps, differs: Parities) -> None:
        """Note the odd ones; the last block of a later pass is odd if the others' sum is."""
        odd = np.flatnonzero(differs)
        if self.number > 0 and odd.size % 2:
            odd = np.append(odd, self.bits)
        steps.toggle(self.number, self.start + (odd << self.level))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Parities of random subsets: the first of a batch, or the rest."""

    frame: int
    words: Words
    """Of the batch."""
    first: int
    """Which subset comes first."""
    bits: int
    answered: bool = True

    @property
    def cost(self) -> int:
        """Those bits."""
        return self.bits

    def read(self, strings: Strings) -> Parities:
        """Return the parities of the subsets."""
        words = self.words.size - CHECKS + 1
        own = np.packbits(strings.base(self.frame, 0, 64 * words), bitorder="little")
        subsets = np.lib.stride_tricks.sliding_window_view(self.words, words)
        taken = subsets[self.first : self.first + self.bits] & own.view("<u8")
        return np.asarray(np.bitwise_count(np.bitwise_xor.reduce(taken, axis=1)) & 1)

    def settle(self, steps: Steps, differs: Parities) -> None:
        """Keep them, to be seen to when no block is odd."""
        steps.batches[self.frame].take(self.words, first=self.first, differs=differs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The lower half of what holds an error in a subset."""

    frame: int
    subset: int
    """Which of the batch."""
    words: Words
    """Of the batch."""
    start: int
    level: int
    """The half holds 2^level bits."""
    bits: int = 1
    answered: bool = True

    @property
    def cost(self) -> int:
        """A bit a half."""
        return self.level + 1

    def read(self, strings: Strings) -> Parities:
        """Return the parity of the half, as far as it is in the subset."""
        stop = self.start + (1 << self.level)
        words = self.words[self.subset + self.start // 64 : self.subset - (-stop // 64)]
        taken = np.unpackbits(words.astype("<u8").view(np.uint8), bitorder="little")
        own = strings.base(self.frame, self.start, stop)
        at = self.start % 64
        return np.bitwise_xor.reduce(own & taken[at : at + own.size], keepdims=True)

    def settle(self, steps: Steps, differs: Parities) -> None:
        """Go into the half that holds an error, down to the bit."""
        start = self.start + (0 if differs[0] else 1 << self.level)
        if self.level == 0:
            steps.found_by_search(self.frame, start)
            return
        steps.ask(
            Search(
                frame=self.frame,
                subset=self.subset,
                words=self.words,
                start=start,
                level=self.level - 1,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Every bit of a frame that is given up."""

    frame: int
    bits: int
    answered: bool = False

    @property
    def cost(self) -> int:
        """Those bits."""
        return self.bits

    def read(self, strings: Strings) -> Parities:
        """Return the bits."""
        return strings.base(self.frame, 0, self.bits)

    def settle(self, steps: Steps, differs: Parities) -> None:
        """Nothing is left to do."""


def search(frame: int, *, subset: int, words: Words, size: int) -> Search:
    """Return the first step of a search in a frame of ``size`` bits."""
    level = padded_bits(size).bit_length() - 2
    return Search(frame=frame, subset=subset, words=words, start=0, level=level)
