"""What a plan would gain if one thing were different: the mission changed, and planned again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.errors import NonPhysicalError, SatqkdError
from satqkd.mission.mission import Mission
from satqkd.network.plan import Plan, plan
from satqkd.network.served import served

LOWER_DEG: Final = 5.0
"""By how much a lowest elevation is lowered. [°]"""
TWILIGHT_DEG: Final = -6.0
"""End of civil twilight: how high the Sun may stand where less was allowed. [°]"""
FARTHER: Final = 1.2
"""How much farther a range may be."""
MOST_STATIONS: Final = 8
"""Numerical: stations up to which each is asked about by itself: every answer is a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value of the mission's files, and another in its place."""

    what: str
    """In words."""
    before: str
    """As it is, with its unit."""
    after: str
    """What is tried."""
    values: tuple[tuple[str, str], ...]
    """Paths in the files, and what stands there instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What a changed mission gives, planned as the mission itself was."""

    change: Change
    passes_with_key: int
    """Passes that make key by themselves."""
    scheduled: int
    """Contacts scheduled."""
    made_bits: int
    """Key of all blocks. [bit]"""
    delivered_bits: int
    """Key delivered to pairs that asked for it. [bit]"""
    gain_bits: float
    """Worth beyond that of the plan as it is, as the planner counts. [bit]"""
    amounts_met: int | None
    """Amounts that are there in time, each night or day one; None where none is asked for."""


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
    if any(demand.blocks is not None for demand in mission.demands):
        return
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
    names = dict.fromkeys(craft.satellite.name for craft in mission.spacecraft)
    turning = [(f"satellites[{i}].payload.slew", s) for i, s in enumerate(_slews(mission, names))]
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


def _slews(mission: Mission, names: Iterable[str]) -> list[float]:
    """Time to turn of the first spacecraft of each name. [s]"""
    return [
        next(c.payload.slew_s for c in mission.spacecraft if c.satellite.name == name)
        for name in names
    ]


def what_if(
    as_it_is: Plan, *, progress: Callable[[int, int], None] | None = None
) -> tuple[WhatIf, ...]:
    """Plan every changed mission under a clear sky, best first.

    Parameters
    ----------
    as_it_is
        The plan of the mission itself.
    progress
        Called with the number of missions planned, and of all.

    Returns
    -------
    tuple[WhatIf, ...]
        One for each change that the files can take; what cannot be planned is left out. What meets
        most amounts stands first, whatever that costs otherwise.

    Raises
    ------
    SatqkdError
        If the mission was not read from files.
    """
    mission = as_it_is.mission
    found = []
    changes = tuple(changes_of(mission))
    for number, change in enumerate(changes):
        changed = _changed(mission, change)
        if changed is not None:
            found.append(_judged(change, plan(changed), as_it_is.solution.objective))
        if progress is not None:
            progress(number + 1, len(changes))
    return tuple(sorted(found, key=lambda one: (-(one.amounts_met or 0), -one.gain_bits)))


def _changed(mission: Mission, change: Change) -> Mission | None:
    """Return the mission with a change; None where its files have no place for it."""
    if mission.origin is None:
        raise SatqkdError(
            "what a plan would gain is asked of missions read from files\n"
            "  fix: load the mission with load_mission"
        )
    done = 0
    for path, value in change.values:
        try:
            mission, done = mission.replace(path, value), done + 1
        except (SatqkdError, NonPhysicalError):
            continue
    return mission if done else None


def _judged(change: Change, made: Plan, worth: float) -> WhatIf:
    return WhatIf(
        change=change,
        passes_with_key=int(np.count_nonzero(made.passes.made.bits > 0)),
        scheduled=int((made.solution.chosen & made.problem.occupies).sum()),
        made_bits=int(made.blocks.bits.sum()),
        delivered_bits=sum(one.bits for one in made.solution.deliveries)
        + int(made.windows.planned_bits[made.windows.scheduled].sum()),
        gain_bits=made.solution.objective - worth,
        amounts_met=sum(one.amounts_met for one in served(made))
        if any(demand.asks for demand in made.mission.demands)
        else None,
    )
