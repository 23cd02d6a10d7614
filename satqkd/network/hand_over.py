"""What telescopes, calendars and other operators are told: contacts with all that they need."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from satqkd.errors import SatqkdError
from satqkd.forecast.arms import Arm, Sky, see, usable_of
from satqkd.forecast.contact_id import contact_keys, revolutions
from satqkd.forecast.stream import Chosen, Found, found_passes
from satqkd.mission.mission import Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.contacts import Contacts, joint_contacts, pass_contacts
from satqkd.passes.find import Progress
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase

RISE_WITHIN_S = 0.1
"""A contact that a plan was made for is found again with a rise so near to the plan's: files and
versions are the same, so only their rounding differs. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a plan says about one contact."""

    contact_key: str
    status: str
    """``scheduled``, ``candidate`` or ``rejected``."""
    begin_s: float
    """When the contact begins: rise of a pass, mission seconds. [s]"""
    start_s: float | None
    """First second that the plan uses; None where it is not scheduled. [s]"""
    end_s: float | None
    """Last second that the plan uses, likewise. [s]"""
    planned_bits: int | None
    """Key that the plan counts on; None where there is no plan. [bit]"""
    reason: str = ""
    """Why it is not scheduled, or not the whole of it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Handed:
    """One contact to hand over."""

    contact_key: str
    pass_id: tuple[str, ...]
    """Id of the pass at each station."""
    revolution: int
    """Number of the revolution in which it culminates at the first station."""
    satellite: int
    """Index of the satellite."""
    stations: tuple[int, ...]
    """Index of each station: one of a pass, two of a joint contact."""
    passes: tuple[PassTable, ...]
    """The whole pass over each station, a table of one row."""
    arms: tuple[Arm, ...]
    """The contact seen from each station, held against its limits; series of one contact."""
    start_s: float
    """When the contact begins: rise of a pass. [s]"""
    end_s: float
    """When it ends. [s]"""
    ready_s: float
    """When the first of its stations begins to prepare: its set-up before its own rise. [s]"""
    key_s: tuple[float, float] | None
    """First and last second that make key; None where nothing of it is usable. [s]"""
    decision: Decision | None
    """What a plan says about it; None where there is no plan."""

    @property
    def names(self) -> tuple[str, ...]:
        """What it is called: its key, and of a pass its id."""
        return _names(self.contact_key, self.pass_id)

    @property
    def planned_bits(self) -> int | None:
        """Key that a plan counts on; None where none schedules it. [bit]"""
        one = self.decision
        return one.planned_bits if one is not None and one.status == "scheduled" else None

    @property
    def culmination_s(self) -> float:
        """When the satellite stands highest at the first station. [s]"""
        return float(self.passes[0].culmination_s[0])

    @property
    def last_set_s(self) -> float:
        """When the satellite sets at the last of its stations. [s]"""
        return max(float(one.set_s[0]) for one in self.passes)

    @property
    def source(self) -> int:
        """Index of the elements or ephemeris behind it, within the satellite's own."""
        return int(self.passes[0].element_set[0])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HandOver:
    """Contacts to hand over, in order of time, and where everything is."""

    mission: Mission
    sky: Sky
    contacts: tuple[Handed, ...]

    @property
    def timebase(self) -> Timebase:
        """Mission time."""
        return self.sky.timebase

    def at(self, stations: Collection[int]) -> HandOver:
        """Return the contacts with some of the stations."""
        own = (one for one in self.contacts if not set(stations).isdisjoint(one.stations))
        return replace(self, contacts=tuple(own))


