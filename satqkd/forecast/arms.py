"""Contacts seen from each of their stations: series, limits, and what hardly changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

import numpy as np

from satqkd.constants import DAY_S
from satqkd.forecast.conditions import (
    Circumstances,
    circumstances,
    crossed_manoeuvres,
)
from satqkd.forecast.constraints import FREE, Usage, usage
from satqkd.forecast.obstacles import (
    LEAST_NAMED_S,
    NAMES,
    OBSTACLES,
    Case,
    Shortfall,
    lost_in_words,
)
from satqkd.mission.mission import Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import Contacts
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.manoeuvres import NONE
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample
from satqkd.units import BoolArray, FloatArray, IntArray

SHORTEST_S: Final = 1e-3
"""Numerical: samples nearer to each other have no rate between them. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sky:
    """What every contact of a window has in common."""

    timebase: Timebase
    bodies: Bodies
    """Sun and Moon over the window."""
    chains: Mapping[tuple[int, int], Ephemeris]
    """Ephemerides by (satellite, element set)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arm:
    """One station's side of some contacts, before any light."""

    passes: PassTable
    """The pass behind each contact, cut to it."""
    tracks: Tracks
    facts: Circumstances
    usage: Usage
    """What its limits leave, as for a pass that is as long as the contact: a mount begins to
    acquire, and chooses its way, where the contact begins."""

    def shortfalls(self, mission: Mission, timebase: Timebase) -> tuple[Shortfall | None, ...]:
        """For each contact, why nothing of it is usable here; None where something is."""
        if len(self.passes) == 0:
            return ()
        usage, tracks = self.usage, self.tracks
        left = np.logical_or.reduceat(usage.usable & (tracks.weight_s > 0.0), tracks.starts[:-1])
        return tuple(
            None if one else self._shortfall(mission, timebase, contact)
            for contact, one in enumerate(left.tolist())
        )

    def _shortfall(self, mission: Mission, timebase: Timebase, contact: int) -> Shortfall:
        """Name the first limit that hides a contact alone, else the first that would free it."""
        here = self.tracks.pass_slice(contact)
        whole = np.flatnonzero(self.usage.whole[:, contact])
        if whole.size:
            every = np.arange(here.start, here.stop)
            case = self.case(mission, timebase, contact, every)
            highest_deg = float(self.passes.max_elevation_deg[contact])
            return OBSTACLES[int(whole[0])].hides(replace(case, culmination_deg=highest_deg))
        lost_s = self.usage.lost_s[:, contact]
        alone = np.unique(self.usage.only[here])
        code = int(alone[alone >= 0][0]) if alone.max() >= 0 else int(np.argmax(lost_s > 0.0))
        seconds = zip(NAMES, lost_s.tolist(), strict=True)
        taken_by = {name for name, one_s in seconds if one_s >= LEAST_NAMED_S}
        sentence = "never dark, high and near at the same time"
        if not taken_by <= {"low", "daylight", "range"}:
            sentence = f"never free of every limit at once: {lost_in_words(lost_s)}"
        among = here.start + np.flatnonzero(self.usage.only[here] == code)
        return self.shortfall_in_part(mission, timebase, contact, code, among, sentence=sentence)

    def shortfall_in_part(
        self,
        mission: Mission,
        timebase: Timebase,
        contact: int,
        code: int,
        among: IntArray,
        *,
        sentence: str,
    ) -> Shortfall:
        """Say how near a contact comes to one of several limits, at the samples ``among``."""
        case = self.case(mission, timebase, contact, among)
        return OBSTACLES[code].hides(case, sentence=sentence)

    def case(self, mission: Mission, timebase: Timebase, contact: int, among: IntArray) -> Case:
        """Describe a contact at some of its samples; angles and ranges are NaN if at none."""
        passes, tracks, i = self.passes, self.tracks, contact
        elevation_deg = tracks.elevation_deg[among]
        ground = mission.stations[int(passes.station[i])]
        craft = mission.spacecraft[int(passes.satellite[i])]
        (parted,) = crossed_manoeuvres(mission, timebase, passes.take(np.array([i]))).tolist()
        azimuth_deg_s, elevation_deg_s = _largest_rates_deg_s(tracks, i)
        return Case(
            limits=mission.limits,
            craft=craft,
            avoid=mission.avoid,
            ground=ground,
            timebase=timebase,
            rise_s=float(passes.rise_s[i]),
            set_s=float(passes.set_s[i]),
            culmination_deg=float(elevation_deg.max(initial=-np.inf)),
            lowest_deg=float(elevation_deg.min(initial=np.inf)),
            culmination_azimuth_deg=float(passes.culmination_azimuth_deg[i]),
            lowest_sun_deg=float(tracks.sun_elevation_deg[among].min(initial=np.inf)),
            nearest_m=float(tracks.range_m[among].min(initial=np.inf)),
            sun_away_deg=float(tracks.sun_separation_deg[among].max(initial=-np.inf)),
            moon_away_deg=float(tracks.moon_separation_deg[among].max(initial=-np.inf)),
            azimuth_rate_deg_s=azimuth_deg_s,
            elevation_rate_deg_s=elevation_deg_s,
            uncertain_s=float(self.facts.timing_error_s[i]),
            age_d=float(passes.element_age_s[i]) / DAY_S,
            manoeuvre=None if parted == NONE else craft.satellite.manoeuvres[parted],
            usable_s=float(self.usage.lost_s[NAMES.index("uncertain"), i]),
        )


