"""Sentences that pictures and summaries share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from satqkd.forecast.plan import Plan
from satqkd.mission.mission import Mission
from satqkd.report.style import label


def window_text(mission: Mission) -> str:
    """Return the window in words, such as ``from 2016-12-19, 7 days``."""
    days = mission.duration_s / 86_400.0
    return f"from {mission.start:%Y-%m-%d}, {days:g} day{'' if days == 1 else 's'}"


def satellites_text(mission: Mission) -> str:
    """Return the satellites in words: their names, or how many there are."""
    names = [label(craft.satellite.name) for craft in mission.spacecraft]
    if not names:
        return "no satellite"
    return " and ".join(names) if len(names) <= 2 else f"{len(names)} satellites"


def nothing_scheduled(plan: Plan) -> str:
    """Say why a plan is empty, the commonest reason first."""
    if not plan.status:
        return "No pass scheduled: no satellite rises above a station's lowest elevation."
    return f"No pass scheduled: {reasons_text(plan.reason)}."


def reasons_text(reasons: Sequence[str], *, most: int = 4) -> str:
    """Count equal reasons, such as ``daylight (41), out of range (3)``."""
    counted = Counter(reason.split(":")[0].split("(")[0].strip() for reason in reasons if reason)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{label(reason, limit=48)} ({count})" for reason, count in ranked[:most]]
    if len(ranked) > most:
        parts.append(f"other reasons ({sum(count for _, count in ranked[most:])})")
    return ", ".join(parts)
