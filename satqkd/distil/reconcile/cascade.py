"""Cascade: Alice tells parities of blocks, Bob says where his differ, until none does.

::

    pass 1   │ odd │     │     │ odd │   blocks of 2^k₁ bits: one parity each
               ▼ halve: tell the left half, the right one follows; the odd half again, to the bit
    pass 2   │    odd    │           │   longer blocks of the bits, shuffled; a bit found here turns
               ▲ a leaf of pass 1 odd again: it is halved next, and so on     one of pass 1 odd
    pass 3   │                       │   longer still
    checks   4, then 16 parities of random subsets; one that differs is halved like a block

A *leaf* is a block whose parity is known and that has no smaller one in it. Every parity ever told
stays in use: what turns odd is halved from the leaf on, not from the block. The odd leaves of a
frame's lowest pass are halved side by side, each to its bit; then it is looked again. A frame is
done when no leaf is odd and 20 checks in a row agreed when they were told; an error outlives them
with a probability of 2⁻²⁰.

What is said
------------
All frames of a block go in step: a message holds what each of them, in order, has to say.

* Alice: for each frame the parities it asks now, and nothing else: of the blocks that open a pass
  (not of blocks of nothing but the zeros behind a short frame; not of the last one of passes 2 and
  3, which follows), or of the left halves of its odd leaves, by rising place, or of checks. Halves
  of nothing but zeros are told too: they are counted and say nothing.
* Bob: for each of those parities one bit, whether his is another. Both ends know then where
  parities differ, nothing else steers what is asked next, and so no request names a place.
* A frame that would tell more parities than it has bits, or whose answers contradict each other, is
  given up: Alice tells it in full, Bob answers nothing to that. So she never says more than twice
  the bits of a block, whatever Bob asks, and each round says at least one.
* Bob says no more when nothing is left to ask.

Whoever knows Alice's bits and Bob's knows where the errors were, and the parities; the leak that
is counted is Alice's bits. When that is all that is lost is a question of the proof [3]_.

References
----------
.. [1] G. Brassard and L. Salvail, "Secret-key reconciliation by public discussion", *Advances in
   Cryptology - EUROCRYPT '93*, 410 (1994): the passes and the chase back through them.
.. [2] J. Martinez-Mateo et al., "Demystifying the information reconciliation protocol Cascade",
   *Quantum Inf. Comput.* 15, 453 (2015): blocks of powers of two, and reuse of every parity.
   Both recalled, not read again.
.. [3] "Using Cascade in quantum key distribution", arXiv:2307.00576.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import Exchange, Said, exchange
from satqkd.distil.native import native
from satqkd.distil.reconcile.cascade_blocks import (
    MOST_FRAME_BITS,
    TILE_BITS,
    Cut,
    LevelRule,
    Levels,
    careful_levels,
    fast_levels,
    padded_bits,
)
from satqkd.distil.reconcile.cascade_ends import CascadeAlice, CascadeBob
from satqkd.distil.reconcile.cascade_strings import Layout
from satqkd.distil.reconcile.engine import Reconciled
from satqkd.errors import NonPhysicalError, require_between

_STAGE: Final = "reconcile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """Cascade with three passes and random checks.

    The frames of a block are ``frame_bits`` long but the last, which holds what is left, with zeros
    behind it up to a power of two from 4,096 on. A frame too short for its blocks and 20 checks
    (some 30 bits) is told in full at once.

    In one process the places that differ are known of both strings at once: the blocks are kept
    once for both ends, and Alice's parities and the differences are worked out beside each other.
    """

    name: str
    """As in ``--reconcile``."""
    levels: LevelRule
    """From the expected error fraction and the frame to the lengths of the blocks."""
    frame_bits: int = MOST_FRAME_BITS
    """Of a frame, a power of two from 2^12 to 2^16; the last one holds what is left. [bit]"""

    def __post_init__(self) -> None:
        bits = self.frame_bits
        if not TILE_BITS <= bits <= MOST_FRAME_BITS or bits & (bits - 1):
            raise NonPhysicalError(
                "frame_bits", f"must be a power of two, 2^12 to 2^16, got {bits}"
            )

    def alice(self, bits: Bits, *, qber: float, seed: int) -> CascadeAlice:
        """Return the end whose bits hold."""
        return CascadeAlice(bits, layout=self._layout(bits, qber=qber, seed=seed), seed=seed)

    def bob(self, bits: Bits, *, qber: float, seed: int) -> CascadeBob:
        """Return the end that corrects its bits."""
        return CascadeBob(bits, layout=self._layout(bits, qber=qber, seed=seed), seed=seed)

    def run(self, alice: Bits, bob: Bits, *, qber: float, seed: int) -> Reconciled:
        """Let both ends talk in this process; the same bytes as two ends apart, sooner."""
        if len(alice) != len(bob):
            raise NonPhysicalError("bob", f"must be {len(alice)} bits as Alice's, got {len(bob)}")
        built = native()
        run = self._run_in_python if built is None else partial(self._run_in_c, built)
        return run(alice, bob, qber=qber, seed=seed)

    def _run_in_python(self, alice: Bits, bob: Bits, *, qber: float, seed: int) -> Reconciled:
        hers = self.alice(alice, qber=qber, seed=seed)
        his = self.bob(bob, qber=qber, seed=seed)
        said = exchange(hers, his, stage=_STAGE)
        return Reconciled(bits=his.corrected, exchange=said, told=his.told)

    def _run_in_c(
        self, built: Any, alice: Bits, bob: Bits, *, qber: float, seed: int
    ) -> Reconciled:
        cut = self._cut(bob)
        words = bob.words.copy()
        told, *said = built.cascade(
            np.ascontiguousarray(alice.words),
            words,
            cut.size,
            cut.frame_bits,
            *self._levels(cut, qber=qber),
            seed,
        )
        hers, his = (
            Said(bits=np.frombuffer(bits, dtype=np.int64), content=content)
            for bits, content in (said[:2], said[2:])
        )
        return Reconciled(
            bits=Bits(words=words, size=cut.size),
            exchange=Exchange(stage=_STAGE, alice=hers, bob=his),
            told=np.frombuffer(told, dtype=np.bool_),
        )

    def _cut(self, bits: Bits) -> Cut:
        return Cut(size=len(bits), frame_bits=self.frame_bits)

    def _levels(self, cut: Cut, *, qber: float) -> tuple[Levels, Levels]:
        """Of a frame that is not the last, and of the last."""
        require_between("qber", qber, 0.0, 0.5)
        last = padded_bits(cut.frame(max(cut.frames - 1, 0)))
        return self.levels(qber, frame_bits=cut.frame_bits), self.levels(qber, frame_bits=last)

    def _layout(self, bits: Bits, *, qber: float, seed: int) -> Layout:
        cut = self._cut(bits)
        return Layout.of(cut, levels=self._levels(cut, qber=qber), seed=seed)


CASCADE: Final = Cascade(name="cascade", levels=careful_levels)
"""Tells least, in several hundred rounds."""
CASCADE_FAST: Final = Cascade(name="cascade-fast", levels=fast_levels)
"""Smaller blocks: tells some 2 % more, in about a hundred rounds."""
