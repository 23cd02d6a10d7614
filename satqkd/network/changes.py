"""What could be different in a mission: one value of its files, and another in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from satqkd.constants import DAY_S
from satqkd.elements.synthetic import design_name
from satqkd.mission.mission import Mission

LOWER_DEG: Final = 5.0
"""By how much a lowest elevation is lowered, and raised: poor clicks may spoil a block. [°]"""
TWILIGHT_DEG: Final = -6.0
"""End of civil twilight: how high the Sun may stand where less was allowed. [°]"""
FARTHER: Final = 1.2
"""How much farther a range may be."""
HIGHER_SUN_DEG: Final = 3.0
"""By how much the Sun may stand higher. [°]"""
MOST_STATIONS: Final = 8
"""Numerical: stations, or amounts, up to which each is asked about by itself: every answer is a
plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value of the mission's files, and another in its place."""

    what: str
    """In words."""
    before: str
    """As it is, with its unit."""
    after: str
    """What is tried."""
    values: tuple[tuple[str, str], ...] = ()
    """Paths in the files, and what stands there instead; none where it is no value of the files."""

    @property
    def in_set(self) -> str:
        """The same as '--set' takes it, several with a semicolon between."""
        return "; ".join(f"{path}={value}" for path, value in self.values)


def changes_of(mission: Mission) -> Iterator[Change]:
    """Yield what could be different, one thing at a time: limits, turning, setting up, blocks."""
    limits = mission.limits
    lowest = [
        ("limits.min_elevation", limits.min_elevation_deg),
        *(
            (f"stations[{i}].min_elevation", ground.site.min_elevation_deg)
            for i, ground in enumerate(mission.stations)
        ),
    ]
    if any(value > 0.0 for _, value in lowest):
        yield Change(
            what="lowest elevations",
            before="as stated",
            after=f"{LOWER_DEG:g} deg less",
            values=tuple((path, f"{max(0.0, deg - LOWER_DEG):g} deg") for path, deg in lowest),
        )
        yield Change(
            what="lowest elevations",
            before="as stated",
            after=f"{LOWER_DEG:g} deg more",
            values=tuple((path, f"{deg + LOWER_DEG:g} deg") for path, deg in lowest),
        )
    higher_deg = limits.max_sun_elevation_deg + HIGHER_SUN_DEG
    if higher_deg < TWILIGHT_DEG:
        yield Change(
            what="highest Sun",
            before=f"{limits.max_sun_elevation_deg:g} deg",
            after=f"{higher_deg:g} deg",
            values=(("limits.max_sun_elevation", f"{higher_deg:g} deg"),),
        )
    if limits.max_sun_elevation_deg < TWILIGHT_DEG:
        yield Change(
            what="highest Sun",
            before=f"{limits.max_sun_elevation_deg:g} deg",
            after=f"{TWILIGHT_DEG:g} deg",
            values=(("limits.max_sun_elevation", f"{TWILIGHT_DEG:g} deg"),),
        )
    if limits.max_range_m is not None:
        yield Change(
            what="largest range",
            before=f"{limits.max_range_m / 1e3:g} km",
            after=f"{FARTHER * limits.max_range_m / 1e3:g} km",
            values=(("limits.max_range", f"{FARTHER * limits.max_range_m / 1e3:g} km"),),
        )
    yield from _shorter(mission)
    yield from _of_stations(mission)
    yield from _amounts(mission)
    yield from _kept(mission)
    pooled = bool(mission.spacecraft) and mission.block_period(0) != "pass"
    after = "pass" if pooled else "week"
    yield Change(
        what="key blocks",
        before=str(mission.block_period(0)) if mission.spacecraft else "pass",
        after=after,
        values=(("blocks", after),),
    )


def _shorter(mission: Mission) -> Iterator[Change]:
    """Yield half the time to turn and to set up."""
    turning = [(f"satellites[{i}].payload.slew", s) for i, s in enumerate(_slews(mission))]
    if any(s > 0.0 for _, s in turning):
        yield Change(
            what="time to turn from station to station",
            before="as stated",
            after="half of it",
            values=tuple((path, f"{s / 2.0:g} s") for path, s in turning),
        )
    setting = [
        (ground.site.name, f"stations[{i}].terminal.setup", ground.terminal.setup_s)
        for i, ground in enumerate(mission.stations)
        if ground.terminal.setup_s > 0.0
    ]
    if len(setting) > 1:
        yield Change(
            what="set-up at every station",
            before="as stated",
            after="half of it",
            values=tuple((path, f"{s / 2.0:g} s") for _, path, s in setting),
        )
    for name, path, setup_s in setting if len(setting) <= MOST_STATIONS else ():
        yield Change(
            what=f"set-up at {name}",
            before=f"{setup_s / 60.0:g} min",
            after=f"{setup_s / 120.0:g} min",
            values=((path, f"{setup_s / 2.0:g} s"),),
        )


