"""Names for passes that people can read and machines can rely on."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np

from satqkd.elements.satellite import Satellite
from satqkd.mission.mission import Mission
from satqkd.mission.together import Together
from satqkd.passes.contacts import Contacts
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray

_LONGEST = 40
"""Longest name within an id. [characters]"""

_QUARTER = 0.25
"""From the equator to where a satellite is farthest from a station's side of it. [turns]"""


def slug(name: str, *, otherwise: str) -> str:
    """Return ``name`` in the letters a–z, 0–9 and ``-``; ``otherwise`` when none is left.

    Examples
    --------
    >>> slug("Nanshan (1.2 m)", otherwise="station1")
    'nanshan-1-2-m'
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^a-z0-9]+", "-", ascii_name.lower())
    return words[:_LONGEST].strip("-") or otherwise


def pass_ids(mission: Mission, timebase: Timebase, passes: PassTable) -> list[str]:
    """Return the id of every pass, such as ``micius-xinglong-20161219T1652``.

    Satellite, station and the minute of the culmination in UTC; where two passes of a satellite
    would share an id the later ones, in order of rise, end in ``-2``, ``-3``, … Satellites that
    could be taken for each other bear their catalogue number, or else their designator, behind
    the name, so that the id of a pass does not depend on which other satellites were searched
    with it.

    Returns
    -------
    list[str]
        One id a pass, in the order of the table, none twice.
    """
    stations = [
        slug(ground.site.name, otherwise=f"station{number}")
        for number, ground in enumerate(mission.stations, start=1)
    ]
    satellites = _satellite_slugs(mission, stations)
    minutes = [_minute(text) for text in timebase.iso(passes.culmination_s)]
    ends = list(zip(passes.satellite.tolist(), passes.station.tolist(), strict=True))
    ids = [""] * len(passes)
    seen: Counter[str] = Counter()
    for index in by_rise(passes).tolist():
        satellite, station = ends[index]
        name = f"{satellites[satellite]}-{stations[station]}-{minutes[index]}"
        seen[name] += 1
        ids[index] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    return ids


def _minute(text: str) -> str:
    """Minute of an instant, in short."""
    return text[:16].replace("-", "").replace(":", "")


def _satellite_slugs(mission: Mission, stations: list[str]) -> list[str]:
    """Name of each satellite in ids; with its number where another's could be read as its."""
    slugs = [
        slug(craft.satellite.name, otherwise=number_slug(craft.satellite, place=place))
        for place, craft in enumerate(mission.spacecraft, start=1)
    ]
    owners = Counter(slugs)
    names = set(stations)
    unclear = {name for name, count in owners.items() if count > 1}
    for name in owners:
        words = name.split("-")
        for size in range(1, len(words)):
            head, tail = "-".join(words[:size]), "-".join(words[size:])
            if head in owners and any(f"{tail}-{station}" in names for station in stations):
                unclear |= {head, name}
    return [
        f"{name}-{number_slug(craft.satellite, place=place)}" if name in unclear else name
        for place, (name, craft) in enumerate(zip(slugs, mission.spacecraft, strict=True), start=1)
    ]


def number_slug(satellite: Satellite, *, place: int) -> str:
    """Return catalogue number, else designator, else place in the mission, as a :func:`slug`."""
    return slug(satellite.number_or_designator, otherwise=f"satellite{place}")


def by_rise(passes: PassTable) -> IntArray:
    """Indices of passes in the order in which they rise."""
    order = np.lexsort((passes.station, passes.satellite, passes.rise_s))
    return np.asarray(order, dtype=np.int64)


