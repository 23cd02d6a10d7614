"""The plan in force, as what follows it needs it: in instants and names, not in indices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LastContact:
    """A contact that it schedules."""

    contact_key: str
    satellite: str
    stations: tuple[str, ...]
    """One, or both of a joint contact."""
    rise: datetime
    start: datetime
    """First second that is flown."""
    end: datetime
    """Last one."""
    in_part: bool
    """Whether that is a part of what is usable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBlock:
    """Contacts that it distils together."""

    satellite: str
    stations: tuple[str, ...]
    contacts: tuple[str, ...]
    """Scheduled ones, by contact key; those flown before its window among them."""
    bits: int
    """Their key. [bit]"""
    closes: datetime
    """When its last contact is flown."""
    alone: bool
    """Whether contacts of its satellite and stations are a block each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDelivery:
    """Key that it gives to a pair."""

    at: datetime
    satellite: str
    stations: tuple[str, str]
    bits: int
    """How much. [bit]"""
    relayed: bool
    """Whether it comes from two pools of the satellite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A contact that is a block by itself, is behind, and of whose key nothing was booked."""

    contact_key: str
    satellite: str
    station: str
    bits: int
    """Key that was planned of it. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """What a plan took over from the one before it: what it assumes of the time before it."""

    assumed: tuple[LastContact, ...]
    """Contacts of open blocks that count as flown as planned: no log of them was booked."""
    waiting: tuple[Waiting, ...]
    """Key that counts as made as planned."""
    stock: tuple[tuple[str, str, int], ...]
    """What satellites hold with stations when it begins: both names, and how much. [bit]"""
    held: tuple[tuple[str, str, float], ...]
    """What pairs of stations hold then. [bit]"""
    delivered: tuple[tuple[str, str, float], ...] = ()
    """What they got since floors are counted. [bit]"""
    closed: tuple[str, ...] = ()
    """Contacts of the mission's own file of counts whose blocks are key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPlan:
    """A plan that was made before."""

    start: datetime
    """Where its window begins."""
    end: datetime
    """Where it ends."""
    contacts: tuple[LastContact, ...]
    blocks: tuple[LastBlock, ...]
    deliveries: tuple[LastDelivery, ...]
    taken: TakenOver | None = None
    """What it took over; None where it started from no other plan."""
