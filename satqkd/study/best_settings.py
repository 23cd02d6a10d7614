"""Settings that leave most key at each of many losses, for models that take one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from satqkd.units import FloatArray

Setting = tuple[float, ...]
"""Values of the unknowns."""

_STEPS: Final = (0.16, 0.16, 0.08, 0.08, 0.04, 0.04, 0.02, 0.01)
"""How far to step, in shares of the range of an unknown."""
_MOST_TRIED: Final = 120
"""Steps of a round, shared among settings that are best somewhere; at least six of these."""


def best_over_settings(
    rates: Callable[[Setting], FloatArray | None],
    *,
    bounds: tuple[tuple[float, float], ...],
    starts: tuple[Setting, ...],
) -> FloatArray:
    """Return at each loss the highest rate of all settings that were tried.

    Parameters
    ----------
    rates
        Rates at all losses with a setting; None for one that is not allowed.
    bounds
        Smallest and largest value of each unknown, which steps in its logarithm.
    starts
        Settings to begin with.

    Returns
    -------
    FloatArray
        Never below what the starts give; found by steps along the axes from those settings that
        are best at some loss.
    """
    least, most = np.array(bounds).T
    low, high = np.log(least), np.log(most)

    def rates_at(place: FloatArray) -> FloatArray | None:
        setting = np.clip(np.exp(low + (high - low) * place), least, most)
        return rates(tuple(setting.tolist()))

    search = _Search(rates_at)
    for start in starts:
        search.visit(tuple(((np.log(start) - low) / (high - low)).round(6).tolist()))
    for step in _STEPS:
        for place in search.leaders(max(6, _MOST_TRIED // (2 * len(bounds)))):
            for axis in range(len(bounds)):
                for sign in (-1.0, 1.0):
                    moved = list(place)
                    moved[axis] = round(min(max(place[axis] + sign * step, 0.0), 1.0), 6)
                    search.visit(tuple(moved))
    return search.best


class _Search:
    """Remembers what was tried and which place is best at which loss."""

    def __init__(self, rates: Callable[[FloatArray], FloatArray | None]) -> None:
        self._rates = rates
        self._tried: dict[Setting, int] = {}
        self._leader = np.zeros(0, dtype=np.int64)
        self.best = np.zeros(0)

    def visit(self, place: Setting) -> None:
        if place in self._tried:
            return
        number = self._tried[place] = len(self._tried)
        found = self._rates(np.array(place))
        if found is None:
            return
        if not self.best.size:
            self.best, self._leader = np.array(found), np.full(found.size, number)
            return
        better = found > self.best
        self.best[better], self._leader[better] = found[better], number

    def leaders(self, most: int) -> list[Setting]:
        places, numbers = list(self._tried), np.unique(self._leader)
        spread = np.linspace(0, numbers.size - 1, min(numbers.size, most)).round()
        return [places[numbers[index]] for index in spread.astype(np.int64).tolist()]
