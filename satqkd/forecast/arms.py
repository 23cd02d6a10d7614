"""Contacts seen from each of their stations: series, limits, and what hardly changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from satqkd.forecast.conditions import Circumstances, circumstances
from satqkd.forecast.constraints import Usage, obstacle_reasons, usage
from satqkd.forecast.obstacles import lost_in_words
from satqkd.mission.mission import Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import Contacts
from satqkd.passes.ephemeris import Ephemeris
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
        return obstacle_reasons(
            mission, self.passes, self.tracks, timebase=timebase, usage=self.usage
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
    for whole, cut in zip(contacts.arms, contacts.cut_arms(), strict=True):
        tracks = sample(cut, sky.chains, sites, sky.bodies, step_s=mission.step_s)
        passes = cut
        if len(contacts.arms) > 1:
            passes = replace(cut, max_elevation_deg=_highest_deg(tracks))
        arms.append(
            Arm(
                passes=passes,
                tracks=tracks,
                facts=circumstances(mission, sky.timebase, whole, sky.bodies),
                usage=usage(
                    mission, sky.timebase, passes, tracks, sky.bodies, hidden=contacts.hidden
                ),
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
