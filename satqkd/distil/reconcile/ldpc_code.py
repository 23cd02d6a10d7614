"""Quasi-cyclic parity-check codes of any rate, by one rule and without a table.

::

    columns   chain of degree 2 (turn 0)   degree 3          heavy
    row 0     1 . . .                      t . . t . . .     t t . t
    row 1     1 1 . .                      . t . . . t .     t . t t      each entry is a circulant:
    row 2     . 1 1 .                      t . t . . . t     . t t t      bit (lane + turn) mod lift
    row 3     . . 1 1                      . . t t t . .     t t t .      is in check 'lane'
    row 4     . . . 1                      . t . . . t t     t t t .
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.distil.bits import Words
from satqkd.distil.stream import stream
from satqkd.units import IntArray

SEED: Final = 0x51A7
"""Of the turns of every code."""
HEAVY: Final = 12
"""Most entries of a column."""
APART: Final = 10
"""Cycles through two columns of degree 3 are kept longer than this along the chain, if they can."""
_CYCLE: Final = 1000
"""What a cycle of four costs beside the closeness of longer ones."""

Short = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LdpcCode:
    """A code; its bits lie column by column, lane by lane, its checks row by row, lane by lane."""

    rows: int
    """Of circulants: its checks are rows × lift."""
    columns: int
    """Of circulants: its bits are columns × lift."""
    lift: int
    """Size of a circulant, 64 or 128."""
    starts: npt.NDArray[np.int32]
    """Shape (rows + 1,): where the entries of each row begin."""
    column: Short
    """Shape (entries,): column of each entry, rising along a row."""
    shift: Short
    """Shape (entries,): by how much the circulant is turned."""
    onward: Short
    """Shape (entries,): by how much further than the entry above it in its column, cyclically."""
    last: Short
    """Shape (columns,): the shift of each column's entry in its last row."""

    @property
    def bits(self) -> int:
        """Length of a frame. [bit]"""
        return self.columns * self.lift

    @property
    def checks(self) -> int:
        """Length of a syndrome. [bit]"""
        return self.rows * self.lift

    def syndromes(self, frames: Words) -> Words:
        """Return the parities of frames.

        Parameters
        ----------
        frames
            Shape (frames, bits / 64).

        Returns
        -------
        Words
            Shape (frames, checks / 64).
        """
        words = self.lift // 64
        blocks = frames.reshape(len(frames), self.columns, words)
        # A turn by 64 i + j: word w is made of words w + i and w + i + 1.
        whole, part = np.divmod(self.shift.astype(np.int64), 64)
        first = (np.arange(words) + whole[:, np.newaxis]) % words
        second = (first + 1) % words
        down = part.astype(np.uint64)[:, np.newaxis]
        up = (np.uint64(64) - down) % np.uint64(64)
        mask = np.where(down > 0, np.uint64(2**64 - 1), np.uint64(0))
        column = self.column.astype(np.int64)[:, np.newaxis]
        out = np.empty((len(frames), self.rows, words), dtype=np.uint64)
        for frame, to in zip(blocks, out, strict=True):
            turned = (frame[column, first] >> down) | ((frame[column, second] << up) & mask)
            np.bitwise_xor.reduceat(turned, self.starts[:-1], axis=0, out=to)
        return out.reshape(len(frames), self.checks // 64)


def chain_columns(rows: int) -> int:
    """How many columns of degree 2 there are: nearly as many as rows."""
    return rows - max(1, rows // 50)


def heavy_columns(rows: int, *, columns: int) -> tuple[int, int]:
    """How many columns are heavy, and of which degree: mean degree about 5.4, less at low rates."""
    heavy = min(HEAVY, rows - 1)
    chain = chain_columns(rows)
    mean = 5.4 - 2.0 * max(0.0, rows / columns - 0.1)
    count = int((mean * columns - 2 * chain - 3 * (columns - chain)) / max(heavy - 3, 1))
    return (min(max(count, 0), columns - chain), heavy)


@lru_cache(maxsize=64)
def ldpc_code(*, rows: int, columns: int, lift: int) -> LdpcCode:
    """Return the code of a size; the same at any time and place.
    """
    layout = _Layout(rows=rows, columns=columns, lift=lift)
    chain = chain_columns(rows)
    heavy, degree = heavy_columns(rows, columns=columns)
    light = columns - chain - heavy
    for c in range(chain):
        layout.chain(c)
    for c in range(chain, columns):
        layout.column(c, degree=3 if c < chain + light else degree)
    return layout.code()


class _Layout:
    """A code while it grows, column by column."""

    def __init__(self, *, rows: int, columns: int, lift: int) -> None:
        self.rows, self.columns, self.lift = rows, columns, lift
        self.entries: list[tuple[int, int, int]] = []
        self.weight = np.zeros(rows, dtype=np.int64)
        # cost[a + APART, b + APART, t]: of a further pair of entries in rows a, b that differ by t
        span = rows + 2 * APART
        self.near = np.zeros((span, span, lift), dtype=np.int16)
        self.cycle = np.zeros((rows, rows, lift), dtype=np.int16)
        away = np.abs(np.arange(-APART, APART + 1))
        self.kernel = np.maximum(APART + 1 - away[:, np.newaxis] - away, 0).astype(np.int16)
        self.numbers = stream(SEED, count=columns * (rows + 16))
        self.used = 0

    def drawn(self, count: int) -> Words:
        """Return the next public numbers."""
        self.used += count
        return self.numbers[self.used - count : self.used]

    def chain(self, c: int) -> None:
        """Put column ``c`` of the chain."""
        for row in (c, c + 1):
            self.entries.append((row, c, 0))
            self.weight[row] += 1

    def column(self, c: int, *, degree: int) -> None:
        """Put a column into the lightest rows, turned so that short cycles are few."""
        key = (self.weight << 32) + (self.drawn(self.rows) >> np.uint64(33)).astype(np.int64)
        rows = np.argsort(key, kind="stable")[:degree]
        self.weight[rows] += 1
        lanes = np.arange(self.lift)
        turns = np.empty(degree, dtype=np.int64)
        for k, (row, number) in enumerate(zip(rows, self.drawn(degree), strict=True)):
            others, apart = rows[:k, np.newaxis], (lanes - turns[:k, np.newaxis]) % self.lift
            cost = _CYCLE * self.cycle[row, others, apart].sum(axis=0, dtype=np.int64)
            if degree == 3:
                cost += self.near[row + APART, others + APART, apart].sum(axis=0, dtype=np.int64)
            cost[turns[:k]] += _CYCLE * _CYCLE  # equal turns: a cycle through the chain alone
            best = np.flatnonzero(cost == cost.min())
            turns[k] = best[int(number) % best.size]
        for a in range(degree):
            self.entries.append((int(rows[a]), c, int(turns[a])))
        first, second = np.nonzero(~np.eye(degree, dtype=np.bool_))
        apart = (turns[first] - turns[second]) % self.lift
        self.cycle[rows[first], rows[second], apart] += 1
        if degree == 3:
            for a, b, t in zip(rows[first], rows[second], apart, strict=True):
                self.near[a : a + 2 * APART + 1, b : b + 2 * APART + 1, t] += self.kernel

    def code(self) -> LdpcCode:
        """Return what has grown."""
        entries = np.array(sorted(self.entries), dtype=np.int64)
        starts = np.searchsorted(entries[:, 0], np.arange(self.rows + 1)).astype(np.int32)
        last = np.zeros(self.columns, dtype=np.uint16)
        last[entries[:, 1]] = entries[:, 2]  # rows rise, so the last one stays
        above, onward = last.tolist(), []
        for _, column, shift in entries.tolist():
            onward.append((shift - above[column]) % self.lift)
            above[column] = shift
        return LdpcCode(
            rows=self.rows,
            columns=self.columns,
            lift=self.lift,
            starts=starts,
            column=entries[:, 1].astype(np.uint16),
            shift=entries[:, 2].astype(np.uint16),
            onward=np.array(onward, dtype=np.uint16),
            last=last,
        )
