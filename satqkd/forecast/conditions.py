"""From the series of passes to what the terms of a link depend on."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from satqkd.elements.age import timing_uncertainties_s, warn_if_stale
from satqkd.errors import SatqkdWarning
from satqkd.link.background.satellite_body import Body
from satqkd.link.scene import Scene
from satqkd.mission.mission import GroundStation, Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.manoeuvres import NONE, crossed
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray
from satqkd.weather.cloud_forecast import CloudForecast


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Circumstances:
    """What changes too slowly to be sampled: one number a pass."""

    moon_phase_deg: FloatArray
    """Angle Sun, Moon, Earth at culmination: 0 for full Moon. [°]"""
    month: IntArray
    """Month of the culmination, 1…12, UTC."""
    timing_error_s: FloatArray
    """1 σ of how early or late the satellite may be; 0 for designs and ephemerides. [s]"""

    def take(self, passes: IntArray) -> Circumstances:
        """Return those of some passes."""
        return Circumstances(
            moon_phase_deg=self.moon_phase_deg[passes],
            month=self.month[passes],
            timing_error_s=self.timing_error_s[passes],
        )


def circumstances(
    mission: Mission, timebase: Timebase, passes: PassTable, bodies: Bodies
) -> Circumstances:
    """Work out the circumstances of every pass."""
    seconds = passes.culmination_s
    return Circumstances(
        moon_phase_deg=moon_phase_deg(bodies, seconds),
        month=months_of(timebase, seconds),
        timing_error_s=timing_error_s(mission, passes),
    )


def months_of(timebase: Timebase, seconds: FloatArray) -> IntArray:
    """Month of some instants, 1…12, UTC."""
    return np.array([int(text[5:7]) for text in timebase.iso(seconds, digits=0)], dtype=np.int64)


def moon_phase_deg(bodies: Bodies, seconds: FloatArray) -> FloatArray:
    """Angle at the Moon between Sun and Earth: 0 for full Moon, 180 for new. [°]"""
    moon_m = bodies.moon_itrf_m(seconds)
    sun_m = bodies.sun_itrf_m(seconds) - moon_m
    length = np.linalg.norm(moon_m, axis=0) * np.linalg.norm(sun_m, axis=0)
    cosine = -np.einsum("ij,ij->j", moon_m, sun_m) / length
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def timing_error_s(mission: Mission, passes: PassTable) -> FloatArray:
    """How early or late each pass may come, by :func:`timing_uncertainties_s`. [s]

    By definition 0 for designs and ephemerides, which do not age.
    """
    crafts = mission.spacecraft
    sources = [
        crafts[satellite].satellite.sources[number]
        for satellite, number in zip(
            passes.satellite.tolist(), passes.element_set.tolist(), strict=True
        )
    ]
    return np.nan_to_num(timing_uncertainties_s(sources, passes.element_age_s))


def crossed_manoeuvres(mission: Mission, timebase: Timebase, passes: PassTable) -> IntArray:
    """First declared manoeuvre between each pass and what it is predicted from; −1 for none."""
    found = np.full(len(passes), NONE, dtype=np.int64)
    if not any(craft.satellite.manoeuvres for craft in mission.spacecraft):
        return found
    for index in np.unique(passes.satellite).tolist():
        satellite = mission.spacecraft[index].satellite
        if satellite.manoeuvres:
            own = passes.satellite == index
            found[own] = crossed(
                satellite,
                timebase,
                source=passes.element_set[own],
                start_s=passes.rise_s[own],
                end_s=passes.set_s[own],
            )
    return found


def scene_of(
    tracks: Tracks,
    facts: Circumstances,
    *,
    site_height_m: float,
    turning: bool,
    body: Body | None = None,
) -> Scene:
    """Describe some passes over one station.

    Parameters
    ----------
    tracks
        Their series.
    facts
        Their circumstances.
    site_height_m
        Height of the station. [m]
    turning
        Whether a term depends on how fast the line of sight turns; if none does, it is 0.
    body
        The satellite in sunlight; None for the default.
    """
    length = np.diff(tracks.starts)
    return Scene(
        range_m=tracks.range_m,
        elevation_deg=tracks.elevation_deg,
        angular_rate_rad_s=(
            tracks.angular_rate_rad_s if turning else np.zeros_like(tracks.range_m)
        ),
        sun_elevation_deg=tracks.sun_elevation_deg,
        sun_separation_deg=tracks.sun_separation_deg,
        moon_elevation_deg=tracks.moon_elevation_deg,
        moon_separation_deg=tracks.moon_separation_deg,
        moon_phase_deg=np.repeat(facts.moon_phase_deg, length),
        sunlit=tracks.sunlit,
        month=np.repeat(facts.month, length),
        timing_error_s=np.repeat(facts.timing_error_s, length),
        site_height_m=site_height_m,
        body=body or Body(),
    )


def warn_of_age(mission: Mission, timebase: Timebase, passes: PassTable) -> None:
    """Warn once for each element set used too far from its epoch, at its worst pass."""
    keys = np.stack([passes.satellite, passes.element_set], axis=1)
    for satellite, element_set in np.unique(keys, axis=0):
        source = mission.spacecraft[satellite].satellite.sources[element_set]
        mine = np.flatnonzero((keys == (satellite, element_set)).all(axis=1))
        worst = mine[np.argmax(np.abs(passes.element_age_s[mine]))]
        warn_if_stale(
            source,
            timebase.utc(float(passes.culmination_s[worst])),
            limit_s=mission.limits.max_element_age_s,
        )


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
        For passes beyond a forecast's ends that no climate covers, which count as clear, and
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
