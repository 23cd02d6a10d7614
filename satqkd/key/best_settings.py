"""Settings that leave most key at each of many losses, for models that take one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.units import FloatArray, share_of

Setting = tuple[float, ...]
"""Values of the unknowns."""
Bounds = tuple[tuple[float, float], ...]
"""Smallest and largest value of each unknown; both alike for one that is not sought."""

STEPS: Final = (0.16, 0.16, 0.08, 0.08, 0.04, 0.04, 0.02, 0.01)
"""How far to step, in shares of the range of an unknown's logarithm."""
_MOST_TRIED: Final = 120
"""Steps of a round, shared among settings that are best somewhere; at least six of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingSpace:
    """What of a protocol can be set, and where the search for the best begins."""

    bounds: Bounds
    starts: tuple[Setting, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Best:
    """The best of all settings tried; one entry a loss."""

    rates: FloatArray
    """With it."""
    settings: tuple[Setting, ...]
    """Where several are equally good, the one tried first."""


def best_over_settings(
    rates: Callable[[Setting], FloatArray | None],
    *,
    bounds: Bounds,
    starts: Sequence[Setting],
    steps: Sequence[float] = STEPS,
) -> Best:
    """Return at each loss the setting with the highest rate of all that were tried.

    Parameters
    ----------
    rates
        Rates at all losses with a setting; None for one that is not allowed.
    bounds
        Smallest and largest value of each unknown, which steps in its logarithm.
    starts
        Settings to begin with; at least one is allowed.
    steps
        How far to step, round by round, in shares of the range of an unknown's logarithm.

    Returns
    -------
    Best
        Never below what the starts give; found by steps along the axes from those settings that
        are best at some loss.
    """
    least, most = np.array(bounds).T
    low, high = np.log(least), np.log(most)
    axes = np.flatnonzero(high > low).tolist()

    def setting_at(place: Setting) -> Setting:
        values = np.exp(low + (high - low) * np.array(place))
        return tuple(np.clip(values, least, most).tolist())

    search = _Search(lambda place: rates(setting_at(place)))
    for start in starts:
        share = share_of(np.log(start) - low, high - low)
        search.visit(tuple(np.clip(share, 0.0, 1.0).round(6).tolist()))
    for step in steps:
        for place in search.leaders(max(6, _MOST_TRIED // max(1, 2 * len(axes)))):
            for axis in axes:
                for sign in (-1.0, 1.0):
                    moved = list(place)
                    moved[axis] = round(min(max(place[axis] + sign * step, 0.0), 1.0), 6)
                    search.visit(tuple(moved))
    return Best(rates=search.best, settings=tuple(map(setting_at, search.best_places())))


class _Search:
    """Remembers what was tried and which place is best at which loss."""

    def __init__(self, rates: Callable[[Setting], FloatArray | None]) -> None:
        self._rates = rates
        self._tried: dict[Setting, int] = {}
        self._leader = np.zeros(0, dtype=np.int64)
        self.best = np.zeros(0)

    def visit(self, place: Setting) -> None:
        if place in self._tried:
            return
        number = self._tried[place] = len(self._tried)
        found = self._rates(place)
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

    def best_places(self) -> list[Setting]:
        places = list(self._tried)
        return [places[number] for number in self._leader.tolist()]
