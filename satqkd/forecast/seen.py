"""What each contact looks like from a station: one number a contact, no series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np

from satqkd.forecast.arms import Arm, Sky
from satqkd.mission.mission import Mission
from satqkd.passes.sky_geometry import Geometry, SkyGeometry, sky_geometry
from satqkd.passes.table import PassTable, Tracks
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """Numbers of one arm of every contact; arrays of shape (n,)."""

    min_range_m: FloatArray
    """Smallest slant range of the series. [m]"""
    sun_elevation_max_deg: FloatArray
    """Highest elevation of the Sun at the station. [°]"""
    moon_elevation_deg: FloatArray
    """Elevation of the Moon at culmination. [°]"""
    moon_separation_min_deg: FloatArray
    """Smallest angle between satellite and Moon. [°]"""
    sunlit: FloatArray
    """Mean share of the Sun's disc that the satellite sees."""
    lost_s: FloatArray
    """Time each limit takes, shape (obstacles, n). [s]"""
    start_azimuth_deg: FloatArray
    """Azimuth axis at the first usable instant; NaN where no mount has limits. [°]"""
    culmination: SkyGeometry
    """SkyGeometry of the culmination of the pass."""

    def take(self, index: IntArray) -> Seen:
        """Return some of the contacts."""
        columns = {
            f.name: getattr(self, f.name)[..., index]
            for f in fields(self)
            if f.name != "culmination"
        }
        return Seen(culmination=self.culmination.take(index), **columns)

    @staticmethod
    def join(parts: Sequence[Seen]) -> Seen:
        """Put contacts below each other; at least one part is needed."""
        columns = {
            f.name: np.concatenate([getattr(part, f.name) for part in parts], axis=-1)
            for f in fields(Seen)
            if f.name != "culmination"
        }
        return Seen(culmination=SkyGeometry.join([part.culmination for part in parts]), **columns)


def seen_from(mission: Mission, arm: Arm, sky: Sky) -> Seen:
    """Take from the series of one arm what tables show of each contact."""
    tracks = arm.tracks
    return Seen(
        min_range_m=smallest(tracks, tracks.range_m),
        sun_elevation_max_deg=largest(tracks, tracks.sun_elevation_deg),
        moon_elevation_deg=tracks.moon_elevation_deg[culmination_sample(arm.passes, tracks)],
        moon_separation_min_deg=smallest(tracks, tracks.moon_separation_deg),
        sunlit=time_mean(tracks, tracks.sunlit),
        lost_s=arm.usage.lost_s,
        start_azimuth_deg=_start_azimuth_deg(arm),
        culmination=facts_at(
            mission,
            sky,
            arm.passes,
            owner=np.arange(len(arm.passes)),
            time_s=arm.passes.culmination_s,
        ),
    )


def facts_at(
    mission: Mission, sky: Sky, passes: PassTable, *, owner: IntArray, time_s: FloatArray
) -> SkyGeometry:
    """Return facts of some instants of passes, at the wavelength of their satellite's light."""
    crafts = range(len(mission.spacecraft))
    return sky_geometry(
        passes,
        Geometry(
            chains=sky.chains,
            stations=[ground.site for ground in mission.stations],
            bodies=sky.bodies,
        ),
        owner=owner,
        time_s=time_s,
        wavelength_m=np.array([mission.wavelength_m(craft) for craft in crafts]),
    )


class Intervals(Protocol):
    """Samples of several intervals of time, one interval after the other."""

    @property
    def starts(self) -> IntArray:
        """Offsets of the intervals, one more than there are."""

    def __len__(self) -> int: ...


def smallest(tracks: Intervals, values: FloatArray) -> FloatArray:
    """Smallest of ``values`` in each interval."""
    if len(tracks) == 0:
        return np.zeros(0)
    return np.asarray(np.minimum.reduceat(values, tracks.starts[:-1]), dtype=np.float64)


def largest(tracks: Intervals, values: FloatArray) -> FloatArray:
    """Largest of ``values`` in each interval."""
    return -smallest(tracks, -values)


def time_mean(tracks: Tracks, values: FloatArray) -> FloatArray:
    """Mean of ``values`` over the time of each interval."""
    duration_s = tracks.per_pass(tracks.weight_s)
    total = tracks.per_pass(values * tracks.weight_s)
    return np.divide(total, duration_s, out=np.zeros_like(total), where=duration_s > 0)


def culmination_sample(passes: PassTable, tracks: Tracks) -> IntArray:
    """Last sample of each pass that is not later than its culmination."""
    culmination_s = np.repeat(passes.culmination_s, np.diff(tracks.starts))
    before = tracks.per_pass((tracks.time_s <= culmination_s).astype(np.float64))
    return tracks.starts[:-1] + np.maximum(before.astype(np.int64) - 1, 0)


def _start_azimuth_deg(arm: Arm) -> FloatArray:
    axes, cells = arm.usage.axes, arm.cells
    found = np.full(len(arm.tracks), np.nan)
    usable = np.flatnonzero(arm.usage.usable & (cells.length_s > 0.0))
    if axes is None or usable.size == 0:
        return found
    first = np.full(len(arm.tracks), -1)
    first[cells.owner[usable[::-1]]] = usable[::-1]
    some = np.flatnonzero(first >= 0)
    begins = axes.along(cells, first[some], cells.begin_s[first[some]])
    found[some] = begins.azimuth_deg
    return found
