"""How likely the sky is clear when a pass comes, and how often it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from satqkd.errors import require_not_negative, require_positive
from satqkd.units import FloatArray, IntArray
from satqkd.weather.climate import Climate
from satqkd.weather.cloud_forecast import CloudForecast

FORECAST_MEMORY_S = 43_200.0
"""How long clear or cloudy lasts where only a cloud forecast is given; assumed. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """How many realisations are drawn, and from which seed."""

    samples: int = 200
    """Realisations; the 10th and 90th percentile of 200 are known to about 2 % in rank."""
    seed: int = 1
    """The same seed gives the same numbers, whichever passes are chosen."""

    def __post_init__(self) -> None:
        require_positive("samples", self.samples)
        require_not_negative("seed", self.seed)

    def generator(self, what: str, number: int) -> np.random.Generator:
        """Return a random generator for each thing, so that no choice of passes shifts it."""
        return np.random.default_rng([self.seed, *what.encode(), number])


def clear_probability(
    climate: Climate | None,
    clouds: CloudForecast | None,
    seconds: FloatArray,
    *,
    start: datetime,
    month: IntArray,
) -> tuple[FloatArray, FloatArray]:
    """Probability of a clear sky over a station at some instants, and its half range.

    Parameters
    ----------
    climate, clouds
        Of the station, None where not given: the forecast counts where it reaches; beyond, its
        first or last value fades into the climate as the memory of clear and cloudy does.
    seconds, start
        Instants, and the beginning they are counted from.
    month
        Month of each instant, 1…12.

    Returns
    -------
    tuple
        Both shaped like ``seconds``; the probability is NaN where no weather is given.
    """
    probability, spread = np.full(seconds.shape, np.nan), np.zeros(seconds.shape)
    if climate is not None:
        probability = climate.clear(month)
        spread = spread + climate.clear_fraction_spread
    if clouds is not None:
        forecast, inside = clouds.clear(start, seconds)
        if climate is None:
            return np.where(inside, forecast, probability), spread
        first_s, last_s = clouds.reach_s(start)
        beyond_s = np.maximum(np.maximum(first_s - seconds, seconds - last_s), 0.0)
        kept = np.exp(-beyond_s / climate.persistence_s)
        return kept * forecast + (1.0 - kept) * probability, (1.0 - kept) * spread
    return probability, spread


def memory_of(climate: Climate | None) -> float:
    """How long clear and cloudy last over a station. [s]"""
    return FORECAST_MEMORY_S if climate is None else climate.persistence_s
