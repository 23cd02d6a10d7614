"""Stray light from the sky behind the satellite."""

from __future__ import annotations

import math

import numpy as np

from satqkd.constants import PLANCK_J_S, SPEED_OF_LIGHT_M_S
from satqkd.link.background.moonlight import PER_MAG, scattering_airmass
from satqkd.link.background.sky_brightness import (
    BANDS_M,
    Band,
    band_radiance_w_m2_sr_m,
    natural_radiance_w_m2_sr_m,
)
from satqkd.link.terminal import Receiver
from satqkd.units import FloatArray


def sky_photon_rate_hz(
    radiance_w_m2_sr_m: float, *, receiver: Receiver, wavelength_m: float
) -> float:
    r"""Photons per second that the sky puts before the detectors.

    .. math:: R = H\,\Omega\,A\,\Delta\lambda\,\frac{\lambda}{hc}\,\eta, \qquad
              \Omega = \frac{\pi}{4} \theta_{fov}^2, \quad
              A = \frac{\pi}{4} D_r^2 (1 - \epsilon^2)

    Parameters
    ----------
    radiance_w_m2_sr_m
        Spectral radiance of the sky :math:`H`. [W/(m² sr m)]; 1 W/(m² sr µm) is 1e6.
    receiver
        Telescope, filter, field of view and optical efficiency :math:`\eta`.
    wavelength_m
        Centre of the filter :math:`\lambda`. [m]

    Returns
    -------
    float
        Rate over all detectors, before their efficiency. [Hz]

    References
    ----------
    .. [1] E.-L. Miao et al., "Background noise of satellite-to-ground quantum key
       distribution", *New J. Phys.* 7, 215 (2005), eq. 1.
    """
    solid_angle_sr = 0.25 * math.pi * receiver.field_of_view_rad**2
    area_m2 = 0.25 * math.pi * receiver.aperture_m**2 * (1.0 - receiver.obscuration**2)
    power_w = radiance_w_m2_sr_m * solid_angle_sr * area_m2 * receiver.bandwidth_m
    photon_j = PLANCK_J_S * SPEED_OF_LIGHT_M_S / wavelength_m
    return power_w / photon_j * receiver.efficiency


def dark_radiance_w_m2_sr_m(
    elevation_deg: FloatArray,
    *,
    zenith_brightness: float,
    band: Band,
    extinction: float,
    wavelength_m: float,
) -> FloatArray:
    r"""Radiance of the moonless sky from the brightness of its zenith.

    .. math:: L = L_{zenith}\, X\, 10^{-0.4 k (X - 1)}

    Parameters
    ----------
    elevation_deg
        Shape (n,). [°]
    zenith_brightness
        In the band. [mag/arcsec²]
    band
        Its name.
    extinction
        :math:`k` at the signal's wavelength, in magnitudes per airmass.
    wavelength_m
        Of the signal; carried there with the colour of a natural sky, which lamps of a city do
        not have. [m]

    Returns
    -------
    FloatArray
        Shape (n,). [W/(m² sr m)]

    References
    ----------
    .. [1] K. Krisciunas and B. E. Schaefer, *PASP* 103, 1033 (1991), eqs. 2 and 3.
    """
    colour = natural_radiance_w_m2_sr_m(wavelength_m) / natural_radiance_w_m2_sr_m(BANDS_M[band])
    zenith = float(band_radiance_w_m2_sr_m(zenith_brightness, band=band)) * colour
    airmass = scattering_airmass(elevation_deg)
    dimmed = np.exp(-PER_MAG * extinction * (airmass - 1.0))
    return np.asarray(zenith * airmass * dimmed)
