"""Sunlight off the satellite itself."""

from __future__ import annotations

import math

import numpy as np

from satqkd.link.air.atmosphere import airmass
from satqkd.link.background.satellite_body import Body
from satqkd.link.background.scattering_air import ScatteringAir
from satqkd.link.background.solar_spectrum import solar_irradiance_w_m2_m
from satqkd.units import FloatArray


def satellite_irradiance_w_m2_m(
    range_m: FloatArray,
    *,
    elevation_deg: FloatArray,
    sun_separation_deg: FloatArray,
    sunlit: FloatArray,
    body: Body,
    air: ScatteringAir,
    wavelength_m: float,
) -> FloatArray:
    r"""Spectral irradiance at the station by a matt sphere in sunlight.

    .. math:: E = E_\odot \frac{A\,a}{r^2}\, \frac{2}{3\pi^2}
              \left(\sin\varphi + (\pi - \varphi)\cos\varphi\right) e^{-\tau m},
              \qquad \varphi = \pi - \Theta

    Parameters
    ----------
    range_m
        Distance :math:`r`, shape (n,). [m]
    elevation_deg
        Of the satellite. [°]
    sun_separation_deg
        Between Sun and satellite seen from the station, :math:`\Theta`. [°]
    sunlit
        Share of the Sun's disc the satellite sees.
    body
        Its cross-section :math:`A` and the share it scatters :math:`a`.
    air
        Depth of the air at the wavelength.
    wavelength_m
        Of the signal. [m]

    Returns
    -------
    FloatArray
        Shape (n,). [W/(m² m)]

    Notes
    -----
    Flat panels glint, which no mean covers: a glint is a hundred times this for a few seconds.

    References
    ----------
    .. [1] W. E. Krag, "Visible magnitude of typical satellites in synchronous orbits", MIT
       Lincoln Laboratory TN 1974-23 (the diffuse sphere; recalled).
    """
    phase = np.pi - np.radians(sun_separation_deg)
    lambert = np.sin(phase) + (np.pi - phase) * np.cos(phase)
    thinned = np.exp(-air.depth * airmass(np.clip(elevation_deg, 0.0, 90.0)))
    light = solar_irradiance_w_m2_m(wavelength_m) * body.area_m2 * body.albedo * 2.0
    light /= 3.0 * math.pi**2
    return np.asarray(light * sunlit * lambert * thinned / (range_m * range_m))
