"""Keys of subsets of the contacts of each block: what limits and proofs rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import KeyOf, Problem
from satqkd.units import BoolArray, FloatArray, IntArray

EXHAUSTIVE: Final = 16
"""Numerical: of blocks up to this size every subset is known; of larger ones a sample."""
SAMPLED: Final = 4096
"""Numerical: subsets drawn of a larger block."""
DEAR_EXHAUSTIVE: Final = 6
"""Numerical: as EXHAUSTIVE, of blocks whose keys take long to work out."""
DEAR_SAMPLED: Final = 64
"""Numerical: as SAMPLED, of such blocks."""
MOST_SUBSETS: Final = 5_000_000
"""Numerical: subsets known of all blocks together; with more, both sizes shrink."""
AT_ONCE: Final = 1 << 16
"""Numerical: subsets whose keys are worked out together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SubsetKeys:
    """Keys of subsets of blocks, by number of block."""

    members: Mapping[int, IntArray]
    """Contacts of each block, rising."""
    bits: Mapping[int, FloatArray]
    """Key of each subset: of a small block all, the empty one first, then counted in binary; of a
    larger one those in ``sampled``. [bit]"""
    sampled: Mapping[int, BoolArray]
    """For each larger block which members are in each subset, shape (subsets, members)."""
    key_of: KeyOf
    """For the beginnings of an order, which may not be among the subsets."""

    def most_bits(self, block: int) -> float:
        """Most key of a block, over the subsets known. [bit]"""
        return float(self.bits[block].max())

    def every(self, block: int) -> bool:
        """Whether every subset of a block is known."""
        return block not in self.sampled

    def coefficients(self, block: int, order: IntArray) -> FloatArray:
        r"""Least worth of contacts that covers every subset: as much of it as late as possible.

        .. math:: a_j = \max_{S \subseteq \{1 \dots j-1\}}
           \bigl(k(S \cup \{j\}) - \sum_{i \in S} a_i\bigr)^+

        which are the marginal keys along the order where the key is supermodular.

        Parameters
        ----------
        block
            Number of the block.
        order
            Some of its contacts, none twice.

        Returns
        -------
        FloatArray
            One for each of ``order``. [bit]
        """
        place = np.searchsorted(self.members[block], order)
        if self.every(block):
            return self._of_all(block, place)
        return self._of_some(block, place)

    def _of_all(self, block: int, place: IntArray) -> FloatArray:
        """Go through all subsets, doubling them with each contact::

        none | 1 | 2  12 | 3  13  23  123 | ...
        """
        known = self.bits[block]
        number = np.zeros(1, dtype=np.int64)
        covered = np.zeros(1)
        worth = np.zeros(place.size)
        for at, bit in enumerate((1 << place).tolist()):
            more = number | bit
            worth[at] = max(0.0, float((known[more] - covered).max()))
            number = np.concatenate((number, more))
            covered = np.concatenate((covered, covered + worth[at]))
        return worth

    def _of_some(self, block: int, place: IntArray) -> FloatArray:
        """Go through the known subsets by their last contact in the order."""
        subsets = self.sampled[block][:, place]
        size = subsets.sum(axis=1)
        inside = np.flatnonzero((size == self.sampled[block].sum(axis=1)) & (size > 0))
        beginnings = np.tri(place.size, dtype=np.bool_)
        order = self.members[block][place]
        own = self.key_of(Groups.of([order[: at + 1] for at in range(place.size)]))
        subsets = np.concatenate([subsets[inside], beginnings])
        bits = np.concatenate([self.bits[block][inside], own])
        last = place.size - 1 - np.argmax(subsets[:, ::-1], axis=1)
        by_last = np.argsort(last, kind="stable")
        ends = np.searchsorted(last[by_last], np.arange(place.size + 1))
        worth = np.zeros(place.size)
        for at in range(place.size):
            rows = by_last[ends[at] : ends[at + 1]]
            if rows.size:
                worth[at] = max(0.0, float((bits[rows] - subsets[rows] @ worth).max()))
        return worth

    def helpful(self, block: int) -> BoolArray:
        """Which members raise the key of some set of the others; unknown ones count as such."""
        members, bits = self.members[block], self.bits[block]
        if not self.every(block):
            return np.full(members.size, bool(bits.max() > 0))
        most, number = bits.copy(), np.arange(bits.size)
        for place in range(members.size):
            without = number & ~(1 << place)
            most = np.maximum(most, most[without])
        return np.array(
            [
                np.any(most[number | 1 << place] > most[number & ~(1 << place)])
                for place in range(members.size)
            ],
            dtype=np.bool_,
        )

    def part(self, contacts: IntArray, number: Mapping[int, int], key_of: KeyOf) -> SubsetKeys:
        """Return the keys of some blocks whole.

        Parameters
        ----------
        contacts
            Contacts kept, rising: each is counted by its place among them.
        number
            New number of each block kept.
        key_of
            As for the contacts by their new numbers.
        """
        kept = [block for block in number if block in self.members]
        return SubsetKeys(
            members={number[one]: np.searchsorted(contacts, self.members[one]) for one in kept},
            bits={number[one]: self.bits[one] for one in kept},
            sampled={number[one]: self.sampled[one] for one in kept if one in self.sampled},
            key_of=key_of,
        )

    def learned(self, block: int, chosen: BoolArray, bits: float) -> SubsetKeys:
        """Add one subset of a block of which not all are known.

        Parameters
        ----------
        block
            Number of the block.
        chosen
            Which of its members are in the subset.
        bits
            Its key. [bit]
        """
        return replace(
            self,
            bits={**self.bits, block: np.append(self.bits[block], bits)},
            sampled={**self.sampled, block: np.vstack([self.sampled[block], chosen])},
        )

    @property
    def proven(self) -> bool:
        """Whether every subset of every block is known."""
        return all(self.every(block) for block in self.members)


