"""Groups of contacts in two flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """Groups of contacts; group i is ``members[starts[i]:starts[i + 1]]``."""

    starts: IntArray
    """Offsets of the groups in ``members``, one more than there are groups."""
    members: IntArray
    """Indices of contacts."""

    def __len__(self) -> int:
        return int(self.starts.size - 1)

    @staticmethod
    def of(parts: Sequence[IntArray | Sequence[int]]) -> Groups:
        """Lay groups behind each other.

        Examples
        --------
        >>> Groups.of([[4, 2], [], [7]]).starts
        array([0, 2, 2, 3])
        """
        sizes = [len(part) for part in parts]
        return Groups(
            starts=np.cumsum([0, *sizes], dtype=np.int64),
            members=np.concatenate(
                [np.zeros(0, dtype=np.int64), *(np.asarray(part, np.int64) for part in parts)]
            ),
        )

    @staticmethod
    def by(label: IntArray, contacts: IntArray) -> Groups:
        """Gather contacts by the label of each, labels rising, contacts in the order given."""
        order = np.argsort(label, kind="stable")
        changed = np.flatnonzero(np.diff(label[order])) + 1
        ends = [0, *changed.tolist(), label.size] if label.size else [0]
        return Groups(starts=np.array(ends, dtype=np.int64), members=contacts[order])

    @property
    def sizes(self) -> IntArray:
        """How many contacts each holds."""
        return np.diff(self.starts)

    @property
    def number(self) -> IntArray:
        """The group of each member."""
        return np.repeat(np.arange(len(self)), self.sizes)

    def take(self, index: IntArray) -> Groups:
        """Return some of the groups, in that order."""
        sizes = self.sizes[index]
        starts = np.concatenate(([0], np.cumsum(sizes)))
        within = np.arange(int(starts[-1])) - np.repeat(starts[:-1], sizes)
        return Groups(
            starts=starts, members=self.members[np.repeat(self.starts[index], sizes) + within]
        )

    def parts(self) -> list[IntArray]:
        """Return the contacts of each group."""
        return np.split(self.members, self.starts[1:-1]) if len(self) else []

    def sums(self, values: FloatArray) -> FloatArray:
        """Add values of contacts up in each group."""
        total = np.concatenate(([0.0], np.cumsum(values[self.members])))
        return np.asarray(total[self.starts[1:]] - total[self.starts[:-1]])

    def as_tuples(self) -> list[tuple[int, ...]]:
        """Return the groups as tuples."""
        flat = self.members.tolist()
        return [tuple(flat[first:end]) for first, end in pairwise(self.starts.tolist())]
