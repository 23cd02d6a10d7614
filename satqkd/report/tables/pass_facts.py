"""What a station needs to know about each pass, and what its limits take from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from satqkd.elements.age import timing_uncertainties_s
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.obstacles import NAMES, OBSTACLES
from satqkd.report.tables.column import Cell, Column, Values, present
from satqkd.report.tables.definitions import column


def timing_sigma_s(forecast: Forecast) -> list[Cell]:
    """Return how early or late each pass may be; None where no elements of a real object age."""
    passes, crafts = forecast.passes, forecast.mission.spacecraft
    sources = [
        crafts[satellite].satellite.sources[number]
        for satellite, number in zip(passes.satellite, passes.element_set, strict=True)
    ]
    sigma_s = timing_uncertainties_s(sources, passes.element_age_s)
    return [None if np.isnan(one_s) else one_s for one_s in sigma_s.tolist()]


def _pointing_sigma(forecast: Forecast) -> Values:
    culmination = forecast.seen[0].culmination
    return [
        None if sigma_s is None else 3600.0 * rate_deg_s * float(sigma_s)
        for rate_deg_s, sigma_s in zip(
            culmination.flight_rate_deg_s.tolist(), timing_sigma_s(forecast), strict=True
        )
    ]


def _fact(name: str) -> Callable[[Forecast], Values]:
    def values(forecast: Forecast) -> Values:
        return np.asarray(getattr(forecast.seen[0].culmination, name))

    return values


def _lost(name: str) -> Callable[[Forecast], Values]:
    def values(forecast: Forecast) -> Values:
        return np.asarray(forecast.seen[0].lost_s[NAMES.index(name)])

    return values


def _start_azimuth(forecast: Forecast) -> Values:
    """Azimuth axis at the first usable sample."""
    azimuth = forecast.seen[0].start_azimuth_deg
    return present(azimuth, np.isfinite(azimuth) & (forecast.yields.usable_s > 0))


SKY_COLUMNS: Final[tuple[Column[Forecast], ...]] = (
    Column(
        "apparent_max_elevation_deg",
        "°",
        "Elevation at culmination with refraction in standard air at the signal's wavelength.",
        _fact("apparent_elevation_deg"),
        digits=3,
        screen_digits=2,
    ),
    Column(
        "culmination_azimuth_rate_deg_s",
        "°/s",
        "Rate of the azimuth at culmination.",
        _fact("azimuth_rate_deg_s"),
        digits=4,
    ),
    column("point_ahead_arcsec", _fact("point_ahead_arcsec"), digits=2),
    column("sun_separation_deg", _fact("sun_separation_deg"), digits=3, screen_digits=2),
    column("moon_illuminated", _fact("moon_illuminated")),
)
"""Columns about the sky, at culmination."""

LIMIT_COLUMNS: Final[tuple[Column[Forecast], ...]] = (
    *(
        Column(
            f"lost_{obstacle.name}_s",
            "s",
            f"Time lost to {obstacle.time_lost_to}; what an earlier column takes is not counted "
            "again.",
            _lost(obstacle.name),
            digits=1,
        )
        for obstacle in OBSTACLES
    ),
    Column(
        "mount_start_azimuth_deg",
        "°",
        "Where the azimuth axis has to be at the first usable instant, without jump at north; "
        "empty without a mount's limits.",
        _start_azimuth,
        digits=3,
        screen_digits=2,
    ),
)
"""Columns about what the limits take; with ``usable_s`` the times add up to ``duration_s``."""

UNCERTAINTY_COLUMNS: Final[tuple[Column[Forecast], ...]] = (
    Column(
        "timing_sigma_s",
        "s",
        "How early or late rise, culmination and set may be, one standard deviation, from the age "
        "of the elements (rough); empty for designs and ephemerides.",
        timing_sigma_s,
        digits=2,
    ),
    Column(
        "pointing_sigma_arcsec",
        "″",
        "The same as an angle along the flight, seen from the station at culmination.",
        _pointing_sigma,
        digits=0,
    ),
)
"""Columns about how sure the pass is."""
