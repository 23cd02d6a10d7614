"""A pass as a telescope follows it: samples on whole fractions of UTC seconds, also below the mask.

Geometry is that of the series of a pass, at instants that a controller can take.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from satqkd.passes import pointing
from satqkd.passes.arcs import Arcs
from satqkd.passes.eclipse import sunlit_fraction
from satqkd.passes.exclusion import separation_deg
from satqkd.passes.horizon import horizontal
from satqkd.passes.mount import Followed, Mount, follow
from satqkd.passes.sky_geometry import Geometry, SkyGeometry, sky_geometry
from satqkd.passes.table import PassTable
from satqkd.passes.timebase import Timebase
from satqkd.units import BoolArray, FloatArray

LOWEST_DEG: Final = -1.0
"""Geometric elevation down to which a pass is followed before it rises and after it sets: lower
the horizon hides it, and refraction is not known. [°]"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DenseTrack:
    """Samples of one pass over one station, shape (n,) each."""

    time_s: FloatArray
    """Mission seconds. [s]"""
    azimuth_deg: FloatArray
    """Geometric, without jump at north; begins in 0…360. [°]"""
    elevation_deg: FloatArray
    """Geometric. [°]"""
    range_m: FloatArray
    range_rate_m_s: FloatArray
    """Positive when the satellite recedes. [m/s]"""
    tracking_azimuth_deg: FloatArray
    """Where the light comes from, see :class:`SkyGeometry`; within half a turn of the geometric
    azimuth. [°]"""
    point_ahead_along_arcsec: FloatArray
    point_ahead_across_arcsec: FloatArray
    """See :func:`satqkd.passes.pointing.point_ahead_parts_arcsec`. [″]"""
    moon_separation_deg: FloatArray
    """Angle between satellite and Moon at the station. [°]"""
    sunlit: FloatArray
    """Fraction of the Sun's disc the satellite sees."""
    sky: SkyGeometry
    """What else belongs to the samples."""

    def arcs(self) -> Arcs:
        """Return the pass as a mount follows it.

        By definition of the trapezoid rule: a sample stands for half the way to either neighbour.
        """
        half = 0.5 * np.diff(self.time_s)
        return Arcs(
            starts=np.array([0, self.time_s.size]),
            time_s=self.time_s,
            weight_s=np.append(half, 0.0) + np.insert(half, 0, 0.0),
            azimuth_deg=self.azimuth_deg,
            elevation_deg=self.elevation_deg,
        )


def whole_fractions(
    timebase: Timebase, *, begin_s: float, end_s: float, rate_hz: int
) -> FloatArray:
    """Return the instants within a stretch of time that are whole fractions of UTC seconds. [s]

    By definition: UTC differs from the mission's seconds by whole seconds and the part of a second
    at which the mission begins.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> timebase = Timebase.starting(datetime(2026, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC))
    >>> whole_fractions(timebase, begin_s=0.9, end_s=2.0, rate_hz=2).tolist()
    [1.25, 1.75]
    """
    shift_s = 1e-6 * timebase.epoch.microsecond
    first = int(np.ceil((begin_s + shift_s) * rate_hz - 1e-6))
    last = int(np.floor((end_s + shift_s) * rate_hz + 1e-6))
    return np.asarray(np.arange(first, last + 1) / rate_hz - shift_s)


