"""Whether the sky is clear when a pass comes, in many histories."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from satqkd.errors import SatqkdWarning
from satqkd.mission.mission import GroundStation, Mission
from satqkd.passes.table import PassTable
from satqkd.units import BoolArray, FloatArray, IntArray
from satqkd.weather.cloud_forecast import CloudForecast
from satqkd.weather.realisations import clear_skies, gauss_markov

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
        Its climate and cloud forecast: the forecast counts where it reaches; beyond, its first or
        last value fades into the climate as the memory of clear and cloudy does.
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
        if ground.climate is None:
            return np.where(inside, forecast, chance), spread
        first_s, last_s = ground.clouds.reach_s(start)
        beyond_s = np.maximum(np.maximum(first_s - seconds, seconds - last_s), 0.0)
        kept = np.exp(-beyond_s / ground.climate.persistence_s)
        return kept * forecast + (1.0 - kept) * chance, (1.0 - kept) * spread
    return chance, spread


def warn_of_clouds(mission: Mission, passes: PassTable) -> None:
    """Warn of passes that a cloud forecast leaves out and of its gaps, once a station each.

    Parameters
    ----------
    mission
        Holds the stations' climates and cloud forecasts.
    passes
        The passes, with times counted from the mission's beginning.

    Warns
    -----
    SatqkdWarning
        For passes beyond a forecast's ends that no climate speaks for, which count as clear, and
        for neighbouring instants further apart than
        :data:`~satqkd.weather.cloud_forecast.LONGEST_STEP_S`.
    """
    for station, ground in enumerate(mission.stations):
        if ground.clouds is None:
            continue
        times_s = passes.culmination_s[passes.station == station]
        if ground.climate is None:
            _warn_of_reach(ground, ground.clouds, times_s, start=mission.start)
        for before, after in ground.clouds.gaps():
            first_s, last_s = ((time - mission.start).total_seconds() for time in (before, after))
            count = int(((times_s > first_s) & (times_s < last_s)).sum())
            if count:
                warnings.warn(
                    f"{ground.clouds.source} says nothing for {(last_s - first_s) / 3600.0:.3g} h "
                    f"after {before.isoformat()}: {_passes(count)} of {ground.site.name} in "
                    "between take a straight line; add lines",
                    SatqkdWarning,
                    stacklevel=2,
                )


def _warn_of_reach(
    ground: GroundStation, clouds: CloudForecast, times_s: FloatArray, *, start: datetime
) -> None:
    first_s, last_s = clouds.reach_s(start)
    for words, end, outside in (
        ("begins", clouds.times[0], times_s < first_s),
        ("ends", clouds.times[-1], times_s > last_s),
    ):
        count = int(outside.sum())
        if count:
            warnings.warn(
                f"{clouds.source} {words} at {end.isoformat()}: {_passes(count)} of "
                f"{ground.site.name} outside are taken as clear; give the station a climate",
                SatqkdWarning,
                stacklevel=3,
            )


def _passes(count: int) -> str:
    return "1 pass" if count == 1 else f"{count:,} passes"


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
    mood = gauss_markov(
        draws.chance("clouds", station), seconds, memory_s=memory_s, realisations=draws.samples
    )
    known = np.isfinite(chance)
    drawn = np.where(known, np.clip(np.where(known, chance, 1.0) + spread * off, 0.0, 1.0), 2.0)
    return clear_skies(mood, drawn)
