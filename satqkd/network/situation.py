"""A mission with limits lifted or loosened, and what is then left of contacts that were hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np

from satqkd.elements.manoeuvre import Manoeuvre
from satqkd.forecast.arms import (
    Arm,
    Side,
    free_cells,
    free_cells_of_each,
    held,
    mounted,
    usable_of,
)
from satqkd.forecast.conditions import timing_error_s
from satqkd.mission.mission import GroundStation, Mission, Terminal
from satqkd.passes.cells import Cells
from satqkd.passes.contacts import Contacts
from satqkd.passes.mount import Mount
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray, IntArray

HIGHEST_SUN_DEG: Final = 90.0
"""Where no height of the Sun is too high. [°]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Followed:
    """Contacts with their series."""

    contacts: Contacts
    sides: tuple[Side, ...]
    """As seen from each of their stations."""
    timebase: Timebase

    def take(self, rows: IntArray) -> Followed:
        """Return some of the contacts, in that order."""
        return Followed(
            contacts=self.contacts.take(rows),
            sides=tuple(side.take(rows) for side in self.sides),
            timebase=self.timebase,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Situation:
    """A mission whose limits may differ from those that its contacts were followed with."""

    mission: Mission
    horizon: bool = True
    """Whether what stands around stations hides contacts whole."""
    age_s: float | None = None
    """How far from their epoch elements are used at most; None for as far as they are. [s]"""

    def arms(self, followed: Followed) -> tuple[Arm, ...]:
        """Hold contacts that were followed against the limits of this situation."""
        return held(self.mission, followed.timebase, *self.seen_in(followed))

    def timing_error_s(self, followed: Followed) -> FloatArray:
        """How early or late each contact may come, shape (sides, n). [s]"""
        _, sides = self.seen_in(followed)
        return np.stack([side.facts.timing_error_s for side in sides])

    def seen_in(self, followed: Followed) -> tuple[Contacts, list[Side]]:
        """Contacts and their sides as this situation has them."""
        contacts = followed.contacts
        if not self.horizon:
            shown = tuple(np.zeros_like(own) for own in contacts.hidden)
            contacts = replace(contacts, hidden=shown)
        return contacts, [self._aged(side) for side in followed.sides]

    def _aged(self, side: Side) -> Side:
        if self.age_s is None:
            return side
        passes, facts = side.passes, side.facts
        age_s = np.clip(passes.element_age_s, -self.age_s, self.age_s)
        passes = replace(passes, element_age_s=age_s)
        facts = replace(facts, timing_error_s=timing_error_s(self.mission, passes))
        return replace(side, passes=passes, facts=facts)

    def with_terminal(self, stations: Iterable[int] | None = None, **fields: Any) -> Situation:
        """Return it with fields of the terminals of some stations replaced; of all without any."""

        def changed(ground: GroundStation) -> GroundStation:
            return replace(ground, terminal=replace(ground.terminal, **fields))

        return self.with_stations(changed, stations)

    def with_mount(self, stations: Iterable[int] | None = None, **fields: Any) -> Situation:
        """Return it with fields of mounts replaced, where there is one."""

        def turned(terminal: Terminal) -> Terminal:
            mount: Mount | None = terminal.mount
            return terminal if mount is None else replace(terminal, mount=replace(mount, **fields))

        def changed(ground: GroundStation) -> GroundStation:
            return replace(ground, terminal=turned(ground.terminal))

        return self.with_stations(changed, stations)

    def with_site(self, stations: Iterable[int] | None = None, **fields: Any) -> Situation:
        """Return it with fields of the places of stations replaced."""

        def changed(ground: GroundStation) -> GroundStation:
            return replace(ground, site=replace(ground.site, **fields))

        return self.with_stations(changed, stations)

    def with_stations(
        self, changed: Callable[[GroundStation], GroundStation], stations: Iterable[int] | None
    ) -> Situation:
        """Return it with some stations changed; all of them without any."""
        every = list(self.mission.stations)
        for index in range(len(every)) if stations is None else stations:
            every[index] = changed(every[index])
        return replace(self, mission=replace(self.mission, stations=tuple(every)))

    def with_limits(self, **fields: Any) -> Situation:
        """Return it with other limits of the mission."""
        limits = replace(self.mission.limits, **fields)
        return replace(self, mission=replace(self.mission, limits=limits))

    def with_manoeuvres_of(self, satellite: int, manoeuvres: tuple[Manoeuvre, ...]) -> Situation:
        """Return it with other declared manoeuvres of a satellite."""
        crafts = list(self.mission.spacecraft)
        craft = crafts[satellite]
        if craft.satellite.manoeuvres != manoeuvres:
            moved = replace(craft.satellite, manoeuvres=manoeuvres)
            crafts[satellite] = replace(craft, satellite=moved)
        return replace(self, mission=replace(self.mission, spacecraft=tuple(crafts)))

    def with_outages_of(self, satellites: Iterable[int], outages: Any) -> Situation:
        """Return it with other outages of some satellites."""
        crafts = list(self.mission.spacecraft)
        for index in satellites:
            crafts[index] = replace(crafts[index], outages=outages)
        return replace(self, mission=replace(self.mission, spacecraft=tuple(crafts)))


def _trusted(one: Situation) -> Situation:
    """Elements as new as a contact, and from its side of every manoeuvre."""
    for index in range(len(one.mission.spacecraft)):
        one = one.with_manoeuvres_of(index, ())
    return replace(one, age_s=0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Free:
    """One contact divided at its limits."""

    cells: Cells
    usable: BoolArray
    """Which of them no limit of any station takes."""

    @property
    def some(self) -> bool:
        """Whether anything of the contact is usable."""
        return bool((self.usable & (self.cells.length_s > 0.0)).any())


def free_of_each(situations: Sequence[Situation], followed: Followed) -> list[Free]:
    """Divide contacts at their limits, each in a situation of its own.

    Those that no mount with limits follows are all divided at once.
    """
    alike: dict[int, list[int]] = {}
    for row, one in enumerate(situations):
        alike.setdefault(id(one), []).append(row)
    tables = [side.passes for side in followed.sides]
    found: dict[int, Free] = {}
    plain: list[IntArray] = []
    for rows in map(np.array, alike.values()):
        one = situations[rows[0]]
        if not mounted(one.mission, tables)[rows].any():
            plain.append(rows)
            continue
        contacts, sides = one.seen_in(followed.take(rows))
        divided = free_cells(one.mission, followed.timebase, contacts, sides)
        found.update(zip(rows.tolist(), _one_by_one(*divided), strict=True))
    if plain:
        every = np.concatenate(plain)
        ends = np.cumsum([rows.size for rows in plain])
        contacts, sides = _seen_in_each([situations[row] for row in every], followed.take(every))
        asked = [
            (situations[rows[0]].mission, np.arange(end - rows.size, end))
            for rows, end in zip(plain, ends.tolist(), strict=True)
        ]
        divided = free_cells_of_each(asked, followed.timebase, contacts, sides)
        found.update(zip(every.tolist(), _one_by_one(*divided), strict=True))
    return [found[row] for row in range(len(situations))]


def _seen_in_each(
    situations: Sequence[Situation], followed: Followed
) -> tuple[Contacts, list[Side]]:
    """Contacts and their sides as each situation has its own; facts stay as they are."""
    contacts = followed.contacts
    horizon = np.array([one.horizon for one in situations], dtype=np.bool_)
    most_s = np.array([np.inf if one.age_s is None else one.age_s for one in situations])
    sides = []
    for side in followed.sides:
        age_s = np.clip(side.passes.element_age_s, -most_s, most_s)
        sides.append(replace(side, passes=replace(side.passes, element_age_s=age_s)))
    hidden = tuple(own & horizon for own in contacts.hidden)
    return replace(contacts, hidden=hidden), sides


def _one_by_one(cells: Cells, usable: BoolArray) -> Iterator[Free]:
    """Yield contacts alone."""
    for begin, end in pairwise(cells.starts.tolist()):
        own = slice(begin, end)
        yield Free(
            cells=Cells(
                starts=np.array([0, end - begin]),
                begin_s=cells.begin_s[own],
                end_s=cells.end_s[own],
                goes_on=cells.goes_on[own],
            ),
            usable=usable[own],
        )


def usable_s(arms: Sequence[Arm]) -> FloatArray:
    """Time of each contact that no limit of any station takes. [s]"""
    return arms[0].cells.seconds(usable_of(arms))


def _no_outage(one: Situation) -> Situation:
    every = range(len(one.mission.spacecraft))
    return one.with_site(outages=()).with_outages_of(every, ())


_LIFTED: Final[Mapping[str, Callable[[Situation], Situation]]] = {
    "horizon": lambda one: replace(one, horizon=False),
    "low": lambda one: one.with_limits(min_elevation_deg=0.0),
    "daylight": lambda one: one.with_limits(max_sun_elevation_deg=HIGHEST_SUN_DEG),
    "range": lambda one: one.with_limits(max_range_m=None),
    "outage": _no_outage,
    "absent": lambda one: one.with_site(available=None),
    "avoid": lambda one: replace(one, mission=replace(one.mission, avoid=())),
    "sun": lambda one: one.with_terminal(sun_exclusion_deg=None),
    "moon": lambda one: one.with_terminal(moon_exclusion_deg=None),
    "stops": lambda one: one.with_mount(min_elevation_deg=None, max_elevation_deg=None),
    "keyhole": lambda one: one.with_mount(
        max_azimuth_rate_deg_s=None, max_elevation_rate_deg_s=None
    ),
    "cable": lambda one: one.with_mount(azimuth_range_deg=None),
    "acquisition": lambda one: one.with_mount(acquisition_s=0.0),
    "uncertain": _trusted,
}
"""What it is to have none of each obstacle, at any station."""


def lifted(mission: Mission, names: Iterable[str]) -> Situation:
    """Return a mission without the limits of these names, of all its stations and satellites."""
    found = Situation(mission=mission)
    for name in names:
        found = _LIFTED[name](found)
    return found
