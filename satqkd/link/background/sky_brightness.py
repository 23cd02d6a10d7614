"""Magnitudes per square arc second and radiance."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from satqkd.units import FloatArray

Band = Literal["U", "B", "V", "R", "I", "J", "H"]

BANDS_M: dict[Band, float] = {
    "U": 366e-9,
    "B": 438e-9,
    "V": 545e-9,
    "R": 641e-9,
    "I": 798e-9,
    "J": 1_220e-9,
    "H": 1_630e-9,
}
"""Effective wavelengths (M. S. Bessell, F. Castelli, B. Plez, *A&A* 333, 231 (1998), table A2,
recalled). [m]"""

V_M = BANDS_M["V"]
"""Effective wavelength of the V band. [m]"""

ZERO_W_M2_M: dict[Band, float] = {
    "U": 0.04175,
    "B": 0.0632,
    "V": 0.03631,
    "R": 0.02177,
    "I": 0.01126,
    "J": 0.003147,
    "H": 0.001138,
}
"""Spectral irradiance of magnitude 0 (same table, recalled; V: 3.63e-9 erg/(s cm² Å)).
[W/(m² m)]"""

NATURAL_MAG: dict[Band, float] = {
    "U": 22.3,
    "B": 22.6,
    "V": 21.6,
    "R": 20.9,
    "I": 19.7,
    "J": 16.5,
    "H": 14.4,
}
"""A dark sky's zenith: U to I as printed for Paranal at sunspot maximum (F. Patat, *A&A* 400, 1183
(2003), abstract), J and H of the same site recalled from J. G. Cuby et al., *The Messenger* 101, 2
(2000); 13.4…14.4 is seen in H. [mag/arcsec²]"""

ARCSEC2_SR = (math.pi / 648_000.0) ** 2
"""One square arc second. [sr]"""

_LOG_BAND = np.log([BANDS_M[band] for band in BANDS_M])
_LOG_ZERO = np.log([ZERO_W_M2_M[band] for band in BANDS_M])


def band_radiance_w_m2_sr_m(magnitude: npt.ArrayLike, *, band: Band) -> FloatArray:
    """Radiance of a surface brightness. [W/(m² sr m)]

    By definition of the magnitude, :math:`10^{-0.4 m}` times the irradiance of magnitude 0.

    Parameters
    ----------
    magnitude
        Any shape. [mag/arcsec²]
    band
        The band it is given in.

    References
    ----------
    .. [1] M. S. Bessell, F. Castelli and B. Plez, *A&A* 333, 231 (1998), table A2 (recalled):
       magnitude 0.

    Examples
    --------
    >>> round(float(band_radiance_w_m2_sr_m(21.6, band="V")), 2)
    3.54
    """
    faint = np.asarray(magnitude, dtype=np.float64)
    return np.asarray(ZERO_W_M2_M[band] / ARCSEC2_SR * 10.0 ** (-0.4 * faint))


def surface_brightness_mag(radiance_w_m2_sr_m: FloatArray, *, wavelength_m: float) -> FloatArray:
    """Surface brightness of a radiance; infinite where there is no light. [mag/arcsec²]

    By definition of the magnitude, −2.5 lg of the ratio to magnitude 0.

    Parameters
    ----------
    radiance_w_m2_sr_m
        Any shape. [W/(m² sr m)]
    wavelength_m
        Where the radiance is given; magnitude 0 is interpolated between the bands. [m]

    References
    ----------
    .. [1] M. S. Bessell, F. Castelli and B. Plez, *A&A* 333, 231 (1998), table A2 (recalled):
       magnitude 0.
    """
    zero = float(np.exp(np.interp(math.log(wavelength_m), _LOG_BAND, _LOG_ZERO)))
    with np.errstate(divide="ignore"):
        return np.asarray(-2.5 * np.log10(radiance_w_m2_sr_m * (ARCSEC2_SR / zero)))


def natural_radiance_w_m2_sr_m(wavelength_m: float) -> float:
    """Zenith of a dark sky, log-linear between the bands, held beyond them. [W/(m² sr m)]

    Airglow of near infrared is lines: a filter between them sees several times less.

    References
    ----------
    .. [1] F. Patat, *A&A* 400, 1183 (2003), U to I; J. G. Cuby et al., *The Messenger* 101, 2
       (2000), J and H (recalled).
    """
    radiance = [float(band_radiance_w_m2_sr_m(NATURAL_MAG[b], band=b)) for b in BANDS_M]
    return float(np.exp(np.interp(math.log(wavelength_m), _LOG_BAND, np.log(radiance))))
