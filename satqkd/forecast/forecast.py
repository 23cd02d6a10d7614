"""A forecast: every pass of a window with its series, losses, counts and key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from satqkd.clicks.counts import Counts
from satqkd.elements.age import warn_if_stale
from satqkd.elements.trajectory import Trajectory
from satqkd.forecast.chain import PieceGiven, follow_links
from satqkd.forecast.outlook import Outlook, clear_probabilities, outlook
from satqkd.forecast.reject import reject_reasons
from satqkd.forecast.scene import circumstances
from satqkd.forecast.skies import Draws, warn_of_clouds
from satqkd.forecast.usable import Usage, usage
from satqkd.key.result import KeyResult
from satqkd.link.budget import Budget
from satqkd.mission.mission import Mission
from satqkd.passes import night
from satqkd.passes.bodies import Bodies
from satqkd.passes.find import Passes, Progress, find_passes
from satqkd.passes.sky_geometry import Geometry
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample
from satqkd.units import BoolArray, FloatArray

Nights = tuple[tuple[tuple[float, float], ...], ...]
"""For each station, when it is dark: (start_s, end_s). [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """Every pass of a window with its series, losses, counts and key."""

    mission: Mission
    timebase: Timebase
    passes: PassTable
    tracks: Tracks
    nights: Nights
    """For each station, when it is dark enough: (start_s, end_s). [s]"""
    stopped: tuple[str, ...]
    """Satellites that could not be followed through the whole window, and why."""
    budget: Budget
    """Loss lines of every sample."""
    stray_hz: Mapping[str, FloatArray]
    """Stray photons before the detectors, by source. [Hz]"""
    usable: BoolArray
    """Samples that may carry key: no limit of mission, station or mount takes them."""
    signal_rate_hz: FloatArray
    """Clicks per second, of all intensities, that the satellite's light adds to the background;
    before sifting. [Hz]"""
    background_rate_hz: FloatArray
    """Clicks per second, within gates, from dark counts and sky, all detectors. [Hz]"""
    qber: FloatArray
    """Expected error fraction of each sample."""
    usable_s: FloatArray
    """Usable part of each pass. [s]"""
    usable_start_s: FloatArray
    """First usable second of each pass; rise where none is. [s]"""
    usable_end_s: FloatArray
    """Last usable second of each pass; rise where none is. [s]"""
    counts: Counts
    """Expected counts, one block a pass."""
    keys: KeyResult
    """Key of each pass with the nominal values."""
    keys_low: KeyResult
    """Key with every stated range at its worst end."""
    keys_high: KeyResult
    """Key with every stated range at its best end."""
    ranged: BoolArray
    """Passes for which anybody stated a range; low and high mean nothing for the others."""
    reject_reason: tuple[str | None, ...]
    """For each pass that cannot give key, why; None where it can."""
    usage: Usage | None = None
    """What took the samples that are not usable; None if nobody looked."""
    geometry: Geometry | None = None
    """Where everything is, for facts of single samples; None in a forecast that was not
    searched."""
    outlook: Outlook | None = None
    """Key over weather and what is not known; None if nobody drew it."""
    clear_probability: FloatArray | None = None
    """Chance of a clear sky for each pass, NaN at a station whose weather nobody told; None if
    nobody asked."""


def forecast(
    mission: Mission,
    *,
    draws: Draws | None = None,
    every: bool = False,
    progress: Progress | None = None,
) -> Forecast:
    """Follow every pass of a mission through every stage.

    Parameters
    ----------
    mission
        Who flies over whom, and when.
    draws
        How often to draw weather and what is not known; None leaves the outlook out.
    every
        Whether to follow passes as well that no sample of may carry key; what their series
        hold means nothing otherwise.
    progress
        Told how many satellites have been searched.

    Returns
    -------
    Forecast
        Passes ordered by satellite, station, rise; key is counted per pass (one block a pass),
        from the mean of the gains along it, not from the gain at the mean loss.

    Warns
    -----
    StaleElementsWarning
        For element sets used further from their epoch than the mission allows.
    SatqkdWarning
        For satellites that could not be followed to the end, times beyond the tables, and passes
        beyond a cloud forecast.
    """
    timebase = Timebase.starting(mission.start)
    found = find_passes(
        [craft.satellite for craft in mission.spacecraft],
        [station.site for station in mission.stations],
        timebase,
        duration_s=mission.duration_s,
        progress=progress,
    )
    warn_of_age(mission, timebase, found.table)
    warn_of_clouds(mission, found.table)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    nights = mission_nights(mission, bodies)
    return follow(mission, timebase, found, bodies=bodies, nights=nights, draws=draws, every=every)


def mission_nights(mission: Mission, bodies: Bodies) -> Nights:
    """When each station is dark enough for the mission."""
    return tuple(
        tuple(
            night.nights(
                station.site,
                bodies,
                duration_s=mission.duration_s,
                max_sun_elevation_deg=mission.limits.max_sun_elevation_deg,
            )
        )
        for station in mission.stations
    )


def follow(
    mission: Mission,
    timebase: Timebase,
    found: Passes,
    *,
    bodies: Bodies,
    nights: Nights,
    draws: Draws | None = None,
    every: bool = False,
) -> Forecast:
    """Follow passes that were found, all of a mission's or some, through every later stage.

    Parameters
    ----------
    mission, timebase
        Second 0 is the beginning of the mission's window.
    found
        Passes ordered by satellite, station, rise; indices are those of the mission.
    bodies, nights
        Sun, Moon and darkness over the mission's window.
    draws, every
        As for :func:`forecast`.

    Returns
    -------
    Forecast
        Of these passes. One pass has no influence on another.
    """
    sites = [station.site for station in mission.stations]
    tracks = sample(found.table, found.chains, sites, bodies, step_s=mission.step_s)
    limits = usage(mission, timebase, found.table, tracks, bodies)
    usable = limits.usable
    facts = circumstances(mission, timebase, found.table, bodies)
    given: PieceGiven = {"passes": found.table, "tracks": tracks, "facts": facts, "usable": usable}
    yields = follow_links(mission, **given, every=every)
    usable_start_s, usable_end_s = _usable_span(found.table, tracks, usable)
    return Forecast(
        mission=mission,
        timebase=timebase,
        passes=found.table,
        tracks=tracks,
        nights=nights,
        stopped=found.stopped,
        budget=yields.budget,
        stray_hz=yields.stray_hz,
        usable=usable,
        signal_rate_hz=yields.signal_rate_hz,
        background_rate_hz=yields.background_rate_hz,
        qber=yields.qber,
        usable_s=tracks.per_pass(np.where(usable, tracks.weight_s, 0.0)),
        usable_start_s=usable_start_s,
        usable_end_s=usable_end_s,
        counts=yields.counts,
        keys=yields.keys,
        keys_low=yields.keys_low,
        keys_high=yields.keys_high,
        ranged=yields.ranged,
        reject_reason=reject_reasons(
            mission, found.table, tracks, timebase=timebase, usage=limits, keys=yields.keys
        ),
        usage=limits,
        geometry=Geometry(chains=found.chains, stations=sites, bodies=bodies),
        outlook=None if draws is None else outlook(mission, **given, draws=draws),
        clear_probability=clear_probabilities(mission, found.table, facts),
    )


def _usable_span(
    passes: PassTable, tracks: Tracks, usable: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Begin of the first and end of the last usable step of each pass; its rise where none. [s]

    A sample stands for the time up to half the way to its neighbours.
    """
    if len(passes) == 0:
        return np.zeros(0), np.zeros(0)
    starts, time_s = tracks.starts, tracks.time_s
    middles = 0.5 * (time_s[1:] + time_s[:-1])
    begin = np.concatenate([[0.0], middles])
    end = np.concatenate([middles, [0.0]])
    begin[starts[:-1]], end[starts[1:] - 1] = passes.rise_s, passes.set_s
    first = np.minimum.reduceat(np.where(usable, begin, np.inf), starts[:-1])
    last = np.maximum.reduceat(np.where(usable, end, -np.inf), starts[:-1])
    none = ~np.isfinite(first)
    return np.where(none, passes.rise_s, first), np.where(none, passes.rise_s, last)


def warn_of_age(mission: Mission, timebase: Timebase, passes: PassTable) -> None:
    """Warn once for each element set used too far from its epoch, at its worst pass.

    Designs do not age, and an ephemeris is used only where its makers say it holds.
    """
    keys = np.stack([passes.satellite, passes.element_set], axis=1)
    for satellite, element_set in np.unique(keys, axis=0):
        source = mission.spacecraft[satellite].satellite.element_sets[element_set]
        if isinstance(source, Trajectory) or source.synthetic:
            continue
        mine = np.flatnonzero((keys == (satellite, element_set)).all(axis=1))
        worst = mine[np.argmax(np.abs(passes.element_age_s[mine]))]
        warn_if_stale(
            source,
            timebase.utc(float(passes.culmination_s[worst])),
            limit_s=mission.limits.max_element_age_s,
        )
