"""Satellites, stations and contacts as a scene for Cesium (CZML)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from satqkd.network.hand_over import Handed, HandOver
from satqkd.network.orbit_tables import orbit_table, stretches
from satqkd.report.export.handed import (
    ExportFile,
    Issue,
    Made,
    file_name,
    mission_slug,
    satellite_slugs,
    station_slugs,
)

COLOURS: Final = {"scheduled": [90, 200, 120, 255], "candidate": [240, 180, 60, 255]}
"""Of the line between satellite and station while it makes key, by status; red, green, blue, cover
of 255."""

VISIBLE: Final = [200, 200, 200, 110]
"""Of the line while the station sees the satellite."""


def czml_files(given: HandOver, issue: Issue) -> Made:
    """Return one scene of all contacts."""
    return (
        [
            ExportFile(
                name=file_name(mission_slug(given.mission), issue.plan_id, ending="czml"),
                content=scene(given),
                about={"format": "CZML 1.0", "frame": "Earth-fixed (FIXED)"},
            )
        ],
        (),
    )


def scene(given: HandOver) -> bytes:
    """Write a scene: satellites, stations, and lines between them while one sees the other.

    References
    ----------
    .. [1] Analytical Graphics, *CZML Guide*, version 1.0 (recalled): document, position,
       referenceFrame FIXED, polyline references.
    """
    packets = [_document(given), *_satellites(given), *_stations(given), *_lines(given)]
    texts = [json.dumps(one, allow_nan=False, separators=(",", ":")) for one in packets]
    return ("[\n" + ",\n".join(texts) + "\n]\n").encode("ascii")


def _interval(given: HandOver, start_s: float, end_s: float) -> str:
    return "/".join(given.timebase.iso(np.array([start_s, end_s])))


def _document(given: HandOver) -> dict[str, Any]:
    first_s = given.contacts[0].start_s if given.contacts else 0.0
    ends_s = [float(one.set_s[0]) for own in given.contacts for one in own.passes]
    last_s = max(ends_s, default=given.mission.duration_s)
    (begin,) = given.timebase.iso(np.array([first_s]))
    return {
        "id": "document",
        "name": given.mission.name,
        "version": "1.0",
        "clock": {
            "interval": _interval(given, min(0.0, first_s), max(last_s, given.mission.duration_s)),
            "currentTime": begin,
            "multiplier": 10,
        },
    }


def _satellites(given: HandOver) -> Iterator[dict[str, Any]]:
    names = satellite_slugs(given.mission)
    every = stretches(given)
    for craft in sorted({one.satellite for one in every}):
        own = [one for one in every if one.satellite == craft]
        positions = []
        for stretch in own:
            table = orbit_table(given, stretch, ends=True)
            (epoch,) = given.timebase.iso(table.time_s[:1])
            since_s = table.time_s - table.time_s[0]
            rows = np.concatenate([since_s[None], table.position_m]).T
            positions.append(
                {
                    "interval": _interval(given, table.stretch.start_s, table.stretch.end_s),
                    "epoch": epoch,
                    "referenceFrame": "FIXED",
                    "interpolationAlgorithm": "LAGRANGE",
                    "interpolationDegree": 5,
                    "cartesian": [round(one, 3) for one in rows.ravel().tolist()],
                }
            )
        name = given.mission.spacecraft[craft].satellite.name
        yield {
            "id": f"satellite-{names[craft]}",
            "name": name,
            "availability": _interval(given, own[0].start_s, own[-1].end_s),
            "position": _in_intervals(positions),
            "point": {"pixelSize": 8, "color": {"rgba": [255, 255, 255, 255]}},
            "label": {"text": name, "font": "12px sans-serif", "pixelOffset": _OFFSET},
            "path": {
                "leadTime": 300,
                "trailTime": 300,
                "width": 1,
                "material": {"solidColor": {"color": {"rgba": [255, 255, 255, 160]}}},
            },
        }


_OFFSET: Final = {"cartesian2": [0, -16]}
"""Where a label stands beside its point, to the right and down. [pixel]"""


def _in_intervals(positions: list[dict[str, Any]]) -> dict[str, Any] | list[dict[str, Any]]:
    """Return positions one after the other; a single one needs no interval."""
    if len(positions) > 1:
        return positions
    return {name: value for name, value in positions[0].items() if name != "interval"}


def _stations(given: HandOver) -> Iterator[dict[str, Any]]:
    names = station_slugs(given.mission)
    for station in sorted({one for contact in given.contacts for one in contact.stations}):
        site = given.mission.stations[station].site
        yield {
            "id": f"station-{names[station]}",
            "name": site.name,
            "position": {
                "referenceFrame": "FIXED",
                "cartesian": [round(one, 3) for one in site.itrf_m().tolist()],
            },
            "point": {"pixelSize": 8, "color": {"rgba": [90, 160, 255, 255]}},
            "label": {"text": site.name, "font": "12px sans-serif", "pixelOffset": _OFFSET},
        }


def _lines(given: HandOver) -> Iterator[dict[str, Any]]:
    """Lines while a station sees a satellite, and over them while that makes key."""
    crafts, sites = satellite_slugs(given.mission), station_slugs(given.mission)
    for contact in given.contacts:
        status = "scheduled" if contact.decision is None else contact.decision.status
        for station, one in zip(contact.stations, contact.passes, strict=True):
            ends = crafts[contact.satellite], sites[station]
            seen = _interval(given, float(one.rise_s[0]), float(one.set_s[0]))
            yield _line(contact, ends, what="visible", span=seen, rgba=VISIBLE, width=1)
            if contact.key_s is not None:
                key = _interval(given, *contact.key_s)
                rgba = COLOURS.get(status, VISIBLE)
                yield _line(contact, ends, what=status, span=key, rgba=rgba, width=3)


def _line(
    contact: Handed,
    ends: tuple[str, str],
    *,
    what: str,
    span: str,
    rgba: list[int],
    width: int,
) -> dict[str, Any]:
    craft, site = ends
    return {
        "id": f"{what}-{contact.contact_key}-{site}",
        "name": f"{contact.contact_key}: {what}",
        "availability": span,
        "polyline": {
            "positions": {
                "references": [f"satellite-{craft}#position", f"station-{site}#position"]
            },
            "arcType": "NONE",
            "width": width,
            "material": {"solidColor": {"color": {"rgba": rgba}}},
            "show": [{"interval": span, "boolean": True}],
        },
    }
