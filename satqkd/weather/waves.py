"""Normal numbers all over the Earth and through time, of which a place sees its own alone."""

from __future__ import annotations

from functools import cache
from math import ceil, log2
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from satqkd.constants import WGS84_RADIUS_M
from satqkd.units import FloatArray, IntArray
from satqkd.weather.clear_sky import Draws

CORRELATION_LENGTH_M: Final = 225e3
"""Distance over which the correlation of two skies falls to 1/e: the longer of the two lengths that
ITU-R P.1853 has for cloud water (recalled); the shorter, some kilometres, is left out. [m]"""
WAVES: Final = 16
"""Numerical: waves of a realisation at any instant. Of each number by itself the distribution is
exact for any count; two that are uncorrelated are independent but for 1/(2 · 16) in the square of
the correlation that a realisation has."""
TABLE: Final = 1 << 15
"""Numerical: wave vectors that waves are taken from."""
SLOWEST_S: Final = 43_200.0
"""Numerical: waves are replaced at least so often as this memory asks; places with a longer one
take part of the new ones. [s]"""
STEPS: Final = 24
"""Numerical: grid points in :data:`SLOWEST_S`; twice as many for each halving of the memory."""
Phases = npt.NDArray[np.complex128]
_New = tuple[IntArray, npt.NDArray[Any], npt.NDArray[Any], Phases]
"""New waves: step from which they count, which they replace, vector, amplitude."""


