"""Keys of subsets of the contacts of each block: what limits and proofs rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.schedule.groups import Groups
from satqkd.schedule.problem import KeyOf, Problem
from satqkd.schedule.subsets import (
    beginnings,
    every_subset,
    every_subset_of_parts,
    growing_subsets,
    some_subsets,
    subsets_of_parts,
)
from satqkd.units import BoolArray, FloatArray, IntArray

EXHAUSTIVE: Final = 16
"""Numerical: of blocks up to this size every subset is known; of larger ones a sample."""
SAMPLED: Final = 4096
"""Numerical: subsets drawn of a larger block."""
OF_PARTS: Final = 8192
"""Numerical: of blocks with contacts in part up to so many subsets all are known."""
DEAR_EXHAUSTIVE: Final = 6
"""Numerical: as EXHAUSTIVE, of blocks whose keys take long to work out."""
DEAR_SAMPLED: Final = 64
"""Numerical: as SAMPLED and OF_PARTS, of such blocks."""
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
    """Key of each subset: of a small block all, the empty one first, then counted in binary; of
    another one those in ``listed``. [bit]"""
    listed: Mapping[int, BoolArray]
    """For each larger block, and each with contacts in part, which members are in each subset,
    shape (subsets, members)."""
    complete: frozenset[int]
    """Those of them of which every subset that can be scheduled is listed."""
    label: Mapping[int, IntArray]
    """For each block with contacts in part the label of each member: of one label one at most is
    in any subset."""
    key_of: KeyOf
    """For the beginnings of an order, which may not be among the subsets."""

    def most_bits(self, block: int) -> float:
        """Most key of a block, over the subsets known. [bit]"""
        return float(self.bits[block].max())

    def every(self, block: int) -> bool:
        """Whether every subset of a block is known."""
        return block not in self.listed or block in self.complete

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
        if block in self.listed:
            return self._of_some(block, place)
        return self._of_all(block, place)

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
        subsets = self.listed[block][:, place]
        size = subsets.sum(axis=1)
        inside = np.flatnonzero((size == self.listed[block].sum(axis=1)) & (size > 0))
        subsets, bits = subsets[inside], self.bits[block][inside]
        if block not in self.complete:
            label = self.label.get(block)
            first = beginnings(None if label is None else label[place], place.size)
            order = self.members[block][place]
            own = self.key_of(Groups.of([order[row] for row in first]))
            subsets, bits = np.concatenate([subsets, first]), np.concatenate([bits, own])
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
        if block in self.listed:
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
            listed={number[one]: self.listed[one] for one in kept if one in self.listed},
            complete=frozenset(number[one] for one in kept if one in self.complete),
            label={number[one]: self.label[one] for one in kept if one in self.label},
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
            listed={**self.listed, block: np.vstack([self.listed[block], chosen])},
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
    number = problem.block[blocks.members[blocks.starts[:-1]]].tolist()
    members = dict(zip(number, blocks.parts(), strict=True))
    label = _labels(problem, members)
    counts = np.array(
        [
            subsets_of_parts(label[block]) if block in label else 2.0**own.size
            for block, own in members.items()
        ]
    )
    exhaustive, draws = _sizes(counts)
    given = None if problem.blocks is None else problem.blocks.dear
    dear = set() if given is None else set(np.flatnonzero(given).tolist())
    listed: dict[int, BoolArray] = {}
    complete: set[int] = set()
    for (block, own), count in zip(members.items(), counts.tolist(), strict=True):
        if block in label and count <= (DEAR_SAMPLED if block in dear else OF_PARTS):
            listed[block] = every_subset_of_parts(label[block])
            complete.add(block)
        elif block in label or own.size > (DEAR_EXHAUSTIVE if block in dear else exhaustive):
            most = DEAR_SAMPLED if block in dear else draws
            listed[block] = some_subsets(own.size, most, random, label.get(block))
    bits: dict[int, FloatArray] = {}
    waiting: dict[int, BoolArray] = {}
    for block in number:
        own = members[block].size
        waiting[block] = listed[block] if block in listed else every_subset(own)
        if sum(map(len, waiting.values())) >= AT_ONCE or block == number[-1]:
            bits |= _keys(problem, {one: (members[one], which) for one, which in waiting.items()})
            waiting = {}
    chains = {
        block: growing_subsets(bits[block], members[block].size)
        for block in listed
        if block not in label and block not in complete
    }
    if chains:
        more = _keys(problem, {one: (members[one], chain) for one, chain in chains.items()})
        for block, chain in chains.items():
            bits[block] = np.concatenate((bits[block], more[block]))
            listed[block] = np.concatenate((listed[block], chain))
    return SubsetKeys(
        members=members,
        bits=bits,
        listed=listed,
        complete=frozenset(complete),
        label=label,
        key_of=problem.key_of,
    )


def _labels(problem: Problem, members: Mapping[int, IntArray]) -> dict[int, IntArray]:
    """Labels of the members of each block in which two share one."""
    if problem.part_of is None:
        return {}
    every = {block: problem.part_of[own] for block, own in members.items()}
    return {block: own for block, own in every.items() if np.unique(own).size < own.size}


def _sizes(counts: FloatArray) -> tuple[int, int]:
    """Largest block of which all subsets are taken, and how many of a larger one.

    By how many subsets each block has.
    """
    for exhaustive, sampled in ((EXHAUSTIVE, SAMPLED), (14, SAMPLED), (12, 2048), (10, 1024)):
        if np.where(counts <= 2.0**exhaustive, counts, sampled).sum() <= MOST_SUBSETS:
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
