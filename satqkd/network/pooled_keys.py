"""Key of contacts distilled together, for the planner to ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from satqkd.forecast.yields import Yields
from satqkd.key.system import System
from satqkd.schedule.groups import Groups
from satqkd.units import BoolArray, FloatArray, IntArray

MEMBERS_AT_ONCE: Final = 1 << 18
"""Numerical: members of pools whose counts are laid out together, some 50 MB of them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Collected:
    """What was collected of some contacts, and what makes key of it."""

    systems: tuple[System, ...]
    system: IntArray
    """Which of them makes key of each contact, shape (n,)."""
    rows: Any
    """What it collected, as :class:`~satqkd.key.system.System` says: one row a contact."""

    @staticmethod
    def of(yields: Yields) -> Collected:
        """Take it of what contacts give."""
        return Collected(systems=yields.systems, system=yields.system, rows=yields.collected)

    def take(self, index: IntArray) -> Collected:
        """Return that of some contacts, in that order."""
        return Collected(
            systems=self.systems, system=self.system[index], rows=self.rows.take(index)
        )


def key_by_itself(yields: Yields, *, rows: IntArray, alone: BoolArray) -> FloatArray:
    """Return the key of some contacts distilled without others, shape (n,). [bit]

    Parameters
    ----------
    yields
        What contacts give.
    rows
        Which of them, shape (n,).
    alone
        Which of these are blocks whatever else is flown: they are key as they are distilled, which
        may be in flight. Any other makes one block, as it does with others. Shape (n,).
    """
    own, pooled = yields.made.bits[rows], yields.keys.secure_bits[rows]
    return np.where(alone, own, pooled).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PooledKeys:
    """Key of contacts distilled together, by the protocol that makes it of their counts."""

    collected: tuple[Collected, ...]
    kind: IntArray
    """Which of them holds each contact, shape (n,) like the next ones."""
    row: IntArray
    """Which of its rows that is."""
    bits: FloatArray
    """Key of each contact by itself. [bit]"""
    known: dict[tuple[int, ...], float] = field(default_factory=dict, repr=False)
    """Keys of pooled contacts that took long to work out, by their members. [bit]"""

    def dear(self, block: IntArray) -> BoolArray:
        """Which blocks take long to make key of, by their number for each contact."""
        found = np.zeros(int(block.max(initial=-1)) + 1, dtype=np.bool_)
        for number, own in enumerate(self.collected):
            dear = np.array([system.dear for system in own.systems], dtype=np.bool_)
            mine = self.kind == number
            found[block[mine]] = dear[own.system[self.row[mine]]]
        return found

    def __call__(self, groups: Groups) -> FloatArray:
        """Return the key of each group; each of one block. [bit]"""
        bits = np.zeros(len(groups))
        some = np.flatnonzero(groups.sizes > 0)
        first = groups.members[groups.starts[some]]
        single = groups.sizes[some] == 1
        bits[some[single]] = self.bits[first[single]]
        several = some[~single]
        bits[several] = self.together(groups.take(several))
        return bits

    def together(self, groups: Groups) -> FloatArray:
        """Return the key of each group, of one contact too, by what was collected of it. [bit]"""
        bits = np.zeros(len(groups))
        first = groups.members[groups.starts[:-1]]
        label = self.kind[first] * 1_000_000
        for number, collected in enumerate(self.collected):
            mine = self.kind[first] == number
            label[mine] += collected.system[self.row[first[mine]]]
        for one in np.unique(label).tolist():
            rows = self.collected[one // 1_000_000].rows
            system = self.collected[one // 1_000_000].systems[one % 1_000_000]
            own = np.flatnonzero(label == one)
            if system.dear:
                bits[own] = self._looked_up(rows, system, groups.take(own))
                continue
            for part in _portions(groups.sizes[own]):
                bits[own[part]] = self._pooled(rows, system, groups.take(own[part]))
        return bits

    def _pooled(self, rows: Any, system: System, groups: Groups) -> IntArray:
        """Return the key of each group of contacts of one system. [bit]"""
        members = np.split(self.row[groups.members], groups.starts[1:-1])
        return system.bits_of(system.pooled(rows, members))

    def _looked_up(self, rows: Any, system: System, groups: Groups) -> list[float]:
        """Return the same, each worked out once only. [bit]"""
        names = [tuple(sorted(name)) for name in groups.as_tuples()]
        new = {name: index for index, name in enumerate(names) if name not in self.known}
        if new:
            index = np.array(list(new.values()), dtype=np.int64)
            found = self._pooled(rows, system, groups.take(index)).tolist()
            self.known.update(zip(new, found, strict=True))
        return [self.known[name] for name in names]


def _portions(sizes: IntArray) -> Iterator[slice]:
    """Divide groups of these sizes, so that each part has few members, or one group."""
    upto = np.cumsum(sizes)
    begin = 0
    while begin < sizes.size:
        before = int(upto[begin] - sizes[begin])
        end = int(np.searchsorted(upto, before + MEMBERS_AT_ONCE, side="right"))
        yield slice(begin, max(end, begin + 1))
        begin = max(end, begin + 1)