def dense_track(
    one: PassTable,
    geometry: Geometry,
    timebase: Timebase,
    *,
    wavelength_m: FloatArray,
    rate_hz: int,
    preroll_s: float,
    postroll_s: float,
) -> DenseTrack:
    """Follow one pass from before it rises until after it sets.

    Parameters
    ----------
    one
        The pass, a table of one row.
    geometry
        Where everything is; holds the ephemeris behind it.
    timebase
        Mission time.
    wavelength_m
        Of the signal of each satellite, by index. [m]
    rate_hz
        Samples a second. [Hz]
    preroll_s, postroll_s
        So long before the rise it begins, and after the set it ends: sooner where the satellite
        stands below :data:`LOWEST_DEG`, or where there are no positions of it. [s]

    Returns
    -------
    DenseTrack
        At least one sample for a pass of a second.

    References
    ----------
    .. [1] What :mod:`satqkd.passes.sky_geometry` and :mod:`satqkd.passes.pointing` cite.
    """
    chain = geometry.chains[int(one.satellite[0]), int(one.element_set[0])]
    site = geometry.stations[int(one.station[0])]
    rise_s, set_s = float(one.rise_s[0]), float(one.set_s[0])
    time_s = whole_fractions(
        timebase,
        begin_s=max(rise_s - preroll_s, float(chain.node_s[0])),
        end_s=min(set_s + postroll_s, float(chain.node_s[-1])),
        rate_hz=rate_hz,
    )
    frame = np.repeat(site.east_north_up()[:, :, None], time_s.size, axis=2)
    position, velocity = chain.state(*chain.locate(time_s))
    line = position - site.itrf_m()[:, None]
    here = horizontal(line, frame)
    kept = _around(here.elevation_deg, time_s, rise_s=rise_s, set_s=set_s)
    time_s, line, frame = time_s[kept], line[:, kept], frame[:, :, kept]
    position, velocity = position[:, kept], velocity[:, kept]
    azimuth = np.unwrap(here.azimuth_deg[kept], period=360.0)
    seen = pointing.local(line, position, velocity, frame)
    along, across = pointing.point_ahead_parts_arcsec(seen)
    moon_m = geometry.bodies.moon_itrf_m(time_s) - site.itrf_m()[:, None]
    sky = sky_geometry(
        one,
        geometry,
        owner=np.zeros(time_s.size, dtype=np.int64),
        time_s=time_s,
        wavelength_m=wavelength_m,
    )
    return DenseTrack(
        time_s=time_s,
        azimuth_deg=azimuth,
        elevation_deg=here.elevation_deg[kept],
        range_m=here.range_m[kept],
        range_rate_m_s=np.einsum("ij,ij->j", line, velocity) / here.range_m[kept],
        tracking_azimuth_deg=nearest_turn_deg(sky.tracking_azimuth_deg, azimuth),
        point_ahead_along_arcsec=along,
        point_ahead_across_arcsec=across,
        moon_separation_deg=separation_deg(line, moon_m),
        sunlit=sunlit_fraction(position, geometry.bodies.sun_itrf_m(time_s)),
        sky=sky,
    )


def nearest_turn_deg(angle_deg: FloatArray, to_deg: FloatArray) -> FloatArray:
    """Add whole turns to angles so that each is within half a turn of another. [°]

    By definition of a turn.
    """
    return np.asarray(angle_deg + 360.0 * np.round((to_deg - angle_deg) / 360.0))


def followed_by(mount: Mount, track: DenseTrack, *, wanted: BoolArray) -> Followed:
    """Follow a pass with a mount, before it rises and after it sets too.

    Parameters
    ----------
    mount
        What it can do.
    track
        The pass.
    wanted
        Samples that all other limits leave: its way and its turn of the cable are chosen for them.
    """
    return follow(mount, track.arcs(), wanted=wanted)


def in_turn_of(followed: Followed, azimuth_deg: FloatArray) -> FloatArray:
    """Put a continuous azimuth into the turn of the cable in which a mount follows it. [°]

    A telescope turned past the zenith stands half a turn from the azimuth it looks at; then the
    azimuth is the one below. By definition of a turn.
    """
    upright = np.flatnonzero(~followed.slow)
    at = int(upright[0]) if upright.size else 0
    apart = float(followed.azimuth_deg[at] - azimuth_deg[at])
    turns = round(apart / 360.0)
    if abs(apart - 360.0 * turns) > 90.0:
        turns = int(np.floor(apart / 360.0))
    return azimuth_deg + 360.0 * turns


def _around(elevation_deg: FloatArray, time_s: FloatArray, *, rise_s: float, set_s: float) -> slice:
    """Return the samples of a pass with those before and after it that are not too low."""
    low = elevation_deg < LOWEST_DEG
    before = np.flatnonzero(low & (time_s < rise_s))
    after = np.flatnonzero(low & (time_s > set_s))
    return slice(
        int(before[-1]) + 1 if before.size else 0, int(after[0]) if after.size else time_s.size
    )