def contact_keys(
    mission: Mission, contacts: Contacts, *, pair: Together | None = None
) -> tuple[str, ...]:
    """Return the name of every contact that survives new elements.

    Satellite, stations and the number of the revolution in which the satellite culminates, such
    as ``micius-xinglong-1907``: what pins, calendars and the ledger hang on. Newer elements move
    a culmination by seconds, never to another revolution over the same station.

    Parameters
    ----------
    mission
        Satellites and stations.
    contacts
        All of the mission's of some satellites and stations.
    pair
        Whose joint contacts they are; its protocol is named behind the stations.

    Returns
    -------
    tuple of str
        One name a contact, none twice: where one revolution has several contacts, as of a horizon
        that hides the middle of a pass, or of a high orbit, the later ones end in ``-2``, ``-3``, …

    Notes
    -----
    Revolutions are counted from the number an element set states at its epoch; of a design, and
    of an ephemeris, from its own epoch. That of a station in the north begins a quarter before
    the ascending node, that of one in the south a quarter after it: farthest from where the
    satellite culminates, so that seconds do not count, and two passes of a station at the
    equator are not of one revolution.
    """
    stations = [
        slug(ground.site.name, otherwise=f"station{number}")
        for number, ground in enumerate(mission.stations, start=1)
    ]
    satellites = _satellite_slugs(mission, stations)
    first = contacts.arms[0]
    numbers = revolutions(mission, first)
    protocol = () if pair is None else (slug(pair.protocol_name, otherwise="protocol"),)
    names = [
        "-".join((satellites[craft], *(stations[index] for index in own), *protocol, str(number)))
        for craft, *own, number in zip(
            contacts.satellite.tolist(),
            *(arm.station.tolist() for arm in contacts.arms),
            numbers.tolist(),
            strict=True,
        )
    ]
    keys, seen = list(names), Counter[str]()
    for row in np.argsort(contacts.start_s, kind="stable").tolist():
        seen[names[row]] += 1
        if seen[names[row]] > 1:
            keys[row] = f"{names[row]}-{seen[names[row]]}"
    return tuple(keys)


def can_be_called(mission: Mission, key: str) -> bool:
    """Whether a contact of a mission, in whatever window, can have a name.

    That of a terrestrial link is its own.
    """
    if any(key == link.name for link in mission.links):
        return True
    stations = [
        slug(ground.site.name, otherwise=f"station{number}")
        for number, ground in enumerate(mission.stations, start=1)
    ]
    head = "|".join(map(re.escape, _satellite_slugs(mission, stations)))
    place = "|".join(map(re.escape, stations))
    protocols = {slug(pair.protocol_name, otherwise="protocol") for pair in mission.together}
    protocol = "|".join(map(re.escape, sorted(protocols))) or "(?!)"
    pattern = rf"({head})-({place})(-({place})(-({protocol}))?)?-(-?[0-9]+)(-[0-9]+)?"
    return re.fullmatch(pattern, key) is not None


def revolutions(mission: Mission, passes: PassTable) -> IntArray:
    """Return the number of the revolution at each culmination, as contact keys have it."""
    numbers = np.zeros(len(passes), dtype=np.int64)
    north = np.array([ground.site.latitude_deg >= 0.0 for ground in mission.stations], dtype=bool)
    ahead = np.where(north[passes.station], _QUARTER, -_QUARTER)
    pairs = np.stack([passes.satellite, passes.element_set])
    for craft, chosen in np.unique(pairs, axis=1).T.tolist():
        source = mission.spacecraft[craft].satellite.sources[chosen]
        own = (passes.satellite == craft) & (passes.element_set == chosen)
        numbers[own] = source.revolution(passes.element_age_s[own], ahead=ahead[own])
    return numbers


def session_ids(
    name: str, starts_s: FloatArray, timebase: Timebase, *, among: Sequence[str]
) -> tuple[str, ...]:
    """Return the name of every session of a terrestrial link: its own, and the minute of its begin.

    Parameters
    ----------
    name, starts_s
        The link, and when its sessions begin. [s]
    timebase
        What that means.
    among
        All links; one whose letters a–z are another's too bears its place as well.
    """
    slugs = [slug(one, otherwise=f"link{place}") for place, one in enumerate(among, start=1)]
    place = among.index(name)
    own = slugs[place] if slugs.count(slugs[place]) == 1 else f"{slugs[place]}-{place + 1}"
    return tuple(f"{own}-{_minute(text)}" for text in timebase.iso(starts_s))
