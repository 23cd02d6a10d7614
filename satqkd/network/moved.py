"""How far newer elements move the contacts of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from satqkd.mission.mission import Mission
from satqkd.network.last_plan import LastContact, LastPlan
from satqkd.network.window_keys import rises_in_window
from satqkd.passes.timebase import Timebase

BESIDE_S = 1_800.0
"""Numerical: so long before the first and after the last contact is searched. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What became of a scheduled contact."""

    contact_key: str
    shift_s: float | None
    """How much later it rises; None where it is there no more. [s]"""


def moved_contacts(mission: Mission, last: LastPlan) -> tuple[Moved, ...]:
    """Search the passes of a plan again, with the elements that the mission has now.

    Parameters
    ----------
    mission
        As its files are now.
    last
        The plan. Joint contacts are left out: they move as the passes over their stations do.

    Returns
    -------
    tuple of Moved
        One a scheduled pass, in the order of the plan.
    """
    passes = [one for one in last.contacts if len(one.stations) == 1]
    return tuple(_moved(mission, passes)) if passes else ()


def _moved(mission: Mission, passes: list[LastContact]) -> Iterator[Moved]:
    beside = timedelta(seconds=BESIDE_S)
    first = min(one.rise for one in passes) - beside
    length = max(one.end for one in passes) + beside - first
    window = replace(
        mission, start=first, duration_s=length.total_seconds(), opening=(), together=()
    )
    timebase, rises_s = Timebase.starting(window.start), rises_in_window(window)
    for one in passes:
        rise_s = rises_s.get(one.contact_key)
        yield Moved(
            contact_key=one.contact_key,
            shift_s=None if rise_s is None else rise_s - timebase.seconds(one.rise),
        )