def hand_over(
    mission: Mission,
    *,
    decisions: Sequence[Decision] | None = None,
    wanted: str = "",
    progress: Progress | None = None,
) -> HandOver:
    """Find contacts of a mission again, without following any light.

    Parameters
    ----------
    mission
        Satellites, stations and window.
    decisions
        Contacts that a plan speaks of and that are wanted; None for no plan.
    wanted
        Where there is no plan: a contact key, the id of a pass, or the beginning of one.
    progress
        Called with the number of satellites searched.

    Raises
    ------
    SatqkdError
        If a contact that a plan speaks of is not found again, or rises at another time; if not
        one contact is called ``wanted``.
    """
    timebase = Timebase.starting(mission.start)
    bodies = Bodies.over(timebase, start_s=0.0, end_s=mission.duration_s)
    told = None if decisions is None else {one.contact_key: one for one in decisions}
    contacts: list[Handed] = []
    chains = {}
    chosen = Chosen.all_of(mission)
    for found in found_passes(mission, timebase, chosen, hidden=True, progress=progress):
        sky = Sky(timebase=timebase, bodies=bodies, chains=found.passes.chains)
        own = [
            one
            for group in _groups(mission, found)
            for one in _handed(mission, sky, group, wanted, told)
        ]
        contacts += own
        used = {(one.satellite, int(p.element_set[0])) for one in own for p in one.passes}
        chains.update({key: found.passes.chains[key] for key in sorted(used)})
    if told is None:
        contacts = [_only(contacts, wanted)]
    else:
        _require_all(told, contacts, timebase)
    contacts.sort(key=lambda one: (one.start_s, one.satellite, one.stations, one.contact_key))
    return HandOver(
        mission=mission,
        sky=Sky(timebase=timebase, bodies=bodies, chains=chains),
        contacts=tuple(contacts),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    """Contacts of one kind with their names."""

    contacts: Contacts
    keys: tuple[str, ...]
    pass_id: tuple[tuple[str, ...], ...]
    """For each arm the id of the pass behind every contact."""

    @staticmethod
    def of(found: Found, contacts: Contacts, keys: tuple[str, ...]) -> _Group:
        """Name contacts by the passes that they are made of."""
        ids = tuple(tuple(found.pass_id[row] for row in own.tolist()) for own in contacts.rows)
        return _Group(contacts=contacts, keys=keys, pass_id=ids)


def _groups(mission: Mission, found: Found) -> list[_Group]:
    """Passes, then the joint contacts of each pair."""
    table = found.passes.table
    own = pass_contacts(table, found.hidden)
    groups = [_Group.of(found, own, contact_keys(mission, own))]
    for pair in mission.together:
        serving = np.flatnonzero(np.isin(table.satellite, pair.spacecraft))
        joint = joint_contacts(table.take(serving), pair.stations, found.hidden[serving])
        joint = replace(joint, rows=tuple(serving[rows] for rows in joint.rows))
        groups.append(_Group.of(found, joint, contact_keys(mission, joint, pair=pair)))
    return groups


def _handed(
    mission: Mission,
    sky: Sky,
    group: _Group,
    wanted: str,
    told: Mapping[str, Decision] | None,
) -> list[Handed]:
    """Contacts of one group that are wanted."""
    handed = []
    for row, key in enumerate(group.keys):
        own = tuple(one[row] for one in group.pass_id)
        called = _names(key, own)
        if (key not in told) if told is not None else not _begins(called, wanted):
            continue
        contact = group.contacts.take(np.array([row]))
        arms = see(mission, contact, sky)
        stations = tuple(int(arm.station[0]) for arm in contact.arms)
        start_s = float(contact.start_s[0])
        ready_s = [
            float(arm.rise_s[0]) - mission.stations[one].terminal.setup_s
            for one, arm in zip(stations, contact.arms, strict=True)
        ]
        decision = None if told is None else told[key]
        handed.append(
            Handed(
                contact_key=key,
                pass_id=own,
                revolution=int(revolutions(mission, contact.arms[0])[0]),
                satellite=int(contact.satellite[0]),
                stations=stations,
                passes=contact.arms,
                arms=arms,
                start_s=start_s,
                end_s=float(contact.end_s[0]),
                ready_s=min(ready_s),
                key_s=_key_s(arms, decision),
                decision=decision,
            )
        )
    return handed


def _names(contact_key: str, pass_id: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a contact is called: its key, and the id of a pass."""
    return (contact_key, *pass_id) if len(pass_id) == 1 else (contact_key,)


def _begins(names: Sequence[str], wanted: str) -> bool:
    return any(name.startswith(wanted) for name in names)


def _only(contacts: Sequence[Handed], wanted: str) -> Handed:
    """Return the contact that is called so, or the only one whose name begins so."""
    exact = [one for one in contacts if wanted in one.names]
    found = exact or contacts
    if len(found) == 1:
        return found[0]
    if found:
        names = sorted(one.contact_key for one in found)
        raise SatqkdError(
            f"{wanted!r} could be {', '.join(names[:5])}{' …' if len(names) > 5 else ''}\n"
            "  fix: write more of it"
        )
    raise SatqkdError(
        f"no pass or joint contact of the window is called {wanted!r}\n"
        "  fix: name the folder of a plan, or copy an id from 'satqkd passes --columns "
        "pass_id,contact_key', with the same --start and --days"
    )


def _key_s(arms: tuple[Arm, ...], decision: Decision | None) -> tuple[float, float] | None:
    """First and last second that make key: those of the plan, else those that are usable."""
    if decision is not None and decision.start_s is not None and decision.end_s is not None:
        return decision.start_s, decision.end_s
    cells, usable = arms[0].cells, usable_of(arms)
    if not usable.any():
        return None
    return float(cells.begin_s[usable][0]), float(cells.end_s[usable][-1])


def _require_all(
    told: Mapping[str, Decision], contacts: Sequence[Handed], timebase: Timebase
) -> None:
    """Refuse where a plan speaks of other contacts than there are."""
    begins = {one.contact_key: one.start_s for one in contacts}
    lost = [key for key in told if key not in begins]
    moved = [
        key for key, begin_s in begins.items() if abs(begin_s - told[key].begin_s) > RISE_WITHIN_S
    ]
    fix = "\n  fix: make the plan again with this version of satqkd: 'satqkd plan'"
    if lost:
        more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        raise SatqkdError(f"the plan's contact {lost[0]}{more} is not found again{fix}")
    if moved:
        here, there = timebase.iso(np.array([begins[moved[0]], told[moved[0]].begin_s]))
        raise SatqkdError(f"contact {moved[0]} begins at {here}, in the plan at {there}{fix}")
