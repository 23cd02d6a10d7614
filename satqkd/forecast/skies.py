"""Whether the sky is clear when a pass comes, in many histories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from satqkd.mission.mission import GroundStation
from satqkd.units import BoolArray, FloatArray, IntArray
from satqkd.weather.histories import clear_skies, moods

FORECAST_MEMORY_S = 43_200.0
"""How long clear or cloudy lasts where a cloud forecast is all that is told; assumed. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """How many times chance is asked, and where it begins."""

    samples: int = 200
    """Histories; the 10th and 90th percentile of 200 are known to about 2 % in rank."""
    seed: int = 1
    """The same seed gives the same numbers, whichever passes are asked for."""

    def chance(self, what: str, number: int) -> np.random.Generator:
        """Return chance of its own for each thing, so that no choice of passes shifts it."""
        return np.random.default_rng([self.seed, *what.encode(), number])


def told(
    ground: GroundStation, seconds: FloatArray, *, start: datetime, month: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Chance of a clear sky over a station at some instants, and how far it may be off.

    Parameters
    ----------
    ground
        Its climate and cloud forecast: the forecast counts where it reaches.
    seconds, start
        Instants, and the beginning they are counted from.
    month
        Month of each instant, 1…12.

    Returns
    -------
    tuple
        Both shaped like ``seconds``; the chance is NaN where nobody knows.
    """
    chance, spread = np.full(seconds.shape, np.nan), np.zeros(seconds.shape)
    if ground.climate is not None:
        chance = ground.climate.clear(month)
        spread = spread + ground.climate.clear_fraction_spread
    if ground.clouds is not None:
        forecast, inside = ground.clouds.clear(start, seconds)
        chance, spread = np.where(inside, forecast, chance), np.where(inside, 0.0, spread)
    return chance, spread


def clear_in(
    ground: GroundStation,
    seconds: FloatArray,
    *,
    start: datetime,
    month: IntArray,
    station: int,
    draws: Draws,
) -> BoolArray:
    """Draw whether the sky over a station is clear; where nobody knows, it always is.

    Parameters
    ----------
    ground, seconds, start, month
        As for :func:`told`.
    station
        Its number, which chance depends on.
    draws
        How many histories.

    Returns
    -------
    BoolArray
        Shape (histories, n).
    """
    chance, spread = told(ground, seconds, start=start, month=month)
    memory_s = FORECAST_MEMORY_S if ground.climate is None else ground.climate.persistence_s
    off = draws.chance("climate", station).uniform(-1.0, 1.0, (draws.samples, 1))
    mood = moods(
        draws.chance("clouds", station), seconds, memory_s=memory_s, histories=draws.samples
    )
    known = np.isfinite(chance)
    drawn = np.where(known, np.clip(np.where(known, chance, 1.0) + spread * off, 0.0, 1.0), 2.0)
    return clear_skies(mood, drawn)
