"""Cascade: Alice tells parities of blocks, Bob says where his differ, until none does.

TODO
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import Exchange, Said, exchange
from satqkd.distil.native import native
from satqkd.distil.reconcile.cascade_blocks import (
    MOST_FRAME_BITS,
    TILE_BITS,
    Cut,
    Levels,
    careful_levels,
    fast_levels,
)
from satqkd.distil.reconcile.cascade_ends import CascadeAlice, CascadeBob
from satqkd.distil.reconcile.cascade_strings import Layout
from satqkd.distil.reconcile.engine import Reconciled
from satqkd.errors import NonPhysicalError, require_between

_STAGE: Final = "reconcile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """Cascade with three passes and random checks."""

    name: str
    """As in ``--reconcile``."""
    levels: Callable[[float], Levels]
    """From the expected error fraction to the lengths of the blocks."""
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
        if built is None:
            hers, his = (
                self.alice(alice, qber=qber, seed=seed),
                self.bob(bob, qber=qber, seed=seed),
            )
            said = exchange(hers, his, stage=_STAGE)
            return Reconciled(bits=his.corrected, exchange=said, told=his.told)
        words = bob.words.copy()
        told, hers, her_bytes, his, his_bytes = built.cascade(
            np.ascontiguousarray(alice.words),
            words,
            len(alice),
            self.frame_bits,
            self._levels(qber),
            seed,
        )
        return Reconciled(
            bits=Bits(words=words, size=len(bob)),
            exchange=Exchange(
                stage=_STAGE,
                alice=Said(bits=np.frombuffer(hers, dtype=np.int64), content=her_bytes),
                bob=Said(bits=np.frombuffer(his, dtype=np.int64), content=his_bytes),
            ),
            told=np.frombuffer(told, dtype=np.bool_),
        )

    def _levels(self, qber: float) -> Levels:
        require_between("qber", qber, 0.0, 0.5)
        return self.levels(qber)

    def _layout(self, bits: Bits, *, qber: float, seed: int) -> Layout:
        cut = Cut(size=len(bits), frame_bits=self.frame_bits)
        return Layout.of(cut, levels=self._levels(qber), seed=seed)


CASCADE: Final = Cascade(name="cascade", levels=careful_levels)
"""Tells least, in several hundred rounds."""
CASCADE_FAST: Final = Cascade(name="cascade-fast", levels=fast_levels)
"""Smaller blocks: tells some 2 % more, in about a hundred rounds."""
