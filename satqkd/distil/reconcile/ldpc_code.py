"""Quasi-cyclic parity-check codes of any rate, by one rule.

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

SEED: Final = 0x51A7
"""Of the turns of every code."""
RATIOS: Final = (573, 957, 1600, 2200, 3200, 4500, 5550)
"""Rows per 10,000 columns at which the shape of a code was looked for."""
HEAVY_SHARES: Final = (360, 305, 256, 225, 197, 152, 130)
"""Heavy columns of 1,000 there."""
HEAVY_DEGREES: Final = (11, 12, 13, 13, 14, 12, 12)
"""Their degree there."""
HEAVIEST: Final = max(HEAVY_DEGREES)
"""Most entries of a column."""
LIGHT: Final = 3
"""Degree of the columns that are neither heavy nor of the chain."""
APART: Final = 10
"""Cycles through two columns of degree 3 are kept longer than this along the chain, if they can."""

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
    """How many columns are heavy, and of which degree.

    Both were found by decoding: some hundred frames of 65,536 bits at nine error fractions from
    0.5 to 11 %, near the limit of each code, for up to seven degrees and four shares. A tenth more
    or less of either fails about twice as often. Whole numbers only: both ends must agree.
    """
    ratio = 10_000 * rows // columns
    above = min(max(sum(each <= ratio for each in RATIOS), 1), len(RATIOS) - 1)
    low, high = RATIOS[above - 1], RATIOS[above]
    part = min(max(ratio, RATIOS[0]), RATIOS[-1]) - low

    def between(values: tuple[int, ...]) -> int:
        """Value at the ratio, on a line between the two beside it."""
        return values[above - 1] + (values[above] - values[above - 1]) * part // (high - low)

    count = columns * between(HEAVY_SHARES) // 1000
    return min(count, columns - chain_columns(rows)), min(between(HEAVY_DEGREES), rows - 1)


@lru_cache(maxsize=64)
def ldpc_code(*, rows: int, columns: int, lift: int) -> LdpcCode:
    """Return the code of a size; the same at any time and place.

    Parameters
    ----------
    rows, columns
        Of circulants; at least two rows, more columns than rows.
    lift
        64 or 128.

    References
    ----------
    Derived here: a chain of columns of degree 2 as in repeat-accumulate codes, whose cycles are
    kept long; degrees by search (:func:`heavy_columns`).
    """
    layout = _Layout(rows=rows, columns=columns, lift=lift)
    chain = chain_columns(rows)
    heavy, degree = heavy_columns(rows, columns=columns)
    light = columns - chain - heavy
    for c in range(chain):
        layout.chain(c)
    for c in range(chain, columns):
        layout.column(c, degree=LIGHT if c < chain + light else degree)
    return layout.code()


class _Layout:
    """A code while it grows, column by column.

    ::

        row a   ... t ...      two entries of a column differ by t - u; another column with the
        row b   ... u ...      same difference in the same rows closes a cycle of four, one with
                               rows nearby a longer one along the chain
    """

    def __init__(self, *, rows: int, columns: int, lift: int) -> None:
        self.rows, self.columns, self.lift = rows, columns, lift
        self.entries: list[tuple[int, int, int]] = []
        self.weight = np.zeros(rows, dtype=np.int64)
        self.taken = [[0] * rows for _ in range(rows)]
        # near[a + APART, b + APART, t]: how close light columns that differ by t come to rows a, b
        self.near = np.zeros((rows + 2 * APART, rows + 2 * APART, lift), dtype=np.int16)
        away = np.abs(np.arange(-APART, APART + 1))
        self.kernel = np.maximum(APART + 1 - away[:, np.newaxis] - away, 0).astype(np.int16)
        self.numbers = stream(SEED, count=columns * (rows + HEAVIEST))
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
        chosen = np.argsort(key, kind="stable")[:degree]
        self.weight[chosen] += 1
        rows, turns = chosen.tolist(), list[int]()
        for row, number in zip(rows, self.drawn(degree).tolist(), strict=True):
            free = self._free(row, rows=rows, turns=turns)
            if degree == LIGHT and turns:
                free = self._far(row, rows=rows, turns=turns, free=free)
            turns.append(_next_in(free, start=number % self.lift))
        self.entries += [(row, c, turn) for row, turn in zip(rows, turns, strict=True)]
        for a, t in zip(rows, turns, strict=True):
            taken = self.taken[a]
            for b, u in zip(rows, turns, strict=True):
                if a != b:
                    taken[b] |= 1 << (t - u) % self.lift
                    if degree == LIGHT:
                        self._note(a, b, apart=(t - u) % self.lift)

    def _note(self, a: int, b: int, *, apart: int) -> None:
        """Make rows around two entries of a light column cost something."""
        around = slice(a, a + 2 * APART + 1), slice(b, b + 2 * APART + 1)
        self.near[(*around, apart)] += self.kernel

    def _free(self, row: int, *, rows: list[int], turns: list[int]) -> int:
        """Return the turns of a further entry that close no cycle of four, a bit for each."""
        taken, equal = 0, 0
        for other, turn in zip(rows, turns, strict=False):
            used = self.taken[row][other]
            taken |= used << turn | used >> (self.lift - turn)
            equal |= 1 << turn  # equal turns close a cycle through the chain alone
        every = (1 << self.lift) - 1
        return every & ~taken & ~equal or every & ~equal

    def _far(self, row: int, *, rows: list[int], turns: list[int], free: int) -> int:
        """Return those of the free turns that are farthest from closing cycles along the chain."""
        lanes = np.arange(self.lift)
        close = np.zeros(self.lift, dtype=np.int64)
        for other, turn in zip(rows, turns, strict=False):
            close += self.near[row + APART, other + APART, (lanes - turn) % self.lift]
        octets = np.frombuffer(free.to_bytes(self.lift // 8, "little"), dtype=np.uint8)
        close[np.unpackbits(octets, bitorder="little") == 0] = np.iinfo(np.int64).max
        farthest = np.packbits(close == close.min(), bitorder="little")
        return int.from_bytes(farthest.tobytes(), "little")

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


def _next_in(turns: int, *, start: int) -> int:
    """Return the first turn from a start on, cyclically, of some that have a bit each."""
    ahead = turns >> start
    found = ahead << start if ahead else turns
    return (found & -found).bit_length() - 1
