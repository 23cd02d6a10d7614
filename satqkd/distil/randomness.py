"""Where random bits come from: the system, or, in a simulation, a seed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from satqkd.distil.bits import Bits, Words


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Randomness:
    """A source of random bits that says whether they are real."""

    words: Callable[[int], Words]
    """Draws so many words of 64 bits, in an array that is the caller's."""
    simulated: bool
    """Whether a seed gives them again: then nothing made of them is secret."""

    def bits(self, count: int) -> Bits:
        """Draw a string of ``count`` bits."""
        words = self.words(-(-count // 64))
        if count % 64:
            words[-1] &= np.uint64((1 << count % 64) - 1)
        return Bits(words=words, size=count)

    def number(self, bits: int) -> int:
        """Draw a number below 2^``bits``."""
        return int.from_bytes(self.bits(bits).to_bytes(), "little")


def real_randomness() -> Randomness:
    """Return bits of the operating system's source for secrets."""
    return Randomness(words=_of_the_system, simulated=False)


def simulated_randomness(seed: int) -> Randomness:
    """Return bits that a seed gives again, on every machine.

    Parameters
    ----------
    seed
        64 bits.

    References
    ----------
    .. [1] M. E. O'Neill, "PCG: a family of simple fast space-efficient statistically good
       algorithms for random number generation", HMC-CS-2014-0905 (2014) (recalled); the raw words
       of numpy's PCG64, which numpy keeps the same from version to version (NEP 19, recalled).

    Examples
    --------
    >>> simulated_randomness(1).bits(100).equals(simulated_randomness(1).bits(100))
    True
    """
    generator = np.random.PCG64(seed)
    return Randomness(
        words=lambda count: np.asarray(generator.random_raw(count), dtype=np.uint64),
        simulated=True,
    )


def _of_the_system(count: int) -> Words:
    return np.frombuffer(bytearray(secrets.token_bytes(8 * count)), dtype=np.uint64)
