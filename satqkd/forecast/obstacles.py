"""Every limit as a value: its name, its words, and the sentence for what it takes alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from satqkd.elements.manoeuvre import Manoeuvre
from satqkd.elements.synthetic import design_name
from satqkd.mission.avoid import AvoidWindow
from satqkd.mission.mission import GroundStation, Limits, Spacecraft
from satqkd.passes.horizon_line import broken_line
from satqkd.passes.mount import Mount
from satqkd.passes.station import Outage
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One contact and what stands in its way."""

    limits: Limits
    craft: Spacecraft
    ground: GroundStation
    avoid: tuple[AvoidWindow, ...]
    timebase: Timebase
    rise_s: float
    set_s: float
    culmination_deg: float
    culmination_azimuth_deg: float
    lowest_sun_deg: float
    nearest_m: float
    sun_away_deg: float
    moon_away_deg: float
    uncertain_s: float = 0.0
    """How early or late it may come. [s]"""
    age_d: float = 0.0
    """Age of the elements. [d]"""
    manoeuvre: Manoeuvre | None = None
    """The first between the contact and its elements; None where none is declared."""

    @property
    def mount(self) -> Mount:
        """The station's, or one without limits."""
        return self.ground.terminal.mount or Mount()

    def meets(self, stretch: Outage | AvoidWindow) -> bool:
        """Whether a stretch of time reaches into it."""
        seconds = self.timebase.seconds
        return seconds(stretch.from_) <= self.set_s and self.rise_s < seconds(stretch.to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One limit that can take samples."""

    name: str
    """In column names: ``lost_…_s``."""
    label: str
    """In words."""
    time_lost_to: str
    """What the column of its lost time says, to follow "Time lost to"."""
    sentence: Callable[[Case], str]
    """About a contact that it takes all alone, with the number that fell short."""


def _horizon(case: Case) -> str:
    corners, heights = broken_line(case.ground.site)
    height = float(np.interp(case.culmination_azimuth_deg, corners, heights, period=360.0))
    return f": culminates at {case.culmination_deg:.1f}°, horizon there at {height:.1f}°"


def _low(case: Case) -> str:
    return f": culminates at {case.culmination_deg:.1f}°, limit {case.limits.min_elevation_deg:g}°"


def _daylight(case: Case) -> str:
    limit_deg = case.limits.max_sun_elevation_deg
    return f": Sun at {case.lowest_sun_deg:.1f}°, limit {limit_deg:g}°"


def _range(case: Case) -> str:
    limit_m = case.limits.max_range_m or np.inf
    return f": comes to {case.nearest_m / 1e3:.0f} km, limit {limit_m / 1e3:g} km"


def _outage(case: Case) -> str:
    for whose, outages in (
        ("", case.ground.site.outages),
        (f" of {case.craft.satellite.name}", case.craft.outages),
    ):
        first = next(filter(case.meets, outages), None)
        if first is not None:
            return f"{whose}: {first.why}, until {_utc(first.to)}"
    return ""


def _avoid(case: Case) -> str:
    satellite, site = case.craft.satellite, case.ground.site
    names = satellite.name, design_name(satellite), site.name
    own = (one for one in case.avoid if one.concerns(*names) and case.meets(one))
    first = next(own, None)
    return "" if first is None else f": {first.why}, until {_utc(first.to)}"


def _absent(case: Case) -> str:
    period = case.ground.site.available
    if period is None:
        return "not there"
    if period.from_ is not None and case.rise_s < case.timebase.seconds(period.from_):
        return f"not there yet: the station comes on {_utc(period.from_)}"
    return f"no longer there: the station leaves on {_utc(period.to)}" if period.to else "not there"


def _sun(case: Case) -> str:
    limit_deg = case.ground.terminal.sun_exclusion_deg
    return f": at most {case.sun_away_deg:.1f}° away, limit {limit_deg:g}°"


def _moon(case: Case) -> str:
    limit_deg = case.ground.terminal.moon_exclusion_deg
    return f": at most {case.moon_away_deg:.1f}° away, limit {limit_deg:g}°"


def _stops(case: Case) -> str:
    low = case.mount.min_elevation_deg or 0.0
    high = 90.0 if case.mount.max_elevation_deg is None else case.mount.max_elevation_deg
    return f": culminates at {case.culmination_deg:.1f}°, stops at {low:g}° and {high:g}°"


def _slow(case: Case) -> str:
    rates = {
        "azimuth": case.mount.max_azimuth_rate_deg_s,
        "elevation": case.mount.max_elevation_rate_deg_s,
    }
    limits = " and ".join(f"{rate:g}°/s in {axis}" for axis, rate in rates.items() if rate)
    return f": culminates at {case.culmination_deg:.1f}°, limit {limits}"


def _cable(case: Case) -> str:
    low, high = case.mount.azimuth_range_deg or (-np.inf, np.inf)
    return f": no part of the pass lies within {low:g}…{high:g}° of azimuth"


def _acquisition(case: Case) -> str:
    length_s = case.set_s - case.rise_s
    return f": the pass lasts {length_s:.0f} s, the mount takes {case.mount.acquisition_s:g} s"


def _uncertain(case: Case) -> str:
    if case.manoeuvre is not None:
        side = "after" if case.age_d > 0.0 else "before"
        return f": {side} the manoeuvre of {case.manoeuvre}, with elements from across it"
    side = "old" if case.age_d > 0.0 else "ahead"
    return (
        f": elements {abs(case.age_d):.0f} days {side}, it may come {case.uncertain_s:.0f} s early "
        "or late, longer than it is usable"
    )


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


OBSTACLES: Final = (
    Obstacle(
        name="horizon",
        label="behind the horizon",
        time_lost_to="what stands around the station",
        sentence=lambda case: "behind the horizon" + _horizon(case),
    ),
    Obstacle(
        name="low",
        label="too low",
        time_lost_to="standing below the mission's lowest elevation",
        sentence=lambda case: "too low" + _low(case),
    ),
    Obstacle(
        name="daylight",
        label="daylight",
        time_lost_to="the Sun standing too high at the station",
        sentence=lambda case: "daylight" + _daylight(case),
    ),
    Obstacle(
        name="range",
        label="out of range",
        time_lost_to="being beyond the mission's largest range",
        sentence=lambda case: "out of range" + _range(case),
    ),
    Obstacle(
        name="outage",
        label="outage",
        time_lost_to="outages of the station or the satellite",
        sentence=lambda case: "outage" + _outage(case),
    ),
    Obstacle(
        name="absent",
        label="not there",
        time_lost_to="the station not standing there yet, or no longer",
        sentence=_absent,
    ),
    Obstacle(
        name="avoid",
        label="window to avoid",
        time_lost_to="windows to avoid, in which no light may be sent",
        sentence=lambda case: "window to avoid" + _avoid(case),
    ),
    Obstacle(
        name="sun",
        label="Sun too near",
        time_lost_to="the Sun's exclusion angle",
        sentence=lambda case: "Sun too near" + _sun(case),
    ),
    Obstacle(
        name="moon",
        label="Moon too near",
        time_lost_to="the Moon's exclusion angle",
        sentence=lambda case: "Moon too near" + _moon(case),
    ),
    Obstacle(
        name="stops",
        label="beyond the mount's stops",
        time_lost_to="the stops of the mount's elevation axis",
        sentence=lambda case: "beyond the mount's stops" + _stops(case),
    ),
    Obstacle(
        name="keyhole",
        label="mount too slow",
        time_lost_to="axes too slow for the satellite: the keyhole at the zenith, catching up "
        "included",
        sentence=lambda case: "mount too slow" + _slow(case),
    ),
    Obstacle(
        name="cable",
        label="cable too short",
        time_lost_to="the cable of the azimuth axis",
        sentence=lambda case: "cable too short" + _cable(case),
    ),
    Obstacle(
        name="acquisition",
        label="acquisition",
        time_lost_to="acquiring the satellite, after each interruption",
        sentence=lambda case: "acquisition" + _acquisition(case),
    ),
    Obstacle(
        name="uncertain",
        label="no prediction",
        time_lost_to="elements so old that the contact may come earlier or later by more than what "
        "is left of it, or from across a declared manoeuvre",
        sentence=lambda case: "no prediction" + _uncertain(case),
    ),
)
"""What can take a sample; where several do, the first of them is named and charged."""

NAMES: Final = tuple(obstacle.name for obstacle in OBSTACLES)
"""Their names, in order."""

LEAST_NAMED_S: Final = 0.5
"""What an obstacle has to take to be named beside others. [s]"""


def lost_in_words(lost_s: FloatArray) -> str:
    """Say what each obstacle takes, in order; empty where nothing is lost."""
    return ", ".join(
        f"{obstacle.label} {seconds:.0f} s"
        for obstacle, seconds in zip(OBSTACLES, lost_s.tolist(), strict=True)
        if seconds >= LEAST_NAMED_S
    )


def why_taken(case: Case, *, whole: BoolArray, lost_s: FloatArray) -> str:
    """Say why nothing of a contact is usable.

    Parameters
    ----------
    case
        The contact.
    whole
        Obstacles that cover it all alone, shape (obstacles,): the first of them is named.
    lost_s
        Time each takes, for one that several take together. [s]
    """
    for obstacle, taken in zip(OBSTACLES, whole.tolist(), strict=True):
        if taken:
            return obstacle.sentence(case)
    taken_by = {name for name, s in zip(NAMES, lost_s.tolist(), strict=True) if s >= LEAST_NAMED_S}
    if taken_by <= {"low", "daylight", "range"}:
        return "never dark, high and near at the same time"
    return f"never free of every limit at once: {lost_in_words(lost_s)}"
