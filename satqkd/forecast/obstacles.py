"""Every limit as a value, and what a contact falls short by that it hides, in numbers and words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
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
from satqkd.units import FloatArray


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
    lowest_deg: float
    """Smallest elevation. [°]"""
    culmination_azimuth_deg: float
    lowest_sun_deg: float
    nearest_m: float
    """Smallest slant range. [m]"""
    sun_away_deg: float
    """Largest angle between satellite and Sun. [°]"""
    moon_away_deg: float
    azimuth_rate_deg_s: float
    """Largest rate of the azimuth. [°/s]"""
    elevation_rate_deg_s: float
    """Largest rate of the elevation. [°/s]"""
    uncertain_s: float = 0.0
    """How early or late it may come. [s]"""
    age_d: float = 0.0
    """Age of the elements. [d]"""
    manoeuvre: Manoeuvre | None = None
    """The first between the contact and its elements; None where none is declared."""
    usable_s: float = 0.0
    """What the other limits leave of it. [s]"""

    @property
    def mount(self) -> Mount:
        """The station's, or one without limits."""
        return self.ground.terminal.mount or Mount()

    def avoided(self) -> Iterator[AvoidWindow]:
        """Yield the windows to avoid that reach into it."""
        satellite, site = self.craft.satellite, self.ground.site
        names = satellite.name, design_name(satellite), site.name
        yield from (one for one in self.avoid if one.concerns(*names) and self.meets(one))

    def meets(self, stretch: Outage | AvoidWindow) -> bool:
        """Whether a stretch of time reaches into it."""
        seconds = self.timebase.seconds
        return seconds(stretch.from_) <= self.set_s and self.rise_s < seconds(stretch.to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """What hides a contact, or of several limits the one that would have to change first."""

    name: str
    """Of the obstacle; ``link`` where there is no link at all."""
    sentence: str
    """Why nothing of the contact is usable."""
    limit: float | None = None
    """What the limit asks for, in ``unit``; not applicable, so None, where it is no number."""
    reached: float | None = None
    """What the contact reached, in ``unit``; where several limits hide it together, while none of
    the others did. None where that is no number, or never was the case."""
    unit: str = ""
    """As people write it."""


Told = tuple[str, float | None, float | None, str]
"""A sentence, the limit in it, what is reached, and their unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One limit that can take samples."""

    name: str
    """In column names: ``lost_…_s``."""
    label: str
    """In words."""
    time_lost_to: str
    """What the column of its lost time says, to follow "Time lost to"."""
    told: Callable[[Case], Told]
    """About a contact that it takes all alone."""

    def hides(self, case: Case, *, sentence: str | None = None) -> Shortfall:
        """Return what a contact falls short by; ``sentence`` if it is not hidden by this alone."""
        words, limit, reached, unit = self.told(case)
        return Shortfall(
            name=self.name,
            sentence=sentence or words,
            limit=limit,
            reached=reached if reached is not None and math.isfinite(reached) else None,
            unit=unit,
        )


def _horizon(case: Case) -> Told:
    corners, heights = broken_line(case.ground.site)
    height = float(np.interp(case.culmination_azimuth_deg, corners, heights, period=360.0))
    reached = case.culmination_deg
    return (
        f"behind the horizon: culminates at {reached:.1f}°, horizon there at {height:.1f}°",
        height,
        reached,
        "°",
    )


def _low(case: Case) -> Told:
    reached, limit = case.culmination_deg, case.limits.min_elevation_deg
    return f"too low: culminates at {reached:.1f}°, limit {limit:g}°", limit, reached, "°"


def _daylight(case: Case) -> Told:
    reached, limit = case.lowest_sun_deg, case.limits.max_sun_elevation_deg
    return f"daylight: Sun at {reached:.1f}°, limit {limit:g}°", limit, reached, "°"


def _range(case: Case) -> Told:
    reached, limit = case.nearest_m / 1e3, (case.limits.max_range_m or np.inf) / 1e3
    return f"out of range: comes to {reached:.0f} km, limit {limit:g} km", limit, reached, "km"


def _outage(case: Case) -> Told:
    for whose, outages in (
        ("", case.ground.site.outages),
        (f" of {case.craft.satellite.name}", case.craft.outages),
    ):
        first = next(filter(case.meets, outages), None)
        if first is not None:
            return f"outage{whose}: {first.why}, until {utc(first.to)}", None, None, ""
    return "outage", None, None, ""


def _avoid(case: Case) -> Told:
    first = next(case.avoided(), None)
    words = "" if first is None else f": {first.why}, until {utc(first.to)}"
    return f"window to avoid{words}", None, None, ""


def _absent(case: Case) -> Told:
    period, words = case.ground.site.available, "not there"
    if period is not None and period.from_ and case.rise_s < case.timebase.seconds(period.from_):
        words = f"not there yet: the station comes on {utc(period.from_)}"
    elif period is not None and period.to:
        words = f"no longer there: the station leaves on {utc(period.to)}"
    return words, None, None, ""


def _sun(case: Case) -> Told:
    return _away("Sun", case.sun_away_deg, case.ground.terminal.sun_exclusion_deg)


def _moon(case: Case) -> Told:
    return _away("Moon", case.moon_away_deg, case.ground.terminal.moon_exclusion_deg)


def _away(body: str, away_deg: float, exclusion_deg: float | None) -> Told:
    limit_deg = exclusion_deg or 0.0
    words = f"{body} too near: at most {away_deg:.1f}° away, limit {limit_deg:g}°"
    return words, limit_deg, away_deg, "°"


def _stops(case: Case) -> Told:
    low = case.mount.min_elevation_deg or 0.0
    high = 90.0 if case.mount.max_elevation_deg is None else case.mount.max_elevation_deg
    words = (
        f"beyond the mount's stops: culminates at {case.culmination_deg:.1f}°, "
        f"stops at {low:g}° and {high:g}°"
    )
    if case.culmination_deg < low:
        return words, low, case.culmination_deg, "°"
    return words, high, case.lowest_deg, "°"


def _slow(case: Case) -> Told:
    """The axis is told that falls short by most."""
    axes = (
        ("azimuth", case.mount.max_azimuth_rate_deg_s, case.azimuth_rate_deg_s),
        ("elevation", case.mount.max_elevation_rate_deg_s, case.elevation_rate_deg_s),
    )
    given = [(name, limit, reached) for name, limit, reached in axes if limit]
    limits = " and ".join(f"{limit:g}°/s in {name}" for name, limit, _ in given)
    _, limit, reached = max(given, key=lambda one: one[2] / one[1], default=("", None, None))
    return (
        f"mount too slow: culminates at {case.culmination_deg:.1f}°, limit {limits}",
        limit,
        reached,
        "°/s",
    )


def _cable(case: Case) -> Told:
    low, high = case.mount.azimuth_range_deg or (-np.inf, np.inf)
    return (
        f"cable too short: no part of the pass lies within {low:g}…{high:g}° of azimuth",
        None,
        None,
        "",
    )


def _acquisition(case: Case) -> Told:
    length_s, limit_s = case.set_s - case.rise_s, case.mount.acquisition_s
    words = f"acquisition: the pass lasts {length_s:.0f} s, the mount takes {limit_s:g} s"
    return words, limit_s, length_s, "s"


def _uncertain(case: Case) -> Told:
    if case.manoeuvre is not None:
        side = "after" if case.age_d > 0.0 else "before"
        words = f"{side} the manoeuvre of {case.manoeuvre}, with elements from across it"
        return f"no prediction: {words}", None, None, ""
    side = "old" if case.age_d > 0.0 else "ahead"
    words = (
        f"no prediction: elements {abs(case.age_d):.0f} days {side}, it may come "
        f"{case.uncertain_s:.0f} s early or late, longer than it is usable"
    )
    return words, case.usable_s, case.uncertain_s, "s"


def utc(moment: datetime) -> str:
    """Return an instant to the second, ISO 8601."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


OBSTACLES: Final[tuple[Obstacle, ...]] = tuple(
    Obstacle(name=name, label=label, time_lost_to=time_lost_to, told=told)
    for name, label, time_lost_to, told in (
        ("horizon", "behind the horizon", "what stands around the station", _horizon),
        ("low", "too low", "standing below the mission's lowest elevation", _low),
        ("daylight", "daylight", "the Sun standing too high at the station", _daylight),
        ("range", "out of range", "being beyond the mission's largest range", _range),
        ("outage", "outage", "outages of the station or the satellite", _outage),
        ("absent", "not there", "the station not standing there yet, or no longer", _absent),
        ("avoid", "window to avoid", "windows to avoid, in which no light may be sent", _avoid),
        ("sun", "Sun too near", "the Sun's exclusion angle", _sun),
        ("moon", "Moon too near", "the Moon's exclusion angle", _moon),
        ("stops", "beyond the mount's stops", "the stops of the mount's elevation axis", _stops),
        ("keyhole", "mount too slow",
         ("axes too slow for the satellite: the keyhole at the zenith, catching up included"),
         _slow),
        ("cable", "cable too short", "the cable of the azimuth axis", _cable),
        ("acquisition", "acquisition", "acquiring the satellite, after each interruption",
         _acquisition),
        ("uncertain", "no prediction",
         ("elements so old that the contact may come earlier or later by more than what is left "
          "of it, or from across a declared manoeuvre"),
         _uncertain),
    )
)  # fmt: skip
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
