"""Intensities, probabilities and basis bias that leave most key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.clicks.pass_clicks import PassClicks
from satqkd.errors import NonPhysicalError
from satqkd.key.decoy_bb84 import DecoyBB84
from satqkd.key.newton import FROM_NEAR, FURTHEST, PART_WAY, WHOLE_WAY, Objective, climb
from satqkd.units import BoolArray, FloatArray, IntArray

LEAST_CHECK_CLICKS: Final = 100.0
"""Fewer expected clicks than these to test the phase with, and a setting is not considered."""
PASSES_AT_ONCE: Final = 1 << 9
"""Passes worked on together, some twenty settings of each, so that all stays in the cache."""

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
"""A slope that led less high than this, relative to the best one, is left."""
_APART: Final = 0.3
"""Slopes that come nearer than this in every unknown lead to the same summit."""
_LEAPS: Final = {
    1: (
        (-0.07, -0.42, 0.13, -0.24),
        (0.07, 0.42, -0.13, 0.24),
        (-0.46, -0.88, -0.28, 0.26),
        (-0.03, -0.21, -0.05, 0.0),
        (0.03, 0.21, 0.05, 0.0),
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
    ),
}
"""From summit to summit, for one and two decoys, in unknowns without bounds.

Key is pieced together from bounds clipped where they say nothing (empty pulses proven or not, for
one): each piece may have a summit of its own, about as far from the others in every pass. The
distances were seen in 3000 passes of 20 to 45 dB with Hoeffding's bound, searched from 30 random
starts each."""
_TO_EVEN_BIAS: Final = ((0.04, 0.04, -0.15), (-0.025, -0.03, 0.09))
"""How the first unknowns move where both bases make key, when the bias becomes even."""
_FROM_EVEN_BIAS: Final = 0.39
"""How the bias moves on the way back."""
_LEAP_ROUNDS: Final = 2
"""The second is for those whom the first brought higher."""
_LEAPS_FOLLOWED: Final = 2
_DEEPEST_LEAP: Final = 0.005
"""A leap that loses more of the key than this is not followed."""
_LONGER: Final = (4.0, 2.0, 1.3, 1.0)
"""How many times longer a pass without a key is thought; without one still it is given up."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settings:
    """What is sent in each pass, or group of passes: arrays of shape (groups, ...)."""

    intensities: FloatArray
    """Mean photon numbers, shape (groups, k)."""
    probabilities: FloatArray
    """Sending probabilities, shape (groups, k)."""
    p_key_basis: FloatArray
    """Probability that the sender uses the key basis, shape (groups,)."""

    def of(self, group: IntArray) -> Settings:
        """Return the setting of every pass."""
        return Settings(
            intensities=self.intensities[group],
            probabilities=self.probabilities[group],
            p_key_basis=self.p_key_basis[group],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Optimum:
    """The best settings found, and what they make."""

    settings: Settings
    """One a group; where no key can be made, the last that was tried."""
    secure_bits: IntArray
    """Key of every pass with the setting of its group. [bit]"""


def counts_with(
    passes: PassClicks, settings: Settings, *, receiver_p_key_basis: FloatArray | float
) -> Counts:
    """Sifted clicks of passes flown with some settings.

    Parameters
    ----------
    passes
        What each intensity would click.
    settings
        One a pass.
    receiver_p_key_basis
        Probability that the receiver analyses in the key basis.

    Returns
    -------
    Counts
        One row a pass.
    """
    mu, p = np.ascontiguousarray(settings.intensities.T), settings.probabilities.T
    clicks = passes.clicks(mu)
    errors = passes.errors(clicks)
    clicks *= p
    errors *= p
    key = settings.p_key_basis * receiver_p_key_basis
    check = (1.0 - settings.p_key_basis) * (1.0 - np.asarray(receiver_p_key_basis))
    return Counts(
        intensities=settings.intensities,
        probabilities=settings.probabilities,
        pulses=passes.pulses,
        key_clicks=(key * clicks).T,
        key_errors=(key * errors).T,
        check_clicks=(check * clicks).T,
        check_errors=(check * errors).T,
        key_pulses=key * passes.pulses,
        check_pulses=check * passes.pulses,
    )


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
        What the receiver does (a passive splitter: 0.5); None for the same as the sender.
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
    all passes side by side; from the summit leaps to where others use to be. Passes without any
    key are sought along longer and longer passes, so that a plateau of zeros is not taken for an
    answer.
    """
    groups = np.arange(len(passes)) if group is None else group
    search = _search(protocol, decoys, weakest_intensity, receiver_p_key_basis)
    x, score = _in_pieces(_best, search, passes, groups)
    lost = np.flatnonzero(score <= 0.0)
    if lost.size:
        x[:, lost], _ = _in_pieces(_rescued, search, *_of_groups(passes, groups, lost))
    settings = search.settings(x)
    return Optimum(settings=settings, secure_bits=_bits(search, passes, settings.of(groups)))


def objective_of(
    passes: PassClicks,
    *,
    protocol: DecoyBB84,
    decoys: int,
    weakest_intensity: float = 0.0,
    receiver_p_key_basis: float | None = 0.5,
) -> tuple[Objective, int]:
    """Return what :func:`optimise` makes large for each pass, and how many unknowns it has.

    For comparison with other optimisers: bits before rounding, negative where there is no key, of
    unknowns without bounds in an array of shape (unknowns, trials, passes).
    """
    search = _search(protocol, decoys, weakest_intensity, receiver_p_key_basis)
    return _objective(search, passes, np.arange(len(passes))), len(search.names)


def _search(protocol: DecoyBB84, decoys: int, weakest: float, receiver: float | None) -> _Search:
    if decoys not in {1, 2}:
        raise NonPhysicalError("decoys", f"must be 1 or 2 to be optimised, got {decoys}")
    names = tuple(n for n in _BOUNDS if decoys == 2 or n != "p_decoy")
    return _Search(protocol=protocol, names=names, weakest=weakest, receiver=receiver)


def _in_pieces(
    find: Callable[[_Search, PassClicks, IntArray], tuple[FloatArray, FloatArray]],
    search: _Search,
    passes: PassClicks,
    group: IntArray,
) -> tuple[FloatArray, FloatArray]:
    """Unknowns and scores of all groups, found for runs of them that fit the cache."""
    count = int(group[-1]) + 1 if group.size else 0
    edges = np.searchsorted(group, np.arange(count + 1))
    x, score, first = np.zeros((len(search.names), count)), np.zeros(count), 0
    while first < count:
        reach = np.searchsorted(edges, edges[first] + PASSES_AT_ONCE, side="right") - 1
        last = max(int(reach), first + 1)
        part = slice(int(edges[first]), int(edges[last]))
        x[:, first:last], score[first:last] = find(search, passes.take(part), group[part] - first)
        first = last
    return x, score


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    protocol: DecoyBB84
    names: tuple[str, ...]
    weakest: float
    receiver: float | None

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

        Different biases lead to different summits where both bases make key, different shares of
        the signal elsewhere.
        """
        if self.protocol.key_bases == "both":
            return [self._grid({**_STARTS, "p_key_basis": (each,)}) for each in _BIASES]
        low, middle, high = _STARTS["p_signal"]
        apart = ((low, middle), (high,))
        return [self._grid({**_STARTS, "p_signal": some}) for some in apart]

    def leaps(self, x: FloatArray) -> FloatArray:
        """Where other summits may be, shape (unknowns, leaps, ...), seen from one."""
        moves = np.array(_LEAPS[len(self.names) - 3]).T[:, :, np.newaxis]
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
    objective, groups = _objective(search, passes, group), int(group[-1]) + 1
    slopes = [
        climb(objective, *_best_start(some, objective, groups), reaches=PART_WAY)
        for some in search.starts()
    ]
    points, heights = np.array([x for x, _ in slopes]), np.array([score for _, score in slopes])
    order, each = np.argsort(-heights, axis=0, kind="stable"), np.arange(groups)
    first, highest = points[order[0], :, each].T, heights[order[0], each]
    x, score = climb(objective, first, highest)
    for rank in order[1:]:
        near, height = points[rank, :, each].T, heights[rank, each]
        apart = np.abs(near - first).max(axis=0) > _APART
        hopeful = (highest <= 0.0) | (height > _WORTH_FOLLOWING * highest)
        start = near, height, apart & hopeful
        _follow(search, passes, group, (x, score), start, reaches=WHOLE_WAY)
    moved = np.ones(groups, dtype=np.bool_)
    for _ in range(_LEAP_ROUNDS):
        tried = search.leaps(x)
        found, least = objective(tried), np.where(moved, (1.0 - _DEEPEST_LEAP) * score, np.inf)
        before = score.copy()
        for best in np.argsort(-found, axis=0, kind="stable")[:_LEAPS_FOLLOWED]:
            near, height = tried[:, best, each], found[best, each]
            start = near, height, (before > 0.0) & (height > least)
            _follow(search, passes, group, (x, score), start, reaches=FROM_NEAR)
        moved = score > before
    return x, score


def _follow(
    search: _Search,
    passes: PassClicks,
    group: IntArray,
    top: tuple[FloatArray, FloatArray],
    start: tuple[FloatArray, FloatArray, BoolArray],
    *,
    reaches: tuple[float, ...],
) -> None:
    """Climb from the starts that are hopeful; where that leads higher, change ``top``."""
    (x, score), (near, height, hopeful) = top, start
    chosen = np.flatnonzero(hopeful)
    if chosen.size == 0:
        return
    objective = _objective(search, *_of_groups(passes, group, chosen))
    there, reached = climb(objective, near[:, chosen], height[chosen], reaches=reaches)
    better = reached > score[chosen]
    x[:, chosen[better]], score[chosen[better]] = there[:, better], reached[better]


def _of_groups(
    passes: PassClicks, group: IntArray, chosen: IntArray
) -> tuple[PassClicks, IntArray]:
    """Passes of some groups, which are numbered anew."""
    mine = np.isin(group, chosen)
    return passes.take(np.flatnonzero(mine)), np.searchsorted(chosen, group[mine])


def _rescued(search: _Search, passes: PassClicks, group: IntArray) -> tuple[FloatArray, FloatArray]:
    """Follow groups without a key from longer passes, where they have one, to their own."""
    x, score = _best(search, passes.times(_LONGER[0]), group)
    hopeful = np.flatnonzero(score > 0.0)
    if hopeful.size:
        some, numbers = _of_groups(passes, group, hopeful)
        near = x[:, hopeful]
        for factor in _LONGER[1:]:
            objective = _objective(search, some.times(factor), numbers)
            near, reached = climb(objective, near, objective(near[:, np.newaxis])[0])
        x[:, hopeful], score[hopeful] = near, reached
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


def _objective(search: _Search, passes: PassClicks, group: IntArray) -> Objective:
    """Key of groups for unknowns of shape (unknowns, trials, groups); negative without a key."""
    alone = group.size == int(group[-1]) + 1
    edges = np.searchsorted(group, np.arange(int(group[-1]) + 1))

    def score(x: FloatArray) -> FloatArray:
        trials = x.shape[1]
        spread = x if alone else x[:, :, group]
        flat = np.ascontiguousarray(spread).reshape(x.shape[0], -1)
        many = _repeated(passes, trials)
        each = _scores(search.protocol, search.counts(many, search.settings(flat)))
        each = each.reshape(trials, -1)
        if alone:
            return each
        some = np.add.reduceat(np.maximum(each, 0.0), edges, axis=1)
        return np.where(some > 0.0, some, np.maximum.reduceat(each, edges, axis=1))

    return score


def _repeated(passes: PassClicks, times: int) -> PassClicks:
    def tile(values: FloatArray) -> FloatArray:
        return np.tile(values, times)

    return PassClicks(
        coefficients=tile(passes.coefficients),
        errors_dark=tile(passes.errors_dark),
        errors_per_click=tile(passes.errors_per_click),
        pulses=tile(passes.pulses),
        most_intensity=passes.most_intensity,
    )


def _scores(protocol: DecoyBB84, counts: Counts) -> FloatArray:
    """Key before rounding, the sum over bases; the least negative one where there is none."""
    bits, nearest = np.zeros(len(counts)), np.full(len(counts), -np.inf)
    for basis in protocol.bases(counts):
        tested = (basis.phase_error < 0.5) & (basis.check_clicks >= LEAST_CHECK_CLICKS)
        length = basis.length_bits
        bits += np.where(tested, np.maximum(length, 0.0), 0.0)
        hopeless = -basis.leak_ec_bits - basis.cost_bits - basis.sifted_bits
        nearest = np.maximum(nearest, np.where(tested, np.minimum(length, 0.0), hopeless))
    return np.where(bits > 0.0, bits, nearest)


def _bits(search: _Search, passes: PassClicks, settings: Settings) -> IntArray:
    bits = np.zeros(len(passes), dtype=np.int64)
    for first in range(0, len(passes), 16 * PASSES_AT_ONCE):
        part = slice(first, first + 16 * PASSES_AT_ONCE)
        index = np.arange(len(passes))[part]
        counts = search.counts(passes.take(part), settings.of(index))
        bits[part] = search.protocol.secure_bits(counts)
    return bits
