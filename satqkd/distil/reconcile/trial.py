"""What each engine takes, tried on strings of chance before any real bit is spent."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.distil.bits import Bits
from satqkd.distil.estimate import without_empty_pulses
from satqkd.distil.reconcile.engine import Engine
from satqkd.key.post_processing.error_correction import StatedEfficiency
from satqkd.key.result import OneProtocol
from satqkd.key.statistics.entropy import binary_entropy
from satqkd.units import IntArray

LEAST_BITS: Final = 1 << 12
MOST_BITS: Final = 1 << 20
"""Numerical: lengths of the strings that are tried. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One engine on one string."""

    engine: Engine
    efficiency: float
    """Bits told over Shannon's limit for the errors there were."""
    bob_share: float
    """Bits said by Bob over the length of the string."""
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
        """How long the messages take over a link; computers come on top. [s]

        By definition: one round trip a round, and half of one for the first message.
        """
        return (self.rounds + 0.5) * round_trip_s

    def keys(self, protocol: OneProtocol, expected: Counts) -> IntArray:
        """Return the key to be expected of blocks that are corrected so; (blocks,). [bit]"""
        by = StatedEfficiency(ec_efficiency=max(self.efficiency, 1.0))
        made = protocol.correcting(by).key(expected)
        return without_empty_pulses(made, bob_bits=self.bob_share * made.sifted_bits)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Two strings that no key is made of, with errors as they are expected."""

    alice: Bits
    bob: Bits


def even_sample(*, bits: float, qber: float, seed: int) -> Sample:
    """Return random strings with errors that are everywhere as probable.

    Parameters
    ----------
    bits, qber
        Length of the block and its errors; of the strings up to some length. [bit]
    seed
        Of the strings.
    """
    size = int(min(max(bits, LEAST_BITS), MOST_BITS))
    generator = np.random.default_rng(seed)
    alice = Bits.pack(generator.random(size) < 0.5)
    return Sample(alice=alice, bob=alice ^ Bits.pack(generator.random(size) < qber))


def trials(
    engines: Iterable[Engine],
    sample: Sample,
    *,
    protocol: OneProtocol,
    expected: Counts,
    seed: int = 1,
) -> tuple[Trial, ...]:
    """Try engines on a sample.

    Parameters
    ----------
    engines
        Which.
    sample
        What they are tried on.
    protocol, expected
        Make key of the block: one row.
    seed
        Public, of permutations.
    """
    size, wrong = len(sample.alice), max((sample.alice ^ sample.bob).ones, 1)
    limit = size * float(binary_entropy(np.array(wrong / size)))
    found = []
    for engine in engines:
        begun = time.perf_counter()
        made = engine.run(sample.alice, sample.bob, qber=wrong / size, seed=seed)
        passed = time.perf_counter() - begun
        trial = Trial(
            engine=engine,
            efficiency=made.exchange.alice.total_bits / limit,
            bob_share=made.exchange.bob.total_bits / size,
            frames=made.told.size,
            told_frames=int(made.told.sum()),
            rounds=made.exchange.rounds,
            seconds=passed,
            key_bits=0,
        )
        found.append(replace(trial, key_bits=int(trial.keys(protocol, expected).sum())))
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
