"""The shipped week of Micius, forecast once, and plans of it with other demands, rules and pins."""

from __future__ import annotations

from dataclasses import replace

from satqkd.network.plan import plan_of

NAMES = ("Xinglong", "Nanshan", "Delingha", "Lijiang", "Ngari", "Jinan")


def between(mission, first, second, **asked):
    """The demand of a pair of the mission, asking for something else."""
    ends = {NAMES.index(first), NAMES.index(second)}
    (demand,) = [one for one in mission.demands if {one.station_a, one.station_b} == ends]
    return replace(demand, **asked)


def with_demands(mission, *changed):
    """The mission, with some of its demands in place of those of the same pair."""
    pairs = {frozenset((one.station_a, one.station_b)): one for one in changed}
    return replace(
        mission,
        demands=tuple(
            pairs.get(frozenset((one.station_a, one.station_b)), one) for one in mission.demands
        ),
    )


def planned(found, mission, **how):
    """A plan of the same forecast for a mission that asks for something else."""
    return plan_of([replace(one, mission=mission) for one in found], **how, stakes=False)


def reasons(plan):
    """Why each contact is not scheduled, by its key."""
    return dict(zip(plan.forecast.contact_key, plan.passes.reason, strict=True))


def flown(plan):
    """Keys of the scheduled contacts."""
    return {
        key
        for key, one in zip(plan.forecast.contact_key, plan.passes.scheduled, strict=True)
        if one
    }
