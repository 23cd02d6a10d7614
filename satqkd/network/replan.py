"""A new plan that starts from the one in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from satqkd.mission.mission import Mission
from satqkd.network.carried import NOTHING_BOOKED, Past
from satqkd.network.last_plan import LastPlan
from satqkd.network.plan import Plan, Value, plan
from satqkd.network.rolling import Rolled, rolled
from satqkd.passes.find import Progress
from satqkd.schedule.by_satellite import Told
from satqkd.schedule.effort import Effort
from satqkd.weather.clear_sky import Draws

CHANGE_BITS: Final = 50_000.0
"""What changing a contact that is not frozen costs, where nothing is given: about a third of what a
contact is worth in the instances of docs/planning.md; assumed. [bit]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replan:
    """A new plan, and what was taken over."""

    plan: Plan
    rolled: Rolled


def replan(
    mission: Mission,
    last: LastPlan,
    *,
    now: datetime,
    past: Past = NOTHING_BOOKED,
    change_bits: float = CHANGE_BITS,
    value: Value = "clear",
    draws: Draws | None = None,
    effort: Effort | None = None,
    progress: Progress | None = None,
    told: Told | None = None,
) -> Replan:
    """Plan what lies ahead again, and keep of the plan in force what it costs to change.

    What rises within ``freeze`` of its satellite stays as it is, as what is committed does; of the
    rest each contact that is changed costs ``change_bits``. Key that satellites and pairs hold,
    and counts of open blocks, are those that were booked; without a memory those that were planned.

    Parameters
    ----------
    mission
        As its files are now: its window, moved to ``now``, is planned.
    last
        The plan in force.
    now
        With its zone.
    past
        What was booked.
    change_bits
        What changing a contact costs. [bit]
    value, draws, effort, progress, told
        As for :func:`satqkd.network.plan.plan`.
    """
    found = rolled(mission, last, now, past=past, change_bits=change_bits)
    made = plan(
        found.mission,
        value=value,
        draws=draws,
        effort=effort,
        keeping=found.keeping,
        progress=progress,
        told=told,
    )
    return Replan(plan=made, rolled=found)
