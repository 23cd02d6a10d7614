"""Key of the blocks of a plan in many realisations, held once for each way a block can fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import KeyOf, Problem
from satqkd.units import BoolArray, FloatArray, IntArray

_BITS_AT_ONCE: Final = 32
"""Contacts of a block whose success is packed into one number."""
NUMBERS_AT_ONCE: Final = 1 << 22
"""Numerical: keys of all blocks that are laid out together, 32 MiB of them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RealisedKeys:
    """Key of each block that has scheduled contacts, realisation by realisation.

    ::

        block    kinds of skies over its contacts   key of each   kind in each realisation
          7      ●●  ●○  ○●                         90 40 30      0 0 2 1 0 ...
    """

    block: IntArray
    """Blocks with scheduled contacts, rising."""
    bits: tuple[FloatArray, ...]
    """For each the key of every kind of realisation. [bit]"""
    kind: tuple[np.ndarray, ...]
    """For each the kind of every realisation, in the smallest of integers that hold it."""
    count: int
    """Realisations."""

    @staticmethod
    def of(problem: Problem, chosen: BoolArray, succeeds: BoolArray) -> RealisedKeys:
        """Work out each key once, however many realisations it is of.

        Parameters are those of :func:`satqkd.schedule.realised.realise`.
        """
        members = np.flatnonzero(chosen)
        number = problem.block[members]
        return RealisedKeys.of_blocks(
            Groups.by(number, members),
            np.unique(number),
            key_of=problem.key_of,
            succeeds=succeeds,
        )

    @staticmethod
    def of_blocks(
        blocks: Groups, number: IntArray, *, key_of: KeyOf, succeeds: BoolArray
    ) -> RealisedKeys:
        """Work out the same for blocks whose members are given.

        Parameters
        ----------
        blocks
            The contacts of each block.
        number
            What each is called, rising, shape (blocks,).
        key_of
            Makes key of contacts of one block.
        succeeds
            As for :meth:`of`.
        """
        groups: list[IntArray] = []
        ends: list[int] = []
        kinds: list[np.ndarray] = []
        for own in blocks.parts():
            left = succeeds[:, own]
            first, kind = _patterns(left)
            groups += [own[left[row]] for row in first.tolist()]
            ends.append(len(groups))
            kinds.append(kind.astype(np.min_scalar_type(first.size)))
        keys = np.asarray(key_of(Groups.of(groups)), dtype=np.float64)
        return RealisedKeys(
            block=number,
            bits=tuple(np.split(keys, ends[:-1])) if ends else (),
            kind=tuple(kinds),
            count=len(succeeds),
        )

    @property
    def largest_bits(self) -> FloatArray:
        """The most that each block makes in any realisation. [bit]"""
        return np.array([float(keys.max(initial=0.0)) for keys in self.bits], dtype=np.float64)

    def of_block(self, place: int) -> FloatArray:
        """Key of one of them, shape (realisations,). [bit]"""
        return np.asarray(self.bits[place][self.kind[place]])

    def by_realisations(self) -> Iterator[tuple[slice, FloatArray]]:
        """Yield some realisations at a time, and the keys of all blocks in them.

        Of shape (realisations, blocks); no more at once than memory should hold. [bit]
        """
        size = max(1, NUMBERS_AT_ONCE // max(1, self.block.size))
        for begin in range(0, self.count, size):
            some = slice(begin, min(begin + size, self.count))
            bits = np.zeros((some.stop - begin, self.block.size))
            for place, (keys, kind) in enumerate(zip(self.bits, self.kind, strict=True)):
                bits[:, place] = keys[kind[some]]
            yield some, bits


def _patterns(left: BoolArray) -> tuple[IntArray, IntArray]:
    """First row of each kind of rows, and the kind of every row."""
    kind = np.zeros(len(left), dtype=np.int64)
    first = np.zeros(min(1, len(left)), dtype=np.int64)
    for begin in range(0, left.shape[1], _BITS_AT_ONCE):
        part = left[:, begin : begin + _BITS_AT_ONCE]
        packed = part @ (1 << np.arange(part.shape[1], dtype=np.int64))
        _, first, kind = np.unique(
            (kind << _BITS_AT_ONCE) + packed, return_index=True, return_inverse=True
        )
    return first.astype(np.int64), kind.astype(np.int64)
