"""Contacts followed for a part of their time, and where two of them meet at one elevation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Final

import numpy as np

from satqkd.clicks.light import Light
from satqkd.forecast.arms import Arm, nodes_of, see, usable_of
from satqkd.forecast.follow import yields_of
from satqkd.forecast.forecast import Forecast
from satqkd.forecast.light import parts as light_parts
from satqkd.forecast.yields import Yields
from satqkd.key.system import System
from satqkd.passes.chunks import parts
from satqkd.passes.contacts import contact_tracks
from satqkd.passes.tracks import samples_of
from satqkd.units import FloatArray, IntArray

SAMPLES_AT_ONCE: Final = 1 << 19
"""Numerical: samples followed together."""
SLICE_S: Final = 10.0
"""Numerical: longest slice in which a contact is looked at for where it turns poor. [s]"""
HEIGHTS_S: Final = 1.0
"""Numerical: spacing of the heights, straight lines between. [s]"""
_TAKEN: Final = 0
"""Any obstacle: of cells outside a part, whose losses are not told."""


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
        cut = [_cut(arm, start_s[own], end_s[own]) for arm in arms]
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slices:
    """Contacts in short stretches of usable time, and what is collected in each; shape (slices,).

    Clicks come at a steady rate in each: enough to see where a contact turns poor.
    """

    owner: IntArray
    """Which of the contacts followed each is of, rising; in order of time within a contact."""
    start_s: FloatArray
    """When each begins. [s]"""
    end_s: FloatArray
    collected: tuple[tuple[System, IntArray, Any], ...]
    """What makes key, the slices of which it does, and what is collected in these."""


def slices_of(forecast: Forecast, row: IntArray) -> Slices:
    """Follow some contacts in slices of :data:`SLICE_S` at most.

    Parameters
    ----------
    forecast
        The contacts.
    row
        Which, each with usable time.
    """
    chosen = forecast.take(row)
    mission, whole, sky = forecast.mission, chosen.contacts, chosen.sky()
    arms = see(mission, whole, sky)
    panels, sides = nodes_of(arms, usable_of(arms), slice_s=SLICE_S)
    lit: dict[int, list[tuple[IntArray, Light]]] = {}
    wanted = np.diff(panels.starts) > 0
    for part in light_parts(mission, whole.satellite, sides, wanted=wanted, panels=panels):
        light = part.light(part.losses())
        own = samples_of(panels.starts, part.contacts)
        each = light.divided(np.arange(light.weight_s.size + 1))
        number = int(chosen.yields.system[part.contacts[0]])
        lit.setdefault(number, []).append((own, each))
    return Slices(
        owner=np.repeat(np.arange(row.size), np.diff(panels.starts)),
        start_s=panels.begin_s,
        end_s=panels.end_s,
        collected=tuple(
            (
                system := forecast.yields.systems[number],
                np.concatenate([own for own, _ in found]),
                system.collect(Light.join([each for _, each in found])),
            )
            for number, found in lit.items()
        ),
    )


def _cut(arm: Arm, start_s: FloatArray, end_s: FloatArray) -> Arm:
    """Leave of an arm's cells what lies within a part."""
    cells = arm.cells.clipped(start_s, end_s)
    obstacle = np.where(cells.length_s > 0.0, arm.usage.obstacle, _TAKEN).astype(np.int8)
    return replace(arm, cells=cells, usage=replace(arm.usage, obstacle=obstacle))


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
    sky = chosen.sky()
    sites = [ground.site for ground in forecast.mission.stations]
    first, *_ = tracks = contact_tracks(
        chosen.contacts, sky.chains, sites, sky.bodies, step_s=HEIGHTS_S
    )
    return Heights(
        row=own,
        starts=first.starts,
        time_s=first.time_s,
        elevation_deg=reduce(np.minimum, (one.elevation_deg for one in tracks)),
    )
