"""Names and reasons as pictures can show them."""

from __future__ import annotations

from satqkd.forecast.contact_id import number_slug
from satqkd.mission.mission import Mission
from satqkd.report.pictures.style import label
from satqkd.report.wording import LONGEST_REASON


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


def satellite_label(
    mission: Mission, index: int, *, width_px: float | None = None, size_pt: float = 8.5
) -> str:
    """Return a satellite's name as pictures can show it; number or designator if need be."""
    satellite = mission.spacecraft[index].satellite
    number = number_slug(satellite, place=index + 1)
    return label(satellite.name, otherwise=number, width_px=width_px, size_pt=size_pt)


def mission_label(mission: Mission) -> str:
    """Return a mission's name as pictures can show it."""
    return label(mission.name, limit=60, otherwise="mission")


def reason_label(reason: str) -> str:
    """Return a reason as pictures can show it."""
    return label(reason, limit=LONGEST_REASON)


def satellites_text(mission: Mission) -> str:
    """Return the satellites in words: their names, or how many there are."""
    names = [satellite_label(mission, index) for index in range(len(mission.spacecraft))]
    if not names:
        return "no satellite"
    return " and ".join(names) if len(names) <= 2 else f"{len(names)} satellites"
