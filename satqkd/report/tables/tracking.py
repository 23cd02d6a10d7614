"""The table that a telescope follows, one contact and one telescope at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from satqkd.constants import DAY_S
from satqkd.network.tracking import LIMITS, PHASES, Tracking
from satqkd.passes.dense_track import DenseTrack
from satqkd.passes.mount import Followed
from satqkd.report.tables.column import Column, Labels, Values, nothing
from satqkd.report.tables.definitions import column
from satqkd.units import FloatArray


def _track(get: Callable[[DenseTrack], FloatArray]) -> Callable[[Tracking], Values]:
    return lambda source: np.asarray(get(source.track))


def _sky(name: str) -> Callable[[Tracking], Values]:
    return lambda source: np.asarray(getattr(source.track.sky, name))


def _axis(get: Callable[[Followed], FloatArray]) -> Callable[[Tracking], Values]:
    def values(source: Tracking) -> Values:
        if source.mount is None:
            return nothing(source.track.time_s.size)
        return np.asarray(get(source.mount))

    return values


def _mjd(source: Tracking) -> Values:
    instants = source.timebase.instants(source.track.time_s, digits=6)
    return np.asarray(instants.day + instants.tick / (1e6 * DAY_S))


TRACKING_COLUMNS: tuple[Column[Tracking], ...] = (
    column("utc", lambda source: source.timebase.instants(source.track.time_s)),
    Column("mjd_utc", "d", "The same as a modified Julian date; 1e-9 d are 86 µs.", _mjd, digits=9),
    column("azimuth_deg", lambda source: source.azimuth_deg, digits=5),
    column("elevation_deg", _track(lambda one: one.elevation_deg), digits=5),
    column("apparent_elevation_deg", _sky("apparent_elevation_deg"), digits=5),
    column("tracking_azimuth_deg", lambda source: source.tracking_azimuth_deg, digits=5),
    column("tracking_elevation_deg", _sky("tracking_elevation_deg"), digits=5),
    column("range_km", _track(lambda one: 1e-3 * one.range_m), digits=6),
    column("light_time_s", _sky("light_time_s")),
    column("azimuth_rate_deg_s", _sky("azimuth_rate_deg_s"), digits=6),
    column("elevation_rate_deg_s", _sky("elevation_rate_deg_s"), digits=6),
    column("range_rate_km_s", _track(lambda one: 1e-3 * one.range_rate_m_s), digits=6),
    column("doppler_hz", _sky("doppler_hz")),
    column("mount_azimuth_deg", _axis(lambda mount: mount.azimuth_deg), digits=5),
    column("mount_elevation_deg", _axis(lambda mount: mount.elevation_deg), digits=5),
    column("point_ahead_arcsec", _sky("point_ahead_arcsec"), digits=3),
    Column("point_ahead_along_arcsec", "″", "Part of it along the satellite's track over the sky, "
           "ahead of it.", _track(lambda one: one.point_ahead_along_arcsec), digits=3),
    Column("point_ahead_across_arcsec", "″", "Part of it across the track, positive a quarter "
           "turn clockwise from ahead, as one sees the sky.",
           _track(lambda one: one.point_ahead_across_arcsec), digits=3),
    column("polarisation_angle_deg", _sky("polarisation_angle_deg")),
    column("sun_separation_deg", _sky("sun_separation_deg"), digits=3),
    column("moon_separation_deg", _track(lambda one: one.moon_separation_deg)),
    column("sunlit", _track(lambda one: one.sunlit)),
    Column("keyhole", "", "true where an axis of the mount is too slow for the satellite, and "
           "while it catches up.", lambda source: source.keyhole),
    Column("beyond", "", "Which limit of the mount the row lies beyond: stop, keyhole, cable; "
           "empty for none. Angles of the axes are not to be driven to there.",
           lambda source: Labels(source.beyond, LIMITS)),
    Column("phase", "", "preroll (before the rise), acquire (until the first key, and while the "
           "mount catches up), key, key_no (above the mask without key), postroll (after the set).",
           lambda source: Labels(source.phase, PHASES)),
)  # fmt: skip
"""Columns of a tracking file."""
