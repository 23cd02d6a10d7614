"""Clear or cloudy over several stations at once, in many realisations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from satqkd.constants import WGS84_RADIUS_M
from satqkd.units import BoolArray, FloatArray, IntArray
from satqkd.weather.clear_sky import Draws, clear_probability, memory_of
from satqkd.weather.climate import Climate
from satqkd.weather.cloud_forecast import CloudForecast
from satqkd.weather.normal import chance_below
from satqkd.weather.waves import (
    CORRELATION_LENGTH_M,
    SLOWEST_S,
    WAVES,
    Waves,
    fastest_band,
    phases_at,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SkyOver:
    """The sky over one station, and the instants at which it is looked at."""

    latitude_deg: float
    longitude_deg: float
    climate: Climate | None
    """How often it is clear; None if not given."""
    clouds: CloudForecast | None
    """Forecast cloud cover; None if not given."""
    seconds: FloatArray
    """Instants, shape (n,), from the beginning. [s]"""
    month: IntArray
    """Month of each, 1…12."""

    @property
    def told(self) -> bool:
        """Whether anybody says how clear it is."""
        return self.climate is not None or self.clouds is not None

    @property
    def memory_s(self) -> float:
        """How long clear and cloudy last. [s]"""
        return memory_of(self.climate)


def sky_correlation(latitude_deg: FloatArray, longitude_deg: FloatArray) -> FloatArray:
    r"""Correlation of the normal numbers behind the skies of places with each other.

    .. math:: \varrho = e^{-d / L}

    with the distance :math:`d` along a sphere and :math:`L` = :data:`CORRELATION_LENGTH_M`; derived
    here: two places 60 km apart have 0.77, 500 km apart 0.11. As an exponential of distances on a
    sphere it is positive definite [1]_.

    References
    ----------
    .. [1] T. Gneiting, *Bernoulli* 19, 1327 (2013), table 1 (recalled).
    """
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    half = [0.5 * (own[:, np.newaxis] - own) for own in (latitude, longitude)]
    shape = np.cos(latitude)[:, np.newaxis] * np.cos(latitude)
    chord = np.sin(half[0]) ** 2 + shape * np.sin(half[1]) ** 2
    distance_m = 2.0 * WGS84_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return np.asarray(np.exp(-distance_m / CORRELATION_LENGTH_M))


def numbers_drawn(skies: Sequence[SkyOver]) -> int:
    """How many random numbers a realisation of some skies takes, or what takes as long."""
    told = [sky for sky in skies if sky.told]
    last_s = max((float(sky.seconds.max(initial=0.0)) for sky in told), default=0.0)
    rates = [2 ** fastest_band(memory_s) for memory_s in {sky.memory_s for sky in told}]
    replaced = sum(4.0 * rate * (last_s / SLOWEST_S + 1.0) for rate in rates)
    return int(WAVES * (replaced + sum(sky.seconds.size for sky in told)))


def clear_together(
    skies: Sequence[SkyOver], *, start: datetime, draws: Draws
) -> tuple[BoolArray, ...]:
    """Draw whether each of several skies is clear at its instants.

    Parameters
    ----------
    skies
        One a station. A sky of which nobody tells how clear it is, is.
    start
        The beginning that instants are counted from.
    draws
        How many realisations, and from which seed.

    Returns
    -------
    tuple
        For each sky whether it is clear, shape (realisations, n).

    Notes
    -----
    A normal number over each station, which forgets with the memory of its own and is correlated
    with those of its neighbours (:class:`satqkd.weather.waves.Waves`), is below a threshold while
    the sky is clear; what is not known of a climate is drawn once a realisation, alike for
    neighbours. The chance itself is known, so none of it is left to the draw: of the realisations
    of an instant those with the lowest numbers are clear, as many as the chance says, to the
    nearest whole one. Skies of the same place with the same climate are the same.

    A realisation of a sky depends on its place and climate, not on the instants, nor on the other
    skies.
    """
    # instant by instant in memory, as they are written
    shapes = [(draws.samples, sky.seconds.size) for sky in skies]
    clear = tuple(np.ones(shape, dtype=np.bool_, order="F") for shape in shapes)
    told = [number for number, sky in enumerate(skies) if sky.told and sky.seconds.size]
    if not told:
        return clear
    unknown = Waves(draws, "climates", SLOWEST_S)
    for memory_s in dict.fromkeys(skies[number].memory_s for number in told):
        some = [number for number in told if skies[number].memory_s == memory_s]
        places = {
            number: phases_at(skies[number].latitude_deg, skies[number].longitude_deg)
            for number in some
        }
        chance = {
            number: clear_probability(
                sky.climate, sky.clouds, sky.seconds, start=start, month=sky.month
            )
            for number, sky in ((one, skies[one]) for one in some)
        }
        off = {
            number: 2.0 * chance_below(unknown.seen(places[number])) - 1.0
            for number in some
            if chance[number][1].any()
        }
        waves = Waves(draws, "skies", memory_s)
        for step, looks in sorted(_by_step(skies, some, waves.step_s).items()):
            waves.go_to(step)
            for number, instant in looks:
                probability, spread = (float(values[instant]) for values in chance[number])
                if np.isfinite(probability):
                    seen = waves.seen(places[number])
                    # what is known for sure is in the order of the numbers themselves
                    drawn = chance_below(seen) - spread * off[number] if spread else seen
                    clear[number][:, instant] = _lowest(drawn, probability)
    return clear


def _by_step(
    skies: Sequence[SkyOver], some: Sequence[int], step_s: float
) -> dict[int, list[tuple[int, int]]]:
    """Which instants of which skies lie nearest to each point of the grid."""
    wanted: dict[int, list[tuple[int, int]]] = {}
    for number in some:
        steps = np.rint(skies[number].seconds / step_s).astype(np.int64)
        for instant, step in enumerate(steps.tolist()):
            wanted.setdefault(max(step, 0), []).append((number, instant))
    return wanted


def _lowest(number: FloatArray, share: float) -> BoolArray:
    """Mark a share of some numbers, the lowest ones."""
    count = round(share * number.size)
    marked = np.zeros(number.size, dtype=np.bool_)
    if count:
        marked[np.argpartition(number, count - 1)[:count]] = True
    return marked
