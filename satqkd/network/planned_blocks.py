"""Key blocks of a plan: which contacts are distilled together, and what each brings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from satqkd.mission.blocks import BlockSpan
from satqkd.network.candidates import Candidates
from satqkd.schedule.groups import Groups
from satqkd.schedule.polish import change_of_block
from satqkd.schedule.problem import Solution
from satqkd.schedule.subset_keys import subset_keys
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedBlocks:
    """Blocks of the candidates of a plan; arrays of shape (blocks,) unless said otherwise."""

    gathers: tuple[BlockSpan, ...]
    """How long each gathers."""
    divided_for: tuple[tuple[frozenset[int], ...], ...]
    """Pairs of stations at whose deadlines what would be one block is divided, into each and
    others; none for a block that is whole."""
    possible: tuple[IntArray, ...]
    """Candidates of each that could be members, rising, parts of them left aside."""
    members: tuple[IntArray, ...]
    """Candidates of each that are scheduled, and distilled together; empty for none."""
    opening: tuple[IntArray, ...]
    """Contacts flown before the window that could be distilled with them, by their place among the
    candidates."""
    taken: tuple[IntArray, ...]
    """Those of them that are."""
    satellite: IntArray
    """Index of its satellite."""
    station: IntArray
    """Index of its station; of the first of a pair."""
    partner: IntArray
    """Index of the second; −1 where there is one only."""
    start_s: FloatArray
    """When the first member, or contact flown before, begins; NaN without any. [s]"""
    end_s: FloatArray
    """When the last one ends: before, there is no key of the block; NaN without any. [s]"""
    bits: IntArray
    """Key of its members as one, with what is taken of contacts flown before. [bit]"""
    separate_bits: IntArray
    """Sum of the keys of the members, each a block of its own. [bit]"""
    all_bits: IntArray
    """Key of all that could be members, clashes ignored. [bit]"""
    share_bits: IntArray
    """For each candidate, if scheduled its share of the key of its block, else what it would add;
    shape (candidates,). [bit]"""
    block: IntArray
    """For each candidate its block, shape (candidates,)."""
    hopeless: BoolArray
    """Blocks of several contacts that hold no key whichever are scheduled."""

    def __len__(self) -> int:
        return len(self.members)

    @property
    def planned(self) -> IntArray:
        """Blocks with members, or of contacts flown before."""
        some = [own.size + self.taken[i].size > 0 for i, own in enumerate(self.members)]
        return np.flatnonzero(some)

    @property
    def pooled(self) -> BoolArray:
        """Blocks that could hold several contacts."""
        return np.array([one != "pass" for one in self.gathers], dtype=np.bool_)

    @property
    def cut(self) -> tuple[bool, ...]:
        """Whether each is a part of what could be one block, divided at a deadline or milestone."""
        return tuple(bool(pairs) for pairs in self.divided_for)

    def why_hopeless(self, candidate: int) -> str | None:
        """Say that no contacts of a candidate's block make key together; None where some do."""
        block = int(self.block[candidate])
        if not self.hopeless[block]:
            return None
        count = self.possible[block].size + self.opening[block].size
        return f"no key: whichever of the {count} contacts of its block are pooled"


def planned_blocks(candidates: Candidates, solution: Solution) -> PlannedBlocks:
    """Gather what a solution makes of the blocks of its candidates."""
    problem, chosen = candidates.problem, solution.chosen
    every = Groups.by(candidates.block, np.arange(len(problem))).parts()
    all_members = tuple(own[chosen[own]] for own in every)
    flown = ~problem.occupies
    whole = ~candidates.in_part & ~flown
    bits = problem.block_bits(chosen)
    all_bits = problem.block_bits(~candidates.in_part)
    first = problem.first_of_block
    alone = np.array([float(problem.key_bits[own].sum()) for own in all_members], dtype=np.float64)

    def of_members(values: FloatArray, get: Callable[[FloatArray], float]) -> FloatArray:
        return np.array([get(values[own]) if own.size else np.nan for own in all_members])

    share = _shares(candidates, chosen, bits, all_members)
    best = np.array([float(problem.key_bits[own].max()) for own in every], dtype=np.float64)
    several = np.array(
        [np.count_nonzero(~candidates.in_part[own]) > 1 for own in every], dtype=np.bool_
    )
    lone = np.array([gathers != "pass" for gathers in candidates.gathers], dtype=np.bool_)
    return PlannedBlocks(
        gathers=candidates.gathers,
        divided_for=candidates.divided_for,
        possible=tuple(own[whole[own]] for own in every),
        members=tuple(own[~flown[own]] for own in all_members),
        opening=tuple(own[flown[own]] for own in every),
        taken=tuple(own[flown[own]] for own in all_members),
        satellite=problem.satellite[first],
        station=problem.station[first],
        partner=problem.partner[first],
        start_s=of_members(problem.start_s, np.min),
        end_s=of_members(problem.end_s, np.max),
        bits=bits.astype(np.int64),
        separate_bits=alone.astype(np.int64),
        all_bits=all_bits.astype(np.int64),
        share_bits=share,
        block=candidates.block,
        hopeless=_hopeless(candidates, (several | lone) & (all_bits <= 0) & (best <= 0)),
    )


def _hopeless(candidates: Candidates, suspects: BoolArray) -> BoolArray:
    """Which of some blocks hold no key whichever of their contacts are scheduled.

    A whole block can be spoilt by poor contacts: the keys of its subsets say (of a large block of a
    sample of them).
    """
    found = suspects.copy()
    own = np.flatnonzero(suspects[candidates.block])
    groups = Groups.by(candidates.block[own], own)
    if len(groups):
        keys = subset_keys(candidates.problem, groups)
        for block in keys.members:
            found[block] = keys.most_bits(block) < 1.0
    return found


def _shares(
    candidates: Candidates, chosen: BoolArray, bits: FloatArray, members: tuple[IntArray, ...]
) -> IntArray:
    """Share the key of each block out by what it would lose without each; sums are kept."""
    problem = candidates.problem
    every = np.arange(len(problem))
    share = np.zeros(len(problem), dtype=np.int64)
    free = every[~chosen]
    share[free] = np.maximum(change_of_block(problem, chosen, free, add=True), 0.0)
    taken = every[chosen]
    loss = np.zeros(len(problem))
    loss[taken] = np.maximum(-change_of_block(problem, chosen, taken, add=False), 0.0)
    for block, own in enumerate(members):
        if own.size:
            weight = loss[own] if loss[own].sum() > 0 else np.ones(own.size)
            upto = np.rint(bits[block] * np.cumsum(weight) / weight.sum()).astype(np.int64)
            share[own] = np.diff(upto, prepend=0)
    return share
