"""Cascade: Alice tells parities of blocks, Bob says where his differ, until none does.

TODO
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
    """Cascade with three passes and random checks."""

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
