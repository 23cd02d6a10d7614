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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Skies:
    """The sky over one station at some instants."""

    probability: FloatArray
    """Chance that it is clear, shape (n,); NaN where nobody knows."""
    clear: BoolArray
    """Whether it is, shape (histories, n); where nobody knows, always."""


def skies(
    ground: GroundStation,
    seconds: FloatArray,
    *,
    start: datetime,
    month: IntArray,
    station: int,
    draws: Draws,
) -> Skies:
    """Draw the sky over a station.

    Parameters
    ----------
    ground
        Its climate and cloud forecast: the forecast counts where it reaches.
    seconds, start
        Instants, and the beginning they are counted from.
    month
        Month of each instant, 1…12.
    station
        Its number, which chance depends on.
    draws
        How many histories.
    """
    chance, spread = np.full(seconds.shape, np.nan), np.zeros(seconds.shape)
    memory_s = FORECAST_MEMORY_S
    if ground.climate is not None:
        chance = ground.climate.clear(month)
        spread = spread + ground.climate.clear_fraction_spread
        memory_s = ground.climate.persistence_s
    if ground.clouds is not None:
        told, inside = ground.clouds.clear(start, seconds)
        chance, spread = np.where(inside, told, chance), np.where(inside, 0.0, spread)
    off = draws.chance("climate", station).uniform(-1.0, 1.0, (draws.samples, 1))
    mood = moods(
        draws.chance("clouds", station), seconds, memory_s=memory_s, histories=draws.samples
    )
    known = np.isfinite(chance)
    drawn = np.where(known, np.clip(np.where(known, chance, 1.0) + spread * off, 0.0, 1.0), 2.0)
    return Skies(probability=chance, clear=clear_skies(mood, drawn))
