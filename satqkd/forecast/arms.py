"""Contacts seen from each of their stations: series, limits, and what hardly changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from satqkd.constants import DAY_S
from satqkd.forecast.conditions import (
    Circumstances,
    circumstances,
    crossed_manoeuvres,
    timing_error_s,
)
from satqkd.forecast.constraints import Usage, usage
from satqkd.forecast.obstacles import Case, lost_in_words, why_taken
from satqkd.mission.mission import Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import Contacts
from satqkd.passes.ephemeris import Ephemeris
from satqkd.passes.manoeuvres import NONE
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample
from satqkd.units import BoolArray, FloatArray


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

    def reasons(self, mission: Mission, timebase: Timebase) -> tuple[str | None, ...]:
        """For each contact, why nothing of it is usable here; None where something is."""
        return _reasons(mission, self.passes, self.tracks, timebase=timebase, usage=self.usage)


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
) -> list[str | None]:
    """For each contact of which nothing is usable, why, station by station; None of the others."""
    reasons = [arm.reasons(mission, timebase) for arm in arms]
    if len(arms) == 1:
        return list(reasons[0])
    names = [
        [mission.stations[index].site.name for index in arm.passes.station.tolist()] for arm in arms
    ]

    def why(contact: int) -> str | None:
        if usable_s[contact] > 0.0:
            return None
        here = [own[contact] for own in names]
        alone = [
            f"{name}: {own[contact]}"
            for name, own in zip(here, reasons, strict=True)
            if own[contact] is not None
        ]
        if alone:
            return "; ".join(alone)
        lost = [
            f"{name} loses {text}"
            for name, arm in zip(here, arms, strict=True)
            if (text := lost_in_words(arm.usage.lost_s[:, contact]))
        ]
        every = "both" if len(arms) == 2 else "all of them"
        return f"never usable at {every} at once: {'; '.join(lost)}"

    return [why(contact) for contact in range(usable_s.size)]


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


def _reasons(
    mission: Mission, passes: PassTable, tracks: Tracks, *, timebase: Timebase, usage: Usage
) -> tuple[str | None, ...]:
    """Say of each contact of which nothing is usable why, with the number that fell short.

    Parameters
    ----------
    mission, timebase
        Its limits; what dates mean.
    passes, tracks, usage
        The contacts, their series, and what is left of them.

    Returns
    -------
    tuple
        One sentence a contact; None where something is usable.
    """
    if len(passes) == 0:
        return ()
    starts = tracks.starts[:-1]
    lowest_sun_deg = np.minimum.reduceat(tracks.sun_elevation_deg, starts)
    nearest_m = np.minimum.reduceat(tracks.range_m, starts)
    moon_away_deg = np.maximum.reduceat(tracks.moon_separation_deg, starts)
    uncertain_s = timing_error_s(mission, passes)
    parted = crossed_manoeuvres(mission, timebase, passes)
    left = np.logical_or.reduceat(usage.usable & (tracks.weight_s > 0.0), starts)

    def reason(i: int) -> str | None:
        if left[i]:
            return None
        craft = mission.spacecraft[int(passes.satellite[i])]
        case = Case(
            limits=mission.limits,
            craft=craft,
            avoid=mission.avoid,
            ground=mission.stations[int(passes.station[i])],
            timebase=timebase,
            rise_s=float(passes.rise_s[i]),
            set_s=float(passes.set_s[i]),
            culmination_deg=float(passes.max_elevation_deg[i]),
            culmination_azimuth_deg=float(passes.culmination_azimuth_deg[i]),
            lowest_sun_deg=float(lowest_sun_deg[i]),
            nearest_m=float(nearest_m[i]),
            sun_away_deg=float(usage.sun_separation_max_deg[i]),
            moon_away_deg=float(moon_away_deg[i]),
            uncertain_s=float(uncertain_s[i]),
            age_d=float(passes.element_age_s[i]) / DAY_S,
            manoeuvre=None if parted[i] == NONE else craft.satellite.manoeuvres[parted[i]],
        )
        return why_taken(case, whole=usage.whole[:, i], lost_s=usage.lost_s[:, i])

    return tuple(reason(i) for i in range(len(passes)))
