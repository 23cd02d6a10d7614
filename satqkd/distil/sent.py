"""What a transmitter recorded of its pulses: of every one, or of some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from satqkd.errors import NonPhysicalError
from satqkd.units import BoolArray, IntArray

Labels = npt.NDArray[np.uint8]
"""A small number a pulse or click."""
Signs = npt.NDArray[np.int8]
"""+1 for a 0, −1 for a 1, 0 where there is nothing to compare."""
SPARSE: Final = 1e-3
"""Numerical: records of fewer pulses, over all, are searched for pulses that coincide first."""
_COMPARED: Final = 96
"""Numerical: clicks looked at for that."""
_OFTEN: Final = 4
"""Numerical: so many must coincide; of those that are light nearly all do."""
_AT_ONCE: Final = 10_000_000
"""Numerical: differences sorted in one go; bounds memory."""


class Sent(Protocol):
    """A transmitter's record."""

    @property
    def bit(self) -> Labels:
        """What each pulse carried."""
        ...

    @property
    def basis(self) -> Labels:
        """1 where it was prepared in the key basis."""
        ...

    @property
    def intensity(self) -> Labels:
        """Which it had; 0 is the brightest."""
        ...

    def row(self, place: IntArray) -> tuple[IntArray, BoolArray]:
        """Return where pulses stand in the record, and which do; no place is negative."""
        ...

    def signs(self, begin: int, end: int) -> tuple[Signs, Signs]:
        """Return the bits of the pulses of a range: of the other basis, of the key basis."""
        ...

    def promising(self, number: IntArray, *, low: int, high: int) -> IntArray | None:
        """Return which offsets of a range put several clicks on pulses that are recorded.

        None where that spares nothing, and all are to be tried.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EverySent:
    """A record of every pulse, from number 0 on."""

    bit: Labels
    """Shape (pulses,) like the others."""
    basis: Labels
    intensity: Labels

    def __post_init__(self) -> None:
        require_same_size(bit=self.bit, basis=self.basis, intensity=self.intensity)

    def __repr__(self) -> str:
        return f"EverySent({self.bit.size} pulses)"

    def row(self, place: IntArray) -> tuple[IntArray, BoolArray]:
        """See :meth:`Sent.row`."""
        known = place < self.bit.size
        return np.where(known, place, 0), known

    def signs(self, begin: int, end: int) -> tuple[Signs, Signs]:
        """See :meth:`Sent.signs`."""
        low, high = max(begin, 0), max(min(end, self.bit.size), 0)
        other, key = (np.zeros(end - begin, dtype=np.int8) for _ in range(2))
        if low < high:
            inside = slice(low - begin, high - begin)
            other[inside], key[inside] = _signs(self.bit[low:high], self.basis[low:high])
        return other, key

    def promising(self, number: IntArray, *, low: int, high: int) -> None:  # noqa: ARG002 -- of no use here
        """Return None: every pulse is recorded."""
        return


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SomeSent:
    """A record of some pulses."""

    pulse: IntArray
    """Their numbers, rising from 0 on at the earliest; shape (n,) like the others."""
    bit: Labels
    basis: Labels
    intensity: Labels

    def __post_init__(self) -> None:
        require_same_size(
            pulse=self.pulse, bit=self.bit, basis=self.basis, intensity=self.intensity
        )
        if self.pulse.size and (self.pulse[0] < 0 or np.any(np.diff(self.pulse) < 1)):
            raise NonPhysicalError("pulse", "must rise from row to row, from 0 on")

    def __repr__(self) -> str:
        return f"SomeSent({self.bit.size} pulses)"

    def row(self, place: IntArray) -> tuple[IntArray, BoolArray]:
        """See :meth:`Sent.row`."""
        at = np.minimum(np.searchsorted(self.pulse, place), max(self.pulse.size - 1, 0))
        if not self.pulse.size:
            return at, np.zeros(place.size, dtype=np.bool_)
        return at, self.pulse[at] == place

    def signs(self, begin: int, end: int) -> tuple[Signs, Signs]:
        """See :meth:`Sent.signs`."""
        low, high = np.searchsorted(self.pulse, [begin, end]).tolist()
        where = self.pulse[low:high] - begin
        other, key = (np.zeros(end - begin, dtype=np.int8) for _ in range(2))
        other[where], key[where] = _signs(self.bit[low:high], self.basis[low:high])
        return other, key

    def promising(self, number: IntArray, *, low: int, high: int) -> IntArray | None:
        """See :meth:`Sent.promising`: differences of numbers that occur again and again.

        ::

            recorded − number of each click, in the range, sorted     … 17 17 17 17 … 301 … 888 …
        """
        if self.pulse.size > SPARSE * (int(self.pulse[-1]) + 1 if self.pulse.size else 1):
            return None
        found = [np.zeros(0, dtype=np.int64)]
        number = np.sort(number)[:: max(number.size // _COMPARED, 1)]
        ranges = [(low, high + 1)]
        while ranges:
            begin, end = ranges.pop()
            first, last = (np.searchsorted(self.pulse, number + edge) for edge in (begin, end))
            if int((last - first).sum()) > _AT_ONCE and end - begin > 1:
                middle = (begin + end) // 2
                ranges += [(begin, middle), (middle, end)]
                continue
            pairs = zip(number.tolist(), first.tolist(), last.tolist(), strict=True)
            differences = [self.pulse[one:other] - own for own, one, other in pairs]
            ordered = np.sort(np.concatenate(differences))
            often = ordered[_OFTEN - 1 :] == ordered[: max(ordered.size - _OFTEN + 1, 0)]
            found.append(np.unique(ordered[_OFTEN - 1 :][often]))
        return np.concatenate(found)


def require_same_size(**columns: Labels | IntArray) -> None:
    """Raise :class:`NonPhysicalError` unless columns have as many rows as the first."""
    size = next(iter(columns.values())).size
    for name, column in columns.items():
        if column.shape != (size,):
            raise NonPhysicalError(name, f"must have {size} rows, got the shape {column.shape}")


def _signs(bit: Labels, basis: Labels) -> tuple[Signs, Signs]:
    sign = np.int8(1) - np.int8(2) * bit.astype(np.int8)
    key = basis.astype(np.int8)
    return sign * (np.int8(1) - key), sign * key
