"""Contacts of several stations at once, and of satellites, with their losses alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from satqkd.forecast.arms import Arm, Sky, see, usable_of, why_unusable
from satqkd.forecast.light import ends_of
from satqkd.forecast.series import Series, series_of
from satqkd.forecast.stream import SAMPLES_AT_ONCE, Chosen, found_passes
from satqkd.link.budget import Budget, Link, budget
from satqkd.link.scene import Scene
from satqkd.mission.mission import Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.chunks import parts
from satqkd.passes.contacts import Contacts, joint_contacts
from satqkd.passes.find import Progress
from satqkd.passes.intersatellite import SAME_PLACE_M, SightTracks, SightWindows
from satqkd.passes.table import Tracks
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import samples_of
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """Joint contacts of some satellites, with their series."""

    mission: Mission
    timebase: Timebase
    stations: tuple[int, ...]
    """Indices of the stations, one an arm."""
    contacts: Contacts
    pass_id: tuple[tuple[str, ...], ...]
    """For each station, the id of its pass in each contact."""
    arms: tuple[Arm, ...]
    """What each station's limits leave, as if the contact were its pass."""
    series: Series
    missing: Mapping[tuple[int, int], str]
    """By satellite and station, why there is no link."""

    @property
    def tracks(self) -> tuple[Tracks, ...]:
        """Series of each station, at the same instants."""
        return tuple(arm.tracks for arm in self.series.arms)

    @property
    def usable_s(self) -> FloatArray:
        """Time of each contact in which no limit of any station takes a sample. [s]"""
        return self.arms[0].cells.seconds(usable_of(self.arms))

    @property
    def linked(self) -> BoolArray:
        """Whether every station has a link in a contact."""
        refused = {craft for craft, _ in self.missing}
        return ~np.isin(self.contacts.satellite, list(refused))

    @property
    def reasons(self) -> list[str | None]:
        """For each contact, why nothing of it is usable; None where something is."""
        found = why_unusable(self.mission, self.timebase, self.arms, self.usable_s)
        return [None if why is None else why.sentence for why in found]

    @property
    def sum_db(self) -> FloatArray:
        """Losses of all arms together: of the probability that a photon of each arrives. [dB]"""
        return np.asarray(reduce(np.add, (arm.budget.total_db for arm in self.series.arms)))

    @property
    def best_samples(self) -> IntArray:
        """Sample of each contact at which all losses add up to least; the first if equal.

        A contact without a link has its first sample.
        """
        tracks, total_db = self.tracks[0], self.sum_db
        if len(tracks) == 0:
            return np.zeros(0, dtype=np.int64)
        length = np.diff(tracks.starts)
        least = np.repeat(np.minimum.reduceat(total_db, tracks.starts[:-1]), length)
        found = np.where(total_db == least, np.arange(total_db.size), total_db.size)
        return np.asarray(np.minimum.reduceat(found, tracks.starts[:-1]), dtype=np.int64)


def views(
    mission: Mission,
    satellites: Sequence[int],
    stations: Sequence[int],
    *,
    progress: Progress | None = None,
) -> Iterator[View]:
    """Find when all stations see the same satellite, in chunks of bounded memory.

    Parameters
    ----------
    mission
        Satellites, stations and window.
    satellites, stations
        The satellites to search, and the stations that must see them at once, in the order of
        the arms.
    progress
        Called with the number of satellites done.

    Yields
    ------
    View
        Contacts by satellite, then time.
    """
    timebase = Timebase.starting(mission.start)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    chosen = Chosen(satellites=satellites, stations=stations)
    for found in found_passes(mission, timebase, chosen, hidden=True, progress=progress):
        every = joint_contacts(found.passes.table, stations, found.hidden)
        sky = Sky(timebase=timebase, bodies=bodies, chains=found.passes.chains)
        samples = np.asarray((every.end_s - every.start_s) / mission.step_s, dtype=np.int64) + 3
        for rows in parts(np.arange(len(every)), samples, most=SAMPLES_AT_ONCE // len(stations)):
            contacts = every.take(rows)
            arms = see(mission, contacts, sky)
            _, missing = ends_of(mission, contacts.satellite, arms)
            yield View(
                mission=mission,
                timebase=timebase,
                stations=tuple(stations),
                contacts=contacts,
                pass_id=tuple(
                    tuple(found.pass_id[row] for row in own.tolist()) for own in contacts.rows
                ),
                arms=arms,
                series=series_of(mission, contacts, arms, sky, systems=None, every=True),
                missing=missing,
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SightLosses:
    """Losses along windows of sight."""

    sender: IntArray
    """Index of the satellite that sends in each window; −1 where neither can to the other."""
    total_db: FloatArray
    """Shaped like the series; NaN where there is no link. [dB]"""


def sight_losses(mission: Mission, windows: SightWindows, tracks: SightTracks) -> SightLosses:
    """Follow the light between satellites of which one can send and the other receive.

    Parameters
    ----------
    mission
        Holds the payloads.
    windows, tracks
        Windows of sight and their series.

    Returns
    -------
    SightLosses
        The first of a pair sends where both could. There is no air on the way, hence no
        extinction and no turbulence, and no stray light.
    """
    sender = np.full(len(windows), -1, dtype=np.int64)
    total_db = np.full(tracks.time_s.size, np.nan)
    payloads = np.array([id(craft.payload) for craft in mission.spacecraft], dtype=np.int64)
    pairs = np.stack([payloads[windows.one], payloads[windows.other]])
    _, first, kind = np.unique(pairs, axis=1, return_index=True, return_inverse=True)
    for number, example in enumerate(first.tolist()):
        found = sight_link(mission, int(windows.one[example]), int(windows.other[example]))
        if found is None:
            continue
        forward, link = found
        rows = np.flatnonzero(kind.ravel() == number)
        samples = samples_of(tracks.starts, rows)
        sender[rows] = (windows.one if forward else windows.other)[rows]
        total_db[samples] = sight_budget(
            tracks.range_m[samples], tracks.angular_rate_rad_s[samples], link
        ).total_db
    return SightLosses(sender=sender, total_db=total_db)


def sight_link(mission: Mission, one: int, other: int) -> tuple[bool, Link] | None:
    """Return whether the first sends, and the link; None when neither can to the other."""
    here, there = mission.spacecraft[one].payload, mission.spacecraft[other].payload
    for forward, sending, receiving in ((True, here, there), (False, there, here)):
        if sending.transmitter is not None and receiving.receiver is not None:
            link = Link(
                direction="inter-satellite",
                transmitter=sending.transmitter,
                receiver=receiving.receiver,
                atmosphere=None,
            )
            return forward, link
    return None


def sight_budget(range_m: FloatArray, angular_rate_rad_s: FloatArray, link: Link) -> Budget:
    """Losses between two satellites.

    Parameters
    ----------
    range_m
        Distance, shape (n,). [m]
    angular_rate_rad_s
        How fast the line of sight turns among the stars. [rad/s]
    link
        The two ends. Elements count as exact: pointing without a beacon errs more.
    """
    apart_m = np.maximum(range_m, SAME_PLACE_M)
    scene = Scene.dark(apart_m, np.full_like(apart_m, 90.0))
    return budget(replace(scene, angular_rate_rad_s=angular_rate_rad_s), link)
