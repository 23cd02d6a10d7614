"""One end's string as Cascade reads it: the parity of every block of every pass at hand.

::

    pass 1   level 0  N bits │ level 1  N/2 pairs │ … │ level k₁  N/2^k₁ blocks
    pass 2   level 0 …                                                          a cell each
    pass 3   level 0 …                                                          one dummy
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.distil.bits import Bits
from satqkd.distil.reconcile.cascade_blocks import PASSES, Cut, Levels, padded_bits, places
from satqkd.units import IntArray

Parities = npt.NDArray[np.uint8]
"""A zero or a one each."""

_LEVELS: Final = 13
_TO_DUMMY: Final = 63


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """Where the blocks of all frames of a string have their cells."""

    cut: Cut
    levels: tuple[Levels, Levels]
    """Block lengths of a frame that is not the last, and of the last."""
    slot_bits: int
    """From the first bit of one frame to that of the next. [bit]"""
    first: IntArray
    """Shape (3, 13): first cell of each level of each pass."""
    shift: IntArray
    """Shape (3, 13): a block's cell is its start, shifted by so much, behind the first."""
    cells: int
    """How many there are."""
    places: IntArray
    """Shape (3, whole + last): :func:`cascade_blocks.places` of a whole frame and of the last."""
    bases: IntArray
    """Same shape: back from a place."""
    table: IntArray
    """Shape (frames,): where the frame's own begin in those."""

    @staticmethod
    def of(cut: Cut, *, levels: tuple[Levels, Levels], seed: int) -> Layout:
        """Lay a string out."""
        last = padded_bits(cut.frame(max(cut.frames - 1, 0)))
        slot = cut.frame_bits if cut.frames > 1 else last
        first = np.zeros((PASSES, _LEVELS), dtype=np.int64)
        shift = np.full((PASSES, _LEVELS), _TO_DUMMY, dtype=np.int64)
        cells = 0
        for number, level in enumerate(np.max(levels, axis=0).tolist()):
            for each in range(level + 1):
                first[number, each], shift[number, each] = cells, each
                cells += cut.frames * slot >> each
        first[shift == _TO_DUMMY] = cells
        tables = [places(bits, seed=seed) for bits in dict.fromkeys((slot, last))]
        return Layout(
            cut=cut,
            levels=levels,
            slot_bits=slot,
            first=first,
            shift=shift,
            cells=cells + 1,
            places=np.concatenate(tables, axis=1),
            bases=np.concatenate([_inverse(each) for each in tables], axis=1),
            table=np.array(
                [
                    0 if index < cut.frames - 1 or last == slot else slot
                    for index in range(cut.frames)
                ],
                dtype=np.int64,
            ),
        )

    def places_of(self, bases: IntArray) -> IntArray:
        """Return where bits lie in each pass, shape (3, bits)."""
        frame = bases // self.slot_bits
        start = frame * self.slot_bits
        return self.places[:, self.table[frame] + bases - start] + start

    def bases_of(self, places: IntArray, *, number: IntArray) -> IntArray:
        """Return which bits lie at places of passes."""
        frame = places // self.slot_bits
        start = frame * self.slot_bits
        return np.asarray(self.bases[number, self.table[frame] + places - start] + start)

    def cells_around(self, places: IntArray) -> IntArray:
        """Return the cells of all blocks around bits: shape (3, bits) → (3, 13, bits)."""
        cells = self.first[:, :, None] + (places[:, None, :] >> self.shift[:, :, None])
        return np.asarray(cells)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strings:
    """The parities of one end's string, as it is now."""

    layout: Layout
    cells: Parities

    @staticmethod
    def of(bits: Bits, *, layout: Layout) -> Strings:
        """Work out the parity of every block."""
        cells = np.zeros(layout.cells, dtype=np.uint8)
        slots = np.zeros(layout.cut.frames * layout.slot_bits, dtype=np.uint8)
        slots[: len(bits)] = bits.unpacked()
        for number in range(PASSES):
            row = cells[layout.first[number, 0] :][: slots.size]
            for index, start in enumerate(range(0, slots.size, layout.slot_bits)):
                padded = padded_bits(layout.cut.frame(index))
                table = layout.table[index]
                order = layout.bases[number, table : table + padded]
                row[start : start + padded] = slots[start : start + padded][order]
            for each in np.flatnonzero(layout.shift[number] != _TO_DUMMY).tolist()[1:]:
                above = row[0::2] ^ row[1::2]
                row = cells[layout.first[number, each] :][: above.size]
                row[:] = above
        return Strings(layout=layout, cells=cells)

    def base(self, frame: int, start: int, stop: int) -> Parities:
        """Return bits of a frame as they came."""
        first = frame * self.layout.slot_bits
        return self.cells[first + start : first + stop]

    def flip(self, bases: IntArray) -> None:
        """Turn bits."""
        cells = self.layout.cells_around(self.layout.places_of(bases))
        np.bitwise_xor.at(self.cells, cells.ravel(), np.uint8(1))

    def bits(self) -> Bits:
        """Return the string."""
        return Bits.pack(self.cells[: self.layout.cut.size])


def _inverse(permutations: IntArray) -> IntArray:
    result = np.empty_like(permutations)
    np.put_along_axis(result, permutations, np.arange(permutations.shape[1])[None, :], axis=1)
    return result


def odd_ones(values: IntArray) -> IntArray:
    """Return what occurs an odd number of times, rising."""
    if not values.size:
        return values
    ordered = np.sort(values)
    ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), ordered.size - 1)
    counts = ends.copy()
    counts[0] += 1
    counts[1:] -= ends[:-1]
    return np.asarray(ordered[ends[counts % 2 == 1]])
