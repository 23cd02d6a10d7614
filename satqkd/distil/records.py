"""What each end holds of a block before the two have spoken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.distil.bits import Bits
from satqkd.distil.places import Places
from satqkd.errors import NonPhysicalError
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Transmitted:
    """Alice's record of pulses: of those that clicked at least."""

    places: Places
    """Which pulses since the first of the block; n of them."""
    bit: Bits
    """What it carries; n bits like the next ones."""
    key_basis: Bits
    """1 where it was prepared in the key basis."""
    intensity: tuple[Bits, ...]
    """For each intensity, brightest first, 1 where the pulse has it."""

    def __post_init__(self) -> None:
        for own in (self.bit, self.key_basis, *self.intensity):
            _require_size("record", own, self.places.size)

    def __repr__(self) -> str:
        return f"Transmitted({self.places.size} pulses)"

    def at(self, places: Places) -> Transmitted | None:
        """Return the record of some pulses alone; None where there is none of one of them."""
        if self.places.same(places):
            return self
        own, wanted = self.places.numbers(), places.numbers()
        index = np.searchsorted(own, wanted)
        known = own[np.minimum(index, max(own.size - 1, 0))] if own.size else -1
        return self.take(index) if np.all(known == wanted) else None

    def take(self, index: IntArray) -> Transmitted:
        """Return some of the pulses, in rising order."""
        return Transmitted(
            places=Places.of(self.places.numbers()[index]),
            bit=_taken(self.bit, index),
            key_basis=_taken(self.key_basis, index),
            intensity=tuple(_taken(own, index) for own in self.intensity),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Received:
    """Bob's record of clicks."""

    places: Places
    """Which pulses clicked; n of them."""
    bit: Bits
    """What he read; n bits like the next one."""
    key_basis: Bits
    """1 where he measured in the key basis."""

    def __post_init__(self) -> None:
        for own in (self.bit, self.key_basis):
            _require_size("record", own, self.places.size)

    def __repr__(self) -> str:
        return f"Received({self.places.size} clicks)"


def _taken(bits: Bits, index: IntArray) -> Bits:
    return Bits.pack(bits.unpacked()[index])


def _require_size(field: str, bits: Bits, size: int) -> None:
    if len(bits) != size:
        raise NonPhysicalError(field, f"must hold {size} bits, one a pulse, got {len(bits)}")
