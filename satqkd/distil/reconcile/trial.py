"""What each engine takes, tried on strings of chance before any real bit is spent."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.distil.bits import Bits
from satqkd.distil.reconcile.engine import Engine
from satqkd.key.post_processing.error_correction import StatedEfficiency
from satqkd.key.result import OneProtocol
from satqkd.key.statistics.entropy import binary_entropy

LEAST_BITS: Final = 1 << 12
MOST_BITS: Final = 1 << 20
"""Numerical: lengths of the strings that are tried. [bit]"""
LEAST_QBER: Final = 1e-3
"""Numerical: below it strings hold too few errors to tell an efficiency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One engine on one string."""

    engine: Engine
    efficiency: float
    """Bits told over Shannon's limit for the errors there were."""
    frames: int
    told_frames: int
    """Frames that were given up and told in full; that is in the efficiency."""
    rounds: int
    """Round trips; frames are worked on in step."""
    seconds: float
    """Both ends, on this machine. [s]"""
    key_bits: int
    """Key to be expected of the block with this efficiency. [bit]"""

    def latency_s(self, round_trip_s: float) -> float:
        """How long it takes over a link. [s]

        By definition: one round trip a round, and the computers.
        """
        return self.rounds * round_trip_s + self.seconds


def trials(
    engines: Iterable[Engine],
    *,
    protocol: OneProtocol,
    expected: Counts,
    sifted_bits: float,
    qber: float,
    seed: int = 1,
) -> tuple[Trial, ...]:
    """Try engines on a string as long as a block, with as many errors, up to some length.

    Parameters
    ----------
    engines
        Which.
    protocol, expected
        Make key of the block: one row.
    sifted_bits, qber
        Length of the block and its errors. [bit]
    seed
        Of the strings.
    """
    size = int(min(max(sifted_bits, LEAST_BITS), MOST_BITS))
    share = max(qber, LEAST_QBER)
    generator = np.random.default_rng(seed)
    alice = Bits.pack(generator.random(size) < 0.5)
    wrong = Bits.pack(generator.random(size) < share)
    limit = size * float(binary_entropy(np.array(max(wrong.ones, 1) / size)))
    found = []
    for engine in engines:
        begun = time.perf_counter()
        made = engine.run(alice, alice ^ wrong, qber=share, seed=seed)
        passed = time.perf_counter() - begun
        efficiency = made.exchange.alice.total_bits / limit
        corrected = protocol.correcting(StatedEfficiency(ec_efficiency=max(efficiency, 1.0)))
        found.append(
            Trial(
                engine=engine,
                efficiency=efficiency,
                frames=made.told.size,
                told_frames=int(made.told.sum()),
                rounds=made.exchange.rounds,
                seconds=passed,
                key_bits=int(corrected.secure_bits(expected).sum()),
            )
        )
    return tuple(found)


def best(found: Sequence[Trial], *, round_trip_s: float, within_s: float | None) -> Trial:
    """Return the trial with most key among those that are done in time.

    The soonest where none is; of equal keys, such as none, the one that tells least.

    Parameters
    ----------
    found
        At least one.
    round_trip_s
        Of the classical link. [s]
    within_s
        Time for a block; None for any. [s]
    """
    soon = [one for one in found if within_s is None or one.latency_s(round_trip_s) <= within_s]
    if not soon:
        return min(found, key=lambda one: one.latency_s(round_trip_s))
    return max(soon, key=lambda one: (one.key_bits, -one.efficiency))
