"""What the checks of a night hold contacts against: of a mission, or as a plan wrote it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from satqkd.mission.mission import GroundStation, Mission


@dataclass(frozen=True, slots=True, kw_only=True)
class StationLimits:
    """What a station brings to the checks."""

    set_up_s: float
    """How long it takes to set up. [s]"""
    moon_exclusion_deg: float | None
    """How near the satellite may come to the Moon; None where nothing is given. [°]"""
    mount_given: bool
    """Whether the limits of its mount are given."""
    cloud_forecast: tuple[datetime, datetime] | None
    """First and last instant of its cloud forecast; None without one."""

    def forecast_reaches(self, when: datetime) -> bool:
        """Whether the station's cloud forecast says something about an instant."""
        reach = self.cloud_forecast
        return reach is not None and reach[0] <= when <= reach[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightLimits:
    """What all contacts of a night are held against."""

    max_sun_elevation_deg: float
    """Highest Sun. [°]"""
    max_element_age_s: float
    """Oldest elements. [s]"""
    freeze_s: Mapping[str, float]
    """How long before its rise a contact of each satellite has to be commanded. [s]"""
    stations: Mapping[str, StationLimits]
    """By name."""


def limits_of_mission(mission: Mission) -> NightLimits:
    """Return what a mission says."""
    return NightLimits(
        max_sun_elevation_deg=mission.limits.max_sun_elevation_deg,
        max_element_age_s=mission.limits.max_element_age_s,
        freeze_s={craft.satellite.name: craft.freeze_s for craft in mission.spacecraft},
        stations={ground.site.name: _of_ground(ground) for ground in mission.stations},
    )


def limits_of_manifest(manifest: Mapping[str, Any]) -> NightLimits | None:
    """Return what ``plan.json`` says; None where it is of a version that did not say it all."""
    models = manifest.get("models") or {}
    try:
        limits = models["limits"]
        return NightLimits(
            max_sun_elevation_deg=float(limits["max_sun_elevation_deg"]),
            max_element_age_s=float(limits["max_element_age_s"]),
            freeze_s={one["name"]: float(one["freeze_s"]) for one in models["satellites"]},
            stations={one["name"]: _of_record(one) for one in models["stations"]},
        )
    except (KeyError, TypeError, ValueError):
        return None


def _of_ground(ground: GroundStation) -> StationLimits:
    terminal, clouds = ground.terminal, ground.clouds
    return StationLimits(
        set_up_s=terminal.setup_s,
        moon_exclusion_deg=terminal.moon_exclusion_deg,
        mount_given=terminal.mount is not None,
        cloud_forecast=None if clouds is None else (clouds.times[0], clouds.times[-1]),
    )


def _of_record(station: Mapping[str, Any]) -> StationLimits:
    terminal = station["terminal"]
    exclusion = terminal["moon_exclusion_deg"]
    return StationLimits(
        set_up_s=float(terminal["setup_s"]),
        moon_exclusion_deg=None if exclusion is None else float(exclusion),
        mount_given=terminal["mount"] is not None,
        cloud_forecast=_reach(station["clouds"]),
    )


def _reach(clouds: Mapping[str, Sequence[str]] | None) -> tuple[datetime, datetime] | None:
    if clouds is None:
        return None
    times = clouds["times"]
    return datetime.fromisoformat(times[0]), datetime.fromisoformat(times[-1])
