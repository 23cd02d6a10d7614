"""Intensities, probabilities and basis bias that leave most key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.pass_clicks import PassClicks
from satqkd.errors import NonPhysicalError
from satqkd.key.bb84.decoy_bb84 import DecoyBB84
from satqkd.key.bb84.objective import in_pieces, of_groups, score_of, secure_bits
from satqkd.key.bb84.settings import Optimum, Settings, counts_with
from satqkd.key.statistics.newton import (
    FROM_NEAR,
    FURTHEST,
    PART_WAY,
    WHOLE_WAY,
    Objective,
    maximise,
)
from satqkd.units import BoolArray, FloatArray, IntArray

_BOUNDS: Final = {
    "signal": (0.03, 1.4),
    "decoy": (0.02, 0.95),
    "p_signal": (0.02, 0.98),
    "p_decoy": (0.05, 0.95),
    "p_key_basis": (0.05, 0.99),
}
"""Smallest and largest value of each unknown; a decoy relative to the signal, its probability
relative to what the signal leaves."""
_STARTS: Final = {
    "signal": (0.45, 0.7),
    "decoy": (0.15, 0.35),
    "p_signal": (0.25, 0.6, 0.85),
    "p_decoy": (0.5, 0.8),
    "p_key_basis": (0.55, 0.8, 0.94),
}
_BIASES: Final = (0.5, 0.62, 0.85)
"""Where to start from, one after the other, when both bases make key."""
_WORTH_FOLLOWING: Final = 0.98
"""A start whose first estimate is lower than this, relative to the best one, is dropped."""
_APART: Final = 0.3
"""Estimates nearer than this in every unknown belong to the same maximum."""
_RESTARTS: Final = {
    1: (
        (-0.07, -0.42, 0.13, -0.24),
        (0.07, 0.42, -0.13, 0.24),
        (-0.46, -0.88, -0.28, 0.26),
        (-0.03, -0.21, -0.05, 0.0),
        (0.03, 0.21, 0.05, 0.0),
        (-0.05, -0.35, -0.15, -0.26),
        (0.05, 0.35, 0.15, 0.26),
    ),
    2: (
        (0.05, 0.13, -0.54, -0.05, -0.21),
        (-0.05, -0.13, 0.54, 0.05, 0.21),
        (0.05, 0.0, 0.15, 0.23, -0.13),
        (-0.05, 0.0, -0.15, -0.23, 0.13),
        (0.01, 0.18, -0.66, -0.18, -0.12),
        (-0.01, -0.18, 0.66, 0.18, 0.12),
        (0.05, 0.085, -0.31, 0.0, 0.0),
        (-0.05, -0.085, 0.31, 0.0, 0.0),
        (-0.01, 0.67, -0.79, 0.04, 0.0),
        (-0.02, 0.67, -0.81, 0.17, 0.0),
        (0.01, -0.67, 0.79, -0.04, 0.0),
        (0.02, -0.67, 0.81, -0.17, 0.0),
        (-0.01, -0.57, 1.32, -0.19, 0.0),
        (-0.03, -0.53, 1.33, -0.3, 0.0),
        (0.01, 0.57, -1.32, 0.19, 0.0),
        (0.03, 0.53, -1.33, 0.3, 0.0),
    ),
}
"""Restarts, from one maximum towards another, for one and two decoys, in unknowns without bounds.

