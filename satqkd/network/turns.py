"""Turns of telescopes between two contacts, by the angle between them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from satqkd.forecast.arms import Arm, see
from satqkd.forecast.forecast import Forecast
from satqkd.mission.mission import GroundStation, Mission
from satqkd.mission.rules import Plannable
from satqkd.network.followed_parts import SAMPLES_AT_ONCE
from satqkd.passes.chunks import parts
from satqkd.schedule.rules import Rule
from satqkd.units import IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """A contact as the telescope of one station follows it."""

    contact: int
    start_s: float
    """First usable second. [s]"""
    end_s: float
    """Last usable second. [s]"""
    begins_at: tuple[float, float]
    """Angles of the axes then, azimuth without jump and elevation. [°]"""
    ends_at: tuple[float, float]
    """The same at its end. [°]"""


def turn_rules(
    forecasts: Sequence[Forecast], places: tuple[IntArray, IntArray], contacts: Plannable
) -> Iterator[Rule]:
    """Write a rule for each two contacts of a station between which its mount cannot turn.

    Parameters
    ----------
    forecasts
        Passes, then joint contacts pair by pair, parts of them behind.
    places
        Forecast and row of each contact.
    contacts
        The same contacts as rules see them.

    Notes
    -----
    Those with less than :attr:`~satqkd.mission.mission.Terminal.gap_s` between clash anyway, and
    get none.
    """
    mission = forecasts[0].mission
    uses: dict[int, list[_Use]] = {
        number: []
        for number, ground in enumerate(mission.stations)
        if ground.terminal.longest_gap_s > ground.terminal.gap_s
    }
    if not uses:
        return
    kind, row = places
    for number, forecast in enumerate(forecasts):
        turning = [np.isin(arm.station, list(uses)) for arm in forecast.contacts.arms]
        own = np.flatnonzero(kind == number)
        own = own[np.logical_or.reduce(turning)[row[own]]]
        for arm, some in _followed(mission, forecast, row[own], own):
            for station, use in _uses(arm, some, contacts):
                if station in uses:
                    uses[station].append(use)
    for number, followed in uses.items():
        yield from _too_short(mission.stations[number], followed, contacts)


def _followed(
    mission: Mission, forecast: Forecast, row: IntArray, own: IntArray
) -> Iterator[tuple[Arm, IntArray]]:
    """Follow some contacts over the sky again, without light, so many at a time."""
    whole = forecast.contacts.take(row)
    samples = np.asarray((whole.end_s - whole.start_s) / mission.step_s, dtype=np.int64) + 3
    for some in parts(np.arange(row.size), samples, most=SAMPLES_AT_ONCE):
        chosen = forecast.take(row[some])
        for arm in see(mission, chosen.contacts, chosen.sky()):
            yield arm, own[some]


def _uses(arm: Arm, own: IntArray, contacts: Plannable) -> Iterator[tuple[int, _Use]]:
    """Yield the station of each contact and how its telescope follows it; none without mount."""
    axes, cells = arm.usage.axes, arm.cells
    if axes is None:
        return
    places = zip(own.tolist(), arm.passes.station.tolist(), pairwise(cells.starts), strict=True)
    for contact, station, (begin, end) in places:
        here = slice(int(begin), int(end))

        def at(time_s: float, here: slice = here) -> tuple[float, float]:
            cell = here.start + int(np.searchsorted(cells.end_s[here], time_s))
            cell = min(cell, here.stop - 1)
            found = axes.along(cells, np.array([cell]), np.array([time_s]))
            return float(found.azimuth_deg[0]), float(found.elevation_deg[0])

        start_s, end_s = float(contacts.start_s[contact]), float(contacts.end_s[contact])
        yield (
            station,
            _Use(
                contact=contact,
                start_s=start_s,
                end_s=end_s,
                begins_at=at(start_s),
                ends_at=at(end_s),
            ),
        )


def _too_short(
    ground: GroundStation, followed: Sequence[_Use], contacts: Plannable
) -> Iterator[Rule]:
    """Yield a rule for each two contacts of a station with too little time to turn between."""
    terminal, mount = ground.terminal, ground.terminal.mount
    if mount is None or mount.turn_rate_deg_s is None:
        return
    order = sorted(followed, key=lambda one: (one.start_s, one.contact))
    for place, earlier in enumerate(order):
        for later in order[place + 1 :]:
            has_s = later.start_s - earlier.end_s
            if has_s >= terminal.longest_gap_s:
                break
            turn_deg = mount.turn_deg(earlier.ends_at, later.begins_at)
            needs_s = terminal.gap_s + turn_deg / mount.turn_rate_deg_s
            same = contacts.contact_key[earlier.contact] == contacts.contact_key[later.contact]
            if terminal.gap_s <= has_s < needs_s and not same:
                yield Rule(
                    name=(
                        f"{ground.site.name} has {math.floor(has_s)} s to turn by "
                        f"{turn_deg:.0f}° and prepare, needs {math.ceil(needs_s)} s"
                    ),
                    contacts=np.array(sorted((earlier.contact, later.contact)), dtype=np.int64),
                    use=np.ones(2),
                    most=1.0,
                    clash=True,
                )
