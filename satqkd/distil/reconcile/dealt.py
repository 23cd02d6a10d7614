"""An engine whose frames hold words from all along the string.

::

    words    0 1 2 3 4 5 6 7 8     three frames take turns; bits behind the last whole word stay
    frames   0 3 6 | 1 4 7 | 2 5 8

Where errors run along a block each frame then has as many, and none is late: without it the slowest
frame decides how many rounds there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from satqkd.distil.bits import Bits, Words
from satqkd.distil.exchange import Alice
from satqkd.distil.reconcile.engine import CorrectingBob, Engine, Reconciled
from satqkd.units import BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """An engine, and strings that are dealt to its frames word by word."""

    engine: Engine

    @property
    def name(self) -> str:
        """That of the engine."""
        return self.engine.name

    @property
    def frame_bits(self) -> int:
        """Most bits of a frame. [bit]"""
        return self.engine.frame_bits

    def alice(self, bits: Bits, *, qber: float, seed: int) -> Alice:
        """Return the end whose bits hold."""
        return self.engine.alice(self._dealt(bits), qber=qber, seed=seed)

    def bob(self, bits: Bits, *, qber: float, seed: int) -> CorrectingBob:
        """Return the end that corrects its bits."""
        return _DealtBob(self.engine.bob(self._dealt(bits), qber=qber, seed=seed), self)

    def run(self, alice: Bits, bob: Bits, *, qber: float, seed: int) -> Reconciled:
        """Let both ends talk in this process; the same bytes as two ends apart, sooner."""
        hers, his = self._dealt(alice), self._dealt(bob)
        found = self.engine.run(hers, his, qber=qber, seed=seed)
        bits = self.collected(found.bits)
        copies = (hers, his) if self._frames(alice.size) > 1 else ()
        for own in (*copies, found.bits):
            own.wipe()
        return replace(found, bits=bits)

    def collected(self, bits: Bits) -> Bits:
        """Return bits in the order that they had before they were dealt."""
        order = self._order(bits.size)
        words = bits.words.copy()
        words[order] = bits.words[: order.size]
        return Bits(words=words, size=bits.size)

    def _dealt(self, bits: Bits) -> Bits:
        if self._frames(bits.size) < 2:
            return bits
        order = self._order(bits.size)
        words: Words = np.concatenate([bits.words[order], bits.words[order.size :]])
        return Bits(words=words, size=bits.size)

    def _order(self, size: int) -> IntArray:
        """Which word comes where."""
        frames = max(self._frames(size), 1)
        whole = np.arange(size // 64)
        return np.concatenate([whole[frame::frames] for frame in range(frames)])

    def _frames(self, size: int) -> int:
        return -(-size // self.frame_bits)


class _DealtBob:
    """Bob, whose bits are collected again."""

    __slots__ = ("_bob", "_how")

    def __init__(self, bob: CorrectingBob, how: Dealt) -> None:
        self._bob = bob
        self._how = how

    def hear(self, message: Bits) -> Bits | None:
        """Take a message in and return the next request."""
        return self._bob.hear(message)

    @property
    def corrected(self) -> Bits:
        """His bits as they are now."""
        return self._how.collected(self._bob.corrected)

    @property
    def told(self) -> BoolArray:
        """For each frame, whether it was given up and told in full."""
        return self._bob.told
