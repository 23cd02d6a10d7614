"""Settings that leave most key at each of many losses, found in rounds of independent trials."""

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

Rates = Callable[[Sequence[Setting]], Sequence[FloatArray | None]]
"""From settings to the rates at all losses with each; None for one that is not allowed."""

_STEPS: Final = (0.16, 0.16, 0.08, 0.08, 0.04, 0.04, 0.02, 0.01)
"""How far to step, in shares of the range of an unknown's logarithm."""
_MOST_TRIED: Final = 120
"""Steps of a round, shared among settings that are best somewhere; at least six of these."""
_SIMPLEX: Final = 0.06
"""Numerical: edge of the first simplex, in shares of the range of an unknown's logarithm."""
_CLOSE: Final = 1e-3
"""Numerical: edge of the last; its square is the share of the rate left open."""
_MOST_CLIMBED: Final = 150
"""Settings tried for each unknown, at most."""


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


def one_by_one(rates: Callable[[Setting], FloatArray | None]) -> Rates:
    """Return the rates of many settings for a model that takes one at a time."""
    return lambda settings: [rates(one) for one in settings]


def best_over_settings(
    rates: Rates,
    *,
    bounds: Bounds,
    starts: Sequence[Setting],
    steps: Sequence[float] = _STEPS,
) -> Best:
    """Return at each loss the setting with the highest rate of all that were tried.

    Parameters
    ----------
    rates
        Rates at all losses with each of some settings, of all that a round tries at once.
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
    scale = _Scale(bounds)
    search = _Search(lambda places: rates([scale.setting(place) for place in places]))
    search.visit([tuple(scale.place(start).round(6).tolist()) for start in starts])
    for step in steps:
        moves = list[Setting]()
        for place in search.leaders(max(6, _MOST_TRIED // max(1, 2 * len(scale.axes)))):
            for axis in scale.axes:
                for sign in (-1.0, 1.0):
                    moved = list(place)
                    moved[axis] = round(min(max(place[axis] + sign * step, 0.0), 1.0), 6)
                    moves.append(tuple(moved))
        search.visit(moves)
    return Best(rates=search.best, settings=tuple(map(scale.setting, search.best_places())))


def climbed(
    rate: Callable[[Setting], FloatArray | None], *, bounds: Bounds, start: Setting
) -> Setting:
    """Return the setting of highest rate near a start, as the simplex of Nelder and Mead finds it.

    Parameters
    ----------
    rate
        To be made large, shape (1,), not negative; None for a setting that is not allowed.
    bounds
        As for :func:`best_over_settings`.
    start
        Allowed, with a rate above 0.

    References
    ----------
    .. [1] J. A. Nelder and R. Mead, "A simplex method for function minimization", *Comput. J.* 7,
       308 (1965), as in ``scipy.optimize``.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 -- only a search pays for the import

    scale = _Scale(bounds)
    begin = scale.place(start)
    first = begin[scale.axes]
    away = np.diag(np.where(first > 0.5, -_SIMPLEX, _SIMPLEX))

    def loss(free: FloatArray) -> float:
        if (free < 0.0).any() or (free > 1.0).any():
            return 0.0
        place = begin.copy()
        place[scale.axes] = free
        reached = rate(scale.setting(place))
        return 0.0 if reached is None else -float(reached[0])

    found = minimize(
        loss,
        first,
        method="Nelder-Mead",
        options={
            "initial_simplex": np.vstack([first, first + away]),
            "xatol": _CLOSE,
            "fatol": -(_CLOSE**2) * loss(first),
            "maxfev": _MOST_CLIMBED * first.size,
        },
    )
    begin[scale.axes] = found.x
    return scale.setting(begin)


class _Scale:
    """Places between 0 and 1 on the logarithm of each unknown."""

    def __init__(self, bounds: Bounds) -> None:
        self._least, self._most = np.array(bounds).T
        self._low, self._high = np.log(self._least), np.log(self._most)
        self.axes: list[int] = np.flatnonzero(self._high > self._low).tolist()

    def setting(self, place: Sequence[float] | FloatArray) -> Setting:
        values = np.exp(self._low + (self._high - self._low) * np.asarray(place))
        return tuple(np.clip(values, self._least, self._most).tolist())

    def place(self, setting: Setting) -> FloatArray:
        share = share_of(np.log(setting) - self._low, self._high - self._low)
        return np.clip(share, 0.0, 1.0)


class _Search:
    """Remembers what was tried and which place is best at which loss."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._tried: dict[Setting, int] = {}
        self._leader = np.zeros(0, dtype=np.int64)
        self.best = np.zeros(0)

    def visit(self, places: Sequence[Setting]) -> None:
        """Try some places, each once; of equally good ones that tried first counts."""
        fresh = [place for place in dict.fromkeys(places) if place not in self._tried]
        for place, found in zip(fresh, self._rates(fresh) if fresh else (), strict=True):
            number = self._tried[place] = len(self._tried)
            if found is not None:
                self._take(number, found)

    def _take(self, number: int, found: FloatArray) -> None:
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
