"""Amounts that pairs ask for, as so much key in all by some instants."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np

from satqkd.constants import DAY_S
from satqkd.errors import SatqkdError
from satqkd.forecast.key_blocks import WEEK_S, half_way_deg, since_noon_s
from satqkd.mission.demand import Demand
from satqkd.mission.mission import Mission
from satqkd.passes.timebase import Timebase
from satqkd.schedule.demand import Milestone

MOST_MILESTONES: Final = 100
"""Numerical: instants a pair may ask for amounts by. Blocks are divided at each, and rows and
columns of a plan grow with their square."""


def milestones_of(mission: Mission, timebase: Timebase) -> tuple[tuple[Milestone, ...], ...]:
    """Return what each demand asks for: so much key in all by so many instants, both rising.

    Raises
    ------
    SatqkdError
        For a floor by a period of which the window holds none that ends by the deadline, and for
        more than :data:`MOST_MILESTONES` instants.
    """
    return tuple(_milestones(mission, demand, timebase) for demand in mission.demands)


def nights_end_s(mission: Mission, demand: Demand, timebase: Timebase) -> list[float]:
    """When the nights of a pair end whose midnight lies in what is counted: at the noon after. [s]

    Counted is the window, and what was before it of a plan that is made again. Of local mean solar
    time half-way between the meridians of the two stations, as for blocks. A night whose noon lies
    after the deadline, its midnight before, ends at the deadline.
    """
    east = [
        mission.stations[one].site.longitude_deg for one in (demand.station_a, demand.station_b)
    ]
    begin_s, length_s = _counted(mission, timebase)
    since_s = since_noon_s(timebase, _origin(mission), longitude_deg=half_way_deg(*east))
    first = math.ceil((since_s - 0.5 * DAY_S) / DAY_S)
    last = math.ceil((since_s + length_s - 0.5 * DAY_S) / DAY_S)
    by_s = _deadline_s(demand, timebase)
    noons_s = [begin_s + (night + 1) * DAY_S - since_s for night in range(first, last)]
    return [min(noon_s, by_s) for noon_s in noons_s if noon_s - 0.5 * DAY_S < by_s]


def _origin(mission: Mission) -> datetime:
    """From when periods are counted."""
    return mission.counted_from or mission.start


def _counted(mission: Mission, timebase: Timebase) -> tuple[float, float]:
    """From when periods are counted, and how long from then to the end of the window. [s]"""
    begin_s = timebase.seconds(_origin(mission))
    return begin_s, timebase.seconds(mission.start) + mission.duration_s - begin_s


def _deadline_s(demand: Demand, timebase: Timebase) -> float:
    return math.inf if demand.by is None else timebase.seconds(demand.by)


def _milestones(mission: Mission, demand: Demand, timebase: Timebase) -> tuple[Milestone, ...]:
    by_s = _deadline_s(demand, timebase)
    asked: list[tuple[float, float]] = []
    if demand.needed_bits > 0:
        asked.append((by_s, demand.needed_bits))
    asked += [one for one in _spent(mission, demand, timebase) if one[0] <= by_s]
    if demand.floor is not None:
        ends = [end for end in _ends(mission, demand, timebase) if end <= by_s]
        if not ends and mission.counted_from is None:
            raise SatqkdError(
                f"demands: {_names(mission, demand)} want {demand.floor}, but no "
                f"{_WORDS[demand.floor.per]} of the window ends by their deadline, or in it\n"
                "  fix: write 'at_least', a later 'by', or plan a longer window"
            )
        begin_s = timebase.seconds(mission.start)
        asked += [
            (end, (n + 1) * demand.floor.bits - demand.delivered_bits)
            for n, end in enumerate(ends)
            if end > begin_s
        ]
    found: list[Milestone] = []
    for instant, bits in sorted(asked, key=lambda one: (one[0], -one[1])):
        if bits > (found[-1].bits if found else 0.0):
            found.append(Milestone(bits=bits, by_s=instant))
    if len(found) > MOST_MILESTONES:
        raise SatqkdError(
            f"demands: {_names(mission, demand)} ask for amounts by {len(found)} instants, more "
            f"than the {MOST_MILESTONES} that a plan can take\n"
            "  fix: ask for a floor by the week, or plan a shorter window"
        )
    return tuple(found)


_WORDS: Final = {"night": "night", "d": "day of 24 h", "week": "week"}
"""What periods are called."""


def _ends(mission: Mission, demand: Demand, timebase: Timebase) -> list[float]:
    """When the periods of a floor end, those that are behind among them. [s]"""
    if demand.floor is None:
        return []
    if demand.floor.per == "night":
        return nights_end_s(mission, demand, timebase)
    length_s = {"d": DAY_S, "week": WEEK_S}[demand.floor.per]
    begin_s, counted_s = _counted(mission, timebase)
    count = math.floor(counted_s / length_s + 1e-9)
    return [begin_s + (number + 1) * length_s for number in range(count)]


def _spent(mission: Mission, demand: Demand, timebase: Timebase) -> Iterator[tuple[float, float]]:
    """Yield the ends of days, and of the window, with what a pair that spends key needs by then."""
    if not demand.use_bit_s:
        return
    days = np.arange(DAY_S, mission.duration_s, DAY_S).tolist()
    for since_s in [*days, mission.duration_s]:
        bits = demand.use_bit_s * (since_s + demand.reserve_s) - demand.held_bits
        if bits > 0:
            yield timebase.seconds(mission.start) + since_s, bits


def _names(mission: Mission, demand: Demand) -> str:
    return " and ".join(
        mission.stations[one].site.name for one in (demand.station_a, demand.station_b)
    )
