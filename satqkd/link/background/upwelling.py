"""Light from the Earth below into a receiver in orbit."""

from __future__ import annotations

import math

import numpy as np

from satqkd.link.background.daylight import daylight_radiance_w_m2_sr_m
from satqkd.link.background.moonlight import moon_irradiance_w_m2_m
from satqkd.link.background.scattering_air import ScatteringAir
from satqkd.link.background.sky_brightness import natural_radiance_w_m2_sr_m
from satqkd.link.background.solar_spectrum import solar_irradiance_w_m2_m
from satqkd.link.background.twilight import twilight_radiance_w_m2_sr_m
from satqkd.units import FloatArray

VIIRS_BAND_M = 0.4e-6
"""Width of the VIIRS day and night band, 500 to 900 nm. [m]"""


def earthshine_radiance_w_m2_sr_m(
    sun_elevation_deg: FloatArray, *, albedo: float, air: ScatteringAir, wavelength_m: float
) -> FloatArray:
    r"""Sunlit ground and air: :math:`a E \sin h / \pi + (1 + a) L_{sky}`.

    Parameters
    ----------
    sun_elevation_deg
        At the ground end, :math:`h`, shape (n,). [°]
    albedo
        Of the ground :math:`a`, a matt surface.
    air
        Depth of the air at the wavelength.
    wavelength_m
        Of the signal. [m]

    Returns
    -------
    FloatArray
        Shape (n,); the air sends up what it sends down from the zenith :math:`L_{sky}`, and the
        ground what falls on it, through twilight to the Sun 18° down. [W/(m² sr m)]

    References
    ----------
    .. [1] J.-P. Bourgoin et al., "A comprehensive design and performance analysis of low Earth
       orbit satellite quantum communication", *New J. Phys.* 15, 023006 (2013), on the light an
       uplink receiver sees (recalled).
    """
    radiance = np.zeros(sun_elevation_deg.shape)
    bright = np.flatnonzero(sun_elevation_deg > -18.0)
    if bright.size == 0:
        return radiance
    sun = sun_elevation_deg[bright]
    sky = daylight_radiance_w_m2_sr_m(
        sun,
        elevation_deg=np.full(sun.shape, 90.0),
        sun_separation_deg=90.0 - np.maximum(sun, 0.0),
        air=air,
        wavelength_m=wavelength_m,
    )
    low = twilight_radiance_w_m2_sr_m(sun, wavelength_m=wavelength_m, sunset_w_m2_sr_m=sky)
    direct = solar_irradiance_w_m2_m(wavelength_m) * np.sin(np.radians(np.maximum(sun, 0.0)))
    radiance[bright] = albedo / math.pi * direct + (1.0 + albedo) * np.where(sun < 0.0, low, sky)
    return radiance


def moonlit_earth_radiance_w_m2_sr_m(
    phase_deg: FloatArray, *, moon_elevation_deg: FloatArray, albedo: float, wavelength_m: float
) -> FloatArray:
    """Moonlit ground, a matt surface; air left out, which scatters as much as it takes.

    By definition of a matt (Lambertian) surface: albedo times irradiance over π.

    Parameters
    ----------
    phase_deg
        Angle Sun, Moon, Earth; 0 for full Moon. [°]
    moon_elevation_deg
        At the ground end; below 0 there is no light. [°]
    albedo
        Of the ground.
    wavelength_m
        Of the signal. [m]

    Returns
    -------
    FloatArray
        Shape (n,). [W/(m² sr m)]
    """
    radiance = np.zeros(phase_deg.shape)
    up = np.flatnonzero(moon_elevation_deg > 0.0)
    if up.size:
        light = moon_irradiance_w_m2_m(phase_deg[up], wavelength_m=wavelength_m)
        radiance[up] = albedo / math.pi * light * np.sin(np.radians(moon_elevation_deg[up]))
    return radiance


def airglow_radiance_w_m2_sr_m(*, albedo: float, wavelength_m: float) -> float:
    """Dark night below: the airglow, and what the ground returns of it. [W/(m² sr m)]

    Taken as a dark sky seen from the ground, starlight included, which is a third of it in V.

    Derived here: the airglow shines as much down as up, and the ground returns its albedo.
    """
    return (1.0 + albedo) * natural_radiance_w_m2_sr_m(wavelength_m)


def viirs_radiance_w_m2_sr_m(nw_cm2_sr: float) -> float:
    """Mean spectral radiance in the VIIRS day and night band, for ``city_radiance``.

    By definition the mean over the band: radiance over its width.

    Parameters
    ----------
    nw_cm2_sr
        As night-light maps print it. [nW/(cm² sr)]

    Returns
    -------
    float
        Spread evenly over 500 to 900 nm; says nothing of lamps beyond. [W/(m² sr m)]

    Examples
    --------
    >>> round(viirs_radiance_w_m2_sr_m(1.0), 6)
    25.0
    """
    return nw_cm2_sr * 1e-5 / VIIRS_BAND_M
