"""Moonlight that the air scatters into the telescope."""

from __future__ import annotations

import math

import numpy as np

from satqkd.link.background.scattering_air import ScatteringAir
from satqkd.link.background.sky_brightness import V_M, band_radiance_w_m2_sr_m
from satqkd.link.background.solar_spectrum import solar_irradiance_w_m2_m
from satqkd.units import FloatArray

PER_MAG = 0.4 * math.log(10.0)
"""Natural logarithm of the light of one magnitude."""

MOON_RADIUS_DEG = 0.26
"""Nearest to the Moon's centre that a direction counts as sky. [°]"""

ALBEDO_EXPONENT = 0.7
"""The Moon's reflectance grows as this power of the wavelength between 450 and 900 nm; recalled
from its colours (V−I 0.4 mag redder than the Sun) and assumed to go on beyond."""

MOON_MINUS_SUN_MAG = -12.73 + 26.74
"""V magnitudes of full Moon (K. Krisciunas and B. E. Schaefer 1991, eq. 9) and Sun, recalled."""

W_M2_SR_M_PER_NANOLAMBERT = float(band_radiance_w_m2_sr_m(20.7233 / 0.92104, band="V")) / 34.08
"""V radiance of a nanolambert, by the paper's eq. 1 for magnitudes per square arc second."""


def moonlight_nanolambert(
    phase_deg: FloatArray,
    *,
    separation_deg: FloatArray,
    moon_elevation_deg: FloatArray,
    elevation_deg: FloatArray,
    extinction: float,
) -> FloatArray:
    r"""V brightness of moonlit air.

    .. math:: B = f(\rho)\, I^*(\alpha)\, 10^{-0.4 k X(Z_m)} \left(1 - 10^{-0.4 k X(Z)}\right)

    Parameters
    ----------
    phase_deg
        Angle Sun, Moon, Earth :math:`\alpha`; 0 for full Moon. [°]
    separation_deg
        Between Moon and direction, :math:`\rho`. [°]
    moon_elevation_deg
        Below 0 there is no light. [°]
    elevation_deg
        Of the direction. [°]
    extinction
        :math:`k` in V, in magnitudes per airmass.

    Returns
    -------
    FloatArray
        Brightness. [nL]

    Notes
    -----
    The authors find their measurements within 8 % to 23 %. Full Moon is up to 35 % brighter than
    this within 7° of opposition, and the Moon's distance is worth ±25 %.

    References
    ----------
    .. [1] K. Krisciunas and B. E. Schaefer, "A model of the brightness of moonlight", *PASP* 103,
       1033 (1991), eqs. 3 and 15 to 20.

    Examples
    --------
    >>> at = [np.array([angle]) for angle in (90.0, 60.0, 30.0, 90.0)]
    >>> names = ("separation_deg", "moon_elevation_deg", "elevation_deg")
    >>> nl = moonlight_nanolambert(at[0], **dict(zip(names, at[1:])), extinction=0.172)
    >>> round(float(nl[0]))
    99
    """
    molecules, aerosol = _scattering(separation_deg)
    moonlight = _scattered_moonlight(phase_deg, moon_elevation_deg, elevation_deg, extinction)
    return np.asarray(np.where(moon_elevation_deg > 0.0, (molecules + aerosol) * moonlight, 0.0))