class Waves:
    r"""Random waves over the Earth that are replaced as time goes on, one set a realisation.

    .. math:: z(\mathbf x, t) = K^{-1/2} \sum_{k=1}^{K}
       a_k \cos \mathbf w_k \mathbf x + b_k \sin \mathbf w_k \mathbf x

    with normal :math:`a, b` and vectors :math:`\mathbf w` from the spectrum of an exponential
    correlation in space (:func:`wave_vectors`, [1]_). Each wave is replaced by a new one at the
    instants of a Poisson process with the rate of 1/memory. So of any place and instant the number
    is standard normal; of two the correlation, over realisations, is
    :math:`e^{-d/L} e^{-|t - t'|/\tau}`, with the distance :math:`d` straight through the Earth
    (1 km less than along it at 1,000 km); of places with memories of their own times the shorter
    over the longer. (Derived here.)

    A number depends on the seed, the count of realisations, the place, the instant and the memory:
    on nothing that other places ask for.

    References
    ----------
    .. [1] M. Shinozuka, *J. Acoust. Soc. Am.* 49, 357 (1971): random fields as sums of waves with
       vectors drawn from the spectrum (recalled).
    """

    def __init__(self, draws: Draws, what: str, memory_s: float) -> None:
        """Begin at the beginning.

        Parameters
        ----------
        draws
            How many realisations, and from which seed.
        what
            What the numbers are about: part of the seed.
        memory_s
            How long waves last, on average. [s]
        """
        self._count = WAVES * draws.samples
        self._bands = fastest_band(memory_s) + 1
        self._kept = _part_of_fastest(memory_s)
        self._sources = [draws.generator(what, band) for band in range(self._bands)]
        self._marks = draws.generator(f"{what}, kept", self._bands - 1)
        first = draws.generator(f"{what}, first", 0)
        every = _random(first, self._count)
        slot = np.repeat(np.arange(WAVES, dtype=np.uint64), draws.samples)
        self._vector, self._amplitude = _vectors(every, slot), _amplitudes(every)
        self._block = -1
        self._new = _nothing()
        self._taken = 0

    @property
    def step_s(self) -> float:
        """Spacing of the grid of instants. [s]"""
        return SLOWEST_S / (STEPS << (self._bands - 1))

    def go_to(self, step: int) -> None:
        """Replace waves up to a point of the grid; never backwards."""
        each = STEPS << (self._bands - 1)
        while self._block < step // each:
            self._take(each * (self._block + 1))
            self._block += 1
            self._new, self._taken = self._drawn(each), 0
        self._take(step)

    def _take(self, step: int) -> None:
        """Put what is new up to a step in the place of what was."""
        when, place, vector, amplitude = self._new
        end = int(np.searchsorted(when, step, side="right"))
        if end > self._taken:
            part = slice(self._taken, end)
            self._vector[place[part]] = vector[part]
            self._amplitude[place[part]] = amplitude[part]
            self._taken = end

    def _drawn(self, each: int) -> _New:
        """Draw the new waves of a block."""
        found = []
        for band, source in enumerate(self._sources):
            # rates add up: the first band has that of the slowest memory, each next one doubles it
            steps = STEPS << band
            counts = source.poisson(self._count / (STEPS * (2 if band else 1)), steps)
            every = _random(source, int(counts.sum()))
            when = np.repeat(np.arange(1, steps + 1) << (self._bands - 1 - band), counts)
            slot, samples = every >> np.uint64(60), np.uint64(self._count // WAVES)
            realisation = ((every >> np.uint64(32)) & _28_BITS) * samples >> np.uint64(28)
            place = (slot * samples + realisation).view(np.int64)
            new = when + each * self._block, place, _vectors(every, slot), _amplitudes(every)
            if band == self._bands - 1 and self._kept < 1.0:
                kept = self._marks.random(place.size) < self._kept
                new = new[0][kept], new[1][kept], new[2][kept], new[3][kept]
            found.append(new)
        if self._bands == 1:
            return found[0]
        order = np.argsort(np.concatenate([one[0] for one in found]), kind="stable")
        when, place, vector, amplitude = (
            np.concatenate([one[part] for one in found])[order] for part in range(4)
        )
        return when, place, vector, amplitude

    def seen(self, phases: Phases) -> FloatArray:
        """Return the number of each realisation at a place now, shape (realisations,)."""
        made = (self._amplitude * phases[self._vector]).real.reshape(WAVES, -1)
        return np.asarray(made.sum(axis=0, dtype=np.float64) / np.sqrt(WAVES))


def phases_at(latitude_deg: float, longitude_deg: float) -> Phases:
    """Return the phases of all wave vectors at a place, as numbers of the unit circle."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    around = np.array([np.cos(longitude), np.sin(longitude)]) * np.cos(latitude)
    position = WGS84_RADIUS_M * np.array([*around, np.sin(latitude)])
    phase = np.einsum("i,iv->v", position / CORRELATION_LENGTH_M, wave_vectors())
    return np.asarray(np.exp(-1j * phase))


_28_BITS: Final = np.uint64((1 << 28) - 1)
_16_BITS: Final = np.uint64((1 << 16) - 1)


def _random(source: np.random.Generator, count: int) -> npt.NDArray[np.uint64]:
    """Draw 64 random bits a wave.

    The first 4 say which wave is replaced, 28 of which realisation, the next 16 by which vector,
    the last 16 with which amplitude.
    """
    return source.integers(0, (1 << 64) - 1, count, dtype=np.uint64, endpoint=True)


def _vectors(every: npt.NDArray[np.uint64], slot: npt.NDArray[np.uint64]) -> IntArray:
    """Return wave vectors: each wave of a realisation has a range of lengths of its own."""
    each = np.uint64(TABLE // WAVES)
    return (slot * each + (every >> np.uint64(16)) % each).view(np.int64)


def _amplitudes(every: npt.NDArray[np.uint64]) -> Phases:
    """Return complex numbers whose parts are standard normal."""
    return np.asarray(_normal_pairs()[(every & _16_BITS).view(np.int64)])


@cache
def _normal_pairs() -> Phases:
    """Return complex numbers of equal weight whose parts are standard normal (Box and Muller).

    Squares of lengths are the middles of equal shares, angles those of the golden section.
    """
    count = 1 << 16
    length = np.sqrt(-2.0 * np.log1p(-(np.arange(count) + 0.5) / count))
    found = length * np.exp(2j * np.pi * (np.arange(count) * 0.6180339887498949 % 1.0))
    found.setflags(write=False)
    return np.asarray(found)


@cache
def wave_vectors() -> FloatArray:
    r"""Wave vectors of equal weight, times the correlation length, shape (3, vectors).

    Of an exponential correlation in space the spectrum is :math:`\propto (1 + w^2)^{-2}`, so that a
    share :math:`\tfrac 2 \pi (\theta - \sin\theta \cos\theta)` of the vectors is shorter than
    :math:`\tan\theta` (derived here). Lengths are the middles of equal shares, directions those of
    a sequence that fills the sphere evenly (additive recurrence with the plastic number).
    """
    share = (np.arange(TABLE) + 0.5) / TABLE
    low, high = np.zeros(TABLE), np.full(TABLE, 0.5 * np.pi)
    for _ in range(60):  # halves the interval down to the last digit
        middle = 0.5 * (low + high)
        below = 2.0 / np.pi * (middle - np.sin(middle) * np.cos(middle)) < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    plastic = 1.32471795724474602596
    up = 2.0 * ((0.5 + np.arange(TABLE) / plastic) % 1.0) - 1.0
    turn = 2.0 * np.pi * ((0.5 + np.arange(TABLE) / plastic**2) % 1.0)
    flat = np.sqrt(1.0 - up**2)
    found = np.tan(low) * np.stack([flat * np.cos(turn), flat * np.sin(turn), up])
    found.setflags(write=False)
    return np.asarray(found)


def fastest_band(memory_s: float) -> int:
    """Return how often the slowest rate is doubled until it is not below that of a memory.

    Examples
    --------
    >>> [fastest_band(hours * 3600.0) for hours in (24, 12, 6, 5)]
    [0, 0, 1, 2]
    """
    return max(0, ceil(log2(SLOWEST_S / memory_s) - 1e-9))


def _part_of_fastest(memory_s: float) -> float:
    """Return which part of the waves of its last band a memory takes."""
    rate, band = SLOWEST_S / memory_s, fastest_band(memory_s)
    before = 2.0 ** (band - 1) if band else 0.0
    return min(1.0, (rate - before) / (2.0**band - before))


def _nothing() -> _New:
    none = np.zeros(0, dtype=np.int64)
    return none, none, none, np.zeros(0, dtype=np.complex128)
