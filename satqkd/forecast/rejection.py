"""Why a pass cannot give key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from satqkd.forecast.constraints import OBSTACLES, Usage
from satqkd.key.result import KeyResult
from satqkd.mission.mission import GroundStation, Limits, Mission
from satqkd.passes.mount import Mount
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray

LABELS: Final = {
    "low": "too low",
    "daylight": "daylight",
    "range": "out of range",
    "outage": "outage",
    "absent": "not there",
    "sun": "Sun too near",
    "moon": "Moon too near",
    "stops": "beyond the mount's stops",
    "keyhole": "mount too slow",
    "cable": "cable too short",
    "acquisition": "acquisition",
}
"""Obstacles in words."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Case:
    """One pass and what stands in its way."""

    limits: Limits
    ground: GroundStation
    timebase: Timebase
    rise_s: float
    set_s: float
    culmination_deg: float
    lowest_sun_deg: float
    nearest_m: float
    sun_away_deg: float
    moon_away_deg: float

    @property
    def mount(self) -> Mount:
        return self.ground.terminal.mount or Mount()


def reject_reasons(
    mission: Mission,
    passes: PassTable,
    tracks: Tracks,
    *,
    timebase: Timebase,
    usage: Usage,
    keys: KeyResult,
) -> tuple[str | None, ...]:
    """Name the first obstacle of each pass, in the order of ``OBSTACLES``, or that there is no key.

    Parameters
    ----------
    mission
        Its limits.
    passes, tracks
        The passes and their series.
    timebase
        Mission time.
    usage
        What is left of the passes.
    keys
        What each pass would give.

    Returns
    -------
    tuple
        One sentence a pass, with the number that fell short; None where key can be made.
    """
    blocked = obstacle_reasons(mission, passes, tracks, timebase=timebase, usage=usage)
    return tuple(
        text if text is not None or bits else f"no key: {why}"
        for text, bits, why in zip(blocked, keys.secure_bits.tolist(), keys.why_zero, strict=True)
    )


def obstacle_reasons(
    mission: Mission, passes: PassTable, tracks: Tracks, *, timebase: Timebase, usage: Usage
) -> tuple[str | None, ...]:
    """Say of each pass of which nothing is usable why; None of the others.

    Parameters as for :func:`reject_reasons`.
    """
    if len(passes) == 0:
        return ()
    starts = tracks.starts[:-1]
    lowest_sun_deg = np.minimum.reduceat(tracks.sun_elevation_deg, starts)
    nearest_m = np.minimum.reduceat(tracks.range_m, starts)
    moon_away_deg = np.maximum.reduceat(tracks.moon_separation_deg, starts)
    left = np.logical_or.reduceat(usage.usable & (tracks.weight_s > 0.0), starts)

    def reason(i: int) -> str | None:
        if left[i]:
            return None
        case = _Case(
            limits=mission.limits,
            ground=mission.stations[int(passes.station[i])],
            timebase=timebase,
            rise_s=float(passes.rise_s[i]),
            set_s=float(passes.set_s[i]),
            culmination_deg=float(passes.max_elevation_deg[i]),
            lowest_sun_deg=float(lowest_sun_deg[i]),
            nearest_m=float(nearest_m[i]),
            sun_away_deg=float(usage.sun_separation_max_deg[i]),
            moon_away_deg=float(moon_away_deg[i]),
        )
        return _alone(case, usage.whole[:, i]) or _together(usage.lost_s[:, i])

    return tuple(reason(i) for i in range(len(passes)))


def _alone(case: _Case, whole: BoolArray) -> str | None:
    """Sentence for a pass that one obstacle takes all alone."""
    names = (name for name, taken in zip(OBSTACLES, whole, strict=True) if taken)
    name = next(names, None)
    return None if name is None else f"{_PREFIX.get(name, LABELS[name])}{_SAY[name](case)}"