def _slews(mission: Mission) -> list[float]:
    """Time to turn of each satellite of the files; of a constellation once. [s]"""
    found: dict[str, float] = {}
    for craft in mission.spacecraft:
        found.setdefault(design_name(craft.satellite), craft.payload.slew_s)
    return list(found.values())


def _of_stations(mission: Mission) -> Iterator[Change]:
    """Yield each station away, and each that is away at times there throughout."""
    begin, end = (
        f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        for moment in (mission.start, mission.start + timedelta(seconds=mission.duration_s + DAY_S))
    )
    there = [
        (place, ground.site)
        for place, ground in enumerate(mission.stations)
        if ground.site.outages or ground.site.available
    ]
    for place, site in there[:MOST_STATIONS]:
        if site.outages:
            yield Change(
                what=f"outages of {site.name}",
                before="as stated",
                after="none",
                values=((f"stations[{place}].outages", "[]"),),
            )
        if site.available is not None:
            yield Change(
                what=f"{site.name} available",
                before="as stated",
                after="throughout",
                values=((f"stations[{place}].available", f"{{from: {begin}}}"),),
            )
    few = len(mission.stations) <= MOST_STATIONS and len(mission.stations) > 1
    for place, ground in enumerate(mission.stations) if few else ():
        yield Change(
            what=f"station {ground.site.name}",
            before="there",
            after="away",
            values=((f"stations[{place}].outages", f"[{{from: {begin}, to: {end}, why: away}}]"),),
        )


def without_deadlines(mission: Mission) -> Iterator[tuple[Change, Mission]]:
    """Yield the mission without each deadline: it divides blocks, also those of other pairs."""
    late = [(i, one) for i, one in enumerate(mission.demands) if one.by is not None]
    for place, demand in late if len(late) <= MOST_STATIONS else ():
        demands = list(mission.demands)
        demands[place] = replace(demand, by=None)
        ends = (demand.station_a, demand.station_b)
        change = Change(
            what="deadline of " + " and ".join(mission.stations[one].site.name for one in ends),
            before=f"{demand.by:%Y-%m-%dT%H:%M:%SZ}",
            after="none",
        )
        yield change, replace(mission, demands=tuple(demands))


def _kept(mission: Mission) -> Iterator[Change]:
    """Yield twice the room for key, and each age doubled."""
    stores: dict[str, float] = {}
    for craft in mission.spacecraft:
        if craft.key_store_bits is not None:
            stores.setdefault(design_name(craft.satellite), craft.key_store_bits)
    names = list(dict.fromkeys(design_name(craft.satellite) for craft in mission.spacecraft))
    for place, name in enumerate(names):
        if name in stores:
            bits = stores[name]
            yield Change(
                what=f"key store of {name}",
                before=f"{bits:,.0f} bit",
                after=f"{2.0 * bits:,.0f} bit",
                values=((f"satellites[{place}].key_store", f"{2.0 * bits:.0f} bit"),),
            )
    aged = [(i, one, one.max_age_s) for i, one in enumerate(mission.demands)]
    for place, demand, age_s in aged if len(aged) <= MOST_STATIONS else ():
        if age_s is not None:
            ends = (demand.station_a, demand.station_b)
            yield Change(
                what="greatest age for "
                + " and ".join(mission.stations[one].site.name for one in ends),
                before=f"{age_s / 3600.0:g} h",
                after=f"{age_s / 1800.0:g} h",
                values=((f"demands[{place}].max_age", f"{2.0 * age_s:g} s"),),
            )


def _amounts(mission: Mission) -> Iterator[Change]:
    """Yield each amount doubled."""
    asked = [(i, one) for i, one in enumerate(mission.demands) if one.at_least_bits > 0]
    for place, demand in asked if len(asked) <= MOST_STATIONS else ():
        ends = (demand.station_a, demand.station_b)
        yield Change(
            what="amount of " + " and ".join(mission.stations[one].site.name for one in ends),
            before=f"{demand.at_least_bits:,.0f} bit",
            after=f"{2.0 * demand.at_least_bits:,.0f} bit",
            values=((f"demands[{place}].at_least", f"{2.0 * demand.at_least_bits:.0f} bit"),),
        )
