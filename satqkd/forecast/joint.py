"""The losses of several links into one satellite, at the same instants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final, TypedDict, Unpack

import numpy as np

from satqkd.errors import NonPhysicalError
from satqkd.forecast.reject import obstacle_reasons
from satqkd.forecast.scene import circumstances, scene_of
from satqkd.forecast.usable import Usage, usage
from satqkd.link.background.stray_light import stray_rates_hz
from satqkd.link.budget import LINES, budget
from satqkd.link.scene import Scene
from satqkd.mission.mission import Ends, Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.joint import JointWindows
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import samples_of
from satqkd.units import FloatArray, IntArray

_SERIES: Final = ("total", "variance", "stray")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arm:
    """One station's link along the joint windows; NaN where its ends do not go together."""

    lines_db: Mapping[str, FloatArray]
    """One for each of :data:`~satqkd.link.budget.LINES`, shaped like the series. [dB]"""
    total_db: FloatArray
    """Their sum. [dB]"""
    variance: FloatArray
    """Variance of the transmittance over its mean squared."""
    why_not: Mapping[int, str]
    """By index of the satellite, why there is no link."""
    stray_hz: FloatArray | None = None
    """Stray photons before this link's detectors; None if nobody asked. [Hz]"""


class WindowsGiven(TypedDict):
    """Joint windows, and what belongs to them."""

    windows: JointWindows
    tracks: Sequence[Tracks]
    """Series from each station."""
    passes: PassTable
    """What the windows are parts of."""
    bodies: Bodies


def joint_arms(
    mission: Mission, timebase: Timebase, *, stray: bool = False, **given: Unpack[WindowsGiven]
) -> tuple[Arm, ...]:
    """Follow the light of each station's link along joint windows.

    Parameters
    ----------
    mission
        Holds the ends; each satellite's direction says which way the light goes.
    timebase
        Mission time.
    stray
        Whether to follow stray light as well.
    **given
        The windows.

    Returns
    -------
    tuple of Arm
        One a station: the budget that the station's link has alone at these instants. Only how
        fast the line of sight turns, which tracking and adaptive optics ask for, is taken between
        neighbours within the window.
    """
    windows = given["windows"]
    return tuple(
        _arm(
            mission,
            timebase,
            station=station,
            satellite=windows.satellite,
            tracks=track,
            passes=given["passes"].take(own),
            bodies=given["bodies"],
            stray=stray,
        )
        for station, track, own in zip(
            windows.stations.tolist(), given["tracks"], windows.passes, strict=True
        )
    )


def _arm(
    mission: Mission,
    timebase: Timebase,
    *,
    station: int,
    satellite: IntArray,
    tracks: Tracks,
    passes: PassTable,
    bodies: Bodies,
    stray: bool,
) -> Arm:
    facts = circumstances(mission, timebase, passes, bodies)
    site = mission.stations[station].site
    series = {name: np.full(tracks.time_s.size, np.nan) for name in (*LINES, *_SERIES)}
    why_not: dict[int, str] = {}
    for craft in np.unique(satellite).tolist():
        try:
            ends = mission.ends(craft, station)
        except NonPhysicalError as error:
            why_not[craft] = f"{mission.spacecraft[craft].satellite.name}, {site.name}: {error}"
            continue
        rows, link = np.flatnonzero(satellite == craft), ends.link
        own = tracks.take(rows)
        scene = scene_of(
            own,
            facts.take(rows),
            site_height_m=site.height_m,
            turning=link.turning,
            body=mission.spacecraft[craft].payload.body,
        )
        found, samples = budget(scene, link), samples_of(tracks.starts, rows)
        for name, values in found.lines_db.items():
            series[name][samples] = values
        series["total"][samples] = found.total_db
        series["variance"][samples] = found.variance
        if stray:
            series["stray"][samples] = _stray_hz(scene, ends)
    return Arm(
        lines_db={name: series[name] for name in LINES},
        total_db=series["total"],
        variance=series["variance"],
        why_not=why_not,
        stray_hz=series["stray"] if stray else None,
    )


def _stray_hz(scene: Scene, ends: Ends) -> FloatArray:
    """Stray photons of all sources before the detectors. [Hz]"""
    rates = stray_rates_hz(
        scene,
        sky=ends.sky,
        receiver=ends.link.receiver,
        wavelength_m=ends.link.transmitter.wavelength_m,
        direction=ends.link.direction,
    )
    return np.asarray(reduce(np.add, rates.values()))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmUsage:
    """What is left of the joint windows at one station."""

    usage: Usage
    reasons: tuple[str | None, ...]
    """For each window, why nothing of it is usable there; None where something is."""


def joint_usages(
    mission: Mission, timebase: Timebase, **given: Unpack[WindowsGiven]
) -> tuple[ArmUsage, ...]:
    """Hold joint windows against the limits of each of their stations.

    Parameters
    ----------
    mission, timebase, **given
        As for :func:`joint_arms`.

    Returns
    -------
    tuple of ArmUsage
        One a station, as for a pass that is as long as the window: a mount begins to acquire and
        chooses its way where the window begins.
    """
    windows = given["windows"]
    found = []
    for track, own in zip(given["tracks"], windows.passes, strict=True):
        table = replace(
            given["passes"].take(own),
            rise_s=windows.start_s,
            set_s=windows.end_s,
            max_elevation_deg=_highest_deg(track),
        )
        left = usage(mission, timebase, table, track, given["bodies"])
        reasons = obstacle_reasons(mission, table, track, timebase=timebase, usage=left)
        found.append(ArmUsage(usage=left, reasons=reasons))
    return tuple(found)


def _highest_deg(tracks: Tracks) -> FloatArray:
    if len(tracks) == 0:
        return np.zeros(0)
    return np.asarray(np.maximum.reduceat(tracks.elevation_deg, tracks.starts[:-1]))


def sum_db(arms: Sequence[Arm]) -> FloatArray:
    """Losses of all arms together: that of the chance that a photon of each arrives. [dB]"""
    return np.asarray(reduce(np.add, (arm.total_db for arm in arms)))


def best_samples(tracks: Tracks, arms: Sequence[Arm]) -> IntArray:
    """Sample of each window at which the losses of all arms add up to least; the first if equal.

    A window without a link has its first sample.
    """
    total_db = np.nan_to_num(sum_db(arms), nan=np.inf)
    length = np.diff(tracks.starts)
    if length.size == 0:
        return np.zeros(0, dtype=np.int64)
    least = np.repeat(np.minimum.reduceat(total_db, tracks.starts[:-1]), length)
    found = np.where(total_db == least, np.arange(total_db.size), total_db.size)
    return np.asarray(np.minimum.reduceat(found, tracks.starts[:-1]), dtype=np.int64)
