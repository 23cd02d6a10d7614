"""What of a mission's files a limit hangs on, and the least change of it that frees a contact."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

import numpy as np

from satqkd.mission.avoid import AvoidWindow
from satqkd.mission.mission import Mission
from satqkd.network.situation import Followed, Free, Situation
from satqkd.passes.station import Outage
from satqkd.passes.table import Tracks
from satqkd.passes.tracks import sampled
from satqkd.units import FloatArray

SAMPLED_S: Final = 1.0
"""Numerical: spacing at which a first guess looks at a contact. [s]"""
LEAST_S: Final = 1e-6
"""Numerical: a contact has usable time if it has more than this. [s]"""
_ROUND: Final = 1e-9
"""Numerical: of a step of a scale, so that a value on its grid counts as on it."""


Told = TypeVar("Told")

Asking = Generator[Situation, Free, Told]
"""Asks what of a contact is free in one situation after the other, so that whoever answers can hold
many contacts against their limits at once; says something in the end."""

Changed = tuple[Situation, str]
"""A situation, and what to do for it in words."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hidden:
    """One contact, and the mission that hides it."""

    mission: Mission
    followed: Followed
    """It alone."""

    @property
    def satellite(self) -> int:
        """Index of its satellite."""
        return int(self.followed.contacts.satellite[0])

    @property
    def satellite_name(self) -> str:
        """Name of its satellite."""
        return self.mission.spacecraft[self.satellite].satellite.name

    @property
    def stations(self) -> list[int]:
        """Indices of its stations."""
        return [int(own[0]) for own in self.followed.contacts.stations]

    def name(self, station: int) -> str:
        """Name of a station."""
        return self.mission.stations[station].site.name

    def meets(self, stretch: Outage | AvoidWindow) -> bool:
        """Whether a stretch of time reaches into it."""
        contacts, seconds = self.followed.contacts, self.followed.timebase.seconds
        return bool(
            seconds(stretch.from_) <= contacts.end_s[0]
            and contacts.start_s[0] < seconds(stretch.to)
        )


class Lever(Protocol):
    """One thing of the files that a limit hangs on; the situation it is asked in has it lifted."""

    def restored(self, one: Situation) -> Situation:
        """Put it back as it is."""
        ...

    def tightened(self, hidden: Hidden, one: Situation) -> Asking[Changed | None]:
        """Change it as little as frees the contact, and say so; None where nothing does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Act:
    """Something that is there or not, such as an outage."""

    words: str
    """What to do, in words."""
    put: Callable[[Situation], Situation]
    """Put it back as it is."""
    done: Callable[[Situation], Situation] = lambda one: one
    """Do it."""

    def restored(self, one: Situation) -> Situation:
        """Put it back as it is."""
        return self.put(one)

    def tightened(self, hidden: Hidden, one: Situation) -> Asking[Changed | None]:
        """Do it."""
        del hidden
        changed = self.done(one)
        free = yield changed
        return (changed, self.words) if free.some else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scale:
    """A number of the files, loosened in steps until it frees a contact."""

    words: Callable[[str, str], str]
    """What to do, from the value as it is and the one needed."""
    before: float
    """The value as it is."""
    step: float
    """One step, towards where it limits less."""
    end: float
    """Where it limits nothing."""
    put: Callable[[Situation, float], Situation]
    """Set it."""
    shown: Callable[[float], str]
    """A value with its unit."""
    needed: Callable[[Tracks], FloatArray] | None = None
    """Value at which each sample is no longer taken; None where it is not one sample's matter."""
    stations: tuple[int, ...] = ()
    """Whose samples it takes; none for all."""

    def value(self, steps: int) -> float:
        """Return the value that some steps lead to, on the grid of the steps; 0 for as it is."""
        if steps <= 0:
            return self.before
        value = round((self._from + steps) * self.step, 9) + 0.0
        return min(value, self.end) if self.step > 0.0 else max(value, self.end)

    @property
    def _from(self) -> int:
        """Last step of the grid before the value as it is, counted from zero."""
        return math.floor(self.before / self.step + _ROUND)

    @property
    def most(self) -> int:
        """Steps to where it limits nothing."""
        return max(0, math.ceil(self.end / self.step - self._from - _ROUND))

    def restored(self, one: Situation) -> Situation:
        """Set the value as it is."""
        return self.put(one, self.before)

    def tightened(self, hidden: Hidden, one: Situation) -> Asking[Changed | None]:
        """Search the fewest steps that free a contact; more never take time from it."""

        def frees(steps: int) -> Asking[bool]:
            free = yield self.put(one, self.value(steps))
            return free.some

        below = yield from self._too_few(hidden, one)
        above, stride = min(below + 1, self.most), 1
        while not (yield from frees(above)):
            if above >= self.most:
                return None
            below, stride = above, 2 * stride
            above = min(above + stride, self.most)
        while above - below > 1:
            middle = (above + below) // 2
            below, above = (below, middle) if (yield from frees(middle)) else (middle, above)
        value = self.value(above)
        return self.put(one, value), self.words(self.shown(self.before), self.shown(value))

    def _too_few(self, hidden: Hidden, one: Situation) -> Asking[int]:
        """Return steps that leave too little free, if each sample is taken by its own value."""
        if self.needed is None:
            return 0
        followed, free = hidden.followed, (yield one)
        sampled_from = [sampled(side.courses, step_s=SAMPLED_S) for side in followed.sides]
        first = sampled_from[0]
        usable_s = free.cells.seconds_of(
            free.usable, free.cells.of_samples(first.starts, first.time_s), first
        )
        loosest = np.full(usable_s.size, -np.inf)
        for tracks, station in zip(sampled_from, hidden.stations, strict=True):
            if not self.stations or station in self.stations:
                loosest = np.maximum(loosest, self.needed(tracks) / self.step)
        some = usable_s > 0.0
        if not some.any():
            return 0
        order = np.argsort(loosest[some])
        time_s = np.cumsum(usable_s[some][order])
        # limits end between samples: one of them more or less at either end
        wanted_s = max(LEAST_S, float(one.timing_error_s(followed).max())) - 2 * SAMPLED_S
        place = min(int(np.searchsorted(time_s, wanted_s)), time_s.size - 1)
        steps = float(loosest[some][order][place]) - self._from
        return int(np.clip(math.ceil(steps - _ROUND) - 1, 0, max(self.most - 1, 0)))