def see(mission: Mission, contacts: Contacts, sky: Sky) -> tuple[Arm, ...]:
    """Follow contacts from each of their stations, and hold them against its limits.

    Parameters
    ----------
    mission
        Holds the stations and their limits.
    contacts
        What to follow.
    sky
        Where everything is.
    """
    sites = [ground.site for ground in mission.stations]
    arms = []
    for whole, cut, hidden in zip(contacts.arms, contacts.cut_arms(), contacts.hidden, strict=True):
        tracks = sample(cut, sky.chains, sites, sky.bodies, step_s=mission.step_s)
        passes = cut
        if len(contacts.arms) > 1:
            passes = replace(cut, max_elevation_deg=_highest_deg(tracks))
        arms.append(
            Arm(
                passes=passes,
                tracks=tracks,
                facts=circumstances(mission, sky.timebase, whole, sky.bodies),
                usage=usage(mission, sky.timebase, passes, tracks, hidden=hidden),
            )
        )
    return tuple(arms)


def usable_of(arms: Sequence[Arm]) -> BoolArray:
    """Samples that no limit of any station takes."""
    return np.asarray(reduce(np.logical_and, (arm.usage.usable for arm in arms)))


def _highest_deg(tracks: Tracks) -> FloatArray:
    if len(tracks) == 0:
        return np.zeros(0)
    return np.asarray(np.maximum.reduceat(tracks.elevation_deg, tracks.starts[:-1]))


def why_unusable(
    mission: Mission, timebase: Timebase, arms: Sequence[Arm], usable_s: FloatArray
) -> list[Shortfall | None]:
    """For each contact of which nothing is usable, why, station by station; None of the others.

    The numbers are those of the first station that hides it.
    """
    reasons = [arm.shortfalls(mission, timebase) for arm in arms]
    if len(arms) == 1:
        return list(reasons[0])
    names = [
        [mission.stations[index].site.name for index in arm.passes.station.tolist()] for arm in arms
    ]

    def why(contact: int) -> Shortfall | None:
        if usable_s[contact] > 0.0:
            return None
        here = [own[contact] for own in names]
        alone = [
            (name, short)
            for name, own in zip(here, reasons, strict=True)
            if (short := own[contact]) is not None
        ]
        if alone:
            sentence = "; ".join(f"{name}: {short.sentence}" for name, short in alone)
            return replace(alone[0][1], sentence=sentence)
        lost = [
            f"{name} loses {text}"
            for name, arm in zip(here, arms, strict=True)
            if (text := lost_in_words(arm.usage.lost_s[:, contact]))
        ]
        every = "both" if len(arms) == 2 else "all of them"
        sentence = f"never usable at {every} at once: {'; '.join(lost)}"
        return _first_in_the_way(mission, timebase, arms, contact, sentence)

    return [why(contact) for contact in range(usable_s.size)]


def _first_in_the_way(
    mission: Mission, timebase: Timebase, arms: Sequence[Arm], contact: int, sentence: str
) -> Shortfall:
    """Of contacts usable at each station, but never at once: what takes a sample all alone."""
    here = arms[0].tracks.pass_slice(contact)
    for arm in arms:
        others = [other.usage.usable[here] for other in arms if other is not arm]
        only = np.where(np.logical_and.reduce(others), arm.usage.only[here], FREE)
        if only.max() >= 0:
            code = int(only[only >= 0].min())
            among = here.start + np.flatnonzero(only == code)
            return arm.shortfall_in_part(mission, timebase, contact, code, among, sentence=sentence)
    code = int(np.argmax(arms[0].usage.lost_s[:, contact] > 0.0))
    nowhere = np.zeros(0, dtype=np.int64)
    return arms[0].shortfall_in_part(mission, timebase, contact, code, nowhere, sentence=sentence)


def usable_span(
    contacts: Contacts, tracks: Tracks, usable: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Begin of the first and end of the last usable step of each contact; its start where none.

    A sample stands for the time up to half the way to its neighbours. [s]
    """
    if len(contacts) == 0:
        return np.zeros(0), np.zeros(0)
    starts, time_s = tracks.starts, tracks.time_s
    middles = 0.5 * (time_s[1:] + time_s[:-1])
    begin = np.concatenate([[0.0], middles])
    end = np.concatenate([middles, [0.0]])
    begin[starts[:-1]], end[starts[1:] - 1] = contacts.start_s, contacts.end_s
    first = np.minimum.reduceat(np.where(usable, begin, np.inf), starts[:-1])
    last = np.maximum.reduceat(np.where(usable, end, -np.inf), starts[:-1])
    none = ~np.isfinite(first)
    return np.where(none, contacts.start_s, first), np.where(none, contacts.start_s, last)


def _largest_rates_deg_s(tracks: Tracks, contact: int) -> tuple[float, float]:
    """Return how fast azimuth and elevation turn at most, between samples. [°/s]"""
    here = tracks.pass_slice(contact)
    step_s = np.diff(tracks.time_s[here])
    step_s = np.where(step_s < SHORTEST_S, np.inf, step_s)
    turned_deg = (np.diff(tracks.azimuth_deg[here]) + 180.0) % 360.0 - 180.0
    azimuth_deg_s = np.abs(turned_deg) / step_s
    elevation_deg_s = np.abs(np.diff(tracks.elevation_deg[here])) / step_s
    return float(azimuth_deg_s.max(initial=0.0)), float(elevation_deg_s.max(initial=0.0))
