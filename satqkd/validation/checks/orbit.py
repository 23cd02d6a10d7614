"""Checks of elements and passes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

import numpy as np

from satqkd.constants import EARTH_GM_M3_S2, WGS84_RADIUS_M
from satqkd.elements.satellite import ElementSet, Satellite
from satqkd.elements.tle import parse_tle
from satqkd.errors import InputError, SatqkdError
from satqkd.passes.bodies import Bodies
from satqkd.passes.find import find_passes
from satqkd.passes.station import Station
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import sample
from satqkd.validation.claim import Value

AROUND_S = 3_600.0
"""A pass is looked for so long before and after the time named; less than one orbit. [s]"""
STEP_S = 0.1
"""Fine enough that a duration is good to a tenth of a second. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """One pass with its series."""

    timebase: Timebase
    row: PassTable
    """A table of one row."""
    tracks: Tracks


@dataclass(frozen=True, slots=True, kw_only=True)
class Overpass:
    """Geometry of one pass of Micius over a station."""

    elements: str
    """Epoch of a packaged element set, as line 1 prints it."""
    station: Station
    near: datetime
    """A time within an hour of the pass."""
    max_range_m: float

    def figures(self) -> Mapping[str, Value]:
        """Angles in degrees, ranges in kilometres, durations in seconds."""
        seen = overpass(self.elements, self.station, self.near)
        tracks, culmination_s = seen.tracks, float(seen.row.culmination_s[0])
        begun = (tracks.elevation_deg >= 15.0) | (tracks.time_s > culmination_s)
        local = seen.timebase.utc(culmination_s).astimezone(self.station.zone)
        return {
            "max elevation": float(seen.row.max_elevation_deg[0]),
            "min range": float(tracks.range_m.min()) / 1e3,
            "above 10 deg": float(seen.row.set_s[0] - seen.row.rise_s[0]),
            "15 to 10 deg": float(tracks.weight_s[begun].sum()),
            "within range": float(tracks.weight_s[tracks.range_m <= self.max_range_m].sum()),
            "after local midnight": local.hour * 60.0 + local.minute + local.second / 60.0,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanHeight:
    """Mean height of an orbit above the equator's radius, by Kepler's third law."""

    line_1: str
    line_2: str

    def figures(self) -> Mapping[str, Value]:
        """Height in kilometres."""
        (element_set,) = parse_tle(f"{self.line_1}\n{self.line_2}\n", file="case")
        motion_rad_s = 2.0 * math.pi / element_set.period_s
        axis_m = math.cbrt(EARTH_GM_M3_S2 / motion_rad_s**2)
        return {"mean height": (axis_m - WGS84_RADIUS_M) / 1e3}


REASONS = {"checksum is": "checksum", "columns, not": "length", "must be blank": "layout"}
"""What the parser's messages say, and what they are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An element set that has to be refused."""

    line_1: str
    line_2: str

    def figures(self) -> Mapping[str, Value]:
        """What the mistakes found are about."""
        try:
            parse_tle(f"{self.line_1}\n{self.line_2}\n", file="case")
        except InputError as error:
            reasons = dict.fromkeys(_reason(finding.message) for finding in error.findings)
            return {"mistake": ", ".join(reasons)}
        return {"mistake": "accepted"}


def overpass(elements: str, station: Station, near: datetime) -> Seen:
    """Find and sample the pass that culminates nearest to a time."""
    timebase = Timebase.starting(near - timedelta(seconds=AROUND_S))
    (chosen,) = (s for s in packaged_elements() if _epoch_text(s) == elements)
    satellite = Satellite(name="Micius", norad_id=chosen.norad_id, element_sets=(chosen,))
    found = find_passes([satellite], [station], timebase, duration_s=2.0 * AROUND_S)
    if len(found.table) == 0:
        raise SatqkdError(f"no pass over {station.name} within an hour of {near.isoformat()}")
    nearest = int(np.argmin(np.abs(found.table.culmination_s - AROUND_S)))
    row = found.table.take(np.array([nearest]))
    bodies = Bodies.over(timebase, start_s=0.0, end_s=2.0 * AROUND_S)
    tracks = sample(row, found.chains, [station], bodies, step_s=STEP_S)
    return Seen(timebase=timebase, row=row, tracks=tracks)


@cache
def packaged_elements() -> tuple[ElementSet, ...]:
    """Return the element sets of the packaged campaign."""
    path = files("satqkd").joinpath("presets", "micius-2016-campaign", "data", "tle", "micius.tle")
    return parse_tle(path.read_text(encoding="utf-8"), file="micius.tle")


def _epoch_text(element_set: ElementSet) -> str:
    """Return the epoch as line 1 prints it."""
    start = datetime(element_set.epoch.year, 1, 1, tzinfo=element_set.epoch.tzinfo)
    since = element_set.epoch - start
    hundred_millionths = (since.seconds * 10**6 + since.microseconds) // 864
    return f"{start:%y}{since.days + 1:03d}.{hundred_millionths:08d}"


def _reason(message: str) -> str:
    return next((word for text, word in REASONS.items() if text in message), message)
