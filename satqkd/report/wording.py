"""Sentences that pictures and summaries share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, time

from satqkd.forecast.contact_id import number_slug
from satqkd.mission.mission import Mission
from satqkd.network.plan import Plan
from satqkd.report.counted import counted
from satqkd.report.pictures.style import label


def window_text(mission: Mission) -> str:
    """Return the window in words, such as ``from 2016-12-19, 7 days``."""
    days = mission.duration_s / 86_400.0
    start = mission.start.astimezone(UTC)
    hour = "" if start.time() == time() else f" {start:%H:%M} UTC"
    return f"from {start:%Y-%m-%d}{hour}, {days:g} day{'' if days == 1 else 's'}"


def station_label(
    mission: Mission,
    index: int,
    *,
    width_px: float | None = None,
    size_pt: float = 8.5,
    weight: str = "normal",
) -> str:
    """Return a station's name as pictures can show it; as in the ids of its passes if need be."""
    name = mission.stations[index].site.name
    limit = 28 if width_px is None else 80
    return label(
        name, limit=limit, otherwise=f"station{index + 1}", width_px=width_px, size_pt=size_pt,
        weight=weight,
    )  # fmt: skip


def satellite_label(mission: Mission, index: int, *, width_px: float | None = None) -> str:
    """Return a satellite's name as pictures can show it; number or designator if need be."""
    satellite = mission.spacecraft[index].satellite
    number = number_slug(satellite, place=index + 1)
    return label(satellite.name, otherwise=number, width_px=width_px)


def mission_label(mission: Mission) -> str:
    """Return a mission's name as pictures can show it."""
    return label(mission.name, limit=60, otherwise="mission")


def satellites_text(mission: Mission) -> str:
    """Return the satellites in words: their names, or how many there are."""
    names = [satellite_label(mission, index) for index in range(len(mission.spacecraft))]
    if not names:
        return "no satellite"
    return " and ".join(names) if len(names) <= 2 else f"{len(names)} satellites"


def nothing_scheduled(plan: Plan) -> str:
    """Say why a plan is empty, the commonest reason first."""
    if not plan.forecast.mission.spacecraft:
        links = " 'satqkd link' follows its standing links." if plan.forecast.mission.links else ""
        return f"No pass scheduled: the mission names no satellite.{links}"
    if not plan.passes.status:
        return "No pass scheduled: no satellite rises above a station's lowest elevation."
    windows = int(plan.windows.scheduled.sum())
    beside = f", but {counted(windows, 'window')} of two stations" if windows else ""
    return f"No pass scheduled{beside}: {reasons_text(plan.passes.reason)}."


def reasons_text(reasons: Sequence[str], *, most: int = 4) -> str:
    """Count equal reasons, such as ``daylight (41), out of range (3)``.

    The ``most`` commonest are named and the others counted together, unless that is only one.
    """
    counted = Counter(reason.split(":")[0].split("(")[0].strip() for reason in reasons if reason)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    named = ranked if len(ranked) == most + 1 else ranked[:most]
    parts = [f"{label(reason, limit=48)} ({count})" for reason, count in named]
    if len(ranked) > len(named):
        parts.append(f"other reasons ({sum(count for _, count in ranked[most:])})")
    return ", ".join(parts)
