"""What is drawn of the stations of a mission: numbers that belong to a station and an instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.units import BoolArray, FloatArray, IntArray
from satqkd.weather.clear_sky import Draws, clear_probability, memory_of
from satqkd.weather.climate import Climate
from satqkd.weather.cloud_forecast import CloudForecast
from satqkd.weather.realisations import (
    STEPS_A_MEMORY,
    clear_skies,
    gauss_markov,
    nearest_steps,
    walked,
)

CLOUDS: Final = "clouds"
"""Process of clear and cloudy sky over a station."""
HELD_BYTES: Final = 512 << 20
"""Numerical: memory that the numbers of all stations may take. Where a mission's would take more,
they are drawn again whenever they are asked for."""


class StationNumbers:
    """Gauss–Markov processes of stations, which every contact and every satellite shares.

    The number of a realisation, a station and an instant depends on the seed and on how many
    realisations there are, and on nothing else: neither on what was asked before, nor on which
    contacts, satellites or chunks are worked on in which process. Where they fit, the numbers of
    a station are drawn once, and looked up for each contact.
    """

    def __init__(
        self, draws: Draws, *, memories_s: Sequence[float] = (), end_s: float = 0.0
    ) -> None:
        """Draw nothing yet.

        Parameters
        ----------
        draws
            How many realisations, and from which seed.
        memories_s
            Correlation time of every process that will be asked for; none to hold none. [s]
        end_s
            Last instant that is asked for; those beyond are drawn again each time. [s]
        """
        self.draws = draws
        self._end_s = end_s
        self._held: dict[tuple[str, int, float], npt.NDArray[np.float32]] = {}
        steps = sum(end_s / memory_s * STEPS_A_MEMORY + 1.0 for memory_s in memories_s)
        each = np.dtype(np.float32).itemsize * draws.samples
        self.holds = bool(memories_s) and steps * each <= HELD_BYTES
        """Whether numbers are drawn once."""

    def along(self, what: str, station: int, seconds: FloatArray, *, memory_s: float) -> FloatArray:
        """Return standard normal numbers of a station at some instants.

        Parameters
        ----------
        what
            Which process: what it is about.
        station
            Its number, part of the seed.
        seconds
            Instants, shape (n,), from 0. [s]
        memory_s
            Correlation time. [s]

        Returns
        -------
        FloatArray
            Shape (realisations, n), rounded to the seven digits that are held.
        """
        if not self.holds or float(seconds.max(initial=0.0)) > self._end_s:
            source = self.draws.generator(what, station)
            numbers = gauss_markov(
                source, seconds, memory_s=memory_s, realisations=self.draws.samples
            )
            return numbers.astype(np.float32).astype(np.float64)
        key = (what, station, memory_s)
        if key not in self._held:
            self._held[key] = self._walked(what, station, memory_s)
        grid = self._held[key]
        return np.asarray(grid[nearest_steps(seconds, memory_s)].T, dtype=np.float64)

    def _walked(self, what: str, station: int, memory_s: float) -> npt.NDArray[np.float32]:
        """Follow a process over the whole window, shape (points, realisations)."""
        steps = int(nearest_steps(np.array([self._end_s]), memory_s)[0]) + 1
        grid = np.empty((steps, self.draws.samples), dtype=np.float32)
        source = self.draws.generator(what, station)
        for first, path in walked(source, steps, realisations=self.draws.samples):
            grid[first : first + len(path)] = path
        return grid


def clear_in(
    climate: Climate | None,
    clouds: CloudForecast | None,
    seconds: FloatArray,
    *,
    start: datetime,
    month: IntArray,
    station: int,
    numbers: StationNumbers,
    beside: tuple[int, float] | None = None,
) -> BoolArray:
    """Draw whether the sky over a station is clear; where no weather is given, it always is.

    Parameters
    ----------
    climate, clouds, seconds, start, month
        As for :func:`clear_probability`.
    station
        Its number, part of the seed.
    numbers
        What is drawn of the stations.
    beside
        Number of a station whose sky is drawn too, and the correlation of the two; None for none.

    Returns
    -------
    BoolArray
        Shape (realisations, n).
    """
    if climate is None and clouds is None:
        return np.ones((numbers.draws.samples, seconds.size), dtype=np.bool_)
    probability, spread = clear_probability(climate, clouds, seconds, start=start, month=month)
    memory_s = memory_of(climate)

    def process(number: int) -> FloatArray:
        return numbers.along(CLOUDS, number, seconds, memory_s=memory_s)

    def not_known(number: int) -> FloatArray:
        source = numbers.draws.generator("climate", number)
        return source.uniform(-1.0, 1.0, (numbers.draws.samples, 1))

    normal, off = process(station), not_known(station)
    if beside is not None and beside[0] != station:
        other, rho = beside
        normal = rho * process(other) + np.sqrt(1.0 - rho**2) * normal
        off = _mixed(not_known(other), off, rho)
    known = np.isfinite(probability)
    drawn = np.where(
        known, np.clip(np.where(known, probability, 1.0) + spread * off, 0.0, 1.0), 2.0
    )
    return clear_skies(normal, drawn)


def _mixed(one: FloatArray, other: FloatArray, rho: float) -> FloatArray:
    """Numbers from -1 to 1 that are correlated with those of ``one``, by their normal numbers."""
    from scipy.special import ndtr, ndtri  # noqa: PLC0415 -- only realisations pay for the import

    normal = [ndtri(0.5 * (number + 1.0)) for number in (one, other)]
    return np.asarray(2.0 * ndtr(rho * normal[0] + np.sqrt(1.0 - rho**2) * normal[1]) - 1.0)
