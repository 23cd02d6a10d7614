"""Twilight, by how far the Sun is down."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from satqkd.link.background.sky_brightness import (
    BANDS_M,
    NATURAL_MAG,
    Band,
    band_radiance_w_m2_sr_m,
)
from satqkd.link.background.solar_spectrum import solar_irradiance_w_m2_m
from satqkd.units import FloatArray

FITS: dict[Band, tuple[float, float, float]] = {
    "U": (11.78, 1.376, -0.039),
    "B": (11.84, 1.411, -0.041),
    "V": (11.84, 1.518, -0.057),
    "R": (11.40, 1.567, -0.064),
    "I": (10.93, 1.470, -0.062),
}
r"""Zenith brightness :math:`a_0 + a_1 x + a_2 x^2` for the Sun :math:`x + 5` degrees down, 5° to
15° (F. Patat, O. S. Ugolnikov, O. V. Postylyakov, *A&A* 455, 385 (2006), table 1, recalled; V
confirmed by another's code). [mag/arcsec², mag/(arcsec² deg), …]"""

BEGINS_DEG, FADES_DEG, ENDS_DEG = 5.0, 12.0, 18.0
"""Sun's depression where the fits begin, where night takes over and where it is complete. [°]"""

RED_EXPONENT = -2.0
"""Beyond the I band twilight is sunlight with this power of the wavelength, assumed: between
molecules and aerosol."""

_GRID_DEG = np.arange(BEGINS_DEG, ENDS_DEG + 0.025, 0.05)
"""Numerical: depressions of the Sun at which twilight is tabulated. [°]"""


def twilight_radiance_w_m2_sr_m(
    sun_elevation_deg: FloatArray, *, wavelength_m: float, sunset_w_m2_sr_m: FloatArray
) -> FloatArray:
    """Sunlight in the sky while the Sun is down, night sky not counted.

    Parameters
    ----------
    sun_elevation_deg
        Shape (n,); 0 is returned at 0 and above, and below −18. [°]
    wavelength_m
        Of the signal. [m]
    sunset_w_m2_sr_m
        Radiance of the same sky with the Sun on the horizon, shape (n,), which twilight starts
        from; read where the Sun is less than 5° down. [W/(m² sr m)]

    Returns
    -------
    FloatArray
        Shape (n,); continuous at 0°, −5° and −18°. [W/(m² sr m)]

    Notes
    -----
    From −5° on that of the zenith in every direction: low in the west it is some 2 magnitudes
    brighter at −5° to −10°. Paranal is 2.6 km high; a site at sea level measured 30 % more.

    References
    ----------
    .. [1] F. Patat, O. S. Ugolnikov and O. V. Postylyakov, *A&A* 455, 385 (2006), table 1
       (recalled), from −5° on; before that derived here: log-linear between sunset and there.
    """
    depression = -sun_elevation_deg
    radiance = np.zeros(depression.shape)
    late = np.flatnonzero((depression > BEGINS_DEG) & (depression < ENDS_DEG))
    early = np.flatnonzero((depression > 0.0) & (depression <= BEGINS_DEG))
    if late.size:
        radiance[late] = np.interp(depression[late], _GRID_DEG, _table(wavelength_m))
    if early.size:
        share = depression[early] / BEGINS_DEG
        start = sunset_w_m2_sr_m[early]
        radiance[early] = start * (_table(wavelength_m)[0] / start) ** share
    return radiance


@lru_cache(maxsize=64)
def _table(wavelength_m: float) -> FloatArray:
    """Radiance at the depressions of the grid. [W/(m² sr m)]"""
    log_band = np.log([BANDS_M[band] for band in FITS])
    logs = np.array([_log_radiance(band) for band in FITS])
    place = math.log(wavelength_m)
    log_radiance = np.array([np.interp(place, log_band, column) for column in logs.T])
    fade = np.clip((_GRID_DEG - FADES_DEG) / (ENDS_DEG - FADES_DEG), 0.0, 1.0)
    return np.asarray(np.exp(log_radiance) * (1.0 - fade**2) ** 2 * _beyond(wavelength_m))


def _beyond(wavelength_m: float) -> float:
    """Radiance beyond the I band over that in it; 1 for shorter wavelengths."""
    last_m = BANDS_M["I"]
    if wavelength_m <= last_m:
        return 1.0
    sun = solar_irradiance_w_m2_m(wavelength_m) / solar_irradiance_w_m2_m(last_m)
    return float(sun * (wavelength_m / last_m) ** RED_EXPONENT)


def _log_radiance(band: Band) -> FloatArray:
    """Logarithm of a band's fit without the night in it, straight on where night takes over."""
    x = np.minimum(_GRID_DEG, FADES_DEG) - BEGINS_DEG
    a0, a1, a2 = FITS[band]
    measured = band_radiance_w_m2_sr_m(a0 + a1 * x + a2 * x**2, band=band)
    sunlight = measured - band_radiance_w_m2_sr_m(NATURAL_MAG[band], band=band)
    at_fade = int(np.argmin(np.abs(_GRID_DEG - FADES_DEG)))
    steepness = 0.4 * math.log(10.0) * (a1 + 2.0 * a2 * (FADES_DEG - BEGINS_DEG))
    slope = steepness * float(measured[at_fade] / sunlight[at_fade])
    return np.asarray(np.log(sunlight) - slope * np.maximum(_GRID_DEG - FADES_DEG, 0.0))
