"""From the series of passes to what the terms of a link ask for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from satqkd.elements.age import timing_uncertainties_s
from satqkd.link.background.satellite_body import Body
from satqkd.link.scene import Scene
from satqkd.mission.mission import Mission
from satqkd.passes.bodies import Bodies
from satqkd.passes.table import PassTable, Tracks
from satqkd.passes.timebase import Timebase
from satqkd.units import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Circumstances:
    """What changes too slowly to be sampled: one number a pass."""

    moon_phase_deg: FloatArray
    """Angle Sun, Moon, Earth at culmination: 0 for full Moon. [°]"""
    month: IntArray
    """Month of the culmination, 1…12, UTC."""
    timing_error_s: FloatArray
    """1 σ of how early or late the satellite may be; 0 for designs and ephemerides. [s]"""

    def take(self, passes: IntArray) -> Circumstances:
        """Return those of some passes."""
        return Circumstances(
            moon_phase_deg=self.moon_phase_deg[passes],
            month=self.month[passes],
            timing_error_s=self.timing_error_s[passes],
        )


def circumstances(
    mission: Mission, timebase: Timebase, passes: PassTable, bodies: Bodies
) -> Circumstances:
    """Work out the circumstances of every pass."""
    seconds = passes.culmination_s
    return Circumstances(
        moon_phase_deg=moon_phase_deg(bodies, seconds),
        month=np.array(
            [int(text[5:7]) for text in timebase.iso(seconds, digits=0)], dtype=np.int64
        ),
        timing_error_s=_timing_error_s(mission, passes),
    )


def moon_phase_deg(bodies: Bodies, seconds: FloatArray) -> FloatArray:
    """Angle at the Moon between Sun and Earth: 0 for full Moon, 180 for new. [°]"""
    moon_m = bodies.moon_itrf_m(seconds)
    sun_m = bodies.sun_itrf_m(seconds) - moon_m
    length = np.linalg.norm(moon_m, axis=0) * np.linalg.norm(sun_m, axis=0)
    cosine = -np.einsum("ij,ij->j", moon_m, sun_m) / length
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _timing_error_s(mission: Mission, passes: PassTable) -> FloatArray:
    crafts = mission.spacecraft
    sources = [
        crafts[satellite].satellite.sources[number]
        for satellite, number in zip(passes.satellite, passes.element_set, strict=True)
    ]
    return np.nan_to_num(timing_uncertainties_s(sources, passes.element_age_s))


def scene_of(
    tracks: Tracks,
    facts: Circumstances,
    *,
    site_height_m: float,
    turning: bool,
    body: Body | None = None,
) -> Scene:
    """Describe some passes over one station.

    Parameters
    ----------
    tracks
        Their series.
    facts
        Their circumstances.
    site_height_m
        Height of the station. [m]
    turning
        Whether anybody asks how fast the line of sight turns; 0 is told otherwise.
    body
        The satellite in sunlight; None for the default.
    """
    length = np.diff(tracks.starts)
    return Scene(
        range_m=tracks.range_m,
        elevation_deg=tracks.elevation_deg,
        angular_rate_rad_s=(
            _angular_rate_rad_s(tracks) if turning else np.zeros_like(tracks.range_m)
        ),
        sun_elevation_deg=tracks.sun_elevation_deg,
        moon_elevation_deg=tracks.moon_elevation_deg,
        moon_separation_deg=tracks.moon_separation_deg,
        moon_phase_deg=np.repeat(facts.moon_phase_deg, length),
        sunlit=tracks.sunlit,
        month=np.repeat(facts.month, length),
        timing_error_s=np.repeat(facts.timing_error_s, length),
        site_height_m=site_height_m,
        body=body or Body(),
    )


def _angular_rate_rad_s(tracks: Tracks) -> FloatArray:
    """Turn of the line of sight between neighbouring samples, by the time between them. [rad/s]"""
    elevation, azimuth = np.radians(tracks.elevation_deg), np.radians(tracks.azimuth_deg)
    level = np.cos(elevation)
    line = np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)])
    index = np.arange(tracks.time_s.size)
    owner = np.repeat(np.arange(len(tracks)), np.diff(tracks.starts))
    before = np.maximum(index - 1, tracks.starts[:-1][owner])
    after = np.minimum(index + 1, tracks.starts[1:][owner] - 1)
    chord = np.linalg.norm(line[:, after] - line[:, before], axis=0)
    taken_s = tracks.time_s[after] - tracks.time_s[before]
    turned = 2.0 * np.arcsin(np.minimum(0.5 * chord, 1.0))
    return np.asarray(np.divide(turned, taken_s, out=np.zeros_like(turned), where=taken_s > 0.0))
