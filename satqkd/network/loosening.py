"""What could be different for a hidden contact, obstacle by obstacle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from satqkd.constants import DAY_S
from satqkd.network.levers import Act, Asking, Hidden, Lever, Scale
from satqkd.network.loosened_dates import availability, outages, windows_to_avoid
from satqkd.network.situation import Situation
from satqkd.passes.exclusion import BELOW_HORIZON_DEG
from satqkd.passes.table import Tracks
from satqkd.units import FloatArray

FASTEST_DEG_S: Final = 1e3
"""Rate of an axis that no satellite asks for: it would cross the sky in a fraction of a second.
[°/s]"""


def _degrees(value: float) -> str:
    return f"{value:g}°"


def _loosen(verb: str, what: str) -> Callable[[str, str], str]:
    return lambda before, after: f"{verb} {what} from {before} to {after}"


def _low(hidden: Hidden) -> Iterator[Lever]:
    yield Scale(
        words=_loosen("lower", "min_elevation of the mission"),
        before=hidden.mission.limits.min_elevation_deg,
        step=-0.1,
        end=0.0,
        put=lambda one, value: one.with_limits(min_elevation_deg=value),
        shown=_degrees,
        needed=lambda tracks: tracks.elevation_deg,
    )


def _daylight(hidden: Hidden) -> Iterator[Lever]:
    yield Scale(
        words=_loosen("raise", "max_sun_elevation of the mission"),
        before=hidden.mission.limits.max_sun_elevation_deg,
        step=0.1,
        end=90.0,
        put=lambda one, value: one.with_limits(max_sun_elevation_deg=value),
        shown=_degrees,
        needed=lambda tracks: tracks.sun_elevation_deg,
    )


def _range(hidden: Hidden) -> Iterator[Lever]:
    before_m = hidden.mission.limits.max_range_m
    if before_m is not None:
        looks = [side.looked.seen.columns["range_m"] for side in hidden.followed.sides]
        farthest_m = max(float(range_m.max()) for range_m in looks)
        yield Scale(
            words=_loosen("raise", "max_range of the mission"),
            before=before_m,
            step=1e3,
            end=max(before_m, farthest_m) + 1e3,
            put=lambda one, value: one.with_limits(max_range_m=value),
            shown=lambda value: f"{value / 1e3:g} km",
            needed=lambda tracks: tracks.range_m,
        )


def _terminal(station: int, field: str) -> Callable[[Situation, float], Situation]:
    return lambda one, value: one.with_terminal([station], **{field: value})


def _mount(station: int, field: str) -> Callable[[Situation, Any], Situation]:
    return lambda one, value: one.with_mount([station], **{field: value})


def _sun(hidden: Hidden) -> Iterator[Lever]:
    yield from _exclusion(
        hidden, "sun", lambda tracks: (tracks.sun_separation_deg, tracks.sun_elevation_deg)
    )


def _moon(hidden: Hidden) -> Iterator[Lever]:
    yield from _exclusion(
        hidden, "moon", lambda tracks: (tracks.moon_separation_deg, tracks.moon_elevation_deg)
    )


def _exclusion(
    hidden: Hidden, body: str, where: Callable[[Tracks], tuple[FloatArray, FloatArray]]
) -> Iterator[Lever]:
    """Yield the exclusion angle of each station; a body that has set asks for none."""

    def needed(tracks: Tracks) -> FloatArray:
        away_deg, height_deg = where(tracks)
        return np.where(height_deg > BELOW_HORIZON_DEG, away_deg, 180.0)

    for station in hidden.stations:
        before = getattr(hidden.mission.stations[station].terminal, f"{body}_exclusion_deg")
        if before is not None:
            yield Scale(
                words=_loosen("lower", f"{body}_exclusion of {hidden.name(station)}"),
                before=before,
                step=-0.1,
                end=0.0,
                put=_terminal(station, f"{body}_exclusion_deg"),
                shown=_degrees,
                needed=needed,
                stations=(station,),
            )


def _stops(hidden: Hidden) -> Iterator[Lever]:
    yield from _of_mount(hidden, "lower", "min_elevation", "deg", "°", step=-0.1, end=0.0)
    yield from _of_mount(hidden, "raise", "max_elevation", "deg", "°", step=0.1, end=180.0)


def _keyhole(hidden: Hidden) -> Iterator[Lever]:
    for axis in ("azimuth", "elevation"):
        yield from _of_mount(
            hidden, "raise", f"max_{axis}_rate", "deg_s", "°/s", step=0.01, end=FASTEST_DEG_S
        )


def _acquisition(hidden: Hidden) -> Iterator[Lever]:
    yield from _of_mount(hidden, "shorten", "acquisition", "s", " s", step=-1.0, end=0.0)


def _of_mount(
    hidden: Hidden, verb: str, key: str, ending: str, unit: str, *, step: float, end: float
) -> Iterator[Lever]:
    """Yield a number of each station's mount that is given."""
    for station in hidden.stations:
        mount = hidden.mission.stations[station].terminal.mount
        before = None if mount is None else getattr(mount, f"{key}_{ending}")
        if before is not None:
            yield Scale(
                words=_loosen(verb, f"mount.{key} of {hidden.name(station)}"),
                before=before,
                step=step,
                end=max(before, end) if step > 0.0 else end,
                put=_mount(station, f"{key}_{ending}"),
                shown=lambda value: f"{value:g}{unit}",
            )


