"""Sentences that pictures and summaries share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, time

from satqkd.mission.mission import Mission
from satqkd.network.plan import Plan
from satqkd.report.counted import counted
from satqkd.report.export.printable import visible

LONGEST_REASON = 48
"""Longer ones are cut. [characters]"""


def _visible(reason: str) -> str:
    return visible(reason, limit=LONGEST_REASON)


def window_text(mission: Mission) -> str:
    """Return the window in words, such as ``from 2016-12-19, 7 days``."""
    days = mission.duration_s / 86_400.0
    start = mission.start.astimezone(UTC)
    hour = "" if start.time() == time() else f" {start:%H:%M} UTC"
    return f"from {start:%Y-%m-%d}{hour}, {days:g} day{'' if days == 1 else 's'}"


def nothing_scheduled(plan: Plan, *, shown: Callable[[str], str] = _visible) -> str:
    """Say why a plan is empty, the commonest reason first; ``shown`` as in reasons_text."""
    if not plan.forecast.mission.spacecraft:
        links = " 'satqkd link' follows its standing links." if plan.forecast.mission.links else ""
        return f"No pass scheduled: the mission names no satellite.{links}"
    if not plan.passes.status:
        return "No pass scheduled: no satellite rises above a station's lowest elevation."
    windows = int(plan.windows.scheduled.sum())
    beside = f", but {counted(windows, 'window')} of two stations" if windows else ""
    return f"No pass scheduled{beside}: {reasons_text(plan.passes.reason, shown=shown)}."


def reasons_text(
    reasons: Sequence[str], *, most: int = 4, shown: Callable[[str], str] = _visible
) -> str:
    """Count equal reasons, such as ``daylight (41), out of range (3)``.

    The ``most`` commonest are named and the others counted together, unless that is only one.
    ``shown`` makes a reason fit to be printed; pictures say one that their font can draw.
    """
    counted = Counter(reason.split(":")[0].split("(")[0].strip() for reason in reasons if reason)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    named = ranked if len(ranked) == most + 1 else ranked[:most]
    parts = [f"{shown(reason)} ({count})" for reason, count in named]
    if len(ranked) > len(named):
        parts.append(f"other reasons ({sum(count for _, count in ranked[most:])})")
    return ", ".join(parts)
