"""All light that is not the signal, by where it comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from satqkd.link.background.daylight import daylight_radiance_w_m2_sr_m
from satqkd.link.background.moonlight import moonlight_radiance_w_m2_sr_m
from satqkd.link.background.night_sky import dark_radiance_w_m2_sr_m, sky_photon_rate_hz
from satqkd.link.background.scattering_air import ScatteringAir, scattering_air
from satqkd.link.background.sky_brightness import V_M, surface_brightness_mag
from satqkd.link.background.sky_light import SkyLight
from satqkd.link.background.sunlit_satellite import satellite_irradiance_w_m2_m
from satqkd.link.background.twilight import BEGINS_DEG, twilight_radiance_w_m2_sr_m
from satqkd.link.background.upwelling import (
    airglow_radiance_w_m2_sr_m,
    earthshine_radiance_w_m2_sr_m,
    moonlit_earth_radiance_w_m2_sr_m,
)
from satqkd.link.scene import Scene
from satqkd.link.terminal import Receiver
from satqkd.link.way import LinkDirection
from satqkd.units import FloatArray

DOWNLINK_SOURCES = ("night_sky", "moon", "twilight", "daylight", "satellite")
"""Where the stray light of a receiver on the ground comes from, in order."""

UPLINK_SOURCES = ("airglow", "earthshine", "moonlit_earth", "city")
"""The same for a receiver on the satellite."""


def stray_rates_hz(
    scene: Scene,
    *,
    sky: SkyLight,
    receiver: Receiver,
    wavelength_m: float,
    direction: LinkDirection,
) -> Mapping[str, FloatArray]:
    """Stray photons per second before the detectors, by source.

    Parameters
    ----------
    scene
        What the ends see, shape (n,).
    sky
        The sources at the ground end.
    receiver
        Telescope, filter, field of view and optical efficiency of the receiving end.
    wavelength_m
        Of the signal. [m]
    direction
        Says which end receives.

    Returns
    -------
    mapping of str to FloatArray
        For each of :data:`DOWNLINK_SOURCES` or :data:`UPLINK_SOURCES`, in order, shape (n,); over
        all detectors, before their efficiency; none between satellites. [Hz]

    Notes
    -----
    A satellite that looks at another above the air has the stars behind it, far below what
    detectors count in the dark; the Sun, the Moon or the Earth in its field are left out. A
    horizontal link has the sky at the horizon behind the transmitter.

    References
    ----------
    .. [1] E.-L. Miao et al., *New J. Phys.* 7, 215 (2005), eq. 1, for photons of a radiance; the
       radiances have their sources where they are worked out.
    """
    radiances = stray_radiances_w_m2_sr_m(
        scene, sky=sky, receiver=receiver, wavelength_m=wavelength_m, direction=direction
    )
    per_radiance = sky_photon_rate_hz(1.0, receiver=receiver, wavelength_m=wavelength_m)
    return {name: per_radiance * radiance for name, radiance in radiances.items()}


def stray_brightness_mag(
    scene: Scene,
    *,
    sky: SkyLight,
    receiver: Receiver,
    wavelength_m: float,
    direction: LinkDirection,
) -> Mapping[str, FloatArray]:
    """Surface brightness of the same sources at the wavelength; infinite for none. [mag/arcsec²]

    Parameters are those of :func:`stray_rates_hz`.
    """
    radiances = stray_radiances_w_m2_sr_m(
        scene, sky=sky, receiver=receiver, wavelength_m=wavelength_m, direction=direction
    )
    return {
        name: surface_brightness_mag(radiance, wavelength_m=wavelength_m)
        for name, radiance in radiances.items()
    }


def stray_radiances_w_m2_sr_m(
    scene: Scene,
    *,
    sky: SkyLight,
    receiver: Receiver,
    wavelength_m: float,
    direction: LinkDirection,
) -> Mapping[str, FloatArray]:
    """Radiance of the same sources, the satellite's spread over the field. [W/(m² sr m)]

    Parameters are those of :func:`stray_rates_hz`.
    """
    seen = _SEEN[direction]
    return sky.of_cases([seen(scene, one, receiver, wavelength_m) for one in sky.skies()])


def _from_above(
    scene: Scene, sky: SkyLight, receiver: Receiver, wavelength_m: float
) -> Mapping[str, FloatArray]:
    air, air_v = (
        scattering_air(sky.extinction, wavelength_m=at_m, site_height_m=scene.site_height_m)
        for at_m in (wavelength_m, V_M)
    )
    moon = moonlight_radiance_w_m2_sr_m(
        scene.moon_phase_deg,
        separation_deg=scene.moon_separation_deg,
        moon_elevation_deg=scene.moon_elevation_deg,
        elevation_deg=scene.elevation_deg,
        air=air,
        air_v=air_v,
        wavelength_m=wavelength_m,
    )
    twilight, daylight = _sunlight(scene, air, wavelength_m)
    satellite = _satellite(scene, air, wavelength_m)
    field_sr = 0.25 * math.pi * receiver.field_of_view_rad**2
    night = _night(scene, sky, extinction=air.extinction, wavelength_m=wavelength_m)
    values = (night, moon, twilight, daylight, satellite / field_sr)
    return dict(zip(DOWNLINK_SOURCES, values, strict=True))


def _night(scene: Scene, sky: SkyLight, *, extinction: float, wavelength_m: float) -> FloatArray:
    if sky.zenith_brightness is None:
        return np.full(len(scene), sky.night_radiance_w_m2_sr_m)
    return dark_radiance_w_m2_sr_m(
        scene.elevation_deg,
        zenith_brightness=sky.zenith_brightness,
        band=sky.band,
        extinction=extinction,
        wavelength_m=wavelength_m,
    )


def _satellite(scene: Scene, air: ScatteringAir, wavelength_m: float) -> FloatArray:
    """Spectral irradiance of the sunlit satellite. [W/(m² m)]"""
    irradiance = np.zeros(len(scene))
    seen = np.flatnonzero(scene.sunlit > 0.0)
    if seen.size:
        irradiance[seen] = satellite_irradiance_w_m2_m(
            scene.range_m[seen],
            elevation_deg=scene.elevation_deg[seen],
            sun_separation_deg=scene.sun_separation_deg[seen],
            sunlit=scene.sunlit[seen],
            body=scene.body,
            air=air,
            wavelength_m=wavelength_m,
        )
    return irradiance


def _sunlight(
    scene: Scene, air: ScatteringAir, wavelength_m: float
) -> tuple[FloatArray, FloatArray]:
    """Twilight and daylight; one is 0 where the other is not."""
    sun = scene.sun_elevation_deg
    daylight, sunset = np.zeros(len(scene)), np.ones(len(scene))
    bright = np.flatnonzero(sun >= -BEGINS_DEG)
    if bright.size:
        sunset[bright] = daylight_radiance_w_m2_sr_m(
            sun[bright],
            elevation_deg=scene.elevation_deg[bright],
            sun_separation_deg=scene.sun_separation_deg[bright],
            air=air,
            wavelength_m=wavelength_m,
        )
        daylight[bright] = np.where(sun[bright] < 0.0, 0.0, sunset[bright])
    twilight = twilight_radiance_w_m2_sr_m(sun, wavelength_m=wavelength_m, sunset_w_m2_sr_m=sunset)
    return twilight, daylight


def _from_below(
    scene: Scene, sky: SkyLight, receiver: Receiver, wavelength_m: float
) -> Mapping[str, FloatArray]:
    del receiver
    air = scattering_air(
        sky.extinction, wavelength_m=wavelength_m, site_height_m=scene.site_height_m
    )
    albedo = sky.earth_albedo
    earthshine = earthshine_radiance_w_m2_sr_m(
        scene.sun_elevation_deg, albedo=albedo, air=air, wavelength_m=wavelength_m
    )
    moonlit = moonlit_earth_radiance_w_m2_sr_m(
        scene.moon_phase_deg,
        moon_elevation_deg=scene.moon_elevation_deg,
        albedo=albedo,
        wavelength_m=wavelength_m,
    )
    airglow = airglow_radiance_w_m2_sr_m(albedo=albedo, wavelength_m=wavelength_m)
    constant = np.ones(len(scene))
    values = (constant * airglow, earthshine, moonlit, constant * sky.city_radiance_w_m2_sr_m)
    return dict(zip(UPLINK_SOURCES, values, strict=True))


def _nothing(
    scene: Scene, sky: SkyLight, receiver: Receiver, wavelength_m: float
) -> Mapping[str, FloatArray]:
    del scene, sky, receiver, wavelength_m
    return {}


_SEEN: Final[
    Mapping[LinkDirection, Callable[[Scene, SkyLight, Receiver, float], Mapping[str, FloatArray]]]
] = {
    "downlink": _from_above,
    "horizontal": _from_above,
    "uplink": _from_below,
    "inter-satellite": _nothing,
}
"""Radiances that a receiver at the end of each way has in its field."""
