"""One block: what both ends agree on beforehand, and what became of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from satqkd.clicks.counts import Counts
from satqkd.distil.amplify import family
from satqkd.distil.bits import Bits
from satqkd.distil.exchange import Exchange
from satqkd.distil.hash_family import HashFamily
from satqkd.distil.reconcile.engine import Engine
from satqkd.errors import NonPhysicalError, require_between
from satqkd.key.result import KeyResult, OneProtocol

MOST_QBER: Final = 0.11
"""Error fraction from which on BB84 gives no key, however long the block: P. W. Shor and
J. Preskill, *Phys. Rev. Lett.* 85, 441 (2000)."""


USUAL_FAMILY: Final = family()
"""Hash unless another is agreed on."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terms:
    """What both ends know of a block before it: nothing of it is secret."""

    block: int
    """Its number: no two of an authentication key have the same."""
    protocol: OneProtocol
    """How counts become key: one way, chosen beforehand."""
    expected: Counts
    """One row: what is sent, how often, and how many clicks were to be expected."""
    engine: Engine
    """How Bob's bits are corrected."""
    family: HashFamily = USUAL_FAMILY
    """How key is made of them."""
    qber: float
    """Error fraction of the key bits that both expect."""
    most_qber: float = MOST_QBER
    """Above it the block is given up."""

    def __post_init__(self) -> None:
        if self.expected.pulses.size != 1:
            raise NonPhysicalError("expected", "must be of one block")
        require_between("qber", self.qber, 0.0, 0.5)
        require_between("most_qber", self.most_qber, 0.0, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Distilled:
    """What became of a block."""

    terms: Terms
    keys: tuple[Bits, Bits] | None
    """Alice's key and Bob's, the same; None where there is none."""
    why_none: str | None
    """Why, for people; None where there is one."""
    clicks: int
    """Pulses that clicked."""
    sifted_bits: int
    """Of them those that become key. [bit]"""
    check_bits: int
    """Those that were told to test the phase. [bit]"""
    check_qber: float | None
    """Error fraction among the latter, known before the others are corrected; None without any."""
    wrong_bits: int
    """Key bits that differed; both ends' records are needed to know. [bit]"""
    corrected_bits: int
    """Key bits that Bob turned over. [bit]"""
    frames: int
    """Parts that were corrected in step."""
    told_frames: int
    """Of them those that were given up and told in full."""
    counts: Counts | None
    """What was counted, one row; None where it did not come so far."""
    proven: KeyResult | None
    """Key of these counts with what was told counted in full: no key is longer."""
    exchanges: tuple[Exchange, ...]
    """All that was said, stage by stage."""
    seconds: Mapping[str, float]
    """Time each stage took here, both ends. [s]"""
    family: str
    """Which hash made the key; empty without one."""
    authentication_bits: int
    """Key spent on tags of what was said. [bit]"""
    earned: tuple[Bits, Bits] | None
    """New key of either end for the tags of a later block, beside :attr:`keys`."""
    failure_probability: float
    """At most how probably the keys are not secret, or not the same; 0 without key."""

    def __repr__(self) -> str:
        return f"Distilled(block {self.terms.block}: {self.bits} bits)"

    @property
    def bits(self) -> int:
        """Length of the key. [bit]"""
        return 0 if self.keys is None else len(self.keys[0])

    @property
    def stated(self) -> KeyResult | None:
        """Key of what was counted with the error correction that the mission states."""
        return None if self.counts is None else self.terms.protocol.key(self.counts)

    @property
    def leak_bits(self) -> int:
        """What Alice told of the key bits to correct Bob's: counted from what was said. [bit]"""
        return sum(one.alice.total_bits for one in self.exchanges if one.stage == "reconcile")

    @property
    def bob_bits(self) -> int:
        """What Bob said of his errors in key bits: where they are, and how many. [bit]"""
        stages = {"reconcile", "verify", "amplify"}
        return sum(one.bob.total_bits for one in self.exchanges if one.stage in stages)

    @property
    def empty_pulse_bits(self) -> int | None:
        """Sifted bits of empty pulses that did not count as private; None before the proof. [bit]

        By definition: all there may be, and at most as many as Bob said of his errors.
        """
        if self.proven is None:
            return None
        return min(math.ceil(float(self.proven.vacuum_bits[0])), self.bob_bits)

    @property
    def rounds(self) -> int:
        """Requests that were answered, at all stages: each takes a round trip."""
        return sum(one.rounds for one in self.exchanges)
