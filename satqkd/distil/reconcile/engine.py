"""What a way to reconcile two strings is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import Alice, Bob, Exchange
from satqkd.units import BoolArray


class CorrectingBob(Bob, Protocol):
    """Bob, who has other bits when all is said."""

    @property
    def corrected(self) -> Bits:
        """His bits as they are now."""
        ...

    @property
    def told(self) -> BoolArray:
        """For each frame, whether it was given up and told in full."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reconciled:
    """What an engine made of Bob's bits, and what it took."""

    bits: Bits
    """Bob's, corrected; equal to Alice's but for what :mod:`satqkd.distil.verify` is to find."""
    exchange: Exchange
    """All that was said; what Alice said is the leak."""
    told: BoolArray
    """For each frame, whether it was given up and told in full (its bits stand in the leak)."""


class Engine(Protocol):
    """A way to reconcile; its fields are its parameters."""

    @property
    def name(self) -> str:
        """Its name, as in ``--reconcile``."""
        ...

    @property
    def frame_bits(self) -> int:
        """Most bits of a frame; a string is cut into frames, all worked on in step. [bit]"""
        ...

    def alice(self, bits: Bits, *, qber: float, seed: int) -> Alice:
        """Return the end whose bits hold.

        Parameters
        ----------
        bits
            Hers, of a whole block.
        qber
            Error fraction that both ends expect; it need not be right.
        seed
            64 public bits, the same at both ends.
        """
        ...

    def bob(self, bits: Bits, *, qber: float, seed: int) -> CorrectingBob:
        """Return the end that corrects its bits; as :meth:`alice`."""
        ...

    def run(self, alice: Bits, bob: Bits, *, qber: float, seed: int) -> Reconciled:
        """Let both ends talk in this process; the same bytes as two ends apart, sooner."""
        ...
