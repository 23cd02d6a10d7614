"""How often the sky of a place is clear over the year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.errors import NonPhysicalError, require_fraction, require_positive
from satqkd.units import FloatArray, IntArray

_MONTHS_OF_A_VALUE: Final = {1: 12, 4: 3, 12: 1}
"""For each number of values a year can have, the months that one holds for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """How often the sky over a station is clear enough for a link."""

    clear_fraction: tuple[float, ...]
    """One share for the whole year, four for the seasons (December to February first), or twelve
    for the months (January first)."""
    source: str
    """Who published it, or that it is assumed."""
    clear_fraction_spread: float = 0.1
    """How far the true shares may lie from these, either way; 0.1 is assumed: years differ by so
    much, and so do definitions of a clear night."""
    persistence_s: float = 43_200.0
    """Correlation time of clear and cloudy, after which the correlation is 1/e; half a day is
    assumed: weather systems pass within one to three days. [s]"""

    def __post_init__(self) -> None:
        self._check_clear_fraction()
        require_fraction("clear_fraction_spread", self.clear_fraction_spread)
        require_positive("persistence_s", self.persistence_s)
        if not self.source.strip():
            raise NonPhysicalError("source", "must say where the shares come from")

    def _check_clear_fraction(self) -> None:
        count = len(self.clear_fraction)
        if count not in _MONTHS_OF_A_VALUE:
            raise NonPhysicalError(
                "clear_fraction", f"must be 1, 4 (seasons) or 12 (months) numbers, got {count}"
            )
        for value in self.clear_fraction:
            require_fraction("clear_fraction", value)

    def clear(self, month: IntArray) -> FloatArray:
        """Share of clear sky in some months, 1…12; shaped like ``month``.

        Examples
        --------
        >>> seasons = Climate(clear_fraction=(0.9, 0.8, 0.4, 0.9), source="an example")
        >>> seasons.clear(np.array([12, 1, 7]))
        array([0.9, 0.9, 0.4])
        """
        width = _MONTHS_OF_A_VALUE[len(self.clear_fraction)]
        shift = 0 if width == 3 else -1
        return np.array(self.clear_fraction)[((np.asarray(month) + shift) % 12) // width]
