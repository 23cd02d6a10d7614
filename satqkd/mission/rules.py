"""Rules that keep contacts out of a plan: by name, by number or time, or by who works there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from satqkd.constants import DAY_S
from satqkd.errors import NonPhysicalError, require_not_negative
from satqkd.schedule.rules import Rule
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plannable:
    """Contacts as rules see them; shape (n,)."""

    satellite: tuple[str, ...]
    """Name of each one's satellite."""
    design: tuple[str, ...]
    """What the mission calls it: of a member of a constellation the constellation."""
    stations: tuple[tuple[str, ...], ...]
    """Names of its stations."""
    contact_key: tuple[str, ...]
    """Its key, which survives newer elements."""
    revolution: IntArray
    """Number of the satellite's revolution."""
    start_s: FloatArray
    """First usable second, from the beginning of the mission's window. [s]"""
    end_s: FloatArray
    """Last usable second. [s]"""
    sifted_bits: FloatArray
    """Clicks that enter its key. [bit]"""

    def __len__(self) -> int:
        return int(self.start_s.size)

    def of(self, satellite: str | None, station: str | None) -> IntArray:
        """Contacts of a satellite or constellation, and a station; None for every one."""
        return np.array(
            [
                index
                for index in range(len(self))
                if satellite in {None, self.satellite[index], self.design[index]}
                and (station is None or station in self.stations[index])
            ],
            dtype=np.int64,
        )


class PlanRule(Protocol):
    """A rule of a mission."""

    @property
    def contact_keys(self) -> tuple[str, ...]:
        """Contacts that it names by their keys."""
        ...

    def rules(self, contacts: Plannable) -> Iterator[Rule]:
        """Write it down for the contacts of a plan."""
        ...


Each = Literal["orbit", "day", "window"]
"""A revolution of the satellite, 24 h from the beginning of the window, or all of it."""


def grouped(contacts: Plannable, some: IntArray, each: Each) -> Iterator[IntArray]:
    """Divide contacts by satellite and revolution, by day, or not at all."""
    label = {
        "orbit": [f"{contacts.satellite[i]} {contacts.revolution[i]}" for i in some.tolist()],
        "day": [f"{contacts.start_s[i] // DAY_S:.0f}" for i in some.tolist()],
        "window": ["" for _ in some.tolist()],
    }[each]
    for one in dict.fromkeys(label):
        yield some[np.array([own == one for own in label], dtype=np.bool_)]


def where(each: Each, satellite: str | None, station: str | None) -> str:
    """Say in which time, and of what."""
    time = "in the window" if each == "window" else f"each {each}"
    of = "" if satellite is None else f" of {satellite}"
    return f"{time}{of}" + ("" if station is None else f" at {station}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMostContacts:
    """So many contacts of a satellite, a station or all together."""

    at_most: int
    """Contacts."""
    each: Each = "day"
    """In which time: ``orbit``, ``day`` or ``window``."""
    satellite: str | None = None
    """Whose contacts: a satellite, or all of a constellation together; of every satellite together
    if not given."""
    station: str | None = None
    """Where; at every station together if not given."""

    def __post_init__(self) -> None:
        require_not_negative("at_most", self.at_most)

    @property
    def contact_keys(self) -> tuple[str, ...]:
        """Contacts that it names by their keys: none."""
        return ()

    def rules(self, contacts: Plannable) -> Iterator[Rule]:
        """Write one rule for each time."""
        noun = "contact" if self.at_most == 1 else "contacts"
        place = where(self.each, self.satellite, self.station)
        what = f"at most {self.at_most} {noun} {place}"
        for own in grouped(contacts, contacts.of(self.satellite, self.station), self.each):
            yield Rule(name=what, contacts=own, use=np.ones(own.size), most=float(self.at_most))


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMostTime:
    """So much time in contact of a satellite, a station or all together."""

    at_most_s: float
    """Time in contact. [s]"""
    each: Each = "day"
    """In which time: ``orbit``, ``day`` or ``window``."""
    satellite: str | None = None
    """Whose contacts: a satellite, or all of a constellation together; of every satellite together
    if not given."""
    station: str | None = None
    """Where; at every station together if not given."""

    def __post_init__(self) -> None:
        require_not_negative("at_most_s", self.at_most_s)

    @property
    def contact_keys(self) -> tuple[str, ...]:
        """Contacts that it names by their keys: none."""
        return ()

    def rules(self, contacts: Plannable) -> Iterator[Rule]:
        """Write one rule for each time."""
        place = where(self.each, self.satellite, self.station)
        what = f"at most {self.at_most_s / 60.0:g} min in contact {place}"
        for own in grouped(contacts, contacts.of(self.satellite, self.station), self.each):
            lasting = own[contacts.end_s[own] > contacts.start_s[own]]
            length_s = contacts.end_s[lasting] - contacts.start_s[lasting]
            yield Rule(name=what, contacts=lasting, use=length_s, most=self.at_most_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTogether:
    """Of some contacts one at most."""

    contacts: tuple[str, ...]
    """Their keys, as passes.csv has them."""

    def __post_init__(self) -> None:
        if len(set(self.contacts)) < 2:
            raise NonPhysicalError("contacts", "must name at least two")

    @property
    def contact_keys(self) -> tuple[str, ...]:
        """Contacts that it names by their keys."""
        return self.contacts

    def rules(self, contacts: Plannable) -> Iterator[Rule]:
        """Write the one rule."""
        own = [i for i, key in enumerate(contacts.contact_key) if key in self.contacts]
        yield Rule(
            name=f"one of {' and '.join(self.contacts)}",
            contacts=np.array(own, dtype=np.int64),
            use=np.ones(len(own)),
            most=1.0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCrew:
    """One crew serves some stations, and has to travel between them."""

    stations: tuple[str, ...]
    """Their names."""
    travel_s: float
    """From a contact at one to the next at another. [s]"""

    def __post_init__(self) -> None:
        require_not_negative("travel_s", self.travel_s)
        if len(set(self.stations)) < 2:
            raise NonPhysicalError("stations", "must name at least two")

    @property
    def contact_keys(self) -> tuple[str, ...]:
        """Contacts that it names by their keys: none."""
        return ()

    def rules(self, contacts: Plannable) -> Iterator[Rule]:
        """Write one rule for each two contacts between which the crew cannot travel."""
        crew = set(self.stations)
        own = [i for i, names in enumerate(contacts.stations) if crew & set(names)]
        own.sort(key=lambda i: (contacts.start_s[i], i))
        for place, earlier in enumerate(own):
            for later in own[place + 1 :]:
                if contacts.start_s[later] >= contacts.end_s[earlier] + self.travel_s:
                    break
                here, there = (crew & set(contacts.stations[i]) for i in (earlier, later))
                if here != there:
                    yield Rule(
                        name=f"one crew for {' and '.join(self.stations)}",
                        contacts=np.array(sorted((earlier, later)), dtype=np.int64),
                        use=np.ones(2),
                        most=1.0,
                    )
