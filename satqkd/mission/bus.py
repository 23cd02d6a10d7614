"""What the bus of a satellite gives its payload: energy, revolution by revolution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from satqkd.errors import (
    SatqkdError,
    require_fraction,
    require_not_negative,
    require_positive,
)
from satqkd.mission.rules import Plannable
from satqkd.passes.sunlight import Sunlight
from satqkd.schedule.rules import Rule
from satqkd.units import BoolArray, FloatArray, IntArray

WH_J: Final = 3600.0
"""One watt hour, by definition. [J]"""
MOST_RUNS: Final = 20_000
"""Numerical: runs of stretches that are written down for one satellite; of a week in low orbit
there are some hundreds, in a year of a battery that is soon full again some thousands. (assumed)"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Needs:
    """What contacts need in stretches of time, each two that meet once; ordered by stretch."""

    contact: IntArray
    """Its place among the contacts."""
    stretch: IntArray
    """Its place among the stretches."""
    use_j: FloatArray
    """What the one needs in the other. [J]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """Power and battery of a satellite.

    The battery is full when the window begins, and full again when it has had back what it lent.
    Losses of charging, and where panels point, are within the powers that are given.
    """

    battery_j: float
    """Capacity of the battery. [J]"""
    depth_of_discharge: float
    """Share of the capacity that it may lend."""
    generation_w: float
    """Power of the panels in sunlight. [W]"""
    base_load_w: float
    """What the satellite needs all the time. [W]"""
    payload_power_w: float
    """What a contact needs beside that. [W]"""
    lead_s: float = 0.0
    """So long before a contact its power is needed, to point and warm up. [s]"""

    def __post_init__(self) -> None:
        require_positive("battery_j", self.battery_j)
        require_fraction("depth_of_discharge", self.depth_of_discharge)
        require_not_negative("generation_w", self.generation_w)
        require_not_negative("base_load_w", self.base_load_w)
        require_positive("payload_power_w", self.payload_power_w)
        require_not_negative("lead_s", self.lead_s)

    @property
    def lends_j(self) -> float:
        """What the battery may lend. [J]"""
        return self.battery_j * self.depth_of_discharge

    def surplus_j(self, supply: Sunlight) -> FloatArray:
        """What each stretch brings beyond the base load, shape (n,); in shadow below 0. [J]

        By definition of the powers.
        """
        length_s = supply.end_s - supply.start_s
        return np.asarray(self.generation_w * supply.sunlit_s - self.base_load_w * length_s)

    def needs(self, supply: Sunlight, *, start_s: FloatArray, end_s: FloatArray) -> Needs:
        """Return what contacts need in each stretch.

        By definition: power times the time from ``lead_s`` before a contact to its end; what lies
        before the first stretch counts for it.
        """
        edges_s = np.concatenate([[-np.inf], supply.start_s[1:], [np.inf]])
        begin_s = start_s - self.lead_s
        first = np.searchsorted(edges_s, begin_s, side="right") - 1
        count = np.searchsorted(edges_s, end_s, side="left") - first
        contact = np.repeat(np.arange(start_s.size), count)
        within = np.arange(contact.size) - np.repeat(np.cumsum(count) - count, count)
        stretch = first[contact] + within
        from_s = np.maximum(begin_s[contact], edges_s[stretch])
        until_s = np.minimum(end_s[contact], edges_s[stretch + 1])
        order = np.lexsort((contact, stretch))
        return Needs(
            contact=contact[order],
            stretch=stretch[order],
            use_j=(self.payload_power_w * np.maximum(until_s - from_s, 0.0))[order],
        )

    def divided(self, supply: Sunlight, *, start_s: FloatArray, end_s: FloatArray) -> Sunlight:
        """Divide stretches that charge the battery where contacts begin, lead included, and end.

        There alone can contacts leave it lower than at both ends of a stretch.
        """
        instants_s = np.concatenate([start_s - self.lead_s, end_s])
        return supply.divided_at(instants_s, where=self.surplus_j(supply) > 0.0)

    def level_j(self, surplus_j: FloatArray) -> FloatArray:
        """Charge of the battery after each stretch, shape (n,), full before the first. [J]

        By definition: what would exceed its capacity is lost.
        """
        level, found = self.battery_j, []
        for more in surplus_j.tolist():
            level = min(self.battery_j, level + more)
            found.append(level)
        return np.array(found)

    def rules(self, name: str, supply: Sunlight, contacts: Plannable) -> Iterator[Rule]:
        """Write what contacts may use, for stretches and for runs of them.

        Parameters
        ----------
        name
            Of the satellite.
        supply
            Its sunlight, on the clock of the contacts.
        contacts
            Those of a plan, of all satellites.

        Raises
        ------
        SatqkdError
            If the battery is drained further than it may be without any contact, or is full again
            so seldom that there are more than :data:`MOST_RUNS`.

        Notes
        -----
        Derived here: a battery that was full, and loses what exceeds its capacity, never lends more
        than it may just if contacts use no more than it lends and all surplus in *every* run of
        stretches, divided where the power changes. Of these are left out runs in which no choice
        of contacts could use so much; those that begin with stretches, or end with one, that bring
        at least what can be used in them, as the rest of the run says more; and those before or
        behind which the battery is discharged in any case, as the longer run says more.
        """
        own = contacts.of(name, None)
        own = own[[contacts.satellite[one] == name for one in own.tolist()]]
        surplus_j = self.surplus_j(supply)
        self._require_alive(name, supply, surplus_j)
        if own.size == 0:
            return
        start_s, end_s = contacts.start_s[own], contacts.end_s[own]
        supply = self.divided(supply, start_s=start_s, end_s=end_s)
        surplus_j = self.surplus_j(supply)
        needs = self.needs(supply, start_s=start_s, end_s=end_s)
        excess_j = _most_j(needs, start_s, end_s, len(supply)) - surplus_j
        runs = list(islice(_runs(excess_j, surplus_j, self.lends_j), MOST_RUNS + 1))
        if len(runs) > MOST_RUNS:
            raise SatqkdError(
                f"bus of {name}: its battery is full again too seldom to be followed through "
                "the window\n"
                "  fix: plan a shorter window, or correct generation and base_load of its bus"
            )
        runs.sort(key=lambda run: (run[1] - run[0], run))
        for first, last in runs:
            begin, end = np.searchsorted(needs.stretch, (first, last + 1))
            use_j = np.bincount(
                needs.contact[begin:end], weights=needs.use_j[begin:end], minlength=own.size
            )
            some = use_j > 0.0
            yield Rule(
                name=f"energy of {name} in {_named(supply.revolution[first : last + 1])}",
                contacts=own[some],
                use=np.asarray(use_j[some], dtype=np.float64),
                most=max(0.0, self.lends_j + float(surplus_j[first : last + 1].sum())),
                unit="Wh",
                per_unit=WH_J,
            )

    def _require_alive(self, name: str, supply: Sunlight, surplus_j: FloatArray) -> None:
        level_j = self.level_j(surplus_j)
        least_j = self.battery_j - self.lends_j
        low = np.flatnonzero(level_j < least_j * (1.0 - 1e-9) - 1e-9)
        if low.size:
            at = int(low[0])
            raise SatqkdError(
                f"bus of {name}: without any contact its battery is down to "
                f"{level_j[at] / WH_J:.3g} Wh in revolution {supply.revolution[at]}, and may not "
                f"fall below {least_j / WH_J:.3g} Wh\n"
                "  fix: correct generation, base_load, battery or depth_of_discharge of its bus"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyUse:
    """What a plan takes of the energy of one satellite."""

    satellite: str
    """Its name."""
    lowest: float
    """Lowest charge of the battery, as a share of its capacity."""
    limit: float
    """Lowest that it may have."""
    revolution: int
    """In which revolution it is lowest."""
    used_j: float
    """What contacts use from when it was last full until it is lowest. [J]"""
    available_j: float
    """What they may use then: what it may lend, and what comes beyond the base load. [J]"""


def energy_use(
    bus: Bus, name: str, supply: Sunlight, contacts: Plannable, chosen: BoolArray
) -> EnergyUse:
    """Add up what the chosen contacts of a satellite use; arguments as of :meth:`Bus.rules`."""
    own = np.array(
        [i for i in np.flatnonzero(chosen).tolist() if contacts.satellite[i] == name],
        dtype=np.int64,
    )
    start_s, end_s = contacts.start_s[own], contacts.end_s[own]
    supply = bus.divided(supply, start_s=start_s, end_s=end_s)
    surplus_j = bus.surplus_j(supply)
    needs = bus.needs(supply, start_s=start_s, end_s=end_s)
    spent_j = np.bincount(needs.stretch, weights=needs.use_j, minlength=len(supply))
    level_j = bus.level_j(surplus_j - spent_j)
    lowest = int(np.argmin(level_j))
    full = np.flatnonzero(level_j[:lowest] >= bus.battery_j)
    run = slice(int(full[-1]) + 1 if full.size else 0, lowest + 1)
    return EnergyUse(
        satellite=name,
        lowest=float(level_j[lowest]) / bus.battery_j,
        limit=1.0 - bus.depth_of_discharge,
        revolution=int(supply.revolution[lowest]),
        used_j=float(spent_j[run].sum()),
        available_j=bus.lends_j + float(surplus_j[run].sum()),
    )


def _most_j(needs: Needs, start_s: FloatArray, end_s: FloatArray, stretches: int) -> FloatArray:
    """Most that contacts of which none overlap can need in each stretch, shape (stretches,). [J]

    Derived here: in order of their ends the best choice is that without a contact, or it with the
    best choice among those that end before it begins.
    """
    found = np.zeros(stretches)
    for own in np.split(np.arange(needs.stretch.size), np.flatnonzero(np.diff(needs.stretch)) + 1):
        order = own[np.argsort(end_s[needs.contact[own]], kind="stable")]
        ends_s = end_s[needs.contact[order]]
        best = [0.0]
        for place, one in enumerate(order.tolist()):
            begins_s = start_s[needs.contact[one]]
            before = min(place, int(np.searchsorted(ends_s, begins_s, side="right")))
            best.append(max(best[-1], best[before] + float(needs.use_j[one])))
        if own.size:
            found[needs.stretch[own[0]]] = best[-1]
    return found


def _runs(excess_j: FloatArray, surplus_j: FloatArray, lends_j: float) -> Iterator[tuple[int, int]]:
    """Yield first and last stretch of each run that can ask for more than the battery lends."""
    begins = (excess_j > 0.0) & np.concatenate([[True], surplus_j[:-1] >= 0.0])
    ends = (excess_j > 0.0) & np.concatenate([surplus_j[1:] >= 0.0, [True]])
    for first in np.flatnonzero(begins).tolist():
        owed_j = 0.0
        for last in range(first, excess_j.size):
            owed_j += float(excess_j[last])
            if owed_j <= 0.0:
                break
            if owed_j > lends_j and ends[last]:
                yield first, last


def _named(numbers: IntArray) -> str:
    if numbers[0] == numbers[-1]:
        return f"revolution {numbers[0]}"
    return f"revolutions {numbers[0]} to {numbers[-1]}"
