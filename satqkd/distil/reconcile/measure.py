"""What an engine tells and takes, measured on frames with memoryless errors.

Strings and errors come from a public stream of integers: the same on every machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.distil.reconcile.engine import Engine
from satqkd.distil.stream import stream
from satqkd.units import BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """Frame by frame."""

    qber: float
    """Probability of an error."""
    frame_bits: int
    """Length of a frame. [bit]"""
    leak_bits: IntArray
    """What Alice said. [bit]"""
    rounds: IntArray
    """Requests that she answered."""
    failed: BoolArray
    """Whether the strings differ at the end."""
    told: BoolArray
    """Whether the frame was told in full."""

    @property
    def efficiency(self) -> float:
        """Mean leak over Shannon's limit; failed frames are counted as the others."""
        return float(self.leak_bits.mean()) / self._limit_bits

    @property
    def standard_error(self) -> float:
        """Of the mean, over Shannon's limit."""
        return float(self.leak_bits.std()) / math.sqrt(self.leak_bits.size) / self._limit_bits

    @property
    def _limit_bits(self) -> float:
        q = self.qber
        return self.frame_bits * -(q * math.log2(q) + (1 - q) * math.log2(1 - q))


def two_strings(size: int, *, qber: float, seed: int) -> tuple[Bits, Bits]:
    """Return Alice's string, and Bob's with errors.

    Parameters
    ----------
    size
        Their length. [bit]
    qber
        Probability of an error, below 1.
    seed
        64 bits.
    """
    differs = stream(seed, count=size) < np.uint64(int(qber * 2.0**64))
    words = stream(seed, count=-(-size // 64), first=size)
    if size % 64:
        words[-1] &= np.uint64((1 << size % 64) - 1)
    errors = Bits.pack(differs)
    return Bits(words=words, size=size), Bits(words=words ^ errors.words, size=size)


def measure(
    engine: Engine,
    *,
    frame_bits: int,
    qber: float,
    frames: int,
    expected: float | None = None,
    seed: int = 0,
) -> Measured:
    """Let an engine correct frames, one by one.

    Parameters
    ----------
    engine
        Whose frames hold ``frame_bits`` or more.
    frame_bits
        Length of a frame. [bit]
    qber
        Probability of an error, above 0.
    frames
        How many.
    expected
        Error fraction that the ends expect; None: ``qber``.
    seed
        64 bits.
    """
    seeds = stream(seed, count=2 * frames).tolist()
    leak, rounds = np.empty(frames, dtype=np.int64), np.empty(frames, dtype=np.int64)
    failed, told = np.empty(frames, dtype=np.bool_), np.empty(frames, dtype=np.bool_)
    for index in range(frames):
        alice, bob = two_strings(frame_bits, qber=qber, seed=seeds[2 * index])
        run = engine.run(
            alice, bob, qber=qber if expected is None else expected, seed=seeds[2 * index + 1]
        )
        leak[index] = run.exchange.alice.total_bits
        rounds[index] = run.exchange.rounds
        failed[index] = not run.bits.equals(alice)
        told[index] = run.told.any()
    return Measured(
        qber=qber, frame_bits=frame_bits, leak_bits=leak, rounds=rounds, failed=failed, told=told
    )
