"""Stations on a map, and which part of the Earth holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from satqkd.report.html.land import Region
from satqkd.report.plan_folder import PlanFolder

MARGIN_DEG: Final = 14.0
"""Around the stations. [°]"""
LEAST_DEG: Final = 46.0
"""A map shows no less from west to east. [°]"""
FLATTEST, TALLEST = 0.45, 0.9
"""Height of a map over its width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A station on a map: plain values."""

    name: str
    latitude_deg: float
    longitude_deg: float
    served: bool = False
    """Whether the contact is with it."""


def places_of(plan: PlanFolder, served: Sequence[str] = ()) -> tuple[Place, ...]:
    """Return the stations of a plan, as far as its manifest says where they are."""
    found = []
    for one in (plan.manifest.get("models") or {}).get("stations") or []:
        site = one.get("site") or {}
        if "latitude_deg" in site and "longitude_deg" in site:
            found.append(
                Place(
                    name=one["name"],
                    latitude_deg=float(site["latitude_deg"]),
                    longitude_deg=float(site["longitude_deg"]),
                    served=one["name"] in served,
                )
            )
    return tuple(found)


def region_of(places: Sequence[Place]) -> Region:
    """Return the part of the Earth that holds some stations, with room around them.

    From the largest gap between two neighbours, going around, to the other side of it.
    """
    if not places:
        return Region(west=-180.0, east=180.0, south=-90.0, north=90.0)
    east_of = sorted((one.longitude_deg + 180.0) % 360.0 - 180.0 for one in places)
    ends = [*east_of[1:], east_of[0] + 360.0]
    gaps = [end - begin for begin, end in zip(east_of, ends, strict=True)]
    widest = max(range(len(gaps)), key=lambda place: gaps[place])
    west = ends[widest] - 360.0 if ends[widest] > 180.0 else ends[widest]
    east = west + 360.0 - gaps[widest]
    low = max(min(one.latitude_deg for one in places) - MARGIN_DEG, -90.0)
    high = min(max(one.latitude_deg for one in places) + MARGIN_DEG, 90.0)
    wide = min(max(east - west + 2.0 * MARGIN_DEG, (high - low) / TALLEST, LEAST_DEG), 360.0)
    middle = 0.5 * (west + east)
    middle -= 360.0 * round(middle / 360.0)
    if wide >= 300.0:
        middle, wide = 0.0, 360.0
    tall = min(max(high - low, FLATTEST * wide), TALLEST * wide, 180.0)
    centre = min(max(0.5 * (low + high), -90.0 + 0.5 * tall), 90.0 - 0.5 * tall)
    return Region(
        west=middle - 0.5 * wide,
        east=middle + 0.5 * wide,
        south=centre - 0.5 * tall,
        north=centre + 0.5 * tall,
    )
