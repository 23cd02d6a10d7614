"""What the weather makes of a plan: delivery in every realisation, then means and percentiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from satqkd.forecast.conditions import months_of
from satqkd.network.candidates import Candidates
from satqkd.schedule.problem import Problem
from satqkd.schedule.realised import Realised, realise
from satqkd.units import BoolArray, FloatArray, IntArray
from satqkd.weather.clear_sky import Draws
from satqkd.weather.skies import SkyOver, clear_together, numbers_drawn

REALISATIONS: Final = 4000
"""Realisations of a plan: a chance is known to 0.8 % (one standard error), and a mean to a
sixtieth of its spread."""
NUMBERS_AT_MOST: Final = 3e8
"""Numerical: random numbers of all realisations together, some seconds of them; of a plan that
needs more, fewer realisations are drawn."""
COLUMNS_AT_ONCE: Final = 1000
"""Numerical: contacts whose skies are copied at once."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Amount:
    """An amount of key over all realisations."""

    sorted_bits: FloatArray
    """In each realisation, rising. [bit]"""

    @staticmethod
    def of(bits: FloatArray) -> Amount:
        """Gather the amount of each realisation; percentiles of a sum are those of its sums."""
        return Amount(sorted_bits=np.sort(bits))

    @property
    def mean_bits(self) -> float:
        """Mean. [bit]"""
        return float(self.sorted_bits.mean())

    @property
    def standard_error_bits(self) -> float:
        """One standard error of the mean, were realisations drawn freely. [bit]

        As the chance of every contact is met exactly, it is smaller in truth.
        """
        count = self.sorted_bits.size
        return float(self.sorted_bits.std(ddof=1) / np.sqrt(count)) if count > 1 else 0.0

    def percentile_bits(self, percent: float) -> float:
        """What so many of a hundred realisations stay below, as numpy's percentile. [bit]"""
        return float(np.percentile(self.sorted_bits, percent))

    def chance_of(self, bits: float = 1.0) -> float:
        """Share of the realisations with at least so much; by default with any key at all."""
        below = np.searchsorted(self.sorted_bits, bits, side="left")
        return 1.0 - float(below) / self.sorted_bits.size


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceMet:
    """How often a demand gets what it asks for."""

    each: tuple[float, ...]
    """Share of the realisations in which each of its milestones is reached."""
    every: float
    """Share of those in which all are."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanOutlook:
    """What the weather makes of a plan."""

    draws: Draws
    """How many realisations, and from which seed."""
    asked: int
    """Realisations that were asked for: more than were drawn where that would take too long."""
    demands: tuple[Amount, ...]
    """What each demand gets, relayed or by joint contacts."""
    met: tuple[ChanceMet, ...]
    """How often each demand gets what it asks for."""
    delivered: Amount
    """What all get together."""
    made: Amount
    """Key of all blocks, delivered or not."""
    worth: Amount
    """Weighted bits, as the planner counts them."""
    packed: np.ndarray
    """:attr:`clear`, eight realisations a byte."""

    @property
    def clear(self) -> BoolArray:
        """Under which realisations each scheduled contact has a clear sky.

        Shape (realisations, scheduled contacts of the problem in its order).
        """
        bits = np.unpackbits(self.packed, axis=0, count=self.draws.samples)
        return np.asarray(bits.view(np.bool_))

    @staticmethod
    def of(
        problem: Problem, realised: Realised, weather: Weather, chosen: BoolArray
    ) -> PlanOutlook:
        """Gather what realisations leave of a plan with these contacts."""
        return PlanOutlook(
            draws=weather.draws,
            asked=weather.asked,
            packed=weather.packed(chosen),
            demands=tuple(Amount.of(bits) for bits in realised.delivered.T),
            met=tuple(_chances_met(problem, realised)),
            delivered=Amount.of(realised.delivered.sum(axis=1)),
            made=Amount.of(realised.made),
            worth=Amount.of(realised.worth),
        )


def _chances_met(problem: Problem, realised: Realised) -> Iterator[ChanceMet]:
    """Yield how often each demand gets what it asks for."""
    begin = 0
    for demand in problem.demands:
        asked = np.array([one.bits for one in demand.milestones], dtype=np.float64)
        reached = realised.reached[:, begin : begin + asked.size] >= asked
        begin += asked.size
        yield ChanceMet(
            each=tuple(reached.mean(axis=0).tolist()), every=float(reached.all(axis=1).mean())
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weather:
    """Which contacts have a clear sky, realisation by realisation."""

    draws: Draws
    asked: int
    """Realisations asked for."""
    clear: BoolArray
    """Shape (realisations, candidates); of those not asked for anything."""

    def of(self, candidates: Candidates, chosen: BoolArray) -> Realised:
        """Return what is left of a choice; its contacts have to be among those drawn."""
        return realise(candidates.problem, chosen, self.clear)

    def packed(self, some: BoolArray) -> np.ndarray:
        """Pack the skies of some candidates, eight realisations a byte."""
        columns = np.flatnonzero(some)
        found = np.zeros(((len(self.clear) + 7) // 8, columns.size), dtype=np.uint8, order="F")
        for begin in range(0, columns.size, COLUMNS_AT_ONCE):
            part = slice(begin, begin + COLUMNS_AT_ONCE)
            found[:, part] = np.packbits(self.clear[:, columns[part]], axis=0)
        return found


def drawn_weather(candidates: Candidates, some: BoolArray, draws: Draws) -> Weather:
    """Draw the skies of some candidates: a joint contact needs those of both its stations.

    Sessions over the ground need none. Clear or cloudy is all that is drawn: air and pointing are
    as expected.
    """
    mission = candidates.forecasts[0].mission
    contact, station, seconds, month = _looks(candidates, some)
    looks = [np.flatnonzero(station == number) for number in range(len(mission.stations))]
    skies = [
        SkyOver(
            latitude_deg=ground.site.latitude_deg,
            longitude_deg=ground.site.longitude_deg,
            climate=ground.climate,
            clouds=ground.clouds,
            seconds=seconds[own],
            month=month[own],
        )
        for ground, own in zip(mission.stations, looks, strict=True)
    ]
    most = NUMBERS_AT_MOST / max(1, numbers_drawn(skies))
    fewer = replace(draws, samples=max(1, min(draws.samples, int(most))))
    # contact by contact in memory, of which those that are not drawn then take none; of a station
    # the skies are let go as soon as they are handed on
    clear = np.zeros((fewer.samples, some.size), dtype=np.bool_, order="F")
    seen = np.zeros(some.size, dtype=np.bool_)
    drawn = list(clear_together(skies, start=mission.start, draws=fewer))
    for own in looks[::-1]:
        sky = drawn.pop()
        for place, column in enumerate(contact[own].tolist()):
            clear[:, column] = sky[:, place] & clear[:, column] if seen[column] else sky[:, place]
            seen[column] = True
        del sky
    clear[:, some & ~seen] = True
    return Weather(draws=fewer, asked=draws.samples, clear=clear)


def _looks(
    candidates: Candidates, some: BoolArray
) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """Every look at a sky: candidate, station, instant and month; one a candidate and station."""
    nowhere = np.zeros(0, dtype=np.int64)
    contact, station, month = [nowhere], [nowhere], [nowhere]
    seconds = [np.zeros(0)]
    for kind, forecast in enumerate(candidates.forecasts):
        mine = np.flatnonzero(some & (candidates.kind == kind))
        for passes in forecast.contacts.arms:
            own = passes.take(candidates.row[mine])
            contact.append(mine)
            station.append(own.station)
            seconds.append(own.culmination_s)
            month.append(months_of(forecast.timebase, own.culmination_s))
    return (
        np.concatenate(contact),
        np.concatenate(station),
        np.concatenate(seconds),
        np.concatenate(month),
    )
