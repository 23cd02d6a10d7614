"""Contacts followed for a part of their time, and where two of them meet at one elevation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

import numpy as np

from satqkd.forecast.arms import Arm, see
from satqkd.forecast.follow import yields_of
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.yields import Yields
from satqkd.passes.chunks import parts
from satqkd.passes.contacts import Contacts
from satqkd.passes.table import Tracks
from satqkd.units import FloatArray, IntArray

SAMPLES_AT_ONCE: Final = 1 << 19
"""Numerical: samples followed together."""
_TAKEN: Final = 0
"""Any obstacle: of samples outside a part, whose losses are not told."""


def followed_in_part(
    forecast: Forecast, row: IntArray, *, start_s: FloatArray, end_s: FloatArray
) -> Forecast:
    """Follow some contacts again, each for a part of its time: what is usable then is counted.

    Parameters
    ----------
    forecast
        The contacts, whole.
    row
        Which, one for each part; at least one.
    start_s, end_s
        The parts. [s]

    Returns
    -------
    Forecast
        One row a part, which looks like its contact; without draws. Limits of the mount are those
        of the whole contact: it follows the satellite all the time, whoever is served.
    """
    whole = forecast.contacts.take(row)
    sky = forecast.take(row).sky()
    step_s = forecast.mission.step_s
    samples = np.asarray((whole.end_s - whole.start_s) / step_s, dtype=np.int64) + 3
    found = []
    most = SAMPLES_AT_ONCE // len(whole.arms)
    for own in parts(np.arange(row.size), samples, most=most):
        contacts = whole.take(own)
        arms = see(forecast.mission, contacts, sky)
        cut = [_cut(arm, contacts, start_s[own], end_s[own]) for arm in arms]
        found.append(
            yields_of(forecast.mission, forecast.timebase, contacts, cut, systems=forecast.systems)
        )
    yields = Yields.join(found)
    return replace(
        forecast.take(row),
        yields=replace(
            yields,
            usable_start_s=np.maximum(yields.usable_start_s, start_s),
            usable_end_s=np.minimum(yields.usable_end_s, end_s),
        ),
    )


def _cut(arm: Arm, contacts: Contacts, start_s: FloatArray, end_s: FloatArray) -> Arm:
    """Weigh samples by what of the time that each stands for is within a part."""
    tracks = arm.tracks
    begin, end = _steps(tracks, contacts)
    length = np.diff(tracks.starts)
    inside = np.minimum(end, np.repeat(end_s, length)) - np.maximum(
        begin, np.repeat(start_s, length)
    )
    inside = np.clip(inside, 0.0, tracks.weight_s)
    obstacle = np.where(inside > 0.0, arm.usage.obstacle, _TAKEN).astype(np.int8)
    return replace(
        arm,
        tracks=replace(tracks, weight_s=inside),
        usage=replace(arm.usage, obstacle=obstacle),
    )


def _steps(tracks: Tracks, contacts: Contacts) -> tuple[FloatArray, FloatArray]:
    """Begin and end of the time that each sample stands for. [s]"""
    middle = 0.5 * (tracks.time_s[1:] + tracks.time_s[:-1])
    begin, end = np.concatenate([[0.0], middle]), np.concatenate([middle, [0.0]])
    begin[tracks.starts[:-1]], end[tracks.starts[1:] - 1] = contacts.start_s, contacts.end_s
    return begin, end


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heights:
    """How high satellites stand during some contacts, at the station where they stand lowest."""

    row: IntArray
    """The contacts, rising."""
    starts: IntArray
    """Offsets of their samples, one more than there are contacts."""
    time_s: FloatArray
    """Instants of the samples. [s]"""
    elevation_deg: FloatArray

    def of(self, row: int) -> tuple[FloatArray, FloatArray]:
        """Return instants and elevations during one of the contacts. [s], [°]"""
        place = int(np.searchsorted(self.row, row))
        here = slice(int(self.starts[place]), int(self.starts[place + 1]))
        return self.time_s[here], self.elevation_deg[here]


def heights_of(forecast: Forecast, row: IntArray) -> Heights:
    """Follow some contacts over the sky again, without light."""
    own = np.unique(row)
    if own.size == 0:
        return Heights(
            row=own,
            starts=np.zeros(1, dtype=np.int64),
            time_s=np.zeros(0),
            elevation_deg=np.zeros(0),
        )
    chosen = forecast.take(own)
    first, *_ = arms = see(forecast.mission, chosen.contacts, chosen.sky())
    return Heights(
        row=own,
        starts=first.tracks.starts,
        time_s=first.tracks.time_s,
        elevation_deg=reduce(np.minimum, (arm.tracks.elevation_deg for arm in arms)),
    )
