"""Where a mission's limits, and the light, change along a pass: values and instants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from satqkd.constants import SUN_RADIUS_M
from satqkd.elements.synthetic import design_name
from satqkd.link.background.moonlight import MOON_RADIUS_DEG
from satqkd.mission.mission import GroundStation, Mission, Spacecraft
from satqkd.passes.eclipse import LARGEST_SUN
from satqkd.passes.edges import Edges, Looks, Threshold, crossings, grid, turns
from satqkd.passes.exclusion import BELOW_HORIZON_DEG
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.passes.tracks import Courses
from satqkd.units import BoolArray, IntArray

ROUNDING_DEG: Final = 1e-3
"""So much under the mission's lowest elevation a sample is not low: rises are found in SGP4, series
are interpolated up to 7 m from it. [°]"""

OF_LIGHT: Final = (
    Threshold(column="moon_elevation_deg", value=0.0),  # moonlight
    Threshold(column="sun_elevation_deg", value=0.0),  # daylight
    Threshold(column="sun_elevation_deg", value=-5.0),  # twilight's fits begin
)
"""Where a source of stray light begins or changes its law."""

PENUMBRA: Final = (-1.0, -0.9, -0.6, 0.6, 0.9, 1.0)
"""Where light changes as a satellite comes out of the shadow, in radii of the Sun. The Sun comes up
as the 3/2 power of the way from either end, which no polynomial follows there: derived here, of
these pieces each is good to 1e-6 of the Sun."""

SUN_STEP: Final = 2e-3
"""Numerical: so finely, as a share of the largest, the size of the Sun is told on its date."""

AUREOLE_DEG: Final = (MOON_RADIUS_DEG, 0.4, 0.63, 1.0, 1.6, 2.5, 4.0, 6.3, 10.0, 16.0, 25.0, 40.0)
"""Where the sky about a body that is up is looked at anew: each is so much brighter than the last
that both are smooth only by themselves. The Moon's law has steps at its limb and at 10°
[Krisciunas and Schaefer, PASP 103, 1033 (1991)]. [°]"""

UP_DEG: Final = {"moon": 0.0, "sun": -5.0}
"""Elevation from which each lights the sky about itself. [°]"""


def thresholds_of(mission: Mission, ground: GroundStation) -> tuple[Threshold, ...]:
    """Values at which a limit of a mission, a station or its mount begins or ends."""
    return tuple(dict.fromkeys(_of_limits(mission, ground)))


def _of_limits(mission: Mission, ground: GroundStation) -> Iterator[Threshold]:
    limits, terminal = mission.limits, ground.terminal
    yield Threshold(column="elevation_deg", value=limits.min_elevation_deg - ROUNDING_DEG)
    yield Threshold(column="sun_elevation_deg", value=limits.max_sun_elevation_deg)
    if limits.max_range_m is not None:
        yield Threshold(column="range_m", value=limits.max_range_m)
    bodies = {"sun": terminal.sun_exclusion_deg, "moon": terminal.moon_exclusion_deg}
    for body, exclusion_deg in bodies.items():
        if exclusion_deg is not None:
            yield Threshold(column=f"{body}_separation_deg", value=exclusion_deg)
            yield Threshold(column=f"{body}_elevation_deg", value=BELOW_HORIZON_DEG)
    mount = terminal.mount
    if mount is None:
        return
    for stop_deg in (mount.min_elevation_deg, mount.max_elevation_deg):
        if stop_deg is not None:
            yield Threshold(column="elevation_deg", value=stop_deg)
            if mount.flip:
                yield Threshold(column="elevation_deg", value=180.0 - stop_deg)
    for end_deg in mount.azimuth_range_deg or ():
        yield Threshold(column="azimuth_deg", value=end_deg % 360.0)
        if mount.flip:
            yield Threshold(column="azimuth_deg", value=(end_deg + 180.0) % 360.0)


def instants_of(
    mission: Mission, timebase: Timebase, ground: GroundStation, craft: Spacecraft
) -> tuple[float, ...]:
    """Instants at which something that has a date begins or ends for a satellite and a station.

    In mission seconds: outages of either, the station's stay, windows to avoid. [s]
    """
    site, satellite = ground.site, craft.satellite
    names = satellite.name, design_name(satellite), site.name
    spans: list[tuple[datetime | None, datetime | None]] = [
        *((one.from_, one.to) for one in (*site.outages, *craft.outages)),
        *((one.from_, one.to) for one in mission.avoid if one.concerns(*names)),
    ]
    if site.available is not None:
        spans.append((site.available.from_, site.available.to))
    return tuple(timebase.seconds(at) for span in spans for at in span if at is not None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Looked:
    """What contacts look like from one side, whatever the limits."""

    seen: Looks
    """On a grid, and where something is highest, nearest or farthest apart."""
    tops: Edges
    """Culminations within their contacts."""
    nearest: Mapping[str, Edges]
    """Where each body comes nearest to the satellite."""

    @staticmethod
    def of(courses: Courses) -> Looked:
        """Look at contacts."""
        passes = courses.passes
        top = np.flatnonzero(
            (passes.culmination_s > passes.rise_s) & (passes.culmination_s < passes.set_s)
        )
        tops = Edges(owner=top, time_s=passes.culmination_s[top])
        seen = Looks.at(courses, Edges.join([grid(passes.rise_s, passes.set_s), tops]))
        nearest = {body: turns(seen, f"{body}_separation_deg") for body in UP_DEG}
        seen = seen.also(Edges.join([turns(seen, "range_m"), *nearest.values()]))
        return Looked(seen=seen, tops=tops, nearest=nearest)

    def take(self, rows: IntArray) -> Looked:
        """Return some of the contacts, each once, in that order."""
        count = len(self.seen.courses.passes)
        return Looked(
            seen=self.seen.take(rows),
            tops=self.tops.take(rows, count),
            nearest={body: own.take(rows, count) for body, own in self.nearest.items()},
        )


Asked = Sequence[tuple[Mission, IntArray]]
"""Missions, each with the contacts that are held against its limits."""


def edges_of(mission: Mission, timebase: Timebase, looked: Looked, *, light: bool = True) -> Edges:
    """Find where limits begin or end, and, unless ``light`` is false, where the light changes."""
    seen, passes = looked.seen, looked.seen.courses.passes
    asked = [(mission, np.arange(len(passes)))]
    if not light:
        return edges_of_limits(asked, timebase, looked)
    thresholds = _thresholds(asked, passes)
    dark = seen.any_of(seen.columns["sun_elevation_deg"] < mission.limits.max_sun_elevation_deg)
    of_light = [*((one, dark) for one in OF_LIGHT), *_of_penumbra(looked, dark)]
    for one, here in of_light:
        thresholds[one] = thresholds[one] | here if one in thresholds else here
    about = {
        body: dark & seen.any_of(seen.columns[f"{body}_elevation_deg"] > up_deg)
        for body, up_deg in UP_DEG.items()
    }
    for body, here in about.items():
        for angle_deg in AUREOLE_DEG:
            one = Threshold(column=f"{body}_separation_deg", value=angle_deg)
            thresholds[one] = thresholds[one] | here if one in thresholds else here
    return Edges.join(
        [
            looked.tops,
            *(own.of_passes(about[body]) for body, own in looked.nearest.items()),
            crossings(seen, thresholds),
            _dates(asked, timebase, passes),
        ]
    )


def _of_penumbra(looked: Looked, dark: BoolArray) -> Iterator[tuple[Threshold, BoolArray]]:
    """Yield where light changes in the penumbra, and the contacts on whose dates the Sun is so."""
    courses = looked.seen.courses
    sun_m = np.linalg.norm(courses.scene.bodies.sun_itrf_m(courses.passes.culmination_s), axis=0)
    size = np.ceil(SUN_RADIUS_M / sun_m / LARGEST_SUN / SUN_STEP).astype(np.int64)
    for steps in np.unique(size[dark]).tolist():
        for share in PENUMBRA:
            yield Threshold(column="shadow", value=share * SUN_STEP * steps), dark & (size == steps)


def edges_of_limits(asked: Asked, timebase: Timebase, looked: Looked) -> Edges:
    """Find where limits begin or end, of contacts each of which has a mission of its own."""
    seen, passes = looked.seen, looked.seen.courses.passes
    found = crossings(seen, _thresholds(asked, passes))
    return Edges.join([looked.tops, found, _dates(asked, timebase, passes)])


def _thresholds(asked: Asked, passes: PassTable) -> dict[Threshold, BoolArray]:
    """Values at which something begins or ends, and the contacts that each concerns."""
    found: dict[Threshold, BoolArray] = {}
    for mission, rows in asked:
        own: dict[tuple[Threshold, ...], list[int]] = {}
        for station in np.unique(passes.station[rows]).tolist():
            own.setdefault(thresholds_of(mission, mission.stations[station]), []).append(station)
        for thresholds, stations in own.items():
            here = rows[np.isin(passes.station[rows], stations)]
            for one in thresholds:
                found.setdefault(one, np.zeros(len(passes), dtype=np.bool_))[here] = True
    return found


def _dates(asked: Asked, timebase: Timebase, passes: PassTable) -> Edges:
    """Begin and end of whatever has a date, within the contacts."""
    owners, dates_s = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for mission, rows in asked:
        satellite, station = passes.satellite[rows], passes.station[rows]
        for craft, ground in sorted(set(zip(satellite.tolist(), station.tolist(), strict=True))):
            at = instants_of(mission, timebase, mission.stations[ground], mission.spacecraft[craft])
            if not at:
                continue
            mine = rows[(satellite == craft) & (station == ground)]
            for instant_s in at:
                own = mine[(passes.rise_s[mine] < instant_s) & (instant_s < passes.set_s[mine])]
                owners.append(own)
                dates_s.append(np.full(own.size, instant_s))
    return Edges(owner=np.concatenate(owners), time_s=np.concatenate(dates_s))