def moonlight_radiance_w_m2_sr_m(
    phase_deg: FloatArray,
    *,
    separation_deg: FloatArray,
    moon_elevation_deg: FloatArray,
    elevation_deg: FloatArray,
    air: ScatteringAir,
    air_v: ScatteringAir,
    wavelength_m: float,
) -> FloatArray:
    r"""Radiance of moonlit air at a wavelength; in V that of :func:`moonlight_nanolambert`.

    The two parts of :math:`f` are scattering by molecules and by aerosol. Each goes with its own
    optical depth, the extinction along both paths with their sum, the light with the spectrum of
    the Sun and the colour of the Moon.

    Parameters
    ----------
    phase_deg, separation_deg, moon_elevation_deg, elevation_deg
        As there, of shape (n,). [°]
    air, air_v
        Depth of the air at the wavelength and in V.
    wavelength_m
        Of the signal. [m]

    Returns
    -------
    FloatArray
        Shape (n,). [W/(m² sr m)]

    References
    ----------
    .. [1] K. Krisciunas and B. E. Schaefer, *PASP* 103, 1033 (1991), for the V band; derived here
       from it: the same at another wavelength.
    """
    radiance = np.zeros(phase_deg.shape)
    up = np.flatnonzero(moon_elevation_deg > 0.0)
    if up.size == 0:
        return radiance
    molecules, aerosol = _scattering(separation_deg[up])
    aerosol_scale = (air.aerosol / air_v.aerosol) if air_v.aerosol > 0.0 else 1.0
    scattered = (air.molecules / air_v.molecules) * molecules + aerosol_scale * aerosol
    scattered *= air_v.depth / air.depth
    moonlight = _scattered_moonlight(
        phase_deg[up], moon_elevation_deg[up], elevation_deg[up], air.extinction
    )
    radiance[up] = scattered * moonlight * (W_M2_SR_M_PER_NANOLAMBERT * moon_colour(wavelength_m))
    return radiance


def moon_colour(wavelength_m: float) -> float:
    """Spectral irradiance of the Moon over that in V.

    Derived here: the spectrum of the Sun (ASTM E490-00a 2000, as in
    :func:`solar_irradiance_w_m2_m`) times a reflectance that grows as :data:`ALBEDO_EXPONENT` says,
    assumed.
    """
    sun = solar_irradiance_w_m2_m(wavelength_m) / solar_irradiance_w_m2_m(V_M)
    return float(sun * (wavelength_m / V_M) ** ALBEDO_EXPONENT)


def moon_irradiance_w_m2_m(phase_deg: FloatArray, *, wavelength_m: float) -> FloatArray:
    """Moonlight outside the air on a surface that faces it, shaped as the phase. [W/(m² m)]

    References
    ----------
    .. [1] K. Krisciunas and B. E. Schaefer, *PASP* 103, 1033 (1991), eq. 9, for the full Moon and
       its phases (recalled).
    """
    full = 10.0 ** (-0.4 * MOON_MINUS_SUN_MAG) * solar_irradiance_w_m2_m(V_M)
    return np.asarray(full * moon_colour(wavelength_m) * np.exp(-PER_MAG * _phase_mag(phase_deg)))


def _phase_mag(phase_deg: FloatArray) -> FloatArray:
    """How much fainter than full Moon a phase is. [mag]"""
    square = phase_deg * phase_deg
    return np.asarray(0.026 * np.abs(phase_deg) + 4e-9 * square * square)


def _scattering(separation_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Scattering by molecules and by aerosol, eqs. 17 to 19."""
    rho = np.maximum(separation_deg, MOON_RADIUS_DEG)
    molecules = 10.0**5.36 * (1.06 + np.cos(np.radians(rho)) ** 2)
    aerosol = np.where(
        rho < 10.0, 6.2e7 / (rho * rho), np.exp(math.log(10.0) * (6.15 - rho / 40.0))
    )
    return molecules, aerosol


def _scattered_moonlight(
    phase_deg: FloatArray,
    moon_elevation_deg: FloatArray,
    elevation_deg: FloatArray,
    extinction: float,
) -> FloatArray:
    """Moonlight of eq. 20, dimmed on its way down, times the share scattered. [foot-candles]"""
    lost_mag = extinction * scattering_airmass(moon_elevation_deg)
    down = np.exp(-PER_MAG * (3.84 + _phase_mag(phase_deg) + lost_mag))
    up = np.expm1(-PER_MAG * extinction * scattering_airmass(elevation_deg))
    return np.asarray(-down * up)


def scattering_airmass(elevation_deg: FloatArray) -> FloatArray:
    """Airmass of the paper's eq. 3, 1 at the zenith and 5 at the horizon and below.

    References
    ----------
    .. [1] K. Krisciunas and B. E. Schaefer, *PASP* 103, 1033 (1991), eq. 3.
    """
    sine = np.sin(np.radians(np.clip(elevation_deg, 0.0, 90.0)))
    return np.asarray(1.0 / np.sqrt(0.04 + 0.96 * sine * sine))