def subset_keys(problem: Problem, blocks: Groups) -> SubsetKeys:
    """Work out the keys of the subsets of blocks: of small ones all, of larger ones a sample.

    Parameters
    ----------
    problem
        Contacts in blocks.
    blocks
        Contacts of each block, rising within it; no group may be empty.
    """
    random = np.random.default_rng(0)
    exhaustive, draws = _sizes(blocks.sizes)
    number = problem.block[blocks.members[blocks.starts[:-1]]].tolist()
    members = dict(zip(number, blocks.parts(), strict=True))
    given = None if problem.blocks is None else problem.blocks.dear
    dear = set() if given is None else set(np.flatnonzero(given).tolist())
    sampled = {
        block: _some(own.size, DEAR_SAMPLED if block in dear else draws, random)
        for block, own in members.items()
        if own.size > (DEAR_EXHAUSTIVE if block in dear else exhaustive)
    }
    bits: dict[int, FloatArray] = {}
    waiting: dict[int, BoolArray] = {}
    for block in number:
        own = members[block].size
        waiting[block] = sampled[block] if block in sampled else _every(own)
        if sum(map(len, waiting.values())) >= AT_ONCE or block == number[-1]:
            bits |= _keys(problem, {one: (members[one], which) for one, which in waiting.items()})
            waiting = {}
    chains = {block: _chain(bits[block], members[block].size) for block in sampled}
    if chains:
        more = _keys(problem, {one: (members[one], chain) for one, chain in chains.items()})
        for block, chain in chains.items():
            bits[block] = np.concatenate((bits[block], more[block]))
            sampled[block] = np.concatenate((sampled[block], chain))
    return SubsetKeys(members=members, bits=bits, sampled=sampled, key_of=problem.key_of)


def _sizes(sizes: IntArray) -> tuple[int, int]:
    """Largest block of which all subsets are taken, and how many of a larger one."""
    for exhaustive, sampled in ((EXHAUSTIVE, SAMPLED), (14, SAMPLED), (12, 2048), (10, 1024)):
        if np.where(sizes <= exhaustive, 2.0**sizes, sampled).sum() <= MOST_SUBSETS:
            return exhaustive, sampled
    return 8, 256


def _keys(
    problem: Problem, parts: Mapping[int, tuple[IntArray, BoolArray]]
) -> dict[int, FloatArray]:
    sizes = np.concatenate([subsets.sum(axis=1) for _, subsets in parts.values()])
    chosen = np.concatenate(
        [np.broadcast_to(members, subsets.shape)[subsets] for members, subsets in parts.values()]
    )
    groups = Groups(starts=np.concatenate(([0], np.cumsum(sizes))), members=chosen)
    ends = np.cumsum([len(subsets) for _, subsets in parts.values()])
    return dict(zip(parts, np.split(problem.key_of(groups), ends[:-1]), strict=True))


def _every(size: int) -> BoolArray:
    """Every subset, the empty one first, shape (2ⁿ, n)."""
    return np.asarray((np.arange(1 << size)[:, np.newaxis] >> np.arange(size)) & 1, np.bool_)


def _some(size: int, count: int, random: np.random.Generator) -> BoolArray:
    """The whole, all but one, each alone, and subsets of random size, shape (subsets, n)."""
    share = random.uniform(0.0, 1.0, (count, 1))
    drawn = random.uniform(0.0, 1.0, (count, size)) < share
    alone = np.eye(size, dtype=np.bool_)
    whole = np.ones((1, size), dtype=np.bool_)
    return np.concatenate([whole, ~alone, alone, drawn[drawn.any(axis=1)]])


def _chain(bits: FloatArray, size: int) -> BoolArray:
    """Sets that grow by the member the whole needs most, given keys as :func:`_some` lays sets out.

    Among them are sets without those that spoil the whole: the most key of a block is near.
    """
    loss = bits[0] - bits[1 : 1 + size]
    place = np.argsort(np.argsort(-loss, kind="stable"), kind="stable")
    return np.asarray(place[np.newaxis, :] <= np.arange(size)[:, np.newaxis], np.bool_)
