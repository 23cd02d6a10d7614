"""A plan as an event of the ledger: its id, what it was made of, what it decides."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from satqkd.network.decided import Decided
from satqkd.network.ledger.codec import canonical
from satqkd.network.ledger.plan_events import Decision, InputHash, PlanIssued
from satqkd.network.plan import Plan
from satqkd.passes.timebase import Timebase


def plan_id_of(plan: Plan, now: datetime, taken: Collection[str] = ()) -> str:
    """Return the id of a plan: UTC, and eight hexadecimal digits of the hash of its inputs.

    Parameters
    ----------
    plan
        The plan; of the same inputs the digits are the same.
    now
        When it is issued, UTC.
    taken
        Ids that are taken; one of the same second and the same inputs ends in ``-2``, ``-3``, …
    """
    name = f"{now:%Y%m%dT%H%M%S}Z-{inputs_sha256(plan)[:8]}"
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def inputs_sha256(plan: Plan) -> str:
    """Return the SHA-256 of all that a plan is made of: files, values set beside them, draws."""
    mission, outlook = plan.mission, plan.outlook
    draws = None if outlook is None else [outlook.asked, outlook.draws.seed]
    inputs = [[one.path, one.sha256] for one in mission.inputs]
    values = [[one.path, one.value] for one in mission.set_values]
    window = [mission.start.isoformat(), mission.duration_s]
    text = canonical([inputs, values, window, plan.value, draws, plan.optimised])
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def plan_issued(plan: Plan, plan_id: str, parent: str | None) -> PlanIssued:
    """Return the event: every contact of the plan with what is decided about it.

    Parameters
    ----------
    plan, plan_id
        The plan, and what it is called.
    parent
        The plan in force before it; None for the first.
    """
    mission = plan.mission
    joint = [key for forecast in plan.joint for key in forecast.contact_key]
    return PlanIssued(
        plan_id=plan_id,
        parent=parent,
        start=mission.start,
        end=mission.start + timedelta(seconds=mission.duration_s),
        inputs=tuple(InputHash(path=one.path, sha256=one.sha256) for one in mission.inputs),
        set_values=tuple(str(one) for one in mission.set_values),
        decisions=(
            *_decisions(plan, plan.passes, list(plan.forecast.contact_key)),
            *_decisions(plan, plan.windows, joint),
        ),
    )


def _decisions(plan: Plan, decided: Decided, keys: list[str]) -> Iterator[Decision]:
    mission, timebase = plan.mission, plan.forecast.timebase
    names = [ground.site.name for ground in mission.stations]
    for row, key in enumerate(keys):
        partner = int(decided.partner[row])
        usable = bool(decided.usable[row])
        yield Decision(
            contact_key=key,
            satellite=mission.spacecraft[int(decided.satellite[row])].satellite.name,
            station=names[int(decided.station[row])],
            partner=None if partner < 0 else names[partner],
            start=_utc(timebase, float(decided.start_s[row])) if usable else None,
            end=_utc(timebase, float(decided.end_s[row])) if usable else None,
            status=decided.status[row],
            planned_bits=int(decided.planned_bits[row]),
            reason=decided.reason[row],
        )


def _utc(timebase: Timebase, seconds: float) -> datetime:
    return timebase.utc(seconds).replace(fold=0)
