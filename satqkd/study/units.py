"""Work in portions: a large point is divided between satellites, small ones go together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil, inf
from typing import Final

from satqkd.errors import SatqkdError
from satqkd.mission.mission import Mission
from satqkd.study.point import Point
from satqkd.study.variable import Level, Variable
from satqkd.study.work import Job, Shared

DAYS_AT_ONCE: Final = 4_000.0
"""Satellites times stations times days of one unit of work: some 10,000 passes, a quarter of a
minute. The same for any number of workers."""
BATCH_S: Final = 1.0
"""How long a batch of small points is to take: what is lost when a worker dies, and far above what
it costs to hand over. [s]"""
MOST_IN_BATCH: Final = 200


def days_of(mission: Mission) -> float:
    """Return how large a mission is: satellites times stations times days."""
    days = mission.duration_s / 86_400.0
    return len(mission.spacecraft) * len(mission.stations) * days


_SIZING: Final = frozenset({"satellites", "stations", "orbit", "pattern", "duration"})
"""Last words of paths whose values may change the size of a mission; items of lists may too."""


class Division:
    """Says into which units each point is divided."""

    def __init__(self, shared: Shared, variables: Sequence[Variable]) -> None:
        self._shared = shared
        self._any = not shared.plan and _bound(shared, variables) > DAYS_AT_ONCE

    def units(self, job: Job) -> tuple[range, ...]:
        """Return the satellites of each unit of a point; nothing where it is worked out whole.

        What is planned is: a plan sees all contacts at once.
        """
        mission = _mission(self._shared, job.point) if self._any else None
        if mission is None or days_of(mission) <= DAYS_AT_ONCE or len(mission.spacecraft) < 2:
            return ()
        crafts = len(mission.spacecraft)
        size = ceil(crafts / min(crafts, ceil(days_of(mission) / DAYS_AT_ONCE)))
        return tuple(range(begin, min(begin + size, crafts)) for begin in range(0, crafts, size))


def _bound(shared: Shared, variables: Sequence[Variable]) -> float:
    """Return how large a point can be, were each variable to multiply what the others do."""
    first = [one.at(0.0) for one in variables]
    known = _mission(shared, Point(levels=tuple(first)))
    if known is None:
        return inf
    size = bound = days_of(known)
    for place, one in enumerate(variables):
        most = size
        for level in [one for one in one.levels or (one.at(1.0),) if _sizes(one)]:
            levels = (*first[:place], level, *first[place + 1 :])
            mission = _mission(shared, Point(levels=levels))
            most = inf if mission is None else max(most, days_of(mission))
        bound *= most / size
    return bound


def _sizes(level: Level) -> bool:
    """Whether a value may change how many satellites, stations or days there are."""
    last = (re.split(r"[.\[]", setting.path)[-1] for setting in level.settings)
    return level.keep is not None or any(word in _SIZING or word.endswith("]") for word in last)


def _mission(shared: Shared, point: Point) -> Mission | None:
    """Return the mission of a point; None where its values do not go together."""
    try:
        return shared.base.at(point.settings, point.keeps)
    except SatqkdError:  # the point's own row says why
        return None


def batch_size(seconds_each: float, left: int, workers: int) -> int:
    """Return how many small points to hand over together.

    Examples
    --------
    >>> batch_size(0.01, 10_000, 2), batch_size(0.01, 40, 2), batch_size(30.0, 10_000, 2)
    (100, 10, 1)
    """
    wanted = MOST_IN_BATCH if seconds_each <= 0.0 else int(BATCH_S / seconds_each)
    return max(1, min(wanted, MOST_IN_BATCH, ceil(left / (2 * max(1, workers)))))
