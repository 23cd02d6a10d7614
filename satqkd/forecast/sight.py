"""The losses of links between satellites."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from satqkd.link.budget import Budget, Link, budget
from satqkd.link.scene import Scene
from satqkd.mission.mission import Mission
from satqkd.passes.intersatellite import SAME_PLACE_M, SightTracks, SightWindows
from satqkd.passes.tracks import samples_of
from satqkd.units import FloatArray, IntArray


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
    for forward, sender, taker in ((True, here, there), (False, there, here)):
        if sender.transmitter is not None and taker.receiver is not None:
            link = Link(
                direction="inter-satellite",
                transmitter=sender.transmitter,
                receiver=taker.receiver,
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