def _cable(hidden: Hidden) -> Iterator[Lever]:
    """Yield the range of each azimuth axis, as degrees more at either end."""
    for station in hidden.stations:
        mount = hidden.mission.stations[station].terminal.mount
        if mount is not None and mount.azimuth_range_deg is not None:
            yield _wider(hidden.name(station), station, mount.azimuth_range_deg)


def _wider(name: str, station: int, given_deg: tuple[float, float]) -> Scale:
    low, high = given_deg
    put = _mount(station, "azimuth_range_deg")
    return Scale(
        words=_loosen("widen", f"mount.azimuth_range of {name}"),
        before=0.0,
        step=1.0,
        end=360.0,
        put=lambda one, more: put(one, (low - more, high + more)),
        shown=lambda more: f"{low - more:g}…{high + more:g}°",
    )


def _uncertain(hidden: Hidden) -> Iterator[Lever]:
    age_d = max(abs(float(side.passes.element_age_s[0])) for side in hidden.followed.sides)
    yield Scale(
        words=lambda before, after: (
            f"take elements of {hidden.satellite_name} at most {after} from the contact, "
            f"not {before}"
        ),
        before=age_d / DAY_S,
        step=-1.0,
        end=0.0,
        put=lambda one, days: replace(one, age_s=days * DAY_S),
        shown=lambda days: f"{days:.0f} d",
    )
    declared = hidden.mission.spacecraft[hidden.satellite].satellite.manoeuvres
    if declared:
        yield Act(
            words=f"take elements of {hidden.satellite_name} from the contact's own side of the "
            f"manoeuvre of {' and '.join(map(str, declared))}",
            put=lambda one: one.with_manoeuvres_of(hidden.satellite, declared),
        )


def _nothing(hidden: Hidden) -> Iterator[Lever]:
    """Yield nothing: no value of the files moves what stands around a station."""
    del hidden
    yield from ()


_LEVERS: Final[Mapping[str, Callable[[Hidden], Iterator[Lever]]]] = {
    "horizon": _nothing,
    "low": _low,
    "daylight": _daylight,
    "range": _range,
    "outage": outages,
    "absent": availability,
    "avoid": windows_to_avoid,
    "sun": _sun,
    "moon": _moon,
    "stops": _stops,
    "keyhole": _keyhole,
    "cable": _cable,
    "acquisition": _acquisition,
    "uncertain": _uncertain,
}
"""By the name of the obstacle."""


def change_needed(hidden: Hidden, names: Sequence[str], without: Situation) -> Asking[str]:
    """Say what would have to be different for some of a contact to be usable.

    Parameters
    ----------
    hidden
        The contact.
    names
        Limits without which something of it is usable.
    without
        The mission without them.

    Returns
    -------
    str
        The least change of each limit, that of the last one first (the Sun hardly moves while a
        range does), in steps of 0.1°, 0.01 °/s, 1 km, 1 s, 1 d and 1°
        of cable; empty where no value of the files does it.
    """
    one, told = without, list[str]()
    if "horizon" in names:
        return ""
    levers = [lever for name in names for lever in _LEVERS[name](hidden)]
    for lever in reversed(levers):
        as_it_is = lever.restored(one)
        if len(levers) > 1 and (yield as_it_is).some:
            one = as_it_is
            continue
        found = yield from lever.tightened(hidden, one)
        if found is None:
            return ""
        one, words = found
        told.append(words)
    return " and ".join(reversed(told))
