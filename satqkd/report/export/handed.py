"""What every file that is handed over has in common: its name, its issue, what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from satqkd.forecast.contact_id import slug
from satqkd.mission.mission import Mission
from satqkd.network.hand_over import Handed, HandOver
from satqkd.network.ledger.plan_events import PLAN_ID
from satqkd.network.tracking import Sampling
from satqkd.report.export.folder import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """From what, and when, files are made; no clock is read."""

    issued: datetime
    """When what they say was known, UTC: written as the time at which they were made."""
    plan_id: str | None = None
    """Of the plan; None where it has none, or there is none."""
    sampling: Sampling = field(default_factory=Sampling)
    """How tracks are sampled."""
    feed: str | None = None
    """Mail address of who publishes the calendars; None where they are no feeds."""
    namespace: bool = True
    """Whether XML names the namespace of CCSDS."""
    sequence: Mapping[str, int] = field(default_factory=dict)
    """How many plans have changed each contact, by its key; one that is not named is new."""
    committed: frozenset[str] = frozenset()
    """Keys of the contacts that are committed."""
    dropped: tuple[Handed, ...] = ()
    """Contacts of earlier plans that this one no longer has: calendars still speak of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """One file to hand over."""

    name: str
    """Of ASCII letters, unique in the folder."""
    content: Content
    about: Mapping[str, Any]
    """What export.json says of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something that has no place in a kind of file."""

    what: str
    files: str
    """Kinds of files, such as ``cpf``."""
    why: str


Made = tuple[Sequence[ExportFile], Sequence[LeftOut]]
"""Files of one kind, and what they leave out."""


def known_since(given: HandOver, plan_id: str | None = None) -> datetime:
    """Return when what files say was known, without a clock.

    When the plan was issued, where its id says it; else the epoch of the newest elements or
    ephemeris that contacts rest on, before which nothing of it was known; of contacts of none,
    the beginning of the window.
    """
    if plan_id is not None and PLAN_ID.fullmatch(plan_id):
        return datetime.strptime(plan_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    crafts = given.mission.spacecraft
    epochs = [
        crafts[one.satellite].satellite.sources[int(own.element_set[0])].epoch
        for one in given.contacts
        for own in one.passes
    ]
    return max(epochs, default=given.mission.start).astimezone(UTC)


def mission_slug(mission: Mission) -> str:
    """Return the name of the mission for names of files and events."""
    return slug(mission.name, otherwise="mission")


def unique_slugs(names: Sequence[str], *, otherwise: str, longest: int = 40) -> list[str]:
    """Return names in the letters a–z, 0–9 and ``-``, none twice.

    Examples
    --------
    >>> unique_slugs(["Graz", "graz", "Ōtsu"], otherwise="station")
    ['graz', 'graz-2', 'otsu']
    """
    found: list[str] = []
    for place, name in enumerate(names, start=1):
        own = slug(name, otherwise=f"{otherwise}{place}")[:longest].strip("-")
        if own in found:
            end = f"-{place}"
            own = own[: longest - len(end)] + end
        found.append(own)
    return found


def station_slugs(mission: Mission) -> list[str]:
    """Return the names of the stations for names of files."""
    names = [ground.site.name for ground in mission.stations]
    return unique_slugs(names, otherwise="station")


def satellite_slugs(mission: Mission, *, longest: int = 40) -> list[str]:
    """Return the names of the satellites for names of files."""
    names = [craft.satellite.name for craft in mission.spacecraft]
    return unique_slugs(names, otherwise="satellite", longest=longest)


def file_name(*parts: str | None, ending: str) -> str:
    """Join the parts of the name of a file that there are."""
    return "-".join(part for part in parts if part) + f".{ending}"


def ends_in_words(given: HandOver, contact: Handed) -> str:
    """Say who sends light to whom, or, with two stations, who takes part."""
    mission = given.mission
    craft = mission.spacecraft[contact.satellite]
    names = [mission.stations[one].site.name for one in contact.stations]
    if len(names) > 1:
        return f"{craft.satellite.name} with {' + '.join(names)}"
    return " → ".join(craft.way.roles(craft.satellite.name, names[0]))


def utc_text(moment: datetime) -> str:
    """Write an instant in UTC to the millisecond, with ``Z``."""
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(timespec="milliseconds") + "Z"
