"""Reconciliation by quasi-cyclic codes: one-way, or blind by asking for the least sure bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from satqkd.distil.bits import Bits
from satqkd.distil.exchange import exchange
from satqkd.distil.reconcile.engine import Reconciled
from satqkd.distil.reconcile.ldpc_code import ldpc_code
from satqkd.distil.reconcile.ldpc_decoder import belief_of
from satqkd.distil.reconcile.ldpc_ends import LdpcAlice, LdpcBob, Plan
from satqkd.distil.reconcile.ldpc_frames import deal
from satqkd.distil.reconcile.ldpc_rate import (
    BLIND,
    FEWEST_ROWS,
    MOST_RATE,
    ONE_WAY,
    Rate,
    request_bits,
)
from satqkd.distil.reconcile.plain import PlainAlice, PlainBob
from satqkd.errors import NonPhysicalError, require_between

LONG_FRAME: Final = 65_536
"""Always used below :data:`FEW_ERRORS`. [bit]"""
FEW_ERRORS: Final = 0.01
"""Error fraction below which shorter frames fail too often."""
SHORTEST: Final = 2_048
"""A shorter string is told in full: no code of ours is that short. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ldpc:
    """Alice tells parities of frames; Bob asks for bits, if he may, and for frames that fail."""

    name: str
    """As in ``--reconcile``."""
    frame_bits: int = LONG_FRAME
    """Most bits of a frame; below :data:`FEW_ERRORS` :data:`LONG_FRAME`. [bit]"""
    rate: Rate
    """How many parities are told at first."""
    requests: tuple[float, ...]
    """What a frame asks for in each round while it is not done, over Shannon's limit n h(Q)."""
    sweeps: int
    """How long Bob tries before he asks."""

    def __post_init__(self) -> None:
        require_between("frame_bits", self.frame_bits, SHORTEST, LONG_FRAME)
        if self.frame_bits % 64:
            raise NonPhysicalError("frame_bits", f"must be words of 64, got {self.frame_bits}")

    def plan(self, size: int, *, qber: float, seed: int) -> Plan | None:
        """Return what both ends work out for themselves; None where no code is of use."""
        require_between("qber", qber, 0.0, 0.5)
        most = LONG_FRAME if qber < FEW_ERRORS else self.frame_bits
        dealt = deal(size, most_bits=most, seed=seed)
        bits = 64 * max(dealt.frame_words, 1)
        lift = 128 if bits > 32_768 else 64
        columns = -(-bits // lift)
        rows = max(-int(-self.rate.parities(bits, qber=qber) // lift), FEWEST_ROWS)
        if size < SHORTEST or rows > MOST_RATE * columns:
            return None
        return Plan(
            deal=dealt,
            code=ldpc_code(rows=rows, columns=columns, lift=lift),
            requests=tuple(request_bits(each, bits=bits, qber=qber) for each in self.requests),
            belief=belief_of(qber),
            sweeps=self.sweeps,
        )

    def alice(self, bits: Bits, *, qber: float, seed: int) -> LdpcAlice | PlainAlice:
        """Return the end whose bits hold; as :meth:`.engine.Engine.alice`."""
        plan = self.plan(len(bits), qber=qber, seed=seed)
        return PlainAlice(bits) if plan is None else LdpcAlice(bits, plan=plan)

    def bob(self, bits: Bits, *, qber: float, seed: int) -> LdpcBob | PlainBob:
        """Return the end that corrects its bits; as :meth:`.engine.Engine.bob`."""
        plan = self.plan(len(bits), qber=qber, seed=seed)
        return PlainBob(bits) if plan is None else LdpcBob(bits, plan=plan)

    def run(self, alice: Bits, bob: Bits, *, qber: float, seed: int) -> Reconciled:
        """Let both ends talk in this process."""
        hers = self.alice(alice, qber=qber, seed=seed)
        his = self.bob(bob, qber=qber, seed=seed)
        said = exchange(hers, his, stage="reconcile")
        done = Reconciled(bits=his.corrected, exchange=said, told=his.told)
        hers.wipe()
        his.wipe()
        return done


LDPC: Final = Ldpc(name="ldpc", rate=ONE_WAY, requests=(), sweeps=60)
"""One-way: one message, and frames that fail are told."""
LDPC_BLIND: Final = Ldpc(
    name="ldpc-blind",
    rate=BLIND,
    requests=(0.018, 0.018, 0.018, 0.036, 0.072, 0.144, 0.288, 0.576, 1.152),
    sweeps=30,
)
"""Starts near the limit, then asks for what helps most."""
