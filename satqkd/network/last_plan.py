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
class LastPlan:
    """A plan that was made before."""

    start: datetime
    """Where its window begins."""
    end: datetime
    """Where it ends."""
    contacts: tuple[LastContact, ...]
    blocks: tuple[LastBlock, ...]
    deliveries: tuple[LastDelivery, ...]
