"""The blue sky: sunlight scattered once by clear air."""

from __future__ import annotations

import math

import numpy as np

from satqkd.link.air.atmosphere import airmass
from satqkd.link.background.scattering_air import ScatteringAir
from satqkd.link.background.solar_spectrum import solar_irradiance_w_m2_m
from satqkd.units import FloatArray

ASYMMETRY = 0.7
"""Mean cosine of scattering by aerosol (Henyey–Greenstein), assumed: 0.6 for dry continental, 0.75
for maritime air."""

AEROSOL_ALBEDO = 0.95
"""Share of aerosol extinction that is scattering, assumed: 0.8 for soot to 1 for salt."""


def daylight_radiance_w_m2_sr_m(
    sun_elevation_deg: FloatArray,
    *,
    elevation_deg: FloatArray,
    sun_separation_deg: FloatArray,
    air: ScatteringAir,
    wavelength_m: float,
) -> FloatArray:
    r"""Radiance of the clear day sky.

    .. math:: L = \frac{E}{4\pi} \frac{\omega\tau P(\Theta)}{\tau}
              \frac{m}{m - m_\odot} \left(e^{-\tau m_\odot} - e^{-\tau m}\right)

    Parameters
    ----------
    sun_elevation_deg
        Shape (n,); counted as 0 below the horizon. [°]
    elevation_deg
        Of the direction. [°]
    sun_separation_deg
        Between Sun and direction, :math:`\Theta`. [°]
    air
        Its depth at the wavelength.
    wavelength_m
        Of the signal. [m]

    Returns
    -------
    FloatArray
        Shape (n,). [W/(m² sr m)]

    Notes
    -----
    Light scattered twice and light from the ground add about 10 % in the near infrared and 40 % in
    blue; haze and thin cloud a factor of ten or more, lines of water and oxygen take away. Take a
    factor of two for the spread of clear days. E.-L. Miao et al., *New J. Phys.* 7, 215 (2005),
    count 1.5 W/(m² sr µm) for a clear, 15 for a hazy and 150 for a cloudy day (recalled).

    References
    ----------
    .. [1] S. Chandrasekhar, *Radiative Transfer*, Dover, 1960 (single scattering in a plane
       layer).
    """
    view = airmass(np.clip(elevation_deg, 0.0, 90.0))
    sun = airmass(np.clip(sun_elevation_deg, 0.0, 90.0))
    path = np.exp(-air.depth * sun) * view * _growth(air.depth * (view - sun))
    scattered = _scattered(np.cos(np.radians(sun_separation_deg)), air)
    return np.asarray(solar_irradiance_w_m2_m(wavelength_m) / (4.0 * math.pi) * scattered * path)


def _scattered(cosine: FloatArray, air: ScatteringAir) -> FloatArray:
    """Optical depth times phase function, both kinds added."""
    molecules = 0.75 * air.molecules * (1.0 + cosine * cosine)
    spread = 1.0 + ASYMMETRY**2 - 2.0 * ASYMMETRY * cosine
    aerosol = AEROSOL_ALBEDO * air.aerosol * (1.0 - ASYMMETRY**2) / (spread * np.sqrt(spread))
    return np.asarray(molecules + aerosol)


def _growth(x: FloatArray) -> FloatArray:
    """Return (1 − exp(−x))/x, also at 0."""
    safe = np.where(np.abs(x) < 1e-9, 1e-9, x)
    return np.asarray(-np.expm1(-safe) / safe)
