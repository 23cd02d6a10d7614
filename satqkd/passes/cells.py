"""Passes divided at every instant at which something begins or ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.passes.edges import Edges, spread
from satqkd.passes.table import Tracks
from satqkd.passes.tracks import Courses
from satqkd.units import BoolArray, FloatArray, IntArray

APART_S: Final = 1e-5
"""Edges nearer than this are one. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Parts of passes in each of which nothing begins or ends, in order of time.

    ::

        pass       rise . . . dark . . . . . . outage . . . set
        cells      |    0     |       1        |      2      |
    """

    starts: IntArray
    """Offsets of the passes, one more than there are; each has at least one cell."""
    begin_s: FloatArray
    end_s: FloatArray
    goes_on: BoolArray
    """Whether the next cell only looks closer at the same: no edge lies between."""

    def __len__(self) -> int:
        return int(self.begin_s.size)

    @property
    def length_s(self) -> FloatArray:
        """How long each is. [s]"""
        return np.asarray(self.end_s - self.begin_s)

    @property
    def owner(self) -> IntArray:
        """Pass of each."""
        return np.repeat(np.arange(self.starts.size - 1), np.diff(self.starts))

    def pass_slice(self, index: int) -> slice:
        """Cells of a pass."""
        return slice(int(self.starts[index]), int(self.starts[index + 1]))

    def seconds(self, chosen: BoolArray) -> FloatArray:
        """Length of some of the cells, added up for each pass. [s]"""
        if len(self) == 0:
            return np.zeros(0)
        taken_s = np.where(chosen, self.length_s, 0.0)
        return np.asarray(np.add.reduceat(taken_s, self.starts[:-1]))

    def middles(self, courses: Courses) -> Tracks:
        """Look at the middle of each, which stands for all of it."""
        return courses.tracks(self.starts, 0.5 * (self.begin_s + self.end_s), self.length_s)

    def of_samples(self, starts: IntArray, time_s: FloatArray) -> IntArray:
        """Cell of each sample of the passes, which grow with time.

        Of two that meet the later one, if of the pass.
        """
        inner = np.ones(len(self), dtype=np.bool_)
        inner[self.starts[1:] - 1] = False
        ends_s, owner = self.end_s[inner], self.owner[inner]
        reached, behind = starts[owner], starts[owner + 1]
        longest = int(np.diff(starts).max(initial=0))
        for power in range(longest.bit_length() - 1, -1, -1):
            ahead = np.minimum(reached + (1 << power), behind)
            fits = (reached + (1 << power) <= behind) & (time_s[ahead - 1] < ends_s)
            reached = np.where(fits, ahead, reached)
        passed = np.cumsum(np.bincount(reached, minlength=time_s.size + 1))[:-1]
        return np.asarray(passed + np.repeat(np.arange(starts.size - 1), np.diff(starts)))

    def seconds_of(self, chosen: BoolArray, cell: IntArray, tracks: Tracks) -> FloatArray:
        """How long some of the cells are in the time that each sample of a series stands for. [s]

        Parameters
        ----------
        chosen
            Which of the cells.
        cell
            That of each sample.
        tracks
            The series: a sample stands for the time up to half the way to its neighbours.
        """
        before_s = np.concatenate([[0.0], np.cumsum(np.where(chosen, self.length_s, 0.0))])
        middle_s = 0.5 * (tracks.time_s[1:] + tracks.time_s[:-1])
        reached_s = np.empty(tracks.time_s.size + 1)
        at = self._at_most(cell, middle_s)
        within_s = np.clip(middle_s - self.begin_s[at], 0.0, self.length_s[at])
        reached_s[1:-1] = before_s[at] + np.where(chosen[at], within_s, 0.0)
        begins_s, ends_s = reached_s[:-1].copy(), reached_s[1:].copy()
        begins_s[tracks.starts[:-1]] = before_s[self.starts[:-1]]
        ends_s[tracks.starts[1:] - 1] = before_s[self.starts[1:]]
        return np.asarray(np.maximum(ends_s - begins_s, 0.0))

    def _at_most(self, cell: IntArray, time_s: FloatArray) -> IntArray:
        """Cells at instants between samples, each at or behind that of the sample before."""
        at = cell[:-1].copy()
        while True:
            late = (at < cell[1:]) & (time_s > self.end_s[at])
            if not late.any():
                return at
            at = at + late

    def clipped(self, begin_s: FloatArray, end_s: FloatArray) -> Cells:
        """Return what of each lies within a part of its pass; nothing of those outside."""
        owner = self.owner
        begin = np.clip(self.begin_s, begin_s[owner], end_s[owner])
        end = np.clip(self.end_s, begin_s[owner], end_s[owner])
        return Cells(starts=self.starts, begin_s=begin, end_s=end, goes_on=self.goes_on)

    def stretches(self, chosen: BoolArray) -> tuple[IntArray, FloatArray, FloatArray]:
        """Put neighbours among some of the cells together where no edge lies between.

        Returns
        -------
        tuple
            Offsets of the passes in the stretches, and begin and end of each. [s]
        """
        some = chosen & (self.length_s > 0.0)
        joined = np.zeros(len(self) + 1, dtype=np.bool_)
        joined[1:-1] = some[:-1] & some[1:] & self.goes_on[:-1]
        first, last = np.flatnonzero(some & ~joined[:-1]), np.flatnonzero(some & ~joined[1:])
        starts = np.searchsorted(first, self.starts).astype(np.int64)
        return starts, self.begin_s[first], self.end_s[last]


def cells_between(
    begin_s: FloatArray,
    end_s: FloatArray,
    edges: Edges,
    *,
    longest_s: FloatArray,
) -> Cells:
    """Divide passes at edges, and what is left between them evenly.

    Parameters
    ----------
    begin_s, end_s
        The passes, shape (n,). [s]
    edges
        Where to divide; those outside their pass do not count.
    longest_s
        Longest cell of each pass; infinite where edges are all that divides it. [s]
    """
    owner, edge_s = edges.owner, edges.time_s
    inside = (edge_s > begin_s[owner] + APART_S) & (edge_s < end_s[owner] - APART_S)
    every = np.arange(begin_s.size)
    mine = np.concatenate([every, owner[inside]])
    from_s = np.concatenate([begin_s, edge_s[inside]])
    order = np.lexsort((from_s, mine))
    mine, from_s = mine[order], from_s[order]
    new = np.ones(mine.size, dtype=np.bool_)
    new[1:] = (np.diff(mine) != 0) | (np.diff(from_s) > APART_S)
    mine, from_s = mine[new], from_s[new]
    to_s = end_s[mine].copy()
    same = np.flatnonzero(mine[1:] == mine[:-1])
    to_s[same] = from_s[same + 1]
    cell, at_s = spread(from_s, to_s, longest_s=longest_s[mine])
    inner = np.flatnonzero(cell[1:] == cell[:-1])
    goes_on = np.zeros(inner.size, dtype=np.bool_)
    goes_on[:-1] = cell[inner][1:] == cell[inner][:-1]
    return Cells(
        starts=np.searchsorted(mine[cell[inner]], np.arange(begin_s.size + 1)).astype(np.int64),
        begin_s=at_s[inner],
        end_s=at_s[inner + 1],
        goes_on=goes_on,
    )
