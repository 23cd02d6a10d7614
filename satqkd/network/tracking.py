"""How a telescope follows one contact, and which samples of it make key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from satqkd.forecast.arms import Arm, usable_of
from satqkd.forecast.constraints import FREE
from satqkd.forecast.obstacles import NAMES
from satqkd.mission.mission import GroundStation
from satqkd.network.hand_over import Handed, HandOver
from satqkd.passes.dense_track import DenseTrack, dense_track, followed_by, in_turn_of
from satqkd.passes.mount import Followed
from satqkd.passes.sky_geometry import Geometry
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray

PHASES: Final = ("preroll", "acquire", "key", "key_no", "postroll")
"""Before the rise; until the first key, and wherever the mount catches up; key; above the mask
without key; after the set."""

RATES_HZ: Final = (1, 2, 5, 10, 20, 50)
"""How many samples a second there may be. [Hz]"""

BY_MOUNT: Final = ("stops", "keyhole", "cable", "acquisition")
"""Obstacles that a mount itself is."""

LIMITS: Final = ("", "stop", "keyhole", "cable")
"""Which limit of a mount a sample is beyond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a track is sampled."""

    rate_hz: int = 1
    """One of :data:`RATES_HZ`. [Hz]"""
    preroll_s: float = 120.0
    """So long before the rise it begins. [s]"""
    postroll_s: float = 60.0
    """So long after the set it ends. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tracking:
    """Samples of one contact for one telescope; arrays of shape (n,)."""

    timebase: Timebase
    track: DenseTrack
    azimuth_deg: FloatArray
    """Geometric, without jump, in the turn of the mount's cable. [°]"""
    tracking_azimuth_deg: FloatArray
    """Where the light comes from, likewise. [°]"""
    mount: Followed | None
    """Angles of the axes; None where the mount has no limits."""
    beyond: IntArray
    """Index into :data:`LIMITS`."""
    phase: IntArray
    """Index into :data:`PHASES`."""

    @property
    def keyhole(self) -> BoolArray:
        """Samples at which an axis is too slow."""
        return np.asarray(self.beyond == LIMITS.index("keyhole"))


def tracking(given: HandOver, contact: Handed, arm: int, *, sampling: Sampling) -> Tracking:
    """Follow a contact from one of its stations.

    Parameters
    ----------
    given
        What the contact is of.
    contact, arm
        The contact, and which of its stations.
    sampling
        How often, and from when until when.

    Returns
    -------
    Tracking
        The whole pass over that station, also where it is a joint contact in part.
    """
    mission, sky = given.mission, given.sky
    ground = mission.stations[contact.stations[arm]]
    crafts = range(len(mission.spacecraft))
    track = dense_track(
        contact.passes[arm],
        Geometry(
            chains=sky.chains,
            stations=[one.site for one in mission.stations],
            bodies=sky.bodies,
        ),
        sky.timebase,
        wavelength_m=np.array([mission.wavelength_m(craft) for craft in crafts]),
        rate_hz=sampling.rate_hz,
        preroll_s=sampling.preroll_s,
        postroll_s=sampling.postroll_s,
    )
    codes = _obstacles(contact.arms[arm], track.time_s)
    mount = _mount(ground, track, contact, codes)
    azimuth = track.azimuth_deg if mount is None else in_turn_of(mount, track.azimuth_deg)
    beyond = np.zeros(track.time_s.size, dtype=np.int64)
    if mount is not None:
        for name, where in (
            ("cable", mount.wound), ("keyhole", mount.slow), ("stop", mount.stopped)
        ):  # fmt: skip
            beyond[where] = LIMITS.index(name)
    phase = _phases(contact, arm, track.time_s, codes)
    catching_up = (beyond == LIMITS.index("keyhole")) & (phase == PHASES.index("key"))
    phase[catching_up] = PHASES.index("acquire")
    return Tracking(
        timebase=sky.timebase,
        track=track,
        azimuth_deg=azimuth,
        tracking_azimuth_deg=track.tracking_azimuth_deg + (azimuth - track.azimuth_deg),
        mount=mount,
        beyond=beyond,
        phase=phase,
    )


def _obstacles(arm: Arm, time_s: FloatArray) -> npt.NDArray[np.int8]:
    """Obstacle of each instant of one contact; outside of it that of its end."""
    at = np.clip(np.searchsorted(arm.cells.end_s, time_s, side="right"), 0, len(arm.cells) - 1)
    return np.asarray(arm.usage.obstacle[at])


def _mount(
    ground: GroundStation, track: DenseTrack, contact: Handed, codes: npt.NDArray[np.int8]
) -> Followed | None:
    """Angles of the axes, on the way that leaves most of what all other limits leave."""
    if ground.terminal.mount is None:
        return None
    by_mount = [NAMES.index(name) for name in BY_MOUNT]
    wanted = (codes == FREE) | np.isin(codes, by_mount)
    wanted &= (track.time_s >= contact.start_s) & (track.time_s <= contact.end_s)
    return followed_by(ground.terminal.mount, track, wanted=wanted)


def _phases(contact: Handed, arm: int, time_s: FloatArray, codes: npt.NDArray[np.int8]) -> IntArray:
    """Phase of each sample."""
    one = contact.passes[arm]
    phase = np.full(time_s.size, PHASES.index("key_no"), dtype=np.int64)
    cells = contact.arms[0].cells
    at = np.clip(np.searchsorted(cells.end_s, time_s, side="right"), 0, len(cells) - 1)
    first_s, last_s = contact.key_s or (np.inf, -np.inf)
    key = usable_of(contact.arms)[at] & (time_s >= first_s) & (time_s <= last_s)
    catching_up = np.isin(codes, [NAMES.index(name) for name in ("keyhole", "acquisition")])
    phase[(time_s < first_s) & np.isfinite(first_s)] = PHASES.index("acquire")
    phase[catching_up & (time_s <= last_s)] = PHASES.index("acquire")
    phase[key] = PHASES.index("key")
    phase[time_s < one.rise_s[0]] = PHASES.index("preroll")
    phase[time_s > one.set_s[0]] = PHASES.index("postroll")
    return phase