def _together(lost_s: FloatArray) -> str:
    """Sentence for a pass that several obstacles take together."""
    taken = {name for name, s in zip(OBSTACLES, lost_s, strict=True) if s >= LEAST_TOLD_S}
    if taken <= {"low", "daylight", "range"}:
        return "never dark, high and near at the same time"
    return f"never free of every limit at once: {lost_in_words(lost_s)}"


LEAST_TOLD_S: Final = 0.5
"""What an obstacle has to take to be named beside others. [s]"""


def lost_in_words(lost_s: FloatArray) -> str:
    """Say what each obstacle takes; empty where nothing is lost."""
    return ", ".join(
        f"{LABELS[name]} {seconds:.0f} s"
        for name, seconds in zip(OBSTACLES, lost_s.tolist(), strict=True)
        if seconds >= LEAST_TOLD_S
    )


def _low(case: _Case) -> str:
    return f": culminates at {case.culmination_deg:.1f}°, limit {case.limits.min_elevation_deg:g}°"


def _daylight(case: _Case) -> str:
    limit_deg = case.limits.max_sun_elevation_deg
    return f": Sun at {case.lowest_sun_deg:.1f}°, limit {limit_deg:g}°"


def _range(case: _Case) -> str:
    limit_m = case.limits.max_range_m or np.inf
    return f": comes to {case.nearest_m / 1e3:.0f} km, limit {limit_m / 1e3:g} km"


def _outage(case: _Case) -> str:
    met = (
        outage
        for outage in case.ground.site.outages
        if case.timebase.seconds(outage.from_) <= case.set_s
        and case.rise_s < case.timebase.seconds(outage.to)
    )
    first = next(met, None)
    return "" if first is None else f": {first.why}, until {_utc(first.to)}"


def _absent(case: _Case) -> str:
    period = case.ground.site.available
    if period is None:
        return "not there"
    if period.from_ is not None and case.rise_s < case.timebase.seconds(period.from_):
        return f"not there yet: the station comes on {_utc(period.from_)}"
    return f"no longer there: the station leaves on {_utc(period.to)}" if period.to else "not there"


def _sun(case: _Case) -> str:
    limit_deg = case.ground.terminal.sun_exclusion_deg
    return f": at most {case.sun_away_deg:.1f}° away, limit {limit_deg:g}°"


def _moon(case: _Case) -> str:
    limit_deg = case.ground.terminal.moon_exclusion_deg
    return f": at most {case.moon_away_deg:.1f}° away, limit {limit_deg:g}°"


def _stops(case: _Case) -> str:
    low = case.mount.min_elevation_deg or 0.0
    high = 90.0 if case.mount.max_elevation_deg is None else case.mount.max_elevation_deg
    return f": culminates at {case.culmination_deg:.1f}°, stops at {low:g}° and {high:g}°"


def _slow(case: _Case) -> str:
    rates = {
        "azimuth": case.mount.max_azimuth_rate_deg_s,
        "elevation": case.mount.max_elevation_rate_deg_s,
    }
    limits = " and ".join(f"{rate:g}°/s in {axis}" for axis, rate in rates.items() if rate)
    return f": culminates at {case.culmination_deg:.1f}°, limit {limits}"


def _cable(case: _Case) -> str:
    low, high = case.mount.azimuth_range_deg or (-np.inf, np.inf)
    return f": no part of the pass lies within {low:g}…{high:g}° of azimuth"


def _acquisition(case: _Case) -> str:
    length_s = case.set_s - case.rise_s
    return f": the pass lasts {length_s:.0f} s, the mount takes {case.mount.acquisition_s:g} s"


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


_PREFIX: Final = {"absent": ""}
"""Obstacles whose sentence says more than their label."""

_SAY: Final[dict[str, Callable[[_Case], str]]] = {
    "low": _low,
    "daylight": _daylight,
    "range": _range,
    "outage": _outage,
    "absent": _absent,
    "sun": _sun,
    "moon": _moon,
    "stops": _stops,
    "keyhole": _slow,
    "cable": _cable,
    "acquisition": _acquisition,
}
"""What to say about a pass that one obstacle takes alone."""
