"""The losses of several links into one satellite, at the same instants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from satqkd.errors import NonPhysicalError
from satqkd.forecast.scene import circumstances, scene_of
from satqkd.link.budget import LINES, budget
from satqkd.mission.mission import Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.joint import JointWindows
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import samples_of
from satqkd.units import FloatArray, IntArray


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


def joint_arms(
    mission: Mission,
    timebase: Timebase,
    *,
    windows: JointWindows,
    tracks: Sequence[Tracks],
    passes: PassTable,
    bodies: Bodies,
) -> tuple[Arm, ...]:
    """Follow the light of each station's link along joint windows.

    Parameters
    ----------
    mission
        Holds the ends; each satellite's direction says which way the light goes.
    timebase, bodies
        Time, Sun and Moon over the window.
    windows, tracks, passes
        Joint windows, their series from each station, and the passes they are parts of.

    Returns
    -------
    tuple of Arm
        One a station: the budget that the station's link has alone at these instants. Only how
        fast the line of sight turns, which tracking and adaptive optics ask for, is taken between
        neighbours within the window.
    """
    return tuple(
        _arm(
            mission,
            timebase,
            station=station,
            satellite=windows.satellite,
            tracks=track,
            passes=passes.take(own),
            bodies=bodies,
        )
        for station, track, own in zip(
            windows.stations.tolist(), tracks, windows.passes, strict=True
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
) -> Arm:
    facts = circumstances(mission, timebase, passes, bodies)
    site = mission.stations[station].site
    series = {name: np.full(tracks.time_s.size, np.nan) for name in (*LINES, "total", "variance")}
    why_not: dict[int, str] = {}
    for craft in np.unique(satellite).tolist():
        try:
            link = mission.ends(craft, station).link
        except NonPhysicalError as error:
            why_not[craft] = f"{mission.spacecraft[craft].satellite.name}, {site.name}: {error}"
            continue
        rows = np.flatnonzero(satellite == craft)
        own = tracks.take(rows)
        scene = scene_of(own, facts.take(rows), site_height_m=site.height_m, turning=link.turning)
        found, samples = budget(scene, link), samples_of(tracks.starts, rows)
        for name, values in found.lines_db.items():
            series[name][samples] = values
        series["total"][samples] = found.total_db
        series["variance"][samples] = found.variance
    return Arm(
        lines_db={name: series[name] for name in LINES},
        total_db=series["total"],
        variance=series["variance"],
        why_not=why_not,
    )


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
