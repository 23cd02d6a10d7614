"""What a family of hash functions is that amplifies privacy."""

from __future__ import annotations

from typing import Protocol

from satqkd.distil.bits import Bits
from satqkd.errors import NonPhysicalError


class HashFamily(Protocol):
    """Functions from n bits to l, one for each seed.

    Any two strings meet under at most 2^(:attr:`cost_bits` - l) of the seeds: each bit of cost
    takes a bit of key, by the leftover hash lemma.
    """

    @property
    def name(self) -> str:
        """As in the record of a block: both ends must use the same."""
        ...

    @property
    def cost_bits(self) -> int:
        """How much shorter the key must be than with a universal family. [bit]"""
        ...

    def seed_bits(self, n: int, length: int) -> int:
        """Return how many public random bits choose a function. [bit]"""
        ...

    def hashed(self, bits: Bits, *, seed: Bits, length: int) -> Bits:
        """Shorten a string.

        Parameters
        ----------
        bits
            The string, n bits.
        seed
            :meth:`seed_bits` public random bits, drawn after all else was said.
        length
            Bits of the result, at most n. [bit]
        """
        ...


def require_fit(family: HashFamily, bits: Bits, *, seed: Bits, length: int) -> None:
    """Refuse a result that is longer than its string, and a seed that is not as long as needed."""
    n = len(bits)
    if not 0 <= length <= n:
        raise NonPhysicalError("length", f"must be 0 to {n} bits, got {length}")
    needed = family.seed_bits(n, length)
    if len(seed) != needed:
        raise NonPhysicalError("seed", f"must be {needed} bits, got {len(seed)}")