Key is made of bounds that are clipped where they are void (empty pulses proven or not, for one):
each branch may have a maximum of its own, about as far from the others in every pass. The
distances were found in 3000 passes of 20 to 45 dB with Hoeffding's bound, searched from 30 random
starts each, and in 1500 of 24 to 44 dB with both Chernoff bounds, from 40."""
_TO_EVEN_BIAS: Final = ((0.04, 0.04, -0.15), (-0.025, -0.03, 0.09))
"""How the first unknowns move where both bases make key, when the bias becomes even."""
_FROM_EVEN_BIAS: Final = 0.39
"""How the bias moves on the way back."""
_RESTART_ROUNDS: Final = 2
"""The second is for those that the first improved."""
_RESTARTS_FOLLOWED: Final = 2
_MOST_LOST: Final = 0.005
"""A restart that begins with a larger loss of key than this is not followed."""
_LONGER: Final = (4.0, 2.0, 1.3, 1.0)
"""Factors by which a pass without a key is lengthened; where the first gives none, it has none."""


def optimise(
    passes: PassClicks,
    *,
    protocol: DecoyBB84,
    decoys: int,
    weakest_intensity: float = 0.0,
    receiver_p_key_basis: float | None = 0.5,
    group: IntArray | None = None,
) -> Optimum:
    r"""Find for each pass, or group of passes, the settings that leave most key.

    Parameters
    ----------
    passes
        What each intensity would click.
    protocol
        Turns counts into key. A pass is a block.
    decoys
        1 or 2.
    weakest_intensity
        Of the second decoy, which is not sought.
    receiver_p_key_basis
        What the receiver does (a passive splitter: 0.5); None for the same as the transmitter.
    group
        For each pass the number of the group it is flown with, rising from 0; one setting a
        group, which leaves most key in sum. None for each pass its own.

    Returns
    -------
    Optimum
        Settings inside ``_BOUNDS`` with at least ``LEAST_CHECK_CLICKS`` in the check basis.

    Notes
    -----
    The best of some hundred settings, then Newton's method with derivatives from differences,
    all passes side by side; then restarts from where other maxima usually are. Passes without any
    key are optimised for lengthened passes first, so that a plateau of zeros is not taken for a
    maximum.
    """
    groups = np.arange(len(passes)) if group is None else group
    search = _search(protocol, decoys, weakest_intensity, receiver_p_key_basis)
    x, score = in_pieces(_best, search, passes, groups)
    lost = np.flatnonzero(score <= 0.0)
    if lost.size:
        x[:, lost], _ = in_pieces(_from_longer_passes, search, *of_groups(passes, groups, lost))
    settings = search.settings(x)
    return Optimum(settings=settings, secure_bits=secure_bits(search, passes, settings.of(groups)))


def objective_of(
    passes: PassClicks,
    *,
    protocol: DecoyBB84,
    decoys: int,
    weakest_intensity: float = 0.0,
    receiver_p_key_basis: float | None = 0.5,
) -> tuple[Objective, int]:
    """Return what :func:`optimise` maximises for each pass, and how many unknowns it has.

    For comparison with other optimisers: bits before rounding, negative where there is no key, of
    unknowns without bounds in an array of shape (unknowns, trials, passes).
    """
    search = _search(protocol, decoys, weakest_intensity, receiver_p_key_basis)
    return score_of(search, passes, np.arange(len(passes))), search.unknowns


def _search(protocol: DecoyBB84, decoys: int, weakest: float, receiver: float | None) -> _Search:
    if decoys not in {1, 2}:
        raise NonPhysicalError("decoys", f"must be 1 or 2 to be optimised, got {decoys}")
    names = tuple(n for n in _BOUNDS if decoys == 2 or n != "p_decoy")
    return _Search(protocol=protocol, names=names, weakest=weakest, receiver=receiver)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    protocol: DecoyBB84
    names: tuple[str, ...]
    weakest: float
    receiver: float | None

    @property
    def unknowns(self) -> int:
        return len(self.names)

    def settings(self, x: FloatArray) -> Settings:
        """From unknowns without bounds, shape (unknowns, ...), to settings."""
        value = {
            name: low + (high - low) / (1.0 + np.exp(-each))
            for (name, each) in zip(self.names, x, strict=True)
            for low, high in [_BOUNDS[name]]
        }
        signal, p = value["signal"] + self.weakest, value["p_signal"]
        if "p_decoy" not in value:
            intensities = np.stack([signal, value["signal"] * value["decoy"]])
            probabilities = np.stack([p, 1.0 - p])
        else:
            second = (1.0 - p) * value["p_decoy"]
            decoy = self.weakest + (value["signal"] - self.weakest) * value["decoy"]
            intensities = np.stack([signal, decoy, np.full_like(signal, self.weakest)])
            probabilities = np.stack([p, second, 1.0 - p - second])
        return Settings(
            intensities=intensities.T,
            probabilities=probabilities.T,
            p_key_basis=value["p_key_basis"],
        )

    def counts(self, passes: PassClicks, settings: Settings) -> Counts:
        other = settings.p_key_basis if self.receiver is None else self.receiver
        return counts_with(passes, settings, receiver_p_key_basis=other)

    def starts(self) -> list[FloatArray]:
        """Unknowns of the first settings to try, shape (unknowns, starts).

        Different biases lead to different maxima where both bases make key, different shares of
        the signal elsewhere.
        """
        if self.protocol.key_bases == "both":
            return [self._grid({**_STARTS, "p_key_basis": (each,)}) for each in _BIASES]
        low, middle, high = _STARTS["p_signal"]
        apart = ((low, middle), (high,))
        return [self._grid({**_STARTS, "p_signal": some}) for some in apart]

    def restarts(self, x: FloatArray) -> FloatArray:
        """Where other maxima may be, shape (unknowns, restarts, ...), from one."""
        moves = np.array(_RESTARTS[len(self.names) - 3]).T[:, :, np.newaxis]
        if self.protocol.key_bases == "one":
            return np.asarray(np.clip(x[:, np.newaxis] + moves, -FURTHEST, FURTHEST))
        moves[-1] = 0.0
        even = self._grid(dict.fromkeys(self.names, (0.5,)))[-1]
        aside = np.zeros((x.shape[0], 2, 1))
        aside[:3, :, 0] = np.array(_TO_EVEN_BIAS).T
        to, back = x[:, np.newaxis] + aside, x[:, np.newaxis] - aside[:, :1]
        to[-1], back[-1] = even, even + _FROM_EVEN_BIAS
        tried = np.concatenate([x[:, np.newaxis] + moves, to, back], axis=1)
        return np.asarray(np.clip(tried, -FURTHEST, FURTHEST))

    def _grid(self, values: Mapping[str, tuple[float, ...]]) -> FloatArray:
        grid = np.array(list(product(*(values[name] for name in self.names)))).T
        low, high = np.array([_BOUNDS[name] for name in self.names]).T[:, :, np.newaxis]
        share = (grid - low) / (high - low)
        return np.asarray(np.log(share / (1.0 - share)))


def _best(search: _Search, passes: PassClicks, group: IntArray) -> tuple[FloatArray, FloatArray]:
    """Best unknowns of each group, shape (unknowns, groups), and what they score."""
    objective, groups = score_of(search, passes, group), int(group[-1]) + 1
    estimates = [
        maximise(objective, *_best_start(some, objective, groups), reaches=PART_WAY)
        for some in search.starts()
    ]
    points, heights = (
        np.array([x for x, _ in estimates]),
        np.array([score for _, score in estimates]),
    )
    order, each = np.argsort(-heights, axis=0, kind="stable"), np.arange(groups)
    first, highest = points[order[0], :, each].T, heights[order[0], each]
    x, score = maximise(objective, first, highest)
    for rank in order[1:]:
        near, height = points[rank, :, each].T, heights[rank, each]
        apart = np.abs(near - first).max(axis=0) > _APART
        promising = (highest <= 0.0) | (height > _WORTH_FOLLOWING * highest)
        start = near, height, apart & promising
        _follow(search, passes, group, (x, score), start, reaches=WHOLE_WAY)
    _restart(search, passes, group, (x, score), np.where(score > 0.0, _MOST_LOST * score, -np.inf))
    return x, score


def _restart(
    search: _Search,
    passes: PassClicks,
    group: IntArray,
    top: tuple[FloatArray, FloatArray],
    most_lost: FloatArray,
) -> None:
    """Restart for higher maxima, but not with a loss above ``most_lost``; change ``top``."""
    x, score = top
    objective, each = score_of(search, passes, group), np.arange(score.size)
    for _ in range(_RESTART_ROUNDS):
        tried, before = search.restarts(x), score.copy()
        found = objective(tried)
        for best in np.argsort(-found, axis=0, kind="stable")[:_RESTARTS_FOLLOWED]:
            near, height = tried[:, best, each], found[best, each]
            start = near, height, height > before - most_lost
            _follow(search, passes, group, top, start, reaches=FROM_NEAR)
        most_lost = np.where(score > before, most_lost, -np.inf)


def _follow(
    search: _Search,
    passes: PassClicks,
    group: IntArray,
    top: tuple[FloatArray, FloatArray],
    start: tuple[FloatArray, FloatArray, BoolArray],
    *,
    reaches: tuple[float, ...],
) -> None:
    """Maximise from the promising starts; where that leads higher, change ``top``."""
    (x, score), (near, height, promising) = top, start
    chosen = np.flatnonzero(promising)
    if chosen.size == 0:
        return
    objective = score_of(search, *of_groups(passes, group, chosen))
    there, reached = maximise(objective, near[:, chosen], height[chosen], reaches=reaches)
    better = reached > score[chosen]
    x[:, chosen[better]], score[chosen[better]] = there[:, better], reached[better]


def _from_longer_passes(
    search: _Search, passes: PassClicks, group: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Follow groups without a key from longer passes, where they have one, to their own."""
    x, score = _best(search, passes.times(_LONGER[0]), group)
    promising = np.flatnonzero(score > 0.0)
    if promising.size:
        some, numbers = of_groups(passes, group, promising)
        near = x[:, promising]
        for factor in _LONGER[1:]:
            objective = score_of(search, some.times(factor), numbers)
            near, reached = maximise(objective, near, objective(near[:, np.newaxis])[0])
        _restart(search, some, numbers, (near, reached), np.where(reached > 0.0, -np.inf, np.inf))
        x[:, promising], score[promising] = near, reached
    return x, score


def _best_start(
    starts: FloatArray, objective: Objective, groups: int
) -> tuple[FloatArray, FloatArray]:
    best, score = np.zeros((starts.shape[0], groups)), np.full(groups, -np.inf)
    for first in range(0, starts.shape[1], 12):
        some = starts[:, first : first + 12]
        found = objective(np.broadcast_to(some[:, :, np.newaxis], (*some.shape, groups)))
        index = np.argmax(found, axis=0)
        value = np.take_along_axis(found, index[np.newaxis], axis=0)[0]
        better = value > score
        score[better], best[:, better] = value[better], some[:, index[better]]
    return best, score
