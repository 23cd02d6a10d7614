"""Clear or cloudy over several stations at once, in many realisations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from satqkd.constants import WGS84_RADIUS_M
from satqkd.units import BoolArray, FloatArray, IntArray
from satqkd.weather.clear_sky import Draws, clear_probability, memory_of
from satqkd.weather.climate import Climate
from satqkd.weather.cloud_forecast import CloudForecast
from satqkd.weather.normal import chance_below
from satqkd.weather.realisations import STEPS_A_MEMORY

CORRELATION_LENGTH_M: Final = 225e3
"""Distance over which the correlation of two skies falls to 1/e: the longer of the two lengths that
ITU-R P.1853 has for cloud water (recalled); the shorter, some kilometres, is left out. [m]"""


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
    """How many random numbers a realisation of some skies takes."""
    last_s = max((float(sky.seconds.max(initial=0.0)) for sky in skies if sky.told), default=0.0)
    told = [sky for sky in skies if sky.told]
    return int(len(told) * (last_s / _step_s(told) + 1.0)) if told else 0


def _step_s(skies: Sequence[SkyOver]) -> float:
    """Spacing of the grid that realisations are drawn on. [s]"""
    return min(sky.memory_s for sky in skies) / STEPS_A_MEMORY


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
    A Gauss–Markov process over each station, with its own memory and correlated with those of its
    neighbours (:func:`sky_correlation`), is below a threshold while the sky is clear; what is not
    known of a climate is drawn once a realisation, alike for neighbours. The chance itself is
    known, so none of it is left to the draw: of the realisations of an instant those with the
    lowest numbers are clear, as many as the chance says, to the nearest whole one. Skies of the
    same place with the same climate are the same.

    A realisation does not depend on the instants, nor on the skies that follow.
    """
    # instant by instant in memory, as they are written
    shapes = [(draws.samples, sky.seconds.size) for sky in skies]
    clear = tuple(np.ones(shape, dtype=np.bool_, order="F") for shape in shapes)
    told = [number for number, sky in enumerate(skies) if sky.told]
    if not any(skies[number].seconds.size for number in told):
        return clear
    own = [skies[number] for number in told]
    mix = _root(
        sky_correlation(
            np.array([sky.latitude_deg for sky in own]),
            np.array([sky.longitude_deg for sky in own]),
        )
    )
    step_s = _step_s(own)
    wanted = _by_step(own, step_s)
    off = 2.0 * chance_below(np.einsum("ij,jr->ir", mix, _drawn("climate", told, draws))) - 1.0
    chance = [
        clear_probability(sky.climate, sky.clouds, sky.seconds, start=start, month=sky.month)
        for sky in own
    ]
    sources = [draws.generator("clouds", number) for number in told]
    fresh = np.empty((len(own), draws.samples))
    # one process a source and memory: those of a station are mixed where it is looked at
    now = {sky.memory_s: np.zeros(fresh.shape) for sky in own}
    for step in range(max(wanted) + 1):
        for source, row in zip(sources, fresh, strict=True):
            source.standard_normal(out=row)
        for memory_s in now:
            keep = np.exp(-step_s / memory_s) if step else 0.0
            now[memory_s] *= keep
            now[memory_s] += np.sqrt(1.0 - keep**2) * fresh
        for place, instant in wanted.get(step, ()):
            probability, spread = (float(values[instant]) for values in chance[place])
            if np.isfinite(probability):
                mixed = np.einsum("j,jr->r", mix[place], now[own[place].memory_s])
                # what is known for sure is in the order of the numbers themselves
                number = chance_below(mixed) - spread * off[place] if spread else mixed
                clear[told[place]][:, instant] = _lowest(number, probability)
    return clear


def _drawn(what: str, numbers: Sequence[int], draws: Draws) -> FloatArray:
    """Standard normal numbers of each station, shape (stations, realisations)."""
    return np.stack([draws.generator(what, n).standard_normal(draws.samples) for n in numbers])


def _by_step(skies: Sequence[SkyOver], step_s: float) -> dict[int, list[tuple[int, int]]]:
    """Which instants of which sky lie nearest to each point of the grid."""
    wanted: dict[int, list[tuple[int, int]]] = {}
    for place, sky in enumerate(skies):
        for instant, step in enumerate(np.rint(sky.seconds / step_s).astype(np.int64).tolist()):
            wanted.setdefault(max(step, 0), []).append((place, instant))
    return wanted


def _lowest(number: FloatArray, share: float) -> BoolArray:
    """Mark a share of some numbers, the lowest ones."""
    count = round(share * number.size)
    marked = np.zeros(number.size, dtype=np.bool_)
    if count:
        marked[np.argpartition(number, count - 1)[:count]] = True
    return marked


def _root(correlation: FloatArray) -> FloatArray:
    """Lower triangular root of a correlation, also where two places are one.

    By Cholesky's rows (numpy's refuses matrices that are not strictly positive definite).
    """
    root = np.zeros_like(correlation)
    for column in range(len(root)):
        left = correlation[column:, column] - root[column:, :column] @ root[column, :column]
        if left[0] > 1e-12:
            root[column:, column] = left / np.sqrt(left[0])
    return root
